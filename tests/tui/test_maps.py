"""Maps on the screen: chosen, kept, given up where there is none, told of in a game."""

import pytest
from textual.pilot import Pilot

from ld_tui.arena.game import Game
from ld_tui.game.board import parse_cell
from ld_tui.game.emergencies import Jam, Roadblock
from ld_tui.game.mapped import laid, map_of, map_text
from ld_tui.game.maps import maps_of_size, read_map
from ld_tui.game.notation import format_position, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.tui.emergencies import force_text
from ld_tui.tui.ground import is_only_map, raised_text
from ld_tui.tui.history import move_lines
from ld_tui.tui.screens.start import Choices, StartScreen
from ld_tui.tui.widgets.board import Board
from ld_tui.tui.widgets.moveline import MoveLine

RING = read_map("ring").starts(1, 3)[0]


async def settle(pilot: Pilot[None]) -> None:
    for _ in range(300):
        await pilot.pause(0.01)
        if pilot.app.engine.requests or isinstance(pilot.app.screen, StartScreen):
            break
    for _ in range(4):
        await pilot.pause(0.01)


def chosen(one) -> str | None:
    found = one.app.screen.query_one(Choices).map_chosen
    return found.name if found is not None else None


async def test_m_goes_through_the_open_board_and_every_map(opened) -> None:
    one = opened("start", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        seen = []
        for each in maps_of_size(10):
            await pilot.press("m")
            seen.append(chosen(one))
            assert one.app.screen.query_one(Board).picture.closed == each.rules.closed
            assert each.par is not None
            assert each.par.text in one.text()
        assert seen == [each.name for each in maps_of_size(10)]
        await pilot.press("m")
        assert chosen(one) is None
        assert not one.app.screen.query_one(Board).picture.closed
        await pilot.press("M")
        assert chosen(one) == seen[-1]


async def test_every_name_can_be_clicked(opened) -> None:
    one = opened("start", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        titles = {"open": None, **{each.title: each.name for each in maps_of_size(10)}}
        choices = one.app.screen.query_one(Choices)
        for title in reversed(titles):
            rows = ["".join(text for text, _ in line) for line in choices.lines(*choices.size)]
            first = next(at for at, text in enumerate(rows) if " map " in text)
            row = next(at for at, text in enumerate(rows) if at >= first and f" {title} " in text)
            await pilot.click(choices, offset=(rows[row].index(f" {title} ") + 1, row))
            assert chosen(one) == titles[title], title


async def test_a_map_is_kept_by_sizes_that_have_it_and_told_of_by_others(opened) -> None:
    one = opened("start", size=10, map_name="corridor")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        board = one.app.screen.query_one(Board)
        await pilot.press("left")
        assert chosen(one) is None
        assert "no Corridor on 9 x 9: open board" in one.text()
        assert not board.picture.closed
        await pilot.press("left")
        assert chosen(one) == "corridor"
        assert board.picture.closed == read_map("corridor", 8).rules.closed
        await pilot.press("left", "m", "right")
        assert chosen(one) is None
        assert "no Corridor" not in one.text()


async def test_sizes_without_a_map_name_those_with_some(opened) -> None:
    one = opened("start", size=20)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        choices = one.app.screen.query_one(Choices)
        told = " ".join("".join(text for text, _ in line) for line in choices.lines(31, 11))
        assert " ".join(told.split()).endswith("maps are drawn for 8, 10, 12")


@pytest.mark.parametrize("letters", [False, True], ids=["glyphs", "letters"])
async def test_a_game_begins_on_the_map_and_new_keeps_it(opened, letters) -> None:
    one = opened("start", size=10, seed=3, map_name="ring", ascii_only=letters)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("b")
        await settle(pilot)
        assert one.position == RING
        assert one.app.screen.query_one(Board).picture.closed == RING.rules.closed
        assert "map Ring" in one.text()
        assert "roadblock" not in one.text()
        assert not move_lines(one.game, letters)
        await pilot.press("n")
        await settle(pilot)
        assert chosen(one) == "ring"
        assert one.app.screen.query_one(Choices).size_chosen == 10


@pytest.mark.parametrize("mode", ["blue", "watch"])
async def test_a_game_is_opened_on_a_map_at_once(opened, mode) -> None:
    one = opened(mode, size=10, seed=3, map_name="ring")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert one.game.game.record.start == RING


async def test_emergencies_stand_below_the_map(opened) -> None:
    one = opened("blue", size=10, seed=3, map_name="racetrack")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        one.game.strike(Jam(1, 8))
        await settle(pilot)
        view = one.app.screen.query_one(MoveLine).view
        assert view.ground == "map Racetrack (sprint)"
        assert view.force == "jam 2 to step 8"
        assert one.text().index(view.ground) < one.text().index(view.force)


async def test_an_author_at_work_on_a_map_names_it(opened, author) -> None:
    one = opened("orange", size=10, seed=3, map_name="ring")
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        what = RING.changes[0].describe()  # type: ignore[attr-defined]
        one.engine.tell(author.raised(what), author.drafted())
        await settle(pilot)
        assert "new map · composer writes for blue" in one.text()
        assert "map Ring: the function base was not written for it" in one.text()
        assert "emergency ·" not in one.text()


async def test_a_game_loaded_on_a_map_knows_it(opened) -> None:
    one = opened("blue", size=6)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        start = parse_position(format_position(RING))
        record = GameRecord(start, PlayerSpec("human"), PlayerSpec("ld"), 3)
        one.app._leave_game()
        await one.app.switch_screen(one.app._screen(Game(record)))
        await settle(pilot)
        assert one.app.screen.query_one(MoveLine).view.ground == "map Ring"


@pytest.mark.parametrize("size", [8, 10, 12])
def test_every_map_is_known_by_its_start(size: int) -> None:
    for each in maps_of_size(size):
        assert map_of(parse_position(format_position(each.starts(1, 1)[0]))) == each


@pytest.mark.parametrize(
    ("changes", "name", "force"),
    [
        ("-", "", ""),
        ("roadblock:d4,d5", "own map", ""),
        ("roadblock:d4,d5;sprint", "own map (sprint)", ""),
        ("jam:2", "", "jam 2 for good"),
        ("roadblock:d4,d5@9", "", "roadblock to step 9"),
    ],
)
def test_only_lasting_closed_cells_make_a_map(changes: str, name: str, force: str) -> None:
    start = parse_position(f"10 b2,c4,h8 f5 b 0 0,0 {changes}")
    assert map_text(start) == name
    assert force_text(start, start) == force
    assert bool(laid(start)) is bool(name)


def test_what_an_author_is_asked_for_is_said_with_the_maps_name() -> None:
    walls, jam = RING.changes[0].describe(), Jam(0, 8).describe()  # type: ignore[attr-defined]
    other = Roadblock((parse_cell("a1"),), 9).describe()
    assert raised_text(walls, RING) == "map Ring: the function base was not written for it"
    assert is_only_map(walls, RING)
    assert raised_text(f"{walls}; {jam}", RING) == f"{jam}; map Ring"
    assert not is_only_map(f"{walls}; {jam}", RING)
    assert raised_text(other, RING) == other
    assert not is_only_map("", RING)


@pytest.mark.parametrize("presses", range(6))
async def test_beside_11_by_11_nothing_is_cut(opened, presses: int) -> None:
    one = opened("start", size=11)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*["p"] * presses)
        await pilot.press("l")
        await pilot.pause()
        assert "11 x 11" in one.text()
        assert not [line for line in one.text().splitlines() if line.rstrip().endswith("…")]


async def test_what_a_level_loses_is_told_only_where_it_was_measured(opened) -> None:
    one = opened("start", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "loses" in one.text()
        for keys in (("m",), ("M", "right")):
            await pilot.press(*keys)
            await pilot.pause()
            assert "loses" not in one.text()
            assert "measured on the open 10 x 10 alone" in " ".join(one.text().split())
