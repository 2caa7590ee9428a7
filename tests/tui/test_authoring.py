"""Functions written in emergencies: the panel, skipping, keeping. State and text."""

import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ld_tui.functionbase.store import load
from ld_tui.game.rules import Side
from ld_tui.tui.code import source_lines
from ld_tui.tui.history import move_lines
from ld_tui.tui.pace import DEFAULT_SPEED, LOOK, SPEEDS, Pace
from ld_tui.tui.screens.play import HOLD
from ld_tui.tui.widgets.author import AuthorPanel
from ld_tui.tui.widgets.decision import DecisionPanel

ROOT = Path(__file__).parents[2]


async def settle(pilot: Pilot[None]) -> None:
    """Wait for the first screen, then let messages and timers that are due do their work."""
    for _ in range(300):
        await pilot.pause(0.01)
        if pilot.app.engine.requests:
            break
    for _ in range(4):
        await pilot.pause(0.01)


def told(one) -> list[str]:
    """Return the moves pane's lines as plain text."""
    return ["".join(text for text, _ in line) for line in move_lines(one.game, False)]


async def until(pilot: Pilot[None], is_so) -> None:
    for _ in range(2000):
        if is_so():
            return
        await pilot.pause(0.02)
    raise AssertionError("it never was so")


async def jammed(one, pilot: Pilot[None]) -> None:
    """Let a jam strike before blue's program has decided."""
    await settle(pilot)
    await pilot.press("e", "j")
    await settle(pilot)


def thinking(opened, **more):
    one = opened("orange", size=10, **more)
    one.engine.is_busy = True
    return one


async def test_the_panel_shows_live_what_an_author_does(opened, author) -> None:
    one = thinking(opened)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await jammed(one, pilot)
        one.engine.tell(author.raised())
        await settle(pilot)
        assert one.app.screen.query_one(AuthorPanel).display
        assert not one.app.screen.query_one(DecisionPanel).display
        assert "composer writes for blue" in one.text()
        assert "jam: blue dot 1 can't move until step 8" in one.text()
        one.engine.tell(author.worked("move: 40 of 160 programs tried"))
        await settle(pilot)
        assert "40 of 160 programs tried" in one.text()
        one.engine.tell(author.drafted(), author.checked("source"))
        await settle(pilot)
        assert f"def {author.name}(state, previous):" in one.text()
        assert "✓ source" in one.text()
        one.engine.tell(author.checked("legal", False, "it moves the jammed dot"))
        await settle(pilot)
        assert "✗ legal  it moves the jammed dot" in one.text()
        one.engine.tell(author.refused("legal: it moves the jammed dot"))
        one.engine.tell(author.drafted(attempt=2))
        await settle(pilot)
        assert "✗ draft 1 refused: legal" in one.text()
        assert "draft 2" in one.text()
        one.engine.tell(author.admitted())
        await settle(pilot)
        assert "✓ admitted: loses 0.21 steps" in one.text()


async def test_a_text_that_streams_in_is_shown_from_its_end(opened, author) -> None:
    one = thinking(opened)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await jammed(one, pilot)
        one.engine.tell(author.raised())
        for number in range(40):
            one.engine.tell(author.worked(f"line {number}\n", is_piece=True))
        await settle(pilot)
        assert "is being written" in one.text()
        assert "line 39" in one.text()
        assert "line 0\n" not in one.text()


async def test_what_strangers_wrote_steers_nothing(opened, author) -> None:
    one = thinking(opened)
    evil = 'def f():\n    return "[bold red]x[/] \x1b[31m\x07\u202e"\t# [link=x]\n'
    async with one.app.run_test(size=(80, 24)) as pilot:
        await jammed(one, pilot)
        one.engine.tell(author.raised("[blink]flood[/]\x1b]0;x\x07"), author.drafted(evil))
        one.engine.tell(author.checked("legal", False, "[/]\x1b[2J\nno"))
        await settle(pilot)
        shown = one.text()
        assert "[bold red]x[/]" in shown
        assert "[blink]flood[/]" in shown
        assert not any(char in shown for char in "\x1b\x07\u202e")


def test_source_is_colored_and_harmless() -> None:
    line = source_lines("def f(x):  # \x1b[1m")[0]
    assert line[0] == ("def", "title")
    assert ("f", "strong") in line
    assert line[-1] == ("#  [1m", "quiet")
    assert "".join(text for text, _ in source_lines("a = 'it\\'s' + \"open")[0]) == (
        "a = 'it\\'s' + \"open"
    )


async def test_the_new_function_stands_among_the_candidates(opened, author) -> None:
    one = thinking(opened)
    one.engine.new = (author.name,)
    async with one.app.run_test(size=(120, 36)) as pilot:
        await jammed(one, pilot)
        one.engine.tell(*author.done())
        one.engine.answer(one.engine.open[-1])
        await settle(pilot)
        assert one.game.game.ply == 1
        assert one.app.screen.query_one(AuthorPanel).display
        await pilot.press("v")
        assert one.app.screen.query_one(DecisionPanel).display
        row = next(line for line in one.text().splitlines() if "jam_move" in line and "%" in line)
        assert "new" in row
        assert any(f"{author.name} is new: loses 0.21" in line for line in told(one))
        await pilot.press("v")
        assert one.app.screen.query_one(AuthorPanel).display


async def test_the_panel_gives_way_to_the_decision_after_a_while(
    opened, author, monkeypatch
) -> None:
    monkeypatch.setattr("ld_tui.tui.pace.LOOK", 0.2)
    one = thinking(opened)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await jammed(one, pilot)
        one.engine.tell(*author.done())
        one.engine.answer(one.engine.open[-1])
        await settle(pilot)
        await until(pilot, lambda: one.app.screen.query_one(DecisionPanel).display)


@pytest.mark.parametrize(
    ("speed", "seconds"),
    [(DEFAULT_SPEED, LOOK), (0, 2 * LOOK), (len(SPEEDS) - 1, 0.0)],
    ids=["default", "slowest", "fastest"],
)
def test_watching_the_turn_waits_for_the_panel_as_the_speed_says(speed, seconds) -> None:
    pace = Pace(speed)
    assert pace.work_done(watching=True) == seconds
    assert pace.delay() == pytest.approx(seconds + SPEEDS[speed], abs=0.1)


async def test_an_author_is_skipped_and_not_asked_for_this_again(opened, author) -> None:
    one = thinking(opened)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await jammed(one, pilot)
        one.engine.tell(author.raised(), author.worked("40 programs"))
        await settle(pilot)
        first = one.engine.open[-1]
        assert "author" not in one.engine.settings[-1]
        await pilot.press("x")
        await settle(pilot)
        assert first in one.engine.stopped
        assert one.engine.settings[-1]["author"] == "none"
        assert not one.app.screen.query_one(AuthorPanel).display
        one.engine.answer(one.engine.open[-1])
        await settle(pilot)
        one.game.take_over(Side.ORANGE)
        await settle(pilot)
        assert one.game.game.ply == 1
        assert one.engine.settings[-1]["author"] == "none"
        await pilot.press("E")
        await settle(pilot)
        assert "author" not in one.engine.settings[-1]


async def test_the_help_has_room_for_the_keys_of_an_emergency(opened, author) -> None:
    one = opened("watch", size=10)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await jammed(one, pilot)
        one.engine.tell(*author.done(), author.raised())
        await settle(pilot)
        await pilot.press("question_mark")
        await settle(pilot)
        for words in (
            "Choose what strikes",
            "Let nothing be written",
            "Keep a new function",
            "Show what was written",
            "lost 1, 2, more steps",
        ):
            assert words in one.text()


async def test_a_dead_engine_begins_the_panel_anew(opened, author) -> None:
    one = thinking(opened)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await jammed(one, pilot)
        one.engine.tell(author.raised(), author.drafted())
        await settle(pilot)
        one.engine.tell({"event": "again"})
        await settle(pilot)
        assert one.game.trace.authoring is None
        assert author.name not in one.text()


async def test_the_board_stays_usable_while_an_author_works(opened, author) -> None:
    one = thinking(opened)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await jammed(one, pilot)
        one.engine.tell(author.raised(), author.drafted())
        await settle(pilot)
        await pilot.press("b")
        await settle(pilot)
        assert one.game.is_persons_turn
        assert not one.app.screen.query_one(AuthorPanel).display
        await pilot.press("h")
        await pilot.pause(2 * HOLD)
        assert one.game.draft.is_complete


async def test_in_fog_what_is_written_for_orange_is_hidden_from_blue(opened, author) -> None:
    from ld_tui.game.emergencies import Fog
    from ld_tui.game.rules import distance, legal_moves

    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        orange = one.position.orange
        one.engine.is_busy = True
        one.game.strike(Fog(1, orange))
        one.game.submit(
            max(
                legal_moves(one.position), key=lambda m: min(distance(c, orange) for c in m.targets)
            )
        )
        await settle(pilot)
        one.engine.tell(*author.failed())
        await settle(pilot)
        assert one.app.screen.query_one(AuthorPanel).display
        assert "composer writes for orange" in one.text()
        assert "def " not in one.text()
        assert "jammed dot" not in one.text()


# Keeping


async def written(one, pilot: Pilot[None], author) -> None:
    """Let an author write and the decision be made."""
    await jammed(one, pilot)
    one.engine.tell(*author.done())
    one.engine.answer(one.engine.open[-1])
    await settle(pilot)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "functionbase"
    shutil.copytree(ROOT / "functionbase", folder)
    return folder


async def test_a_function_is_kept_and_the_engine_told(opened, author, base: Path) -> None:
    one = thinking(opened)
    async with one.app.run_test(size=(120, 36)) as pilot:
        await written(one, pilot, author)
        await pilot.press("K")
        await until(pilot, lambda: one.engine.reloads)
        path = base / "blue" / "move" / f"{author.name}.toml"
        assert path.read_text() == author.manual()
        kept = load(base).get(author.name)
        assert kept is not None
        assert (kept.origin, kept.provenance.author) == ("emergency", "composer")
        assert sum(f"kept: blue/move/{path.name} in {base}" in line for line in told(one)) == 1
        assert f"kept: blue/move/{author.name}.toml in" in one.text()
        await pilot.press("K")
        await until(pilot, lambda: any("is kept already" in line for line in told(one)))
        assert one.engine.reloads == 1


async def test_one_of_several_functions_is_kept(opened, author, base: Path) -> None:
    one = thinking(opened)
    async with one.app.run_test(size=(120, 36)) as pilot:
        await jammed(one, pilot)
        one.engine.tell(*author.done(), author.admitted("jam_move_other"))
        one.engine.answer(one.engine.open[-1])
        await settle(pilot)
        await pilot.press("K")
        await settle(pilot)
        assert "Keep which" in one.text()
        await pilot.press("down", "enter")
        await until(pilot, lambda: one.engine.reloads)
        assert load(base).get("jam_move_other") is not None
        assert load(base).get(author.name) is None


async def test_another_function_of_the_same_name_is_not_overwritten(
    opened, author, base: Path
) -> None:
    path = base / "blue" / "move" / f"{author.name}.toml"
    path.write_text(author.manual().replace("Every dot", "Each dot"))
    one = thinking(opened)
    async with one.app.run_test(size=(120, 36)) as pilot:
        await written(one, pilot, author)
        await pilot.press("K")
        await until(pilot, lambda: any("another function of this name" in x for x in told(one)))
        assert "Each dot" in path.read_text()
        assert not one.engine.reloads


async def test_a_folder_that_cannot_be_written_is_told(opened, author, base: Path) -> None:
    shutil.rmtree(base / "blue" / "move")
    (base / "blue" / "move").write_text("a file where the folder should be")
    one = thinking(opened)
    async with one.app.run_test(size=(120, 36)) as pilot:
        await written(one, pilot, author)
        await pilot.press("K")
        await until(pilot, lambda: any("can't be written" in line for line in told(one)))
        assert not one.engine.reloads


async def test_a_folder_that_is_no_function_base_is_told(opened, author) -> None:
    one = thinking(opened)
    async with one.app.run_test(size=(120, 36)) as pilot:
        await written(one, pilot, author)
        await pilot.press("K")
        await until(pilot, lambda: any("not kept:" in line for line in told(one)))
        assert sum("not kept:" in line for line in told(one)) == 1


async def test_functions_of_a_saved_game_can_still_be_kept(opened, author, base: Path) -> None:
    first = thinking(opened)
    async with first.app.run_test(size=(80, 24)) as pilot:
        await written(first, pilot, author)
        await pilot.press("q")
    again = opened("resume")
    async with again.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: hasattr(again.app.screen, "conductor"))
        await settle(pilot)
        assert [event.name for event in again.game.written] == [author.name]
        await pilot.press("K")
        await until(pilot, lambda: again.engine.reloads)
        assert load(base).get(author.name) is not None
