"""How many steps functions lose in some positions, whoever wrote them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ld_tui.arena.pursuit import function_state, result_cells, result_plain
from ld_tui.authoring.evaluate import Bools, Ints, plan
from ld_tui.authoring.judge import Judge, TableOf, Values
from ld_tui.authoring.space import Program
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.store import Stage
from ld_tui.game.rules import Position
from ld_tui.sandbox.run import Ran, Sandbox

ILLEGAL = 3.0
"""Steps that a proposal counts which the rules refuse, or a function that fails."""
LONG = 40
"""Steps from which one capture is as far off as another, or as none."""

Lost = npt.NDArray[np.float64]


@dataclass(slots=True)
class Measure:
    """Values functions of one stage in some positions, by the tablebase.

    A move stage's o_1 are the results of `plans`, one at random in each position.
    """

    stage: Stage
    positions: Sequence[Position]
    sandbox: Sandbox
    plans: Sequence[Manual]
    """Manuals of the stage before; none where there is no stage before."""
    plan_stage: Stage | None
    table_of: TableOf
    seed: int
    given: Sequence[object] | None = None
    """o_{j-1} in each position, where it is known."""
    finds_way: bool = False
    """Whether those who walk to a plan's targets find their way around closed cells."""
    on_average: bool = False
    """Whether a plan is worth what ways of walking make of it on average, not what the best does:
    who chooses how to walk may choose wrongly."""
    previous: Sequence[object] = field(init=False)
    """The same, as functions get it."""
    judge: Judge = field(init=False)
    best: Lost = field(init=False)

    def __post_init__(self) -> None:
        self.previous = self._previous() if self.given is None else self.given
        cells = np.array(self.previous) if self.plan_stage else np.zeros((0,), dtype=np.int64)
        side, stage = self.stage.side, self.stage.name
        self.judge = Judge(side, stage, self.positions, cells, self.table_of, True, self.finds_way)
        self.best = _steps(self.judge.best())

    def of_program(self, program: Program) -> Lost:
        """Return [N] the steps that a program loses against best play."""
        if self.stage.name == "plan":
            return self._lost(self._of_plans(plan(self.judge.states, program)), True)
        values, fine = self.judge.values(program)
        return self._lost(_steps(values), fine)

    def of_manual(self, manual: Manual) -> Lost:
        """Return [N] the steps that a function loses, run in the sandbox."""
        return self.tried(manual)[0]

    def tried(self, manual: Manual) -> tuple[Lost, Bools]:
        """Return [N] the steps that a function loses, and where it gives what the rules allow."""
        values, fine = self._run(manual)
        return self._lost(values, fine), fine

    def _of_plans(self, targets: Ints) -> Lost:
        if not self.on_average:
            return _steps(self.judge.of_plans(targets))
        return np.asarray(_steps(self.judge.of_walks(targets)).mean(0))

    def _run(self, manual: Manual) -> tuple[Lost, Bools]:
        calls = [
            (function_state(position, self.seed), previous)
            for position, previous in zip(self.positions, self.previous, strict=True)
        ]
        results = self.sandbox.run_many(manual.name, manual.source, calls)
        cells, fine = [], []
        for position, result in zip(self.positions, results, strict=True):
            found = None
            if isinstance(result, Ran):
                try:
                    found = result_cells(self.stage.result, position, result.value)
                except ValueError:
                    found = None
            fine.append(found is not None)
            cells.append(found or position.dots(position.to_move))
        ends, good = np.array(cells), np.array(fine)
        if self.stage.side == "orange":
            ends = ends[:, 0]
        if self.stage.result == "destinations":
            values, legal = self.judge.of_ends(ends)
            return _steps(values), legal & good
        return self._of_plans(ends), good

    def _lost(self, steps: Lost, fine: Bools | bool) -> Lost:
        sign = 1 if self.stage.side == "blue" else -1
        return np.where(fine, np.maximum(sign * (steps - self.best), 0), ILLEGAL)

    def _previous(self) -> list[object]:
        if self.plan_stage is None:
            return [None] * len(self.positions)
        rng = random.Random(f"previous {self.seed}")
        found: list[object] = []
        for position in self.positions:
            cells = position.dots(position.to_move)
            for manual in rng.sample(list(self.plans), len(self.plans)):
                call = (function_state(position, self.seed), None)
                ran = self.sandbox.run(manual.name, manual.source, call)
                if isinstance(ran, Ran):
                    try:
                        cells = result_cells(self.plan_stage.result, position, ran.value)
                    except ValueError:
                        continue
                    break
            found.append(result_plain(self.plan_stage.result, cells))
        return found


def _steps(values: Values) -> Lost:
    return np.minimum(values, LONG).astype(np.float64)
