"""Ranks of multisets against plain enumeration."""

from itertools import combinations_with_replacement

import numpy as np
import pytest

from ld_tui.tablebase import multisets


@pytest.mark.parametrize(("cells", "size"), [(1, 3), (5, 0), (7, 1), (6, 2), (7, 3)])
def test_the_listing_is_every_multiset_at_its_rank(cells: int, size: int) -> None:
    listing = multisets.listing(cells, size)
    expected = sorted(combinations_with_replacement(range(cells), size), key=lambda row: row[::-1])
    assert [tuple(row) for row in listing.tolist()] == expected
    assert multisets.rank(listing).tolist() == list(range(multisets.count(cells, size)))


@pytest.mark.parametrize("size", [0, 1, 2])
def test_an_insertion_leads_to_the_rank_of_the_larger_multiset(size: int) -> None:
    inserted = multisets.insertions(6, size)
    smaller, larger = multisets.listing(6, size), multisets.listing(6, size + 1)
    for cell in range(6):
        for row, rank in zip(smaller.tolist(), inserted[cell], strict=True):
            assert larger[rank].tolist() == sorted([*row, cell])


def test_a_rank_of_a_number_past_the_cells_is_past_the_ranks() -> None:
    past = multisets.rank(np.array([[0, 0, 7], [3, 7, 7]], np.int32))
    assert (past >= multisets.count(7, 3)).all()
