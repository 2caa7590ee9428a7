"""Players that need no models: legal, deterministic by the seed, and as good as they claim."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld_tui.agent.events import Decided
from ld_tui.arena.players import (
    GreedyPlayer,
    PerfectPlayer,
    Player,
    RandomPlayer,
    decision_seed,
    ld_settings,
    make_player,
)
from ld_tui.arena.resources import Resources
from ld_tui.errors import UsageError
from ld_tui.game.board import distance
from ld_tui.game.notation import parse_move, parse_position
from ld_tui.game.record import PlayerSpec
from ld_tui.game.rules import Move, Position, Rules, Side, apply, illegality
from ld_tui.game.starts import starts


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Resources:
    from ld_tui.arena.resources import Sources

    return Resources(Sources(cache=tmp_path_factory.mktemp("cache")))


def decide(player: Player, position: Position, seed: int = 0) -> Move:
    *_, last = player.decide(position, (), seed)
    assert isinstance(last, Decided)
    return parse_move(last.move)


POSITIONS = [
    "6 a1,c4,f6 d5 b 0 0,0 -",
    "6 a1,c4,f6 d5 o 0 0,0 -",
    "6 a1,a1,a1 a6 b 0 0,0 -",
    "6 a1,c4,f6 f1 o 3 1,2 roadblock:e1@9",
    "6 a1,c4,f6 d5 b 0 0,0 jam:2@5;roadblock:a2,b1@8",
]


@pytest.mark.parametrize("kind", ["random", "greedy", "perfect"])
@pytest.mark.parametrize("text", POSITIONS)
def test_players_decide_legally_and_the_same_for_the_same_seed(
    kind: str, text: str, resources: Resources
) -> None:
    player, position = make_player(PlayerSpec(kind), resources), parse_position(text)
    for seed in range(5):
        move = decide(player, position, seed)
        assert illegality(position, move) is None
        assert decide(player, position, seed) == move


def test_random_takes_every_move_sooner_or_later() -> None:
    position = parse_position("6 a1,c4,f6 d5 o 0 0,0 -")
    moves = {decide(RandomPlayer(), position, seed) for seed in range(60)}
    assert {str(move.targets[0]) for move in moves} == {
        f"parse_cell('{cell}')" for cell in ("c5", "d4", "d6", "e5")
    }


def test_greedy_blue_sends_each_dot_straight_at_orange() -> None:
    position = parse_position("8 a1,g2,e8 c5 b 0 0,0 -")
    move = decide(GreedyPlayer(), position)
    gaps = [distance(cell, position.orange) for cell in position.blue]
    assert [distance(cell, position.orange) for cell in move.targets] == [gap - 2 for gap in gaps]


def test_greedy_orange_keeps_away_from_the_nearest_dot() -> None:
    assert (
        decide(GreedyPlayer(), parse_position("8 c5,h8,h1 d5 o 0 0,0 -")).targets
        == decide(GreedyPlayer(), parse_position("8 c5,h8,h1 d5 o 0 0,0 -"), 9).targets
    )
    position = parse_position("8 c5,h8,h1 d5 o 0 0,0 -")
    move = decide(GreedyPlayer(), position)
    assert min(distance(dot, move.targets[0]) for dot in position.blue) == 2


def test_perfect_play_loses_no_step(resources: Resources) -> None:
    player = PerfectPlayer(resources)
    for start in starts(10, 3, Rules(size=6)):
        position, steps = start, 0
        value = resources.table(start).value(start)
        while resources.table(position).value(position) != 0:
            steps += position.to_move is Side.BLUE
            position = apply(position, decide(player, position, steps))
        assert steps == value


@given(st.integers(), st.integers(0, 200), st.integers(0, 8))
def test_decision_seeds_are_small_and_their_own(seed: int, ply: int, attempt: int) -> None:
    found = decision_seed(seed, ply, attempt)
    assert 0 <= found < 2**31
    assert found == decision_seed(seed, ply, attempt)
    assert found != decision_seed(seed, ply + 1, attempt)


def test_settings_of_an_agent_are_checked() -> None:
    settings = ld_settings({"k": 3, "select": "first", "seed": 9, "model": "x"})
    assert (settings.k, settings.select) == (3, "first")
    for wrong in ({"k": 0}, {"k": 9}, {"k": True}, {"k": "5"}, {"select": "best"}):
        with pytest.raises(UsageError):
            ld_settings(wrong)


def test_an_unknown_player_is_told(resources: Resources) -> None:
    with pytest.raises(UsageError, match="'human' is no player; there are ld, perfect"):
        make_player(PlayerSpec("human"), resources)
