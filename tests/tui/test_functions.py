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
from ld_tui.game.rules import Side
from ld_tui.tui import workbench
from ld_tui.tui.again import Again
from ld_tui.tui.screens.again import AgainScreen
from ld_tui.tui.screens.functions import FunctionsScreen
from ld_tui.tui.screens.naming import NamingScreen
from ld_tui.tui.screens.play import PlayScreen
from ld_tui.tui.screens.start import StartScreen
from ld_tui.tui.screens.versions import VersionsScreen
from ld_tui.tui.trace import CandidateRow, StageTrace, Trace

ADVANCE = Place("blue", "plan", "advance")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A copy of the shipped function base."""
    folder = tmp_path / "functionbase"
    shutil.copytree(paths.packaged_functionbase(), folder, ignore=lambda *_: ["index.ann"])
    return folder


@pytest.fixture
def visit(
    opened: Callable[..., Any], base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Any]]:
    """Return a function that makes an app over the copy, with an engine that really checks.

    It checks in the app's own thread, so every function is looked at only where that is wanted.
    """
    monkeypatch.setattr(workbench, "INSPECT_AFTER", 3600.0)
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


async def test_a_function_that_loads_and_fails_is_marked_in_the_tree(
    visit, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench, "INSPECT_AFTER", 0.1)
    file = base / "blue" / "plan" / "box_in.toml"
    whole = file.read_text()
    head = "def box_in(state, previous):\n"
    # Its examples are on boards of 8 and 10.
    wrong = f"{head}    if state['size'] not in (8, 10):\n        return 5\n"
    file.write_text(whole.replace(head, wrong))

    def label(screen: FunctionsScreen) -> str:
        leaves = {
            str(node.data): str(node.label) for node in screen._tree._leaves(screen._tree.root)
        }
        return leaves["box_in"]

    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        await until(pilot, lambda: label(screen) == "box_in fails")
        assert list(screen.bench.stock.failing) == ["box_in"]
        screen.bench.open(Place("blue", "plan", "box_in"))
        await until(pilot, lambda: screen.bench.sheet.place.name == "box_in")
        await until(pilot, lambda: screen.bench.sheet.problems)
        file.write_text(whole)
        screen.bench.changed_outside(("box_in",))
        await until(pilot, lambda: label(screen) == "box_in")
        assert not screen.bench.stock.failing


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
        # The nearest is shown, though what is open was found as well.
        await pilot.press("slash", *"far corner of the board")
        await until(pilot, lambda: screen.bench.stock.found is not None)
        (first, _), *others = screen.bench.stock.found
        assert names[0] in (first, *(name for name, _ in others))
        screen.bench.open(screen.bench.entry(others[2][0]).place)
        await pilot.press(*" where blue is not")
        await until(pilot, lambda: screen.bench.stock.found[0][0] == screen.bench.sheet.place.name)


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
        await until(pilot, lambda: "retrieved 9, chosen 4, lost 0.25 a turn" in one.text())


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
        await pilot.press("f")
        await until(pilot, lambda: isinstance(one.app.screen, FunctionsScreen))
        await pilot.press("5")
        await until(pilot, lambda: one.app.screen is play)
        assert play.hand.entry.text == "f5"
        await pilot.press("escape", "D")
        assert "LD has not decided" in one.text()


async def test_the_ends_of_a_wrapped_line_are_the_ends_of_the_line(visit) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        await pilot.press("enter")
        editor = screen._edit
        row = next(at for at, line in enumerate(editor.text.split("\n")) if line.startswith("when"))
        line = editor.document.get_line(row)
        assert len(line) > editor.size.width
        editor.move_cursor((row, 3))
        await pilot.press("end")
        assert editor.cursor_location == (row, len(line))
        await pilot.press("home")
        assert editor.cursor_location == (row, 0)
        await pilot.press("ctrl+k")
        assert editor.document.get_line(row) == ""
        await pilot.press("ctrl+u")
        assert editor.cursor_location == (row, 0)
        await pilot.press("ctrl+end")
        assert editor.cursor_location == editor.document.end
        await pilot.press("ctrl+home", "question_mark")
        assert editor.text.startswith("?")
        assert "F1 help" in one.text()


async def test_a_taken_name_is_refused_where_it_is_typed(visit) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(one.app.screen, NamingScreen))
        await pilot.press("ctrl+a", "ctrl+k", *"chase", "enter")
        await pilot.pause()
        assert isinstance(one.app.screen, NamingScreen)
        assert "there is a function chase already" in one.text()
        await pilot.press("ctrl+a", "ctrl+k", *"Chase", "enter")
        await pilot.pause()
        assert "the first a letter" in one.text()
        await pilot.press("escape")
        await until(pilot, lambda: one.app.screen is screen)


async def test_the_cursor_goes_on_from_what_is_deleted_and_to_what_is_back(visit) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: screen.bench.sheet.place.name == "chase")
        await pilot.press("x")
        await until(pilot, lambda: (s := screen.bench.sheet) and s.place.name == "close_ranks")
        assert screen.bench.line.startswith("chase deleted")
        await pilot.press("u")
        await until(pilot, lambda: screen._tree.current == "chase")
        assert screen.bench.line == "chase is back"
        await pilot.press("down")
        await until(pilot, lambda: screen.bench.sheet.place.name == "close_ranks")
        assert screen.bench.line == ""


async def test_a_name_is_found_before_what_is_near_in_meaning(visit) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        await pilot.press("slash", *"herd to")
        await until(pilot, lambda: screen.bench.stock.found is not None)
        found = screen.bench.stock.found
        assert found[:2] == (("herd_to_corner", None), ("herd_to_wall", None))
        assert all(distance is not None for _, distance in found[2:])
        assert len({name for name, _ in found}) == len(found)
        await until(pilot, lambda: "nearest in meaning first" in one.text())


async def test_a_function_without_versions_says_so(visit) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        await pilot.press("v")
        await until(pilot, lambda: "has no versions yet" in screen.bench.line)
        assert one.app.screen is screen


async def test_what_is_not_applied_is_told_when_one_comes_back_to_the_game(visit) -> None:
    one = visit("watch")
    async with one.app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        play = one.app.screen
        await until(pilot, lambda: play.conductor.game.ply >= 1)
        screen = await enter(pilot, one)
        name = screen.bench.sheet.place.name
        await write(pilot, screen, 'when = "When', 'when = "Where')
        await pilot.press("escape", "escape")
        await until(pilot, lambda: f"{name} is a draft; f, then ctrl+s applies it" in one.text())


def test_what_was_applied_and_not_found_is_named() -> None:
    before = Trace(Side.ORANGE, 1, "ld")
    after = Trace(Side.ORANGE, 1, "ld", move="f5f6")
    stage = StageTrace(1, 2, "plan", "", "", rows=[CandidateRow("far_corner", 0.5, "")])
    after.stages.append(stage)
    found = Again(0, None, before, after)
    applied = [
        Place("orange", "plan", "my_run"),
        Place("orange", "plan", "far_corner"),
        Place("blue", "plan", "my_hunt"),
    ]
    assert found.passed_over(applied) == ["my_run"]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
def test_the_whole_screen(visit, snap_compare: Any, size: tuple[int, int]) -> None:
    one = visit()

    async def look(pilot: Pilot[None]) -> None:
        screen = await enter(pilot, one)
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: screen.bench.sheet.place.name == "chase")
        await write(pilot, screen, "    top = ", "    top = = ")
        await until(pilot, lambda: screen.bench.sheet.problems)
        await pilot.press("escape")
        await until(pilot, lambda: screen.bench.entry("chase").has_draft)
        for _ in range(5):
            await pilot.pause(0.01)

    assert snap_compare(one.app, terminal_size=size, run_before=look)


async def test_a_long_line_that_differs_at_its_end_is_shown_to_its_end(visit, base: Path) -> None:
    shelf = Shelf(base)
    before = shelf.open(ADVANCE)
    assert 'the edge."' in before.text
    shelf.accept(ADVANCE, before.text.replace('the edge."', 'the rim."'), before.digest)
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        await enter(pilot, one)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(one.app.screen, VersionsScreen))
        await pilot.press("down")
        await until(pilot, lambda: "rim." in one.text() and "edge." in one.text())


async def test_a_click_opens_a_function_and_another_one_edits_it(visit) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        assert await pilot.click("#tree", offset=(6, 4))
        await until(pilot, lambda: screen.bench.sheet.place.name == "chase")
        assert not screen._edit.has_focus
        assert screen.query_one("#stock").display
        await pilot.click("#tree", offset=(6, 4))
        assert screen._edit.has_focus
        assert screen.bench.sheet.place.name == "chase"
