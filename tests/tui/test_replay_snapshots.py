"""Two whole screens of replays; see test_snapshots.py."""

from typing import Any

from textual.pilot import Pilot

from ld_tui.tui.screens.what_if import WhatIfScreen
from tests.tui.test_replay import played, saved, settle
from tests.tui.test_what_if import SideBySideScreen, until_over

__all__ = ["saved"]


def test_a_turning_point_at_80x24(opened: Any, saved: Any, snap_compare: Any) -> None:
    one = opened("start", replay=saved(played()))

    async def look(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await pilot.press("t")
        await pilot.pause(0.05)

    assert snap_compare(one.app, terminal_size=(80, 24), run_before=look)


def test_what_would_have_been_at_120x36(opened: Any, saved: Any, snap_compare: Any) -> None:
    one = opened("start", replay=saved(played()))

    async def look(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await pilot.press("3", "enter", "x")
        await settle(pilot, WhatIfScreen)
        await pilot.press("e", "g")
        screen = await settle(pilot, SideBySideScreen)
        await until_over(pilot, screen)
        await pilot.press("home", "right", "right")
        for _ in range(200):
            if len(screen.game.reviews.found) == screen.game.game.ply:
                break
            await pilot.pause(0.02)
        await pilot.pause(0.05)

    assert snap_compare(one.app, terminal_size=(120, 36), run_before=look)
