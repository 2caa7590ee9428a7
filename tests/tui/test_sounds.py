"""The bell: never unless it is wanted, then once for each turn of the person, blow and end."""

from typing import Any

import pytest

from ld_tui.config.load import Loaded, Origin, Source
from ld_tui.config.schema import BY_NAME
from ld_tui.game.emergencies import Jam
from tests.tui.test_config import until


@pytest.mark.parametrize("wanted", [True, False])
async def test_the_bell_rings_when_it_is_wanted(
    opened: Any, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Loaded().with_value(BY_NAME["sound"], wanted, Origin(Source.FILE))
    one = opened("blue", config=config)
    rung: list[int] = []
    monkeypatch.setattr(one.app, "bell", lambda: rung.append(1))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: hasattr(one.app.screen, "conductor"))
        await until(pilot, lambda: one.game.best_move() is not None)
        before = len(rung)
        await pilot.press("h", "enter")
        await until(pilot, lambda: one.game.is_over or one.game.game.ply == 2)
        await pilot.pause(0.05)
        assert len(rung) - before == int(wanted)
        one.game.strike(Jam(0, 8))
        await pilot.pause(0.05)
        assert len(rung) - before == 2 * int(wanted)
