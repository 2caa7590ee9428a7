"""Replays as text: a whole game on one page, every choice in it, no model needed."""

from pathlib import Path

import pytest

from ld_tui.agent.events import (
    Decided,
    Executed,
    FellBack,
    GaveUp,
    Rejected,
    Retrieved,
    Selected,
    StageBegan,
)
from ld_tui.arena.game import Game
from ld_tui.arena.replay import record_text, replay_text
from ld_tui.arena.saves import write_save
from ld_tui.game.emergencies import Jam
from ld_tui.game.notation import parse_move, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Side

DECISION = (
    StageBegan(1, 2, "plan", "Where should the three blue dots head?", "orange center"),
    Retrieved(1, ("encircle", "corner"), (0.61, 0.72), ("Surround.", "Drive."), 1.0),
    Selected(1, "encircle", ("corner", "encircle"), (0.25, 0.75), "s-llm", 9.0, 221, 0),
    Executed(1, "encircle", [[1, 2], [3, 4], [5, 6]], "b3 d5 f7", 0.3),
    StageBegan(2, 2, "move", "How should they step?", "near to N2 E0"),
    Retrieved(2, ("march", "sidestep"), (0.5, 0.6), ("Go.", "Slip."), 1.0),
    Selected(2, "march", ("march", "sidestep"), (0.9, 0.1), "s-llm", 9.0, 230, 1),
    Rejected(2, "march", "c4 to d5: d5 is closed", True),
    Selected(2, "sidestep", ("sidestep",), (1.0,), "only", 0.0, 0, 0),
    Rejected(2, "sidestep", "took longer than 0.25 s", False),
    FellBack(2, "every candidate was struck; a random legal move instead"),
    Decided("a1b2 c4e4 h8h6", 20.0, 451, 1),
)

PAGE = """\
blue: ld (k 5, select s-llm)   orange: human   seed 3
start: 8 a1,c4,h8 f5 b 0 0,0 -

1. blue a1b2 c4e4 h8h6  (20.0 ms, 451 tokens read, 1 written)
   1/2 plan: Where should the three blue dots head?
      chosen by s-llm (9.0 ms, 221 tokens read), of:
        corner                   distance 0.720  probability 0.250
      * encircle                 distance 0.610  probability 0.750
      encircle -> b3 d5 f7
   2/2 move: How should they step?
      chosen by s-llm (9.0 ms, 230 tokens read, 1 written), of:
      * march                    distance 0.500  probability 0.900
        sidestep                 distance 0.600  probability 0.100
      march struck, illegal: c4 to d5: d5 is closed
      chosen by only (0.0 ms, no tokens), of:
      * sidestep                 distance 0.600  probability 1.000
      sidestep struck: took longer than 0.25 s
      every candidate was struck; a random legal move instead
   8 b2,e4,h6 f5 o 0 1,0 -

! jam: blue dot 2 can't move until step 4
1. orange f5g5
   orange illegal: off the board
   8 b2,e4,h6 g5 b 1 1,1 jam:2@4

unfinished: 8 b2,e4,h6 g5 b 1 1,1 jam:2@4
"""


def game() -> Game:
    start = parse_position("8 a1,c4,h8 f5 b 0 0,0 -")
    spec = PlayerSpec("ld", {"k": 5, "select": "s-llm"})
    played = Game(GameRecord(start, spec, PlayerSpec("human"), 3))
    played.take(DECISION)
    played.strike(Jam(1, 4))
    played.charge_illegal(Side.ORANGE, "off the board")
    played.play_turn(parse_move("f5g5"))
    return played


def test_a_game_fills_a_page(tmp_path: Path) -> None:
    write_save(tmp_path / "game.toml", game().record)
    assert "\n".join(replay_text(tmp_path / "game.toml")) + "\n" == PAGE


def test_a_save_from_before_tokens_were_counted_says_nothing_of_them(tmp_path: Path) -> None:
    path = tmp_path / "game.toml"
    write_save(path, game().record)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(("read", "written"))))
    text = list(replay_text(path))
    assert "1. blue a1b2 c4e4 h8h6  (20.0 ms)" in text
    assert "      chosen by s-llm (9.0 ms), of:" in text
    assert not any("token" in line or "?" in line.removesuffix("?") for line in text)


@pytest.mark.parametrize("count", ['"many"', "-3", "1.5", "true", "9" * 30, "{ none = true }"])
def test_what_is_no_count_is_passed_over(tmp_path: Path, count: str) -> None:
    path = tmp_path / "game.toml"
    write_save(path, game().record)
    path.write_text(path.read_text().replace("read = 451", f"read = {count}"))
    assert "1. blue a1b2 c4e4 h8h6  (20.0 ms, 1 token written)" in list(replay_text(path))


def test_the_end_is_told() -> None:
    played = game()
    played.resign(Side.BLUE)
    assert list(record_text(played.record))[-1] == "orange wins: the other side gave up"


def test_a_decision_without_a_move_is_told() -> None:
    played = game()
    played.take((*DECISION[:4], GaveUp("no illegal choice left", 1.0, 221, 0)))
    lines = list(record_text(played.record))
    assert "      encircle -> b3 d5 f7" in lines[-4:]
    assert lines[-2:] == [
        "   gave up: no illegal choice left, 221 tokens read",
        "orange wins: the other side gave up",
    ]


def test_events_of_a_later_version_are_no_obstacle() -> None:
    played = game()
    played.play_turn(parse_move("b2c3 e4e4 h6g7"))
    record = played.record
    object.__setattr__(record.turns[-1], "events", ({"event": "dreamt", "name": "x"},))
    assert "   ? 'dreamt' is no kind of event this version knows" in list(record_text(record))
