"""What is legal, what a turn does and when a game is over.

`apply` trusts its caller, `play` checks. Emergencies are only known here as something that turns
`Rules` into `Rules`. Who moves the dots, and why, is not known here.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from itertools import product
from typing import Protocol, runtime_checkable

from ld_tui.errors import IllegalMove, RulesError
from ld_tui.game.board import (
    MAX_SIZE,
    MIN_SIZE,
    Cell,
    cells,
    distance,
    format_cell,
    offsets,
    on_board,
)

DOTS = 3
"""Blue dots on every board."""
CAPTURE_DISTANCE = 1
"""Every blue dot at most this far from orange is a capture (Manhattan distance < 2)."""


class Side(StrEnum):
    """Who moves."""

    BLUE = "blue"
    ORANGE = "orange"

    @property
    def other(self) -> "Side":
        return Side.ORANGE if self is Side.BLUE else Side.BLUE


class Reason(StrEnum):
    """Why a game ended."""

    CAPTURE = "capture"
    """All three blue dots stand at Manhattan distance < 2 from orange."""
    STEPS = "steps"
    """The step limit passed without a capture: orange wins."""
    ILLEGAL = "illegal"
    """A side made more illegal choices than the rules forgive: it loses."""
    RESIGNED = "resigned"
    """A person gave up."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a game ended."""

    winner: Side
    reason: Reason


@dataclass(frozen=True, slots=True)
class Rules:
    """The world as data. Equal rules are equal worlds."""

    size: int = 10
    """Cells along each edge, 6 to 20."""
    blue_units: int = 2
    """Unit moves of each blue dot a turn."""
    orange_units: int = 1
    """Unit moves of orange a turn."""
    closed: frozenset[Cell] = frozenset()
    """Cells that no dot may enter or pass."""
    frozen: frozenset[int] = frozenset()
    """0-based blue dots that may not move."""
    sight: int | None = None
    """How far a blue dot sees orange (Manhattan distance); None: everywhere."""
    max_steps: int = 100
    """Steps without capture after which orange wins."""
    max_illegal: int = 7
    """Illegal choices that a side is forgiven; one more loses."""

    def __post_init__(self) -> None:
        if not MIN_SIZE <= self.size <= MAX_SIZE:
            raise RulesError(f"board size {self.size} is not between {MIN_SIZE} and {MAX_SIZE}")
        for cell in sorted(self.closed):
            if not on_board(cell, self.size):
                raise RulesError(
                    f"closed cell {format_cell(cell)} is off the {self.size}x{self.size} board"
                )
        if not self.frozen <= set(range(DOTS)):
            raise RulesError(f"frozen dots {sorted(self.frozen)} are not among 0, 1, 2")

    def is_open(self, cell: Cell) -> bool:
        """Tell whether a dot may stand on or pass a cell."""
        return on_board(cell, self.size) and cell not in self.closed

    def units(self, side: Side) -> int:
        """Return the unit moves that each dot of a side makes a turn."""
        return self.blue_units if side is Side.BLUE else self.orange_units


class RuleChange(Protocol):
    """An emergency in force: a transformation of the rules with an end (see emergencies.py)."""

    @property
    def until(self) -> int | None:
        """The finished steps at which it ends; None: never."""

    def transform(self, rules: Rules) -> Rules:
        """Return the rules as they are while it lasts."""

    def after(self, blue: tuple[Cell, ...], orange: Cell) -> "RuleChange":
        """Return it once a turn is made that leads to these cells."""

    @property
    def kind(self) -> str:
        """What it is called, such as `fog`."""


@runtime_checkable
class Remembers(Protocol):
    """A rule change that keeps what blue saw last."""

    @property
    def seen(self) -> Cell:
        """Where blue saw orange last."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Illegal choices so far, by side."""

    blue: int = 0
    orange: int = 0

    def of(self, side: Side) -> int:
        return self.blue if side is Side.BLUE else self.orange

    def plus(self, side: Side) -> "Tally":
        if side is Side.BLUE:
            return Tally(self.blue + 1, self.orange)
        return Tally(self.blue, self.orange + 1)


@dataclass(frozen=True, slots=True)
class Position:
    """Everything that the rest of a game depends on."""

    blue: tuple[Cell, ...]
    """The three blue dots, in the dots' order."""
    orange: Cell
    to_move: Side = Side.BLUE
    steps: int = 0
    """Steps finished; a step is blue's turn, then orange's."""
    illegal: Tally = Tally()
    changes: tuple[RuleChange, ...] = ()
    """Emergencies in force, in the order in which they struck."""
    base: Rules = field(default_factory=Rules)
    """The rules without any emergency."""

    def __post_init__(self) -> None:
        if len(self.blue) != DOTS:
            raise RulesError(f"a position has {DOTS} blue dots, not {len(self.blue)}")
        rules = self.rules
        for cell in (*self.blue, self.orange):
            if not on_board(cell, rules.size):
                raise RulesError(f"{format_cell(cell)} is off the {rules.size}x{rules.size} board")
            if cell in rules.closed:
                raise RulesError(f"a dot stands on {format_cell(cell)}, which is closed")
        for change in self.changes:
            if isinstance(change, Remembers) and not on_board(change.seen, rules.size):
                raise RulesError(
                    f"orange was last seen on {format_cell(change.seen)}, "
                    f"which is off the {rules.size}x{rules.size} board"
                )

    @property
    def rules(self) -> Rules:
        """The rules in force now: the base, changed by each emergency in turn."""
        return rules_under(self.base, self.changes)

    def dots(self, side: Side) -> tuple[Cell, ...]:
        """Return the cells of a side's dots, in the dots' order."""
        return self.blue if side is Side.BLUE else (self.orange,)


@lru_cache(maxsize=256)
def rules_under(base: Rules, changes: tuple[RuleChange, ...]) -> Rules:
    """Return `base` as changed by each of `changes` in turn."""
    for change in changes:
        base = change.transform(base)
    return base


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """A whole turn: each dot of the side to move, from where to where, in the dots' order."""

    sources: tuple[Cell, ...]
    targets: tuple[Cell, ...]


@lru_cache(maxsize=65536)
def destinations(rules: Rules, cell: Cell, units: int) -> tuple[Cell, ...]:
    """Return where a free dot may end its turn, ascending.

    That is every open cell at Manhattan distance `units` which `units` unit moves through open
    cells reach; only `cell` itself where there is none.
    """
    found = tuple(
        target
        for cols, rows in offsets(units)
        if _reaches(rules, cell, target := Cell(cell[0] + cols, cell[1] + rows))
    )
    return found or (cell,)


def _reaches(rules: Rules, cell: Cell, target: Cell) -> bool:
    """Tell whether a shortest walk through open cells leads from `cell` to `target`."""
    if not rules.is_open(target):
        return False
    if cell == target:
        return True
    cols, rows = target[0] - cell[0], target[1] - cell[1]
    steps = []
    if cols:
        steps.append(Cell(cell[0] + (1 if cols > 0 else -1), cell[1]))
    if rows:
        steps.append(Cell(cell[0], cell[1] + (1 if rows > 0 else -1)))
    return any(rules.is_open(step) and _reaches(rules, step, target) for step in steps)


def dot_destinations(position: Position, dot: int) -> tuple[Cell, ...]:
    """Return where a dot of the side to move may end its turn, ascending.

    `dot` is the 0-based place among that side's dots. A frozen blue dot stays.
    """
    rules, side = position.rules, position.to_move
    cell = position.dots(side)[dot]
    if side is Side.BLUE and dot in rules.frozen:
        return (cell,)
    return destinations(rules, cell, rules.units(side))


def legal_moves(position: Position) -> tuple[Move, ...]:
    """Return every legal move of the side to move, ascending. Ignores whether the game is over."""
    sources = position.dots(position.to_move)
    choices = [dot_destinations(position, dot) for dot in range(len(sources))]
    return tuple(Move(sources, targets) for targets in product(*choices))


def illegality(position: Position, move: Move) -> str | None:
    """Say in one line why a move is against the rules, or None where it is legal."""
    rules, side = position.rules, position.to_move
    sources = position.dots(side)
    if move.sources != sources:
        standing, named = (" ".join(map(format_cell, each)) for each in (sources, move.sources))
        who = f"{side} stands" if len(sources) == 1 else f"{side}'s dots stand"
        return f"{who} on {standing}, not on {named}"
    if len(move.targets) != len(sources):
        return f"{side} moves {len(sources)} dots, not {len(move.targets)}"
    units = rules.units(side)
    for dot, (source, target) in enumerate(zip(sources, move.targets, strict=True)):
        if target in dot_destinations(position, dot):
            continue
        step = f"{format_cell(source)} to {format_cell(target)}"
        if side is Side.BLUE and dot in rules.frozen:
            return f"{step}: dot {dot + 1} is jammed and has to stay"
        if not on_board(target, rules.size):
            return f"{step}: off the board"
        if target in rules.closed:
            return f"{step}: {format_cell(target)} is closed"
        if distance(source, target) != units:
            who = f"{side} moves" if len(sources) == 1 else f"{side} dots move"
            away = distance(source, target)
            return f"{step} is {away} unit{'s' * (away != 1)}; {who} {units}"
        return f"{step}: no open way of {units} units"
    return None


def is_captured(position: Position) -> bool:
    """Tell whether all three blue dots stand at Manhattan distance < 2 from orange."""
    return all(distance(dot, position.orange) <= CAPTURE_DISTANCE for dot in position.blue)


def is_in_sight(position: Position) -> bool:
    """Tell whether blue sees orange: always, but for fog."""
    sight = position.rules.sight
    return sight is None or any(distance(dot, position.orange) <= sight for dot in position.blue)


def as_known(position: Position) -> Position:
    """Return a position as the side to move knows it.

    In fog, blue to move that doesn't see orange takes it to be where it saw it last, or where that
    cell has closed since, on the open cell nearest to it. Only texts, functions and players read
    this; what is legal and what is a capture goes by the truth.
    """
    if position.to_move is Side.ORANGE or is_in_sight(position):
        return position
    seen = last_seen(position)
    return (
        position if seen is None else replace(position, orange=nearest_open(seen, position.rules))
    )


def last_seen(position: Position) -> Cell | None:
    """Return where blue saw orange last; None where there is no fog."""
    seen = [change.seen for change in position.changes if isinstance(change, Remembers)]
    return seen[-1] if seen else None


def outcome(position: Position) -> Outcome | None:
    """Return how the game ended, or None while it goes on."""
    rules = position.rules
    for side in Side:
        if position.illegal.of(side) > rules.max_illegal:
            return Outcome(side.other, Reason.ILLEGAL)
    if is_captured(position):
        return Outcome(Side.BLUE, Reason.CAPTURE)
    if position.steps >= rules.max_steps:
        return Outcome(Side.ORANGE, Reason.STEPS)
    return None


def apply(position: Position, move: Move) -> Position:
    """Return the position after a move that the caller knows to be legal.

    Orange's turn ends the step; emergencies whose time is up end with it.
    """
    blue, orange, changes = position.blue, position.orange, position.changes
    if position.to_move is Side.BLUE:
        blue = move.targets
        changes = tuple(change.after(blue, orange) for change in changes)
        return replace(position, blue=blue, to_move=Side.ORANGE, changes=changes)
    orange, steps = move.targets[0], position.steps + 1
    changes = tuple(
        change.after(blue, orange)
        for change in changes
        if change.until is None or change.until > steps
    )
    return replace(position, orange=orange, to_move=Side.BLUE, steps=steps, changes=changes)


def play(position: Position, move: Move) -> Position:
    """Return the position after a move; raise IllegalMove, saying why, where it is refused."""
    if outcome(position) is not None:
        raise IllegalMove("the game is over")
    if reason := illegality(position, move):
        raise IllegalMove(reason)
    return apply(position, move)


def charge_illegal(position: Position, side: Side) -> Position:
    """Return the position with one more illegal choice on a side's account."""
    return replace(position, illegal=position.illegal.plus(side))


def open_cells(rules: Rules) -> tuple[Cell, ...]:
    """Return the cells that are not closed, ascending."""
    return tuple(cell for cell in cells(rules.size) if cell not in rules.closed)


def nearest_open(cell: Cell, rules: Rules) -> Cell:
    """Return the open cell nearest to a cell; ties go to the one nearest the middle.

    Raises RulesError where no cell is open.
    """
    if rules.is_open(cell):
        return cell

    def far(other: Cell) -> tuple[int, int, Cell]:
        return distance(cell, other), sum(abs(2 * p - rules.size + 1) for p in other), other

    free = open_cells(rules)
    if not free:
        raise RulesError("no cell is open")
    return min(free, key=far)
