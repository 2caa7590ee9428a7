"""A base is tried out with the very agent that will choose from it."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ld_tui import paths
from ld_tui.agent.events import Decided, Executed, Selected
from ld_tui.arena.game import Game
from ld_tui.arena.players import make_player
from ld_tui.arena.pursuit import emergency_names
from ld_tui.arena.resources import Resources, Sources
from ld_tui.authoring import base as authoring_base
from ld_tui.authoring.base import Filed, Order, Tools, Working, compose
from ld_tui.authoring.sampling import map_positions
from ld_tui.authoring.trial import FAR, Reader, Trial, climb, reader_of, steps_played
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.store import FunctionBase, Stage, load
from ld_tui.game.maps import read_map
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Position, Side
from ld_tui.tablebase.world import World

RACETRACK = read_map("racetrack", 8)


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    opened = Resources(Sources(cache=tmp_path_factory.mktemp("cache")))
    yield opened
    opened.close()


@dataclass(frozen=True)
class Tried:
    """A trial of the shipped base on the open board."""

    base: FunctionBase
    positions: tuple[Position, ...]
    trial: Trial

    def manuals(self, stage: str) -> list[Manual]:
        return list(self.base.manuals_of("blue", stage))


def tried(resources: Resources, reader: Reader) -> Tried:
    base = load(paths.packaged_functionbase())
    world = replace(RACETRACK, changes=())
    positions = map_positions(world, "blue", 12, "trial", resources.table_of)
    plan, move = base.stages_of("blue")
    parts = (resources.sandbox(), resources.table_of, ())
    return Tried(base, positions, Trial((plan, move), positions, reader, *parts))


def test_a_trial_chooses_as_the_agent_does(resources: Resources) -> None:
    found = tried(resources, reader_of(resources))
    lost, names = found.trial.lost(found.manuals("plan"), found.manuals("move"))
    player = make_player(PlayerSpec("ld"), resources)
    for position, chosen, steps in zip(found.positions, names, lost, strict=True):
        events = tuple(player.decide(position, (), 0))
        assert next(each for each in events if isinstance(each, Selected)).name == chosen
        assert isinstance(events[-1], Decided)
        game = Game(GameRecord(position, PlayerSpec("ld"), PlayerSpec("perfect"), 1, "test"))
        game.take(events)
        table = resources.table_of(World.of(position))
        before, after = table.value(position), table.value(game.position)
        assert before is not None
        assert after is not None
        assert steps == max(1, after) - before
        assert sum(isinstance(each, Executed) for each in events) == 2


def first_by_name(stage: Stage, state: str, candidates: Sequence[Manual]) -> list[float]:
    first = min(each.name for each in candidates)
    return [float(each.name == first) for each in candidates]


def test_a_climb_never_loses_more_and_leaves_what_is_kept(resources: Resources) -> None:
    embedder = reader_of(resources).embedder
    found = tried(resources, Reader(first_by_name, embedder))
    pool, moves = found.manuals("plan"), found.manuals("move")
    pool.sort(key=lambda each: -float(found.trial.lost([each], moves)[0].mean()))
    tries = list(climb(found.trial, [pool[:3], pool[3:6]], pool, moves, 1, 25, "seed"))
    assert len(tries) == 26
    assert all(one.lost >= other.lost for one, other in itertools.pairwise(tries))
    assert tries[0].lost == min(
        float(found.trial.lost(plans, moves)[0].mean()) for plans in (pool[:3], pool[3:6])
    )
    assert tries[-1].lost < tries[0].lost
    assert tries[-1].plans[0] == tries[0].plans[0]
    assert all(len(set(each.plans)) == 3 for each in tries)
    again = list(climb(found.trial, [pool[:3], pool[3:6]], pool, moves, 1, 25, "seed"))
    assert again == tries


def test_games_are_played_to_a_capture_or_to_their_end(resources: Resources) -> None:
    base = load(paths.packaged_functionbase())
    starts = replace(RACETRACK, changes=()).starts(2, 5)
    reader = reader_of(resources)
    parts = (starts, reader, resources.sandbox(), resources.table_of)
    blue = [each for each in base.manuals if each.side == "blue"]
    steps = steps_played(base, blue, *parts)
    pars = [resources.table_of(World.of(start)).value(start) for start in starts]
    assert sum(filter(None, pars)) / 2 <= steps < FAR
    still = [each for each in blue if each.name in ("hold_center", "inner_way")]
    assert steps_played(base, still, *parts) == FAR


def test_positions_of_a_map_are_such_in_which_the_move_matters(resources: Resources) -> None:
    for side in Side:
        for position in map_positions(RACETRACK, side, 12, "any", resources.table_of):
            table = resources.table_of(World.of(position))
            assert table.is_at_stake(position)
            values = {entry.value for entry in table.analysis(position).moves}
            assert len(values) > 1
            assert side is Side.ORANGE or table.value(position) is not None


def test_a_tried_base_is_filed_and_may_take_over_the_sources_own_plans(
    resources: Resources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authoring_base, "TRIED", 12)
    monkeypatch.setattr(authoring_base, "PROPOSALS", 8)
    monkeypatch.setattr(authoring_base, "GAMES", 2)
    counts = {("blue", "move"): 2, ("blue", "plan"): 3}
    source = load(paths.packaged_functionbase())
    order = Order(RACETRACK, tmp_path / "base", source, 1, counts, states=30, programs=24)
    tools = Tools(resources.sandbox(), resources.table_of, reader_of(resources))
    news = list(compose(order, tools))
    told = [each.what for each in news if isinstance(each, Working)]
    tries = [float(what.split()[1]) for what in told if what.startswith("trying")]
    assert len(tries) == 9
    assert tries == sorted(tries, reverse=True)
    made = load(order.into)
    assert made.problems == ()
    assert made.written_for == emergency_names(RACETRACK.start(random.Random(0)))
    assert len(made.manuals_of("blue", "plan")) == 3
    assert sum(isinstance(each, Filed) for each in news) == 5
    for manual in made.manuals_of("blue", "plan"):
        assert manual.origin == "base"
        if manual.name in {each.name for each in source.manuals}:
            same = next(each for each in source.manuals if each.name == manual.name)
            assert manual.source == same.source
            assert manual.provenance == same.provenance
