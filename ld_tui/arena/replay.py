"""A saved game as plain text: each turn, and the decision behind it stage by stage.

With reviews of the turns (see turning.py) their marks and what each loss falls on stand there too.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ld_tui.agent.events import (
    Decided,
    Event,
    Executed,
    FellBack,
    GaveUp,
    Rejected,
    Retrieved,
    Selected,
    StageBegan,
    decision_tokens,
    event_from_dict,
    tokens_of,
)
from ld_tui.arena.game import Game
from ld_tui.arena.marks import loss_text
from ld_tui.arena.resources import Resources
from ld_tui.arena.saves import read_save
from ld_tui.arena.turning import TurnReview, blame_lines, review
from ld_tui.errors import LdTuiError
from ld_tui.game.mapped import laid, map_text
from ld_tui.game.notation import format_move, format_position
from ld_tui.game.record import GameRecord, IllegalChoice, Plain, PlayerSpec, Turn, replay
from ld_tui.game.rules import Position, Side
from ld_tui.llm.call import Tokens


def replay_command(path: Path, resources: Resources) -> int:
    """Print a saved game with marks and blame; return the exit status.

    Raises SaveError where the file can't be read. A first solution of its board takes a moment;
    how far that is goes to stderr, where that is a terminal.
    """
    record = read_save(path)
    is_seen = sys.stderr.isatty()

    def tell(ply: int) -> None:
        print(f"\rlooking at turn {ply + 1}", end="", file=sys.stderr, flush=True)

    reviews = list(review(Game(record), resources, tell if is_seen else None))
    if is_seen:
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    for line in record_text(record, reviews):
        print(line)
    return 0


def replay_text(path: Path) -> Iterator[str]:
    """Yield a saved game line by line. Raises SaveError where the file can't be read."""
    yield from record_text(read_save(path))


def record_text(record: GameRecord, reviews: Sequence[TurnReview] = ()) -> Iterator[str]:
    """Yield a record line by line, each without control characters: a save may hold any text.

    `reviews`: of every turn, or none.
    """
    for line in _lines(record, reviews):
        yield "".join(char if char.isprintable() else " " for char in line)


def _lines(record: GameRecord, reviews: Sequence[TurnReview]) -> Iterator[str]:
    yield f"blue: {_player(record.blue)}   orange: {_player(record.orange)}   seed {record.seed}"
    yield f"start: {format_position(record.start)}"
    if laid(record.start):
        yield map_text(record.start)
    if record.parent is not None:
        yield f"branched off from {record.parent.text}"
    positions = replay(record)
    for ply, (turn, before) in enumerate(zip(record.turns, positions, strict=False)):
        yield ""
        yield from _struck(record, ply)
        found = reviews[ply] if reviews else None
        mark = f" {found.verdict.mark}" if found and found.verdict and found.verdict.mark else ""
        cost = f"  ({turn.ms:.1f} ms{_tokens(decision_tokens(turn.events))})"
        if record.player(turn.side).kind == "human" and not turn.ms:
            # A person's time counts only where a clock does.
            cost = ""
        yield f"{before.steps + 1}. {turn.side} {format_move(turn.move)}{mark}{cost}"
        yield from _turn(turn)
        if found is not None:
            yield from _reviewed(found)
    yield ""
    yield from _struck(record, len(record.turns))
    yield from _decision(record.last_events)
    yield from _illegal(record.pending)
    yield from _turning_points(record, positions, reviews)
    if record.result is None:
        yield f"unfinished: {format_position(positions[-1])}"
    else:
        yield f"{record.result.winner} wins: {_REASONS[str(record.result.reason)]}"


def _reviewed(found: TurnReview) -> Iterator[str]:
    if found.verdict is not None and found.verdict.is_turning_point:
        yield f"   {loss_text(found.verdict.regret, found.verdict.best)}"
        for line in blame_lines(found.blame):
            yield f"   {line}"
    if found.note and found.verdict is not None:
        yield f"   {found.note}"


def _turning_points(
    record: GameRecord, positions: Sequence[Position], reviews: Sequence[TurnReview]
) -> Iterator[str]:
    """Yield the turns that lost something, each with the largest part of its blame."""
    if any(each.verdict is None for each in reviews):
        yield f"no marks: {next(each.note for each in reviews if each.verdict is None)}"
        return
    for ply, (turn, found) in enumerate(zip(record.turns, reviews, strict=False)):
        if found.verdict is not None and found.verdict.is_turning_point:
            step = f"{positions[ply].steps + 1}. {turn.side} {found.verdict.mark}"
            blame = blame_lines(found.blame)
            lost = loss_text(found.verdict.regret, found.verdict.best)
            yield f"turning point: {step}, {lost}" + (f"; {blame[0]}" if blame else "")
    if reviews and not any(each.verdict and each.verdict.is_turning_point for each in reviews):
        yield "no turning point: neither side lost a step"


_REASONS = {
    "capture": "capture",
    "steps": "the step limit",
    "illegal": "too many illegal choices",
    "resigned": "the other side gave up",
}


def _player(spec: PlayerSpec) -> str:
    settings = ", ".join(f"{key} {value}" for key, value in sorted(spec.settings.items()))
    return f"{spec.kind} ({settings})" if settings else spec.kind


def _struck(record: GameRecord, ply: int) -> Iterator[str]:
    for item in record.struck:
        if item.ply == ply:
            yield f"! {item.emergency.describe()}"


def _turn(turn: Turn) -> Iterator[str]:
    yield from _decision(turn.events)
    # An agent's illegal choices are told among its events.
    told = [event for event in turn.events if event.get("event") == "rejected"]
    yield from _illegal(turn.illegal[: len(turn.illegal) - sum(e["illegal"] for e in told)])
    yield f"   {turn.after}"


def _illegal(choices: Sequence[IllegalChoice]) -> Iterator[str]:
    for choice in choices:
        yield f"   {_name(choice.side)} illegal: {choice.reason}"


def _name(side: Side) -> str:
    return str(side)


def _tokens(tokens: Tokens) -> str:
    return f", {tokens.text}" if tokens.text else ""


def _decision(events: Sequence[Mapping[str, Plain]]) -> Iterator[str]:
    """Yield a decision's lines: per stage the candidates, what was struck, the result."""
    distances: dict[str, float] = {}
    for data in events:
        try:
            event = event_from_dict(data)
            if isinstance(event, Retrieved):
                distances = dict(zip(event.names, event.distances, strict=True))
            lines = list(_event(event, distances))
        except LdTuiError as error:
            lines = [f"   ? {error}"]
        except (TypeError, ValueError):
            lines = [f"   ? {data['event']!r} event with fields of another kind"]
        yield from lines


def _event(event: Event, distances: Mapping[str, float]) -> Iterator[str]:
    match event:
        case StageBegan():
            yield f"   {event.stage}/{event.stages} {event.name}: {event.question}"
        case Selected():
            cost = f"{event.ms:.1f} ms{_tokens(tokens_of(event))}"
            drawn = ", drawn by temperature" * bool(event.passed_over)
            yield f"      chosen by {event.by}{drawn} ({cost}), of:"
            for name, share in zip(event.candidates, event.probabilities, strict=True):
                mark = "*" if name == event.name else " "
                away = f"{distances[name]:.3f}" if name in distances else "  -  "
                yield f"      {mark} {name:<24} distance {away}  probability {share:.3f}"
        case Executed():
            yield f"      {event.name} -> {event.shown}"
        case Rejected():
            kind = "struck, illegal" if event.illegal else "struck"
            yield f"      {event.name} {kind}: {event.reason}"
        case FellBack():
            yield f"      {event.reason}"
        case GaveUp():
            yield f"   gave up: {event.reason}{_tokens(tokens_of(event))}"
        case Retrieved() | Decided():
            return
