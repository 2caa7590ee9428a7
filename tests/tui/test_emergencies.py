"""Emergencies on the screen: what strikes, how it is drawn, what fog hides. State and text."""

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from ld_tui.arena.game import Game
from ld_tui.game.board import Cell, distance, parse_cell
from ld_tui.game.emergencies import Fog, Jam, Sprint, Storm
from ld_tui.game.notation import format_position, parse_move, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Move, Side, is_in_sight, legal_moves
from ld_tui.tui.history import move_lines
from ld_tui.tui.screens import play
from ld_tui.tui.screens.choice import ChoiceScreen
from ld_tui.tui.screens.play import HOLD, PlayScreen
from ld_tui.tui.widgets.board import Board
from ld_tui.tui.widgets.moveline import MoveLine

KEYS = {"r": "roadblock", "j": "jam", "s": "sprint", "f": "fog", "t": "storm"}


async def settle(pilot: Pilot[None]) -> None:
    """Wait for the first screen, then let messages and timers that are due do their work."""
    for _ in range(300):
        await pilot.pause(0.01)
        if pilot.app.engine.requests:
            break
    for _ in range(4):
        await pilot.pause(0.01)


def problem(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(MoveLine).view.problem


def told(one) -> list[str]:
    """Return the moves pane's lines as plain text."""
    return ["".join(text for text, _ in line) for line in move_lines(one.game, False)]


async def open_position(one, pilot: Pilot[None], notation: str, blue="human", orange="ld") -> None:
    """Put a game from a position on the screen."""
    record = GameRecord(parse_position(notation), PlayerSpec(blue), PlayerSpec(orange), 3)
    one.app._leave_game()
    await one.app.switch_screen(one.app._screen(Game(record)))
    await settle(pilot)


@pytest.mark.parametrize("key", KEYS)
async def test_each_emergency_strikes_from_the_menu(opened, key: str) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("e")
        await pilot.pause(2 * HOLD)
        assert isinstance(one.app.screen, ChoiceScreen)
        assert "What strikes?" in one.text()
        await pilot.press(key)
        await settle(pilot)
        assert isinstance(one.app.screen, PlayScreen)
        assert [change.kind for change in one.position.changes] == [KEYS[key]]
        assert any(f"{KEYS[key]}:" in line for line in told(one))
        assert f"{KEYS[key]}" in one.app.screen.query_one(MoveLine).view.force


@pytest.mark.parametrize("keys", [("escape",), ("down", "escape")], ids=["at once", "moved"])
async def test_the_menu_is_left_without_anything_striking(opened, keys) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("e", *keys)
        await settle(pilot)
        assert isinstance(one.app.screen, PlayScreen)
        assert not one.position.changes


async def test_the_menu_is_chosen_from_with_arrows_and_the_mouse(opened) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("e", "down", "down", "enter")
        await settle(pilot)
        assert one.position.rules.frozen
        await pilot.press("e")
        await pilot.pause(2 * HOLD)
        await settle(pilot)
        await pilot.click("Menu", offset=(3, 3))
        await settle(pilot)
        assert one.position.rules.orange_units == 2


async def test_an_emergency_while_the_engine_thinks_asks_anew(opened) -> None:
    one = opened("watch", size=10)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        first = one.engine.open[-1]
        await pilot.press("e", "j")
        await settle(pilot)
        assert first in one.engine.stopped
        decides = [where for kind, where in one.engine.requests if kind == "decide"]
        assert decides[-1] == format_position(one.position)
        assert "jam:" in decides[-1]


async def test_an_emergency_strikes_while_paused_and_nothing_moves(opened) -> None:
    one = opened("watch", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        await settle(pilot)
        ply = one.game.game.ply
        await pilot.press("e", "s")
        await settle(pilot)
        assert one.position.rules.orange_units == 2
        assert one.game.game.ply == ply
        assert one.game.is_paused


@pytest.mark.parametrize(
    ("key", "line"),
    [("s", "orange sprints already"), ("f", "there is fog already"), ("t", "closed the outer")],
)
async def test_a_second_one_that_would_change_nothing_is_refused(opened, key, line) -> None:
    one = opened("watch", size=10)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("e", key)
        await settle(pilot)
        await pilot.press("e", key)
        await settle(pilot)
        assert line in problem(pilot)
        assert len(one.position.changes) == 1


async def test_a_storm_on_a_board_too_small_is_refused_in_one_line(opened) -> None:
    one = opened("blue", size=6)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        one.game.strike(Storm(1))
        two = replace(one.position.changes[0], rings=2)
        with pytest.raises(Exception, match="leaves too little"):
            one.game.strike(two)
        assert len(one.position.changes) == 1


async def test_the_end_of_an_emergency_is_told(opened) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        one.game.strike(Jam(1, one.position.steps + 1))
        one.game.submit(legal_moves(one.position)[0])
        await settle(pilot)
        assert not one.position.changes
        assert told(one)[-1].strip() == "╳ jam over: blue dot 2 moves again"


@pytest.mark.parametrize(("letters", "sign"), [(False, "╳"), (True, "!")], ids=["glyphs", "ascii"])
async def test_a_jammed_dot_has_a_mark(opened, letters: bool, sign: str) -> None:
    one = opened("blue", size=10, ascii_only=letters)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        one.game.strike(Jam(1))
        board = one.app.screen.query_one(Board)
        where = board.region_of(one.position.blue[1])
        assert sign in board.render_line(where.y).text[where.x : where.right]


@pytest.mark.parametrize(("letters", "sign"), [(False, "»"), (True, ">")], ids=["glyphs", "ascii"])
async def test_a_sprinting_orange_has_a_mark(opened, letters: bool, sign: str) -> None:
    one = opened("blue", size=10, ascii_only=letters)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        one.game.strike(Sprint())
        board = one.app.screen.query_one(Board)
        where = board.region_of(one.position.orange)
        assert sign in board.render_line(where.y).text[where.x : where.right]


async def test_a_storms_cells_differ_from_a_roadblocks(opened) -> None:
    one = opened("watch", size=10)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("e", "t")
        await settle(pilot)
        await pilot.press("E")
        await settle(pilot)
        picture = one.app.screen.query_one(Board).picture
        assert Cell(0, 4) in picture.storm
        assert len(picture.closed - picture.storm) == 2
        assert "▓" in one.text()
        assert "▒▒" in one.text()


# Fog

FOGGY = "10 d7,a9,i4 {orange} b 3 0,0 fog:2,h9@20"
"""Blue sees nothing; orange was seen on h9 last."""


@pytest.mark.parametrize("letters", [False, True], ids=["glyphs", "ascii"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["small", "large"])
async def test_the_screen_says_nothing_of_where_orange_is_in_fog(
    opened, letters, size, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play, "HOLD", 0.0)
    screens = []
    for orange in ("c2", "f1", "h9"):
        one = opened("blue", size=10, ascii_only=letters)
        shown = []
        async with one.app.run_test(size=size) as pilot:
            await settle(pilot)
            await open_position(one, pilot, FOGGY.format(orange=orange))
            one.engine.strikes = [("hard_left", f"{orange} to a1: a1 is closed")]
            shown.append(one.text())
            for keys in ("h", "E", "v"):
                await pilot.press(*keys)
                await settle(pilot)
                shown.append(one.text())
            one.game.submit(parse_move("d7d9 a9c9 i4i6"))
            await settle(pilot)
            assert one.game.game.ply == 2
            assert not is_in_sight(one.position)
            shown.append(one.text())
            await pilot.press("pageup", "question_mark")
            await pilot.press("x")
            await settle(pilot)
            shown.append(one.text())
        screens.append(shown)
    for at, shown in enumerate(zip(*screens, strict=True)):
        assert len(set(shown)) == 1, f"the screens differ at look {at}"
    assert "fog: orange last seen at h9" in shown[0]
    assert "moves unseen" in shown[0]
    assert "par ?" in shown[0]


async def test_orange_is_drawn_where_it_was_seen_last_until_it_is_seen_again(opened) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await open_position(one, pilot, FOGGY.format(orange="c2"))
        board = one.app.screen.query_one(Board)
        assert board.picture.orange is None
        assert board.picture.ghost == parse_cell("h9")
        where = board.region_of(parse_cell("h9"))
        assert "?" in board.render_line(where.y).text[where.x : where.right]
        await pilot.press("h")
        await pilot.pause(2 * HOLD)
        assert "there is no hint in the fog" in problem(pilot)
        await pilot.press("E")
        assert "could betray where it is" in problem(pilot)
        one.game.take_over(Side.ORANGE)
        await settle(pilot)
        assert board.picture.orange == parse_cell("c2")
        assert board.picture.unseen


async def test_what_was_hidden_is_told_once_orange_is_seen(opened) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await open_position(one, pilot, "10 d7,a9,c5 c2 b 3 0,0 fog:2,h9@20")
        one.game.submit(max(legal_moves(one.position), key=lambda move: _nearest(move, one)))
        await settle(pilot)
        assert any("moves unseen" in line for line in told(one))
        one.game.submit(min(legal_moves(one.position), key=lambda move: _nearest(move, one)))
        await settle(pilot)
        assert is_in_sight(one.position)
        assert not any("moves unseen" in line for line in told(one))
        assert one.app.screen.query_one(Board).picture.orange == one.position.orange


def _nearest(move: Move, one) -> int:
    return min(distance(cell, one.position.orange) for cell in move.targets)


async def test_watching_orange_is_shown_and_marked_as_unseen(opened) -> None:
    one = opened("watch", size=10)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        far = max(
            (Cell(col, row) for col in range(10) for row in range(10)),
            key=lambda cell: distance(cell, one.position.orange),
        )
        one.game.strike(Fog(1, far))
        picture = one.app.screen.query_one(Board).picture
        assert picture.orange == one.position.orange
        assert picture.unseen is not is_in_sight(one.position)
        assert picture.ghost is None


async def test_a_key_that_begins_a_move_still_does_with_the_menu(opened) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("e", "5")
        await settle(pilot)
        assert isinstance(one.app.screen, PlayScreen)
        assert one.app.screen.hand.entry.text == "e5"
        await pilot.press("escape", "e", "5", "e", "7")
        assert one.app.screen.hand.entry.text == "e5e7"
