"""Positions, turns and values in words. Pure."""

from collections.abc import Iterable, Sequence

from ld_tui.arena.game import Game
from ld_tui.arena.levels import told_level
from ld_tui.arena.marks import MoveWorth
from ld_tui.game.board import Cell, distance, format_cell
from ld_tui.game.emergencies import in_force
from ld_tui.game.mapped import laid, map_text
from ld_tui.game.record import PlayerSpec
from ld_tui.game.rules import Move, Outcome, Position, Reason, Side, dot_destinations
from ld_tui.tui.analyses import Analysis, mark
from ld_tui.tui.clock import Clock, clock_text
from ld_tui.tui.settings import NAMES
from ld_tui.tui.sight import Sight


def listed(items: Iterable[object], last: str = "and") -> str:
    """Join words as one says them: `a, b and c`."""
    *most, final = map(str, items)
    return f"{', '.join(most)} {last} {final}" if most else final


def cells_text(cells: Iterable[Cell]) -> str:
    return listed(map(format_cell, cells))


def steps(count: int) -> str:
    """Say a number of steps."""
    return f"{count} step{'' if count == 1 else 's'}"


def name_of(kind: str) -> str:
    """Say who plays."""
    return NAMES.get(kind, kind)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _seated(player: PlayerSpec) -> str:
    """Say who plays, and LD how strong where that isn't as usual."""
    level = told_level(player.kind, player.settings)
    return name_of(player.kind) + (f" at {level} strength" if level else "")


def opening(game: Game) -> list[str]:
    """Say what is played: the board, the map, who sits where, and the aim."""
    record, position = game.record, game.position
    size, rules = position.base.size, position.rules
    last = format_cell(Cell(size - 1, size - 1))
    ground = map_text(record.start)
    return [
        f"Board {size} by {size}, a1 at bottom left, {last} at top right"
        f"{', ' + ground if ground else ''}. "
        f"Blue: {_seated(record.blue)}. Orange: {_seated(record.orange)}.",
        f"Blue moves three dots {rules.blue_units} cells each, then orange moves "
        f"{rules.orange_units}. Blue captures when all three dots stand beside orange or on it; "
        f"after {rules.max_steps} steps orange has got away.",
    ]


def position_lines(game: Game, sight: Sight) -> list[str]:
    """Spell the position out: dots by cell and distance, what is closed, whose turn it is."""
    position = game.position
    lines = [turn_line(game), dots_line(position, sight)]
    ground = laid(game.record.start)
    if name := map_text(game.record.start):
        closed = sorted(position.base.closed | _closed_by(ground))
        lines.append(f"On this {name.removesuffix('.')}, closed: {cells_text(closed)}.")
    lines += [f"{capital(each.describe())}." for each in in_force(position) if each not in ground]
    counts, allowed = position.illegal, position.rules.max_illegal
    if counts.blue or counts.orange:
        lines.append(
            f"Illegal choices: blue {counts.blue}, orange {counts.orange}; {allowed} are forgiven."
        )
    return lines


def _closed_by(changes: Iterable[object]) -> set[Cell]:
    return {cell for each in changes for cell in getattr(each, "cells", ())}


def turn_line(game: Game) -> str:
    """Say which step it is and who is to move."""
    position, result = game.position, game.outcome
    if result is not None:
        return f"The game is over: {result_text(game, result)}."
    step = min(position.steps + 1, position.rules.max_steps)
    return f"Step {step} of {position.rules.max_steps}, {position.to_move} to move."


def clock_line(clock: Clock) -> str:
    """Say what each side has left; empty where there is no clock."""
    told = [
        f"{side} has {clock_text(left)} left"
        if left >= 0
        else f"{side} is {clock_text(-left)} over"
        for side in Side
        if (left := clock.left(side)) is not None
    ]
    return f"Clock: {', '.join(told)}." if told else ""


def dots_line(position: Position, sight: Sight) -> str:
    """Say where the dots are."""
    blue = listed(f"dot {at + 1} at {format_cell(c)}" for at, c in enumerate(position.blue))
    if sight.is_hidden:
        seen = "" if sight.seen is None else f"; blue saw it last at {format_cell(sight.seen)}"
        return f"Blue: {blue}. Orange is unseen{seen}."
    gaps = listed(distance(cell, position.orange) for cell in position.blue)
    unseen = ", which blue doesn't see" if sight.is_unseen else ""
    return f"Blue: {blue}. Orange at {format_cell(position.orange)}{unseen}, at distance {gaps}."


def board_lines(position: Position, sight: Sight) -> list[str]:
    """Draw the board with letters: dots by number, O orange, # closed, ? where it was seen."""
    size, rules = position.base.size, position.rules
    marks = dict.fromkeys(rules.closed, "#")
    if not sight.is_hidden:
        marks[position.orange] = "O"
    elif sight.seen is not None:
        marks[sight.seen] = "?"
    for at, cell in enumerate(position.blue):
        old = marks.get(cell, "")
        marks[cell] = "X" if old == "O" else "B" if old.isdigit() or old == "B" else str(at + 1)
    rows = [
        f"{row + 1:>2} " + " ".join(marks.get(Cell(col, row), ".") for col in range(size))
        for row in reversed(range(size))
    ]
    return [*rows, "   " + " ".join(chr(ord("a") + col) for col in range(size))]


def legal_lines(position: Position, dots: Sequence[int]) -> list[str]:
    """Say where dots of the side to move may go."""
    side, cells = position.to_move, position.dots(position.to_move)
    lines = []
    for dot in dots:
        name = f"Dot {dot + 1}" if side is Side.BLUE else "Orange"
        found = dot_destinations(position, dot)
        stays = found == (cells[dot],)
        where = "has to stay" if stays else f"may go to {listed(map(format_cell, found), 'or')}"
        lines.append(f"{name} at {format_cell(cells[dot])} {where}.")
    return lines


def move_text(move: Move) -> str:
    """Say a move: `c9 to e9, a4 to c4 and h8 to h6`."""
    return listed(
        f"{format_cell(source)} stays"
        if source == target
        else f"{format_cell(source)} to {format_cell(target)}"
        for source, target in zip(move.sources, move.targets, strict=True)
    )


def value_text(value: int | None) -> str:
    """Say what a position is worth."""
    if value is None:
        return "orange can escape for ever"
    return "captured" if value == 0 else f"blue can capture in {value}"


def lost_text(worth: MoveWorth | None, before: Analysis | None) -> str:
    """Say what a move lost, with its mark; nothing where it lost nothing, or nobody knows."""
    sign = mark(worth, before)
    if not sign or worth is None:
        return ""
    if worth.regret is None:
        lost = "lets orange escape" if worth.value is None else "gives the escape away"
        return f"that {lost} ({sign})"
    return f"that loses {steps(worth.regret)} ({sign})"


def result_text(game: Game, result: Outcome) -> str:
    """Say how a game ended."""
    position = game.position
    done = position.steps + (position.to_move is Side.ORANGE)
    match result.reason:
        case Reason.CAPTURE:
            return f"{result.winner} wins, orange is captured in {steps(done)}"
        case Reason.STEPS:
            return f"{result.winner} wins, not captured in {steps(position.rules.max_steps)}"
        case Reason.ILLEGAL:
            count = position.illegal.of(result.winner.other)
            return f"{result.winner} wins, {result.winner.other} made {count} illegal choices"
        case Reason.RESIGNED:
            return f"{result.winner} wins, {result.winner.other} gave up"
