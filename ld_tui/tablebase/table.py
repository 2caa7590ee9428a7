"""A solved world: the exact value of its positions and of every move in them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ld_tui.errors import IllegalMove, TablebaseError
from ld_tui.game.board import Cell
from ld_tui.game.rules import Move, Position, Side, legal_moves
from ld_tui.tablebase import multisets
from ld_tui.tablebase.solve import NEVER, Values
from ld_tui.tablebase.world import World

Indices = npt.NDArray[np.integer]
"""Cells as `col * size + row`."""


@dataclass(frozen=True, slots=True)
class MoveValue:
    """What a move is worth."""

    move: Move
    value: int | None
    """Steps to capture once it is played, the step in hand counted; None: never."""
    regret: int | None
    """Steps that its side loses by it against best play: 0 for a best move.

    None where the loss has no number: one of the move and the best move leads to a capture and
    the other lets orange escape for ever.
    """


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a position and each of its moves is worth."""

    value: int | None
    """Steps to capture under best play of both, the step in hand counted; None: never."""
    moves: tuple[MoveValue, ...]
    """Every legal move, best first, ties in ascending order; none once orange is captured."""


class Table:
    """The values of every position of one world.

    They are exact for rules that stay as they are: an emergency in force counts as if it stood
    for ever, and the step limit and illegal choices count for nothing.
    """

    def __init__(self, world: World, values: Values) -> None:
        """Take what `solve` returned for this very world."""
        if values.shape[0] * values.shape[1] != world.entries:
            raise TablebaseError(f"{values.size} values are no table for {world.text}")
        self.world = world
        self.values = values
        cells = world.cells
        # A cell's place among the open cells, by its index; that of a closed one is out of range,
        # and so is the rank of every multiset that holds it.
        self._place = np.full(world.size**2, len(cells), np.int32)
        self._place[[cell.col * world.size + cell.row for cell in cells]] = range(len(cells))
        targets = world.destinations(Side.ORANGE)
        most = max(map(len, targets))
        self._orange_targets = np.array(
            [[places[min(k, len(places) - 1)] for k in range(most)] for places in targets]
        )  # [open cells, most]; the last one is repeated

    def value(self, position: Position) -> int | None:
        """Return the steps to capture under best play of both, the step in hand counted.

        0 where orange is captured, None where it can escape for ever. Raises TablebaseError for
        a position of another world.
        """
        dots, orange = self._indices(position)
        if position.to_move is Side.BLUE:
            return _steps(self.values_blue(dots, orange)[0])
        return _steps(self.values_orange(dots, orange)[0])

    def values_blue(self, dots: Indices, orange: Indices) -> Values:
        """Return the values of positions with blue to move: [n], NEVER (255) for never.

        `dots` [n, free] are the cells of the dots that can move, each row in any order; `orange`
        [n] its cells. Cells are `col * size + row`. Raises IndexError for a closed one.
        """
        found: Values = self.values[self._rank(dots), self._place[orange]]
        return found

    def values_orange(self, dots: Indices, orange: Indices) -> Values:
        """Return the values of positions with orange to move; as `values_blue` otherwise."""
        ranks, places = self._rank(dots), self._place[orange]
        worst: Values = self.values[ranks[:, None], self._orange_targets[places]].max(axis=1)
        worst[worst != NEVER] += 1
        worst[self.values[ranks, places] == 0] = 0
        return worst

    def analysis(self, position: Position) -> Analysis:
        """Return the value of a position and of each legal move in it.

        Raises TablebaseError for a position of another world.
        """
        value = self.value(position)
        if value == 0:
            return Analysis(0, ())
        moves = legal_moves(position)
        values = self._move_values(position, moves)
        order = np.argsort(
            values if position.to_move is Side.BLUE else -values.astype(np.int16), kind="stable"
        )
        ranked = []
        for place in order:
            steps = _steps(values[place])
            ranked.append(MoveValue(moves[place], steps, _regret(value, steps)))
        return Analysis(value, tuple(ranked))

    def is_at_stake(self, position: Position) -> bool:
        """Tell whether the move matters: whether two legal ones differ in value.

        Raises TablebaseError for a position of another world.
        """
        if self.value(position) == 0:
            return False
        values = self._move_values(position, legal_moves(position))
        return bool((values != values[0]).any())

    def best_move(self, position: Position, rng: random.Random | None = None) -> Move:
        """Return a move of regret 0: one at random by `rng`, or the first without it.

        Raises IllegalMove once orange is captured, TablebaseError for another world.
        """
        analysis = self.analysis(position)
        best = [entry.move for entry in analysis.moves if entry.value == analysis.value]
        if not best:
            raise IllegalMove("the game is over: orange is captured")
        return rng.choice(best) if rng else best[0]

    def _move_values(self, position: Position, moves: Sequence[Move]) -> Values:
        """Return the value of each move, in steps counted from the position: [moves]."""
        if position.to_move is Side.BLUE:
            frozen = position.rules.frozen
            free = [dot for dot in range(len(position.blue)) if dot not in frozen]
            targets = np.array([move.targets for move in moves])[:, free]  # [moves, free, 2]
            orange = np.full(len(moves), self._index(position.orange))
            after = self.values_orange(targets @ np.array([self.world.size, 1]), orange)
            return np.maximum(after, 1)
        dots, _ = self._indices(position)
        orange = np.array([self._index(move.targets[0]) for move in moves])
        values = self.values_blue(np.repeat(dots, len(moves), axis=0), orange)
        values[values != NEVER] += 1
        return values

    def _indices(self, position: Position) -> tuple[Indices, Indices]:
        """Return the free dots' cells [1, free] and orange's [1]."""
        if (world := World.of(position)) != self.world:
            raise TablebaseError(f"a table for {self.world.text} has no values for {world.text}")
        frozen = position.rules.frozen
        free = [self._index(c) for dot, c in enumerate(position.blue) if dot not in frozen]
        return np.array([free], np.int64), np.array([self._index(position.orange)])

    def _index(self, cell: Cell) -> int:
        return cell.col * self.world.size + cell.row

    def _rank(self, dots: Indices) -> Indices:
        return multisets.rank(np.sort(self._place[dots], axis=1))


def _steps(value: np.uint8) -> int | None:
    return None if value == NEVER else int(value)


def _regret(best: int | None, value: int | None) -> int | None:
    if best is None or value is None:
        return 0 if best is value else None
    return abs(value - best)
