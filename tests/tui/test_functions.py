"""The functions' screen: what is typed is checked, applied or kept, whatever is pressed."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from ld_tui import paths
from ld_tui.arena.resources import Resources, Sources
from ld_tui.engine.desk import Desk
from ld_tui.functionbase.shelf import Place, Shelf
from ld_tui.functionbase.store import load
from ld_tui.game.notation import format_position
from ld_tui.tui.screens.again import AgainScreen
from ld_tui.tui.screens.functions import FunctionsScreen
from ld_tui.tui.screens.naming import NamingScreen
from ld_tui.tui.screens.play import PlayScreen
from ld_tui.tui.screens.start import StartScreen
from ld_tui.tui.screens.versions import VersionsScreen

ADVANCE = Place("blue", "plan", "advance")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A copy of the shipped function base."""
    folder = tmp_path / "functionbase"
    shutil.copytree(paths.packaged_functionbase(), folder, ignore=lambda *_: ["index.ann"])
    return folder


@pytest.fixture
def visit(opened: Callable[..., Any], base: Path, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Return a function that makes an app over the copy, with an engine that really checks."""
    desk = Desk(Resources(Sources(functionbase=base, model=tmp_path / "none", cache=tmp_path)))

    def make(mode: str = "start", **more: Any) -> Any:
        one = opened(mode, **more)
        one.engine.desk = desk
        return one

    yield make
    desk.close()


async def until(pilot: Pilot[None], wanted: Callable[[], object]) -> None:
    """Let the app go on until something holds."""
    for _ in range(2000):
        if wanted():
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"never: {wanted}")


async def enter(pilot: Pilot[None], one: Any) -> FunctionsScreen:
    """Open the functions and the first of them."""
    await until(pilot, lambda: isinstance(one.app.screen, StartScreen | PlayScreen))
    await pilot.press("f")
    await until(pilot, lambda: isinstance(one.app.screen, FunctionsScreen))
    screen = one.app.screen
    await until(pilot, lambda: screen.bench is not None and screen.bench.sheet is not None)
    await until(pilot, lambda: screen.bench.sheet.findings)
    return screen


async def write(pilot: Pilot[None], screen: FunctionsScreen, old: str, new: str) -> None:
    """Replace a part of the text as a person does: select it, and type."""
    editor = screen._edit
    if not editor.has_focus:
        await pilot.press("enter")
    before, _, _ = editor.text.partition(old)
    row, column = before.count("\n"), len(before.rpartition("\n")[2])
    rows, last = old.count("\n"), old.rpartition("\n")[2]
    end = (row + rows, len(last) + (0 if rows else column))
    editor.replace(new, (row, column), end)
    await until(pilot, lambda: screen.bench.sheet.text == editor.text)


async def test_a_text_that_passes_is_applied_and_the_engine_told(visit, base: Path) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        before = load(base).text_of("advance")
        await write(pilot, screen, "lagging beyond six", "besieged")
        await until(pilot, lambda: screen.bench.sheet.unknown == ("besieged",))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "version 2" in screen.bench.line)
        assert load(base).text_of("advance") == before.replace("lagging beyond six", "besieged")
        assert one.engine.reloads == 1
        assert {"runs", "repeats"} <= {each.check for each in screen.bench.sheet.findings}
        await until(pilot, lambda: not screen.bench.sheet.is_changed)
        assert [each.note for each in Shelf(base).versions("advance")] == ["found", "edited"]


async def test_enter_pressed_before_a_function_is_open_opens_it(visit) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        screen.bench.sheet = None
        screen._edit_chosen()
        await until(pilot, lambda: screen.bench.sheet is not None)
        assert screen._edit.has_focus


async def test_a_text_with_problems_is_kept_as_a_draft_and_offered_again(visit, base: Path) -> None:
    one = visit()
    async with one.app.run_test(size=(120, 36)) as pilot:
        screen = await enter(pilot, one)
        before = load(base).text_of("advance")
        await write(pilot, screen, "    top = ", "    top = = ")
        await until(pilot, lambda: screen.bench.sheet.problems)
        (problem,) = screen.bench.sheet.problems
        line = before.split("\n").index('    top = state["size"] - 1') + 1
        assert (problem.line, problem.check) == (line, "source")
        assert "not Python" in one.text()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "not applied" in screen.bench.line)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        assert load(base).text_of("advance") == before
        assert one.engine.reloads == 0
        again = await enter(pilot, one)
        assert "top = =" in again._edit.text
        await until(pilot, lambda: again.bench.sheet.problems)
        await pilot.press("f8")
        assert again._edit.cursor_location[0] == line - 1
        await pilot.press("ctrl+r")
        await until(pilot, lambda: again._edit.text == before)
        assert Shelf(base).open(ADVANCE).draft is None
        assert "top = =" in Shelf(base).versions("advance")[-1].text


async def test_help_is_about_functions(visit) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        await enter(pilot, one)
        await pilot.press("question_mark")
        await until(pilot, lambda: "Search by meaning" in one.text())
        assert "What is typed is checked at once" in one.text()
        assert "Pick a dot" not in one.text()


async def test_quitting_keeps_what_was_typed(visit, base: Path) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        await write(pilot, screen, "name =", "nom =")
        await pilot.press("f10")
    draft = Shelf(base).open(ADVANCE).draft
    assert draft is not None
    assert draft.startswith("nom =")


async def test_another_function_is_opened_and_the_first_keeps_its_text(visit, base: Path) -> None:
    one = visit()
    async with one.app.run_test(size=(120, 36)) as pilot:
        screen = await enter(pilot, one)
        await write(pilot, screen, "name =", "nom =")
        await pilot.press("escape", "down")
        await until(pilot, lambda: screen.bench.sheet.place.name == "box_in")
        assert screen._edit.text == load(base).text_of("box_in")
        await pilot.press("up")
        await until(pilot, lambda: screen._edit.text.startswith("nom ="))
        assert "draft" in one.text()


async def test_functions_are_searched_by_meaning(visit) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        await pilot.press("slash", *"far corner")
        await until(pilot, lambda: screen.bench.stock.found is not None)
        names = [name for name, _ in screen.bench.stock.found]
        assert "far_corner" in names[:3]
        await pilot.press("enter")
        await until(pilot, lambda: screen.bench.sheet.place.name == names[0])
        await pilot.press("escape")
        await until(pilot, lambda: screen.bench.stock.found is None)
        assert screen.bench.sheet.place.name == names[0]


async def test_an_old_version_is_looked_at_and_restored(visit, base: Path) -> None:
    shelf = Shelf(base)
    before = shelf.open(ADVANCE)
    shelf.accept(ADVANCE, before.text.replace("beyond five", "beyond six"), before.digest)
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(one.app.screen, VersionsScreen))
        await pilot.press("down")
        await until(pilot, lambda: "+summary" in one.text())
        await pilot.press("enter")
        await until(pilot, lambda: "version 3" in screen.bench.line)
        assert load(base).text_of("advance") == before.text
        assert shelf.versions("advance")[-1].note == "restored"


@pytest.mark.parametrize(("key", "name"), [("n", "my_function"), ("c", "advance_2")])
async def test_a_new_function_is_a_draft_until_it_is_applied(
    visit, base: Path, key: str, name: str
) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(one.app.screen, NamingScreen))
        await pilot.press("end", "x", "enter")
        await until(pilot, lambda: screen.bench.sheet.place.name == f"{name}x")
        assert load(base).get(f"{name}x") is None
        assert one.engine.reloads == 0
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "applied, version" in screen.bench.line)
        assert load(base).get(f"{name}x").origin == "user"
        assert one.engine.reloads == 1


async def test_a_function_is_disabled_enabled_deleted_and_brought_back(visit, base: Path) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        for key, line, is_there in (
            ("d", "advance disabled", False),
            ("d", "advance in use again", True),
            ("x", "advance deleted", False),
            ("u", "advance is back", True),
        ):
            await pilot.press(key)
            await until(pilot, lambda line=line: line in screen.bench.line)
            assert (load(base).get("advance") is not None) is is_there
            await until(
                pilot,
                lambda there=is_there: (
                    bool((e := screen.bench.entry("advance")) and not e.is_disabled) is there
                ),
            )
            await pilot.pause(0.05)
            screen._tree.select("advance")
            await pilot.pause(0.05)
        assert one.engine.reloads == 4


async def test_a_change_outside_is_taken_up_and_never_written_over(visit, base: Path) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        file = base / "blue/plan/advance.toml"
        theirs = file.read_text("utf-8") + "# theirs\n"
        file.write_text(theirs, "utf-8")
        await until(pilot, lambda: screen._edit.text == theirs)
        assert "changed outside: advance" in screen.bench.line
        assert one.engine.reloads == 1

        await write(pilot, screen, "# theirs", "# mine")
        one.app.visits.watcher.close()
        file.write_text(theirs + "# more of theirs\n", "utf-8")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "ctrl+s again applies yours" in screen.bench.line)
        assert file.read_text("utf-8").endswith("# more of theirs\n")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "applied, version" in screen.bench.line)
        assert file.read_text("utf-8").endswith("# mine\n")
        kept = [each.text for each in Shelf(base).versions("advance")]
        assert theirs + "# more of theirs\n" in kept


async def test_how_a_function_fared_in_saved_games_is_told(visit) -> None:
    one = visit()
    async with one.app.run_test(size=(120, 36)) as pilot:
        await enter(pilot, one)
        await until(pilot, lambda: "retrieved 9, chosen 4, then lost 0.25 a turn" in one.text())


async def test_the_game_waits_and_the_last_turn_is_decided_again(visit) -> None:
    one = visit("watch")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        play = one.app.screen
        await until(pilot, lambda: play.conductor.game.ply >= 1)
        screen = await enter(pilot, one)
        assert play.conductor.is_paused
        ply = play.conductor.game.ply
        assert screen.bench.sheet.place.name == "far_corner"
        await write(pilot, screen, 'when = "When', 'when = "Where')
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "applied, version 2" in screen.bench.line)
        one.engine.is_busy = True
        asked = [position for kind, position in one.engine.requests if kind == "decide"]
        assert play.conductor.game.ply == ply
        await pilot.press("escape", "escape")
        await until(pilot, lambda: one.app.screen is play)
        assert one.engine.requests[-1] == ("decide", format_position(one.position))
        assert play.conductor.game.ply == ply
        assert not play.conductor.is_paused
        await until(pilot, lambda: "decides again" in one.text())
        await pilot.press("D")
        await until(pilot, lambda: isinstance(one.app.screen, AgainScreen))
        again = one.app.screen.again
        assert again.before.stages[0].chosen.name == "far_corner"
        kind, position = one.engine.requests[-1]
        assert (kind, position) == ("decide", asked[again.ply])
        old = one.engine.settings[again.ply]
        assert one.engine.settings[-1] == {**old, "author": "none"}
        one.engine.answer(len(one.engine.requests))
        await until(pilot, lambda: again.is_done)
        assert "the same choice; the same move" in one.text()
        await pilot.press("escape")
        assert one.app.screen is play


async def test_a_move_in_the_sixth_column_can_be_typed(visit) -> None:
    one = visit("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        play = one.app.screen
        await until(pilot, lambda: play.conductor.is_persons_turn)
        await pilot.press("f", "5")
        await until(pilot, lambda: one.app.screen is play)
        assert play.hand.entry.text == "f5"
        await pilot.press("escape", "D")
        assert "LD has not decided" in one.text()
