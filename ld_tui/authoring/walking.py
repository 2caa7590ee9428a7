"""Composed move programs run on many states at once: how dots walk to targets, and what is legal.

Shapes are those of `evaluate.py`.
"""

import numpy as np

from ld_tui.authoring.evaluate import LEAPS, STEPS, Bools, Ints, States, manhattan, share
from ld_tui.authoring.space import Program

_OFF = 10**11
"""A key above that of every cell on the board."""


def _tie(states: States, name: str, cells: Ints, target: Ints) -> Ints:
    """Return [...] what is least for the cell to choose; cells and target [N, ..., 2]."""
    wide = (slice(None), *(None,) * (cells.ndim - 2))
    match name:
        case "inner":
            return manhattan(2 * cells, states.top[wide][..., None])
        case "outer":
            return -manhattan(2 * cells, states.top[wide][..., None])
        case "long_leg":
            legs = np.abs(cells - target)
            return np.asarray(np.maximum(legs[..., 0], legs[..., 1]))
        case "short_leg":
            legs = np.abs(cells - target)
            return np.asarray(np.minimum(legs[..., 0], legs[..., 1]))
        case "close":
            return manhattan(cells, states.orange[wide])
        case "wide":
            return -manhattan(cells, states.orange[wide])
        case "apart":
            if cells.ndim == 4:
                return -manhattan(cells, states.dot("far")[wide])
            return np.asarray(-manhattan(cells[:, :, None], states.blue[:, None]).max(-1))
    return np.zeros(cells.shape[:-1], dtype=np.int64)


def walk_blue(
    states: States,
    targets: Ints,
    aim: str,
    tie: str,
    deal: str,
    aware: bool = False,
    finds_way: bool = False,
) -> Ints:
    """Return [N, 3, 2] where dots end that walk to targets [N, 3, 2]."""
    if deal != "given":
        targets = share(states, targets, deal)
    aims = targets
    if aim != "target":
        there = (states.blue == targets).all(-1, keepdims=True)
        aims = targets + np.where(there, 0, states.side(aim[:-1])[:, None])
    here = (states.blue == aims).all(-1)  # [N, 3]
    cells = states.blue[:, :, None] + LEAPS  # [N, 3, 8, 2]
    good = (cells >= 0) & (cells <= states.top[:, None, None, None])
    inside = good[..., 0] & good[..., 1]
    column = cells[..., 0] * 20 + cells[..., 1]
    far = states.way if finds_way else manhattan
    going = far(cells, aims[:, :, None]) * 1_000_000
    going += (_tie(states, tie, cells, aims[:, :, None]) + 200) * 1000 + column
    orange = states.orange[:, None, None]
    gap, before = manhattan(cells, orange), manhattan(states.blue, orange[:, 0])[:, :, None]
    holding = np.abs(gap - before) * 1_000_000 + (200 - gap) * 1000 + column
    if aware:
        inside = states.reached(states.blue) & ~states.frozen[:, :, None]
    key = np.where(inside, np.where(here[:, :, None], holding, going), _OFF)
    ends = np.take_along_axis(cells, key.argmin(-1)[:, :, None, None], 2)[:, :, 0]
    return np.where(np.asarray(inside.any(-1))[:, :, None], ends, states.blue)


def walk_orange(
    states: States,
    goals: Ints,
    danger: str,
    tie: str,
    aware: bool = False,
    finds_way: bool = False,
) -> Ints:
    """Return [N, 2] where orange ends that steps toward goals [N, 2]."""
    if not aware:
        cells = states.orange[:, None] + STEPS  # [N, 4, 2]
        inside = np.asarray(((cells >= 0) & (cells <= states.top[:, None, None])).all(-1))
        return _step(states, goals, cells, inside, danger, tie)
    one = states.orange[:, None] + STEPS
    ends = _step(states, goals, one, states.is_open(one), danger, tie, finds_way)
    two = states.orange[:, None] + LEAPS
    far = _step(states, goals, two, states.reached(states.orange), danger, tie, finds_way)
    return np.where((states.units == 2)[:, None], far, ends)


def _step(
    states: States,
    goals: Ints,
    cells: Ints,
    inside: Bools,
    danger: str,
    tie: str,
    finds_way: bool = False,
) -> Ints:
    """Return [N, 2] the best of cells [N, n, 2] among those `inside`; orange's own for none."""
    gaps = manhattan(cells[:, :, None], states.blue[:, None]).min(-1)
    match danger:
        case "beside":
            bad = gaps < 2
        case "near" | "far":
            dot = states.dot(danger)
            bad = manhattan(cells, dot[:, None]) < manhattan(states.orange, dot)[:, None]
        case "edge":
            bad = ((cells == 0) | (cells == states.top[:, None, None])).any(-1)
        case _:
            bad = np.zeros_like(inside)
    target = goals[:, None]
    far = states.way if finds_way else manhattan
    key = bad * 1_000_000_000 + far(cells, target) * 100_000
    key = key + (_tie(states, tie, cells, target) + 200) * 200 + np.arange(cells.shape[1])
    best = np.where(inside, key, _OFF).argmin(1)[:, None, None]
    ends = np.take_along_axis(cells, best, 1)[:, 0]
    return np.where(np.asarray(inside.any(1))[:, None], ends, states.orange)


def walk(states: States, program: Program, previous: Ints) -> Ints:
    """Return a move program's o_2: [N, 3, 2] for blue, [N, 2] for orange."""

    def step(parts: tuple[str, ...], targets: Ints) -> Ints:
        if program.side == "blue":
            aim, tie, deal = parts
            known = program.aware, program.finds_way
            return walk_blue(states, targets, aim, tie, deal, *known)
        danger, tie = parts
        return walk_orange(states, targets, danger, tie, program.aware, program.finds_way)

    then = step(program.then, previous)
    if not program.condition:
        return then
    if program.other:
        other = step(program.other, previous)
    elif program.side == "blue":
        other = step(("target", "none", "given"), states.blue)
    else:
        other = step(("none", "none"), states.dot("far"))
    holds = states.holds(program.condition).reshape(-1, *(1,) * (then.ndim - 1))
    return np.where(holds, then, other)


def is_legal(states: States, side: str, ends: Ints) -> Bools:
    """Return [N] whether dots may end their turn there under the rules in force.

    `ends` are [N, 3, 2] for blue, [N, 2] for orange. A dot that can't move has to stay.
    """
    if side == "blue":
        may = states.reached(states.blue) & ~states.frozen[:, :, None]  # [N, 3, 8]
        there = (states.blue[:, :, None] + LEAPS == ends[:, :, None]).all(-1)
        stays = ~may.any(-1) & (ends == states.blue).all(-1)
        return np.asarray(((may & there).any(-1) | stays).all(-1))
    here = states.orange[:, None]
    one = states.is_open(here + STEPS) & (here + STEPS == ends[:, None]).all(-1)
    two = states.reached(states.orange) & (here + LEAPS == ends[:, None]).all(-1)
    fast = states.units == 2
    may = np.where(
        fast, states.reached(states.orange).any(-1), states.is_open(here + STEPS).any(-1)
    )
    found = np.where(fast, two.any(-1), one.any(-1))
    return np.asarray(found | (~may & (ends == states.orange).all(-1)))


MOVERS: dict[str, dict[str, tuple[str, ...]]] = {
    "blue": {
        "inner_way": ("target", "inner", "given"),
        "outer_way": ("target", "outer", "given"),
        "lead_flight": ("ahead1", "close", "given"),
        "trail_flight": ("behind1", "long_leg", "given"),
        "share_targets": ("target", "long_leg", "longest"),
    },
    "orange": {
        "clear_of_far": ("none", "apart"),
        "short_leg_first": ("none", "short_leg"),
        "dodge": ("beside", "none"),
    },
}
"""The shipped base's move functions as ways of walking."""
