"""A side's functions run one stage after another, in many positions at once.

A chain is a function for each stage of a side, such as a plan and a move function. What a chain
proposes is worth the steps to capture that it leaves, by the tablebase.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ld_tui.agent.events import Plain
from ld_tui.arena.pursuit import PursuitSituation, function_state
from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.store import FunctionBase, Stage
from ld_tui.game.notation import parse_move
from ld_tui.game.rules import Move, Position, Side
from ld_tui.sandbox.run import Ran, Sandbox
from ld_tui.tablebase.solve import NEVER
from ld_tui.tablebase.table import Table

SEED = 0
"""The `state["seed"]` that functions are measured with."""

Costs = npt.NDArray[np.float64]
Moves = npt.NDArray[Any]
"""Of Move, or None."""


class Chains:
    """The chains of one side, and a count of what its functions did."""

    def __init__(self, base: FunctionBase, side: Side, sandbox: Sandbox) -> None:
        """Raise FunctionBaseError where a stage of the side has no function."""
        self.side = side
        self.stages = base.stages_of(str(side))
        self.manuals = tuple(base.manuals_of(str(side), stage.name) for stage in self.stages)
        for stage, manuals in zip(self.stages, self.manuals, strict=True):
            if not manuals:
                raise FunctionBaseError(f"{side}/{stage.name} has no function; nothing to measure")
        self.calls: Counter[str] = Counter()
        """Calls by function."""
        self.failures: Counter[str] = Counter()
        """Calls that raised, ran out of time or gave nothing legal, by function."""
        self._sandbox = sandbox

    @property
    def counts(self) -> tuple[int, ...]:
        """How many functions each stage has."""
        return tuple(map(len, self.manuals))

    def moves(
        self, positions: Sequence[Position], only: Sequence[int | None] | None = None
    ) -> Moves:
        """Return what every chain proposes: [n, functions of stage 1, ..., of stage J].

        A Move where it is legal, else None. `only` keeps one function of a stage, by its place
        among `manuals`; that stage's axis then has length 1.
        """
        kept = [
            manuals if one is None else (manuals[one],)
            for manuals, one in zip(self.manuals, only or [None] * len(self.stages), strict=True)
        ]
        # o_{j-1} of every chain so far; a position whose chain has failed is left out.
        level: dict[tuple[int, ...], dict[int, Plain]] = {(): dict.fromkeys(range(len(positions)))}
        for at, (stage, manuals) in enumerate(zip(self.stages, kept, strict=True)):
            level = self._stage(positions, stage, manuals, level, at == len(self.stages) - 1)
        found: Moves = np.full((len(positions), *map(len, kept)), None, dtype=object)
        for path, results in level.items():
            for place, result in results.items():
                found[(place, *path)] = result
        return found

    def _stage(
        self,
        positions: Sequence[Position],
        stage: Stage,
        manuals: Sequence[Manual],
        level: dict[tuple[int, ...], dict[int, Plain]],
        last: bool,
    ) -> dict[tuple[int, ...], dict[int, Plain]]:
        """Run a stage's functions on every result so far; equal calls are made once."""
        wanted = {
            (place, repr(previous)): (place, previous)
            for results in level.values()
            for place, previous in results.items()
        }
        states = [function_state(position, SEED) for position in positions]
        deeper: dict[tuple[int, ...], dict[int, Plain]] = {}
        for at, manual in enumerate(manuals):
            arguments = [(states[place], previous) for place, previous in wanted.values()]
            answers = self._sandbox.run_many(manual.name, manual.source, arguments)
            read: dict[tuple[int, str], Plain] = {}
            for (key, (place, _)), answer in zip(wanted.items(), answers, strict=True):
                self.calls[manual.name] += 1
                value = answer.value if isinstance(answer, Ran) else None
                choice = PursuitSituation(positions[place], SEED).judge(stage, value, last)
                if choice.problem:
                    self.failures[manual.name] += 1
                else:
                    read[key] = parse_move(choice.shown) if last else choice.value
            for path, results in level.items():
                deeper[(*path, at)] = {
                    place: read[key]
                    for place, previous in results.items()
                    if (key := (place, repr(previous))) in read
                }
        return deeper


def move_costs(table: Table, positions: Sequence[Position], moves: Moves) -> Costs:
    """Return what each move costs the side that makes it, in the shape of `moves`.

    `moves` [n, ...] holds moves in the n positions, all of one side to move. Blue pays the steps
    to capture once it is played, the step in hand counted; orange is paid them, so its cost is
    their negative. Never to be captured counts as the step limit; no move (None) costs infinity.
    """
    costs: Costs = np.full(moves.shape, np.inf)
    given = [index for index in np.ndindex(moves.shape) if moves[index] is not None]
    if not given:
        return costs
    side, limit = positions[0].to_move, positions[0].rules.max_steps
    dots, orange = [], []
    for index in given:
        position, move = positions[index[0]], moves.item(index)
        dots.append(move.targets if side is Side.BLUE else position.blue)
        orange.append(position.orange if side is Side.BLUE else move.targets[0])
    size = table.world.size
    scale = np.array([size, 1])
    cells, goals = np.array(dots) @ scale, np.array(orange) @ scale
    values = table.values_orange if side is Side.BLUE else table.values_blue
    steps: npt.NDArray[Any] = values(cells, goals).astype(np.float64)
    never = steps == NEVER
    steps = np.maximum(steps, 1) if side is Side.BLUE else -(steps + 1)
    steps[never] = limit if side is Side.BLUE else -limit
    costs[tuple(np.array(given).T)] = steps
    return costs


def first_move(moves: Moves) -> Move | None:
    """Return the first move among those of one position, None where there is none."""
    found: Sequence[Move] = [move for move in moves.flat if move is not None]
    return found[0] if found else None


def stage_costs(costs: Costs, path: Sequence[int]) -> Costs:
    """Return what each function of the stage after `path` costs, with the best after it.

    `costs` has one axis a stage; `path` holds the places of the functions chosen so far.
    """
    here: Costs = costs[tuple(path)]
    return np.asarray(here.min(axis=tuple(range(1, here.ndim))))


def place_of(chains: Chains, stage: int, name: str) -> int:
    """Return the place of a function among those of a stage (0-based)."""
    return [manual.name for manual in chains.manuals[stage]].index(name)
