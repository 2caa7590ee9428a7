"""What concerns the whole game: giving up, the best line, move now, the clock, two people."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from ld_tui.arena.levels import LEVELS
from ld_tui.arena.saves import list_saves, read_save
from ld_tui.config.load import Loaded, Origin, Source
from ld_tui.config.schema import BY_NAME
from ld_tui.game.notation import format_position
from ld_tui.game.record import PlayerSpec
from ld_tui.game.rules import Reason, Side
from ld_tui.tui.bestline import LONGEST
from ld_tui.tui.clock import clock_text
from ld_tui.tui.history import move_lines
from ld_tui.tui.screens.line import LineScreen
from ld_tui.tui.screens.start import Choices, StartScreen
from ld_tui.tui.settings import LD, OPPONENTS
from ld_tui.tui.widgets.board import Board
from ld_tui.tui.widgets.moveline import MoveLine
from ld_tui.tui.widgets.summary import SummaryPanel


async def until(pilot: Pilot[None], done: Callable[[], object]) -> None:
    for _ in range(300):
        await pilot.pause(0.01)
        if done():
            return
    raise AssertionError("it never came")


async def standing(pilot: Pilot[None]) -> None:
    """Wait until the game stands on the screen and what it is worth is known."""
    await until(pilot, lambda: pilot.app.engine.requests)
    await until(pilot, lambda: pilot.app.screen.conductor.is_persons_turn)
    await until(pilot, lambda: pilot.app.screen.conductor.best_move() is not None)


@pytest.mark.parametrize("side", ["blue", "orange"])
async def test_resigning_asks_and_loses(opened, side: str) -> None:
    one = opened(side)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await standing(pilot)
        await pilot.press("R", "n")
        assert not one.game.is_over
        await pilot.press("R", "y")
        await until(pilot, lambda: one.game.is_over)
        result = one.game.game.outcome
        assert (result.winner, result.reason) == (Side(side).other, Reason.RESIGNED)
        panel = one.app.screen.query_one(SummaryPanel)
        assert panel.display
        assert f"{side} gave up" in panel.view.text
        last = "".join(text for text, _ in move_lines(one.game, False)[-1])
        assert last.strip() == f"· {side} gave up"
        await pilot.press("u")
        assert not one.game.is_over


async def test_programs_cannot_be_resigned(opened) -> None:
    one = opened("watch")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.engine.requests)
        await pilot.press("R")
        assert not isinstance(one.app.screen, LineScreen)
        assert one.app.screen.conductor.game.outcome is None


@pytest.mark.parametrize("side", ["blue", "orange"])
async def test_a_hint_fills_in_a_best_move_of_either_side(opened, side: str) -> None:
    one = opened(side)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await standing(pilot)
        best, ply = one.game.best_move(), one.game.game.ply
        await pilot.press("h")
        await until(pilot, lambda: one.game.draft.is_complete)
        assert one.game.game.ply == ply
        await pilot.press("enter")
        await until(pilot, lambda: one.game.game.ply > ply)
        assert one.game.game.record.turns[ply].move == best


async def test_the_best_line_is_stepped_through_on_the_board(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await standing(pilot)
        before = format_position(one.game.position)
        game, board = one.game, one.app.screen.query_one(Board)
        await pilot.press("l")
        screen = one.app.screen
        assert isinstance(screen, LineScreen)
        line = screen._turns
        await until(pilot, lambda: line.is_whole)
        assert line.moves[0] == game.best_move()
        assert len(line.moves) == LONGEST or line.positions[-1] != game.position
        await pilot.press("right", "right")
        assert board.picture.blue == line.positions[2].blue
        assert board.picture.orange == line.positions[2].orange
        assert board.picture.trails
        await pilot.press("left", "end")
        assert screen.at == len(line.moves)
        await pilot.press("escape")
        assert board.picture.blue == game.position.blue
        assert format_position(game.position) == before


async def test_a_digit_after_l_types_a_move(opened) -> None:
    one = opened("blue", size=12)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await standing(pilot)
        await pilot.press("l", "5")
        await pilot.pause(0.01)
        assert one.app.screen.hand.entry.text == "l5"


async def test_there_is_no_line_where_the_board_is_not_solved(opened) -> None:
    one = opened("blue")
    one.engine.analyze_error = "too large"
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.engine.requests)
        await until(pilot, lambda: one.game.analyst.problem)
        await pilot.press("l")
        assert one.app.screen.query_one(MoveLine).view.problem == "there is no line: too large"


async def test_ld_moves_now_with_what_it_has_chosen(opened) -> None:
    one = opened("orange")
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.engine.open)
        stage = {"stage": 1, "stages": 2, "name": "plan", "question": "Where?", "state": "s"}
        names = ["a", "b"]
        one.engine.tell(
            {"event": "stage", **stage},
            {"event": "retrieved", "stage": 1, "names": names, "distances": [0.1, 0.2],
             "summaries": names, "ms": 1.0, "new": []},
            {"event": "selected", "stage": 1, "name": "b", "candidates": names,
             "probabilities": [0.2, 0.8], "by": "s-llm", "ms": 1.0},
        )  # fmt: skip
        await until(pilot, lambda: one.game.trace.stages)
        first = one.engine.open[-1]
        one.engine.is_busy = False
        await pilot.press("N")
        await until(pilot, lambda: one.game.game.ply == 1)
        assert first in one.engine.stopped
        asked = one.engine.settings[-1]
        assert (asked["select"], asked["author"], asked["chosen"]) == ("first", "none", ["b"])
        assert asked["seed"] == one.engine.settings[0]["seed"]
        assert one.game.game.record.blue.settings == LD
        await pilot.press("h", "enter")
        await until(pilot, lambda: one.game.game.ply == 3)
        assert "chosen" not in one.engine.settings[-1]


async def test_two_people_play_at_one_screen(opened) -> None:
    one = opened("blue", opponent="human")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await standing(pilot)
        assert not one.engine.open
        for ply in (1, 2, 3):
            await pilot.press("h", "enter")
            await until(pilot, lambda ply=ply: one.game.game.ply == ply)
            await until(pilot, lambda: one.game.best_move() is not None)
        assert not one.engine.open
        assert "● blue" in one.text()
        await pilot.press("u")
        assert one.game.game.ply == 2
        await pilot.press("R", "y")
        await until(pilot, lambda: one.game.is_over)
        assert one.game.game.outcome.winner is Side.ORANGE


async def test_the_clock_counts_and_is_kept(opened, tmp_path) -> None:
    one = opened("blue", clock=60)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await standing(pilot)
        await pilot.press("h")
        await pilot.pause(0.05)
        await pilot.press("enter")
        await until(pilot, lambda: one.game.game.ply == 2)
        clock, turns = one.game.clock, one.game.game.record.turns
        assert turns[0].ms >= 50
        assert clock.left(Side.BLUE) < 60 - turns[0].ms / 1000 + 0.001
        assert clock.left(Side.ORANGE) == 60 - turns[1].ms / 1000
        await pilot.press("w", "y")
        assert one.game.game.record.blue.settings["clock"] == 60
    saved = read_save(next(iter(list_saves(tmp_path / "saves"))).path)
    assert saved.orange.settings["clock"] == 60
    assert saved.turns[0].ms == turns[0].ms


def test_times_are_written_as_on_a_clock() -> None:
    assert [clock_text(each) for each in (300.0, 61.9, 0.4, -0.5, -63.2)] == [
        "5:00", "1:01", "0:00", "-0:00", "-1:03",
    ]  # fmt: skip


async def test_again_and_with_the_sides_switched(opened) -> None:
    strength = LEVELS["club"].settings()
    one = opened("blue", size=8, ld=strength, clock=180)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await standing(pilot)
        await pilot.press("R", "y")
        await until(pilot, lambda: one.game.is_over)
        await pilot.press("z")
        await until(pilot, lambda: not one.game.is_over)
        record = one.game.game.record
        assert record.orange == PlayerSpec("human", {"clock": 180})
        assert record.blue == PlayerSpec("ld", {**strength, "clock": 180})
        assert record.start.base.size == 8
        assert "LD club" in one.text()


async def test_a_game_that_is_over_is_looked_back_on(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await standing(pilot)
        await pilot.press("h", "enter")
        await until(pilot, lambda: one.game.game.ply == 2)
        await pilot.press("R", "y")
        await until(pilot, lambda: one.game.is_over)
        game, board = one.game, one.app.screen.query_one(Board)
        await pilot.press("L", "home")
        assert board.picture.blue == game.game.record.start.blue
        await pilot.press("L")
        assert board.picture.blue == game.position.blue


async def test_the_summary_names_the_biggest_mistake(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await standing(pilot)
        found = one.game.analysis
        bad = next(text for text, worth in found.moves.items() if worth.regret == 3)
        await pilot.press("m", *bad.replace(" ", ""), "enter")
        await until(pilot, lambda: one.game.game.ply == 2)
        await pilot.press("R", "y")
        await until(pilot, lambda: one.game.is_over)
        summary = one.app.screen.query_one(SummaryPanel).view.summary
        assert (summary.mistake.move, summary.mistake.best) == (bad, found.best)
        assert summary.mistake.lost == 3
        assert summary.sides[0].lost == 3
        assert summary.sides[0].marks[3] == 1


async def test_the_bell_rings_only_where_sound_is_on(opened, monkeypatch) -> None:
    rung: list[int] = []
    for sound, wanted in ((False, 0), (True, 1)):
        settings = Loaded().with_value(BY_NAME["sound"], sound, Origin(Source.FILE))
        one = opened("blue", config=settings)
        monkeypatch.setattr(one.app, "bell", lambda: rung.append(1))
        rung.clear()
        async with one.app.run_test(size=(80, 24)) as pilot:
            await standing(pilot)
            await pilot.press("h", "enter")
            await until(pilot, lambda one=one: one.game.game.ply == 2)
            await pilot.pause(0.02)
            assert len(rung) == wanted


async def test_the_start_screen_chooses_opponent_level_and_clock(opened) -> None:
    one = opened("start", size=6)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        choices = one.app.screen.query_one(Choices)
        await pilot.press("L", "c", "c")
        assert (choices.level, choices.clock) == ("club", 180)
        await pilot.press("x")
        await until(pilot, lambda: not isinstance(one.app.screen, StartScreen))
        record = one.game.game.record
        kinds = {record.blue.kind: record.blue, record.orange.kind: record.orange}
        assert kinds["ld"].settings == {**LEVELS["club"].settings(), "clock": 180}
        assert kinds["human"].settings == {"clock": 180}
        await pilot.press("n")
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        choices = one.app.screen.query_one(Choices)
        assert (choices.level, choices.clock, choices.size_chosen) == ("club", 180, 6)
        for opponent in OPPONENTS[1:]:
            await pilot.press("p")
            assert choices.opponent == opponent
            assert "level" not in "".join(
                text for line in choices.lines(51, 10) for text, _ in line
            )


async def test_settings_of_ones_own_can_be_chosen_again(opened) -> None:
    own = {"k": 2, "select": "s-llm", "temperature": 0.7}
    one = opened("start", ld=own)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        choices = one.app.screen.query_one(Choices)
        assert choices.level == "custom"
        assert "not measured" in one.text()
        await pilot.press("l", "L")
        assert choices.ld == own
