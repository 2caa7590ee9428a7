"""Other choosers than the S-LLM, and whose fault each lost step was."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ld_tui import paths
from ld_tui.agent.events import Retrieved, Selected, event_from_dict
from ld_tui.agent.loop import Settings
from ld_tui.arena.game import Game
from ld_tui.arena.match import play_out
from ld_tui.arena.players import LdPlayer, PerfectPlayer, Player
from ld_tui.arena.resources import Resources, Sources
from ld_tui.arena.roster import CORE
from ld_tui.arena.scores import score
from ld_tui.arena.study import StageStudy, study_from_dict, study_game, study_to_dict
from ld_tui.bench.games import Pairing, Task, play_task
from ld_tui.bench.methods import Cast, methods_of
from ld_tui.bench.oracle import FixedPlayer, OraclePlayer, fixed_choice
from ld_tui.errors import UsageError
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.store import Stage, load
from ld_tui.game.notation import format_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Rules, Side
from ld_tui.game.starts import starts

STARTS = starts(4, 5, Rules(size=8))


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    resources = Resources(Sources(cache=tmp_path_factory.mktemp("cache")))
    yield Cast(resources, k=5)
    resources.close()


def play(cast: Cast, player: Player, side: Side, at: int) -> Game:
    spec = PlayerSpec("perfect")
    game = Game(GameRecord(STARTS[at], spec, spec, seed=at))
    play_out(game, {side: player, side.other: PerfectPlayer(cast.resources)})
    return game


def losses(studies: list[StageStudy]) -> dict[str, float]:
    found: dict[str, float] = {}
    for study in studies:
        for blame, lost in study.lost.items():
            found[blame] = found.get(blame, 0.0) + lost
    return found


@pytest.mark.parametrize(
    ("side", "k", "select"),
    [(Side.BLUE, 2, "random"), (Side.BLUE, 2, "first"), (Side.ORANGE, 5, "random")],
)
def test_blames_add_up_to_every_step_lost(cast: Cast, side: Side, k: int, select: str) -> None:
    player = LdPlayer(cast.resources.agent(with_llm=False), Settings(k=k, select=select))
    total = 0.0
    for at in range(4):
        game = play(cast, player, side, at)
        studies = study_game(game, side, cast.chains(side), cast.resources)
        found = score(at, game, cast.resources)
        own = found.blue if side is Side.BLUE else found.orange
        assert sum(losses(studies).values()) == sum(own.regrets)
        total += sum(own.regrets)
    assert total > 0


@pytest.mark.parametrize("side", Side)
def test_an_oracle_over_all_functions_loses_only_what_they_lack(cast: Cast, side: Side) -> None:
    for at in range(4):
        game = play(cast, cast.player("ld-oracle", side), side, at)
        studies = study_game(game, side, cast.chains(side), cast.resources)
        assert set(losses(studies)) <= {"functions"}
        assert all(study.best and study.retrieved and study.regret == 0 for study in studies)


def test_an_oracle_over_few_loses_to_the_retriever_never_to_the_selector(cast: Cast) -> None:
    chains = cast.chains(Side.BLUE)
    agent = cast.resources.agent(with_llm=False)
    player = OraclePlayer(agent, chains, cast.resources, k=1)
    found: dict[str, float] = {}
    for at in range(4):
        studies = study_game(play(cast, player, Side.BLUE, at), Side.BLUE, chains, cast.resources)
        for blame, lost in losses(studies).items():
            found[blame] = found.get(blame, 0.0) + lost
    assert found["retriever"] > 0
    assert "selector" not in found


def test_the_oracle_of_all_has_every_function_as_a_candidate(cast: Cast) -> None:
    game = play(cast, cast.player("ld-oracle", Side.BLUE), Side.BLUE, 0)
    events = [event_from_dict(event) for event in game.record.turns[0].events]
    counts = [len(event.names) for event in events if isinstance(event, Retrieved)]
    assert counts == list(cast.chains(Side.BLUE).counts)


def test_a_single_function_is_taken_always_and_the_s_llm_selects_the_rest(cast: Cast) -> None:
    player = cast.player("head_off", Side.BLUE)
    assert isinstance(player, FixedPlayer)
    events = list(player.decide(STARTS[0], (), 1))
    plan, move = [event for event in events if isinstance(event, Selected)]
    assert plan.name == "head_off"
    again = [event for event in player.decide(STARTS[0], (), 1) if isinstance(event, Selected)]
    shipped = LdPlayer(cast.resources.agent(), Settings(k=5))
    assert 0 < max(move.probabilities) < 1
    assert again[1].probabilities == move.probabilities
    assert [event.by for event in shipped.decide(STARTS[0], (), 1) if isinstance(event, Selected)]


def test_a_fixed_choice_leaves_other_stages_to_another_among_the_nearest() -> None:
    stage = Stage("blue", "move", "How?", "destinations")
    manuals = [manual(name) for name in ("near", "next", "far")]

    def last(stage: Stage, state: str, candidates: object) -> list[float]:
        return [0.25, 0.75]

    assert list(fixed_choice("far", last, 2)(stage, "", manuals)) == [0, 0, 1]
    assert list(fixed_choice("other", last, 2)(stage, "", manuals)) == [0.25, 0.75, 0]


def manual(name: str) -> Manual:
    return replace(load(paths.packaged_functionbase()).manuals[0], name=name)


def test_studies_are_kept_as_plain_data() -> None:
    study = StageStudy("plan", True, False, True, False, 1.0, 0.5, {"retriever": 2.0})
    assert study_from_dict(study_to_dict(study)) == study


def test_methods_are_named_once_and_in_order(cast: Cast) -> None:
    base = cast.resources.functionbase()
    assert methods_of(("greedy", "ld", "greedy"), base, Side.BLUE) == ("ld", "greedy")
    assert methods_of(("chase", "sidestep"), base, Side.ORANGE) == ("sidestep",)
    every = methods_of((*CORE, "functions"), base, Side.BLUE)
    assert every[: len(CORE)] == CORE
    assert len(every) == len(CORE) + cast.chains(Side.BLUE).counts[0]
    with pytest.raises(UsageError, match="'kdd' is no method; there are ld, ld-random"):
        methods_of(("kdd",), base, Side.BLUE)


def test_what_a_model_was_asked_as_an_opponent_is_not_on_its_own_account(cast: Cast) -> None:
    start = format_position(STARTS[0])
    own = Task(Pairing(Side.ORANGE, "ld", "perfect"), 0, start, 1)
    alone = play_task(own, cast).tokens
    play_task(Task(Pairing(Side.BLUE, "greedy", "ld"), 0, start, 1), cast)
    assert play_task(own, cast).tokens == alone > 0
