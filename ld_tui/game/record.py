"""The record of a game as data: who played, from where, every turn, how it ended.

A record is what a save holds and a replay shows. Positions are not stored but derived: `replay`
plays the turns under the rules, and refuses a record that they don't allow. Files and formats are
not known here; agent events are plain data here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from ld_tui.errors import LdTuiError, NotationError, RulesError, SaveError
from ld_tui.game.board import format_cell, parse_cell
from ld_tui.game.emergencies import Emergency, strike
from ld_tui.game.notation import (
    format_emergency,
    format_move,
    format_position,
    parse_emergency,
    parse_move,
    parse_position,
)
from ld_tui.game.parent import Parent, parent_from_dict, parent_to_dict
from ld_tui.game.rules import (
    Move,
    Outcome,
    Position,
    Reason,
    Rules,
    Side,
    charge_illegal,
    outcome,
    play,
)

FORMAT = 1
"""The format of the plain data; a newer one is refused."""
UNFINISHED = "unfinished"

Plain = Any
"""Plain data: None, bool, int, float, str, and lists and string-keyed dicts of these."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PlayerSpec:
    """Who plays a side, as data from which the player can be made again."""

    kind: str
    """`human`, `ld`, `perfect`, `greedy`, `random`, `kd`, or a language model asked for moves:
    `llm:` and a file or URL."""
    settings: Mapping[str, Plain] = field(default_factory=dict)
    """What the kind can be told, such as `{"k": 5, "select": "s-llm"}`; no None in it."""


@dataclass(frozen=True, slots=True)
class IllegalChoice:
    """A proposal outside the rules, counted against its side."""

    side: Side
    reason: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One side's finished turn."""

    side: Side
    move: Move
    after: str
    """The position after it, in notation."""
    ms: float = 0.0
    """Milliseconds of the decision."""
    illegal: tuple[IllegalChoice, ...] = ()
    """Illegal choices counted between the turn before and this one's move."""
    events: tuple[Mapping[str, Plain], ...] = ()
    """What the agent did to decide, as plain data, in order."""


@dataclass(frozen=True, slots=True)
class Struck:
    """An emergency that struck during the game."""

    ply: int
    """Turns played when it struck."""
    emergency: Emergency


@dataclass(frozen=True, slots=True)
class GameRecord:
    """A whole game, finished or not; each method returns a new record."""

    start: Position
    blue: PlayerSpec
    orange: PlayerSpec
    seed: int = 0
    program: str = ""
    """Version of the program that began it."""
    turns: tuple[Turn, ...] = ()
    struck: tuple[Struck, ...] = ()
    """Emergencies in the order in which they struck."""
    pending: tuple[IllegalChoice, ...] = ()
    """Illegal choices since the last finished turn."""
    last_events: tuple[Mapping[str, Plain], ...] = ()
    """Events of a decision that ended the game without a move."""
    result: Outcome | None = None
    """None while the game goes on."""
    parent: Parent | None = None
    """The game that this one branched off from."""

    def player(self, side: Side) -> PlayerSpec:
        """Return who plays a side."""
        return self.blue if side is Side.BLUE else self.orange

    def with_player(self, side: Side, player: PlayerSpec) -> "GameRecord":
        """Return the record with a side taken over; earlier turns stay as they are."""
        return replace(self, blue=player) if side is Side.BLUE else replace(self, orange=player)

    def with_turn(self, turn: Turn) -> "GameRecord":
        """Append a finished turn; it takes the pending illegal choices with it."""
        turn = replace(turn, illegal=(*self.pending, *turn.illegal))
        return replace(self, turns=(*self.turns, turn), pending=())

    def with_illegal(self, side: Side, reason: str) -> "GameRecord":
        """Append an illegal choice that no turn has followed yet."""
        return replace(self, pending=(*self.pending, IllegalChoice(side, reason)))

    def with_emergency(self, emergency: Emergency) -> "GameRecord":
        """Append an emergency that strikes now."""
        return replace(self, struck=(*self.struck, Struck(len(self.turns), emergency)))

    def with_result(
        self, result: Outcome | None, events: Sequence[Mapping[str, Plain]] = ()
    ) -> "GameRecord":
        """Return the record with its result; `events` are those of a decision without a move."""
        return replace(self, result=result, last_events=plain_events(events))

    def without_last_turn(self) -> "GameRecord":
        """Return the record as it was when its last turn began, or as it is without any turn.

        Illegal choices of the turn taken back, and emergencies since, are taken back with it.
        """
        if not self.turns:
            return self
        ply = len(self.turns) - 1
        return replace(
            self,
            turns=self.turns[:-1],
            struck=tuple(item for item in self.struck if item.ply <= ply),
            pending=(),
            last_events=(),
            result=None,
        )


def plain_events(events: Sequence[Mapping[str, Plain]]) -> tuple[Mapping[str, Plain], ...]:
    """Return events as plain data that equals what a file gives back: lists, no tuples."""
    return tuple(_listed(event) for event in events)


def _listed(value: Plain) -> Plain:
    if isinstance(value, Mapping):
        return {str(key): _listed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(item) for item in value]
    return value


def replay(record: GameRecord) -> tuple[Position, ...]:
    """Return the position in which each turn's move was made, and the last one.

    Emergencies and illegal choices before a move are in its position. Raises SaveError, naming
    the turn, where the record breaks the rules or contradicts itself.
    """
    position, found = record.start, []
    for ply, turn in enumerate(record.turns):
        where = f"turn {ply + 1} ({format_move(turn.move)})"
        try:
            position = charged(_struck(position, record, ply), turn.illegal)
            found.append(position)
            if turn.side is not position.to_move:
                raise SaveError(f"{turn.side} moved when it was {position.to_move}'s turn")
            position = play(position, turn.move)
            if turn.after != format_position(position):
                raise SaveError(f"it led to {format_position(position)}, not to {turn.after}")
        except LdTuiError as error:
            raise SaveError(f"{where}: {error}") from error
    try:
        position = _struck(position, record, len(record.turns))
    except LdTuiError as error:
        raise SaveError(f"after the last turn: {error}") from error
    position = charged(position, record.pending)
    _check_result(record, position)
    return (*found, position)


def current(record: GameRecord) -> Position:
    """Return the position in which a record stands. Raises SaveError as `replay` does."""
    return replay(record)[-1]


def _struck(position: Position, record: GameRecord, ply: int) -> Position:
    for item in record.struck:
        if item.ply == ply:
            position = strike(position, item.emergency)
    return position


def charged(position: Position, choices: Sequence[IllegalChoice]) -> Position:
    """Return a position with illegal choices counted."""
    for choice in choices:
        position = charge_illegal(position, choice.side)
    return position


def _check_result(record: GameRecord, position: Position) -> None:
    derived = outcome(position)
    resigned = record.result is not None and record.result.reason is Reason.RESIGNED
    if derived != record.result and not (derived is None and resigned):
        raise SaveError(
            f"result {_result_text(record.result)!r}, "
            f"but the turns lead to {_result_text(derived)!r}"
        )


def _result_text(result: Outcome | None) -> str:
    return UNFINISHED if result is None else f"{result.winner} {result.reason}"


def record_to_dict(record: GameRecord) -> dict[str, Plain]:
    """Return a record as plain data, scalars first."""
    rules = record.start.base
    return {
        "format": FORMAT,
        "program": record.program,
        "result": _result_text(record.result),
        "plies": len(record.turns),
        "seed": record.seed,
        "blue": record.blue.kind,
        "orange": record.orange.kind,
        "start": format_position(record.start),
        **parent_to_dict(record.parent),
        "settings": {
            "blue": dict(record.blue.settings),
            "orange": dict(record.orange.settings),
        },
        "rules": {
            "size": rules.size,
            "blue_units": rules.blue_units,
            "orange_units": rules.orange_units,
            "closed": [format_cell(cell) for cell in sorted(rules.closed)],
            "frozen": sorted(dot + 1 for dot in rules.frozen),
            "max_steps": rules.max_steps,
            "max_illegal": rules.max_illegal,
        },
        "pending": [_illegal_to_dict(choice) for choice in record.pending],
        "emergency": [
            {"ply": item.ply, "what": format_emergency(item.emergency)} for item in record.struck
        ],
        "last_event": [_listed(event) for event in record.last_events],
        "turn": [
            {
                "side": str(turn.side),
                "move": format_move(turn.move),
                "after": turn.after,
                "ms": turn.ms,
                "illegal": [_illegal_to_dict(choice) for choice in turn.illegal],
                "event": [_listed(event) for event in turn.events],
            }
            for turn in record.turns
        ],
    }


def record_from_dict(data: Mapping[str, Plain]) -> GameRecord:
    """Read what `record_to_dict` wrote and check it by replaying it.

    Raises SaveError, in one line, for a newer format, a missing or wrong value, or turns that
    the rules don't allow.
    """
    version = _get(data, "format", int)
    if version > FORMAT:
        raise SaveError(
            f"format {version} is newer than this program, which reads {FORMAT}; update ld-tui"
        )
    if version != FORMAT:
        raise SaveError(f"format {version} is none that was ever written")
    settings = _get(data, "settings", dict)
    try:
        record = GameRecord(
            start=_start(data),
            blue=PlayerSpec(_get(data, "blue", str), _get(settings, "blue", dict)),
            orange=PlayerSpec(_get(data, "orange", str), _get(settings, "orange", dict)),
            seed=_get(data, "seed", int),
            program=_get(data, "program", str),
            turns=tuple(_turn(item, f"turn {number}") for number, item in _tables(data, "turn")),
            struck=tuple(
                Struck(_get(item, "ply", int), parse_emergency(_get(item, "what", str)))
                for _, item in _tables(data, "emergency")
            ),
            pending=tuple(_illegal(item) for _, item in _tables(data, "pending")),
            last_events=plain_events([item for _, item in _tables(data, "last_event")]),
            result=_result(_get(data, "result", str)),
            parent=parent_from_dict(data),
        )
    except (NotationError, RulesError) as error:
        raise SaveError(str(error)) from error
    if len(record.turns) != (plies := _get(data, "plies", int)):
        raise SaveError(f"{len(record.turns)} turns where {plies} were written; the end is lost")
    late = [item.ply for item in record.struck if not 0 <= item.ply <= plies]
    if late:
        raise SaveError(f"an emergency struck at ply {late[0]} of {plies}")
    replay(record)
    return record


def _start(data: Mapping[str, Plain]) -> Position:
    """Read the start; notation names the size only, the rest of the rules stands beside it."""
    table = _get(data, "rules", dict)
    rules = Rules(
        size=_get(table, "size", int),
        blue_units=_get(table, "blue_units", int),
        orange_units=_get(table, "orange_units", int),
        closed=frozenset(parse_cell(str(cell)) for cell in _get(table, "closed", list)),
        frozen=frozenset(dot - 1 for dot in _whole(_get(table, "frozen", list))),
        max_steps=_get(table, "max_steps", int),
        max_illegal=_get(table, "max_illegal", int),
    )
    start = parse_position(_get(data, "start", str))
    if start.base.size != rules.size:
        raise SaveError(f"the start's size is {start.base.size}, the rules' {rules.size}")
    return replace(start, base=rules)


def _whole(items: Sequence[Plain]) -> list[int]:
    if any(not isinstance(item, int) or isinstance(item, bool) for item in items):
        raise SaveError(f"'frozen' holds whole numbers, not {list(items)}")
    return list(items)


def _turn(item: Mapping[str, Plain], where: str) -> Turn:
    try:
        return Turn(
            side=_side(_get(item, "side", str)),
            move=parse_move(_get(item, "move", str)),
            after=_get(item, "after", str),
            ms=float(_get(item, "ms", float)),
            illegal=tuple(_illegal(choice) for _, choice in _tables(item, "illegal")),
            events=plain_events([event for _, event in _tables(item, "event")]),
        )
    except LdTuiError as error:
        raise SaveError(f"{where}: {error}") from error


def _illegal_to_dict(choice: IllegalChoice) -> dict[str, Plain]:
    return {"side": str(choice.side), "reason": choice.reason}


def _illegal(item: Mapping[str, Plain]) -> IllegalChoice:
    return IllegalChoice(_side(_get(item, "side", str)), _get(item, "reason", str))


def _side(text: str) -> Side:
    try:
        return Side(text)
    except ValueError as error:
        raise SaveError(f"a side is blue or orange, not {text!r}") from error


def _result(text: str) -> Outcome | None:
    if text == UNFINISHED:
        return None
    winner, _, reason = text.partition(" ")
    try:
        return Outcome(Side(winner), Reason(reason))
    except ValueError as error:
        raise SaveError(f"{text!r} is no result; write {UNFINISHED} or blue capture") from error


def _tables(data: Mapping[str, Plain], key: str) -> list[tuple[int, Mapping[str, Plain]]]:
    """Return the tables of a list, numbered from 1."""
    found = _get(data, key, list)
    if any(not isinstance(item, Mapping) for item in found):
        raise SaveError(f"'{key}' holds tables, not {found!r:.60}")
    return list(enumerate(found, 1))


def _get(data: Mapping[str, Plain], key: str, kind: type[_T]) -> _T:
    """Return a value of the kind wanted; a whole number serves as a float, a bool as no number."""
    if key not in data:
        raise SaveError(f"'{key}' is missing")
    value = data[key]
    fits = isinstance(value, int | float) if kind is float else isinstance(value, kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise SaveError(f"'{key}' has to be of type {kind.__name__}, not {value!r:.60}")
    result: _T = value
    return result
