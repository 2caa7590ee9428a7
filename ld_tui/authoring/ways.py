"""How long the ways through open cells are, for many boards at once."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
NO_WAY = 1000
"""Longer than every way."""


def lengths(open_: Bools, cells: Ints, targets: Ints) -> Ints:
    """Return [N, ...] the unit moves from cells to targets; `NO_WAY` where no way leads there.

    `open_` [N, n, n] says where a dot may be; cells and targets are [N, ..., 2], also out of its
    range. A target may be closed itself: ways end on it all the same.
    """
    last = open_.shape[-1] - 1
    targets = np.broadcast_to(targets, cells.shape)
    inside = ((cells >= 0) & (cells <= last) & (targets >= 0) & (targets <= last)).all(-1)
    found = np.full(inside.shape, NO_WAY)
    if (open_ == open_[:1]).all():  # many times faster than to sort them
        boards, which = open_[:1], np.zeros(len(open_), dtype=np.int64)
    else:
        boards, which = np.unique(open_, axis=0, return_inverse=True)
    for at, board in enumerate(boards):
        rows = inside & (which.ravel() == at).reshape(-1, *(1,) * (inside.ndim - 1))
        start, end = cells[rows], targets[rows]
        found[rows] = _all(board.tobytes(), last + 1)[
            end[:, 0], end[:, 1], start[:, 0], start[:, 1]
        ]
    return found


@lru_cache(maxsize=64)
def _all(board: bytes, size: int) -> Ints:
    """Return [n, n, n, n] the unit moves from each cell (last) to each target (first)."""
    open_ = np.frombuffer(board, dtype=bool).reshape(size, size)
    found = np.full((size,) * 4, NO_WAY, dtype=np.int64)
    for target in np.ndindex(size, size):
        steps, front = found[target], [target]
        steps[target] = 0
        for col, row in front:
            for near in ((col - 1, row), (col, row - 1), (col, row + 1), (col + 1, row)):
                inside = min(near) >= 0 and max(near) < size
                if inside and open_[near] and steps[near] == NO_WAY:
                    steps[near] = steps[col, row] + 1
                    front.append(near)
    return found
