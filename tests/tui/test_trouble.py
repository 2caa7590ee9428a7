"""What is told when something fails, and what keys do then; asserted is state and text."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from ld_tui.game.board import format_cell
from ld_tui.game.rules import Side, legal_moves
from ld_tui.tui import views
from ld_tui.tui.history import move_lines
from ld_tui.tui.messages import EngineNotice
from ld_tui.tui.screens.play import PlayScreen
from ld_tui.tui.screens.resume import ResumeScreen
from ld_tui.tui.screens.start import StartScreen
from ld_tui.tui.widgets.moveline import MoveLine

NO_MODEL = "/home/somebody/models/SOME.txt: this is no GGUF file, and the end says why"


async def settle(pilot: Pilot[None]) -> None:
    """Wait for the first screen, then let messages and timers that are due do their work."""
    for _ in range(300):
        await pilot.pause(0.01)
        if pilot.app.engine.requests or isinstance(pilot.app.screen, StartScreen):
            break
    for _ in range(3):
        await pilot.pause(0.01)


def problem(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(MoveLine).view.problem


def told(opened) -> list[str]:
    """Return the moves pane's lines as plain text."""
    return ["".join(text for text, _ in line) for line in move_lines(opened.game, False)]


async def test_letters_typed_out_of_turn_are_no_keys(opened) -> None:
    one = opened("orange")
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("m", *"qewbx")
        assert one.app.is_running
        assert isinstance(one.app.screen, PlayScreen)
        assert one.app.screen.hand.picture().marked == frozenset()
        assert not one.game.is_human(Side.BLUE)
        assert "it is blue's turn, not yours" in problem(pilot)
        await pilot.press("enter")
        assert "nothing was played" in problem(pilot)
        await pilot.press("b")
        assert one.game.is_human(Side.BLUE)


async def test_a_line_opened_out_of_turn_serves_once_it_is_the_persons_turn(opened) -> None:
    one = opened("orange")
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("m")
        one.engine.answer(one.engine.open[-1])
        await settle(pilot)
        assert one.game.is_persons_turn
        target = format_cell(legal_moves(one.position)[0].targets[0])
        await pilot.press(*target, "enter")
        await settle(pilot)
        assert one.game.game.ply == 2


async def test_a_failure_is_told_once_whole_and_with_what_helps(opened) -> None:
    one = opened("orange")
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        one.engine.post({"id": None, "event": "error", "message": NO_MODEL})
        for _ in range(3):
            one.engine.post({"id": one.engine.open[-1], "event": "error", "message": NO_MODEL})
            await settle(pilot)
            assert one.game.trouble
            await pilot.press("full_stop")
            await settle(pilot)
        one.engine.post({"id": one.engine.open[-1], "event": "error", "message": NO_MODEL})
        await settle(pilot)
        assert sum(NO_MODEL in line for line in told(one)) == 1
        assert "b: you play blue" in problem(pilot)
        assert "the end says why" in " ".join(one.text().split())
        await pilot.press("b")
        await settle(pilot)
        assert "decides for blue" not in one.text()


async def test_another_program_goes_on_for_a_stuck_one_when_asked(opened) -> None:
    one = opened("orange")
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("g")
        assert one.game.game.record.blue.kind == "ld"
        one.engine.post({"id": one.engine.open[-1], "event": "error", "message": NO_MODEL})
        await settle(pilot)
        one.engine.is_busy = False
        await pilot.press("g")
        await settle(pilot)
        assert one.game.game.record.blue.kind == "greedy"
        assert one.game.game.ply == 1


async def test_what_happened_is_listed_in_the_order_of_time(opened) -> None:
    one = opened("orange", size=10)
    async with one.app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        one.game.note("a first note")
        here = format_cell(one.position.orange)
        await pilot.press("m", *f"{here}{here}", "enter")
        await pilot.press("E")
        await pilot.press("m", *f"{here}{here}", "enter")
        one.game.note("a last note")
        await settle(pilot)
        found = told(one)[1:]
        signs = [line.split()[0] for line in found]
        assert signs == ["·", "✗", "▒", "✗", "·"]
        assert "first" in found[0]
        assert "last" in found[-1]


async def test_only_what_works_is_offered_after_a_loss_by_illegal_choices(opened) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for _ in range(8):
            one.game.game.charge_illegal(Side.BLUE, "again")
        one.app.screen.changed()
        view = one.app.screen.hand.move_view()
        assert "blue made 8 illegal choices, 7 are forgiven" in view.advice
        assert "u takes back" not in view.advice


async def test_speed_is_shown_while_paused(opened) -> None:
    one = opened("watch")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        await settle(pilot)
        before = views.activity(one.game)
        assert before.startswith("paused, ")
        await pilot.press("plus")
        assert views.activity(one.game) != before
        assert views.activity(one.game) in one.text()


async def test_ctrl_c_tells_what_quits(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+c")
        assert problem(pilot) == "press q to quit"


@pytest.mark.parametrize("key", ["q", "escape", "x"])
async def test_every_key_closes_the_help(opened, key: str) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("question_mark")
        await pilot.pause(0.1)
        assert not isinstance(one.app.screen, StartScreen)
        await pilot.press(key)
        await pilot.pause(0.1)
        assert isinstance(one.app.screen, StartScreen)


async def test_unreadable_saves_are_named_and_q_quits_the_list(opened, tmp_path: Path) -> None:
    (tmp_path / "saves").mkdir()
    (tmp_path / "saves" / "20260101T000000-blue-abc.toml").write_text("format = what")
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for _ in range(50):
            await pilot.pause(0.02)
            if "can't be read" in one.text():
                break
        await pilot.press("r")
        for _ in range(50):
            await pilot.pause(0.02)
            if isinstance(one.app.screen, ResumeScreen):
                break
        await pilot.pause(0.1)
        assert "20260101T000000-blue-abc.toml: not TOML" in one.text()
        await pilot.press("enter")
        await pilot.pause(0.1)
        assert isinstance(one.app.screen, ResumeScreen)
        await pilot.press("q")
        await pilot.pause(0.1)
        assert one.engine.is_closed


async def test_an_engine_that_ended_is_not_said_to_be_loading(opened) -> None:
    one = opened("orange")
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        one.app.post_message(EngineNotice("The engine ended with exit code 2; restarted."))
        await settle(pilot)
        assert one.app.engine_line == "The engine ended with exit code 2; restarted."
        one.engine.start()
        await settle(pilot)
        assert one.app.engine_line.startswith("Ready")
