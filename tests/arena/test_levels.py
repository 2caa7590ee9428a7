"""Levels: settings that make LD weaker or stronger, the same for the same seed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ld_tui.agent.events import Decided, Event, Selected
from ld_tui.agent.strength import draw, is_allowed
from ld_tui.arena import levels
from ld_tui.arena.levels import LEVELS, Strength, level_of, strength_of
from ld_tui.arena.match import decision_seed
from ld_tui.arena.players import make_player
from ld_tui.arena.resources import Resources, Sources
from ld_tui.errors import UsageError
from ld_tui.game.notation import parse_position
from ld_tui.game.record import PlayerSpec
from ld_tui.game.rules import Position, Side

BLUE = parse_position("8 a1,c4,h8 f5 b 0 0,0 -")
FOG = parse_position("8 a1,c4,h8 f5 b 0 0,0 fog:2,f5@9")


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    parts = Resources(Sources(cache=tmp_path_factory.mktemp("cache")))
    yield parts
    parts.close()


def selected(parts: Resources, settings: dict[str, object], seed: int) -> list[Selected]:
    events = make_player(PlayerSpec("ld", settings), parts).decide(BLUE, (), seed)
    return [event for event in events if isinstance(event, Selected)]


@pytest.mark.parametrize("name", LEVELS)
def test_a_level_is_found_again_from_its_settings(name: str) -> None:
    assert level_of(LEVELS[name].settings()) == name
    assert strength_of({"level": name}) == LEVELS[name]


def test_what_is_named_beside_a_level_changes_it() -> None:
    found = strength_of({"level": "beginner", "k": 3})
    assert found.k == 3
    assert found.temperature == LEVELS["beginner"].temperature
    assert level_of(found.settings()) == "custom"
    assert level_of({"k": 5, "select": "first"}) == "custom"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"level": "godlike"}, "no level"),
        ({"k": 9}, "k has to be"),
        ({"temperature": -1}, "temperature has to be"),
        ({"temperature": True}, "temperature has to be"),
        ({"perfect": 1.5}, "perfect has to be"),
        ({"functions": "chase"}, "functions is a list"),
    ],
)
def test_settings_that_no_player_can_have(settings: dict[str, object], problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        strength_of(settings)
    assert level_of(settings) == "custom"


@pytest.mark.parametrize(
    ("patterns", "allowed"),
    [
        ([], {"chase", "pincer_row", "pincer_column"}),
        (["pincer_*"], {"pincer_row", "pincer_column"}),
        (["!pincer_*"], {"chase"}),
        (["pincer_*", "!*_row"], {"pincer_column"}),
    ],
)
def test_patterns_of_functions(patterns: list[str], allowed: set[str]) -> None:
    names = {"chase", "pincer_row", "pincer_column"}
    assert {name for name in names if is_allowed(name, patterns)} == allowed


def test_drawing_follows_the_probabilities_and_the_temperature() -> None:
    shares = (0.1, 0.6, 0.3)
    assert draw(shares, 0.0, "x") == 1

    def often(temperature: float) -> list[float]:
        drawn = [draw(shares, temperature, str(seed)) for seed in range(4000)]
        return [drawn.count(at) / 4000 for at in range(3)]

    assert often(1.0) == pytest.approx(shares, abs=0.03)
    assert often(50.0) == pytest.approx([1 / 3] * 3, abs=0.03)
    assert often(0.05)[1] > 0.99


def test_the_same_seed_draws_the_same_functions(resources: Resources) -> None:
    settings = LEVELS["beginner"].settings()

    def names(seed: int) -> list[str]:
        return [event.name for event in selected(resources, settings, seed)]

    seeds = [decision_seed(3, ply) for ply in range(3)]
    first = [names(seed) for seed in seeds]
    assert first == [names(seed) for seed in seeds]
    assert len({tuple(each) for each in first}) > 1


def test_only_functions_that_are_allowed_are_candidates(resources: Resources) -> None:
    plan, move = selected(resources, {"k": 5, "functions": ["pincer_*"]}, 1)
    assert set(plan.candidates) == {"pincer_row", "pincer_column"}
    assert len(move.candidates) == 5  # a stage that none fits keeps its own


def test_what_was_chosen_is_taken_and_the_s_llm_not_asked(resources: Resources) -> None:
    asked = selected(resources, {"k": 5}, 1)
    other = next(name for name in asked[0].candidates if name != asked[0].name)
    plan, move = selected(resources, {"k": 5, "chosen": [other], "select": "first"}, 1)
    assert (plan.name, plan.by) == (other, "chosen")
    assert move.by == "first"


def test_the_tablebase_plays_its_share_but_not_in_fog(resources: Resources) -> None:
    def decide(position: Position, share: float, seed: int) -> list[Event]:
        player = make_player(PlayerSpec("ld", Strength(perfect=share).settings()), resources)
        return list(player.decide(position, (), seed))

    events = decide(BLUE, 1.0, 1)
    assert len(events) == 1
    assert isinstance(events[0], Decided)
    assert any(isinstance(event, Selected) for event in decide(FOG, 1.0, 1))
    by_table = [len(decide(BLUE, 0.5, seed)) == 1 for seed in range(16)]
    assert 3 < sum(by_table) < 13


def test_every_level_says_only_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LEVELS:
        assert "loses" in levels.in_words(name), f"measure it: benchmarks/levels.py --only {name}"
    lost = [levels.loss_of(name, Side.BLUE) for name in LEVELS]
    assert [each.lost for each in lost] == sorted([each.lost for each in lost], reverse=True)
    monkeypatch.setitem(LEVELS, "club", Strength(k=2))
    assert levels.in_words("club") == ""


def test_the_page_says_what_was_measured() -> None:
    page = (Path(__file__).parents[2] / "docs" / "playing.md").read_text(encoding="utf-8")
    for name in LEVELS:
        row = next(line for line in page.splitlines() if line.startswith(f"| {name} |"))
        for side in Side:
            found = levels.loss_of(name, side)
            assert f"{found.lost:.2f} [{found.low:.2f}, {found.high:.2f}]" in row
