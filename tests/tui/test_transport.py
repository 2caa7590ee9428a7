"""Watching: pause, step, back, run on to a turning point or an emergency, take over."""

from typing import Any

import pytest
from textual.pilot import Pilot

from ld_tui.game.notation import format_move
from ld_tui.game.rules import Side, legal_moves
from ld_tui.tui.screens.play import PlayScreen
from ld_tui.tui.screens.replay import ReplayScreen
from tests.tui.test_replay import settle


class Losing:
    """Has the scripted engine play, in some turns, a move that it says lost two steps."""

    def __init__(self, engine: Any, plies: set[int]) -> None:
        self._decision = engine._decision
        self._plies = plies
        engine._decision = self

    def __call__(self, position: Any, player: str) -> list[dict[str, Any]]:
        found = self._decision(position, player)
        ply = 2 * position.steps + (position.to_move is Side.ORANGE)
        if ply in self._plies:
            found[-1]["move"] = format_move(legal_moves(position)[2])
        return found


async def watching(pilot: Pilot[None], one: Any) -> PlayScreen:
    """Pause before the first turn is played, however slow the machine is; it is decided."""
    one.engine.is_busy = True
    screen: PlayScreen = await settle(pilot, PlayScreen)
    for _ in range(300):
        if one.engine.open:
            break
        await pilot.pause(0.01)
    await pilot.press("space")
    one.engine.is_busy = False
    one.engine.answer(one.engine.open[-1])
    await pilot.pause(0.05)
    assert screen.conductor.is_paused
    assert screen.conductor.game.ply == 0
    return screen


async def until(pilot: Pilot[None], what: Any) -> None:
    for _ in range(3000):
        await pilot.pause(0.01)
        if what():
            break
    for _ in range(3):
        await pilot.pause(0.01)
    assert what()


async def test_it_runs_on_to_the_next_turning_point(opened) -> None:
    one = opened("watch", size=8)
    Losing(one.engine, {3, 7})
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await watching(pilot, one)
        for ply in (4, 8):
            await pilot.press("t")
            await until(pilot, lambda: not screen.run_on.is_running)
            assert screen.conductor.game.ply == ply
            assert screen.conductor.is_paused
            assert "stopped at a turning point: orange ?" in one.text()


async def test_it_runs_on_to_an_emergency(opened) -> None:
    one = opened("watch", size=8)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await watching(pilot, one)
        one.engine.is_busy = True
        await pilot.press("t")
        assert screen.run_on.is_running
        await pilot.press("E")
        await until(pilot, lambda: not screen.run_on.is_running)
        assert "stopped at an emergency" in one.text()


async def test_a_board_without_values_runs_to_its_end(opened) -> None:
    one = opened("watch", size=6)
    one.engine.analyze_error = "too large"
    Losing(one.engine, {3})
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await watching(pilot, one)
        await pilot.press("t")
        await until(pilot, lambda: screen.conductor.game.ply > 12 or screen.conductor.is_over)


@pytest.mark.parametrize("key", ["space", "full_stop", "b"])
async def test_a_key_ends_the_run(opened, key) -> None:
    one = opened("watch", size=8)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await watching(pilot, one)
        one.engine.is_busy = True
        await pilot.press("t", key)
        assert not screen.run_on.is_running
        assert screen.conductor.is_human(Side.BLUE) == (key == "b")


async def test_looking_back_does_not_stop_the_game(opened) -> None:
    one = opened("watch", size=8)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await watching(pilot, one)
        for ply in range(1, 5):
            await pilot.press("full_stop")
            await until(pilot, lambda ply=ply: screen.conductor.game.ply == ply)
        before = screen.conductor.game.record
        await pilot.press("comma")
        back = await settle(pilot)
        assert back.conductor.at == 3
        await pilot.press("comma", "comma")
        assert back.conductor.at == 1
        assert screen.conductor.game.record is before
        screen.conductor.step()
        await until(pilot, lambda: back.conductor.last == 5)
        assert back.conductor.at == 1
        await pilot.press("end")
        assert back.conductor.at == 5
        assert isinstance(pilot.app.screen, ReplayScreen)
        await pilot.press("full_stop")
        assert pilot.app.screen is screen
        assert screen.conductor.game.ply == 5


async def test_a_side_is_taken_over_while_its_program_thinks(opened) -> None:
    one = opened("watch", size=8)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await watching(pilot, one)
        await pilot.press("full_stop")
        await until(pilot, lambda: screen.conductor.game.ply == 1)
        one.engine.is_busy = True
        await pilot.press("full_stop")
        assert screen.conductor.is_thinking
        await pilot.press("o")
        assert screen.conductor.is_persons_turn
        assert screen.conductor.position.to_move is Side.ORANGE
        await pilot.press("o")
        assert screen.conductor.is_watching


async def test_a_decision_that_was_not_played_is_not_shown_to_who_takes_over(opened) -> None:
    one = opened("watch", size=8)
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await watching(pilot, one)
        game = screen.conductor
        await until(pilot, lambda: game.trace is not None and game.trace.is_done)
        assert game.game.ply == 0
        await pilot.press("b")
        assert game.is_persons_turn
        assert game.trace is None


async def test_the_key_of_looking_back_never_opens_the_settings(opened: Any) -> None:
    one = opened("watch")
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await watching(pilot, one)
        await pilot.press("comma")
        assert one.app.screen is screen
        assert "no turn is played yet" in one.text()
