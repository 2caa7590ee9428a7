"""Emergencies: transformations of the rules, with an end.

Each is a frozen value with `kind`, `until` and `transform(rules) -> Rules`; legality, tablebase,
prompts and drawing follow the changed rules without special cases.
"""

import random
from dataclasses import dataclass, replace
from typing import ClassVar

from ld_tui.errors import RulesError
from ld_tui.game.board import Cell, distance, format_cell, on_board
from ld_tui.game.rules import DOTS, Position, Rules, destinations, open_cells

DURATION = 8
"""Steps for which an emergency lasts where nobody says otherwise."""


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

    def describe(self) -> str:
        """Say in one line what happened."""
        return f"jam: blue dot {self.dot + 1} can't move{_until(self.until)}"


Emergency = Roadblock | Jam


def _until(step: int | None) -> str:
    return "" if step is None else f" until step {step}"


def strike(position: Position, emergency: Emergency) -> Position:
    """Return the position with an emergency in force.

    Raises RulesError where it would close a cell that a dot stands on or that is off the board,
    or would end before it begins.
    """
    if emergency.until is not None and emergency.until <= position.steps:
        raise RulesError(f"step {emergency.until} is over; an emergency has to end later")
    if isinstance(emergency, Roadblock):
        for cell in emergency.cells:
            if not on_board(cell, position.base.size):
                raise RulesError(f"{format_cell(cell)} is off the board and can't close")
            if cell in (*position.blue, position.orange):
                raise RulesError(f"a dot stands on {format_cell(cell)}; close an empty cell")
    return replace(position, changes=(*position.changes, emergency))


def random_roadblock(position: Position, rng: random.Random, count: int = 2) -> Roadblock:
    """Return a roadblock of `count` cells in a row, near orange, that walls nobody in.

    Raises RulesError where the board has no room for one.
    """
    rules = position.rules
    free = set(open_cells(rules)) - {*position.blue, position.orange}
    options = []
    for cell in sorted(free):
        for cols, rows in ((1, 0), (0, 1)):
            run = tuple(Cell(cell.col + cols * i, cell.row + rows * i) for i in range(count))
            if free.issuperset(run) and min(distance(c, position.orange) for c in run) <= 3:
                options.append(run)
    rng.shuffle(options)
    for run in options:
        blocked = replace(rules, closed=rules.closed | set(run))
        dots = (*position.blue, position.orange)
        if all(destinations(blocked, dot, 1) != (dot,) for dot in dots):
            return Roadblock(run, position.steps + DURATION)
    raise RulesError("there is no room for a roadblock here")
