"""Counterfactuals: a game continued with a change, beside what it was."""

import shutil
import sys
from pathlib import Path

import pytest

from ld_tui.arena.players import decision_seed
from ld_tui.arena.saves import list_saves, read_save, write_save
from ld_tui.game.notation import format_move
from ld_tui.game.record import PlayerSpec
from ld_tui.game.rules import Side
from ld_tui.tui.counterfactual import Change, compared, continued, still_due
from ld_tui.tui.screens.replay import ReplayScreen
from ld_tui.tui.screens.side_by_side import SideBySideScreen
from ld_tui.tui.screens.what_if import WhatIfScreen
from tests.tui.test_replay import LD, STRUCK, played, settle

HUMAN = PlayerSpec("human")


def saved(tmp_path: Path, record) -> Path:
    path = tmp_path / "saves" / "game.toml"
    path.parent.mkdir(exist_ok=True)
    write_save(path, record)
    return path


async def until_over(pilot, screen) -> None:
    for _ in range(6000):
        await pilot.pause(0.01)
        if screen.game.is_over:
            break
    for _ in range(4):
        await pilot.pause(0.01)
    assert screen.game.is_over


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (Change(), ""),
        (Change(k=3, drops=True), "K 3, no emergency"),
        (Change(select="first", model="m.gguf"), "first selects, model m.gguf"),
        (Change(functionbase="base"), "functions of base"),
    ],
)
def test_a_change_is_said_in_words(change: Change, text: str) -> None:
    assert change.text == text


def test_another_model_is_another_engines() -> None:
    change = Change(model="m.gguf", functionbase="base")
    assert change.needs_engine
    assert change.command(["engine", "--model", "old.gguf"])[-4:] == (
        "--model", "m.gguf", "--functionbase", "base",
    )  # fmt: skip
    assert not Change(k=2).needs_engine


def test_a_continuation_has_the_seed_the_turns_and_programs_only() -> None:
    record = played(orange=HUMAN)
    new = continued(record, 4, Change(k=3), "game.toml")
    assert new.turns == record.turns[:4]
    assert new.seed == record.seed
    assert new.result is None
    assert [new.player(side).settings["k"] for side in Side] == [3, 3]
    assert new.parent.text == "game.toml after turn 4; K 3"


@pytest.mark.parametrize(("ply", "drops", "begun", "due"), [
    (STRUCK - 1, False, 0, 1), (STRUCK - 1, True, 0, 0),
    (STRUCK, False, 1, 0), (STRUCK, True, 0, 0), (STRUCK + 1, True, 1, 0),
])  # fmt: skip
def test_emergencies_strike_again_or_do_not(ply: int, drops: bool, begun: int, due: int) -> None:
    """One in force before the turn that is gone on from stays: it was there."""
    record, change = played(), Change(drops=drops)
    assert len(continued(record, ply, change, "").struck) == begun
    assert len(still_due(record, ply, change)) == due


async def test_it_is_played_on_and_shown_beside_what_was(opened, tmp_path) -> None:
    record = played(result=True)
    path = saved(tmp_path, record)
    one = opened("start", size=8, replay=path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("3", "enter", "x")
        form = await settle(pilot, WhatIfScreen)
        await pilot.press("g")
        assert pilot.app.screen is form
        await pilot.press("k", "k", "k", "left", "e")
        assert form.change == Change(k=2, drops=True)
        await pilot.press("g")
        screen = await settle(pilot, SideBySideScreen)
        await until_over(pilot, screen)
        first = one.engine.settings[0]
        assert first["k"] == 2
        assert first["seed"] == decision_seed(record.seed, 3)
        new = screen.game.game.record
        assert new.struck == ()
        rows = [half.view.rows for half in screen._halves]
        assert [row.move for row in rows[0]] == [format_move(t.move) for t in record.turns[3:]]
        assert [row.move for row in rows[1]] == [format_move(t.move) for t in new.turns[3:]]
        assert rows[0][0].differs
        assert "turn 4 differs first" in one.text()
        screen._saver.flush(2.0)
        await pilot.press("enter")
        look = await settle(pilot, ReplayScreen)
        assert look.conductor.whole.record.turns == new.turns
    (entry,) = [each for each in list_saves(path.parent) if each.path != path]
    assert read_save(entry.path).parent.change == "K 2, no emergency"


async def test_emergencies_strike_at_the_turns_at_which_they_did(opened, tmp_path) -> None:
    record = played()
    one = opened("start", size=8, replay=saved(tmp_path, record))
    async with one.app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("3", "enter", "x")
        await settle(pilot, WhatIfScreen)
        await pilot.press("s", "g")
        screen = await settle(pilot, SideBySideScreen)
        await until_over(pilot, screen)
        assert screen.change == Change(select="s-llm")
        assert [(item.ply, item.emergency) for item in screen.game.game.record.struck] == [
            (item.ply, item.emergency) for item in record.struck
        ]


async def test_both_boards_are_looked_through(opened, tmp_path) -> None:
    one = opened("start", size=8, replay=saved(tmp_path, played()))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("3", "enter", "x")
        await settle(pilot, WhatIfScreen)
        await pilot.press("k", "g")
        screen = await settle(pilot, SideBySideScreen)
        await until_over(pilot, screen)
        await pilot.press("home")
        boards = [board.picture for board in screen._boards]
        assert (boards[0].blue, boards[0].orange) == (boards[1].blue, boards[1].orange)
        await pilot.press("right")
        assert [half.view.shown for half in screen._halves] == [0, 0]
        await pilot.press("end")
        assert screen._halves[1].view.shown == screen.game.game.ply - 4
        await pilot.press("escape")
        await settle(pilot)


async def test_a_path_that_is_not_there_is_refused(opened, tmp_path) -> None:
    one = opened("start", size=8, replay=saved(tmp_path, played()))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("x")
        form = await settle(pilot, WhatIfScreen)
        await pilot.press("m", *"nowhere", "enter")
        await pilot.pause()
        assert form.change.model is None
        assert "nowhere: there is no such file" in one.text()
        await pilot.press("escape", "escape")
        await settle(pilot)


def test_games_are_compared_in_words() -> None:
    from ld_tui.arena.game import Game

    old, other = Game(played(result=True)), Game(played(7))
    assert compared(old, old, 3) == "the same moves to the end"
    assert compared(old, other, 3) == "playing…"
    other.resign(Side.ORANGE)
    assert compared(old, other, 3) == "turn 8 differs first; 1 step fewer"


@pytest.mark.slow
async def test_another_function_base_plays_with_an_engine_of_its_own(opened, tmp_path) -> None:
    """With the real engine: a base without one function can't choose it."""
    base = tmp_path / "other"
    shutil.copytree(Path(__file__).parents[2] / "functionbase", base)
    (base / "blue" / "plan" / "box_in.toml").unlink()
    one = opened("start", size=8, replay=saved(tmp_path, played(4, orange=LD)))
    command = (sys.executable, "-m", "ld_tui", "engine")
    object.__setattr__(one.app.setup, "engine_command", command)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = SideBySideScreen(played(4), 4, Change(functionbase=str(base)), None, False)
        await pilot.app.push_screen(screen)
        for _ in range(3000):
            await pilot.pause(0.02)
            if screen.game.game.ply >= 8:
                break
        turns = screen.game.game.record.turns[4:]
        assert len(turns) >= 4
        names = {name for turn in turns for event in turn.events for name in event.get("names", ())}
        assert names
        assert "box_in" not in names
