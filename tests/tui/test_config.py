"""The settings screen: what is changed there counts at once, and lies in the file."""

from typing import Any

import pytest
from textual.color import Color
from textual.command import CommandList, CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input

from ld_tui import paths
from ld_tui.config.load import load
from ld_tui.config.schema import BY_NAME, SETTINGS
from ld_tui.tui.screens.config import ConfigScreen
from ld_tui.tui.screens.help import HelpScreen
from ld_tui.tui.screens.play import PlayScreen
from ld_tui.tui.screens.start import StartScreen
from ld_tui.tui.themes import THEMES
from ld_tui.tui.widgets.rows import Rows


async def until(pilot: Pilot[None], done: Any) -> None:
    """Wait until something holds."""
    for _ in range(500):
        if done():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never came to hold")


async def go(pilot: Pilot[None], key: str) -> ConfigScreen:
    """Open the settings, if they aren't, and highlight one."""
    app = pilot.app
    if not isinstance(app.screen, ConfigScreen):
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, ConfigScreen))
    screen = app.screen
    assert isinstance(screen, ConfigScreen)
    screen.query_one(Rows).highlight(key)
    await pilot.pause()
    assert screen.setting.key == key
    return screen


def written() -> Any:
    return load(environ={}).config


async def test_every_setting_is_listed_with_its_value_and_origin(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(120, 40)) as pilot:
        await go(pilot, "keys")
        text = one.text()
        for key, setting in SETTINGS.items():
            assert key.rpartition(".")[2].replace("_", " ") in text
            assert key in text or setting.name != "keys"
        assert text.count("default") >= len(SETTINGS)
        assert str(paths.config_path())[-30:] in text


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_switch_is_thrown_and_written(opened: Any, size: tuple[int, int]) -> None:
    one = opened("start")
    async with one.app.run_test(size=size) as pilot:
        await go(pilot, "screen.motion")
        await pilot.press("enter")
        assert not one.app.config.motion
        assert one.app.animation_level == "none"
        assert "config.toml" in one.text()
        await until(pilot, lambda: paths.config_path().exists() and not written().motion)
        await pilot.press("backspace")
        assert one.app.config.motion
        await until(pilot, lambda: written().motion)
        assert "motion" not in paths.config_path().read_text()


@pytest.mark.parametrize(
    ("name", "key", "back"),
    [("screen.motion", "right", "left"), ("screen.sound", "left", "right")],
)
async def test_an_arrow_that_changes_nothing_writes_nothing(
    opened: Any, name: str, key: str, back: str
) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await go(pilot, name)
        await pilot.press(key)
        assert one.app.loaded.origins == {}
        await pilot.press(back)
        assert screen._value(screen.setting) is not screen.setting.default


async def test_the_highlight_moves_over_settings_alone(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await go(pilot, "game.turn_seconds")
        await pilot.press("down")
        assert screen.setting.key == "screen.theme"
        await pilot.press("end")
        assert screen.setting.key == "keys"
        assert "keys" in one.text()
        await pilot.press("home")
        assert screen.setting.key == "game.side"


async def test_numbers_stay_in_their_range(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await go(pilot, "agent.k")
        await pilot.press(*["right"] * 9)
        assert one.app.config.k == 8
        await pilot.press(*["left"] * 9)
        assert one.app.config.k == 1
        assert one.app.setup.ld["k"] == 1
        await until(pilot, lambda: written().k == 1)


async def test_a_number_is_typed_and_a_wrong_one_refused(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await go(pilot, "game.size")
        await pilot.press("enter")
        await until(pilot, lambda: one.app.screen.id is None and one.app.focused is not None)
        await pilot.press("backspace", "backspace", "4", "enter")
        assert "from 6 to 20" in one.text()
        await pilot.press("backspace", "8", "enter")
        await until(pilot, lambda: one.app.config.size == 8)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        await until(pilot, lambda: "8 x 8" in one.text())


async def test_themes_are_shown_as_one_moves_and_kept_when_picked(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await go(pilot, "screen.theme")
        await pilot.press("enter")
        await pilot.press("down", "down")
        assert one.app.theme == "ld-light"
        await pilot.press("escape")
        await until(pilot, lambda: one.app.theme == "ld-safe")
        await pilot.press("enter")
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: one.app.config.theme == "light")
        assert one.app.theme == "ld-light"
        await until(pilot, lambda: written().theme == "light")


async def test_what_is_to_be_seen_changes_in_the_game_that_goes_on(opened: Any) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        screen = one.app.screen
        await until(pilot, lambda: "●" in one.text())
        await go(pilot, "screen.ascii")
        await pilot.press("right")
        await go(pilot, "screen.moves")
        await pilot.press("enter")
        await go(pilot, "screen.value")
        await pilot.press("enter")
        await go(pilot, "game.hints")
        await pilot.press("enter")
        await pilot.press("escape")
        await until(pilot, lambda: one.app.screen is screen)
        assert "●" not in one.text()
        assert not screen._moves.display
        assert not screen._value.display
        await pilot.press("h")
        await pilot.pause(0.5)
        assert not one.game.draft.is_complete


async def test_a_new_game_is_as_set(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await go(pilot, "agent.k")
        await pilot.press("left", "left")
        await go(pilot, "game.turn_seconds")
        await pilot.press(*["left"] * 4)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        assert one.game.game.record.blue.settings["k"] == 3
        assert one.game.pace.speed == 7


@pytest.fixture
def read_only() -> None:
    path = paths.config_path()
    path.parent.mkdir(parents=True)
    path.write_text("# mine\n")
    path.chmod(0o444)


async def test_a_read_only_file_is_told_in_one_line_and_the_change_counts(
    opened: Any, read_only: None
) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await go(pilot, "screen.sound")
        await pilot.press("enter")
        told = "config.toml: is read-only, so nothing is saved; it counts until you quit"
        await until(pilot, lambda: told in one.text())
        assert "this session" in one.text()
        assert one.app.config.sound
        assert "screen.sound: " in one.text()
        await go(pilot, "game.side")
        assert told not in one.text()
        await pilot.press("right")
        lost = "config.toml: is read-only, so nothing is saved; this change can't count"
        await until(pilot, lambda: lost in one.text())
        assert "! not saved" in one.text()
        assert "a change counts from" not in one.text()
        assert not one.app._notifications
        assert paths.config_path().read_text() == "# mine\n"


async def test_a_read_only_file_is_told_in_one_line_on_other_screens(
    opened: Any, read_only: None
) -> None:
    one = opened("start")
    async with one.app.run_test(size=(120, 36)) as pilot:
        for name in ("dark", "light", "safe"):
            one.app.change(BY_NAME["theme"], name)
            await until(pilot, lambda: one.app._notifications)
            await pilot.pause(0.05)
        (notice,) = one.app._notifications
        assert "read-only" in notice.message


async def test_a_bad_file_opens_and_is_told_in_one_line(opened: Any) -> None:
    path = paths.config_path()
    path.parent.mkdir(parents=True)
    path.write_text('[screen]\ntheme = "pink"\nmoton = 3\n')
    one = opened("start", config=load())
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.app._notifications)
        (notice,) = one.app._notifications
        assert notice.message.startswith("2 settings can't be used")
        assert one.app.theme == "ld-safe"
        await go(pilot, "screen.theme")
        assert "! config.toml:2" in one.text()
        assert "config.toml:2: screen.theme: 'pink'" in one.text()
        await pilot.press("right")
        await until(pilot, lambda: "! config.toml:2" not in one.text())


async def test_what_wins_again_is_told(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_TUI_THEME", "light")
    one = opened("start", config=load())
    async with one.app.run_test(size=(80, 24)) as pilot:
        await go(pilot, "screen.theme")
        assert one.app.theme == "ld-light"
        assert "this variable wins again at the next start: LD_TUI_THEME" in one.text()


async def test_the_palette_has_settings_themes_and_quit(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        commands = {each.title: each for each in one.app.get_system_commands(one.app.screen)}
        assert {each for each in commands if not each.startswith("Theme: ")} == {
            "Benchmark", "Doctor", "Functions", "Help", "Quit", "Replay", "Screenshot", "Series",
            "Settings", "Tutorial", "Watch",
        }  # fmt: skip
        assert "Theme: contrast" in commands
        commands["Theme: contrast"].callback()
        assert one.app.theme == "ld-contrast"
        commands["Settings"].callback()
        await until(pilot, lambda: isinstance(one.app.screen, ConfigScreen))


async def test_the_palette_opens_help_and_programs_at_play(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        for words, wanted in (("help", HelpScreen), ("watch", PlayScreen)):
            await pilot.press("ctrl+p")
            await until(pilot, lambda: isinstance(one.app.screen, CommandPalette))
            await pilot.press(*words)
            await until(pilot, lambda: one.app.screen.query_one(CommandList).option_count == 1)
            await pilot.press("enter")
            await until(pilot, lambda wanted=wanted: isinstance(one.app.screen, wanted))
            if wanted is HelpScreen:
                await pilot.press("escape")
                await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        assert one.game.is_watching


@pytest.mark.parametrize("theme", THEMES)
async def test_the_palettes_words_can_be_read_in_every_theme(opened: Any, theme: str) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        one.app.show_theme(theme)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "  Search for commands…" in one.text())
        assert "🔎" not in one.text()
        quiet = Color.parse(THEMES[theme].variables["quiet"])
        placeholder = one.app.screen.query_one(Input).get_component_styles("input--placeholder")
        about = one.app.screen.get_component_styles("command-palette--help-text")
        assert (placeholder.color, about.color) == (quiet, quiet)


async def test_a_click_highlights_and_a_second_changes(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await go(pilot, "game.side")
        row = (
            one.text()
            .splitlines()
            .index(next(line for line in one.text().splitlines() if "  hints " in line))
        )
        await pilot.click(offset=(20, row))
        assert screen.setting.key == "game.hints"
        await pilot.click(offset=(20, row))
        assert not one.app.config.hints


async def test_changes_are_written_before_the_program_ends(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await go(pilot, "screen.sound")
        await pilot.press("enter", "f10")
    assert written().sound


async def test_a_k_that_is_reset_is_the_levels_again(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await go(pilot, "agent.level")
        await pilot.press("left", "left")
        assert one.app.config.level == "casual"
        await go(pilot, "agent.k")
        assert screen._value(screen.setting) == 6
        assert "level casual" in one.text()
        await pilot.press("right")
        assert one.app.setup.ld["k"] == 7
        await pilot.press("backspace")
        assert one.app.setup.ld["k"] == 6
        assert one.app.setup.ld["temperature"] == 1.5
        assert "level casual" in one.text()


async def test_a_list_that_goes_on_says_so(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await go(pilot, "game.side")
        assert ("▾" in one.text(), "▴" in one.text()) == (True, False)
        await pilot.press("end")
        await until(pilot, lambda: ("▾" in one.text(), "▴" in one.text()) == (False, True))
