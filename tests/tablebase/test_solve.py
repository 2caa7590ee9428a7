"""The solver against minimax by its definition, and the facts known about open boards."""

import random
from dataclasses import replace
from functools import cache
from itertools import combinations_with_replacement, product

import numpy as np
import pytest

from ld_tui.errors import TablebaseError
from ld_tui.game.board import Cell
from ld_tui.game.rules import Rules, Side
from ld_tui.tablebase import multisets
from ld_tui.tablebase.solve import NEVER, solve
from ld_tui.tablebase.table import Table
from ld_tui.tablebase.world import World

# Top row first, as a board is drawn; `#` is closed. None of them is symmetric about a diagonal.
SQUARE_4X4 = ("######", "######", "....##", "....##", "....##", "....##")
HOLES = ("######", "#.....", "#.#...", "#....#", "######", "######")
HALL = ("######", "#.....", "#.....", "#.....", "#..###", "######")
ROOMS = ("...#..", "...#..", "######", "######", "######", "##...#")
RING = ("######", "#....#", "#.##.#", "#.##.#", "#....#", "######")
SQUARE_5X5 = ("######", ".....#", ".....#", ".....#", ".....#", ".....#")
BROKEN_5X5 = ("######", "#.....", "#.#...", "#.....", "#...#.", "#.....")


def rules_of(drawing: tuple[str, ...], **changes: int) -> Rules:
    """Return the rules of a drawn map."""
    closed = frozenset(
        Cell(col, len(drawing) - 1 - line)
        for line, text in enumerate(drawing)
        for col, mark in enumerate(text)
        if mark == "#"
    )
    return Rules(size=len(drawing), closed=closed, **changes)


class Minimax:
    """What blue can force, straight from the definition; shares no code with the package."""

    def __init__(self, rules: Rules, stuck: tuple[Cell, ...] = ()) -> None:
        self.cells = sorted(
            (col, row)
            for col, row in product(range(rules.size), repeat=2)
            if (col, row) not in rules.closed
        )
        self.stuck = stuck
        blue = {cell: self.walks(cell, rules.blue_units) for cell in self.cells}
        orange = {cell: self.walks(cell, rules.orange_units) for cell in self.cells}

        def near(dots, cell):
            return all(abs(col - cell[0]) + abs(row - cell[1]) < 2 for col, row in (*dots, *stuck))

        @cache
        def turns(dots):
            return sorted({tuple(sorted(to)) for to in product(*(blue[dot] for dot in dots))})

        @cache
        def caught(dots, cell, steps):
            if near(dots, cell):
                return True
            return steps > 0 and any(escapes(after, cell, steps) is None for after in turns(dots))

        @cache
        def escapes(dots, cell, steps):
            """Return orange's move that isn't caught in the steps left, None without one."""
            if near(dots, cell):
                return None
            return next((to for to in orange[cell] if not caught(dots, to, steps - 1)), None)

        self.near, self.caught, self.escapes = near, caught, escapes

    def walks(self, start, units):
        """Return where walks of `units` steps lead that end `units` away, or `start`."""
        ends = {start}
        for _ in range(units):
            ends = {
                (col + cols, row + rows)
                for col, row in ends
                for cols, rows in ((0, 1), (1, 0), (0, -1), (-1, 0))
            } & set(self.cells)
        far = {e for e in ends if abs(e[0] - start[0]) + abs(e[1] - start[1]) == units}
        return sorted(far) or [start]

    def value(self, side: Side, dots, cell, limit: int) -> int:
        """Return the least steps up to `limit` in which blue captures, else NEVER."""
        dots = tuple(sorted(dots))
        if self.near(dots, cell):
            return 0
        for steps in range(1, limit + 1):
            if side is Side.BLUE and self.caught(dots, cell, steps):
                return steps
            if side is Side.ORANGE and self.escapes(dots, cell, steps) is None:
                return steps
        return NEVER


def check_all(rules: Rules, stuck: tuple[Cell, ...], sample: int | None = None) -> set[int]:
    """Compare all positions of a world, or a sample; return the values that blue's turns have."""
    world = World.of_rules(replace(rules, frozen=frozenset(range(len(stuck)))), stuck)
    table = Table(world, solve(world))
    limit = int(table.values[table.values != NEVER].max()) + 1
    brute = Minimax(rules, stuck)
    positions = list(product(combinations_with_replacement(brute.cells, world.free), brute.cells))
    if sample:
        positions = random.Random(5).sample(positions, sample)
    shuffled = random.Random(7)
    dots = np.array(
        [
            [col * rules.size + row for col, row in shuffled.sample(dots, len(dots))]
            for dots, _ in positions
        ],
        np.int64,
    ).reshape(len(positions), world.free)
    orange = np.array([col * rules.size + row for _, (col, row) in positions])
    found = set()
    for side, values in (
        (Side.BLUE, table.values_blue(dots, orange)),
        (Side.ORANGE, table.values_orange(dots, orange)),
    ):
        expected = [brute.value(side, *position, limit) for position in positions]
        assert values.tolist() == expected
        found |= set(expected)
    return found


@pytest.mark.parametrize(
    ("drawing", "stuck", "changes", "values"),
    [
        pytest.param(SQUARE_4X4, (), {}, {0, 1, 2, 3, 4}, id="4x4"),
        pytest.param(HOLES, (), {}, {0, 1, 2, 3, 4, 5}, id="holes"),
        pytest.param(HALL, (), {}, {0, 1, 2, 3, 4}, id="hall"),
        pytest.param(ROOMS, (), {}, {0, 1, 2, 3, NEVER}, id="rooms"),
        pytest.param(RING, (), {}, {0, 1, 2, 3, 4, 5, 6}, id="ring"),
        pytest.param(SQUARE_4X4, (), {"blue_units": 1}, set(range(7)), id="blue moves one"),
        pytest.param(SQUARE_4X4, (), {"orange_units": 2}, set(range(5)), id="orange moves two"),
        pytest.param(HALL, (), {"blue_units": 3}, set(range(6)), id="blue moves three"),
        pytest.param(SQUARE_4X4, (Cell(1, 0),), {}, {0, 1, 2, NEVER}, id="a stuck dot"),
        pytest.param(HALL, (Cell(1, 3),), {}, {0, 1, 2, NEVER}, id="a stuck dot in a hall"),
        pytest.param(SQUARE_4X4, (Cell(0, 0), Cell(1, 1)), {}, {0, 1, 2, NEVER}, id="two stuck"),
        pytest.param(
            SQUARE_4X4, (Cell(0, 0), Cell(0, 0), Cell(1, 1)), {}, {0, 1, NEVER}, id="three stuck"
        ),
    ],
)
def test_every_position_of_a_small_map_has_its_minimax_value(
    drawing: tuple[str, ...], stuck: tuple[Cell, ...], changes: dict[str, int], values: set[int]
) -> None:
    assert check_all(rules_of(drawing, **changes), stuck) == values


@pytest.mark.parametrize(
    "drawing", [pytest.param(SQUARE_5X5, id="5x5"), pytest.param(BROKEN_5X5, id="broken 5x5")]
)
def test_a_sample_of_5x5_has_its_minimax_values(drawing: tuple[str, ...]) -> None:
    assert len(check_all(rules_of(drawing), (), sample=15)) > 3


# Maximum; mean over all positions, dots on one cell and captures included; mean over the starts
# of games: four cells, no capture. The last is what a sample of starts tends to.
OPEN_BOARDS = [
    pytest.param(6, 5, 3.0154, 3.0691, id="6x6"),
    pytest.param(8, 7, 4.4720, 4.5191, id="8x8"),
    pytest.param(10, 9, 5.9470, 5.9855, id="10x10", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("size", "longest", "over_all", "over_starts"), OPEN_BOARDS)
def test_blue_forces_capture_from_everywhere_on_an_open_board(
    size: int, longest: int, over_all: float, over_starts: float
) -> None:
    values = solve(World.of_rules(Rules(size=size))).astype(np.int64)
    dots = multisets.listing(size**2, 3)
    alike = 1 + (dots[:, 0] == dots[:, 1]) + (dots[:, 1] == dots[:, 2])
    orders = np.array([0, 6, 3, 1])[alike][:, None]  # positions that each entry stands for
    orange = np.arange(size**2)[None, :, None]
    starts = (alike == 1)[:, None] & (orange != dots[:, None, :]).all(axis=2) & (values > 0)
    assert (orders * np.ones_like(values)).sum() == size**8
    assert values.max() == longest
    assert (values * orders).sum() / size**8 == pytest.approx(over_all, abs=5e-5)
    assert values[starts].mean() == pytest.approx(over_starts, abs=5e-5)


def test_progress_rises_to_one() -> None:
    seen: list[float] = []
    solve(World.of_rules(rules_of(ROOMS)), seen.append)
    assert seen == sorted(seen)
    assert len(seen) > 3
    assert 0 < seen[0] < seen[-1] == 1


def test_a_board_too_large_is_refused_in_one_line() -> None:
    with pytest.raises(TablebaseError, match=r"a 13x13 board .* at most 12x12") as caught:
        solve(World.of_rules(Rules(size=13)))
    assert "\n" not in str(caught.value)


def test_a_large_board_with_a_stuck_dot_is_small_enough() -> None:
    World.of_rules(Rules(size=14, frozen=frozenset({1})), [Cell(3, 5)]).check_size()
