"""Requests: what a line means, and what is wrong with one that means nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld_tui.agent.emergency import Authored
from ld_tui.arena.game import Past
from ld_tui.engine.protocol import (
    Analyze,
    Check,
    Decide,
    Malformed,
    Ping,
    Reload,
    Search,
    Stop,
    Usage,
    format_history,
    format_line,
    parse_request,
)
from ld_tui.game.notation import parse_position

TEXT = "10 a1,c4,h8 f5 b 0 0,0 -"
POSITION = parse_position(TEXT)


def request(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        (request(id=1, type="decide", position=TEXT), Decide(1, POSITION)),
        (
            request(
                id=2,
                type="decide",
                position=TEXT,
                player="random",
                settings={"seed": 3},
                history=[
                    [TEXT, ["encircle", "march"]],
                    [TEXT, [], [["storm:1@9", 2, "name = 'x'"], ["storm:1@9", 1, ""]]],
                ],
            ),
            Decide(
                2,
                POSITION,
                "random",
                {"seed": 3},
                (
                    Past(POSITION, ("encircle", "march")),
                    Past(
                        POSITION,
                        (),
                        (Authored("storm:1@9", 2, "name = 'x'"), Authored("storm:1@9", 1, "")),
                    ),
                ),
            ),
        ),
        (request(id=3, type="analyze", position=TEXT), Analyze(3, POSITION)),
        (request(id=3, type="analyze", position=TEXT, moves=False), Analyze(3, POSITION, False)),
        (request(id=4, type="stop", target=3), Stop(4, 3)),
        (request(id=5, type="reload"), Reload(5)),
        (request(id=6, type="check", text="x", opened="a", play=False), Check(6, "x", "a", False)),
        (request(id=7, type="check", text="x"), Check(7, "x")),
        (request(id=8, type="search", text="flee", k=3), Search(8, "flee", 3)),
        (request(id=9, type="usage", saves="/games"), Usage(9, "/games")),
        (request(id=6, type="ping", more="is ignored"), Ping(6)),
    ],
)
def test_a_line_is_a_request(line: bytes, meant: object) -> None:
    assert parse_request(line) == meant


@pytest.mark.parametrize(
    ("line", "number", "problem"),
    [
        (b"hello", None, "not a line of JSON: 'hello'"),
        (b"\xff\xfe", None, "a request is UTF-8 text"),
        (b"[" * 100_000, None, "not a line of JSON"),
        (b"[1]", None, "a request is a JSON object"),
        (request(type="ping"), None, "'id' has to be a whole number, not None"),
        (request(id=True, type="ping"), None, "'id' has to be a whole number, not True"),
        (request(id=1), 1, "type None is none of decide"),
        (request(id=1, type="think"), 1, "type 'think' is none of decide"),
        (request(id=1, type="decide"), 1, "'position' has to be a text, not None"),
        (request(id=1, type="decide", position="10"), 1, "a position has 7 fields, this has 1"),
        (request(id=1, type="decide", position=TEXT, player=3), 1, "'player' has to be a text"),
        (request(id=1, type="decide", position=TEXT, settings=[]), 1, "'settings' has to be an"),
        (request(id=1, type="decide", position=TEXT, history={}), 1, "'history' has to be a list"),
        (request(id=1, type="decide", position=TEXT, history=[[1]]), 1, "'history' has items"),
        (
            request(id=1, type="decide", position=TEXT, history=[[TEXT, [], [["x", "y", "z"]]]]),
            1,
            "what was authored is",
        ),
        (request(id=1, type="analyze", position=TEXT, moves=1), 1, "'moves' is true or false"),
        (request(id=1, type="stop"), 1, "'target' has to be a whole number"),
    ],
)
def test_a_line_that_is_no_request_says_what_is_wrong(
    line: bytes, number: int | None, problem: str
) -> None:
    found = parse_request(line)
    assert isinstance(found, Malformed)
    assert found.id == number
    assert problem in found.problem
    assert "\n" not in found.problem


@given(st.binary(max_size=200))
def test_no_line_does_harm(line: bytes) -> None:
    assert isinstance(parse_request(line), Malformed)


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_a_message_is_one_line(message: dict[str, Any]) -> None:
    line = format_line({"event": "x\ny", **message})
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"event": "x\ny", **message}


def test_what_utf_8_cannot_hold_is_replaced() -> None:
    assert json.loads(format_line({"message": "\ud800"})) == {"message": "?"}


def test_a_history_is_written_as_it_is_read() -> None:
    history = (Past(POSITION, ("herd", "march"), (Authored("jam:1", 2, "x"),)), Past(POSITION, ()))
    line = request(id=1, type="decide", position=TEXT, history=format_history(history))
    assert parse_request(line) == Decide(1, POSITION, history=history)
