"""What calls of a language model cost: counted where they are made, told in words."""

import json
from typing import Any

import pytest

from ld_tui import paths
from ld_tui.arena.direct import MAX_TOKENS, move_prompt
from ld_tui.game.starts import starts
from ld_tui.llm.call import UNKNOWN, Tokens, counted, go_on, interruptible, note_tokens
from ld_tui.llm.completer import load_completer
from ld_tui.llm.ctransformers_backend import CTransformersSelector
from ld_tui.llm.server_backend import Server, ServerCompleter, ServerSelector

LABELS = ("A", "B")


@pytest.mark.parametrize(
    ("tokens", "text", "short"),
    [
        (Tokens(312, 18), "312 tokens read, 18 written", "330 tokens"),
        (Tokens(312, 0), "312 tokens read", "312 tokens"),
        (Tokens(312, None), "312 tokens read", "312 tokens"),
        (Tokens(None, 1), "1 token written", ""),
        (Tokens(0, 0), "no tokens", "no tokens"),
        (UNKNOWN, "", ""),
    ],
    ids=str,
)
def test_what_is_not_known_is_not_said(tokens: Tokens, text: str, short: str) -> None:
    assert (tokens.text, tokens.short) == (text, short)


def test_a_sum_with_something_unknown_is_unknown() -> None:
    assert Tokens(3, 1) + Tokens(4, 0) == Tokens(7, 1)
    assert Tokens(3, 1) + Tokens(4, None) == Tokens(7, None)
    assert Tokens(3, 1) + UNKNOWN == UNKNOWN


def test_calls_are_counted_within_their_block_only() -> None:
    note_tokens(1, 1)
    with counted() as tally:
        note_tokens(5, 2)
        note_tokens(6, 0)
    note_tokens(1, 1)
    assert (tally.tokens, tally.calls) == (Tokens(11, 2), 2)


def test_a_check_counts_within_its_block_only() -> None:
    def check() -> None:
        raise KeyError

    go_on()
    with pytest.raises(KeyError), interruptible(check):
        go_on()
    go_on()


def test_a_choice_costs_its_whole_prompt_whatever_is_reused(
    selector: CTransformersSelector,
) -> None:
    prompt = "where should the dots head ? A : near is A ; B : far is B ; state : wall"
    for _ in range(2):
        with counted() as tally:
            selector.probabilities(prompt, LABELS)
        assert tally.tokens == Tokens(selector.prompt_tokens(prompt), 0)


def test_an_answer_costs_what_was_written_too() -> None:
    """As llama.cpp counts: whatever was drawn, the token that ends the answer among it."""
    from ld_tui.llm.xllamacpp_backend import load_server

    ours = load_completer(paths.SHIPPED_KD)
    theirs = ServerCompleter(load_server(paths.SHIPPED_KD))
    prompt = move_prompt(starts(1, 6)[0])
    spent = []
    for model in (ours, theirs):
        with counted() as tally:
            assert model.complete(prompt, MAX_TOKENS, ("\n",))
        spent.append(tally.tokens)
    assert spent[0] == spent[1]
    assert spent[0].read == ours.prompt_tokens(prompt)
    assert 6 <= (spent[0].written or 0) < MAX_TOKENS


def say(**told: Any) -> bytes:
    return json.dumps({"choices": [{"text": " B", "message": {"content": "B"}}], **told}).encode()


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"usage": {"prompt_tokens": 41, "completion_tokens": 1}}, Tokens(41, 1)),
        ({"usage": {"prompt_tokens": 41}}, Tokens(41, None)),
        ({"usage": {"prompt_tokens": "41", "completion_tokens": True}}, UNKNOWN),
        ({"usage": None}, UNKNOWN),
        ({}, UNKNOWN),
    ],
    ids=str,
)
def test_a_server_says_what_it_read_or_it_is_not_known(
    chat_server: Any, usage: dict[str, Any], tokens: Tokens
) -> None:
    def answer(asked: dict[str, Any]) -> Any:
        if "content" in asked:
            return chat_server.answer(b"{}", status=404)
        return chat_server.answer(say(**usage))

    chat_server.script = [answer]
    server = Server(f"{chat_server.url}#m")
    for ask in (
        lambda: ServerSelector(server).probabilities("prompt", LABELS),
        lambda: ServerCompleter(server).complete("prompt", 8),
    ):
        with counted() as tally:
            ask()
        assert (tally.tokens, tally.calls) == (tokens, 1)
