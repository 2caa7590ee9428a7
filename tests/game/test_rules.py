"""The rules: legal moves counted by hand, walls on every side, captures, budgets, emergencies."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld_tui.errors import IllegalMove, RulesError, UsageError
from ld_tui.game.board import Cell, cells, distance, parse_cell
from ld_tui.game.emergencies import KINDS, Fog, Jam, Roadblock, Sprint, Storm, strike
from ld_tui.game.notation import format_move, format_position, parse_move, parse_position
from ld_tui.game.rules import (
    Outcome,
    Position,
    Reason,
    Rules,
    Side,
    apply,
    as_known,
    charge_illegal,
    destinations,
    dot_destinations,
    illegality,
    is_captured,
    is_in_sight,
    legal_moves,
    nearest_open,
    outcome,
    play,
)
from ld_tui.game.schedule import Due, parse_schedule, random_emergency, random_roadblock
from ld_tui.game.starts import random_start, starts


def walk(position: Position, depth: int) -> int:
    """Count the move sequences of a given length (perft)."""
    if depth == 0:
        return 1
    return sum(walk(apply(position, move), depth - 1) for move in legal_moves(position))


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        # Corner dots have 3 double moves, a middle dot 8; orange in the middle has 4 moves.
        ("6 a1,a1,a1 f3 b 0 0,0 -", [27]),
        ("6 a1,f1,a6 c3 b 0 0,0 -", [27, 27 * 4]),
        ("10 e5,e5,e5 j10 b 0 0,0 -", [512, 512 * 2]),
        # b1: a2 b3 c2 d1 and no stay -> 4; c1: a1 b2 c3 d2 e1 -> 5; d4: 8.
        ("8 b1,c1,d4 h5 b 0 0,0 -", [4 * 5 * 8, 4 * 5 * 8 * 3]),
        # Orange in the corner: 2, then blue again.
        ("6 a1,f1,a6 f6 o 0 0,0 -", [2, 2 * 27]),
        # A jam freezes dot 3; a roadblock leaves a1 only b2 (around d1) and c1.
        ("6 a1,f1,d4 c6 b 0 0,0 jam:3", [9]),
        ("6 a1,f1,d4 c6 b 0 0,0 roadblock:a2", [2 * 3 * 8]),
    ],
)
def test_legal_moves_are_counted_as_by_hand(text: str, counts: list[int]) -> None:
    position = parse_position(text)
    assert [walk(position, depth + 1) for depth in range(len(counts))] == counts


@pytest.mark.parametrize(
    ("cell", "reaches"),
    [
        ("a5", "a3 a7 b4 b6 c5"),
        ("j5", "h5 i4 i6 j3 j7"),
        ("e1", "c1 d2 e3 f2 g1"),
        ("e10", "c10 d9 e8 f9 g10"),
        ("b9", "a10 a8 b7 c10 c8 d9"),
        ("a1", "a3 b2 c1"),
        ("j10", "h10 i9 j8"),
    ],
)
def test_walls_bound_every_side(cell: str, reaches: str) -> None:
    found = destinations(Rules(), parse_cell(cell), 2)
    assert found == tuple(sorted(parse_cell(name) for name in reaches.split()))


def test_two_units_go_around_a_closed_cell_but_not_through_it() -> None:
    rules = Rules(closed=frozenset({parse_cell("e6")}))
    found = destinations(rules, parse_cell("e5"), 2)
    assert parse_cell("e7") not in found
    assert parse_cell("d6") in found
    assert parse_cell("f6") in found


def test_a_dot_walled_in_stays_and_that_is_legal() -> None:
    position = parse_position("10 a1,c4,h8 f5 b 0 0,0 roadblock:a2,b1")
    assert dot_destinations(position, 0) == (parse_cell("a1"),)
    play(position, parse_move("a1a1 c4e4 h8h6"))


@pytest.mark.parametrize(
    ("text", "move", "says"),
    [
        ("10 a1,c4,h8 f5 b 0 0,0 -", "a1b2 c4e4 h8h7", "1 unit; blue dots move 2"),
        ("10 a1,c4,h8 f5 b 0 0,0 -", "a1a1 c4e4 h8h6", "0 units"),
        ("10 a1,c4,h8 f5 b 0 0,0 -", "a1b2 c4e4 h9h7", "stand on a1 c4 h8"),
        ("10 a1,c4,h8 f5 b 0 0,0 -", "f5f6", "stand on"),
        ("10 a1,c4,i8 f5 b 0 0,0 -", "a1b2 c4e4 i8k8", "off the board"),
        ("10 a1,c4,h8 f5 b 0 0,0 roadblock:e4", "a1b2 c4e4 h8h6", "e4 is closed"),
        ("10 a1,c4,h8 f5 b 0 0,0 roadblock:d4", "a1b2 c4e4 h8h6", "no open way"),
        ("10 a1,c4,h8 f5 b 0 0,0 jam:1@9", "a1b2 c4e4 h8h6", "dot 1 is jammed"),
        ("10 a1,c4,h8 f5 o 0 0,0 -", "f5f7", "2 units; orange moves 1"),
        ("10 a1,c4,h8 f5 o 0 0,0 -", "j1j2", "orange stands on f5, not on j1"),
        ("10 e5,e5,e5 f5 b 0 0,0 -", "e5e7 e5e7 e5e7", "over"),
    ],
)
def test_an_illegal_move_says_why(text: str, move: str, says: str) -> None:
    with pytest.raises(IllegalMove, match=says) as caught:
        play(parse_position(text), parse_move(move))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "captured"),
    [
        ("10 f5,f5,f5 f5 b 0 0,0 -", True),
        ("10 e5,g5,f4 f5 o 0 0,0 -", True),
        ("10 e5,g5,e4 f5 b 0 0,0 -", False),
        ("10 e5,g5,f3 f5 b 0 0,0 -", False),
    ],
)
def test_capture_wants_all_three_within_distance_one(text: str, captured: bool) -> None:
    position = parse_position(text)
    assert is_captured(position) is captured
    assert (outcome(position) == Outcome(Side.BLUE, Reason.CAPTURE)) is captured


def test_a_hundred_steps_without_capture_are_oranges() -> None:
    assert outcome(parse_position("10 a1,c4,h8 f5 b 99 0,0 -")) is None
    last = parse_position("10 a1,c4,h8 f5 o 99 0,0 -")
    ended = play(last, parse_move("f5f6"))
    assert outcome(ended) == Outcome(Side.ORANGE, Reason.STEPS)


@pytest.mark.parametrize("side", Side)
def test_the_eighth_illegal_choice_loses(side: Side) -> None:
    position = parse_position("10 a1,c4,h8 f5 b 0 0,0 -")
    for _ in range(7):
        position = charge_illegal(position, side)
        assert outcome(position) is None
    assert outcome(charge_illegal(position, side)) == Outcome(side.other, Reason.ILLEGAL)


def test_an_emergency_ends_with_its_step() -> None:
    position = strike(parse_position("10 a1,c4,h8 f5 o 4 0,0 -"), Roadblock((Cell(0, 9),), until=5))
    assert position.rules.closed
    assert not play(position, parse_move("f5f6")).rules.closed


@given(st.integers(0, 10_000))
def test_legal_moves_keep_to_the_rules_and_their_order(seed: int) -> None:
    rng = random.Random(seed)
    position = random_start(rng, Rules(size=rng.randint(6, 12)))
    if rng.random() < 0.5:
        position = strike(position, random_roadblock(position, rng))
    if rng.random() < 0.3:
        position = strike(position, Jam(rng.randrange(3), until=9))
    for _ in range(6):
        moves = legal_moves(position)
        assert list(moves) == sorted(set(moves))
        for move in rng.sample(moves, min(8, len(moves))):
            assert parse_move(format_move(move)) == move
            for source, target in zip(move.sources, move.targets, strict=True):
                assert target not in position.rules.closed
                units = position.rules.units(position.to_move)
                assert distance(source, target) in (0, units)
        if outcome(position):
            return
        position = play(position, rng.choice(moves))


def test_starts_are_the_same_for_a_seed_and_prefixes_of_each_other() -> None:
    assert starts(5, seed=3) == starts(9, seed=3)[:5]
    assert starts(5, seed=3) != starts(5, seed=4)


@pytest.mark.parametrize("size", [5, 21])
def test_impossible_boards_are_refused(size: int) -> None:
    with pytest.raises(RulesError, match=str(size)):
        Rules(size=size)


def test_a_sprinting_orange_ends_two_units_away() -> None:
    position = strike(parse_position("10 a1,c4,h8 f5 o 4 0,0 -"), Sprint(until=6))
    assert len(legal_moves(position)) == 8
    assert illegality(position, parse_move("f5f6")) == "f5 to f6 is 1 unit; orange moves 2"
    assert len(legal_moves(replace(position, to_move=Side.BLUE))) > 8


def test_a_storm_closes_the_ring_and_pushes_dots_in() -> None:
    position = strike(parse_position("10 a1,c4,j8 f10 b 4 0,0 -"), Storm(until=9))
    assert format_position(position) == "10 b2,c4,i8 f9 b 4 0,0 storm:1@9"
    assert len(position.rules.closed) == 36


def test_a_storm_pushes_a_dot_past_cells_that_are_closed_already() -> None:
    start = parse_position("10 a5,c4,j8 f10 b 4 0,0 roadblock:b5")
    assert strike(start, Storm()).blue[0] in (Cell(2, 4), Cell(1, 3), Cell(1, 5))


def test_a_storm_leaves_a_board_to_play_on() -> None:
    start = parse_position("8 a5,c4,h8 f7 b 4 0,0 -")
    with pytest.raises(RulesError, match="4x4 have to stay open"):
        strike(start, Storm(rings=3))
    with pytest.raises(RulesError, match="4x4 have to stay open"):
        strike(strike(start, Storm(rings=1)), Storm(rings=3))


def test_in_fog_blue_knows_orange_by_where_it_saw_it_last() -> None:
    position = strike(parse_position("10 a1,c4,e5 f5 b 0 0,0 -"), Fog(2, Cell(0, 0)))
    assert is_in_sight(position)
    position = play(position, parse_move("a1b2 c4c6 e5d4"))
    assert not is_in_sight(position)
    assert as_known(position) == position  # orange knows where it is
    away = play(position, parse_move("f5g5"))
    assert as_known(away).orange == Cell(5, 4)
    assert format_position(away).endswith("fog:2,f5")
    near = play(play(away, parse_move("b2b4 c6d7 d4e5")), parse_move("g5g6"))
    assert as_known(near).orange == Cell(6, 4)  # seen from e5 on blue's turn, lost on orange's
    assert near.orange == Cell(6, 5)


def test_in_fog_blue_looks_beside_a_cell_that_has_closed_since() -> None:
    position = parse_position("10 b2,c4,e5 b7 b 3 0,0 fog:1,a7;storm:1")
    assert not is_in_sight(position)
    assert as_known(position).orange == Cell(1, 6)
    with pytest.raises(RulesError, match="no cell is open"):
        nearest_open(Cell(0, 0), Rules(6, closed=frozenset(cells(6))))


@given(st.integers(0, 10_000))
def test_what_blue_knows_in_fog_is_a_cell_where_orange_was_seen(seed: int) -> None:
    rng = random.Random(seed)
    position = random_start(rng, Rules(size=rng.randint(6, 12)))
    position = strike(position, random_emergency("fog", position, rng, None))
    seen = position.orange
    for _ in range(10):
        if is_in_sight(position):
            seen = position.orange
        if position.to_move is Side.BLUE:
            assert as_known(position).orange == seen
        if outcome(position):
            return
        position = play(position, rng.choice(legal_moves(position)))


@given(st.integers(0, 10_000), st.sampled_from(KINDS))
def test_every_kind_of_emergency_can_strike_and_ends(seed: int, kind: str) -> None:
    rng = random.Random(seed)
    position = random_start(rng, Rules(size=rng.randint(6, 12)))
    struck = strike(position, random_emergency(kind, position, rng, 2))
    assert struck.rules != position.rules
    for _ in range(4):
        if outcome(struck):
            return
        struck = play(struck, rng.choice(legal_moves(struck)))
    assert struck.rules == position.rules


def test_a_schedule_reads_as_documented() -> None:
    assert parse_schedule("storm@5,roadblock@3", 1) == (Due("roadblock", 3), Due("storm", 5))
    assert parse_schedule("random", 7) == parse_schedule("random", 7)
    assert len({parse_schedule("random", seed) for seed in range(20)}) > 5


@pytest.mark.parametrize("text", ["", "storm", "flood@3", "storm@", "storm@-1", "storm@x"])
def test_what_is_no_schedule_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match="kind@step"):
        parse_schedule(text, 1)
