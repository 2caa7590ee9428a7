"""Marks, turning points and blame: what the tablebase says of turns that were played."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ld_tui.agent.events import event_from_dict
from ld_tui.agent.loop import Settings
from ld_tui.arena.game import Game
from ld_tui.arena.match import play_out
from ld_tui.arena.players import GreedyPlayer, LdPlayer, PerfectPlayer, RandomPlayer, decision_seed
from ld_tui.arena.replay import record_text
from ld_tui.arena.resources import Resources, Sources
from ld_tui.arena.saves import read_save
from ld_tui.arena.scores import regret
from ld_tui.arena.turning import BLAMED, blame, greedy_move, judge, review
from ld_tui.errors import FunctionBaseError
from ld_tui.game.notation import parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Rules, Side, legal_moves, play
from ld_tui.game.starts import starts

EXAMPLE = Path(__file__).parents[2] / "saves" / "examples" / "roadblock.toml"
START = starts(1, 8, Rules(size=7))[0]


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    found = Resources(Sources(cache=tmp_path_factory.mktemp("cache")))
    yield found
    found.close()


def played(resources: Resources, blue: object, orange: object, seed: int = 4) -> Game:
    game = Game(GameRecord(START, PlayerSpec("random"), PlayerSpec("random"), seed))
    play_out(game, {Side.BLUE: blue, Side.ORANGE: orange}, until=12)  # type: ignore[dict-item]
    return game


def test_a_turn_loses_what_its_position_is_worth_less_afterwards(resources: Resources) -> None:
    game = played(resources, RandomPlayer(), RandomPlayer())
    found = list(review(game, resources))
    assert len(found) == game.ply
    assert any(each.verdict.regret for each in found)
    for ply, each in enumerate(found):
        before, after = game.positions[ply], game.positions[ply + 1]
        assert each.verdict.regret == regret(before, after, resources)
        assert not each.blame


def test_best_play_has_no_turning_point(resources: Resources) -> None:
    game = played(resources, PerfectPlayer(resources), PerfectPlayer(resources))
    assert game.outcome is not None
    assert not any(each.verdict.is_turning_point for each in review(game, resources))


def test_the_only_move_is_marked_where_greedy_misses_it(resources: Resources) -> None:
    """Checked against the moves' values taken one by one."""
    table = resources.table(START)
    marked = 0
    for seed in range(2):
        game = played(resources, RandomPlayer(), PerfectPlayer(resources), seed)
        for ply, each in enumerate(review(game, resources)):
            position, turn = game.positions[ply], game.record.turns[ply]
            worth = {}
            for move in legal_moves(position):
                worth[tuple(sorted(move.targets))] = regret(
                    position, play(position, move), resources
                )
            keeps = [board for board, lost in worth.items() if lost == 0]
            own = tuple(sorted(turn.move.targets))
            greedy = greedy_move(position, decision_seed(game.record.seed, ply))
            is_only = keeps == [own] and len(worth) > 1 and tuple(sorted(greedy.targets)) != own
            assert (each.verdict.mark == "!") == is_only
            marked += is_only
    assert table.value(START)
    assert marked


def test_greedy_itself_never_gets_the_mark(resources: Resources) -> None:
    game = played(resources, GreedyPlayer(), GreedyPlayer())
    assert "!" not in {each.verdict.mark for each in review(game, resources)}


def test_a_turn_that_no_capture_depends_on_is_not_marked(resources: Resources) -> None:
    # With two dots jammed far away blue can never capture, whatever the third does.
    jammed = parse_position("6 a1,b1,c1 f6 b 0 0,0 jam:1;jam:2")
    verdict = judge(jammed, legal_moves(jammed)[0], resources)
    assert verdict.value is None
    assert verdict.regret == 0
    assert verdict.mark == ""


def test_the_blame_of_an_agents_losses_adds_up(resources: Resources) -> None:
    agent = resources.agent(with_llm=False)
    game = played(resources, LdPlayer(agent, Settings(2, "random")), PerfectPlayer(resources))
    found = list(review(game, resources))
    points = [each for each in found if each.verdict.is_turning_point]
    assert points
    for each in points:
        assert sum(loss.steps for loss in each.blame) == each.verdict.regret
        assert {loss.blame for loss in each.blame} <= set(BLAMED)
        assert {loss.stage for loss in each.blame} <= {"plan", "move"}
    text = list(record_text(game.record, found))
    first = points[0]
    assert f"   lost {first.verdict.regret} step" in "\n".join(text)
    assert sum(line.startswith("turning point: ") for line in text) == len(points)


def test_a_function_that_is_gone_takes_the_blame_with_it(resources: Resources) -> None:
    record = read_save(EXAMPLE)
    turn = record.turns[0]
    events = [dict(event) for event in turn.events]
    for event in events:
        if event["event"] == "selected" and event["stage"] == 1:
            event["candidates"] = ["sit_and_wait", *event["candidates"]]
            event["probabilities"] = [0.0, *event["probabilities"]]
    start = parse_position("7 a1,c4,g7 f5 b 0 0,0 -")
    move = legal_moves(start)[0]
    with pytest.raises(FunctionBaseError, match="sit_and_wait is not in the function base"):
        blame(start, move, [event_from_dict(event) for event in events], [], resources)


def test_a_board_too_large_has_no_marks_and_says_so(resources: Resources) -> None:
    start = starts(1, 1, Rules(size=20))[0]
    game = Game(GameRecord(start, PlayerSpec("random"), PlayerSpec("random")))
    game.play_turn(legal_moves(start)[0])
    (found,) = review(game, resources)
    assert found.verdict is None
    text = list(record_text(game.record, [found]))
    assert text[-2].startswith("no marks: ")
