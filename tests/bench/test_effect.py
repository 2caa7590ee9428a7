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


STATES = 24


@pytest.fixture(scope="module")
def saves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples without an emergency, in which functions would be written at every state."""
    folder = tmp_path_factory.mktemp("saves")
    for name in ("ld-against-perfect.toml", "perfect-against-ld.toml"):
        (folder / name).write_bytes((ROOT / "saves" / "examples" / name).read_bytes())
    return folder


@pytest.fixture(scope="module")
def favorite(resources: Resources, saves: Path) -> str:
    """The plan function that the agent takes most often in the states looked at."""
    player = LdPlayer(resources.agent(), Settings())
    taken: Counter[str] = Counter()
    for position in list(dict.fromkeys(saved_positions(saves, Side.BLUE)))[:STATES]:
        events = player.decide(position, (), 0)
        taken[next(event.name for event in events if isinstance(event, Selected))] += 1
    return taken.most_common(1)[0][0]


def effect(
    resources: Resources, saves: Path, when: str | None, name: str, games: int = 1
) -> Effect:
    return measure_effect(name, when, None, resources, saves, STATES, games)


def test_the_same_words_change_nothing(resources: Resources, saves: Path, favorite: str) -> None:
    found = effect(resources, saves, None, favorite)
    assert found.switches == {}
    assert found.chosen[0] == found.chosen[1] > 0
    assert found.share[0] == found.share[1]
    assert found.steps[0] == found.steps[1]
    assert found.difference is not None
    assert found.difference.mean == 0


def test_other_words_move_choices_and_unknown_ones_are_named(
    resources: Resources, saves: Path, favorite: str
) -> None:
    found = effect(resources, saves, "When orange is besieged in zugzwang.", favorite)
    assert found.chosen[1] < found.chosen[0]
    assert sum(found.switches.values()) >= found.chosen[0] - found.chosen[1]
    assert all(" -> " in switch for switch in found.switches)
    assert found.unknown == ("besieged", "zugzwang")


def test_without_games_there_is_no_difference_in_play(resources: Resources, saves: Path) -> None:
    found = effect(resources, saves, None, "strike", games=0)
    assert found.difference is None
    assert found.states > 0


def test_an_unknown_function_is_told_in_one_line(resources: Resources, saves: Path) -> None:
    with pytest.raises(FunctionBaseError, match="no function 'strik'"):
        effect(resources, saves, None, name="strik")


def test_the_command_prints_json(capsys: pytest.CaptureFixture[str], saves: Path) -> None:
    command = ["functions", "effect", "strike", "--when", "Never.", "--games", "0", "--json"]
    assert main([*command, "--states", "4", "--saves", str(saves)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["name"] == "strike"
    assert found["after"].endswith("Never.")


def test_means_of_nothing_are_told_as_such(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    command = ["functions", "effect", "strike", "--when", "Never.", "--games", "0"]
    command += ["--saves", str(tmp_path)]

    def refuse(name: str) -> float:
        raise AssertionError(f"{name} is no JSON")

    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert found["states"] == 0
    assert found["share"] == found["regret"] == found["steps"] == [None, None]
    assert main(command) == 0
    assert "nan" not in capsys.readouterr().out
