"""Keys that come faster than screens do, and screens that come when nobody looks for them."""

from collections.abc import Callable
from typing import Any

from textual import events
from textual.command import CommandList, CommandPalette
from textual.pilot import Pilot

from ld_tui.game.emergencies import Roadblock
from ld_tui.tui.messages import GamesListed, SavesListed
from ld_tui.tui.screens.choice import ChoiceScreen
from ld_tui.tui.screens.commands import CommandsScreen
from ld_tui.tui.screens.first import FirstScreen
from ld_tui.tui.screens.games import GamesScreen
from ld_tui.tui.screens.help import HelpScreen
from ld_tui.tui.screens.play import PlayScreen
from ld_tui.tui.screens.start import StartScreen


async def until(pilot: Pilot[None], done: Callable[[], object]) -> None:
    for _ in range(200):
        await pilot.pause(0.01)
        if done():
            return
    raise AssertionError("it never came")


def at_once(screen: Any, *keys: str) -> None:
    """Send keys of which the later ones don't wait for what the first one does."""
    for key in keys:
        screen.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_two_quick_keys_close_the_help_and_nothing_else(opened) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        start = one.app.screen
        await pilot.press("question_mark")
        shown = one.app.screen
        assert isinstance(shown, HelpScreen)
        at_once(shown, "x", "x", "x")
        await until(pilot, lambda: one.app.screen is start)
        assert len(one.app.screen_stack) == 2
        assert "Play blue" in one.text()


async def test_two_quick_letters_choose_once(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        play = one.app.screen
        await pilot.press("e")
        at_once(one.app.screen, "r", "r")
        await until(pilot, lambda: one.app.screen is play)
        assert [type(item.emergency) for item in one.game.game.record.struck] == [Roadblock]


async def test_a_key_after_one_that_opens_a_menu_is_for_the_menu(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        play = one.app.screen
        at_once(play, "e", "r")
        await until(pilot, lambda: one.game.game.record.struck)
        await until(pilot, lambda: one.app.screen is play)
        assert not isinstance(one.app.screen, ChoiceScreen)


async def test_a_game_begins_under_whatever_was_opened_meanwhile(opened) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        wanted = one.app.screen.wanted("blue")
        one.app.action_settings()
        await one.app.action_help()
        one.app.begin(wanted)
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        assert len(one.app.screen_stack) == 2
        await pilot.press("n")
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        assert len(one.app.screen_stack) == 2


async def test_a_screen_over_the_first_one_does_not_keep_the_game_away(opened) -> None:
    one = opened("blue")
    opens = type(one.app)._open_first

    def with_another(app: Any, wanted: Any) -> None:
        opens(app, wanted)
        assert isinstance(app.screen, FirstScreen)
        app.action_settings()

    one.app._open_first = with_another.__get__(one.app)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        assert len(one.app.screen_stack) == 2
        await until(pilot, lambda: "dot 1" in one.text())


async def test_the_help_comes_for_a_key_pressed_at_the_first_frame(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        early = events.Key("question_mark", "?")
        early.stop()
        one.app.screen.early_keys = [early]
        one.app.screen._begin()
        await until(pilot, lambda: isinstance(one.app.screen, HelpScreen))


async def test_lists_that_come_late_stand_over_no_other_question(opened, tmp_path) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        for _ in range(2):
            one.app.post_message(GamesListed(tmp_path, ()))
        await until(pilot, lambda: isinstance(one.app.screen, GamesScreen))
        one.app._is_choosing = True
        one.app.post_message(SavesListed((), ()))
        await pilot.pause(0.05)
        assert len(one.app.screen_stack) == 3
        await pilot.press("escape")
        assert isinstance(one.app.screen, StartScreen)


async def test_the_functions_open_again_after_a_game_took_their_place(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await pilot.press("f")
        await until(pilot, lambda: not isinstance(one.app.screen, PlayScreen))
        functions = one.app.screen
        one.app.begin_tutorial()
        await until(
            pilot, lambda: one.app.screen is not functions and len(one.app.screen_stack) == 2
        )
        await pilot.press("escape", "f")
        await until(pilot, lambda: type(one.app.screen) is type(functions))
        assert one.app.screen is not functions


async def test_nothing_is_typed_into_a_game_that_is_over(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await pilot.press("R", "y")
        await until(pilot, lambda: one.game.is_over)
        await pilot.press("m", "n")
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))


async def test_a_screen_that_was_left_takes_a_late_resize(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        play = one.app.screen
        await pilot.press("f")
        functions = one.app.screen
        await pilot.press("escape", "n")
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        for left in (play, functions):
            left.on_resize(events.Resize(one.app.size, one.app.size))


async def test_a_question_stands_in_the_middle_and_what_is_beneath_shows_through(opened) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        start = one.app.screen
        await pilot.press("v")
        await until(pilot, lambda: isinstance(one.app.screen, GamesScreen))
        assert one.app._background_screens == [start]
        assert one.app.screen.query_one(".dialog").region.y > 5


async def test_a_second_palette_waits_until_the_first_has_gone(opened) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        start = one.app.screen
        one.app.action_command_palette()
        first = one.app.screen
        await until(pilot, lambda: first.is_mounted)
        first.dismiss()
        one.app.action_command_palette()
        await until(pilot, lambda: one.app.screen is start and not first.is_running)
        await pilot.press("ctrl+p")
        assert isinstance(one.app.screen, CommandPalette)


async def test_the_palette_takes_keys_before_it_stands_and_after_it_went(opened) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        start = one.app.screen
        one.app.action_command_palette()
        palette = one.app.screen
        await until(pilot, lambda: palette.query(CommandList))
        for action in ("page_up", "page_down", "cursor_down", "last"):
            palette._action_command_list(action)
        for key in ("pageup", "escape", "escape", "escape"):
            one.app.simulate_key(key)
        await until(pilot, lambda: one.app.screen is start)
        await until(pilot, lambda: not palette.query(CommandList))
        palette._list_visible = not palette._list_visible
        palette._watch__list_visible()
        await palette._watch__show_busy()
        palette._action_command_list("page_up")
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(one.app.screen, CommandsScreen))
        await pilot.press(*"light")
        await until(pilot, lambda: "Theme: light" in one.text())
        await pilot.press("enter")
        await until(pilot, lambda: one.app.config.theme == "light")
