"""Several games of two programs, one after the other, with a table of how they went."""

from typing import Any

import pytest
from textual.pilot import Pilot

from ld_tui.arena.levels import level_of
from ld_tui.arena.saves import list_saves, read_save
from ld_tui.cli import build_parser
from ld_tui.cli_replay import series_of
from ld_tui.errors import UsageError
from ld_tui.game.notation import format_position
from ld_tui.game.rules import Side
from ld_tui.tui.screens.play import PlayScreen
from ld_tui.tui.screens.series import Match, SeriesScreen
from ld_tui.tui.screens.start import StartScreen
from ld_tui.tui.series import Series
from tests.tui.test_replay import settle


def test_players_who_differ_change_sides_and_have_each_start_twice() -> None:
    series = Series("ld", "perfect", 4, 5, 8)
    seen, seeds = [], set()
    while not series.is_over:
        seen.append((series.kind(Side.BLUE), series.kind(Side.ORANGE), series.start()))
        seeds.add(series.game_seed())
        series.add(Side.BLUE, 7, 6)
    blues, oranges, starts = zip(*seen, strict=True)
    assert blues == ("ld", "perfect", "ld", "perfect")
    assert oranges == ("perfect", "ld", "perfect", "ld")
    assert starts[0] == starts[1] != starts[2] == starts[3]
    assert len(seeds) == 4


def test_a_program_against_itself_keeps_its_side_and_begins_elsewhere() -> None:
    series = Series("ld", "ld", 3, 5, 8)
    starts = set()
    for _ in range(3):
        starts.add(format_position(series.start()))
        series.add(Side.BLUE, 7, 6)
    assert len(starts) == 3
    assert [each.name for each in series.standings()] == ["ld as blue", "ld as orange"]


def test_standings_are_wins_and_steps_over_par_by_side() -> None:
    series = Series("ld", "greedy", 5, 5, 8)
    series.add(Side.BLUE, 8, 6)  # ld is blue
    series.add(Side.ORANGE, 100, 6)  # greedy is blue, ld gets away
    series.add(Side.BLUE, 7, 7)
    series.add(Side.BLUE, 9, None)  # no par
    series.add(Side.BLUE, 9, 6, counts=False)
    ld, greedy = series.standings()
    assert series.is_over
    assert (ld.games, ld.won, ld.as_blue, ld.as_orange) == (4, 3, 1.0, 94.0)
    assert (greedy.won, greedy.as_blue, greedy.as_orange) == (1, 94.0, 1.0)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ([], None),
        (["--games", "3"], ("ld", "ld", 3)),
        (["--games", "3", "--orange", "greedy"], ("ld", "greedy", 3)),
        (["--blue", "perfect"], ("perfect", "ld", 1)),
    ],
)
def test_the_command_line_names_players_and_games(words: list[str], meant: Any) -> None:
    assert series_of(build_parser().parse_args(["watch", *words])) == meant


def test_a_player_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="'magnus' plays no matches"):
        series_of(build_parser().parse_args(["watch", "--blue", "magnus"]))


async def next_game(pilot: Pilot[None], old: PlayScreen | None) -> PlayScreen:
    for _ in range(400):
        await pilot.pause(0.02)
        screen = pilot.app.screen
        if isinstance(screen, PlayScreen) and screen is not old and screen.query("#left"):
            await pilot.pause(0.05)
            return screen
    raise AssertionError("no next game")


async def test_games_follow_each_other_and_are_saved(opened, tmp_path) -> None:
    one = opened("watch", size=6, series=("perfect", "greedy", 2))
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        first = await next_game(pilot, None)
        assert [first.conductor.game.record.player(side).kind for side in Side] == [
            "perfect", "greedy",
        ]  # fmt: skip
        first.conductor.pace.speed = 7
        first.conductor.game.resign(Side.ORANGE)
        first.changed()
        second = await next_game(pilot, first)
        assert [second.conductor.game.record.player(side).kind for side in Side] == [
            "greedy", "perfect",
        ]  # fmt: skip
        assert second.conductor.game.record.start == first.conductor.game.record.start
        assert second.conductor.pace.speed == 7
        second.conductor.game.resign(Side.ORANGE)
        second.changed()
        await pilot.pause()
        assert pilot.app.series.is_over
        assert "2 of 2" in one.text()
        await pilot.pause(0.1)
        assert pilot.app.screen is second
    saves = [read_save(entry.path) for entry in list_saves(tmp_path / "saves")]
    assert sorted(save.blue.kind for save in saves) == ["greedy", "perfect"]


async def test_a_game_that_a_person_played_in_does_not_count(opened) -> None:
    one = opened("watch", size=6, series=("perfect", "greedy", 3))
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await settle(pilot, PlayScreen)
        await pilot.press("b", "b")
        screen.conductor.game.resign(Side.ORANGE)
        screen.changed()
        assert pilot.app.series.played == 1
        assert pilot.app.series.bouts == []


async def test_leaving_ends_the_series(opened) -> None:
    one = opened("watch", size=6, series=("perfect", "greedy", 3))
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await settle(pilot, PlayScreen)
        screen.conductor.pace.speed = 7
        screen.conductor.game.resign(Side.ORANGE)
        screen.changed()
        await pilot.press("n")
        for _ in range(20):
            await pilot.pause(0.01)
        assert not isinstance(pilot.app.screen, PlayScreen)


async def test_a_series_is_put_together_on_the_start_screen(opened) -> None:
    one = opened("start", size=6)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, StartScreen)
        await pilot.press("right", "l", "l", "W")
        form = await settle(pilot, SeriesScreen)
        assert form.match == Match("ld", "perfect", 6)
        await pilot.press("down", "left", "down", *["left"] * 9)
        assert form.match == Match("ld", "ld", 1)
        assert "Each game begins elsewhere; 7 x 7" in one.text()
        await pilot.press("right", "up", "right", "right")
        assert form.match == Match("ld", "greedy", 2)
        assert "change sides" in one.text()
        await pilot.press("enter")
        screen = await next_game(pilot, None)
        series = pilot.app.series
        assert (series.games, series.size, series.first, series.second) == (2, 7, "ld", "greedy")
        record = screen.conductor.game.record
        assert level_of(record.player(Side.BLUE).settings) == "beginner"
        assert ("LD" in one.text(), "greedy" in one.text()) == (True, True)
        assert screen.series is series


async def test_nothing_begins_where_the_series_is_left(opened) -> None:
    one = opened("start", size=6)
    async with one.app.run_test(size=(80, 24)) as pilot:
        start = await settle(pilot, StartScreen)
        await pilot.press("W")
        await settle(pilot, SeriesScreen)
        await pilot.press("escape")
        for _ in range(20):
            await pilot.pause(0.01)
        assert pilot.app.screen is start
        assert pilot.app.series is None
