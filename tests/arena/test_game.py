"""The referee: turns, illegal choices, emergencies, taking back, and who is told."""

import pytest

from ld_tui.agent.events import Decided, Event, Executed, GaveUp, Rejected
from ld_tui.arena.game import Game, Past
from ld_tui.errors import IllegalMove, SaveError
from ld_tui.game.emergencies import Jam
from ld_tui.game.notation import (
    format_position,
    parse_emergency,
    parse_move,
    parse_position,
)
from ld_tui.game.record import GameRecord, PlayerSpec, record_from_dict, record_to_dict
from ld_tui.game.rules import Outcome, Reason, Side

BLUE_MOVE = "a1b2 c4e4 h8h6"


def new_game(position: str = "8 a1,c4,h8 f5 b 0 0,0 -") -> tuple[Game, list[GameRecord]]:
    told: list[GameRecord] = []
    record = GameRecord(parse_position(position), PlayerSpec("ld"), PlayerSpec("human"))
    return Game(record, told.append), told


def decision(*struck: str, move: str = BLUE_MOVE) -> tuple[Event, ...]:
    rejected = [Rejected(2, name, "closed", True) for name in struck]
    return (
        Executed(1, "encircle", [[1, 2]], "b3", 0.1),
        *rejected,
        Rejected(2, "slow", "took longer than 0.25 s", False),
        Executed(2, "march", [[1, 1]], "b2", 0.1),
        Decided(move, 12.5),
    )


def test_a_decision_is_played_and_told() -> None:
    game, told = new_game()
    assert game.take(decision("blind")) is None
    assert format_position(game.position) == "8 b2,e4,h6 f5 o 0 1,0 -"
    assert told == [game.record]
    assert game.record.turns[0].ms == 12.5
    assert game.history == (Past(game.positions[0], ("encircle", "march")),)
    assert format_position(game.positions[0]) == "8 a1,c4,h8 f5 b 0 1,0 -"
    assert record_from_dict(record_to_dict(game.record)) == game.record


def test_an_illegal_answer_is_counted_and_asked_again() -> None:
    game, _ = new_game()
    reason = game.take(decision(move="a1a2 c4e4 h8h6"))
    assert reason == "a1 to a2 is 1 unit; blue dots move 2"
    assert (game.ply, game.attempt, game.position.illegal.blue) == (0, 1, 1)
    assert game.take((Decided("anywhere", 1.0),)) is not None
    assert (game.attempt, game.position.illegal.blue) == (2, 2)
    game.take(decision())
    assert (game.ply, game.attempt) == (1, 0)
    assert game.record.turns[0].illegal[0].reason == reason


def test_the_eighth_illegal_choice_loses() -> None:
    game, _ = new_game("8 a1,c4,h8 f5 b 0 7,0 -")
    assert game.charge_illegal(Side.BLUE, "again") == Outcome(Side.ORANGE, Reason.ILLEGAL)
    with pytest.raises(IllegalMove, match="the game is over"):
        game.play_turn(parse_move(BLUE_MOVE))
    assert record_from_dict(record_to_dict(game.record)) == game.record


def test_an_agent_that_used_up_its_illegal_choices_loses_with_its_events_kept() -> None:
    game, _ = new_game("8 a1,c4,h8 f5 b 0 6,0 -")
    game.take((*decision("one", "two")[:3], GaveUp("no illegal choice left", 3.0)))
    assert game.outcome == Outcome(Side.ORANGE, Reason.ILLEGAL)
    assert [event["event"] for event in game.record.last_events] == [
        "executed",
        "rejected",
        "rejected",
        "gave_up",
    ]
    assert record_from_dict(record_to_dict(game.record)) == game.record


def test_illegal_choices_can_end_the_game_before_the_move() -> None:
    game, _ = new_game("8 a1,c4,h8 f5 b 0 7,0 -")
    game.take(decision("one"))
    assert game.outcome == Outcome(Side.ORANGE, Reason.ILLEGAL)
    assert game.ply == 0


def test_an_agent_that_gives_up_for_no_reason_of_the_rules_resigns() -> None:
    game, _ = new_game()
    game.take((GaveUp("out of ideas", 3.0),))
    assert game.outcome == Outcome(Side.ORANGE, Reason.RESIGNED)


def test_a_refused_move_changes_nothing() -> None:
    game, told = new_game()
    before = game.record
    with pytest.raises(IllegalMove, match="dots move 2"):
        game.play_turn(parse_move("a1a2 c4e4 h8h6"), decision("one"))
    assert game.record == before
    assert told == []


def test_a_decision_without_an_end_is_a_mistake_of_the_caller() -> None:
    game, _ = new_game()
    for events in ((), decision()[:2]):
        with pytest.raises(ValueError, match="ends in Decided or GaveUp"):
            game.take(events)


def test_emergencies_change_what_is_legal_at_once() -> None:
    game, told = new_game()
    game.strike(Jam(0, 5))
    assert game.submit(parse_move(BLUE_MOVE)) == "a1 to b2: dot 1 is jammed and has to stay"
    assert game.submit(parse_move("a1a1 c4e4 h8h6")) is None
    assert told[0].struck[0].emergency == Jam(0, 5)


def test_turns_can_be_taken_back_even_from_a_finished_game() -> None:
    game, told = new_game("8 a1,c1,b3 b1 b 0 0,0 -")
    start = game.record
    assert game.play_turn(parse_move("a1b2 c1a1 b3c2")) is None
    game.undo()
    assert game.play_turn(parse_move("a1c1 c1a1 b3b1")) == Outcome(Side.BLUE, Reason.CAPTURE)
    assert game.undo(5) == 1
    assert game.record == start
    assert game.outcome is None
    assert game.undo() == 0
    assert told[-1] == start


def test_a_game_goes_on_from_its_record() -> None:
    game, _ = new_game()
    game.take(decision("one"))
    game.strike(Jam(2, 4))
    game.charge_illegal(Side.ORANGE, "x")
    again = Game(game.record)
    assert again.position == game.position
    assert again.positions == game.positions
    assert again.history == game.history


def test_a_start_in_which_all_is_over_has_its_outcome() -> None:
    game, _ = new_game("8 a1,c1,b2 b1 b 0 0,0 -")
    assert game.outcome == Outcome(Side.BLUE, Reason.CAPTURE)


def test_a_record_that_breaks_the_rules_is_no_game() -> None:
    game, _ = new_game()
    game.take(decision())
    record = game.record.with_result(Outcome(Side.BLUE, Reason.CAPTURE))
    with pytest.raises(SaveError, match="the turns lead to 'unfinished'"):
        Game(record)


def test_a_side_is_taken_over_and_given_up() -> None:
    game, told = new_game()
    game.replace_player(Side.BLUE, "random", {})
    assert told[-1].blue == PlayerSpec("random")
    assert game.resign(Side.BLUE) == Outcome(Side.ORANGE, Reason.RESIGNED)
    assert told[-1].result == game.outcome


def test_rules_have_stood_since_they_last_changed() -> None:
    game, _ = new_game("10 a1,c4,h8 f5 b 0 0,0 -")
    game.play_turn(parse_move("a1a3 c4e4 h8h6"))
    assert game.rules_since == game.record.start
    game.strike(parse_emergency("roadblock:a9@2"))
    struck = game.position
    game.play_turn(parse_move("f5f6"))
    assert game.rules_since == struck
    game.play_turn(parse_move("a3a5 e4e6 h6h8"))
    game.play_turn(parse_move("f6f7"))
    assert game.position.changes == ()
    assert game.rules_since == game.position
