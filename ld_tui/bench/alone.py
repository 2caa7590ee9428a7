"""Whole games against perfect play: one function alone, the best choice among all, greedy.

Functions and perfect play are deterministic here, so that a board that comes back comes back for
ever: such a game is counted as lasting to the step limit without being played on.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ld_tui.arena.chains import Chains, Costs, Moves, move_costs
from ld_tui.bench.states import player_move
from ld_tui.game.rules import Move, Position, Side, apply, is_captured, legal_moves
from ld_tui.tablebase.table import Table

ORACLE = "oracle"
"""The best of all functions in every state, as the tablebase sees it."""
GREEDY = "greedy"
"""The greedy player, for comparison."""

Chooser = Callable[[Sequence[Position]], list[Move]]
"""Decides many positions at once."""


@dataclass(frozen=True, slots=True)
class Play:
    """How games against a perfect opponent went."""

    side: str
    who: str
    """A function's name, `oracle` or `greedy`."""
    games: int
    captured: float
    """The share of games in which orange was captured."""
    ratio: float
    """Mean steps over mean par: 1 is perfect; more is worse for blue, less worse for orange."""
    fixed: float | None = None
    """The best ratio with one and the same function in every later stage; None where all or
    none is fixed."""


class Duels:
    """Plays from fixed starts against the tablebase, which remembers what it has looked up."""

    def __init__(self, table: Table, starts: Sequence[Position]) -> None:
        """`starts` are positions with blue to move; orange is not captured in any."""
        self._table = table
        self._starts = tuple(starts)
        self._known: dict[Position, Move] = {}
        self._par = np.mean([table.value(start) or start.rules.max_steps for start in starts])

    def play(self, side: Side, who: str, choose: Chooser, fixed: bool = True) -> Play:
        """Play every start with `choose` on one side and perfect play on the other.

        `fixed` tells that `choose` always decides the same on the same board.
        """
        games = list(self._starts)
        steps = [start.rules.max_steps for start in games]
        seen: list[set[tuple[object, ...]]] = [set() for _ in games]
        captured = 0
        alive = list(range(len(games)))
        while alive:
            decide = choose if games[alive[0]].to_move is side else self._perfect
            for at, move in zip(alive, decide([games[at] for at in alive]), strict=True):
                before, games[at] = games[at], apply(games[at], move)
                if is_captured(games[at]):
                    steps[at] = before.steps + 1
                    captured += 1
            alive = [at for at in alive if not is_captured(games[at])]
            alive = [at for at in alive if not (fixed and _seen_before(games[at], seen[at]))]
            alive = [at for at in alive if games[at].steps < games[at].rules.max_steps]
        ratio = float(np.mean(steps) / self._par)
        return Play(str(side), who, len(games), captured / len(games), ratio)

    def play_functions(self, chains: Chains, place: int | None = None) -> Play:
        """Play with the best of all chains in every state, or of those with one first function.

        For a first function `fixed` is measured too.
        """
        later = len(chains.stages) - 1
        first = [place, *[None] * later]
        if place is None:
            return self.play(chains.side, ORACLE, self._best_chain(chains, first))
        who = chains.manuals[0][place].name
        found = self.play(chains.side, who, self._best_chain(chains, first))
        if not later:
            return found
        worse = 1 if chains.side is Side.BLUE else -1
        ratios = [
            self.play(chains.side, who, self._best_chain(chains, [place, *rest])).ratio
            for rest in np.ndindex(chains.counts[1:])
        ]
        return replace(found, fixed=min(ratios, key=lambda ratio: ratio * worse))

    def play_greedy(self, side: Side) -> Play:
        """Play with the greedy player, whose ties go by the step."""

        def choose(positions: Sequence[Position]) -> list[Move]:
            return [
                player_move(self._table, GREEDY, each, random.Random(each.steps))
                for each in positions
            ]

        return self.play(side, GREEDY, choose, fixed=False)

    def _best_chain(self, chains: Chains, only: Sequence[int | None]) -> Chooser:
        def choose(positions: Sequence[Position]) -> list[Move]:
            moves = chains.moves(positions, only)
            costs = move_costs(self._table, positions, moves)
            return [
                _cheapest(position, row, cost)
                for position, row, cost in zip(positions, moves, costs, strict=True)
            ]

        return choose

    def _perfect(self, positions: Sequence[Position]) -> list[Move]:
        found = []
        for position in positions:
            board = replace(position, steps=0)
            if board not in self._known:
                self._known[board] = self._table.best_move(board)
            found.append(self._known[board])
        return found


def _cheapest(position: Position, moves: Moves, costs: Costs) -> Move:
    """Return the cheapest of a position's moves, ties to the first; any legal one if none is."""
    move: Move | None = moves.flat[int(np.argmin(costs))]
    return move or legal_moves(position)[0]


def _seen_before(position: Position, seen: set[tuple[object, ...]]) -> bool:
    """Tell whether a board has been there before in its game, and remember it."""
    board = (position.blue, position.orange, position.to_move)
    if board in seen:
        return True
    seen.add(board)
    return False
