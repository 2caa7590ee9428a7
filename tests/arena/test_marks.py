"""The marks of moves, at their exact thresholds."""

import pytest

from ld_tui.arena.marks import MoveWorth, loss_mark, turn_mark


@pytest.mark.parametrize(
    ("lost", "mark"), [(-1, ""), (0, ""), (1, "?!"), (2, "?"), (3, "??"), (36, "??"), (None, "??")]
)
def test_a_loss_has_its_mark(lost: int | None, mark: str) -> None:
    assert loss_mark(lost) == mark


ORANGE = {"e5e6": MoveWorth(6, 0), "e5d5": MoveWorth(5, 1), "e5f5": MoveWorth(4, 2)}


def test_an_only_move_is_marked_unless_it_is_obvious() -> None:
    assert turn_mark("e5e6", ORANGE, 6, obvious="e5f5") == "!"
    assert turn_mark("e5e6", ORANGE, 6, obvious="e5e6") == ""
    assert turn_mark("e5f5", ORANGE, 6, obvious="e5f5") == "?"


def test_a_move_among_equals_or_alone_is_not_marked() -> None:
    equals = {**ORANGE, "e5e4": MoveWorth(6, 0)}
    assert turn_mark("e5e6", equals, 6, obvious="e5f5") == ""
    assert turn_mark("e5e6", {"e5e6": MoveWorth(6, 0)}, 6, obvious="e5e6") == ""
    assert turn_mark("e5e4", ORANGE, 6, obvious="e5e6") == ""


def test_blues_dots_are_alike() -> None:
    """The same three cells are the same board, whichever dot stands where."""
    moves = {
        "c5e5 c3e3 a1a3": MoveWorth(3, 0),
        "c5e3 c3e5 a1a3": MoveWorth(3, 0),
        "c5e5 c3c1 a1a3": MoveWorth(4, 1),
    }
    assert turn_mark("c5e5 c3e3 a1a3", moves, 3, obvious="c5e5 c3c1 a1a3") == "!"
