"""What happens while the S-LLM reads: it is stopped in the midst, and nothing waits for it.

The model is the shipped one. A gate stands before each of its batches, so that a test is in the
midst of a prompt for as long as it likes.
"""

import json
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import pytest

from ld_tui import paths
from ld_tui.arena.resources import Resources, Sources
from ld_tui.engine import server
from ld_tui.llm.ctransformers_backend import BATCH, CTransformersSelector

BLUE = "8 a1,c4,h8 f5 b 0 0,0 -"
NOW = {"select": "first", "author": "none"}
PATIENCE = 20
"""Seconds after which a test has failed."""


class Gated(CTransformersSelector):
    """The shipped S-LLM, which reads a batch only when it is let."""

    def __init__(self) -> None:
        super().__init__(paths.SHIPPED_SELECTOR)
        self.open = threading.Semaphore(0)
        self.at_gate = threading.Semaphore(0)
        self.batches: list[int] = []

    def _feed(self, tokens: Sequence[int]) -> None:
        self.at_gate.release()
        assert self.open.acquire(timeout=PATIENCE)
        self.batches.append(len(tokens))
        super()._feed(tokens)

    def let(self, batches: int) -> None:
        """Have so many batches read; return in the midst of the next."""
        self.open.release(batches)
        for _ in range(batches):
            assert self.at_gate.acquire(timeout=PATIENCE)


class Talk:
    """A server in a thread, spoken to line by line over pipes."""

    def __init__(self, resources: Resources) -> None:
        read, write = os.pipe()
        back, out = os.pipe()
        self._requests: IO[bytes] = os.fdopen(write, "wb", buffering=0)
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        source, sink = os.fdopen(read, "rb"), os.fdopen(out, "wb", buffering=0)

        def work() -> None:
            with source, sink:
                server.serve(source, sink, resources)

        def listen() -> None:
            with os.fdopen(back, "rb") as answers:
                for line in answers:
                    self._answers.put(json.loads(line))

        self._threads = [threading.Thread(target=each, daemon=True) for each in (work, listen)]
        for thread in self._threads:
            thread.start()

    def decide(self, number: int, **settings: Any) -> None:
        self.say(id=number, type="decide", position=BLUE, settings=settings)

    def say(self, **fields: Any) -> None:
        self._requests.write(json.dumps(fields).encode() + b"\n")

    def until(self, number: int, event: str) -> list[dict[str, Any]]:
        """Return what is answered up to an event of a request."""
        seen: list[dict[str, Any]] = []
        while not seen or (seen[-1]["id"], seen[-1]["event"]) != (number, event):
            seen.append(self._answers.get(timeout=PATIENCE))
        return seen

    def end(self) -> None:
        self._requests.close()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


@pytest.fixture
def talks(tmp_path: Path) -> Iterator[Callable[..., Talk]]:
    begun: list[tuple[Talk, Gated | None]] = []

    def begin(model: Gated | None = None, made: type[Resources] = Resources) -> Talk:
        resources = made(Sources(cache=tmp_path))
        resources._selector = model
        begun.append((Talk(resources), model))
        return begun[-1][0]

    yield begin
    for talk, model in begun:
        if model is not None:
            model.open.release(1_000)
        talk.end()


def chosen(messages: Sequence[dict[str, Any]], number: int) -> list[Any]:
    return [
        (each["name"], each["probabilities"])
        for each in messages
        if each["id"] == number and each["event"] == "selected"
    ]


def test_a_prompt_is_stopped_in_the_midst_and_the_next_answered_as_ever(
    talks: Callable[..., Talk],
) -> None:
    model = Gated()
    talk = talks(model)
    talk.decide(1)
    assert model.at_gate.acquire(timeout=PATIENCE)
    model.let(2)
    talk.say(id=2, type="stop", target=1)
    talk.until(2, "ok")
    assert model.batches == [BATCH, BATCH]
    talk.decide(3)
    model.open.release(1)  # that in whose midst it was; a prompt has more
    talk.until(1, "stopped")
    assert model.batches == [BATCH] * 3
    model.open.release(1_000)
    after = talk.until(3, "decided")
    fresh = talks()
    fresh.decide(1)
    assert chosen(after, 3) == chosen(fresh.until(1, "decided"), 1) != []


def test_a_move_now_does_not_wait_for_what_is_being_read(talks: Callable[..., Talk]) -> None:
    model = Gated()
    talk = talks(model)
    talk.decide(1)
    assert model.at_gate.acquire(timeout=PATIENCE)
    talk.say(id=2, type="stop", target=1)
    talk.decide(3, **NOW)
    seen = talk.until(3, "decided")
    assert model.batches == []
    assert (1, "stopped") not in [(each["id"], each["event"]) for each in seen]
    assert [each["by"] for each in seen if each["event"] == "selected"] == ["first", "first"]
    model.open.release(1_000)
    talk.until(1, "stopped")
    assert len(model.batches) == 1


def slow_to_load(leave: threading.Event) -> type[Resources]:
    """Return resources whose S-LLM loads only once it may."""

    class Slow(Resources):
        def selector(self) -> Any:
            leave.wait(PATIENCE)
            return super().selector()

    return Slow


def test_a_move_now_does_not_wait_for_the_model_to_load(talks: Callable[..., Talk]) -> None:
    leave = threading.Event()
    talk = talks(made=slow_to_load(leave))
    talk.decide(1)
    talk.say(id=2, type="stop", target=1)
    talk.decide(3, **NOW)
    seen = talk.until(3, "decided")
    assert "ready" not in [each["event"] for each in seen]
    leave.set()


def test_what_waits_for_a_model_to_load_is_stopped_at_once(talks: Callable[..., Talk]) -> None:
    leave = threading.Event()
    talk = talks(made=slow_to_load(leave))
    talk.decide(1)
    talk.say(id=2, type="stop", target=1)
    assert [each["event"] for each in talk.until(1, "stopped")] == ["ok", "stopped"]
    talk.decide(1)  # its id is free again, and the one stopped is not done in its place
    talk.say(id=3, type="ping")
    talk.until(3, "ok")
    leave.set()
    events = [each["event"] for each in talk.until(1, "decided")]
    assert events.count("stage") == 2


def test_the_same_move_comes_from_either_thread(talks: Callable[..., Talk]) -> None:
    talk = talks()
    talk.decide(1, select="random", seed=5)
    one = talk.until(1, "decided")
    talk.decide(2, select="random", seed=5, author="none")
    other = talk.until(2, "decided")
    assert one[-1]["move"] == other[-1]["move"]
    assert chosen(one, 1) == chosen(other, 2)


def test_long_reading_gives_signs_of_life(
    talks: Callable[..., Talk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or an engine with a large model would be taken for a hung one, and replaced."""
    monkeypatch.setattr(server, "_SIGN_EVERY", 0.0)
    talk = talks()
    talk.decide(1)
    signs = [each for each in talk.until(1, "decided") if each["event"] == "progress"]
    assert {each["what"] for each in signs} == {"reading"}
    assert len(signs) > 4
