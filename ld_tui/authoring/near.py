"""Positions near one at hand, as the side to move can know it: new functions are tried in them."""

import random
from dataclasses import replace

from ld_tui.game.board import Cell, distance
from ld_tui.game.emergencies import emergencies_of
from ld_tui.game.rules import (
    Move,
    Position,
    apply,
    as_known,
    is_captured,
    legal_moves,
    open_cells,
    outcome,
)
from ld_tui.tablebase.table import Table

STEPS = 4
"""How far play goes on from the position, at most."""
WELL = 0.6
"""Share of the moves that are best ones; the others are random."""


def near_positions(
    position: Position, count: int, seed: str, table: Table | None
) -> tuple[Position, ...]:
    """Return up to `count` different positions with the same side to move, the game not over.

    They come from play of mixed strength from the position at hand; without a table play is
    random. Emergencies in force don't end in them. In fog blue begins with orange where it saw it
    last, since it knows no better. The same arguments give the same positions.
    """
    rng = random.Random(f"near {seed}")
    first = _begin(position)
    found = dict.fromkeys([first])
    for _ in range(count * 20):
        if len(found) >= count:
            break
        here = first
        for _ in range(2 * rng.randint(1, STEPS)):
            here = apply(here, _move(here, rng, table))
            if outcome(here) is not None:
                break
        else:
            found[here] = None
    return tuple(found)


def _begin(position: Position) -> Position:
    known = as_known(position)
    lasting = tuple(replace(change, until=None) for change in emergencies_of(known))
    known = replace(known, changes=lasting, steps=0)
    if not is_captured(known):
        return known
    # In fog the dots may stand about the cell that orange has left.
    away = [cell for cell in open_cells(known.rules) if _is_out(cell, known)]
    return replace(known, orange=min(away, key=lambda cell: (distance(cell, known.orange), cell)))


def _is_out(cell: Cell, position: Position) -> bool:
    return not is_captured(replace(position, orange=cell))


def _move(position: Position, rng: random.Random, table: Table | None) -> Move:
    if table is not None and rng.random() < WELL:
        return table.best_move(position, rng)
    return rng.choice(legal_moves(position))
