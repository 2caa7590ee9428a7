"""Tokens and time of every decision, turn by turn: in the save, and wherever a game is shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ld_tui.agent.events import Selected, decision_tokens, event_from_dict, tokens_of
from ld_tui.agent.loop import Settings
from ld_tui.arena.chains import Chains
from ld_tui.arena.game import Game
from ld_tui.arena.match import play_out
from ld_tui.arena.players import make_player
from ld_tui.arena.replay import replay_text
from ld_tui.arena.resources import Resources, Sources
from ld_tui.arena.saves import format_record, parse_record, read_save, write_save
from ld_tui.bench.games import tokens_spent
from ld_tui.bench.oracle import ALL, OraclePlayer
from ld_tui.export.cast import cast
from ld_tui.export.page import page
from ld_tui.export.story import story_of
from ld_tui.game.notation import format_move, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec, Turn
from ld_tui.game.rules import Side
from ld_tui.llm.call import UNKNOWN, Tokens
from ld_tui.plain.thoughts import decision_lines
from ld_tui.tui.trace import Trace, trace_of
from ld_tui.tui.widgets.decision import DecisionPanel, DecisionView

START = parse_position("6 a1,c4,f6 d2 b 0 0,0 -")
LD = PlayerSpec("ld", {"k": 4, "select": "s-llm"})
OLD = Path(__file__).parents[2] / "saves" / "examples" / "roadblock.toml"
"""Was saved before tokens were counted."""


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    parts = Resources(Sources(cache=tmp_path_factory.mktemp("cache")))
    yield parts
    parts.close()


@pytest.fixture(scope="module")
def record(resources: Resources) -> GameRecord:
    """A whole game of the shipped models against each other: LD, and KD, which writes moves."""
    game = Game(GameRecord(START, LD, PlayerSpec("kd"), 3))
    play_out(game, {side: make_player(game.record.player(side), resources) for side in Side})
    return parse_record(format_record(game.record))


def choices(turn: Turn) -> list[Selected]:
    events = [event_from_dict(event) for event in turn.events]
    return [event for event in events if isinstance(event, Selected)]


def trace(turn: Turn, player: str = "ld") -> Trace:
    return trace_of(turn.events, turn.side, 1, player, format_move(turn.move), turn.ms)


def test_each_turn_of_a_save_has_its_tokens_and_its_time(
    record: GameRecord, resources: Resources
) -> None:
    longest = resources.selector().context_length
    for turn in record.turns:
        total = decision_tokens(turn.events)
        assert turn.ms > 0
        assert 100 < (total.read or 0) < 4 * longest
        if turn.side is Side.ORANGE:
            assert 0 < (total.written or 0) < 100
            continue
        assert total.written == 0
        assert sum(map(tokens_of, choices(turn)), Tokens()) == total
        for event in choices(turn):
            assert tokens_of(event).read if event.by == "s-llm" else tokens_of(event) == Tokens()


def test_the_same_game_has_the_same_tokens(record: GameRecord) -> None:
    """Whatever a model still knew of the prompt before: a prompt counts whole."""
    fresh = Resources()
    first = record.turns[0]
    player = make_player(LD, fresh)
    for _ in range(2):
        *_, last = player.decide(START, (), seed=1)
        assert tokens_of(last) == decision_tokens(first.events)
    fresh.close()


@pytest.mark.parametrize("kind", ["perfect", "greedy", "random"])
def test_programs_read_nothing(resources: Resources, kind: str) -> None:
    *_, last = make_player(PlayerSpec(kind), resources).decide(START, (), 1)
    assert tokens_of(last) == Tokens(0, 0)


@pytest.mark.parametrize("select", ["first", "random", "oracle"])
def test_choosing_without_a_model_reads_nothing(resources: Resources, select: str) -> None:
    if select == "oracle":
        agent = resources.agent(with_llm=False)
        chains = Chains(resources.functionbase(), Side.BLUE, agent.sandbox)
        player = OraclePlayer(agent, chains, resources, ALL)
    else:
        player = make_player(PlayerSpec("ld", {"select": select}), resources)
    *_, last = player.decide(START, (), 1)
    assert tokens_of(last) == Tokens(0, 0)
    assert Settings().select == "s-llm"


def test_the_benchmark_counts_what_the_save_says(record: GameRecord) -> None:
    for side in Side:
        turns = [turn for turn in record.turns if turn.side is side]
        spent = sum((decision_tokens(turn.events) for turn in turns), Tokens()).total
        assert tokens_spent(Game(record), side) == spent
    assert tokens_spent(Game(read_save(OLD)), Side.BLUE) is None


def test_a_save_from_before_is_read_as_ever_and_says_nothing() -> None:
    found = read_save(OLD)
    assert not any("token" in line for line in replay_text(OLD))
    for turn in found.turns:
        assert decision_tokens(turn.events) == UNKNOWN
        assert not any("token" in line for line in decision_lines(trace(turn), "full"))


def test_tokens_are_told_in_words(record: GameRecord, tmp_path: Path) -> None:
    path = tmp_path / "game.toml"
    write_save(path, record)
    turn = record.turns[0]
    total = decision_tokens(turn.events).text
    parts = [tokens_of(event).text for event in choices(turn)]
    text = "\n".join(replay_text(path))
    said = "\n".join(decision_lines(trace(turn), "full"))
    html = page(story_of(record))
    for words in (total, *parts):
        assert words.endswith("tokens read")
        assert words in text
        assert words in said
        assert words in html
    assert total in cast(story_of(record))
    assert total in "\n".join(decision_lines(trace(turn), "normal"))


def lines(turn: Turn, width: int, height: int = 20) -> list[str]:
    panel = DecisionPanel()
    panel._view = DecisionView(trace(turn))
    return ["".join(text for text, _ in line) for line in panel.lines(width, height)]


@pytest.mark.parametrize("width", [40, 46, 60, 76, 110])
def test_the_panel_shows_tokens_where_there_is_room_and_always_the_time(
    record: GameRecord, width: int
) -> None:
    turn = record.turns[0]
    found = lines(turn, width)
    assert max(map(len, found)) <= width
    assert f"{turn.ms:.0f} ms" in found[0]
    if width in (60, 110):  # between these the stages stand side by side, in half of it
        assert decision_tokens(turn.events).short in found[0]
        assert any(tokens_of(choices(turn)[0]).short in line for line in found[1:])
