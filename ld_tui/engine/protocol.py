"""The engine protocol: requests as typed values, read from and answered in JSON lines.

docs/engine-protocol.md describes it for whoever writes the other end. Nothing here runs anything.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ld_tui.agent.emergency import NOBODY, Authored
from ld_tui.arena.game import History, Past
from ld_tui.errors import LdTuiError
from ld_tui.game.notation import format_position, parse_move, parse_position
from ld_tui.game.rules import Move, Position, illegality

PROTOCOL = 1
"""Version of the protocol; told in `ready`."""
LINE_LIMIT = 1_000_000
"""Bytes in a request's line, at most."""


@dataclass(frozen=True, slots=True)
class Decide:
    """Decide on a move for the side to move."""

    id: int
    position: Position
    player: str = "ld"
    settings: Mapping[str, Any] = field(default_factory=dict)
    """`k` and `select` for `ld`; `seed` for all."""
    history: History = ()
    """Earlier decisions of the game."""

    @property
    def asks_nobody(self) -> bool:
        """Tell whether `ld` is to decide without its S-LLM and without an author."""
        told = self.settings
        return told.get("select") in ("first", "random") and told.get("author") == NOBODY


@dataclass(frozen=True, slots=True)
class Analyze:
    """Find a position's exact value."""

    id: int
    position: Position
    moves: bool = True
    """Whether the moves' values are wanted too."""


@dataclass(frozen=True, slots=True)
class Review:
    """Say what a turn that was played was worth, and what its loss falls on."""

    id: int
    position: Position
    """In which the move was made."""
    move: Move
    seed: int = 0
    """Of the decision."""
    events: tuple[Mapping[str, Any], ...] = ()
    """Those of the agent's decision, where the blame is wanted."""
    functions: tuple[str, ...] = ()
    """Manuals that were written in the game."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End another request early."""

    id: int
    target: int


@dataclass(frozen=True, slots=True)
class Reload:
    """Read the function base again."""

    id: int


@dataclass(frozen=True, slots=True)
class Check:
    """Look at a manual's text, whole."""

    id: int
    text: str
    opened: str = ""
    """The function that it is to be the content of; empty for a new one."""
    play: bool = True
    """Whether it is run on sampled positions too."""


@dataclass(frozen=True, slots=True)
class Search:
    """Find functions by meaning."""

    id: int
    text: str
    k: int = 10


@dataclass(frozen=True, slots=True)
class Usage:
    """Count what the saved games of a folder tell of each function."""

    id: int
    saves: str


@dataclass(frozen=True, slots=True)
class Ping:
    """Say that the engine is there."""

    id: int


Request = Decide | Analyze | Review | Stop | Reload | Check | Search | Usage | Ping


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that is no request."""

    id: int | None
    """The request's id, if that much could be read."""
    problem: str
    """What is wrong, in one line."""


class _Wrong(Exception):
    """A field of a request is missing or of the wrong type."""


def parse_request(line: bytes) -> Request | Malformed:
    """Read a line; what is no request is told by a value, since it is the other end's fault."""
    number: int | None = None
    try:
        data = json.loads(line.decode("utf-8"))
        if not isinstance(data, dict):
            raise _Wrong("a request is a JSON object")
        number = _number(data, "id")
        return _request(number, data)
    except (_Wrong, LdTuiError) as error:
        return Malformed(number, str(error))
    except UnicodeDecodeError:
        return Malformed(None, "a request is UTF-8 text")
    except (ValueError, RecursionError):
        shown = line[:60].decode("utf-8", "replace").strip()
        return Malformed(None, f"not a line of JSON: {shown!r}")


def _request(number: int, data: Mapping[str, Any]) -> Request:
    match data.get("type"):
        case "decide":
            return Decide(
                number,
                parse_position(_text(data, "position")),
                _text(data, "player", "ld"),
                _table(data, "settings"),
                _history(data),
            )
        case "analyze":
            moves = data.get("moves", True)
            if not isinstance(moves, bool):
                raise _Wrong(f"'moves' is true or false, not {moves!r:.60}")
            return Analyze(number, parse_position(_text(data, "position")), moves)
        case "review":
            return _review(number, data)
        case "stop":
            return Stop(number, _number(data, "target"))
        case "reload":
            return Reload(number)
        case "check":
            play = data.get("play", True)
            if not isinstance(play, bool):
                raise _Wrong(f"'play' is true or false, not {play!r:.60}")
            return Check(number, _text(data, "text"), _text(data, "opened", ""), play)
        case "search":
            k = _number({"k": 10, **data}, "k")
            return Search(number, _text(data, "text"), max(1, k))
        case "usage":
            return Usage(number, _text(data, "saves"))
        case "ping":
            return Ping(number)
        case other:
            known = "decide, analyze, review, stop, reload, check, search, usage, ping"
            raise _Wrong(f"type {other!r:.60} is none of {known}")


def _review(number: int, data: Mapping[str, Any]) -> Review:
    position, move = parse_position(_text(data, "position")), parse_move(_text(data, "move"))
    if reason := illegality(position, move):
        raise _Wrong(f"'move' is illegal in that position: {reason}")
    events, functions = data.get("events", []), data.get("functions", [])
    if not isinstance(events, list) or not all(isinstance(each, dict) for each in events):
        raise _Wrong("'events' has to be a list of objects")
    if not isinstance(functions, list) or not all(isinstance(each, str) for each in functions):
        raise _Wrong("'functions' has to be a list of texts")
    seed = _number(data, "seed") if "seed" in data else 0
    return Review(number, position, move, seed, tuple(events), tuple(functions))


def _number(data: Mapping[str, Any], key: str) -> int:
    value = data.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Wrong(f"'{key}' has to be a whole number, not {value!r:.60}")
    return value


def _text(data: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = data.get(key, default)
    if not isinstance(value, str):
        raise _Wrong(f"'{key}' has to be a text, not {value!r:.60}")
    return value


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise _Wrong(f"'{key}' has to be an object, not {value!r:.60}")
    return value


def _history(data: Mapping[str, Any]) -> History:
    items = data.get("history", [])
    if not isinstance(items, list):
        raise _Wrong("'history' has to be a list of [position, [function, ...], [authored, ...]]")
    return tuple(_past(item) for item in items)


def _past(item: object) -> Past:
    match item:
        case [str(where), [*names], *rest] if all(isinstance(name, str) for name in names):
            authored = rest[0] if rest else []
            if len(rest) <= 1 and isinstance(authored, list):
                return Past(
                    parse_position(where), tuple(map(str, names)), tuple(map(_authored, authored))
                )
    raise _Wrong(
        f"'history' has items [position, [function, ...], [authored, ...]], not {item!r:.60}"
    )


def _authored(item: object) -> Authored:
    match item:
        case [str(emergency), int(stage), str(text)]:
            return Authored(emergency, stage, text)
    raise _Wrong(f"what was authored is [emergency, stage, manual], not {item!r:.60}")


def format_history(history: History) -> list[list[Any]]:
    """Write a game's earlier decisions as a request has them."""
    return [
        [
            format_position(past.position),
            list(past.names),
            [[each.emergency, each.stage, each.text] for each in past.authored],
        ]
        for past in history
    ]


def format_line(message: Mapping[str, Any]) -> bytes:
    """Write a message as one line; what UTF-8 can't hold is replaced."""
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
