"""What somebody meets who knows nothing but what the screens say."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ld_tui.game.notation import parse_position
from ld_tui.game.rules import Side
from ld_tui.tui.authoring import briefly
from ld_tui.tui.emergencies import LETTERS, SIGNS, force_text
from ld_tui.tui.screens.choice import ChoiceScreen
from ld_tui.tui.screens.config import ConfigScreen
from ld_tui.tui.screens.play import PlayScreen
from ld_tui.tui.screens.replay import ReplayScreen
from ld_tui.tui.screens.start import StartScreen
from ld_tui.tui.screens.tutorial import TutorialScreen
from ld_tui.tui.text import Line, plain
from ld_tui.tui.trace import CandidateRow, StageTrace, Trace
from ld_tui.tui.widgets.decision import DecisionPanel, DecisionView
from ld_tui.tui.widgets.keybar import KeyBar
from ld_tui.tui.widgets.moveline import MoveLine, MoveView


async def until(pilot: Pilot[None], done: Callable[[], object]) -> None:
    for _ in range(200):
        await pilot.pause(0.01)
        if done():
            return
    raise AssertionError("it never came")


def words(line: Line) -> str:
    return "".join(text for text, _ in line)


def bar(one: object, width: int = 78) -> str:
    """Return the key bar of the screen as it fits a width."""
    keys = one.app.screen.query_one(KeyBar)  # type: ignore[attr-defined]
    return words(keys.lines(width, 1)[0])


async def test_the_end_of_a_game_offers_what_comes_next(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await pilot.press("h", "enter")
        await until(pilot, lambda: one.game.game.ply == 2 and one.game.is_persons_turn)
        await pilot.press("R", "y")
        await until(pilot, lambda: one.game.is_over)
        await pilot.pause(0.01)
        shown = bar(one)
        for key in (", back", "a again", "z switch sides", "X export", "n new"):
            assert key in shown
        assert ", look back" in one.text()
        await pilot.press("comma")
        await until(pilot, lambda: isinstance(one.app.screen, ReplayScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))


async def test_the_comma_looks_back_in_a_game_that_is_played(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await pilot.press("comma")
        assert "no turn is played yet" in one.text()
        await pilot.press("h", "enter", "comma")
        await until(pilot, lambda: isinstance(one.app.screen, ReplayScreen))
        await pilot.press("escape", "f2")
        await until(pilot, lambda: isinstance(one.app.screen, ConfigScreen))


async def test_there_is_no_looking_back_in_the_fog(opened) -> None:
    one = opened("blue", size=10, seed=6)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        play = one.app.screen
        await pilot.press("h", "enter")
        await until(pilot, lambda: one.game.game.ply == 2)
        one.game.strike_kind("fog")
        assert one.game.sight.is_hidden
        await pilot.press("comma")
        assert one.app.screen is play
        assert play._move_line.view.problem.startswith("not in the fog")


async def test_keys_say_what_they_do_now(opened) -> None:
    one = opened("watch")
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await until(pilot, lambda: "e emergency" in bar(one))
        assert "space pause" in bar(one)
        await pilot.press("space")
        assert "space go on" in bar(one)


async def test_escape_with_nothing_to_leave_tells_the_ways_out(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await pilot.press("escape")
        assert "n: the start" in one.text()
        await pilot.press("escape")
        assert "n: the start" not in one.text()


async def test_a_game_is_exported_by_a_key(opened, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await pilot.press("h", "enter")
        await until(pilot, lambda: one.game.game.ply == 2)
        await pilot.press("X")
        assert isinstance(one.app.screen, ChoiceScreen)
        await pilot.press("t")
        await until(pilot, lambda: list(tmp_path.glob("*-blue-*.txt")))
        await pilot.press("comma")
        await until(pilot, lambda: isinstance(one.app.screen, ReplayScreen))
        assert "X export" in bar(one, 118)
        await pilot.press("X", "s")
        await until(pilot, lambda: list(tmp_path.glob("*-blue-*.svg")))


async def test_the_way_out_of_a_replay_stands_in_the_least_terminal(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await pilot.press("h", "enter", "comma")
        await until(pilot, lambda: isinstance(one.app.screen, ReplayScreen))
        assert "c branch" in bar(one)
        assert "esc leave" in bar(one)


async def test_after_the_guide_the_start_screen_offers_what_it_did(opened) -> None:
    one = opened("start", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        await pilot.press("l", "l", "left", "t")
        await until(pilot, lambda: isinstance(one.app.screen, TutorialScreen))
        await pilot.press("escape", "n")
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        wanted = one.app.screen.wanted("blue")
        assert wanted.size == 9
        assert one.app.screen._choices.level == "beginner"


async def test_the_panel_promises_no_stages_of_a_program_without(opened) -> None:
    one = opened("blue", opponent="greedy")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await until(pilot, lambda: "decides in no stages" in " ".join(one.text().split()))
        assert "S-LLM" not in one.text()


@pytest.mark.parametrize(("size", "sign"), [((80, 24), "go to a ◦"), ((120, 36), "go to a ring")])
async def test_the_move_line_names_targets_as_they_are_drawn(opened, size, sign) -> None:
    one = opened("blue")
    async with one.app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await pilot.pause(0.02)
        large = one.app.screen._board.scale > 1
        assert (sign in one.app.screen._move_line.view.advice) == (large == ("ring" in sign))


def test_a_question_that_just_fits_is_told_whole() -> None:
    question = "How should the blue dots step toward their targets?"
    stage = StageTrace(2, 2, "move", question, "")
    panel = DecisionPanel()
    narrow = panel._question(stage, len(question) + 2, 1)
    assert words(narrow[0]) == f"2 {question}"
    wide = panel._question(stage, len(question) + 4, 1)
    assert words(wide[0]) == f"2/2 {question}"


def test_candidates_without_room_are_counted() -> None:
    trace = Trace(Side.BLUE, 1, "ld")
    for number in (1, 2):
        stage = StageTrace(number, 2, "plan", "Where to?", "", shown="a1")
        stage.rows = [CandidateRow(f"f{at}", 0.5, "", 0.2) for at in range(5)]
        trace.stages.append(stage)
    panel = DecisionPanel()
    panel._view = DecisionView(trace)
    assert "4 hidden" in words(panel.lines(54, 12)[0])
    assert "hidden" not in words(panel.lines(54, 16)[0])


def test_what_a_function_is_worth_is_told_briefly() -> None:
    measured = (
        "loses 0.08 steps a turn in 24 positions near this one; the best of 9 others, dodge, 0.52"
    )
    assert briefly(measured) == "loses 0.08 a turn, dodge 0.52"
    assert briefly(measured.partition(";")[0]) == "loses 0.08 a turn"
    assert briefly("type: returns a number") == "type: returns a number"


def test_emergencies_in_force_are_named_by_sign_where_words_have_no_room() -> None:
    start = parse_position("10 b2,c4,h8 f5 b 0 0,0 -")
    struck = parse_position(
        "10 b2,c4,h8 f5 b 0 0,0 roadblock:d3,d4@9;jam:2@9;sprint@9;fog:2,f5@9;storm:1@9"
    )
    signs = force_text(struck, start, SIGNS)
    assert signs == "▒ ╳2 » ? ▓ to step 9"
    assert force_text(struck, start, LETTERS).isascii()
    line = MoveLine()
    line.show(MoveView("move", None, "x", "go", "", force_text(struck, start), signs))
    assert words(line.lines(22, 4)[-1]) == signs
    assert "roadblock" in words(line.lines(60, 4)[-1])
    assert plain(signs) == signs
    assert re.search("jam 2", force_text(struck, start))
    assert struck.to_move is Side.BLUE


async def test_a_clock_that_has_run_out_says_that_it_only_counts(opened) -> None:
    one = opened("blue", clock=60)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        one.app.screen._tick()
        assert not one.game.notes.has(
            "blue is over its time; the clock only counts, the game goes on"
        )
        one.game.clock._since -= 61
        one.app.screen._tick()
        one.app.screen._tick()
        told = [note.text for note in one.game.notes if "the clock only counts" in note.text]
        assert told == ["blue is over its time; the clock only counts, the game goes on"]


async def test_the_start_screen_points_at_what_was_played(opened) -> None:
    one = opened("watch")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await pilot.press("n")
        await until(pilot, lambda: "▸ w  Watch" in one.text())
