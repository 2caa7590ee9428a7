"""`functions effect`: what other words for a manual do to choices and play."""

import json
from collections import Counter
from pathlib import Path

import pytest

from ld_tui.agent.events import Selected
from ld_tui.agent.loop import Settings
from ld_tui.arena.players import LdPlayer
from ld_tui.arena.resources import Resources, Sources
from ld_tui.bench.effect import Effect, measure_effect, saved_positions
from ld_tui.cli import main
from ld_tui.errors import FunctionBaseError
from ld_tui.game.rules import Side

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Resources:
    return Resources(Sources(cache=tmp_path_factory.mktemp("cache")))


SAVES = ROOT / "saves" / "examples"
STATES = 24


@pytest.fixture(scope="module")
def favorite(resources: Resources) -> str:
    """The plan function that the agent takes most often in the states looked at."""
    player = LdPlayer(resources.agent(), Settings())
    taken: Counter[str] = Counter()
    for position in list(dict.fromkeys(saved_positions(SAVES, Side.BLUE)))[:STATES]:
        events = player.decide(position, (), 0)
        taken[next(event.name for event in events if isinstance(event, Selected))] += 1
    return taken.most_common(1)[0][0]


def effect(resources: Resources, when: str | None, name: str, games: int = 1) -> Effect:
    return measure_effect(name, when, None, resources, SAVES, STATES, games)


def test_the_same_words_change_nothing(resources: Resources, favorite: str) -> None:
    found = effect(resources, None, favorite)
    assert found.switches == {}
    assert found.chosen[0] == found.chosen[1] > 0
    assert found.share[0] == found.share[1]
    assert found.steps[0] == found.steps[1]
    assert found.difference is not None
    assert found.difference.mean == 0


def test_other_words_move_choices_and_unknown_ones_are_named(
    resources: Resources, favorite: str
) -> None:
    found = effect(resources, "When orange is besieged in zugzwang.", favorite)
    assert found.chosen[1] < found.chosen[0]
    assert sum(found.switches.values()) >= found.chosen[0] - found.chosen[1]
    assert all(" -> " in switch for switch in found.switches)
    assert found.unknown == ("besieged", "zugzwang")


def test_without_games_there_is_no_difference_in_play(resources: Resources) -> None:
    found = effect(resources, None, "strike", games=0)
    assert found.difference is None
    assert found.states > 0


def test_an_unknown_function_is_told_in_one_line(resources: Resources) -> None:
    with pytest.raises(FunctionBaseError, match="no function 'strik'"):
        effect(resources, None, name="strik")


def test_the_command_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["functions", "effect", "strike", "--when", "Never.", "--games", "0", "--json"]
    assert main([*command, "--states", "4", "--saves", str(ROOT / "saves" / "examples")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["name"] == "strike"
    assert found["after"].endswith("Never.")
