"""Values and moves of single positions."""

import random

import numpy as np
import pytest

from ld_tui.errors import IllegalMove, TablebaseError
from ld_tui.game.board import Cell
from ld_tui.game.notation import format_move, parse_position
from ld_tui.game.rules import Position, Rules, Side, apply, legal_moves, play
from ld_tui.game.starts import starts
from ld_tui.tablebase.table import Analysis, Table
from ld_tui.tablebase.tables import Tables

# A wall at column c; with orange behind it the dots can't get there.
ROOMS = "6 a1,b4,a5 {} {} 0 0,0 roadblock:c1,c2,c3,c4,c5,c6"
POSITIONS = [
    "8 a1,c4,h8 f5 b 0 0,0 -",
    "8 a1,c4,h8 f5 o 0 0,0 -",
    "8 e7,c4,c4 a8 o 12 0,3 -",
    "7 a1,c4,g7 f5 b 3 0,0 roadblock:b2,d4,d5@12",
    "7 a1,c4,g7 f5 o 3 0,0 roadblock:b2,d4,d5@12",
    "6 d5,c3,e4 e6 b 0 0,0 jam:2",
    "6 d5,c3,e4 e5 o 0 0,0 jam:3@9",
    "6 d5,c3,e4 e6 b 0 0,0 jam:2;jam:1",
    "6 d5,c3,e4 e5 o 0 0,0 jam:1;jam:2;jam:3",
    ROOMS.format("e2", "b"),
    ROOMS.format("e2", "o"),
    ROOMS.format("b1", "b"),
]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables(capacity=20)


def after(tables: Tables, position: Position, place: int) -> int | None:
    """Return what a move is worth by the definition: the value after it, counted from before."""
    following = apply(position, legal_moves(position)[place])
    # The rules of now go on, whatever emergency ends with the turn.
    value = tables.for_position(position).value(
        Position(
            following.blue,
            following.orange,
            following.to_move,
            changes=position.changes,
            base=position.base,
        )
    )
    if value is None:
        return None
    return max(value, 1) if position.to_move is Side.BLUE else value + 1


@pytest.mark.parametrize("text", POSITIONS)
def test_an_analysis_follows_from_the_values_after_each_move(tables: Tables, text: str) -> None:
    position = parse_position(text)
    table = tables.for_position(position)
    analysis = table.analysis(position)
    moves = legal_moves(position)
    worth = {move: after(tables, position, place) for place, move in enumerate(moves)}
    assert {entry.move: entry.value for entry in analysis.moves} == worth
    assert analysis.value == table.value(position)
    sign = 1 if position.to_move is Side.BLUE else -1
    steps = {move: 999 if value is None else value for move, value in worth.items()}
    ranked = [(sign * steps[entry.move], entry.move) for entry in analysis.moves]
    assert ranked == sorted(ranked)
    assert analysis.moves[0].value == analysis.value
    for entry in analysis.moves:
        if entry.value == analysis.value:
            assert entry.regret == 0
        elif entry.value is None or analysis.value is None:
            assert entry.regret is None
        else:
            assert entry.regret == sign * (entry.value - analysis.value) > 0


def test_a_capture_at_once_is_worth_one_step(tables: Tables) -> None:
    position = parse_position("6 a1,b2,c3 b3 b 0 0,0 -")
    analysis = tables.for_position(position).analysis(position)
    assert analysis.value == 1
    assert format_move(analysis.moves[0].move) == "a1a3 b2a3 c3a3"


def test_a_captured_position_is_worth_nothing_and_has_no_moves(tables: Tables) -> None:
    for side in "bo":
        position = parse_position(f"6 a2,b2,c2 b2 {side} 0 0,0 -")
        table = tables.for_position(position)
        assert table.value(position) == 0
        assert table.analysis(position) == Analysis(0, ())
        with pytest.raises(IllegalMove, match="captured"):
            table.best_move(position)


def test_orange_out_of_reach_is_never_captured(tables: Tables) -> None:
    for side in "bo":
        position = parse_position(ROOMS.format("e2", side))
        analysis = tables.for_position(position).analysis(position)
        assert analysis.value is None
        assert {(entry.value, entry.regret) for entry in analysis.moves} == {(None, 0)}


def test_regret_is_unknown_where_only_one_of_two_moves_is_ever_captured(tables: Tables) -> None:
    position = parse_position("6 a1,b3,d2 b1 o 0 0,0 jam:1")
    analysis = tables.for_position(position).analysis(position)
    assert analysis.value is None
    assert {entry.value for entry in analysis.moves} == {None, 3}
    assert all(entry.regret is None for entry in analysis.moves if entry.value is not None)


def test_the_order_of_the_dots_changes_nothing(tables: Tables) -> None:
    values = set()
    for dots in ("a1,c4,h8", "h8,a1,c4", "c4,h8,a1", "h8,c4,a1"):
        position = parse_position(f"8 {dots} f5 b 0 0,0 -")
        values.add(tables.for_position(position).value(position))
    assert len(values) == 1


def test_the_stuck_dot_is_the_one_that_the_rules_name(tables: Tables) -> None:
    first = parse_position("6 a1,c3,c4 b3 b 0 0,0 jam:1")
    second = parse_position("6 c3,a1,c4 b3 b 0 0,0 jam:2")
    other = parse_position("6 a1,c3,c4 b3 b 0 0,0 jam:2")
    values = [tables.for_position(position).value(position) for position in (first, second, other)]
    assert values[0] == values[1]
    assert values[2] == 1
    assert values[0] != 1


def test_best_play_of_both_takes_exactly_the_value(tables: Tables) -> None:
    rng = random.Random(3)
    for start in starts(10, 4, Rules(size=7)):
        position, table = start, tables.for_position(start)
        while table.value(position):
            position = play(position, table.best_move(position, rng))
            if position.to_move is Side.BLUE:
                assert table.value(position) == table.value(start) - position.steps  # type: ignore[operator]
        finished = position.steps + (position.to_move is Side.ORANGE)
        assert finished == table.value(start)


def test_best_moves_are_drawn_by_the_generator_and_are_the_first_without(tables: Tables) -> None:
    position = parse_position("8 a1,c4,h8 f5 b 0 0,0 -")
    table = tables.for_position(position)
    best = [entry.move for entry in table.analysis(position).moves if entry.regret == 0]
    assert table.best_move(position) == best[0]
    drawn = [table.best_move(position, random.Random(seed)) for seed in range(20)]
    assert drawn == [table.best_move(position, random.Random(seed)) for seed in range(20)]
    assert len(set(drawn)) > 1
    assert set(drawn) <= set(best)


def test_many_values_at_once_are_those_of_single_positions(tables: Tables) -> None:
    rules = Rules(size=7, closed=frozenset({Cell(1, 1), Cell(3, 4)}))
    table = tables.for_rules(rules)
    games = starts(50, 8, rules)
    dots = np.array([[col * 7 + row for col, row in game.blue] for game in games])
    orange = np.array([game.orange.col * 7 + game.orange.row for game in games])
    blue = [table.value(game) for game in games]
    turned = [Position(game.blue, game.orange, Side.ORANGE, base=rules) for game in games]
    assert table.values_blue(dots, orange).tolist() == blue
    assert table.values_orange(dots, orange).tolist() == [table.value(game) for game in turned]


def test_a_closed_cell_has_no_value(tables: Tables) -> None:
    rules = Rules(size=6, closed=frozenset({Cell(1, 1)}))
    table = tables.for_rules(rules)
    with pytest.raises(IndexError):
        table.values_blue(np.array([[0, 7, 20]]), np.array([3]))
    with pytest.raises(IndexError):
        table.values_orange(np.array([[0, 8, 20]]), np.array([7]))


def test_a_position_of_another_world_is_refused(tables: Tables) -> None:
    table: Table = tables.for_rules(Rules(size=6))
    with pytest.raises(TablebaseError, match="no values for 6 2 1 closed:c3"):
        table.value(parse_position("6 a1,b2,c4 d6 b 0 0,0 roadblock:c3@9"))
