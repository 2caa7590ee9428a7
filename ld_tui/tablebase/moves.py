"""Blue's joint move on sets of positions, with the dots' symmetry used throughout.

Moving one dot after another, a position is a pair of multisets: the dots that have moved and
those that have not. So a set over all three dots takes a sixth of the product's room, and the
sets in between take half.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ld_tui.tablebase import multisets

Plane = npt.NDArray[np.uint64]


class BlueMoves:
    """Blue's turn for up to three interchangeable dots that can move."""

    def __init__(self, cells: int, dots: int, destinations: Sequence[Sequence[int]]) -> None:
        """Prepare the turn of `dots` dots; `destinations` are those of each of the cells."""
        self._cells, self._dots = cells, dots
        self._each = [np.array(targets) for targets in destinations]
        # The k-th destination of every cell; cells that have fewer repeat their last.
        longest = max(len(targets) for targets in destinations)
        self._columns = [
            np.array([targets[min(k, len(targets) - 1)] for targets in destinations])
            for k in range(longest)
        ]
        if dots:
            self._insert_first = multisets.insertions(cells, dots - 1)
        if dots > 1:
            self._insert_second = multisets.insertions(cells, dots - 2)
            lower, upper = multisets.listing(cells, 2).T.astype(np.int64)
            self._pairs = upper * cells + lower

    def reach(self, into: Plane) -> Plane:
        """Return the positions from which a joint move leads into a set, bit by bit.

        Both are arrays over the multisets of the dots' cells [multisets], a word of bits each.
        """
        if self._dots == 0:
            return into
        one = self._union(into[self._insert_first])  # [moved dot, multisets not moved]
        if self._dots == 1:
            return one.ravel()
        two = self._move_second(one)  # [multisets not moved, moved pairs]
        return two[0] if self._dots == 2 else self._move_third(two)

    def _union(self, rows: Plane) -> Plane:
        """Return, for each cell, the union of its destinations' rows [cells, any]."""
        result: Plane = rows[self._columns[0]]
        for column in self._columns[1:]:
            result |= rows[column]
        return result

    def _move_second(self, one: Plane) -> Plane:
        rest = self._insert_second.shape[1]
        two = np.empty((rest, len(self._pairs)), np.uint64)
        for other in range(rest):
            rows = one.T[self._insert_second[:, other]]  # [dot to move, moved dot]
            np.take(self._union(rows), self._pairs, out=two[other])
        return two

    def _move_third(self, two: Plane) -> Plane:
        parts = []
        for cell, targets in enumerate(self._each):
            # The pairs that lie at or below `cell` come first, and their triples come next.
            lower = two[:, : multisets.count(cell + 1, 2)]
            parts.append(np.bitwise_or.reduce(lower[targets], axis=0))
        return np.concatenate(parts)
