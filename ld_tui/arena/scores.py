"""What a finished game was worth: steps, par, regret, illegal choices, time; and many together."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ld_tui.arena.game import Game
from ld_tui.arena.resources import Resources
from ld_tui.errors import TablebaseError
from ld_tui.game.notation import format_position
from ld_tui.game.rules import Position, Reason, Side


@dataclass(frozen=True, slots=True)
class SideScore:
    """One side's share of a game."""

    illegal: int
    """Illegal choices."""
    struck: int
    """Functions struck from their stage's candidates, illegal or failed."""
    fallbacks: int
    """Decisions in which nothing was left and a legal move was played at random."""
    regrets: tuple[int, ...]
    """Steps lost by each move whose loss is known, against best play."""
    ms: tuple[float, ...]
    """Milliseconds of each decision."""


@dataclass(frozen=True, slots=True)
class GameScore:
    """A finished game."""

    index: int
    """0-based place in its match."""
    seed: int
    start: str
    """Position notation."""
    winner: Side
    reason: Reason
    steps: int
    """Steps until the end, one that capture cut short counted."""
    counted: int
    """The steps that it counts in means: the step limit where blue didn't win, however early."""
    par: int | None
    """Steps under best play of both from the start; None: orange can escape, or unknown."""
    blue: SideScore
    orange: SideScore

    @property
    def ms_per_decision(self) -> float:
        """Return the mean over all decisions of both sides; 0 where there was none."""
        times = (*self.blue.ms, *self.orange.ms)
        return round(statistics.fmean(times), 3) if times else 0.0


def score(index: int, game: Game, resources: Resources) -> GameScore:
    """Return the score of a game that is over."""
    assert game.outcome is not None
    record = game.record
    # A step in which only one side moved, at the start or the end, counts as a whole one.
    half = record.start.to_move is Side.ORANGE and game.ply > 0
    steps = (game.ply + half + 1) // 2
    return GameScore(
        index=index,
        seed=record.seed,
        start=format_position(record.start),
        winner=game.outcome.winner,
        reason=game.outcome.reason,
        steps=steps,
        counted=steps if game.outcome.winner is Side.BLUE else record.start.rules.max_steps,
        par=par(record.start, resources),
        blue=_side_score(Side.BLUE, game, resources),
        orange=_side_score(Side.ORANGE, game, resources),
    )


def _side_score(side: Side, game: Game, resources: Resources) -> SideScore:
    turns = game.record.turns
    positions = game.positions
    moves = [
        (before, after)
        for turn, before, after in zip(turns, positions, positions[1:], strict=False)
        if turn.side is side
    ]
    regrets = [regret(before, after, resources) for before, after in moves]
    return SideScore(
        illegal=game.position.illegal.of(side) - game.record.start.illegal.of(side),
        struck=_count(side, game, "rejected"),
        fallbacks=_count(side, game, "fell_back"),
        regrets=tuple(found for found in regrets if found is not None),
        ms=tuple(turn.ms for turn in turns if turn.side is side),
    )


def _count(side: Side, game: Game, kind: str) -> int:
    """Return how many events of a kind a side's decisions hold."""
    turns = [turn.events for turn in game.record.turns if turn.side is side]
    return sum(event["event"] == kind for events in turns for event in events)


def regret(before: Position, after: Position, resources: Resources) -> int | None:
    """Return the steps that a turn lost against best play, by the rules in which it was taken.

    None where the loss has no number, or the board is too large for a table.
    """
    try:
        table = resources.table(before)
    except TablebaseError:
        return None
    best = table.value(before)
    # Rules that changed with or after the turn are not its doing.
    reached = table.value(replace(after, changes=before.changes))
    if best is None or reached is None:
        return 0 if best is reached else None
    if before.to_move is Side.BLUE:
        return max(reached, 1) - best
    return best - (reached + 1)


def par(start: Position, resources: Resources) -> int | None:
    """Return the steps from a start under best play of both.

    None where orange can escape for ever, or the board is too large for a table.
    """
    try:
        return resources.table(start).value(start)
    except TablebaseError:
        return None


def game_to_dict(game: GameScore) -> dict[str, Any]:
    """Return a game's score as the plain data that `match --json` prints."""
    return {
        "start": game.start,
        "winner": str(game.winner),
        "reason": str(game.reason),
        "steps": game.steps,
        "par": game.par,
        "illegal_blue": game.blue.illegal,
        "illegal_orange": game.orange.illegal,
        "ms_per_decision": game.ms_per_decision,
    }


def summary(games: Sequence[GameScore]) -> dict[str, Any]:
    """Return what games come to together, as the plain data that `match --json` prints.

    Means are None over nothing. A game that blue didn't win counts the step limit, so that a
    forfeit is no short game. `steps_over_par` is all steps over all par, of the games that have
    a par. Forfeits are games lost by illegal choices.
    """
    with_par = [game for game in games if game.par]
    sides = {"blue": [g.blue for g in games], "orange": [g.orange for g in games]}
    return {
        "games": len(games),
        "captures": sum(game.reason is Reason.CAPTURE for game in games),
        "forfeits": {
            side: sum(g.reason is Reason.ILLEGAL and g.winner != side for g in games)
            for side in sides
        },
        "mean_steps": _mean([game.counted for game in games]),
        "mean_par": _mean([game.par for game in games if game.par is not None]),
        "steps_over_par": (
            round(sum(g.counted for g in with_par) / sum(g.par or 0 for g in with_par), 4)
            if with_par
            else None
        ),
        "regret_per_move": {
            side: _mean([regret for part in parts for regret in part.regrets])
            for side, parts in sides.items()
        },
        **{
            what: {side: sum(getattr(each, what) for each in of) for side, of in sides.items()}
            for what in ("illegal", "struck", "fallbacks")
        },
        "ms_per_decision": {
            side: _median([ms for part in parts for ms in part.ms]) for side, parts in sides.items()
        },
        "seeds": [game.seed for game in games],
    }


def _mean(numbers: Sequence[float]) -> float | None:
    return round(statistics.fmean(numbers), 4) if numbers else None


def _median(numbers: Iterable[float]) -> float | None:
    found = list(numbers)
    return round(statistics.median(found), 3) if found else None
