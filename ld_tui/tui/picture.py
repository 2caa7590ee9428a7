"""What every cell of the board shows, as values: no glyphs, no colors, no widgets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ld_tui.game.board import Cell
from ld_tui.game.rules import Move, Rules, Side
from ld_tui.game.trails import between


@dataclass(frozen=True, slots=True)
class Look:
    """What one cell shows."""

    blue: tuple[int, ...] = ()
    """The 0-based blue dots on it."""
    orange: bool = False
    closed: bool = False
    storm: bool = False
    """Closed by a storm."""
    jammed: bool = False
    """A blue dot on it can't move."""
    sprints: bool = False
    """Orange, on it, is fast."""
    unseen: bool = False
    """Orange, on it, is not seen by blue."""
    ghost: bool = False
    """Orange was seen here last; where it is isn't shown."""
    marked: bool = False
    """About to be closed by the person."""
    legal: Side | None = None
    """A legal target of this side's selected dot."""
    trail: Side | None = None
    """On the way of this side's last move."""
    is_source: bool = False
    """The trail begins here."""
    cursor: bool = False
    selected: bool = False
    """A dot on it is the one to be moved."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole board."""

    size: int
    blue: tuple[Cell, ...] = ()
    orange: Cell | None = None
    closed: frozenset[Cell] = frozenset()
    storm: frozenset[Cell] = frozenset()
    """Those of `closed` that a storm closed."""
    jammed: frozenset[int] = frozenset()
    """0-based blue dots that can't move."""
    sprints: bool = False
    unseen: bool = False
    """Blue doesn't see orange."""
    ghost: Cell | None = None
    """Where orange was seen last, in place of where it is."""
    marked: frozenset[Cell] = frozenset()
    legal: frozenset[Cell] = frozenset()
    legal_side: Side | None = None
    cursor: Cell | None = None
    selected: Cell | None = None
    trails: Mapping[Cell, tuple[Side, bool]] = field(default_factory=dict)
    """Cell -> whose trail, and whether it begins there."""

    def look(self, cell: Cell) -> Look:
        """Return what a cell shows."""
        side, is_source = self.trails.get(cell, (None, False))
        blue = tuple(dot for dot, where in enumerate(self.blue) if where == cell)
        orange = cell == self.orange
        return Look(
            blue=blue,
            orange=orange,
            closed=cell in self.closed,
            storm=cell in self.storm,
            jammed=not self.jammed.isdisjoint(blue),
            sprints=self.sprints and (orange or cell == self.ghost),
            unseen=self.unseen and orange,
            ghost=cell == self.ghost,
            marked=cell in self.marked,
            legal=self.legal_side if cell in self.legal else None,
            trail=side,
            is_source=is_source,
            cursor=cell == self.cursor,
            selected=cell == self.selected,
        )


def trails_of(side: Side, move: Move, rules: Rules) -> dict[Cell, tuple[Side, bool]]:
    """Return the trail of a move: where each dot came from, and an open cell between.

    `rules` only choose the way that is drawn; dots that stayed leave no trail.
    """
    found: dict[Cell, tuple[Side, bool]] = {}
    for source, target in zip(move.sources, move.targets, strict=True):
        if source == target:
            continue
        found[source] = (side, True)
        for cell in between(source, target, rules):
            found.setdefault(cell, (side, False))
    return found
