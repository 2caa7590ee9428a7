"""Composed programs as a stage's functions: thousands of them, each valued on the same states.

A program's value in a state is, as a base function's, the steps to capture that it leaves: a
plan's with the best of the base's move functions after it, a move's with the plan at hand.
Programs that are best nearly everywhere or hardly anywhere, and those that do as another does in
every state, teach nothing and are left out.

Held out from training are whole programs (`combinations`) and every program of some structures.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ld_tui.authoring.judge import Judge
from ld_tui.authoring.space import AND, Program, narrowed, sample
from ld_tui.tablebase.solve import NEVER
from ld_tui.tablebase.tables import Tables
from ld_tui.training.labels import WORST, Labels

NEW_STRUCTURES = {
    ("blue", "plan"): {"roles pair else", "longest each only", "total pair only"},
    ("blue", "move"): {"total beside one", "longest target two"},
    ("orange", "plan"): {"corner one", "past two"},
    ("orange", "move"): {"free two"},
}
"""Structures of a stage's programs that no training prompt has."""
HELD_OUT_PROGRAMS = 80
AWARE = 0.4
"""Share of the move programs that look at the rules in force."""
NARROW = 0.7
"""Share of the programs sampled that are for some states only, as most plans of the base are;
blue's plans are sampled so already."""
WORLDS = 110
"""Games under changed rules in which a stage's programs are valued."""
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


def compose(
    labels: Labels,
    tables: Tables,
    programs: int,
    states: int,
    seed: int,
    progress: Callable[[str], None] = lambda line: None,
) -> Composed:
    """Sample programs for a stage and value them in `states` of its states."""
    rng = random.Random(f"compose {labels.side} {labels.stage} {seed}")
    rows = _rows(labels, states, rng)
    positions = [labels.position(int(row)) for row in rows]
    previous = labels.previous[rows].astype(np.int64)
    judge = Judge(labels.side, labels.stage, positions, previous, tables.for_world)
    chosen: list[Program] = []
    values: list[npt.NDArray[np.uint8]] = []
    legal: list[npt.NDArray[np.bool_]] = []
    seen: set[bytes] = set()
    known: set[Program] = set()
    for _ in range(programs * 4):
        if len(chosen) == programs:
            break
        program = sample(labels.side, labels.stage, rng)
        if (labels.side, labels.stage) != ("blue", "plan") and rng.random() < NARROW:
            program = narrowed(program, rng)
        if labels.stage == "move" and rng.random() < AWARE:
            program = replace(program, aware=True)
        if program in known:
            continue
        known.add(program)
        found, fine = judge.values(program)
        key = found.tobytes() + fine.tobytes()
        if key not in seen:
            seen.add(key)
            chosen.append(program)
            values.append(found)
            legal.append(fine)
            if len(chosen) % 1000 == 0:
                progress(f"{labels.side} {labels.stage}: {len(chosen)}/{programs} valued")
    every = _punished(np.stack(values, axis=1), np.stack(legal, axis=1), labels.side)
    wide = every.astype(np.float32)
    sign = 1 if labels.side == "blue" else -1
    regrets = sign * wide - (sign * wide).min(axis=1, keepdims=True)
    regrets = np.minimum(regrets, WORST)
    best = (regrets == 0).mean(axis=0)
    good = np.flatnonzero((best < 0.85) & (best > 0.01))
    kept = tuple(chosen[at] for at in good)
    return Composed(kept, _kinds_of(kept, labels, seed), rows, every[:, good])


def _kinds_of(programs: Sequence[Program], labels: Labels, seed: int) -> npt.NDArray[np.int64]:
    """Return [P] whether training may see each of a stage's programs, or how it is held out."""
    new = NEW_STRUCTURES[labels.side, labels.stage]
    kinds = np.array([STRUCTURE if each.structure in new else SEEN for each in programs], np.int64)
    known = [int(at) for at in np.flatnonzero(kinds == SEEN)]
    rng = random.Random(f"held out {labels.side} {labels.stage} {seed}")
    kinds[rng.sample(known, min(HELD_OUT_PROGRAMS, len(known) // 10))] = COMBINATION
    return kinds


def _rows(labels: Labels, states: int, rng: random.Random) -> npt.NDArray[np.int64]:
    """Return the labeled states that programs are valued in.

    Some are under changed rules: of a move stage, all of at most `WORLDS` games; of plans, those
    under which the base's moves stay legal, since these come after them.
    """
    plain = np.array([str(text).endswith(" -") for text in labels.positions])
    rows = [int(row) for row in np.flatnonzero(plain)]
    rows = rng.sample(rows, min(states, len(rows)))
    changed = ~plain
    if labels.stage == "plan":
        harmless = {"fog", "sprint"} if labels.side == "blue" else {"fog", "jam"}
        changed &= [_kinds(str(text)) <= harmless for text in labels.positions]
    games = sorted({int(game) for game in labels.games[changed]})
    games = rng.sample(games, min(WORLDS, len(games)))
    rows += [int(row) for row in np.flatnonzero(changed & np.isin(labels.games, games))]
    return np.array(sorted(rows))


def _kinds(position: str) -> set[str]:
    """Return the kinds of emergencies in force in a position in notation."""
    changes = position.rsplit(" ", 1)[1]
    return {change.partition("@")[0].partition(":")[0] for change in changes.split(";")}


def _punished(
    values: npt.NDArray[np.uint8], legal: npt.NDArray[np.bool_], side: str
) -> npt.NDArray[np.uint8]:
    """Return [N, P] values in which an illegal one is two steps worse than the worst legal."""
    wide = values.astype(np.int64)
    if side == "blue":
        wide = np.minimum(wide, NEVER - 2)
        worst = np.where(legal, wide, 0).max(axis=1, keepdims=True) + 2
    else:
        worst = np.where(legal, wide, NEVER).min(axis=1, keepdims=True) - 2
    return np.where(legal, wide, np.maximum(worst, 0)).astype(np.uint8)


def features(program: Program) -> tuple[str, ...]:
    """Return what a program is made of: what a reader of its manual must have understood."""
    found = [*(f"if {name}" for name in program.condition.split(AND)), program.deal]
    for name, parts in (("then", program.then), ("else", program.other)):
        found += [f"{program.stage} {name} {at} {part}" for at, part in enumerate(parts)]
    return (*found, "aware") if program.aware else tuple(found)


def is_written(folder: Path, labels: Labels, what: str) -> bool:
    """Tell whether a stage's file is there and was made of these labels by settings `what`."""
    try:
        with np.load(folder / f"{labels.side}-{labels.stage}.npz") as data:
            return "made_of" in data and str(data["made_of"]) == _made_of(labels, what)
    except (OSError, ValueError):
        return False


def _made_of(labels: Labels, what: str) -> str:
    digest = sha256("\n".join((what, *labels.names, *labels.positions)).encode())
    digest.update(labels.values.tobytes())
    return digest.hexdigest()


def write_composed(folder: Path, labels: Labels, found: Composed, what: str) -> None:
    """Write a stage's programs and values; `what` are the settings that made them."""
    folder.mkdir(parents=True, exist_ok=True)
    programs = json.dumps([asdict(program) for program in found.programs])
    np.savez_compressed(
        folder / f"{labels.side}-{labels.stage}.npz",
        programs=np.array(programs),
        kinds=found.kinds,
        rows=found.rows,
        values=found.values,
        made_of=np.array(_made_of(labels, what)),
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
                each["aware"],
            )
            for each in json.loads(str(data["programs"]))
        )
        return Composed(programs, data["kinds"], data["rows"], data["values"])
