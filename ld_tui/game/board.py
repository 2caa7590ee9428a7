"""Cells and distances on a square board. Knows nothing of dots or turns."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ld_tui.errors import NotationError

MIN_SIZE = 6
MAX_SIZE = 20


class Cell(NamedTuple):
    """A cell of the board; ordered by column, then row."""

    col: int
    """0-based column, from the left: 0 is `a`."""
    row: int
    """0-based row, from the bottom: 0 is `1`."""

    def __repr__(self) -> str:
        return f"parse_cell({format_cell(self)!r})"


class Offset(NamedTuple):
    """A displacement between two cells, in cells."""

    cols: int
    rows: int


def format_cell(cell: Cell) -> str:
    """Write a cell as chess does: column letter, row number; `a1` is bottom-left."""
    return f"{chr(ord('a') + cell.col)}{cell.row + 1}"


@lru_cache(maxsize=1024)
def parse_cell(text: str) -> Cell:
    """Read a cell such as `f5`.

    Raises NotationError for anything but a letter `a`-`t` and a number 1-20. Whether the cell
    lies on a board of some size is not checked.
    """
    letter, number = text[:1], text[1:]
    if not ("a" <= letter <= "t" and number.isascii() and number.isdigit()):
        raise NotationError(f"{text!r} is not a cell; write a column letter and a row number: f5")
    if number.startswith("0") or not 1 <= int(number) <= MAX_SIZE:
        raise NotationError(f"{text!r} is not a cell; rows go from 1 to {MAX_SIZE}")
    return Cell(ord(letter) - ord("a"), int(number) - 1)


def distance(one: Cell, other: Cell) -> int:
    """Return the Manhattan distance in unit moves."""
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def on_board(cell: Cell, size: int) -> bool:
    """Tell whether a cell lies on a board of `size` x `size` cells."""
    return 0 <= cell[0] < size and 0 <= cell[1] < size


def cells(size: int) -> Iterator[Cell]:
    """Yield every cell of the board in ascending order (column by column)."""
    for col in range(size):
        for row in range(size):
            yield Cell(col, row)


@lru_cache(maxsize=32)
def offsets(units: int) -> tuple[Offset, ...]:
    """Return every displacement of exactly `units` in Manhattan distance, ascending."""
    return tuple(
        Offset(cols, rows)
        for cols in range(-units, units + 1)
        for rows in range(-units, units + 1)
        if abs(cols) + abs(rows) == units
    )
