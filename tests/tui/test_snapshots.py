"""A few whole screens. After a change that is wanted: `pytest -k snapshots --snapshot-update`.

They are drawn by the Textual that constraints.txt names; another one may draw them otherwise.
"""

from typing import Any

from textual.pilot import Pilot


async def _settle(pilot: Pilot[None]) -> None:
    for _ in range(300):
        await pilot.pause(0.01)
        if pilot.app.engine.requests:
            break
    for _ in range(4):
        await pilot.pause(0.01)


def test_start(opened: Any, snap_compare: Any) -> None:
    one = opened("start", size=10)

    async def look(pilot: Pilot[None]) -> None:
        for _ in range(50):
            await pilot.pause(0.02)
            if "no unfinished game" in one.text():
                return

    assert snap_compare(one.app, terminal_size=(80, 24), run_before=look)


def test_a_turn_half_done_at_80x24(opened: Any, snap_compare: Any) -> None:
    one = opened("blue", size=10, seed=7)
    one.engine.strikes = [("hard_left", "f5 to f6: f6 is closed")]

    async def look(pilot: Pilot[None]) -> None:
        await _settle(pilot)
        await pilot.press("h", "enter")
        await _settle(pilot)
        await pilot.press("h", "u", "u")
        await _settle(pilot)

    assert snap_compare(one.app, terminal_size=(80, 24), run_before=look)


def test_stages_side_by_side_at_120x36(opened: Any, snap_compare: Any) -> None:
    one = opened("watch", size=10, seed=7)
    one.engine.is_busy = True

    async def look(pilot: Pilot[None]) -> None:
        await _settle(pilot)
        await pilot.press("space")
        one.engine.is_busy = False
        one.engine.answer(one.engine.open[-1])
        for ply in range(1, 6):
            await pilot.press("full_stop")
            while one.game.game.ply < ply:
                await _settle(pilot)
        await pilot.press("E")
        await _settle(pilot)

    assert snap_compare(one.app, terminal_size=(120, 36), run_before=look)


def test_letters_only(opened: Any, snap_compare: Any) -> None:
    one = opened("blue", size=6, ascii_only=True)

    async def look(pilot: Pilot[None]) -> None:
        await _settle(pilot)
        await pilot.press("h")
        await _settle(pilot)

    assert snap_compare(one.app, terminal_size=(80, 24), run_before=look)
