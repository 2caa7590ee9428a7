"""The play screen, driven by keys and the mouse; what is asserted is the game, not the picture."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from ld_tui.arena.saves import latest_unfinished, read_save
from ld_tui.game.board import Cell, distance, format_cell
from ld_tui.game.notation import format_move, format_position
from ld_tui.game.rules import Side, legal_moves
from ld_tui.tui.screens import play
from ld_tui.tui.screens.play import HOLD, PlayScreen
from ld_tui.tui.screens.start import StartScreen
from ld_tui.tui.widgets.board import Board
from ld_tui.tui.widgets.moveline import MoveLine


async def settle(pilot: Pilot[None]) -> None:
    """Wait for the first screen, then let messages and timers that are due do their work."""
    for _ in range(300):
        await pilot.pause(0.01)
        if pilot.app.engine.requests or isinstance(pilot.app.screen, StartScreen):
            break
    for _ in range(3):
        await pilot.pause(0.01)


async def until(pilot: Pilot[None], true: Callable[[], object]) -> None:
    """Wait for something to be so."""
    for _ in range(1000):
        if true():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never was so")


async def walk(pilot: Pilot[None], source: Cell, target: Cell) -> None:
    """Move the cursor with the arrow keys."""
    cols, rows = target.col - source.col, target.row - source.row
    across, along = ("right" if cols > 0 else "left"), ("up" if rows > 0 else "down")
    await pilot.press(*[across] * abs(cols), *[along] * abs(rows))


async def click(pilot: Pilot[None], board: Board, cell: Cell) -> None:
    """Click the middle of a cell."""
    where = board.region_of(cell)
    await pilot.click(board, offset=(where.x + where.width // 2, where.y + where.height // 2))


def problem(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(MoveLine).view.problem


async def test_blue_is_moved_with_the_cursor_and_orange_answers(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        move = legal_moves(one.position)[-1]
        for source, target in zip(move.sources, move.targets, strict=True):
            await walk(pilot, source, target)
            await pilot.press("enter")
        assert one.game.draft.is_complete
        assert one.game.game.ply == 0
        await pilot.press("enter")
        await settle(pilot)
        record = one.game.game.record
        assert [turn.side for turn in record.turns] == [Side.BLUE, Side.ORANGE]
        assert record.turns[0].move == move


async def test_dots_are_taken_back_before_the_turn_is_sent(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        before = format_position(one.position)
        await pilot.press("h")
        assert one.game.draft.is_complete
        await pilot.press("u", "backspace")
        assert one.game.draft.targets.count(None) == 2
        await pilot.press("u", "u")
        assert not one.game.draft.is_begun
        assert format_position(one.position) == before


async def test_the_mouse_moves_blue(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        board = one.app.screen.query_one(Board)
        move = legal_moves(one.position)[0]
        for source, target in reversed(list(zip(move.sources, move.targets, strict=True))):
            await click(pilot, board, source)
            await click(pilot, board, target)
        assert one.game.draft.move == move
        await pilot.press("enter")
        await settle(pilot)
        assert one.game.game.record.turns[0].move == move


async def test_orange_goes_at_one_click_and_hovering_shows_where(opened) -> None:
    one = opened("orange", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert one.game.game.ply == 1
        board = one.app.screen.query_one(Board)
        target = one.game.draft.legal()[0]
        where = board.region_of(one.position.orange)
        await pilot.hover(board, offset=(where.x + 1, where.y))
        await pilot.pause()
        assert target in board.picture.legal
        await click(pilot, board, target)
        await settle(pilot)
        turn = one.game.game.record.turns[1]
        assert turn.side is Side.ORANGE
        assert turn.move.targets == (target,)


async def test_moves_are_typed_even_where_the_letter_is_a_key(opened) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        draft = one.game.draft
        for dot, source in enumerate(draft.sources):
            target = draft.legal(dot)[0]
            await pilot.press(*f"{format_cell(source)}{format_cell(target)}", "enter")
            assert one.game.draft.targets[dot] == target
        await pilot.press("enter")
        await settle(pilot)
        assert one.game.game.ply == 2


@pytest.mark.parametrize("hold", [HOLD, 0.0])
@pytest.mark.parametrize("letter", ["b", "e", "f", "h"])
async def test_a_move_typed_at_once_is_whole_whatever_its_letters_do_as_keys(
    opened, letter: str, hold: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it comes when pasted; also where the key has done its work when the digit comes."""
    monkeypatch.setattr(play, "HOLD", hold)
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = one.app.screen
        for key in f"{letter}2{letter}4":
            one.app.post_message(events.Key(key, key))
        if hold:
            await settle(pilot)
            assert screen.hand.entry.text == f"{letter}2{letter}4"
        await until(pilot, lambda: one.app.screen is screen and screen.hand.entry.is_open)
        await pilot.press("escape")
        assert one.game.is_human(Side.BLUE)


async def test_a_whole_turn_that_is_typed_says_that_it_counts(opened) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        sources = [format_cell(cell) for cell in one.game.draft.sources]
        await pilot.press("m", *f"{sources[0]}a1")
        await pilot.pause()
        assert "if illegal it counts" not in " ".join(one.text().split())
        await pilot.press(*f" {sources[1]}a1 {sources[2]}a1")
        await pilot.pause()
        assert "illegal it counts" in one.app.screen.query_one(MoveLine).view.advice


async def test_a_pasted_move_is_typed(opened) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for text in ("\x1b\n", "e2C2\nf2f4"):
            one.app.post_message(events.Paste(text))
            await settle(pilot)
        assert one.app.screen.hand.entry.text == "e2c2 f2f4"


async def test_what_is_pasted_out_of_turn_takes_no_keys_away(opened) -> None:
    one = opened("watch", size=10)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        one.app.post_message(events.Paste("e2c2"))
        await settle(pilot)
        assert "what was pasted is left out" in problem(pilot)
        await pilot.press("space")
        assert one.game.is_paused


async def test_values_are_asked_for_again_once_the_engine_is_back(opened) -> None:
    one = opened("blue", size=10)
    one.engine.analyze_error = "the engine ended with exit code 2"
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("h")
        await pilot.pause(2 * HOLD)
        assert problem(pilot) == "there is no hint: the engine ended with exit code 2"
        one.engine.analyze_error = ""
        one.engine.start()
        await settle(pilot)
        assert one.game.best_move() is not None
        assert one.game.par is not None
        await pilot.press("h", "enter")
        await settle(pilot)
        assert one.game.game.ply == 2


async def test_a_side_of_ones_own_is_handed_to_a_program_only_when_one_means_it(opened) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = one.app.screen
        for answer, is_human in (("n", True), ("y", False)):
            await pilot.press("b")
            await until(pilot, lambda: "Let LD play blue from here?" in one.text())
            await pilot.press(answer)
            await until(pilot, lambda: one.app.screen is screen)
            assert one.game.is_human(Side.BLUE) == is_human
        await pilot.press("b")
        await until(pilot, lambda: one.game.is_human(Side.BLUE))


@pytest.mark.parametrize("letter", ["b", "e", "h"])
async def test_a_key_that_begins_a_move_is_undone(opened, letter: str) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = one.app.screen
        await pilot.press(letter)
        await pilot.pause(2 * HOLD)
        await pilot.press("5")
        await until(pilot, lambda: one.app.screen is screen)
        assert one.app.screen.hand.entry.text == f"{letter}5"
        assert one.game.is_human(Side.BLUE)
        assert not one.game.draft.is_begun
        await pilot.press("escape")
        assert not one.app.screen.hand.entry.is_open


async def test_a_typed_turn_that_is_illegal_is_explained_and_counted(opened) -> None:
    one = opened("orange", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        here = format_cell(one.position.orange)
        await pilot.press("m", *f"{here}{here}", "enter")
        await settle(pilot)
        assert "illegal, and counted" in problem(pilot)
        assert "0 units; orange moves 1" in problem(pilot)
        assert one.position.illegal.orange == 1
        assert "◆1/7" in one.text()


async def test_a_single_cell_that_is_no_target_is_only_refused(opened) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        far = max(
            (Cell(col, row) for col in (0, 9) for row in (0, 9)),
            key=lambda cell: distance(cell, one.game.draft.sources[0]),
        )
        await pilot.press("m", *format_cell(far), "enter")
        assert "blue dots move 2" in problem(pilot)
        assert one.position.illegal.blue == 0


async def test_eight_illegal_turns_lose(opened) -> None:
    one = opened("orange", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        here = format_cell(one.position.orange)
        for _ in range(7):
            one.game.game.charge_illegal(Side.ORANGE, "again")
        await pilot.press("m", *f"{here}{here}", "enter")
        await settle(pilot)
        assert one.game.is_over
        assert "Blue wins" in one.text()
        assert "◆8/7" in one.text()


async def test_a_jammed_dot_is_preset(opened) -> None:
    from ld_tui.game.emergencies import Jam

    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        one.game.strike(Jam(0))
        await pilot.press("tab")
        assert one.game.draft.targets[0] == one.position.blue[0]
        assert "jam: blue dot 1" in one.text()


async def test_a_roadblock_is_marked_and_dropped(opened) -> None:
    one = opened("blue", size=10)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        board = one.app.screen.query_one(Board)
        dots = {*one.position.blue, one.position.orange}
        free = [Cell(9, row) for row in range(10) if Cell(9, row) not in dots][:2]
        await pilot.press("e", "e")
        await settle(pilot)
        for cell in free:
            await click(pilot, board, cell)
        assert board.picture.marked == set(free)
        await pilot.press("e")
        await settle(pilot)
        assert one.position.rules.closed == set(free)
        assert board.picture.closed == set(free)
        assert one.engine.requests[-1] == ("analyze", format_position(one.position))


async def test_a_random_roadblock_while_the_engine_thinks_asks_anew(opened) -> None:
    one = opened("watch", size=10)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        first = one.engine.open[-1]
        await pilot.press("E")
        await settle(pilot)
        assert len(one.position.rules.closed) == 2
        assert first in one.engine.stopped
        decides = [where for kind, where in one.engine.requests if kind == "decide"]
        assert decides[-1] == format_position(one.position)


async def test_what_the_agent_struck_is_shown_and_counted(opened) -> None:
    one = opened("orange", size=10)
    one.engine.strikes = [("hard_left", "a1 to a3: a3 is closed")]
    async with one.app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert one.position.illegal.blue == 1
        assert "✗ hard_left" in one.text()
        assert "a3 is closed" in one.text()


async def test_watching_pauses_steps_and_is_taken_over(opened) -> None:
    one = opened("watch")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        await settle(pilot)
        ply = one.game.game.ply
        await pilot.press("full_stop")
        await settle(pilot)
        await pilot.press("full_stop")
        await settle(pilot)
        assert one.game.game.ply == ply + 2
        assert one.game.is_paused
        await pilot.press("plus", "plus")
        speed = one.game.speed
        await pilot.press("minus")
        assert one.game.speed == speed - 1
        await pilot.press("o")
        await settle(pilot)
        assert one.game.is_human(Side.ORANGE)
        assert not one.game.is_watching
        await pilot.press("w")
        assert one.game.is_watching


async def test_undo_goes_back_to_the_persons_last_turn(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        start = format_position(one.position)
        await pilot.press("h", "enter")
        await settle(pilot)
        assert one.game.game.ply == 2
        await pilot.press("u")
        await settle(pilot)
        assert format_position(one.position) == start


async def test_a_failed_decision_is_told_and_asked_again(opened) -> None:
    one = opened("orange")
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        one.engine.post({"id": one.engine.open[-1], "event": "error", "message": "no [weights]"})
        await settle(pilot)
        assert "no [weights]" in one.text()
        assert "stuck" in one.text()
        one.engine.is_busy = False
        await pilot.press("full_stop")
        await settle(pilot)
        assert one.game.game.ply == 1


async def test_an_engine_that_was_replaced_is_told_and_the_game_goes_on(opened) -> None:
    from ld_tui.tui.messages import EngineNotice

    one = opened("orange")
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        number = one.engine.open[-1]
        one.app.post_message(EngineNotice("the engine was killed by SIGKILL; restarted"))
        one.engine.post({"id": number, "event": "again"})
        move = legal_moves(one.position)[0]
        one.engine.post({"id": number, "event": "decided", "move": format_move(move), "ms": 1.0})
        await settle(pilot)
        assert "was killed by SIGKILL" in one.text()
        assert one.game.game.ply == 1


async def test_quitting_waits_for_no_engine_and_leaves_a_save(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("h")
        one.engine.is_busy = True
        await pilot.press("enter")
        await settle(pilot)
        assert one.game.is_thinking
        await pilot.press("q")
    assert one.engine.is_closed
    entry = latest_unfinished(one.app.setup.saves)
    assert entry is not None
    assert len(read_save(entry.path).turns) == 1


async def test_a_game_goes_on_where_it_was_left(opened) -> None:
    first = opened("blue")
    async with first.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("h", "enter")
        await settle(pilot)
        left = format_position(first.position)
        await pilot.press("q")
    again = opened("resume")
    async with again.app.run_test(size=(80, 24)) as pilot:
        for _ in range(50):
            if isinstance(again.app.screen, PlayScreen):
                break
            await pilot.pause(0.02)
        await settle(pilot)
        assert format_position(again.position) == left


async def test_too_small_a_terminal_says_so_in_one_line_and_recovers(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        lines = [line.strip() for line in one.text().splitlines() if line.strip()]
        assert lines == ["ld-tui needs 80x24; this is 60x20. q quits"]
        await pilot.resize_terminal(120, 36)
        await settle(pilot)
        assert one.app.screen.query_one(Board).scale == 3
        assert "needs 80x24" not in one.text()


async def test_help_lists_the_live_keys(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("question_mark")
        await settle(pilot)
        assert "Fill in a best move" in one.text()
        assert "Signs:" in one.text()
        await pilot.press("x")
        await settle(pilot)
        assert isinstance(one.app.screen, PlayScreen)


async def test_the_start_screen_begins_games_of_a_chosen_size(opened) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert isinstance(one.app.screen, StartScreen)
        await pilot.press("right", "right", "p", "o")
        await settle(pilot)
        assert one.position.base.size == 8
        assert one.game.game.record.blue.kind == "perfect"
        await pilot.press("n")
        await settle(pilot)
        assert isinstance(one.app.screen, StartScreen)


async def test_unfinished_games_are_listed_and_chosen(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("h", "enter")
        await settle(pilot)
        left = format_position(one.position)
        await pilot.press("n")
        for _ in range(50):
            await pilot.pause(0.02)
            if "you against LD, step 2" in one.text():
                break
        await pilot.press("r")
        for _ in range(50):
            await pilot.pause(0.02)
            if "Unfinished games" in one.text():
                break
        await pilot.press("enter")
        for _ in range(50):
            await pilot.pause(0.02)
            if isinstance(one.app.screen, PlayScreen):
                break
        await settle(pilot)
        assert format_position(one.position) == left


async def test_a_save_that_cannot_be_written_is_told(opened, tmp_path: Path) -> None:
    (tmp_path / "saves").write_text("a file where the folder should be")
    one = opened("blue")
    async with one.app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("h", "enter")
        for _ in range(50):
            await pilot.pause(0.02)
            if "not saved" in one.text():
                break
        assert one.text().count("not saved") == 1
        assert not one.app._notifications


async def test_keys_pressed_at_the_first_frame_are_not_lost(opened) -> None:
    from textual import events

    from ld_tui.tui.screens.first import FirstScreen

    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        first = FirstScreen(one.position, letters=False)
        first.on_key(events.Key("h", "h"))
        screen = one.app.screen
        screen.early_keys = first.keys
        screen._begin()
        await settle(pilot)
        assert one.game.draft.is_complete


async def test_the_board_takes_another_theme_at_once(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        board = one.app.screen.query_one(Board)
        dark = {segment.style for segment in board.render_line(3)}
        one.app.theme = "ld-light"
        await pilot.pause(0.05)
        assert dark.isdisjoint(segment.style for segment in board.render_line(3))


async def test_a_board_without_values_is_told_once(opened) -> None:
    one = opened("blue", size=10)
    one.engine.analyze_error = "a 20x20 board can't be solved"
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("h")
        await pilot.pause(2 * HOLD)
        assert "there is no hint" in problem(pilot)
        one.game.submit(legal_moves(one.position)[0])
        await settle(pilot)
        assert one.text().count("no value:") == 1
        assert "par ?" in one.text()
        assert "value unknown" in one.text()
