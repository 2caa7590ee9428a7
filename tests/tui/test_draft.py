"""A turn put together dot by dot, or typed."""

import pytest

from ld_tui.errors import IllegalMove, NotationError
from ld_tui.game.board import parse_cell
from ld_tui.game.notation import format_move, parse_position
from ld_tui.tui.draft import Draft, TypedDots, TypedTurn, read_typed

OPEN = parse_position("10 a1,c4,h8 f5 b 0 0,0 -")
ORANGE = parse_position("10 a1,c4,h8 f5 o 0 0,0 -")
JAMMED = parse_position("10 a1,c4,h8 f5 b 0 0,0 jam:2")


def test_dots_are_set_one_by_one_in_their_order() -> None:
    draft = Draft.begin(OPEN)
    for target in ("a3", "c6", "h6"):
        assert not draft.is_complete
        draft = draft.put(parse_cell(target))
    assert draft.is_complete
    assert draft.selected is None
    assert format_move(draft.move) == "a1a3 c4c6 h8h6"


def test_the_last_dot_set_is_taken_back_first() -> None:
    draft = Draft.begin(OPEN).put(parse_cell("a3")).put(parse_cell("c6"))
    draft = draft.back()
    assert draft.selected == 1
    assert draft.shown() == "a1a3 c4? h8?"
    assert draft.back().shown() == "a1? c4? h8?"
    assert not draft.back().is_begun


def test_a_dot_with_one_destination_is_preset_and_stays_so() -> None:
    draft = Draft.begin(JAMMED)
    assert draft.targets == (None, parse_cell("c4"), None)
    assert draft.select(1) == draft
    assert draft.cycle().selected == 2
    assert not draft.is_begun


def test_what_is_legal_under_other_rules_is_kept() -> None:
    draft = Draft.begin(OPEN).put(parse_cell("a3")).put(parse_cell("c6"))
    assert draft.carried(OPEN) == draft
    closed = parse_position("10 a1,c4,h8 f5 b 0 0,0 roadblock:c6")
    assert draft.carried(closed).shown() == "a1a3 c4? h8?"
    assert draft.carried(JAMMED).shown() == "a1a3 c4c4 h8?"
    assert not draft.carried(ORANGE).is_begun
    assert not draft.carried(parse_position("10 a3,c4,h8 f5 b 1 0,0 -")).is_begun


def test_a_target_that_is_not_legal_says_why() -> None:
    with pytest.raises(IllegalMove, match="a1 to a9 is 8 units; blue dots move 2"):
        Draft.begin(OPEN).put(parse_cell("a9"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c4c6", TypedDots(((1, parse_cell("c6")),))),
        ("C4-C6", TypedDots(((1, parse_cell("c6")),))),
        ("a3", TypedDots(((0, parse_cell("a3")),))),
        ("c4c6, h8h6", TypedDots(((1, parse_cell("c6")), (2, parse_cell("h6"))))),
    ],
)
def test_dots_are_typed(text: str, expected: TypedDots) -> None:
    assert read_typed(text, Draft.begin(OPEN)) == expected


def test_a_whole_turn_is_typed_in_any_order_of_the_dots() -> None:
    typed = read_typed("h8h6 a1a3 c4c6", Draft.begin(OPEN))
    assert isinstance(typed, TypedTurn)
    assert format_move(typed.move) == "a1a3 c4c6 h8h6"


def test_oranges_pair_is_a_whole_turn() -> None:
    typed = read_typed("f5f9", Draft.begin(ORANGE))
    assert isinstance(typed, TypedTurn)
    assert format_move(typed.move) == "f5f9"


@pytest.mark.parametrize("text", ["zz", "c4c", "b2b4", "f5f6 f5f6 f5f6 f5f6"])
def test_what_is_no_move_is_refused(text: str) -> None:
    with pytest.raises(NotationError):
        read_typed(text, Draft.begin(OPEN))


def test_two_dots_on_one_cell_are_both_moved() -> None:
    draft = Draft.begin(parse_position("10 c4,c4,h8 f5 b 0 0,0 -"))
    assert read_typed("c4c6 c4e4", draft) == TypedDots(
        ((0, parse_cell("c6")), (1, parse_cell("e4")))
    )
