"""What gives a game away: exports and screenshots by the palette, the position by a key."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ld_tui.arena.game import Game
from ld_tui.game.notation import format_position, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import legal_moves
from ld_tui.tui.screens.replay import ReplayScreen


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never came")


async def begun(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: pilot.app.engine.requests and hasattr(pilot.app.screen, "conductor"))


async def from_the_palette(pilot: Pilot[None], words: str) -> None:
    """Do what the palette finds for some words."""
    before = pilot.app.screen
    await pilot.press("ctrl+p")
    await until(pilot, lambda: pilot.app.screen is not before)
    await pilot.press(*["space" if char == " " else char for char in words])
    options = pilot.app.screen.query_one("CommandList")
    await until(pilot, lambda: options.option_count and options.highlighted is not None)
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.screen is before)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def told(app) -> list[str]:
    return [str(notification.message) for notification in app._notifications]


async def test_the_position_is_copied(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await pilot.press("y")
        assert one.app.clipboard == format_position(one.position)
        assert told(one.app) == [f"copied: {one.app.clipboard}"]


@pytest.mark.parametrize(
    ("words", "suffix", "begins"),
    [
        ("export as html", ".html", "<!doctype html>"),
        ("export as svg", ".svg", "<?xml"),
        ("asciicast", ".cast", '{"version": 2'),
        ("export as text", ".txt", "blue: human"),
    ],
)
async def test_the_palette_exports_the_game(
    words: str, suffix: str, begins: str, opened, here: Path
) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        one.game.submit(legal_moves(one.position)[1])
        await until(pilot, lambda: one.game.game.ply == 2 and one.game.analysis_at(2))
        await from_the_palette(pilot, words)
        save = one.app.save_path
        assert save is not None
        name = f"{save.stem}{suffix}"
        await until(pilot, lambda: f"exported: {here / name}" in told(one.app))
        text = (here / name).read_text(encoding="utf-8")
    assert text.startswith(begins)
    assert "far_corner" in text
    # The scripted engine's worth of the second of its moves.
    assert ("?!" in text) is (suffix != ".txt")


async def test_a_folder_that_takes_nothing_is_told(
    opened, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        here.rmdir()
        here.write_text("a file")
        monkeypatch.setattr(Path, "cwd", lambda: here / "below")
        one.app.export("svg")
        await until(pilot, lambda: any("can't be written" in line for line in told(one.app)))


async def test_nothing_is_given_away_that_fog_hides(opened, here: Path) -> None:
    start = parse_position("10 d7,a9,i4 c2 b 3 0,0 fog:2,h9@20")
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        one.app._leave_game()
        record = GameRecord(start, PlayerSpec("human"), PlayerSpec("ld"), 3)
        await one.app.switch_screen(one.app._screen(Game(record)))
        await begun(pilot)
        await pilot.press("y")
        one.app.export("text")
        refusals = ["not in this fog: it would tell where orange is"] * 2
        await until(pilot, lambda: told(one.app) == refusals)
        assert one.app.clipboard == ""
        one.app.look_back(one.game)
        await until(pilot, lambda: isinstance(one.app.screen, ReplayScreen))
        one.app.copy_position()
        await until(pilot, lambda: len(told(one.app)) == 3)
        assert one.app.clipboard == ""
    assert not list(here.iterdir())


@pytest.mark.parametrize("has_downloads", [True, False])
async def test_the_palette_takes_a_screenshot_that_asks_for_nothing(
    has_downloads: bool, opened, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(here / "config"))
    folder = here / "Downloads" if has_downloads else here
    folder.mkdir(exist_ok=True)
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await from_the_palette(pilot, "screenshot")
        await until(pilot, lambda: any("Saved screenshot" in line for line in told(one.app)))
    (picture,) = folder.glob("ld-tui-*.svg")
    text = picture.read_text(encoding="utf-8")
    assert "step" in text
    assert "url(http" not in text
    assert "@font-face" not in text


async def test_other_screens_offer_no_exports(opened) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        titles = [command.title for command in one.app.get_system_commands(one.app.screen)]
        assert not any("Export" in title for title in titles)
        one.app.copy_position()
        assert one.app.clipboard == ""
