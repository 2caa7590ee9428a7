"""What programs and functions are worth in positions: the steps to capture that they leave.

A plan is worth what the best way of walking makes of it. Values come from solved tables and count
the step in hand; the rules in force count as if they stood for ever.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from ld_tui.authoring.evaluate import Bools, Ints, States, plan
from ld_tui.authoring.space import Program
from ld_tui.authoring.walking import MOVERS, is_legal, walk
from ld_tui.game.rules import DOTS, Position
from ld_tui.tablebase.solve import NEVER
from ld_tui.tablebase.table import Table
from ld_tui.tablebase.world import World

Values = npt.NDArray[np.uint8]
TableOf = Callable[[World], Table]
"""Where solved tables come from."""


class Judge:
    """Values what is done in some positions of one side and stage."""

    def __init__(
        self,
        side: str,
        stage: str,
        positions: Sequence[Position],
        previous: Ints,
        table_of: TableOf,
        aware: bool = False,
        finds_way: bool = False,
    ) -> None:
        """Take positions with one side to move, and a move stage's o_1: [N, 3, 2] or [N, 2].

        `aware`: whether those who walk to a plan's targets look at the rules in force;
        `finds_way`: whether they also find their way around.
        """
        self.stage, self.side = stage, side
        self.movers = [
            Program(side, "move", "", way, aware=aware, finds_way=finds_way)
            for way in MOVERS[side].values()
        ]
        self.states = States.of(positions)
        self.orange: Ints = np.array([position.orange for position in positions])
        self.previous = previous
        worlds = [(World.of(each), each.rules.frozen) for each in positions]
        self.groups = [
            (
                [dot for dot in range(DOTS) if dot not in frozen],
                np.array([at for at, each in enumerate(worlds) if each == (world, frozen)]),
                table_of(world),
            )
            for world, frozen in dict.fromkeys(worlds)
        ]
        """For each world the dots that can move, the rows and the table."""

    def values(self, program: Program) -> tuple[Values, Bools]:
        """Return [N] the steps to capture that a program leaves, and where it is legal."""
        if self.stage == "move":
            return self.of_ends(walk(self.states, program, self.previous))
        return self.of_plans(plan(self.states, program)), np.ones(len(self.orange), dtype=bool)

    def of_plans(self, targets: Ints) -> Values:
        """Return [N] the steps that plans leave: targets [N, 3, 2], goals [N, 2]."""
        every = self.of_walks(targets)
        return np.asarray(every.min(0) if self.side == "blue" else every.max(0))

    def of_walks(self, targets: Ints) -> Values:
        """Return [ways of walking, N] the steps that each way leaves; targets as `of_plans`."""
        return np.stack([self._left(walk(self.states, mover, targets)) for mover in self.movers])

    def of_ends(self, ends: Ints) -> tuple[Values, Bools]:
        """Return [N] the steps that moves leave, and where they are legal.

        `ends` are [N, 3, 2] for blue, [N, 2] for orange. An illegal move counts as standing still.
        """
        legal = is_legal(self.states, self.side, ends)
        here = self.states.blue if self.side == "blue" else self.states.orange
        fine = legal.reshape(-1, *(1,) * (ends.ndim - 1))
        return self._left(np.where(fine, ends, here)), legal

    def best(self) -> Values:
        """Return [N] the steps to capture under best play of both."""
        found = np.zeros(len(self.orange), dtype=np.uint8)
        for free, rows, table in self.groups:
            dots, cells = self._indices(self.states.blue, self.orange, free, rows, table)
            ask = table.values_blue if self.side == "blue" else table.values_orange
            found[rows] = ask(dots, cells)
        return found

    def _left(self, moved: Ints) -> Values:
        blue = moved if self.side == "blue" else self.states.blue
        orange = moved if self.side == "orange" else self.orange
        found = np.zeros(len(orange), dtype=np.uint8)
        for free, rows, table in self.groups:
            dots, cells = self._indices(blue, orange, free, rows, table)
            if self.side == "blue":
                found[rows] = table.values_orange(dots, cells)
            else:
                later = table.values_blue(dots, cells)
                found[rows] = np.where(later == NEVER, later, later + np.uint8(1))
        captured = (np.abs(blue - orange[:, None]).sum(-1) < 2).all(-1)
        return np.where(captured, np.uint8(1), found).astype(np.uint8)

    def _indices(
        self, blue: Ints, orange: Ints, free: Sequence[int], rows: Ints, table: Table
    ) -> tuple[Ints, Ints]:
        size = table.world.size
        dots = blue[rows][:, list(free)] @ np.array([size, 1])
        return dots, orange[rows, 0] * size + orange[rows, 1]
