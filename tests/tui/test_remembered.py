"""What was chosen on the start screen is offered at the next start, unless a setting says more."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ld_tui.arena.levels import LEVELS
from ld_tui.config.load import load
from ld_tui.game.maps import maps_of_size
from ld_tui.tui.remembered import recalled, remember
from ld_tui.tui.settings import Setup, Wanted


async def until(pilot: Pilot[None], done: object) -> None:
    for _ in range(200):
        await pilot.pause(0.01)
        if done():  # type: ignore[operator]
            return
    raise AssertionError("it never came")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "home" / "last-game.toml"


@pytest.fixture
def fresh(tmp_path: Path) -> Setup:
    return Setup("start", 10, None, tmp_path)


def settled(tmp_path: Path, text: str = "", **flags: object):
    path = tmp_path / "config.toml"
    path.write_text(text)
    return load(flags, environ={}, path=path)


CASUAL = LEVELS["casual"].settings()
WANTED = Wanted("orange", 12, None, "greedy", CASUAL, 180)


async def test_a_game_begun_on_the_start_screen_is_offered_again(opened, kept, fresh, tmp_path):
    one = opened("start", size=10, remembered=kept)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "p", "c", "l", "b")
        await until(pilot, kept.exists)
    again = recalled(kept, fresh, settled(tmp_path))
    assert (again.size, again.map_name, again.opponent, again.clock) == (11, None, "perfect", 60)
    two = opened("start", size=again.size, opponent=again.opponent, clock=again.clock)
    async with two.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "11 x 11" in two.text())
        assert "1 min a side" in two.text()
        assert "never a step lost" in two.text()


def test_all_that_can_be_chosen_comes_back(kept: Path, fresh: Setup, tmp_path: Path) -> None:
    remember(kept, WANTED)
    again = recalled(kept, fresh, settled(tmp_path))
    assert again == replace(fresh, size=12, opponent="greedy", clock=180, ld=CASUAL)
    (one, *_) = maps_of_size(10)
    remember(kept, replace(WANTED, size=10, map_name=one.name))
    assert recalled(kept, fresh, settled(tmp_path)).map_name == one.name


def test_settings_and_flags_come_first(kept: Path, fresh: Setup, tmp_path: Path) -> None:
    (one, *_) = maps_of_size(10)
    remember(kept, replace(WANTED, size=10, map_name=one.name))
    given = settled(tmp_path, '[game]\nopponent = "kd"\n', size=9)
    again = recalled(kept, replace(fresh, size=9, opponent="kd"), given)
    assert (again.size, again.opponent, again.map_name) == (9, "kd", None)
    assert again.clock == 180


def test_a_strength_of_ones_own_is_not_taken_away(kept: Path, fresh: Setup, tmp_path: Path) -> None:
    remember(kept, WANTED)
    own = replace(fresh, ld={"k": 3, "select": "s-llm"})
    assert recalled(kept, own, settled(tmp_path)).ld == own.ld
    remember(kept, replace(WANTED, ld={"k": 3, "select": "s-llm"}))
    assert recalled(kept, fresh, settled(tmp_path)).ld == fresh.ld


@pytest.mark.parametrize("text", ["", "[game", "[game]\nsize = 99\nopponent = 'nobody'\n"])
def test_what_cannot_be_read_is_passed_over(
    kept: Path, fresh: Setup, tmp_path: Path, text: str
) -> None:
    kept.parent.mkdir()
    kept.write_text(text)
    assert recalled(kept, fresh, settled(tmp_path)) == fresh
    kept.unlink()
    assert recalled(kept, fresh, settled(tmp_path)) == fresh


def test_where_nothing_can_be_written_nothing_is_remembered(fresh: Setup, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    place = tmp_path / "file" / "last-game.toml"
    remember(place, WANTED)
    assert recalled(place, fresh, settled(tmp_path)) == fresh
