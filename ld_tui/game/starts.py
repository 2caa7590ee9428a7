"""Random starting positions, the same for the same seed on every machine."""

import random

from ld_tui.game.board import Cell
from ld_tui.game.rules import DOTS, Position, Rules, is_captured, open_cells


def random_start(rng: random.Random, rules: Rules | None = None) -> Position:
    """Return a start with every dot on an open cell of its own, uniformly, and no capture yet."""
    base = rules or Rules()
    while True:
        chosen: list[Cell] = rng.sample(open_cells(base), DOTS + 1)
        position = Position(tuple(chosen[:DOTS]), chosen[DOTS], base=base)
        if not is_captured(position):
            return position


def starts(count: int, seed: int, rules: Rules | None = None) -> tuple[Position, ...]:
    """Return `count` random starts; a prefix of the longer list that the same seed gives."""
    rng = random.Random(f"starts {seed}")
    return tuple(random_start(rng, rules) for _ in range(count))
