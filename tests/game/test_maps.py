"""Maps: what ships is well drawn and worth what it says; what is wrong in a file is said."""

import random
from pathlib import Path

import pytest

from ld_tui.errors import RulesError, UsageError
from ld_tui.game.board import Cell
from ld_tui.game.maps import Map, boards, map_names, map_of_size, map_sizes, maps_of_size, read_map
from ld_tui.game.notation import format_position, parse_position
from ld_tui.game.rules import Side, dot_destinations, is_captured
from ld_tui.tablebase.solve import NEVER, solve
from ld_tui.tablebase.world import World

SHIPPED = [(name, size) for name in map_names() for size in map_sizes(name)]

CROOKED = """\
title = "Crooked"
about = "A board that looks different from every side."

[[board]]
size = 6
picture = '''
.#....
......
...##.
......
.....#
......
'''
"""


def test_pillars_corridor_and_ring_come_on_several_sizes() -> None:
    assert {"pillars", "corridor", "ring"} <= set(map_names())
    assert all(len(map_sizes(name)) > 1 and 10 in map_sizes(name) for name in map_names())


@pytest.mark.parametrize(("name", "size"), SHIPPED)
def test_every_dot_of_a_start_stands_apart_and_can_move(name: str, size: int) -> None:
    board = read_map(name, size)
    for start in board.starts(40, 3):
        assert start.rules == board.rules
        assert len({*start.blue, start.orange}) == 4
        assert not is_captured(start)
        assert all(dot_destinations(start, dot) != (start.blue[dot],) for dot in range(3))
        assert parse_position(format_position(start)) == start
    assert board.starts(40, 3)[:5] == board.starts(5, 3) != board.starts(5, 4)


@pytest.mark.parametrize(("name", "size"), [each for each in SHIPPED if each[1] == 8])
def test_the_par_that_is_told_is_the_tables(name: str, size: int) -> None:
    par_is_right(read_map(name, size))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "size"), [each for each in SHIPPED if each[1] != 8])
def test_the_par_that_is_told_is_the_tables_on_larger_boards(name: str, size: int) -> None:
    par_is_right(read_map(name, size))


def par_is_right(board: Map) -> None:
    values = solve(World.of(board.start(random.Random(1))))
    won = values[values != NEVER]
    assert board.par is not None
    assert board.par.mean == round(float(won.mean()), 2)
    assert board.par.most == int(won.max())
    assert board.par.escape == round(float((values == NEVER).mean()), 3)


def test_a_map_says_its_par_or_that_orange_escapes() -> None:
    texts = {name: board.par.text for name in map_names() if (board := read_map(name)).par}
    assert texts["ring"] == "par 7.0, at most 10"
    assert texts["racetrack"] == "orange can escape for ever"


def test_the_maps_of_a_size_are_offered_with_title_and_par() -> None:
    assert [board.name for board in maps_of_size(12)] == ["pillars", "ring"]
    assert maps_of_size(7) == ()
    for board in maps_of_size(10):
        assert board.title
        assert board.about
        assert board.par


def test_a_picture_is_read_with_its_top_row_first(tmp_path: Path) -> None:
    path = tmp_path / "crooked.toml"
    path.write_text(CROOKED, encoding="utf-8")
    board = map_of_size(path)
    assert (board.name, board.size, board.par) == ("crooked", 6, None)
    closed = {Cell(1, 5), Cell(3, 3), Cell(4, 3), Cell(5, 1)}
    assert board.rules.closed == closed
    assert board.notation == ("roadblock:b6,d4,e4,f2",)


def test_changes_other_than_closed_cells_are_in_force_too(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(CROOKED.replace("size = 6", 'size = 6\nchanges = ["jam:2", "fog:2,a1"]'))
    start = map_of_size(path).start(random.Random(5))
    assert start.rules.frozen == {1}
    assert start.rules.sight == 2
    assert start.to_move is Side.BLUE


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("title", "titel", "unknown key 'titel'"),
        ("size = 6", "size = 5", "whole number from 6 to 20"),
        ("size = 6", "size = 8", "8 rows of 8 cells"),
        ("...##.", "...##", "6 rows of 6 cells"),
        ("...##.", "...xx.", "`.` (open) and `#`"),
        ("size = 6", 'size = 6\nchanges = ["sprint@4"]', "have no end"),
        ("size = 6", 'size = 6\nchanges = ["gale"]', "'gale' is not an emergency"),
        ("size = 6", "size = 6\ncolor = 1", "unknown key 'color'"),
        ("[[board]]", "[board]", "no [[board]]"),
        ("size = 6", "size = 6\npar = [1]", "par is [mean, most]"),
        ("...", "###", "at least 12 open cells"),
        ('"Crooked"', '"Crooked', "not TOML"),
    ],
    ids=lambda value: value[:18] if isinstance(value, str) else None,
)
def test_what_is_wrong_in_a_file_is_said(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "crooked.toml"
    path.write_text(CROOKED.replace(old, new), encoding="utf-8")
    with pytest.raises(RulesError, match=r"crooked\.toml") as raised:
        boards(path)
    assert says in str(raised.value)


def test_what_there_is_no_map_of_is_said() -> None:
    with pytest.raises(UsageError, match="corridor"):
        read_map("labyrinth")
    with pytest.raises(UsageError, match="8, 10"):
        read_map("corridor", 14)
    with pytest.raises(UsageError, match=r"no-such\.toml"):
        boards(Path("no-such.toml"))
