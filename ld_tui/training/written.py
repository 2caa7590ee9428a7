"""Functions as the composer writes them when the world changes, each valued where it was written.

    python -m ld_tui.training written [--worlds 600] [--seed 1]

An author's function is chosen for one world and the positions near one at hand; there it is nearly
as good as the best of the base, or better. That is another choice than between random programs,
and one that the S-LLM has to be shown: in each of these worlds the composer's search is run, and
the best of what it found is valued in other positions near by, beside the base's own functions.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ld_tui import paths
from ld_tui.arena.pursuit import PursuitSituation
from ld_tui.authoring.admission import Desk
from ld_tui.authoring.composer import NEAR, ranked_programs
from ld_tui.authoring.near import near_positions
from ld_tui.authoring.space import Program
from ld_tui.functionbase.store import FunctionBase, Stage
from ld_tui.game.notation import format_position, parse_position
from ld_tui.game.rules import Position, Side, apply, outcome
from ld_tui.sandbox.run import Sandbox
from ld_tui.tablebase.tables import Tables
from ld_tui.tablebase.world import World
from ld_tui.training.labels import HELD_OUT
from ld_tui.training.taboo import Boards, benchmark_boards, is_benchmark
from ld_tui.training.teacher import changed_start

VALUED = 40
"""Positions of a world in which its functions are valued."""
AMONG = 12
"""Of the best programs: beside the very best a random one of these is valued."""
BLUE = 0.75
"""Share of the worlds in which blue's functions are written; in the others orange's."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written for one stage in one world."""

    side: str
    stage: str
    world: int
    """1-based; every tenth is held out."""
    positions: tuple[Position, ...]
    """[N] those in which it is valued."""
    previous: tuple[Any, ...]
    """[N] o_{j-1} as functions get it; None for a first stage."""
    programs: tuple[Program, ...]
    """[P] the best, and another good one."""
    lost: npt.NDArray[np.float32]
    """[N, F + P] steps lost against best play: by the base's functions in their order, then by
    the programs."""

    @property
    def is_held_out(self) -> bool:
        return self.world % HELD_OUT == 0


def write_functions(
    base: FunctionBase,
    tables: Tables,
    worlds: Sequence[int],
    seed: int,
    folder: Path,
    progress: Callable[[str], None] = lambda line: None,
) -> list[Written]:
    """Let functions be written in changed worlds, by number; a run that was cut off goes on.

    Each world depends on the seed and its number alone, and is kept in `folder` once it is done.
    """
    found: list[Written] = []
    taboo = benchmark_boards()
    with Sandbox() as sandbox:
        desk = Desk(base, sandbox, tables.for_world)
        for count, world in enumerate(worlds, 1):
            kept = folder / f"{seed}-{world:04}.json"
            if not kept.is_file():
                stages = _write_world(desk, world, seed, taboo)
                paths.atomic_write(kept, json.dumps([_plain(each) for each in stages]))
            found += read_world(kept)
            if count % 50 == 0:
                progress(f"{count} of {len(worlds)} worlds")
    return found


def read_world(path: Path) -> list[Written]:
    """Read what was written in one world."""
    found = []
    for each in json.loads(path.read_text()):
        positions = tuple(map(parse_position, each["positions"]))
        programs = tuple(
            Program(**{**program, "then": tuple(program["then"]), "other": tuple(program["other"])})
            for program in each["programs"]
        )
        lost = np.array(each["lost"], dtype=np.float32)
        previous = tuple(each["previous"])
        found.append(
            Written(each["side"], each["stage"], each["world"], positions, previous, programs, lost)
        )
    return found


def _plain(written: Written) -> dict[str, Any]:
    return {
        "side": written.side,
        "stage": written.stage,
        "world": written.world,
        "positions": [format_position(each) for each in written.positions],
        "previous": list(written.previous),
        "programs": [asdict(program) for program in written.programs],
        "lost": np.round(written.lost, 3).tolist(),
    }


def _write_world(desk: Desk, world: int, seed: int, taboo: Boards) -> list[Written]:
    rng = random.Random(f"written {seed} {world}")
    side = Side.BLUE if rng.random() < BLUE else Side.ORANGE
    situation = PursuitSituation(_position(desk, side, rng), rng.randrange(2**31))
    return [_write_stage(desk, situation, each, world, taboo) for each in desk.stages(str(side))]


def _position(desk: Desk, side: Side, rng: random.Random) -> Position:
    """Return a position in which emergencies are in force and a side is to move."""
    while True:
        start = changed_start(rng)
        if outcome(start) is None:
            table = desk.table_of(World.of(start))
            here = rng.choice(near_positions(start, 4, str(rng.random()), table))
            if side is not here.to_move:
                here = apply(here, table.best_move(here, rng))
            if outcome(here) is None:
                return here


def _write_stage(
    desk: Desk, situation: PursuitSituation, stage: Stage, world: int, taboo: Boards
) -> Written:
    """Search as the composer does, and value the best in other positions near by."""
    near = desk.measure(situation, stage, (), NEAR, "near")
    ranked = ranked_programs(near, stage, situation.seed)
    fresh = desk.measure(situation, stage, (), VALUED, f"written {world}")
    rng = random.Random(f"{world} {situation.seed}")
    programs = (ranked[0], rng.choice(ranked[1:AMONG]))
    rivals = desk.rivals(stage, ())
    lost = np.stack(
        [*map(fresh.of_manual, rivals), *map(fresh.of_program, programs)], axis=1
    ).astype(np.float32)
    rows = [at for at, each in enumerate(fresh.positions) if not is_benchmark(each, taboo)]
    return Written(
        stage.side,
        stage.name,
        world,
        tuple(fresh.positions[at] for at in rows),
        tuple(fresh.previous[at] for at in rows),
        programs,
        lost[rows],
    )
