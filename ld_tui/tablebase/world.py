"""What a table is for: the part of the rules and of a position that values depend on."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from math import comb

from ld_tui.errors import TablebaseError
from ld_tui.game.board import Cell, format_cell
from ld_tui.game.rules import DOTS, Position, Rules, Side, destinations, open_cells

MAX_ENTRIES = 80_000_000
"""Values that a table may hold; an open 12x12 board needs 73 million, a 13x13 one 138 million."""


@dataclass(frozen=True, slots=True)
class World:
    """A board, how far each side moves, and where the blue dots stand that can't move.

    Step limits, illegal choices and the end of emergencies are left out: a world stands for ever.
    Which of the three dots is stuck is left out too, for it changes no value.
    """

    size: int
    """Cells along each edge."""
    blue_units: int
    """Unit moves of each blue dot a turn."""
    orange_units: int
    """Unit moves of orange a turn."""
    closed: frozenset[Cell] = frozenset()
    """Cells that no dot may enter or pass."""
    stuck: tuple[Cell, ...] = ()
    """The cells of the blue dots that can't move, ascending."""

    @classmethod
    def of_rules(cls, rules: Rules, frozen_cells: Iterable[Cell] = ()) -> "World":
        """Return the world of some rules, with one cell for each frozen dot, in any order.

        Raises TablebaseError where the cells are not as many as the frozen dots or not open.
        """
        stuck = tuple(sorted(frozen_cells))
        if len(stuck) != len(rules.frozen):
            raise TablebaseError(
                f"{len(rules.frozen)} blue dots are frozen, but {len(stuck)} cells are named for "
                "them; name the cell of each"
            )
        for cell in stuck:
            if not rules.is_open(cell):
                raise TablebaseError(f"a frozen dot stands on {format_cell(cell)}, no open cell")
        return cls(rules.size, rules.blue_units, rules.orange_units, rules.closed, stuck)

    @classmethod
    def of(cls, position: Position) -> "World":
        """Return the world of a position under the rules that are in force in it."""
        rules = position.rules
        return cls.of_rules(rules, (position.blue[dot] for dot in rules.frozen))

    @property
    def rules(self) -> Rules:
        """The rules that say what a free dot may do here."""
        return Rules(
            size=self.size,
            blue_units=self.blue_units,
            orange_units=self.orange_units,
            closed=self.closed,
        )

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The open cells, ascending."""
        return open_cells(self.rules)

    @property
    def free(self) -> int:
        """Blue dots that can move."""
        return DOTS - len(self.stuck)

    @property
    def entries(self) -> int:
        """Values in the table: the multisets of the free dots' cells, times orange's cells."""
        count = self.size**2 - len(self.closed)
        return comb(count + self.free - 1, self.free) * count

    @property
    def text(self) -> str:
        """The world as one line; equal worlds have equal lines, different ones different lines."""
        return (
            f"{self.size} {self.blue_units} {self.orange_units} "
            f"closed:{','.join(map(format_cell, sorted(self.closed)))} "
            f"stuck:{','.join(map(format_cell, self.stuck))}"
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the world's line, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def destinations(self, side: Side) -> tuple[tuple[int, ...], ...]:
        """Return, for each open cell in order, where a free dot may end its turn.

        Destinations are places in `cells`, ascending, at least one.
        """
        rules, cells = self.rules, self.cells
        place = {cell: index for index, cell in enumerate(cells)}
        return tuple(
            tuple(place[target] for target in destinations(rules, cell, rules.units(side)))
            for cell in cells
        )

    def check_size(self) -> None:
        """Raise TablebaseError where the table would be larger than MAX_ENTRIES."""
        if self.entries > MAX_ENTRIES:
            raise TablebaseError(
                f"a {self.size}x{self.size} board is too large to solve; take at most 12x12"
            )
