"""Boards that no training may see: those that every benchmark starts from."""

from ld_tui import paths
from ld_tui.arena.match import read_starts
from ld_tui.game.board import Cell
from ld_tui.game.rules import Position
from ld_tui.game.symmetry import board_class

Boards = frozenset[tuple[int, tuple[tuple[Cell, ...], Cell]]]


def benchmark_boards() -> Boards:
    """Return the boards of the benchmark's starts, up to symmetry."""
    starts = read_starts(paths.BENCHMARK_STARTS)
    return frozenset((each.base.size, board_class(each)) for each in starts)


def is_benchmark(position: Position, boards: Boards) -> bool:
    """Tell whether a position is, up to symmetry, one that benchmarks start from."""
    return (position.base.size, board_class(position)) in boards
