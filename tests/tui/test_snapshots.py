"""A few whole screens. After a change that is wanted: `pytest -k snapshots --snapshot-update`.

They are drawn by the Textual that constraints.txt names; another one may draw them otherwise.
"""

from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from ld_tui.game.board import parse_cell
from ld_tui.game.emergencies import Fog, Jam, Roadblock, Sprint, Storm


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


def test_start_with_a_map(opened: Any, snap_compare: Any) -> None:
    one = opened("start", size=10, map_name="halls")

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


def _jam_at_work(one: Any, *events: Any) -> Any:
    """Return what lets blue's program think about a jam, and tells these events of it."""
    one.engine.is_busy = True

    async def look(pilot: Pilot[None]) -> None:
        await _settle(pilot)
        one.game.strike(Jam(0, 8))
        await _settle(pilot)
        one.engine.tell(*events)
        await _settle(pilot)

    return look


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no second pass on the screen, though it does elsewhere."""
    clock = SimpleNamespace(monotonic=lambda: 0.0)
    for module in ("views", "conductor", "pace"):
        monkeypatch.setattr(f"ld_tui.tui.{module}.time", clock)


def test_a_function_is_drafted(opened: Any, author: Any, snap_compare: Any, still: None) -> None:
    one = opened("orange", size=10, seed=7)
    look = _jam_at_work(one, author.raised(), author.drafted(), author.checked("source"))
    assert snap_compare(one.app, terminal_size=(80, 24), run_before=look)


def test_a_check_fails(opened: Any, author: Any, snap_compare: Any, still: None) -> None:
    one = opened("orange", size=10, seed=7)
    look = _jam_at_work(one, *author.failed())
    assert snap_compare(one.app, terminal_size=(80, 24), run_before=look)


def test_a_function_is_admitted(opened: Any, author: Any, snap_compare: Any, still: None) -> None:
    one = opened("orange", size=10, seed=7)
    look = _jam_at_work(one, *author.done())
    assert snap_compare(one.app, terminal_size=(120, 36), run_before=look)


def test_the_new_function_among_the_candidates(
    opened: Any, author: Any, snap_compare: Any, still: None
) -> None:
    one = opened("orange", size=10, seed=7)
    one.engine.new = (author.name,)
    work = _jam_at_work(one, *author.done())

    async def look(pilot: Pilot[None]) -> None:
        await work(pilot)
        one.engine.answer(one.engine.open[-1])
        await _settle(pilot)
        await pilot.press("v")
        await _settle(pilot)

    assert snap_compare(one.app, terminal_size=(80, 24), run_before=look)


EMERGENCIES = {
    "roadblock": Roadblock((parse_cell("f4"), parse_cell("f5")), 8),
    "jam": Jam(2, 8),
    "sprint": Sprint(8),
    "fog": Fog(2, parse_cell("h2"), 8),
    "storm": Storm(1, 8),
}


@pytest.mark.parametrize("kind", EMERGENCIES)
def test_emergencies_at_80x24(opened: Any, snap_compare: Any, kind: str) -> None:
    one = opened("blue", size=10, seed=7)

    async def look(pilot: Pilot[None]) -> None:
        await _settle(pilot)
        one.game.strike(EMERGENCIES[kind])
        await _settle(pilot)

    assert snap_compare(one.app, terminal_size=(80, 24), run_before=look)


def test_all_emergencies_with_letters(opened: Any, snap_compare: Any) -> None:
    one = opened("blue", size=10, seed=7, ascii_only=True)

    async def look(pilot: Pilot[None]) -> None:
        await _settle(pilot)
        for emergency in EMERGENCIES.values():
            one.game.strike(emergency)
        await _settle(pilot)

    assert snap_compare(one.app, terminal_size=(80, 24), run_before=look)
