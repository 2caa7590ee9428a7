"""Multisets of small numbers in colexicographic order, and the rank of each.

Dots are interchangeable, so a table needs only one entry for all orders of the same cells. In
this order the multisets whose largest member is at most z come first, for every z.
"""

from math import comb

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]


def count(cells: int, size: int) -> int:
    """Return how many multisets of `size` numbers below `cells` there are."""
    return comb(cells + size - 1, size)


def rank(members: Ints) -> Ints:
    """Return the rank of each row of `members` [n, size], sorted ascending; shape [n].

    The rank doesn't depend on how many cells there are.
    """
    ranks = np.zeros(len(members), np.int64)
    for place in range(members.shape[1]):
        column = members[:, place].astype(np.int64)
        term = np.ones_like(column)  # comb(column + place, place + 1)
        for factor in range(place + 1):
            term = term * (column + factor) // (factor + 1)
        ranks += term
    return ranks.astype(np.int32)


def listing(cells: int, size: int) -> Ints:
    """Return all multisets in the order of their ranks: [count, size], rows sorted ascending."""
    if size == 0:
        return np.zeros((1, 0), np.int32)
    smaller = listing(cells, size - 1)
    blocks = []
    for largest in range(cells):
        head = smaller[: count(largest + 1, size - 1)]
        blocks.append(np.column_stack((head, np.full(len(head), largest, np.int32))))
    return np.concatenate(blocks)


def insertions(cells: int, size: int) -> Ints:
    """Return the rank of every multiset of `size` numbers with one more number put in.

    Shape [cells, count(cells, size)]: by the number put in, then by the rank it is put into.
    """
    old = listing(cells, size)
    return np.stack(
        [
            rank(np.sort(np.column_stack((old, np.full(len(old), cell, np.int32))), axis=1))
            for cell in range(cells)
        ]
    )
