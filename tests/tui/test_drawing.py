"""Glyphs, layouts, texts: everything has the width it should have."""

from itertools import product

import pytest
from rich.cells import cell_len

from ld_tui.game.board import parse_cell
from ld_tui.game.notation import parse_move, parse_position
from ld_tui.game.rules import Side
from ld_tui.tui.art import SCALES, cell_art
from ld_tui.tui.emergencies import force_text
from ld_tui.tui.layout import arrange
from ld_tui.tui.palette import INKS
from ld_tui.tui.picture import Look, trails_of
from ld_tui.tui.text import bar, fit, plain, wrap
from ld_tui.tui.widgets.value import Worth

LOOKS = [
    Look(blue=blue, orange=orange, closed=closed, legal=legal, trail=trail, is_source=True,
         cursor=cursor, selected=cursor, storm=closed and ails, jammed=bool(blue) and ails,
         sprints=ails, unseen=orange and ails, ghost=not orange and ails)
    for blue, orange, closed, legal, trail, cursor, ails in product(
        [(), (1,), (0, 2), (0, 1, 2)], [False, True], [False, True],
        [None, Side.BLUE], [None, Side.BLUE, Side.ORANGE], [False, True], [False, True],
    )
]  # fmt: skip


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("letters", [False, True], ids=["glyphs", "letters"])
def test_every_look_fills_its_cell(scale: int, letters: bool) -> None:
    for look in LOOKS:
        art = cell_art(look, scale, letters)
        assert len(art) == scale
        for line in art:
            assert cell_len("".join(text for text, _ in line)) == 2 * scale, look
            assert all(name in INKS for _, names in line for name in names.split())


@pytest.mark.parametrize("scale", SCALES)
def test_letters_are_ascii_and_sides_differ_by_shape(scale: int) -> None:
    for look in LOOKS:
        assert "".join(t for line in cell_art(look, scale, True) for t, _ in line).isascii()
    blue = cell_art(Look(blue=(0,)), scale, False)
    orange = cell_art(Look(orange=True), scale, False)
    assert [[t for t, _ in line] for line in blue] != [[t for t, _ in line] for line in orange]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("letters", [False, True], ids=["glyphs", "letters"])
def test_what_ails_a_dot_is_told_by_its_shape(scale: int, letters: bool) -> None:
    looks = [
        Look(blue=(0,)),
        Look(blue=(0,), jammed=True),
        Look(orange=True),
        Look(orange=True, sprints=True),
        Look(orange=True, unseen=True),
        Look(ghost=True),
        Look(closed=True),
        Look(closed=True, storm=True),
    ]
    shapes = [
        "\n".join("".join(text for text, _ in line) for line in cell_art(look, scale, letters))
        for look in looks
    ]
    assert len(set(shapes)) == len(shapes)


def test_emergencies_in_force_are_named_by_their_end() -> None:
    position = parse_position("10 b2,c4,h8 f5 b 0 0,0 jam:2@9;fog:2,f5@9;storm:1")
    assert force_text(position, parse_position("10 b2,c4,h8 f5 b 0 0,0 -")) == (
        "jam 2, fog to step 9; storm for good"
    )


@pytest.mark.parametrize("size", range(6, 21))
def test_every_board_fits_at_80x24(size: int) -> None:
    plan = arrange(80, 24, size, False, 5)
    rows = 2 + 1 + size * plan.scale + plan.value_rows + plan.move_rows
    assert rows <= 24
    assert 3 + size * 2 * plan.scale + 1 <= plan.left <= 80 - 36


@pytest.mark.parametrize(
    ("width", "height", "scale"), [(80, 24, 1), (120, 36, 2), (160, 48, 3), (300, 30, 2)]
)
def test_cells_grow_with_the_terminal(width: int, height: int, scale: int) -> None:
    assert arrange(width, height, 10, False, 5).scale == scale


def test_a_trail_avoids_closed_cells() -> None:
    position = parse_position("10 c4,a1,b1 f5 b 0 0,0 roadblock:d4")
    trail = trails_of(Side.BLUE, parse_move("c4d5 a1a3 b1d1"), position.rules)
    assert trail[parse_cell("c4")] == (Side.BLUE, True)
    assert parse_cell("d4") not in trail
    assert trail[parse_cell("c5")] == (Side.BLUE, False)


def test_text_is_made_harmless_and_cut_by_cells() -> None:
    assert plain("a\x1b[31m\nb") == "a [31m b"
    assert fit("日本語", 5) == "日本…"
    assert fit("ab", 4) == "ab  "
    assert wrap("one two three four", 8, 2) == ["one two", "three f…"]
    assert bar(0.5, 4) == "██  "
    assert bar(0.001, 4).strip()
    assert Worth(None).value is None
