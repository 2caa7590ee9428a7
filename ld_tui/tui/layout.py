"""Where things go on a screen of some size: the board first, the panels in what is left. Pure."""

from dataclasses import dataclass

LABELS = 3
"""Columns of the board's row numbers."""
ABREAST = 72
"""Columns of the decision panel from which its stages stand side by side."""
SIDE_WANTED = 48
"""Columns that larger cells have to leave the panels."""
LEFT_MIN = 24
"""Columns of what stands under the board."""
_FRAME = 2
"""Rows of the status line and the key bar."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A play screen."""

    scale: int
    """Of the board's cells."""
    left: int
    """Columns of the board and what stands under it."""
    value_rows: int
    """0: the value has no row of its own."""
    move_rows: int
    decision_rows: int


def arrange(width: int, height: int, size: int, folded: bool, candidates: int) -> Layout:
    """Return the layout with the largest cells that leave the panels their room.

    `folded`: the panels are put away, and the board may have it all. `candidates`: of a stage.
    """
    rows = height - _FRAME
    can_be_abreast = width - (LABELS + size * 2 + 1) >= ABREAST + 2
    side = 0 if folded else ABREAST + 2 if can_be_abreast else SIDE_WANTED
    scale = 1
    for larger in (2, 3):
        fits = LABELS + size * 2 * larger + 1 + side <= width
        if fits and 1 + size * larger + 2 <= rows:
            scale = larger
    left = max(LEFT_MIN, LABELS + size * 2 * scale + 1)
    rest = rows - (1 + size * scale)
    # On a full column the move line matters more than the value, and each more than a second row.
    move_rows = min(4 if left < 44 else 3, rest - 1) if rest >= 3 else 1
    value_rows = max(0, rest - move_rows)
    value_rows = 1 if value_rows < 5 else min(value_rows, 9)
    if rest < 2:
        value_rows = 0
    abreast = width - left >= ABREAST + 2
    full = 2 * candidates + 10 if abreast else 2 * (candidates + 2) + 2
    decision_rows = max(6, min(full, rows - 5))
    return Layout(scale, width if folded else left, value_rows, move_rows, decision_rows)
