"""Matches: what they report, and that a killed one ends as if it had never been."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ld_tui.agent.events import Decided, Event
from ld_tui.arena.game import Game, History
from ld_tui.arena.match import (
    MatchOptions,
    fixtures,
    game_seed,
    play_out,
    read_starts,
    run_match,
)
from ld_tui.arena.players import PerfectPlayer, Player
from ld_tui.arena.report import match_command
from ld_tui.arena.resources import Resources, Sources
from ld_tui.arena.saves import read_save, write_save
from ld_tui.arena.scores import score, summary
from ld_tui.errors import LdTuiError, NotationError, SaveError, UsageError
from ld_tui.game.notation import format_move, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Position, Reason, Side


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    return Sources(cache=tmp_path_factory.mktemp("cache"))


def match(sources: Sources, **fields: Any) -> MatchOptions:
    settings = {"blue": "greedy", "orange": "random", "games": 4, "size": 6, **fields}
    return MatchOptions(sources=sources, **settings)


def moves(folder: Path) -> list[list[str]]:
    return [
        [format_move(turn.move) for turn in read_save(path).turns]
        for path in sorted(folder.glob("game-*.toml"))
    ]


def test_perfect_blue_takes_par_against_perfect_orange(sources: Sources) -> None:
    scores = list(run_match(match(sources, blue="perfect", orange="perfect", games=12)))
    assert [score.steps for score in scores] == [score.par for score in scores]
    assert {score.reason for score in scores} == {Reason.CAPTURE}
    assert [score.index for score in scores] == list(range(12))
    total = summary(scores)
    assert total["captures"] == 12
    assert total["steps_over_par"] == 1.0
    assert total["regret_per_move"] == {"blue": 0, "orange": 0}


def test_regrets_account_for_every_step_over_par(sources: Sources) -> None:
    for one in run_match(match(sources, blue="greedy", orange="greedy", games=12)):
        if one.reason is Reason.CAPTURE:
            assert one.par is not None
            assert one.steps == one.par + sum(one.blue.regrets) - sum(one.orange.regrets)


@pytest.mark.parametrize(
    ("start", "steps"),
    [
        ("6 a1,c1,a1 b3 b 5 0,0 -", 1),
        ("6 c2,c3,d2 a1 o 5 0,0 -", 2),
        ("6 a1,c1,b2 b1 o 5 0,0 -", 0),
    ],
    ids=["blue begins", "orange begins", "over before it begins"],
)
def test_steps_are_counted_as_par_counts_them(
    sources: Sources, tmp_path: Path, start: str, steps: int
) -> None:
    (tmp_path / "starts").write_text(f"{start}\n")
    options = match(sources, blue="perfect", orange="perfect", starts=tmp_path / "starts")
    (one,) = run_match(options)
    assert (one.steps, one.par) == (steps, steps)


def test_the_same_seed_plays_the_same_match_and_another_does_not(
    sources: Sources, tmp_path: Path
) -> None:
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        list(run_match(match(sources, seed=seed, saves=tmp_path / name)))
    assert moves(tmp_path / "one") == moves(tmp_path / "two")
    assert moves(tmp_path / "one") != moves(tmp_path / "three")
    assert game_seed(5, 0) != game_seed(5, 1)


def test_a_match_in_processes_is_the_same_match(sources: Sources, tmp_path: Path) -> None:
    one = list(run_match(match(sources, saves=tmp_path / "one")))
    two = list(run_match(match(sources, saves=tmp_path / "two", workers=2)))
    assert [score.steps for score in one] == [score.steps for score in two]
    assert moves(tmp_path / "one") == moves(tmp_path / "two")


def test_a_match_cut_off_anywhere_ends_the_same(sources: Sources, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    list(run_match(match(sources, saves=whole, games=3)))
    cut.mkdir()
    finished, half = (read_save(whole / f"game-{n:04d}.toml") for n in (1, 2))
    write_save(cut / "game-0001.toml", finished)
    for _ in range(len(half.turns) // 2 + 1):
        half = half.without_last_turn()
    write_save(cut / "game-0002.toml", half)
    scores = list(run_match(match(sources, saves=cut, games=3, resume=True)))
    assert moves(cut) == moves(whole)
    assert [score.index for score in scores] == [0, 1, 2]


def test_a_folder_that_holds_a_match_is_not_written_over(sources: Sources, tmp_path: Path) -> None:
    list(run_match(match(sources, saves=tmp_path, games=1)))
    with pytest.raises(UsageError, match="holds a match; add --resume"):
        fixtures(match(sources, saves=tmp_path))
    with pytest.raises(SaveError, match=r"a game of another match: seed is \d+, not \d+"):
        list(run_match(match(sources, saves=tmp_path, resume=True, seed=9)))
    with pytest.raises(SaveError, match="of another match: blue is"):
        list(run_match(match(sources, saves=tmp_path, resume=True, blue="perfect")))
    with pytest.raises(UsageError, match="goes with --saves"):
        fixtures(match(sources, resume=True))


def test_starts_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "starts"
    path.write_text("# two\n10 a1,c4,h8 f5 b 0 0,0 -\n\n6 a1,c4,f6 d5 o 3 0,1 -  # late\n")
    assert [start.base.size for start in read_starts(path)] == [10, 6]


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("# nothing\n", UsageError, "no position in it"),
        ("10 a1,c4,h8 f5 b 0 0,0 -\nnonsense\n", NotationError, "line 2: a position has 7"),
        (None, UsageError, "can't be read"),
    ],
)
def test_a_file_of_starts_that_is_none_is_told(
    tmp_path: Path, content: str | None, error: type[LdTuiError], message: str
) -> None:
    path = tmp_path / "starts"
    if content is not None:
        path.write_text(content)
    with pytest.raises(error, match=message):
        read_starts(path)


def test_a_board_without_a_table_has_no_par(sources: Sources, tmp_path: Path) -> None:
    (tmp_path / "starts").write_text("20 a1,c1,a1 b2 b 99 0,0 -\n")
    (one,) = run_match(match(sources, starts=tmp_path / "starts"))
    assert (one.par, one.blue.regrets) == (None, ())
    assert summary([one])["mean_par"] is None


class Stubborn:
    """Answers with an illegal move until it has been told often enough."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.seeds: set[int] = set()

    def decide(self, position: Position, history: History, seed: int) -> Iterator[Event]:
        self.seeds.add(seed)
        legal = "a1a3 c4c6 f6f4" if len(self.seeds) > self.times else "a1a1 c4c6 f6f4"
        yield Decided(legal, 1.0)


def stubborn_game(times: int, sources: Sources) -> tuple[Game, Stubborn]:
    record = GameRecord(
        parse_position("6 a1,c4,f6 d5 b 99 0,0 -"), PlayerSpec("x"), PlayerSpec("perfect")
    )
    game, player = Game(record), Stubborn(times)
    players: dict[Side, Player] = {
        Side.BLUE: player,
        Side.ORANGE: PerfectPlayer(Resources(sources)),
    }
    play_out(game, players)
    return game, player


def test_a_player_is_asked_again_after_an_illegal_answer(sources: Sources) -> None:
    game, player = stubborn_game(7, sources)
    found = score(0, game, Resources(sources))
    assert found.blue.illegal == 7
    assert (found.winner, found.reason) == (Side.ORANGE, Reason.STEPS)
    assert len(player.seeds) == 8


def test_the_eighth_illegal_answer_loses_the_game(sources: Sources) -> None:
    game, _ = stubborn_game(8, sources)
    found = score(0, game, Resources(sources))
    assert (found.winner, found.reason) == (Side.ORANGE, Reason.ILLEGAL)
    assert summary([found])["forfeits"] == {"blue": 1, "orange": 0}


def test_json_is_all_that_goes_to_stdout(
    sources: Sources, capsys: pytest.CaptureFixture[str]
) -> None:
    assert match_command(match(sources, games=2), as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"games", "summary"}
    assert [set(game) for game in told["games"]] == [
        {
            "start",
            "winner",
            "reason",
            "steps",
            "par",
            "illegal_blue",
            "illegal_orange",
            "ms_per_decision",
        }
    ] * 2
    assert told["summary"]["games"] == 2
    assert told["summary"]["seeds"] == [game_seed(1, 0), game_seed(1, 1)]


def test_the_table_names_every_game_and_the_total(
    sources: Sources, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    match_command(match(sources, games=2))
    told = capsys.readouterr().out
    assert all(game.record.start.base.size == 6 for game in fixtures(match(sources)))
    assert "greedy (blue) against random" in told
    assert "captures" in told


def stormy(sources: Sources, **fields: Any) -> MatchOptions:
    return match(sources, orange="greedy", games=3, size=8, **fields)


def test_a_schedule_strikes_at_its_steps_and_the_same_for_a_seed(sources: Sources) -> None:
    heard: list[dict[str, Any]] = []
    options = stormy(sources, emergencies="storm@1,fog@2")
    first = list(run_match(options, heard=lambda game, what: heard.append(what)))
    struck = {(what["ply"], what["what"].partition(":")[0]) for what in heard if "what" in what}
    assert struck == {(2, "storm"), (4, "fog")}
    assert [game.steps for game in first] == [game.steps for game in run_match(options)]


def test_emergencies_of_a_killed_match_strike_once(sources: Sources, tmp_path: Path) -> None:
    options = stormy(sources, emergencies="jam@1,jam@1,sprint@2", saves=tmp_path)
    played = [game.steps for game in run_match(options)]
    whole = read_save(tmp_path / "game-0001.toml")
    half = whole
    while len(half.turns) > 2:
        half = half.without_last_turn()
    assert [item.emergency.kind for item in half.struck] == ["jam", "jam"]
    write_save(tmp_path / "game-0001.toml", half)
    resumed = list(
        run_match(stormy(sources, emergencies=options.emergencies, saves=tmp_path, resume=True))
    )
    assert [game.steps for game in resumed] == played
    assert read_save(tmp_path / "game-0001.toml").struck == whole.struck


def test_a_match_says_what_is_wrong_with_a_schedule(sources: Sources) -> None:
    with pytest.raises(UsageError, match="kind@step"):
        list(run_match(stormy(sources, emergencies="flood@1")))


def test_events_are_told_as_lines_of_json(
    sources: Sources, capsys: pytest.CaptureFixture[str]
) -> None:
    match_command(stormy(sources, emergencies="sprint@1"), events=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["event"] == "result"
    assert {line["event"] for line in lines[:-1]} == {"decided", "struck"}
    assert {line["game"] for line in lines[:-1]} == {1, 2, 3}
    with pytest.raises(UsageError, match="workers at 1"):
        match_command(stormy(sources, workers=2), events=True)
