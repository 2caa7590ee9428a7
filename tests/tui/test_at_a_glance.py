"""What a person sees and does without thinking: panels, trails, seconds, worth, pace, undo."""

import re
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from ld_tui.tui.pace import SPEEDS
from ld_tui.tui.screens.play import PlayScreen
from ld_tui.tui.widgets.board import Board
from ld_tui.tui.widgets.decision import DecisionPanel
from tests.tui.test_functions import base, enter, visit, write

__all__ = ["base", "visit"]


async def until(pilot: Pilot[None], wanted: Callable[[], object]) -> None:
    for _ in range(500):
        if wanted():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never was so")


async def test_panels_give_way_to_a_larger_board(opened: Any) -> None:
    one = opened("blue", size=8)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await until(pilot, lambda: one.engine.requests)
        board, panel = one.app.screen.query_one(Board), one.app.screen.query_one(DecisionPanel)
        assert board.scale == 1
        await pilot.press("s")
        await until(pilot, lambda: board.scale == 2)
        assert not panel.region
        assert board.region_of(one.position.orange).size == (4, 2)
        await pilot.press("s")
        await until(pilot, lambda: board.scale == 1)
        assert panel.region


async def test_the_last_moves_of_both_stay_on_the_board(opened: Any) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await until(pilot, lambda: one.engine.requests)
        board = one.app.screen.query_one(Board)
        assert not board.picture.trails
        await pilot.press("h", "enter")
        await until(pilot, lambda: one.game.game.ply == 2)
        await until(pilot, lambda: board.picture.trails)
        left = {cell for turn in one.game.game.record.turns for cell in turn.move.sources}
        stand = {*one.position.blue, one.position.orange}
        assert left - stand <= set(board.picture.trails)


async def test_thinking_is_shown_with_its_seconds(opened: Any) -> None:
    one = opened("orange")
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.engine.open)
        await until(pilot, lambda: "thinking" in one.text())
        one.game.thinking_since -= 42
        await until(pilot, lambda: re.search(r"thinking 4\d s", one.text()))
        one.engine.is_busy = False
        one.engine.answer(one.engine.open[-1])
        await until(pilot, lambda: one.game.is_persons_turn)
        await until(pilot, lambda: "thinking" not in one.text())
        assert "40 ms" in one.text()


async def test_what_the_game_is_worth_follows_the_moves(opened: Any) -> None:
    one = opened("blue", size=8)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.engine.requests)
        seen = []
        for ply in (0, 2):
            await until(pilot, lambda ply=ply: one.game.game.ply == ply and one.game.analysis)
            value = one.game.analysis.value
            await until(pilot, lambda value=value: f"capture in {value}" in one.text())
            (line,) = [line for line in one.text().splitlines() if "▕" in line]
            assert f"capture in {value}" in line
            seen.append(value)
            await pilot.press("h", "enter")
        assert seen[0] != seen[1]


async def test_a_bad_move_is_marked_at_once(opened: Any) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, PlayScreen))
        await until(pilot, lambda: one.game.analysis)
        assert "??" not in one.text()
        bad = next(text for text, worth in one.game.analysis.moves.items() if worth.regret == 3)
        await pilot.press("m", *bad.replace(" ", ""), "enter")
        await until(pilot, lambda: one.game.game.ply == 2)
        await until(pilot, lambda: "??" in one.text())
        (line,) = [line for line in one.text().splitlines() if "??" in line]
        assert bad[:4] in line


async def test_watching_a_turn_stands_as_long_as_is_chosen(opened: Any) -> None:
    one = opened("watch", turn_seconds=4.0)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.engine.open)
        asked: list[float] = []
        one.app.screen.later = lambda seconds, call: asked.append(seconds)
        assert SPEEDS[one.game.speed] == 4.0
        one.game.pace.turn_done()
        one.engine.answer(one.engine.open[-1])
        await until(pilot, lambda: asked)
        assert 0 < asked[0] <= 4.0
        assert one.game.game.ply == 0
        await pilot.press(*["plus"] * len(SPEEDS))
        assert SPEEDS[one.game.speed] == 0


async def test_what_was_typed_into_a_function_is_undone(visit: Any) -> None:
    one = visit()
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await enter(pilot, one)
        before = screen._edit.text
        await write(pilot, screen, "summary =", "nothing =")
        assert screen._edit.text != before
        await pilot.press("ctrl+z")
        await until(pilot, lambda: screen._edit.text == before)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: "nothing =" in screen._edit.text)
        await pilot.press("ctrl+z")
