"""Records: what they derive, what they refuse, and that they come back as they were."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld_tui.errors import RulesError, SaveError
from ld_tui.game.board import Cell
from ld_tui.game.emergencies import KINDS, Jam, Roadblock, strike
from ld_tui.game.notation import format_position, parse_emergency, parse_move, parse_position
from ld_tui.game.record import (
    GameRecord,
    IllegalChoice,
    PlayerSpec,
    Turn,
    current,
    record_from_dict,
    record_to_dict,
    replay,
)
from ld_tui.game.rules import (
    Outcome,
    Reason,
    Rules,
    Side,
    charge_illegal,
    legal_moves,
    outcome,
    play,
)
from ld_tui.game.schedule import random_emergency
from ld_tui.game.starts import random_start

START = parse_position("8 a1,c4,h8 f5 b 0 0,0 -")


def new_record(**fields: Any) -> GameRecord:
    return GameRecord(START, PlayerSpec("ld", {"k": 5}), PlayerSpec("human"), **fields)


def played(record: GameRecord, *moves: str) -> GameRecord:
    for text in moves:
        before = current(record)
        after = play(before, parse_move(text))
        record = record.with_turn(Turn(before.to_move, parse_move(text), format_position(after)))
    return record


@st.composite
def records(draw: st.DrawFn) -> GameRecord:
    """Random games with everything that a record can hold."""
    rng = random.Random(draw(st.integers(0, 10**6)))
    closed = frozenset(rng.sample([Cell(0, 0), Cell(3, 2), Cell(5, 1)], rng.randint(0, 3)))
    rules = Rules(size=rng.randint(6, 9), closed=closed, max_steps=rng.randint(2, 9))
    record = GameRecord(
        random_start(rng, rules),
        PlayerSpec("ld", {"k": rng.randint(1, 8), "select": "random"}),
        PlayerSpec("human", {"name": draw(st.text(max_size=5))}),
        seed=rng.randint(0, 2**31 - 1),
        program="0.1.0",
    )
    position = record.start
    for _ in range(draw(st.integers(0, 12))):
        if outcome(position):
            break
        if rng.random() < 0.2:
            try:
                emergency = random_emergency(rng.choice(KINDS), position, rng, rng.randint(1, 4))
            except RulesError:
                continue
            position = strike(position, emergency)
            record = record.with_emergency(emergency)
            if outcome(position):
                break  # a storm pushed the dots together
        if rng.random() < 0.2:
            position = charge_illegal(position, position.to_move)
            record = record.with_illegal(position.to_move, draw(st.text(max_size=8)))
            if outcome(position):
                break
        if rng.random() < 0.1:
            continue
        move = rng.choice(legal_moves(position))
        event = {"event": "decided", "move": draw(st.text(max_size=5)), "ms": rng.random()}
        side, position = position.to_move, play(position, move)
        turn = Turn(side, move, format_position(position), rng.random() * 100, (), (event,))
        record = record.with_turn(turn)
    return record.with_result(outcome(position))


@given(records())
def test_a_record_comes_back_from_plain_data_as_it_was(record: GameRecord) -> None:
    assert record_from_dict(record_to_dict(record)) == record


def test_positions_are_derived_from_the_turns() -> None:
    record = played(new_record(), "a1b2 c4e4 h8h6", "f5g5")
    assert [format_position(position) for position in replay(record)] == [
        "8 a1,c4,h8 f5 b 0 0,0 -",
        "8 b2,e4,h6 f5 o 0 0,0 -",
        "8 b2,e4,h6 g5 b 1 0,0 -",
    ]


def test_emergencies_strike_before_the_turn_that_follows_them() -> None:
    record = played(new_record(), "a1b2 c4e4 h8h6").with_emergency(Roadblock((Cell(6, 4),), 3))
    assert format_position(current(record)) == "8 b2,e4,h6 f5 o 0 0,0 roadblock:g5@3"
    record = played(record, "f5f6")
    assert record_from_dict(record_to_dict(record)) == record
    assert "roadblock" in record.turns[-1].after


def test_illegal_choices_wait_for_the_turn_that_follows_them() -> None:
    record = new_record().with_illegal(Side.BLUE, "off the board")
    assert current(record).illegal.blue == 1
    after = play(current(record), parse_move("a1b2 c4e4 h8h6"))
    record = record.with_turn(Turn(Side.BLUE, legal_blue(), format_position(after)))
    assert record.pending == ()
    assert record.turns[0].illegal == (IllegalChoice(Side.BLUE, "off the board"),)
    assert current(record).illegal.blue == 1


def legal_blue() -> Any:
    return parse_move("a1b2 c4e4 h8h6")


def test_taking_a_turn_back_takes_back_all_that_came_since_it_began() -> None:
    once = played(new_record(), "a1b2 c4e4 h8h6").with_emergency(Jam(0, 5))
    twice = played(once.with_illegal(Side.ORANGE, "x"), "f5g5").with_emergency(Jam(1, 6))
    assert twice.without_last_turn() == once
    assert once.without_last_turn() == new_record()
    assert new_record().without_last_turn() == new_record()


def broken(edit: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    record = played(new_record(), "a1b2 c4e4 h8h6", "f5g5").with_emergency(Jam(0, 5))
    data = record_to_dict(record)
    edit(data)
    return data


def set_in(*path: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def edit(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = to

    return edit


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (set_in("format", to=2), "format 2 is newer than this program"),
        (set_in("format", to="1"), "'format' has to be of type int, not '1'"),
        (set_in("format", to=True), "'format' has to be of type int, not True"),
        (set_in("plies", to=3), "2 turns where 3 were written"),
        (lambda data: data.pop("seed"), "'seed' is missing"),
        (set_in("start", to="8 a1,c4,h8 f5 b 0 0,0"), "a position has 7 fields, this has 6"),
        (set_in("rules", "size", to=9), "the start's size is 8, the rules' 9"),
        (set_in("rules", "closed", to=["f5"]), "a dot stands on f5, which is closed"),
        (set_in("rules", "frozen", to=["1"]), "'frozen' holds whole numbers"),
        (set_in("result", to="blue won"), "'blue won' is no result"),
        (set_in("result", to="blue capture"), "but the turns lead to 'unfinished'"),
        (set_in("turn", to=[1, 2]), "'turn' holds tables"),
        (set_in("turn", 1, "move", to="f5h5"), "turn 2 (f5h5): f5 to h5 is 2 units"),
        (set_in("turn", 1, "move", to="f5 g5"), "turn 2: 'f5 g5' is not a move"),
        (set_in("turn", 1, "side", to="blue"), "turn 2 (f5g5): blue moved when it was orange's"),
        (set_in("turn", 1, "side", to="red"), "turn 2: a side is blue or orange, not 'red'"),
        (set_in("turn", 0, "after", to="x"), "turn 1 (a1b2 c4e4 h8h6): it led to 8 b2,e4,h6"),
        (set_in("turn", 0, "ms", to="1"), "turn 1: 'ms' has to be of type float"),
        (set_in("emergency", 0, "ply", to=7), "an emergency struck at ply 7 of 2"),
        (set_in("emergency", 0, "what", to="jam:4"), "there is no blue dot 4"),
        (set_in("emergency", 0, "what", to="roadblock:g5@9"), "after the last turn: a dot stands"),
    ],
)
def test_a_broken_record_is_refused_in_one_line(
    edit: Callable[[dict[str, Any]], None], message: str
) -> None:
    with pytest.raises(SaveError) as caught:
        record_from_dict(broken(edit))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_person_may_give_up_where_the_rules_see_no_end() -> None:
    record = new_record().with_result(Outcome(Side.ORANGE, Reason.RESIGNED))
    assert record_from_dict(record_to_dict(record)) == record


def test_a_side_can_be_taken_over() -> None:
    record = new_record().with_player(Side.ORANGE, PlayerSpec("random"))
    assert record.player(Side.ORANGE).kind == "random"
    assert record.player(Side.BLUE).kind == "ld"
    assert replace(record, orange=PlayerSpec("human")) == new_record()


def test_a_storm_that_ends_the_game_is_read_back() -> None:
    record = replace(new_record(), start=parse_position("8 a3,b4,b5 b4 b 0 0,0 -"))
    assert outcome(record.start) is None
    storm = parse_emergency("storm:1@9")
    record = record.with_emergency(storm).with_result(outcome(strike(record.start, storm)))
    assert record.result is not None
    assert record_from_dict(record_to_dict(record)) == record
