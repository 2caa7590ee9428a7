"""Emergencies: transformations of the rules, with an end.

Each is a frozen value with `kind`, `until`, `transform(rules) -> Rules` and `after(...)`, itself
once a turn is made; legality, tablebase, prompts and drawing follow the changed rules without
special cases. How they come about at random is in `schedule.py`.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from ld_tui.errors import RulesError
from ld_tui.game.board import Cell, cells, distance, format_cell, on_board
from ld_tui.game.rules import DOTS, Position, Rules, nearest_open, rules_under

DURATION = 8
"""Steps for which an emergency lasts where nobody says otherwise."""
FAST = 2
"""Unit moves of a sprinting orange."""
SIGHT = 2
"""How far a blue dot sees in fog where nobody says otherwise."""
SHELTER = 4
"""The least edge of the board that a storm leaves open."""


@dataclass(frozen=True, slots=True)
class Roadblock:
    """Cells close: no dot may enter or pass them."""

    kind: ClassVar[str] = "roadblock"

    cells: tuple[Cell, ...]
    """The cells that close, ascending, at least one."""
    until: int | None = None
    """The finished steps at which it ends; None: it stays."""

    def __post_init__(self) -> None:
        if not self.cells or list(self.cells) != sorted(set(self.cells)):
            raise RulesError(
                "a roadblock names its cells once each, in ascending order, at least one"
            )

    def transform(self, rules: Rules) -> Rules:
        """Return the rules with these cells closed."""
        return replace(rules, closed=rules.closed | set(self.cells))

    def after(self, blue: tuple[Cell, ...], orange: Cell) -> "Roadblock":
        """Return itself: a turn changes nothing about it."""
        return self

    def describe(self) -> str:
        """Say in one line what happened."""
        names = " ".join(map(format_cell, self.cells))
        return f"roadblock: {names} closed{_until(self.until)}"


@dataclass(frozen=True, slots=True)
class Jam:
    """A blue dot can't move."""

    kind: ClassVar[str] = "jam"

    dot: int
    """0-based blue dot."""
    until: int | None = None
    """The finished steps at which it ends; None: it stays."""

    def __post_init__(self) -> None:
        if not 0 <= self.dot < DOTS:
            raise RulesError(f"there is no blue dot {self.dot + 1}; they are 1 to {DOTS}")

    def transform(self, rules: Rules) -> Rules:
        """Return the rules with this dot frozen."""
        return replace(rules, frozen=rules.frozen | {self.dot})

    def after(self, blue: tuple[Cell, ...], orange: Cell) -> "Jam":
        """Return itself: a turn changes nothing about it."""
        return self

    def describe(self) -> str:
        """Say in one line what happened."""
        return f"jam: blue dot {self.dot + 1} can't move{_until(self.until)}"


@dataclass(frozen=True, slots=True)
class Sprint:
    """Orange moves two units a turn."""

    kind: ClassVar[str] = "sprint"

    until: int | None = None
    """The finished steps at which it ends; None: it stays."""

    def transform(self, rules: Rules) -> Rules:
        """Return the rules with a faster orange."""
        return replace(rules, orange_units=FAST)

    def after(self, blue: tuple[Cell, ...], orange: Cell) -> "Sprint":
        """Return itself: a turn changes nothing about it."""
        return self

    def describe(self) -> str:
        """Say in one line what happened."""
        return f"sprint: orange moves {FAST} units a turn{_until(self.until)}"


@dataclass(frozen=True, slots=True)
class Fog:
    """Blue sees orange only from near by; otherwise it knows the cell where it last saw it."""

    kind: ClassVar[str] = "fog"

    sight: int
    """The Manhattan distance up to which a blue dot sees orange, at least 1."""
    seen: Cell
    """Where blue saw orange last; where it is, while it is in sight."""
    until: int | None = None
    """The finished steps at which it ends; None: it stays."""

    def __post_init__(self) -> None:
        if self.sight < 1:
            raise RulesError(f"a dot sees at least 1 cell far in fog, not {self.sight}")

    def transform(self, rules: Rules) -> Rules:
        """Return the rules with blue's sight limited."""
        sight = self.sight if rules.sight is None else min(rules.sight, self.sight)
        return replace(rules, sight=sight)

    def after(self, blue: tuple[Cell, ...], orange: Cell) -> "Fog":
        """Return the fog once dots have moved: what blue sees now, it will remember."""
        in_sight = any(distance(dot, orange) <= self.sight for dot in blue)
        return replace(self, seen=orange) if in_sight and self.seen != orange else self

    def describe(self) -> str:
        """Say in one line what happened."""
        return f"fog: blue sees orange only within {self.sight} of a dot{_until(self.until)}"


@dataclass(frozen=True, slots=True)
class Storm:
    """The outer rings of the board close; dots in them are pushed in."""

    kind: ClassVar[str] = "storm"

    rings: int = 1
    """How many rings close, at least one."""
    until: int | None = None
    """The finished steps at which it ends; None: it stays."""

    def __post_init__(self) -> None:
        if self.rings < 1:
            raise RulesError(f"a storm closes at least one ring, not {self.rings}")

    def transform(self, rules: Rules) -> Rules:
        """Return the rules with the outer rings closed."""
        if rules.size - 2 * self.rings < SHELTER:
            raise RulesError(
                f"a storm of {self.rings} rings leaves too little of a "
                f"{rules.size}x{rules.size} board; {SHELTER}x{SHELTER} have to stay open"
            )
        ring = {cell for cell in cells(rules.size) if not self._shelters(cell, rules.size)}
        return replace(rules, closed=rules.closed | ring)

    def _shelters(self, cell: Cell, size: int) -> bool:
        return all(self.rings <= part < size - self.rings for part in cell)

    def after(self, blue: tuple[Cell, ...], orange: Cell) -> "Storm":
        """Return itself: a turn changes nothing about it."""
        return self

    def describe(self) -> str:
        """Say in one line what happened."""
        ring = "the outer ring" if self.rings == 1 else f"the {self.rings} outer rings"
        return f"storm: {ring} closed, dots pushed in{_until(self.until)}"


Emergency = Roadblock | Jam | Sprint | Fog | Storm
KINDS = tuple(each.kind for each in (Roadblock, Jam, Sprint, Fog, Storm))


def emergencies_of(position: Position) -> tuple[Emergency, ...]:
    """Return the emergencies in force, in the order in which they struck."""
    return position.changes  # type: ignore[return-value]


def in_force(position: Position) -> tuple[Emergency, ...]:
    """Return the emergencies in force, without what changes from turn to turn."""
    return tuple(
        replace(each, seen=Cell(0, 0)) if isinstance(each, Fog) else each
        for each in emergencies_of(position)
    )


def storm_cells(position: Position) -> frozenset[Cell]:
    """Return the cells that storms have closed."""
    storms = tuple(each for each in emergencies_of(position) if isinstance(each, Storm))
    return rules_under(position.base, storms).closed - position.base.closed


def _until(step: int | None) -> str:
    return "" if step is None else f" until step {step}"


def strike(position: Position, emergency: Emergency) -> Position:
    """Return the position with an emergency in force.

    A storm pushes dots out of the rings that it closes, each to the nearest open cell. Raises
    RulesError where a roadblock would close a cell that a dot stands on or that is off the board,
    or where an emergency would end before it begins.
    """
    if emergency.until is not None and emergency.until <= position.steps:
        raise RulesError(f"step {emergency.until} is over; an emergency has to end later")
    if isinstance(emergency, Roadblock):
        for cell in emergency.cells:
            if not on_board(cell, position.base.size):
                raise RulesError(f"{format_cell(cell)} is off the board and can't close")
            if cell in (*position.blue, position.orange):
                raise RulesError(f"a dot stands on {format_cell(cell)}; close an empty cell")
    blue, orange = position.blue, position.orange
    if isinstance(emergency, Storm):
        rules = emergency.transform(position.rules)
        blue = tuple(nearest_open(dot, rules) for dot in blue)
        orange = nearest_open(orange, rules)
    emergency = emergency.after(blue, orange)
    return replace(position, blue=blue, orange=orange, changes=(*position.changes, emergency))
