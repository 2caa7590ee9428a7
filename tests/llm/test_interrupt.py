"""A prompt that is read can be stopped between its batches, and the model answers on."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from ld_tui import paths
from ld_tui.arena.direct import MAX_TOKENS, move_prompt
from ld_tui.game.starts import starts
from ld_tui.llm.call import counted, interruptible
from ld_tui.llm.completer import load_completer
from ld_tui.llm.ctransformers_backend import BATCH, CTransformersCompleter, CTransformersSelector
from ld_tui.llm.selector import load_selector
from ld_tui.llm.server_backend import Server, ServerSelector

LABELS = ("A", "B", "C", "D", "E")
WORDS = (
    "where should the three blue dots head ? A : far dot heads straight for orange ; B : near "
    "and mid dots hold ; C : walls N3 E2 S4 W5 ; D : close trailing ; E : space . state :"
)


class Enough(Exception):
    """Whoever asked has had enough."""


def after(looks: int) -> Callable[[], None]:
    """Return a check that ends a call when it is asked for the so-manieth time."""
    left = looks

    def check() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Enough

    return check


def shipped() -> CTransformersSelector:
    found = load_selector(paths.SHIPPED_SELECTOR)
    assert isinstance(found, CTransformersSelector)
    return found


def long_prompt(model: Any) -> str:
    """Return a prompt as long as the context."""
    words = (f"{WORDS} N3 S1 d4 " * 20).split()
    while model.prompt_tokens(" ".join(words)) > model.context_length:
        words.pop()
    return " ".join(words)


def test_a_prompt_read_in_batches_is_answered_as_one_read_whole() -> None:
    ours, whole = shipped(), shipped()
    for prompt in (long_prompt(ours), WORDS, f"{WORDS} N3", long_prompt(ours)[:300]):
        # The library's own way, from a clean start: all of it in one call.
        whole._llm._context.clear()
        whole._llm.eval(whole.tokenize(prompt))
        wanted = list(whole._llm.logits)
        ours.probabilities(prompt, LABELS)
        assert list(ours._llm.logits) == wanted


def test_it_is_stopped_after_any_batch_and_answers_as_if_it_never_was() -> None:
    model = shipped()
    prompt = long_prompt(model)
    batches = -(-model.prompt_tokens(prompt) // BATCH)
    assert batches > 4
    others = [prompt, WORDS, f"near far wall {WORDS}"]
    wanted = [shipped().probabilities(other, LABELS) for other in others]
    for looks in range(batches):
        model._llm._context.clear()
        with pytest.raises(Enough), interruptible(after(looks)), counted() as tally:
            model.probabilities(prompt, LABELS)
        assert len(model._llm._context) == looks * BATCH
        assert tally.calls == 0
        for other, shares in zip(others, wanted, strict=True):
            assert model.probabilities(other, LABELS) == shares


def test_nobody_looks_more_often_than_there_are_batches() -> None:
    model = shipped()
    with interruptible(after(-(-model.prompt_tokens(WORDS) // BATCH))):
        model.probabilities(WORDS, LABELS)


def test_writing_is_stopped_between_tokens_and_goes_on_as_before() -> None:
    model = load_completer(paths.SHIPPED_KD)
    assert isinstance(model, CTransformersCompleter)
    prompt = move_prompt(starts(1, 6)[0])
    wanted = model.complete(prompt, MAX_TOKENS)
    read = -(-model.prompt_tokens(prompt) // BATCH)
    model._llm._context.clear()
    with pytest.raises(Enough), interruptible(after(read + 2)):
        model.complete(prompt, MAX_TOKENS)
    assert len(model._llm._context) == model.prompt_tokens(prompt)
    assert model.complete(prompt, MAX_TOKENS) == wanted


def test_a_server_that_thinks_is_left(chat_server: Any) -> None:
    """The connection ends, which is how a server hears that nobody waits any more."""
    reading = threading.Event()

    def answer(asked: dict[str, Any]) -> Any:
        if "content" in asked:
            return chat_server.answer(b"{}", status=404)

        def parts() -> Any:
            yield b" "
            reading.set()
            yield 30.0

        return 200, {"Content-Type": "application/json"}, parts()

    def check() -> None:
        if reading.is_set():
            raise Enough

    chat_server.script = [answer]
    selector = ServerSelector(Server(f"{chat_server.url}#m"))
    with pytest.raises(Enough), interruptible(check):
        selector.probabilities("prompt", LABELS)
    assert chat_server.gone.wait(20)


def test_todays_llamacpp_answers_on_after_it_was_left() -> None:
    from ld_tui.llm.xllamacpp_backend import load_server

    model = ServerSelector(load_server(paths.SHIPPED_SELECTOR))
    wanted = model.probabilities(WORDS, LABELS)
    prompt = long_prompt(shipped()).rpartition(" ")[0].rpartition(" ")[0]
    for looks in (0, 1, 1):

        def many(looks: int = looks) -> None:
            with interruptible(after(looks)):
                for _ in range(100):
                    model.probabilities(prompt, LABELS)

        with pytest.raises(Enough):
            many()
        assert model.probabilities(WORDS, LABELS) == pytest.approx(wanted, abs=1e-3)
