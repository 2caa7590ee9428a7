"""Positions as they occur in play on a map: a base's functions are chosen and checked in them."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ld_tui.agent.events import Plain
from ld_tui.arena.pursuit import result_plain
from ld_tui.authoring.evaluate import plan
from ld_tui.authoring.judge import Judge, TableOf
from ld_tui.authoring.measure import LONG
from ld_tui.authoring.space import sample
from ld_tui.functionbase.store import Stage
from ld_tui.game.board import Cell
from ld_tui.game.maps import Map
from ld_tui.game.rules import Position, Side, apply, legal_moves, outcome
from ld_tui.tablebase.world import World

SKILLS = (0.3, 0.6, 0.9)
"""Shares of best moves in a game of the side whose positions are sought; the others are random."""
OPPONENTS = (0.6, 1.0)
"""The same of the other side."""
STRONG = (0.9, 1.0)
"""The same of both in games that are played well."""
STEPS = 20
"""Steps after which a game is not played on."""
PER_GAME = 3
"""Positions that are taken from a game, at most."""
TRIES = 60
"""Starts that are looked at for one from which blue can capture."""
GAMES = 20
"""Games for each position sought, after which positions count in which nothing is at stake."""
PLANS = 60
"""Random plans among which a move stage's o_1 are the good ones."""


def map_positions(
    world: Map,
    side: str,
    count: int,
    seed: str,
    table_of: TableOf,
    skills: tuple[Sequence[float], Sequence[float]] = (SKILLS, OPPONENTS),
) -> tuple[Position, ...]:
    """Return `count` positions with a side to move, the game not over, from mixed-strength play.

    `skills` are what a game's shares of best moves are drawn from, the side's and its opponent's.

    They are such in which the move matters: where orange escapes whatever is played, nothing tells
    functions apart. Blue's are from games that begin where it can capture. Some may be equal where
    a map has few. The same arguments give the same positions.
    """
    rng = random.Random(f"positions {seed} {side}")
    found: list[Position] = []
    games = 0
    while len(found) < count:
        games += 1
        game = _game(world, side, rng, table_of, skills)
        seen = [each for each in game if each.to_move == side]
        if games <= GAMES * count:
            seen = [each for each in seen if table_of(World.of(each)).is_at_stake(each)]
        found += rng.sample(seen, min(PER_GAME, len(seen)))
    return tuple(replace(each, steps=0) for each in found[:count])


def capturable(positions: Iterable[Position], table_of: TableOf) -> Iterator[Position]:
    """Yield those from which blue can force a capture."""
    return (each for each in positions if table_of(World.of(each)).value(each) is not None)


def _start(world: Map, own: str, rng: random.Random, table_of: TableOf) -> Position:
    tried = (world.start(rng) for _ in range(TRIES if own == Side.BLUE else 0))
    return next(capturable(tried, table_of), None) or world.start(rng)


def _game(
    world: Map,
    own: str,
    rng: random.Random,
    table_of: TableOf,
    skills: tuple[Sequence[float], Sequence[float]],
) -> list[Position]:
    skill = {side: rng.choice(skills[side != own]) for side in Side}
    position = _start(world, own, rng, table_of)
    seen = []
    while outcome(position) is None and position.steps < STEPS:
        seen.append(position)
        if rng.random() < skill[position.to_move]:
            move = table_of(World.of(position)).best_move(position, rng)
        else:
            move = rng.choice(legal_moves(position))
        position = apply(position, move)
    return seen


def good_plans(
    stage: Stage, positions: Sequence[Position], seed: str, table_of: TableOf
) -> list[Plain]:
    """Return what a plan stage could have given in positions: in each one of the good plans.

    Half of them are the best of `PLANS` random ones, the others are of the better third.
    """
    rng = random.Random(f"plans {seed}")
    none = np.zeros((0,), dtype=np.int64)
    judge = Judge(stage.side, stage.name, positions, none, table_of, True, True)
    targets = [plan(judge.states, sample(stage.side, stage.name, rng)) for _ in range(PLANS)]
    worth = np.stack([np.minimum(judge.of_walks(each), LONG).mean(0) for each in targets])
    order = np.argsort(worth if stage.side == Side.BLUE else -worth, axis=0, kind="stable")
    found = []
    for at in range(len(positions)):
        rank = 0 if rng.random() < 0.5 else rng.randrange(PLANS // 3)
        cells = targets[order[rank, at]][at].reshape(-1, 2).tolist()
        found.append(result_plain(stage.result, [Cell(*cell) for cell in cells]))
    return found
