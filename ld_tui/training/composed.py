"""Composed programs as a stage's functions: thousands of them, each valued on the same states.

A program's value in a state is, as a base function's, the steps to capture that it leaves: a
plan's with the best of the base's move functions after it, a move's with the plan at hand.
Programs that are best nearly everywhere or hardly anywhere, and those that do as another does in
every state, teach nothing and are left out.

Held out from training are whole programs (`combinations`) and every program of some structures.
"""

import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ld_tui.authoring.evaluate import MOVERS, States, plan, walk
from ld_tui.authoring.space import Program, sample
from ld_tui.game.rules import Rules
from ld_tui.tablebase.solve import NEVER
from ld_tui.tablebase.tables import Tables
from ld_tui.training.labels import WORST, Labels

NEW_STRUCTURES = frozenset({"roles pair else", "longest each only", "total pair only"})
"""Structures of blue's plans that no training prompt has."""
HELD_OUT_PROGRAMS = 80
SEEN, COMBINATION, STRUCTURE = range(3)


@dataclass(frozen=True, slots=True)
class Composed:
    """Programs of one stage and what they are worth in some of its labeled states."""

    programs: tuple[Program, ...]
    kinds: npt.NDArray[np.int64]
    """[P] SEEN, COMBINATION or STRUCTURE."""
    rows: npt.NDArray[np.int64]
    """[N] the states, as rows of the stage's labels."""
    values: npt.NDArray[np.uint8]
    """[N, P] steps to capture once a program is followed, this step counted."""


def compose(labels: Labels, tables: Tables, programs: int, states: int, seed: int) -> Composed:
    """Sample programs for a stage and value them in `states` of its states."""
    rng = random.Random(f"compose {labels.side} {labels.stage} {seed}")
    plain = np.array([str(text).endswith(" -") for text in labels.positions])
    rows = np.flatnonzero(plain)
    rows = np.array(sorted(rng.sample(list(rows), min(states, len(rows)))))
    judge = _Judge(labels, tables, rows)
    chosen: list[Program] = []
    values: list[npt.NDArray[np.uint8]] = []
    seen: set[bytes] = set()
    known: set[Program] = set()
    for _ in range(programs * 4):
        if len(chosen) == programs:
            break
        program = sample(labels.side, labels.stage, rng)
        if program in known:
            continue
        known.add(program)
        found = judge.values(program)
        key = found.tobytes()
        if key not in seen:
            seen.add(key)
            chosen.append(program)
            values.append(found)
    every = np.stack(values, axis=1)
    wide = every.astype(np.float32)
    sign = 1 if labels.side == "blue" else -1
    regrets = sign * wide - (sign * wide).min(axis=1, keepdims=True)
    regrets = np.minimum(regrets, WORST)
    best = (regrets == 0).mean(axis=0)
    good = np.flatnonzero((best < 0.85) & (best > 0.01))
    kinds = np.full(len(good), SEEN)
    for at, index in enumerate(good):
        if chosen[index].side == "blue" and chosen[index].stage == "plan":
            kinds[at] = STRUCTURE if chosen[index].structure in NEW_STRUCTURES else SEEN
    held = [at for at in range(len(good)) if kinds[at] == SEEN]
    kinds[rng.sample(held, min(HELD_OUT_PROGRAMS, len(held) // 10))] = COMBINATION
    return Composed(tuple(chosen[at] for at in good), kinds, rows, every[:, good])


class _Judge:
    """Values programs on the states of one stage."""

    def __init__(self, labels: Labels, tables: Tables, rows: npt.NDArray[np.int64]) -> None:
        positions = [labels.position(int(row)) for row in rows]
        self.stage, self.side = labels.stage, labels.side
        self.states = States.of(positions)
        self.previous = labels.previous[rows].astype(np.int64)
        sizes = self.states.top + 1
        self.groups = [
            (int(size), np.flatnonzero(sizes == size), tables.for_rules(Rules(size=int(size))))
            for size in np.unique(sizes)
        ]

    def values(self, program: Program) -> npt.NDArray[np.uint8]:
        """Return [N] the steps to capture that a program leaves."""
        if self.stage == "move":
            return self._outcome(walk(self.states, program, self.previous))
        targets = plan(self.states, program)
        side, ways = self.side, MOVERS[self.side].values()
        movers = [Program(side, "move", "", way) for way in ways]
        found = [self._outcome(walk(self.states, mover, targets)) for mover in movers]
        every = np.stack(found)
        return np.asarray(every.min(0) if self.side == "blue" else every.max(0))

    def _outcome(self, moved: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        blue = moved if self.side == "blue" else self.states.blue
        orange = moved if self.side == "orange" else self.states.orange
        found = np.zeros(len(orange), dtype=np.uint8)
        for size, rows, table in self.groups:
            dots = blue[rows, :, 0] * size + blue[rows, :, 1]
            cells = orange[rows, 0] * size + orange[rows, 1]
            if self.side == "blue":
                found[rows] = table.values_orange(dots, cells)
            else:
                later = table.values_blue(dots, cells)
                found[rows] = np.where(later == NEVER, later, later + np.uint8(1))
        captured = (np.abs(blue - orange[:, None]).sum(-1) < 2).all(-1)
        return np.where(captured, np.uint8(1), found).astype(np.uint8)


def features(program: Program) -> tuple[str, ...]:
    """Return what a program is made of: what a reader of its manual must have understood."""
    found = [f"if {program.condition}", program.deal]
    for name, parts in (("then", program.then), ("else", program.other)):
        found += [f"{program.stage} {name} {at} {part}" for at, part in enumerate(parts)]
    return tuple(found)


def write_composed(folder: Path, labels: Labels, found: Composed) -> None:
    """Write a stage's programs and values."""
    folder.mkdir(parents=True, exist_ok=True)
    programs = json.dumps([asdict(program) for program in found.programs])
    np.savez_compressed(
        folder / f"{labels.side}-{labels.stage}.npz",
        programs=np.array(programs),
        kinds=found.kinds,
        rows=found.rows,
        values=found.values,
    )


def read_composed(folder: Path, labels: Labels) -> Composed:
    """Read what `write_composed` wrote."""
    with np.load(folder / f"{labels.side}-{labels.stage}.npz") as data:
        programs = tuple(
            Program(
                each["side"],
                each["stage"],
                each["condition"],
                tuple(each["then"]),
                tuple(each["other"]),
                each["deal"],
            )
            for each in json.loads(str(data["programs"]))
        )
        return Composed(programs, data["kinds"], data["rows"], data["values"])
