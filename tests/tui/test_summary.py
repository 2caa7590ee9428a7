"""What a finished game's panel says of the decision behind the biggest mistake."""

from collections.abc import Callable

from textual.pilot import Pilot

from ld_tui.agent.events import Decided, Executed, Retrieved, Selected, StageBegan
from ld_tui.arena.game import Game
from ld_tui.game.notation import format_move
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Rules, Side, legal_moves
from ld_tui.game.starts import starts
from ld_tui.tui.summary import chosen_in, drawn_in
from ld_tui.tui.widgets.summary import SummaryPanel


def selected(name: str, by: str = "s-llm", stage: int = 1) -> dict[str, object]:
    return {"event": "selected", "stage": stage, "name": name, "candidates": ["a", "b"],
            "probabilities": [0.7, 0.3], "by": by}  # fmt: skip


def executed(name: str, stage: int = 1) -> dict[str, object]:
    return {"event": "executed", "stage": stage, "name": name}


def test_the_functions_that_ran_are_named_with_their_shares() -> None:
    events = [selected("b"), executed("b"), selected("a", "first", 2), executed("a", 2)]
    assert chosen_in(events) == "b (30%), then a"
    struck = [selected("a"), selected("b"), executed("b")]
    assert chosen_in(struck) == "b (30%)"
    assert chosen_in([]) == ""


def test_a_draw_against_the_likeliest_is_the_levels_doing() -> None:
    assert drawn_in([selected("b")]) == "the level's temperature passed over a (70%)"
    assert drawn_in([selected("a")]) == ""
    assert drawn_in([selected("b", "chosen")]) == ""


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never came")


def finished(blue_lost: int, orange_lost: int) -> Game:
    """Return a resigned game of LD as blue; the scripted engine says what each side's turn lost."""
    start = starts(1, 3, Rules(size=8))[0]
    game = Game(GameRecord(start, PlayerSpec("ld"), PlayerSpec("human"), 3))
    text = format_move(legal_moves(start)[blue_lost])
    events = (
        StageBegan(1, 1, "plan", "Where to?", "state"),
        Retrieved(1, ("dodge", "slip"), (0.5, 0.6), ("a", "b"), 1.0),
        Selected(1, "dodge", ("dodge", "slip"), (0.9, 0.1), "s-llm", 1.0),
        Executed(1, "dodge", [], text, 1.0),
        Decided(text, 5.0),
    )
    game.play_turn(legal_moves(start)[blue_lost], events, 5.0)
    game.submit(legal_moves(game.position)[orange_lost])
    game.resign(Side.ORANGE)
    return game


async def summed(pilot: Pilot[None], one, game: Game) -> SummaryPanel:
    """Show a finished game, and wait until its turns' values are known."""
    await until(pilot, lambda: hasattr(one.app.screen, "conductor"))
    await one.app.switch_screen(one.app._screen(game))
    panel = one.app.screen.query_one(SummaryPanel)
    await until(pilot, lambda: panel.view.summary and not panel.view.summary.sides[1].unknown)
    await until(pilot, lambda: not panel.view.summary.sides[0].unknown)
    return panel


async def test_whose_fault_lds_mistake_was_is_told_once_the_engine_knows(opened) -> None:
    one = opened("blue")
    one.engine.late_reviews = []
    async with one.app.run_test(size=(80, 24)) as pilot:
        panel = await summed(pilot, one, finished(3, 0))
        await until(pilot, lambda: one.engine.late_reviews)
        assert panel.view.summary.explained == panel.view.summary.mistake
        assert panel.view.blame == ()
        assert "lost 3 steps" in one.text()
        one.engine.post(one.engine.late_reviews[0])
        await until(pilot, lambda: panel.view.blame)
        assert panel.view.blame == ("3 by the selector: it passed better functions over (plan)",)
        await pilot.pause()
        assert "fault   3 by the selector" in one.text()
        assert [kind for kind, _ in one.engine.requests].count("review") == 1


async def test_lds_mistake_has_its_line_where_a_person_lost_more(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        panel = await summed(pilot, one, finished(1, 2))
        await until(pilot, lambda: panel.view.blame)
        assert panel.view.summary.mistake.side is Side.ORANGE
        assert panel.view.summary.explained.side is Side.BLUE
        await pilot.pause()
        assert "LD      in step 1 lost 1 step: 1 by the selector" in one.text()


async def test_an_engine_without_an_answer_is_asked_no_second_time(opened) -> None:
    one = opened("blue")
    one.engine.late_reviews = []
    async with one.app.run_test(size=(80, 24)) as pilot:
        panel = await summed(pilot, one, finished(3, 0))
        await until(pilot, lambda: one.engine.late_reviews)
        answer = {"id": one.engine.late_reviews[0]["id"], "event": "error", "message": "no such"}
        one.engine.post(answer)
        one.app.screen.changed()
        await pilot.pause()
        assert panel.view.blame == ()
        assert [kind for kind, _ in one.engine.requests].count("review") == 1
