"""States as they occur in play: a third at random, the others visited in games.

Of uniformly random states, most leave nothing to choose; what is measured on them alone says
little about play. The same seed gives the same states.
"""

import random

from ld_tui.agent.events import Decided
from ld_tui.arena.chains import Chains, first_move
from ld_tui.arena.players import GreedyPlayer
from ld_tui.game.notation import parse_move
from ld_tui.game.rules import Move, Position, Rules, Side, apply, is_captured, legal_moves
from ld_tui.game.starts import random_start
from ld_tui.tablebase.table import Table

RANDOM_SHARE = 0.35
"""Of states that no game led to."""
STEPS = 14
"""Of each game at most."""

_GAMES = 24
_STYLES = (
    ("functions",),
    ("perfect",),
    ("greedy",),
    *[("functions", "perfect", "greedy")] * 3,
)
"""Who may decide in a game, drawn once for each side of it; several take turns at random."""
_BLUNDERS = (0.0, 0.1, 0.2)
"""The share of legal moves at random, drawn once a game."""


def sample_states(
    chains: dict[Side, Chains], table: Table, side: Side, count: int, seed: int
) -> list[Position]:
    """Return `count` positions with `side` to move and orange not captured."""
    rng = random.Random(f"states {side} {seed}")
    rules = table.world.rules
    found: list[Position] = []
    while len(found) < count * RANDOM_SHARE:
        position = random_start(rng, rules)
        if side is Side.ORANGE:
            position = apply(position, rng.choice(legal_moves(position)))
        if not is_captured(position):
            found.append(position)
    while len(found) < count:
        found += _visited(chains, table, side, rng, rules)
    return found[:count]


def _visited(
    chains: dict[Side, Chains], table: Table, side: Side, rng: random.Random, rules: Rules
) -> list[Position]:
    """Play some games at once and return some of the positions that they pass."""
    games = [random_start(rng, rules) for _ in range(_GAMES)]
    styles = [{each: rng.choice(_STYLES) for each in Side} for _ in games]
    blunders = [rng.choice(_BLUNDERS) for _ in games]
    found = []
    for turn in range(2 * STEPS):
        alive = [at for at, position in enumerate(games) if not is_captured(position)]
        mover = (Side.BLUE, Side.ORANGE)[turn % 2]
        by_chain: dict[tuple[int, ...], list[int]] = {}
        for at in alive:
            if mover is side and rng.random() < 0.5:
                found.append(games[at])
            kind = rng.choice(styles[at][mover])
            if rng.random() < blunders[at]:
                games[at] = apply(games[at], rng.choice(legal_moves(games[at])))
            elif kind == "functions":
                chain = tuple(rng.randrange(count) for count in chains[mover].counts)
                by_chain.setdefault(chain, []).append(at)
            else:
                games[at] = apply(games[at], player_move(table, kind, games[at], rng))
        for chain, places in by_chain.items():
            proposed = chains[mover].moves([games[at] for at in places], chain)
            for at, row in zip(places, proposed, strict=True):
                games[at] = apply(games[at], first_move(row) or legal_moves(games[at])[0])
    return found


def player_move(table: Table, kind: str, position: Position, rng: random.Random) -> Move:
    """Return the move of a `perfect` or a `greedy` player."""
    if kind == "perfect":
        return table.best_move(position, rng)
    events = list(GreedyPlayer().decide(position, (), rng.randrange(2**31)))
    decided = events[-1]
    assert isinstance(decided, Decided)  # the only thing that a greedy player ever says
    return parse_move(decided.move)
