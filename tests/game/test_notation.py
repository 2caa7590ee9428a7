"""Notation: each pair round-trips exactly, and what is not notation is refused in one line."""

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ld_tui.errors import LdTuiError, NotationError
from ld_tui.game.board import MAX_SIZE, MIN_SIZE, Cell, cells, format_cell, parse_cell
from ld_tui.game.emergencies import (
    SHELTER,
    Emergency,
    Fog,
    Jam,
    Roadblock,
    Sprint,
    Storm,
    strike,
)
from ld_tui.game.notation import (
    format_emergency,
    format_move,
    format_position,
    parse_emergency,
    parse_move,
    parse_position,
)
from ld_tui.game.rules import Move, Position, Rules, Side, Tally

ends = st.none() | st.integers(1, 100)


@st.composite
def positions(draw: st.DrawFn) -> Position:
    size = draw(st.integers(MIN_SIZE, MAX_SIZE))
    cell = st.builds(Cell, st.integers(0, size - 1), st.integers(0, size - 1))
    closed = draw(st.lists(cell, max_size=5, unique=True))
    dots = draw(st.lists(cell.filter(lambda c: c not in closed), min_size=4, max_size=4))
    changes: list[Emergency] = []
    if closed:
        changes.append(Roadblock(tuple(sorted(closed)), draw(ends)))
    if draw(st.booleans()):
        changes.append(Jam(draw(st.integers(0, 2)), draw(ends)))
    if draw(st.booleans()):
        changes.append(Sprint(draw(ends)))
    if draw(st.booleans()):
        changes.append(Fog(draw(st.integers(1, 9)), draw(cell), draw(ends)))
    if size > SHELTER + 2 and all(0 < part < size - 1 for dot in dots for part in dot):
        changes.append(Storm(1, draw(ends)))
    return Position(
        blue=tuple(dots[:3]),
        orange=dots[3],
        to_move=draw(st.sampled_from(Side)),
        steps=draw(st.integers(0, 120)),
        illegal=Tally(draw(st.integers(0, 9)), draw(st.integers(0, 9))),
        changes=tuple(changes),
        base=Rules(size=size),
    )


@pytest.mark.parametrize("cell", cells(MAX_SIZE))
def test_every_cell_round_trips(cell: Cell) -> None:
    assert parse_cell(format_cell(cell)) == cell


def test_columns_are_letters_and_rows_are_numbers() -> None:
    assert parse_cell("c12") == Cell(col=2, row=11)


@given(positions())
def test_positions_round_trip(position: Position) -> None:
    assert parse_position(format_position(position)) == position


@given(st.data())
def test_moves_round_trip(data: st.DataObject) -> None:
    cell = st.builds(Cell, st.integers(0, 19), st.integers(0, 19))
    count = data.draw(st.sampled_from([1, 3]))
    cells_ = st.lists(cell, min_size=count, max_size=count).map(tuple)
    move = Move(data.draw(cells_), data.draw(cells_))
    assert parse_move(format_move(move)) == move


@given(positions())
def test_emergencies_round_trip(position: Position) -> None:
    assume(position.changes)
    for change in position.changes:
        assert parse_emergency(format_emergency(change)) == change  # type: ignore[arg-type]


def test_the_published_example_reads_as_documented() -> None:
    position = parse_position("10 a1,c4,h8 f5 b 0 0,0 roadblock:d4,d5@12;jam:2@9")
    assert position.blue == (Cell(0, 0), Cell(2, 3), Cell(7, 7))
    assert position.orange == Cell(5, 4)
    assert position.to_move is Side.BLUE
    assert position.rules.closed == {Cell(3, 3), Cell(3, 4)}
    assert position.rules.frozen == {1}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "7 fields"),
        ("10 a1,c4,h8 f5 b 0 0,0", "7 fields"),
        ("5 a1,c4,d3 e5 b 0 0,0 -", "size 5"),
        ("10 a1,c4 f5 b 0 0,0 -", "field 2"),
        ("10 a1,c4,k8 f5 b 0 0,0 -", "off the 10x10 board"),
        ("10 a1,c4,h8 f5 x 0 0,0 -", "field 4"),
        ("10 a1,c4,h8 f5 b -1 0,0 -", "field 5"),
        ("10 a1,c4,h8 f5 b 01 0,0 -", "field 5"),
        ("10 a1,c4,h8 f5 b 0 0 -", "field 6"),
        ("10 a1,c4,h8 f5 b 0 0,0 flood:a1", "not an emergency"),
        ("10 a1,c4,h8 f5 b 0 0,0 roadblock:f5", "closed"),
        ("10 a1,c4,h8 f5 b 0 0,0 jam:4", "no blue dot 4"),
        ("10 a1,c4,h8 f5 b 0 0,0 roadblock:d5,d4", "ascending"),
    ],
)
def test_a_broken_position_names_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(NotationError, match=says) as caught:
        parse_position(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "f5",
        "f5 f6",
        "f5f6 ",
        " f5f6",
        "f5f6 or f5e5",
        "a1b2 c4e4",
        "F5F6",
        "a0b2",
        "f5f6\n",
        "u1a1",
    ],
)
def test_what_is_not_exactly_one_move_is_refused(text: str) -> None:
    with pytest.raises(NotationError):
        parse_move(text)


@given(st.text(max_size=60))
def test_any_text_parses_or_is_refused_in_one_line(text: str) -> None:
    for parse in (parse_cell, parse_move, parse_emergency, parse_position):
        problem = ""
        try:
            parse(text)
        except NotationError as error:
            problem = str(error)
        assert "\n" not in problem


def test_striking_keeps_the_position_writable() -> None:
    position = parse_position("10 a1,c4,h8 f5 b 3 1,0 -")
    struck = strike(position, Roadblock((Cell(3, 3), Cell(3, 4)), until=11))
    assert format_position(struck) == "10 a1,c4,h8 f5 b 3 1,0 roadblock:d4,d5@11"


@pytest.mark.parametrize("text", ["roadblock:f5@9", "roadblock:a1@9", "jam:1@3", "roadblock:k1@9"])
def test_an_emergency_that_no_board_can_have_is_refused(text: str) -> None:
    position = parse_position("10 a1,c4,h8 f5 b 3 1,0 -")
    with pytest.raises(LdTuiError):
        strike(position, parse_emergency(text))


def test_random_is_never_used_by_parsing() -> None:
    state = random.getstate()
    parse_position("10 a1,c4,h8 f5 b 0 0,0 -")
    assert random.getstate() == state
