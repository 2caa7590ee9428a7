"""Whether a blue plan is a whole policy: one that alone plays nearly as well as can be.

Such a function is no tactic but a player. A base of which the others are never needed would leave
nothing to select.
"""

from collections.abc import Sequence

import numpy as np

from ld_tui.authoring.evaluate import States, plan
from ld_tui.authoring.judge import Judge, TableOf
from ld_tui.authoring.space import Program
from ld_tui.authoring.walking import walk
from ld_tui.game.board import Cell
from ld_tui.game.rules import Move, Position, apply, is_captured
from ld_tui.tablebase.world import World

WHOLE = 1.15
"""Steps over par up to which a plan alone is a whole policy."""
_LONGEST = 3
"""Times par after which a game is not played on."""


def is_whole_policy(program: Program, starts: Sequence[Position], table_of: TableOf) -> bool:
    """Tell whether a plan, walked to as well as can be, plays within `WHOLE` of par.

    It plays every start from which blue can force a capture against best play. Without such a
    start nothing is a whole policy.
    """
    tables = [table_of(World.of(start)) for start in starts]
    pars = [table.value(start) for table, start in zip(tables, starts, strict=True)]
    games = [start for start, par in zip(starts, pars, strict=True) if par]
    par = sum(filter(None, pars))
    limit = _LONGEST * max(filter(None, pars), default=0)
    steps = 0
    for _ in range(limit):
        if not games or steps > WHOLE * par:
            break
        steps += len(games)
        games = [_replied(each, table_of) for each in _moved(games, program, table_of)]
        games = [each for each in games if not is_captured(each)]
    return bool(par) and not games and steps <= WHOLE * par


def _moved(games: Sequence[Position], program: Program, table_of: TableOf) -> list[Position]:
    """Return the games after blue's turn, those without a capture."""
    none = np.zeros((0,), dtype=np.int64)
    judge = Judge("blue", "plan", games, none, table_of, True, True)
    states: States = judge.states
    targets = plan(states, program)
    every = np.stack([walk(states, mover, targets) for mover in judge.movers])
    worth = np.stack([judge.of_ends(ends)[0] for ends in every])
    ends = every[worth.argmin(0), np.arange(len(games))].tolist()
    moved = [
        apply(game, Move(game.blue, tuple(Cell(*cell) for cell in cells)))
        for game, cells in zip(games, ends, strict=True)
    ]
    return [each for each in moved if not is_captured(each)]


def _replied(game: Position, table_of: TableOf) -> Position:
    return apply(game, table_of(World.of(game)).best_move(game))
