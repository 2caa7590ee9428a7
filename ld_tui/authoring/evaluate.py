"""Composed programs run on many states at once, in numpy.

Only programs that are `aware` look at closed cells, stuck dots and how far orange moves; the
others were written from the rules of the open board and may propose what is not legal now.

Cells are [col, row]. N states, three blue dots; everything is int64 unless said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt

from ld_tui.authoring.space import AND, ROLES, Program
from ld_tui.authoring.ways import NO_WAY, lengths
from ld_tui.game.rules import Position, Side, as_known, is_in_sight

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
STEPS: Ints = np.array([(-1, 0), (0, -1), (0, 1), (1, 0)])
COMPASS = {"north": (0, 1), "east": (1, 0), "south": (0, -1), "west": (-1, 0)}
LEAPS: Ints = np.array([(a, b) for a in range(-2, 3) for b in sorted({2 - abs(a), abs(a) - 2})])
_EDGE = 2
"""Closed rows and columns about the board in `States.open`: no way leads farther off it."""


def manhattan(a: Ints, b: Ints) -> Ints:
    """Return the Manhattan distance of cells [..., 2]."""
    apart = np.abs(a - b)
    return np.asarray(apart[..., 0] + apart[..., 1])  # many times faster than a sum over two


@dataclass(frozen=True, slots=True)
class States:
    """Positions as arrays, with what programs ask of them."""

    top: Ints
    """[N] the last column and row."""
    blue: Ints
    """[N, 3, 2]"""
    orange: Ints
    """[N, 2]"""
    order: Ints
    """[N, 3] the dots from nearest to farthest."""
    gaps: Ints
    """[N, 3] their distances, in that order."""
    flight: Ints
    """[N, 2] the step that keeps orange farthest from the farthest dot."""
    room: Ints
    """[N, 4] cells from orange to the wall ahead of each of `STEPS`."""
    open: Bools
    """[N, 24, 24] where a dot may be, column and row shifted by `_EDGE`."""
    frozen: Bools
    """[N, 3] the blue dots that can't move."""
    units: Ints
    """[N] how far orange moves."""
    unseen: Bools
    """[N] whether blue to move doesn't see orange; `orange` is where it saw it last."""

    @classmethod
    def of(cls, positions: Sequence[Position]) -> "States":
        """Gather positions, of which all have the same side to move, as that side knows them."""
        unseen = np.array([p.to_move is Side.BLUE and not is_in_sight(p) for p in positions])
        positions = [as_known(position) for position in positions]
        top = np.array([position.rules.size - 1 for position in positions])
        blue = np.array([position.blue for position in positions])
        orange = np.array([position.orange for position in positions])
        gaps = manhattan(blue, orange[:, None])
        order = np.argsort(gaps, axis=1, kind="stable")
        x, y = orange[:, 0], orange[:, 1]
        room = np.stack([x, y, top - y, top - x], axis=1)
        after = manhattan(orange[:, None, None] + STEPS[:, None], blue[:, None])  # [N, 4, 3]
        key = ((after.max(-1) * 100 + after.sum(-1)) * 20 + room) * 4 + np.arange(4)
        flight = STEPS[np.where(room > 0, key, -1).argmax(1)]
        open_ = np.zeros((len(positions), 20 + 2 * _EDGE, 20 + 2 * _EDGE), dtype=bool)
        frozen = np.zeros((len(positions), 3), dtype=bool)
        for at, rules in enumerate(position.rules for position in positions):
            open_[at, _EDGE : rules.size + _EDGE, _EDGE : rules.size + _EDGE] = True
            for cell in rules.closed:
                open_[at, cell.col + _EDGE, cell.row + _EDGE] = False
            frozen[at, list(rules.frozen)] = True
        units = np.array([position.rules.orange_units for position in positions])
        gaps = np.sort(gaps, axis=1)
        return cls(top, blue, orange, order, gaps, flight, room, open_, frozen, units, unseen)

    def is_open(self, cells: Ints) -> Bools:
        """Return [N, ...] whether a dot may be on cells [N, ..., 2] up to two off the board."""
        rows = np.arange(len(self.top)).reshape(-1, *(1,) * (cells.ndim - 2))
        return np.asarray(self.open[rows, cells[..., 0] + _EDGE, cells[..., 1] + _EDGE])

    def way(self, cells: Ints, targets: Ints) -> Ints:
        """Return [N, ...] how far a walk through open cells is from cells to targets [N, ..., 2].

        Without a way it is the distance, and more than any way.
        """
        found = lengths(self.open, cells + _EDGE, targets + _EDGE)
        return np.where(found < NO_WAY, found, manhattan(cells, targets) + NO_WAY)

    def reached(self, cells: Ints) -> Bools:
        """Return [N, ..., 8] whether two unit moves through open cells lead by each of `LEAPS`."""
        columns = LEAPS * [1, 0] - np.sign(LEAPS * [1, 0]) * (np.abs(LEAPS[:, :1]) == 2)
        lines = LEAPS * [0, 1] - np.sign(LEAPS * [0, 1]) * (np.abs(LEAPS[:, 1:]) == 2)
        straight = (LEAPS == 0).any(-1)
        half = LEAPS // 2
        first = np.where(straight[:, None], half, columns)
        second = np.where(straight[:, None], half, lines)
        here = cells[..., None, :]
        between = self.is_open(here + first) | self.is_open(here + second)
        return np.asarray(self.is_open(here + LEAPS) & between)

    def dot(self, role: str) -> Ints:
        """Return [N, 2] the cell of the near, mid or far dot."""
        rows = np.arange(len(self.top))
        return np.asarray(self.blue[rows, self.order[:, ROLES.index(role)]])

    @property
    def wall(self) -> Ints:
        """Return [N, 2] the step toward the nearest wall."""
        return np.asarray(STEPS[self.room.argmin(1)])

    @property
    def along(self) -> Ints:
        """Return [N, 2] the step along the nearest wall toward its more open end."""
        side = self.room.argmin(1)
        across = (side == 0) | (side == 3)
        low, high = np.where(across, 1, 0), np.where(across, 2, 3)
        rows = np.arange(len(side))
        return np.asarray(STEPS[np.where(self.room[rows, low] > self.room[rows, high], low, high)])

    def holds(self, condition: str) -> Bools:
        """Return [N] where a program's condition holds; everywhere for ''."""
        near, mid, far = self.gaps.T
        spread = manhattan(self.blue, np.roll(self.blue, 1, axis=1)).max(1)
        across = np.minimum(self.room[:, 0], self.room[:, 3])
        least = np.minimum(across, np.minimum(self.room[:, 1], self.room[:, 2]))
        ahead = self.room[np.arange(len(near)), _index(self.flight)]
        found = {
            "": near >= 0,
            "near_touching": near <= 2,
            "near_loose": near > 2,
            "mid_near": mid <= 3,
            "mid_lagging": mid > 3,
            "far_joined": far <= 5,
            "far_straggling": far > 5,
            "bunched": spread <= 2,
            "scattered": spread > 6,
            "center": least > 1,
            "walled": least == 0,
            "space": ahead > 3,
            "confined": ahead <= 3,
            "unseen": self.unseen,
            "fast": self.units > 1,
        }
        return np.asarray(np.all([found[name] for name in condition.split(AND)], axis=0))

    def side(self, name: str) -> Ints:
        """Return [N, 2] the step from orange to a side of `space.SIDES`."""
        flight, wall, along = self.flight, self.wall, self.along
        match name:
            case "ahead":
                return flight
            case "behind":
                return -flight
            case "left":
                return np.stack([-flight[:, 1], flight[:, 0]], 1)
            case "right":
                return np.stack([flight[:, 1], -flight[:, 0]], 1)
            case "inner":
                return -wall
            case "outer":
                return wall
            case "along":
                return along
            case "back":
                return -along
            case "beyond":
                return _axis(self.orange - self.dot("near"))
            case "shadow":
                return _axis(self.orange - self.dot("far"))
        return np.broadcast_to(np.array(COMPASS[name]), self.orange.shape)

    def clipped(self, cells: Ints) -> Ints:
        """Return cells [N, 2] moved onto the board."""
        return np.clip(cells, 0, self.top[:, None])


def _index(steps: Ints) -> Ints:
    """Return which of `STEPS` each step [N, 2] is."""
    return np.asarray((steps[:, None] == STEPS).all(-1).argmax(1))


def _axis(way: Ints) -> Ints:
    """Return [N, 2] the unit step along the longer axis of a way; east and west go first."""
    across = np.abs(way[:, 0]) >= np.abs(way[:, 1])
    signs = np.where(way < 0, -1, 1)
    return np.stack([np.where(across, signs[:, 0], 0), np.where(across, 0, signs[:, 1])], 1)


def action(states: States, name: str, dot: Ints) -> Ints:
    """Return [N, 2] where an action of `space.ACTIONS` sends the dots [N, 2]."""
    match name:
        case "strike":
            return states.orange
        case "hold":
            return dot
        case "join_near" | "join_mid" | "join_far":
            return states.dot(name.removeprefix("join_"))
        case "middle":
            return np.stack([states.top // 2, states.top // 2], 1)
    return states.clipped(states.orange + int(name[-1]) * states.side(name[:-1]))


def goal(states: States, name: str) -> Ints:
    """Return [N, 2] where a goal of `space.GOALS` lets orange run."""
    top, orange = states.top, states.orange
    zero = np.zeros_like(top)
    corners = np.stack(
        [np.stack(pair, 1) for pair in ((zero, zero), (zero, top), (top, zero), (top, top))], 1
    )  # [N, 4, 2]
    rows = np.arange(len(top))
    kind, _, rest = name.partition("_")
    if kind == "from":
        threat = states.blue.mean(1) if rest == "all" else states.dot(rest)
        away = orange - threat
        return states.clipped(orange + 4 * np.sign(away).astype(np.int64))
    if kind == "past":
        dot = states.dot(rest)
        return states.clipped(dot + 2 * np.sign(dot - orange))
    if kind == "corner":
        if rest == "own":
            return np.asarray(corners[rows, manhattan(corners, orange[:, None]).argmin(1)])
        if rest == "all":
            gaps = manhattan(corners[:, :, None], states.blue[:, None]).min(-1)
        else:
            gaps = manhattan(corners, states.dot(rest)[:, None])
        return np.asarray(corners[rows, gaps.argmax(1)])
    match name:
        case "middle":
            return np.stack([top // 2, top // 2], 1)
        case "wall_open":
            step = STEPS[states.room.argmax(1)]
        case "wall_own":
            step = states.wall
        case "along" | "back" | "inner":
            step = states.side(name)
        case _:
            step = np.broadcast_to(np.array(COMPASS[name]), orange.shape)
    return states.clipped(orange + 20 * step)


def plan(states: States, program: Program) -> Ints:
    """Return a plan's o_1: [N, 3, 2] for blue, [N, 2] for orange."""
    if program.side == "orange":
        found = goal(states, program.then[0])
        if program.condition:
            other = goal(states, program.other[0]) if program.other else states.dot("far")
            found = np.where(states.holds(program.condition)[:, None], found, other)
        return found
    then = _send(states, program.then, program.deal)
    if not program.condition:
        return then
    other = _send(states, program.other or ("hold",) * 3, "roles")
    return np.where(states.holds(program.condition)[:, None, None], then, other)


def _send(states: States, actions: Sequence[str], deal: str) -> Ints:
    found = np.empty_like(states.blue)
    rows = np.arange(len(states.top))
    for place, name in enumerate(actions):
        dot = states.order[:, place]
        found[rows, dot] = action(states, name, states.blue[rows, dot])
    return found if deal == "roles" else share(states, found, deal)


def share(states: States, targets: Ints, deal: str) -> Ints:
    """Return targets [N, 3, 2] in the order whose longest way, or whose sum, is least."""
    ways = manhattan(states.blue[:, :, None], targets[:, None])  # [N, dot, target]
    orders = list(permutations(range(3)))
    cost = np.max if deal == "longest" else np.sum
    costs = np.stack(
        [cost([ways[:, dot, at] for dot, at in enumerate(order)], axis=0) for order in orders], 1
    )
    chosen = np.array(orders)[costs.argmin(1)]
    return np.take_along_axis(targets, chosen[:, :, None], 1)
