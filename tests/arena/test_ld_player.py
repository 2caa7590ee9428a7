"""The LD player on the shipped function base and retriever; selection here needs no S-LLM."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ld_tui.agent.events import Decided, Event, Executed, Retrieved, Selected
from ld_tui.arena.game import Game
from ld_tui.arena.match import decision_seed, play_out
from ld_tui.arena.players import make_player
from ld_tui.arena.resources import Resources, Sources
from ld_tui.errors import FunctionBaseError, ModelError
from ld_tui.game.notation import parse_move, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec, record_from_dict, record_to_dict
from ld_tui.game.rules import Position, Side, illegality

FIRST = PlayerSpec("ld", {"k": 4, "select": "first"})
RANDOM = PlayerSpec("ld", {"k": 4, "select": "random"})
BLUE = parse_position("8 a1,c4,h8 f5 b 0 0,0 -")


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    parts = Resources(Sources(model=Path("no.gguf"), cache=tmp_path_factory.mktemp("cache")))
    yield parts
    parts.close()


def decide(spec: PlayerSpec, position: Position, resources: Resources, seed: int) -> list[Event]:
    return list(make_player(spec, resources).decide(position, (), seed))


@pytest.mark.parametrize("text", ["8 a1,c4,h8 f5 b 0 0,0 -", "8 b2,e4,h6 f5 o 0 0,0 -"])
def test_a_decision_goes_through_both_stages_to_a_legal_move(
    resources: Resources, text: str
) -> None:
    position = parse_position(text)
    events = decide(FIRST, position, resources, 1)
    retrieved = [event for event in events if isinstance(event, Retrieved)]
    selected = [event for event in events if isinstance(event, Selected)]
    assert [len(event.names) <= 4 for event in retrieved] == [True, True]
    assert [event.name for event in selected] == [event.names[0] for event in retrieved]
    assert [event.stage for event in events if isinstance(event, Executed)] == [1, 2]
    assert isinstance(events[-1], Decided)
    assert illegality(position, parse_move(events[-1].move)) is None


def test_the_same_seed_decides_the_same(resources: Resources) -> None:
    def choices(seed: int) -> list[str]:
        events = decide(RANDOM, BLUE, resources, seed)
        return [event.name for event in events if isinstance(event, Selected)]

    seeds = [decision_seed(3, ply) for ply in range(12)]
    assert [choices(seed) for seed in seeds] == [choices(seed) for seed in seeds]
    assert len({tuple(choices(seed)) for seed in seeds}) > 1


def test_a_game_of_functions_can_be_saved_and_is_told_its_history(resources: Resources) -> None:
    game = Game(GameRecord(BLUE, RANDOM, PlayerSpec("random")))
    players = {side: make_player(game.record.player(side), resources) for side in Side}
    play_out(game, players)
    assert game.outcome is not None
    assert [position.to_move for position, *_ in game.history] == [
        turn.side for turn in game.record.turns if turn.side is Side.BLUE
    ]
    assert {len(names) for _, names, _ in game.history} <= {1, 2}
    assert record_from_dict(record_to_dict(game.record)) == game.record


def test_parts_are_loaded_once_and_the_function_base_anew_when_asked(resources: Resources) -> None:
    agent = resources.agent(with_llm=False)
    assert resources.agent(with_llm=False) is agent
    resources.reload()
    assert resources.agent(with_llm=False) is not agent


def test_a_part_that_cannot_be_loaded_says_so_each_time(
    resources: Resources, tmp_path: Path
) -> None:
    for _ in range(2):
        with pytest.raises(ModelError, match=r"no\.gguf"):
            make_player(PlayerSpec("ld"), resources)
        with pytest.raises(FunctionBaseError):
            Resources(Sources(functionbase=tmp_path)).agent(with_llm=False)
