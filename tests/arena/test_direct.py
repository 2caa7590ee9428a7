"""A direct player is taken at its word: a legal move, exactly, or an illegal choice."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ld_tui import paths
from ld_tui.agent.events import Decided, Event, GaveUp, Rejected, StageBegan
from ld_tui.arena.direct import DirectPlayer, move_prompt, read_answer, situation_text, task_text
from ld_tui.arena.game import Game
from ld_tui.arena.match import play_out
from ld_tui.arena.players import Player, RandomPlayer, make_player
from ld_tui.arena.resources import Resources
from ld_tui.errors import ModelError, NotationError
from ld_tui.game.notation import format_move, parse_move, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Outcome, Position, Reason, Side, illegality, legal_moves

BLUE = "10 a1,c4,h8 f5 b 0 0,0 -"
ORANGE = "10 a1,c4,h8 f5 o 0 0,0 -"


class Parrot:
    """Says what it was given, over and over, and remembers what it was asked."""

    name = "parrot"
    context_length = 512

    def __init__(self, *answers: str) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str | None]] = []

    def complete(
        self, prompt: str, max_tokens: int, stop: Sequence[str] = (), seed: str | None = None
    ) -> str:
        self.asked.append((prompt, seed))
        return self.answers[(len(self.asked) - 1) % len(self.answers)]


def decide(parrot: Parrot, text: str = BLUE, seed: int = 7) -> list[Event]:
    return list(DirectPlayer(parrot, "kd").decide(parse_position(text), (), seed))


def test_a_legal_answer_is_the_move() -> None:
    parrot = Parrot(" a1b2 c4e4 h8h6")
    began, decided = decide(parrot)
    assert isinstance(began, StageBegan)
    assert isinstance(decided, Decided)
    assert decided.move == "a1b2 c4e4 h8h6"
    assert parrot.asked == [(move_prompt(parse_position(BLUE)), None)]
    orange = decide(Parrot(" f5f6"), ORANGE)[-1]
    assert isinstance(orange, Decided)
    assert orange.move == "f5f6"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        " ",
        " a1b2 c4e4",
        " a1b2 c4e4 h8h6 .",
        " a1b2 c4e4 h8h6\n",
        "  a1b2 c4e4 h8h6",
        " a1b2  c4e4 h8h6",
        " a1b2, c4e4, h8h6",
        " A1B2 c4e4 h8h6",
        " I play a1b2 c4e4 h8h6",
        " a1b2 c4e4 h8h6 a1b2 c4e4 h8h6",
        " c4e4 a1b2 h8h6",
        " a1b2 c4e4 h8h7",
        " b1b2 c4e4 h8h6",
        " f5f6",
    ],
    ids=repr,
)
def test_nothing_is_read_out_of_an_answer_that_is_no_move(answer: str) -> None:
    with pytest.raises(NotationError) as caught:
        read_answer(parse_position(BLUE), answer)
    assert "\n" not in str(caught.value)


def test_every_legal_move_is_read_as_itself() -> None:
    for text in (BLUE, ORANGE, "8 b2,b2,c3 a1 b 0 0,0 jam:1@4;roadblock:c4@9"):
        position = parse_position(text)
        for move in legal_moves(position):
            assert read_answer(position, f" {format_move(move)}") == format_move(move)


def test_an_illegal_answer_is_told_and_the_model_sampled_by_the_seed() -> None:
    parrot = Parrot(" a1a1 c4e4 h8h6", " nonsense", " a1b2 c4e4 h8h6")
    _, first, second, decided = decide(parrot)
    assert first == Rejected(1, "kd", "a1 to a1 is 0 units; blue dots move 2", True)
    assert isinstance(second, Rejected)
    assert "'nonsense' is not a move" in second.reason
    assert isinstance(decided, Decided)
    seeds = [seed for _, seed in parrot.asked]
    assert seeds == [None, "7 1", "7 2"]
    other = Parrot(*parrot.answers)
    decide(other, seed=8)
    assert [seed for _, seed in other.asked] == [None, "8 1", "8 2"]


@pytest.mark.parametrize(("used", "answers"), [(0, 8), (5, 3), (7, 1)])
def test_it_gives_up_where_no_illegal_choice_is_left(used: int, answers: int) -> None:
    events = decide(Parrot(" nonsense"), f"10 a1,c4,h8 f5 b 0 {used},0 -")
    assert sum(isinstance(event, Rejected) for event in events) == answers
    assert isinstance(events[-1], GaveUp)


def play(text: str, **players: Player) -> Game:
    game = Game(GameRecord(parse_position(text), PlayerSpec("kd"), PlayerSpec("random"), seed=3))
    play_out(game, {Side(name): player for name, player in players.items()})
    return game


def test_the_eighth_illegal_answer_loses_the_game() -> None:
    game = play(BLUE, blue=DirectPlayer(Parrot(" nonsense"), "kd"), orange=RandomPlayer())
    assert game.outcome == Outcome(Side.ORANGE, Reason.ILLEGAL)
    assert game.position.illegal.of(Side.BLUE) == 8
    game = play(ORANGE, blue=RandomPlayer(), orange=DirectPlayer(Parrot(" nonsense"), "kd"))
    assert game.outcome == Outcome(Side.BLUE, Reason.ILLEGAL)


def test_illegal_answers_are_counted_and_the_game_goes_on() -> None:
    class Slow(Parrot):
        """Names a legal move the second time that it is asked."""

        def complete(self, *args: object, **kwargs: object) -> str:
            self.asked.append(("", None))
            position: Position = game.position
            return " no" if len(self.asked) % 2 else f" {format_move(legal_moves(position)[0])}"

    game = Game(
        GameRecord(parse_position("10 a1,c4,h8 f5 b 98 0,0 -"), PlayerSpec("kd"), PlayerSpec("x"))
    )
    play_out(game, {Side.BLUE: DirectPlayer(Slow(), "kd"), Side.ORANGE: RandomPlayer()})
    assert game.position.illegal.of(Side.BLUE) == 2
    assert game.outcome == Outcome(Side.ORANGE, Reason.STEPS)
    kinds = [event["event"] for event in game.record.turns[0].events]
    assert kinds == ["stage", "rejected", "decided"]


def test_a_prompt_is_one_line_that_tells_all_a_move_depends_on() -> None:
    position = parse_position("8 a1,c4,h8 f5 b 3 1,2 roadblock:d4,d5@9;jam:2@9")
    prompt = move_prompt(position)
    assert prompt == " ".join(prompt.split())
    assert prompt.endswith(" . move :")
    assert prompt.startswith(task_text(position.rules, Side.BLUE))
    assert "orange f5 ; a1 far N4 E5 ; c4 near N1 E3 ; h8 mid S3 W2 ; closed d4 d5 ;" in prompt
    assert "mid S3 W2" in situation_text(position)
    assert "near stuck" in prompt
    assert move_prompt(parse_position(BLUE)) != move_prompt(parse_position(ORANGE))


@pytest.mark.parametrize("text", [BLUE, ORANGE, "8 b2,d7,h3 e5 b 2 0,0 -"])
def test_the_shipped_baseline_answers_with_moves_the_same_each_time(text: str) -> None:
    resources, position = Resources(), parse_position(text)
    first, again = (
        [
            replace(event, ms=0) if isinstance(event, Decided | GaveUp) else event
            for event in make_player(PlayerSpec("kd"), parts).decide(position, (), 5)
        ]
        for parts in (resources, Resources())
    )
    assert first == again
    assert isinstance(first[-1], Decided)
    assert illegality(position, parse_move(first[-1].move)) is None


def test_a_baseline_without_weights_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "SHIPPED_KD", tmp_path / "kd.gguf")
    with pytest.raises(ModelError, match=r"kd\.gguf"):
        make_player(PlayerSpec("kd"), Resources())
