"""Boards that are the same but for turning, mirroring and the order of the dots."""

from ld_tui.game.board import Cell
from ld_tui.game.rules import Position


def board_class(position: Position) -> tuple[tuple[Cell, ...], Cell]:
    """Return what is the same for every turn, mirroring and order of dots of one board."""
    last = position.base.size - 1
    ways = []
    for swap in (False, True):
        for flip_col in (False, True):
            for flip_row in (False, True):
                turned = [
                    _turned(cell, last, swap, flip_col, flip_row)
                    for cell in (*position.blue, position.orange)
                ]
                ways.append((tuple(sorted(turned[:-1])), turned[-1]))
    return min(ways)


def _turned(cell: Cell, last: int, swap: bool, flip_col: bool, flip_row: bool) -> Cell:
    col, row = (cell.row, cell.col) if swap else (cell.col, cell.row)
    return Cell(last - col if flip_col else col, last - row if flip_row else row)
