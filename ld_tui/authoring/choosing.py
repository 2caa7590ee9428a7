"""Which programs make a stage: a set in which each is best somewhere and none is like another.

Programs are valued in sampled positions (`measure.py`); the set grows by the one that helps its
best choice most. How programs are worded, checked and kept is not known here.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ld_tui.authoring.composer import fitting_words
from ld_tui.authoring.measure import Lost, Measure
from ld_tui.authoring.space import Program, mutate, sample
from ld_tui.functionbase.store import Stage

PARENTS = 24
"""Of the best so far, from which the second half of the programs are made by changing one part."""
GOOD = 1 / 3
"""Share of the programs, those that lose least by themselves, among which the set is chosen."""
APART = {"plan": 0.12, "move": 0.05}
"""Share of the positions in which two functions of a stage have to be worth differently. Most ways
of walking to the same place are worth the same."""
RIGHT = 0.5
"""Share of the choices in which the best of a set is taken to be selected; else it is any."""
HOLDS = (0.05, 0.95)
"""Shares of the positions between which a condition has to hold: others decide nothing here."""
_TRIES = 20
"""Programs that may be passed over for each that is looked at."""


@dataclass(frozen=True, slots=True)
class Valued:
    """A program and the steps that it loses in each position."""

    program: Program
    lost: Lost


def search(stage: Stage, measure: Measure, count: int, seed: int) -> Iterator[Valued]:
    """Yield up to `count` different programs of a stage: random ones, then changes of the best.

    All can be put into words that a manual has room for. Move programs look at the rules in force
    and find their way.
    """
    rng = random.Random(f"base {seed} {stage.side} {stage.name}")
    found: dict[Program, float] = {}
    best: list[Program] = []
    is_move = stage.name == "move"
    for _ in range(count * _TRIES):
        if len(found) == count:
            break
        if len(found) < count // 2 or not best:
            program = sample(stage.side, stage.name, rng)
        else:
            program = mutate(rng.choice(best), rng)
        program = replace(program, aware=is_move, finds_way=is_move)
        if program in found or not _is_told_apart(program, measure):
            continue
        if fitting_words(program, seed) is None:
            continue
        lost = measure.of_program(program)
        found[program] = float(lost.mean())
        if len(found) % PARENTS == 0:
            best = sorted(found, key=lambda each: found[each])[:PARENTS]
        yield Valued(program, lost)


def choose(
    found: Sequence[Valued],
    chosen: Sequence[Lost],
    apart: float,
    allowed: Callable[[Program], bool],
) -> Iterator[Program]:
    """Yield programs for a stage that has the `chosen`, the most useful first.

    Each is of the better ones by itself, and the set loses least with it where it is selected from
    as well as `RIGHT` says. None is worth the same nearly everywhere as one of the `chosen` or
    one that was yielded before: in a share of `apart` positions they differ; where no such program
    is left, in half as many, and so on down to a single one. Those that are not `allowed` are
    passed over.
    """
    ranked = sorted(found, key=lambda each: float(each.lost.mean()))
    pool = ranked[: max(1, round(len(ranked) * GOOD))]
    rest = ranked[len(pool) :]
    taken, passed = list(chosen), set()
    while found and apart * len(found[0].lost) >= 0.5:
        fit = [each for each in pool if is_apart(each.lost, taken, apart)]
        for each in sorted(fit, key=lambda each: _use(each.lost, taken)):
            if each.program in passed:
                continue
            passed.add(each.program)
            if allowed(each.program):
                yield each.program
                taken.append(each.lost)
                break
        else:
            if rest:
                pool, rest = [*pool, *rest], []
            else:
                apart /= 2


def shares(lost: Sequence[Lost]) -> list[tuple[float, float]]:
    """Return, for each of a stage's functions, where it is best, and where it alone is."""
    every = np.stack(lost)
    best = every == every.min(0)
    alone = best & (best.sum(0) == 1)
    return [
        (float(one.mean()), float(other.mean())) for one, other in zip(best, alone, strict=True)
    ]


def _is_told_apart(program: Program, measure: Measure) -> bool:
    if not program.condition:
        return True
    holds = measure.judge.states.holds(program.condition).mean()
    return bool(HOLDS[0] <= holds <= HOLDS[1])


def is_apart(lost: Lost, taken: Sequence[Lost], apart: float) -> bool:
    """Tell whether a function is worth something else than each of others often enough."""
    return all(float((lost != other).mean()) >= apart for other in taken)


def _use(lost: Lost, taken: Sequence[Lost]) -> tuple[float, float]:
    """Return what is least for the most useful: what is lost with it, as the selector errs."""
    every = np.stack([*taken, lost])
    best, any_ = float(every.min(0).mean()), float(every.mean())
    return round(RIGHT * best + (1 - RIGHT) * any_, 6), float(lost.mean())
