"""Keys of one's own: what is wrong with them is told, and nothing takes Quit away."""

from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot

from ld_tui.config.kinds import RESERVED, Keys
from ld_tui.config.load import Loaded, Origin, Source, load
from ld_tui.config.schema import BY_NAME
from ld_tui.tui.keymap import bound, problems_of, rivals
from ld_tui.tui.screens.config import ConfigScreen
from ld_tui.tui.screens.keys import KeysScreen, PressScreen
from ld_tui.tui.screens.model import ModelScreen
from ld_tui.tui.screens.start import StartScreen
from ld_tui.tui.widgets.rows import Rows
from tests.tui.test_config import go, until, written

HOSTILE = {name: "q" if at % 2 else "x" for at, name in enumerate(sorted(bound()))}
"""A keymap that gives everything the same two keys."""


def with_keys(keys: dict[str, str]) -> Loaded:
    return Loaded().with_value(BY_NAME["keys"], keys, Origin(Source.FILE))


def test_every_key_of_the_screens_has_an_id_of_its_own() -> None:
    known = bound()
    assert {"quit", "help", "settings", "play.hint.h", "start.map", "menu.up"} <= set(known)
    for one in known.values():
        assert one.keys, one.id


def test_as_shipped_nothing_clashes() -> None:
    assert problems_of({}) == []
    assert problems_of({one.id: ",".join(one.keys) for one in bound().values()}) == []


@pytest.mark.parametrize(
    ("keymap", "says"),
    [
        ({"play.hnt.h": "i"}, "the nearest is play.hint.h"),
        ({"play.hint.h": "crtl+i"}, "crtl+i is no key"),
        ({"play.hint.h": "u"}, "u is play.undo.u's key too"),
        ({"help": "u"}, "u is play.undo.u's key too"),
        ({"play.hint.h": "z", "play.undo.u": "z"}, "z is play.undo.u's key too"),
    ],
)
def test_what_is_wrong_is_told_with_the_mend(keymap: dict[str, str], says: str) -> None:
    assert any(says in line for line in problems_of(keymap))


def test_keys_may_be_swapped_and_used_on_other_screens() -> None:
    assert problems_of({"play.hint.h": "u", "play.undo.u": "h,backspace"}) == []
    assert problems_of({"start.map": "h"}) == []
    assert rivals("start.map", "j", {}) == ["menu.down"]
    assert problems_of({"play.cursor.left": "j"}) == []
    assert rivals("play.hint.h", "u", {}) == ["play.undo.u"]


async def test_a_remapped_key_works_and_is_shown(opened: Any) -> None:
    one = opened("start", size=10, config=with_keys({"start.map": "z"}))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "z    map" in one.text())
        before = one.app.screen._choices.map_wanted
        await pilot.press("m")
        assert one.app.screen._choices.map_wanted == before
        await pilot.press("z")
        assert one.app.screen._choices.map_wanted != before
        await pilot.press("question_mark")
        await until(pilot, lambda: "Change the map" in one.text())
        (line,) = [line for line in one.text().splitlines() if "Change the map" in line]
        assert "z    " in line


async def _where(pilot: Pilot[None], one: Any, place: str) -> None:
    """Go to a screen or dialog."""
    match place:
        case "game":
            await until(pilot, lambda: hasattr(one.app.screen, "conductor"))
        case "help":
            await one.app.action_help()
        case "settings":
            one.app.action_settings()
        case "keys":
            one.app.push_screen(KeysScreen())
        case "press":
            one.app.push_screen(PressScreen("hint"))
        case "model":
            one.app.push_screen(ModelScreen())
        case "palette":
            one.app.action_command_palette()
    await pilot.pause(0.05)


@pytest.mark.parametrize("key", ["ctrl+q", "f10"])
@pytest.mark.parametrize(
    "place", ["start", "game", "help", "settings", "keys", "press", "model", "palette"]
)
async def test_quit_cant_be_lost(opened: Any, key: str, place: str) -> None:
    one = opened("blue" if place == "game" else "start", config=with_keys(HOSTILE))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await _where(pilot, one, place)
        await pilot.press(key)
        await until(pilot, lambda: one.app._exit)
    assert one.engine.is_closed


async def test_quit_of_the_palette_needs_no_key(opened: Any) -> None:
    one = opened("start", config=with_keys(HOSTILE))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(one.app.screen, CommandPalette))
        await pilot.press(*"quit")
        await until(pilot, lambda: one.app.screen.query_one("CommandList").option_count > 0)
        await pilot.press("enter")
        if not one.app._exit:
            await pilot.press("enter")
        await until(pilot, lambda: one.app._exit)


@pytest.mark.parametrize("key", RESERVED)
def test_the_file_takes_no_key_of_quit(key: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[keys]\nquit = "Q"\nhelp = "{key}"\n')
    loaded = load(environ={}, path=path)
    assert loaded.config.keys == {"quit": "Q"}
    assert key in loaded.summary()
    assert Keys().read(loaded.config.keys) == {"quit": "Q"}


async def test_a_key_is_given_by_pressing_it_and_what_is_taken_refused(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(120, 36)) as pilot:
        await go(pilot, "keys")
        await pilot.press("enter")
        await until(pilot, lambda: "play.hint.h" in one.text())
        assert isinstance(one.app.screen, KeysScreen)
        rows = one.app.screen.query_one(Rows)
        rows.highlight("play.hint.h")
        await pilot.press("enter", "u")
        await until(pilot, lambda: "u is taken: Take back" in one.text())
        assert one.app.config.keys == {}
        await pilot.press("enter", "i")
        await until(pilot, lambda: one.app.config.keys == {"play.hint.h": "i"})
        await until(pilot, lambda: written().keys == {"play.hint.h": "i"})
        await pilot.press("enter", "h")
        await until(pilot, lambda: written().keys == {})
        await pilot.press("enter", "h")
        await until(pilot, lambda: "h is its key already" in one.text())
        assert one.app.config.keys == {}
        await pilot.press("enter", "i")
        await until(pilot, lambda: written().keys == {"play.hint.h": "i"})
        await pilot.press("backspace")
        await until(pilot, lambda: written().keys == {})
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(one.app.screen, ConfigScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))


async def test_a_keymap_that_clashes_is_told_once_the_screen_stands(opened: Any) -> None:
    one = opened("start", config=with_keys({"play.hint.h": "u"}))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.app._notifications)
        (notice,) = one.app._notifications
        assert "play.undo.u" in notice.message


async def test_help_stands_before_quit_whatever_its_key(opened: Any) -> None:
    one = opened("start", config=with_keys({"help": "f1"}))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "F1 help  q quit" in one.text())


async def test_help_lists_the_keys_of_the_present_screen(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: "This help" in one.text())
        text = one.text()
        assert all(word in text for word in ("Play blue", "Change the map", "Smaller, larger"))
        assert not any(
            word in text for word in ("Fill in a best", "Take back", "illegal typed turn")
        )
        await pilot.press("escape", "b")
        await until(pilot, lambda: hasattr(one.app.screen, "conductor"))
        await pilot.press("question_mark")
        await until(pilot, lambda: "Fill in a best move" in one.text())
        assert "illegal typed turn" in one.text()
        assert "Change the map" not in one.text()


async def test_one_line_of_the_help_tells_of_both_arrows(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await go(pilot, "screen.theme")
        await pilot.press("question_mark")
        await until(pilot, lambda: "←→        The value before, the next" in one.text())
        assert "The next value" not in one.text()


def test_what_a_key_does_fits_the_help_at_the_least_size() -> None:
    assert [each.id for each in bound().values() if len(each.about) > 27] == []
