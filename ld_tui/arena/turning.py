"""What each turn of a game was worth by the tablebase: marks, turning points, and whose fault.

The marks are those of `ld_tui.arena.marks`; for `!` the greedy player is asked with the seed of
the turn.

A *turning point* is a turn that lost something. Its *blame* says what the loss falls on, for a
turn of an agent; see `ld_tui.arena.study.BLAMES`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ld_tui.agent.events import Decided, Event, event_from_dict
from ld_tui.arena.game import Game
from ld_tui.arena.marks import is_only_move, loss_mark
from ld_tui.arena.players import GreedyPlayer, decision_seed
from ld_tui.arena.resources import Resources
from ld_tui.errors import LdTuiError, TablebaseError
from ld_tui.game.notation import format_move, parse_move
from ld_tui.game.rules import Move, Position

BLAMED = {
    "functions": "the functions: no chain of them does better",
    "retriever": "the retriever: better functions were not among the K",
    "barred": "repetition: better functions had been tried on this board",
    "selector": "the selector: it passed better functions over",
    "refused": "the rules: they refused what was selected",
}
"""What the loss of a turn may fall on, in words."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tablebase says of one turn."""

    value: int | None
    """Steps to capture before it, under best play; None: orange could escape for ever."""
    reached: int | None
    """The same once it was played."""
    regret: int | None
    """Steps that its side lost by it; None: no number tells what it gave away."""
    best: str
    """A best move in notation."""
    is_only: bool = False
    """Whether it was the only move that kept the value, and greedy would have missed it."""

    @property
    def mark(self) -> str:
        """`?!`, `?`, `??` or `!`; empty for a turn like many."""
        return loss_mark(self.regret) or "!" * self.is_only

    @property
    def is_turning_point(self) -> bool:
        """Tell whether it lost something."""
        return bool(loss_mark(self.regret))


@dataclass(frozen=True, slots=True)
class Loss:
    """A part of what a turn lost."""

    stage: str
    """The stage's name."""
    blame: str
    """A key of `BLAMED`."""
    steps: float


@dataclass(frozen=True, slots=True)
class TurnReview:
    """One turn of a game, looked at afterwards."""

    verdict: Verdict | None
    """None where the board is too large to be solved."""
    blame: tuple[Loss, ...] = ()
    note: str = ""
    """Why there is no blame, or no verdict, where there might have been."""


def judge(before: Position, move: Move, resources: Resources, seed: int = 0) -> Verdict:
    """Return what a turn was worth. `seed`: of its decision, for the greedy player's ties.

    Raises TablebaseError where the board is too large to be solved.
    """
    found = resources.table(before).analysis(before)
    worth = next(each for each in found.moves if each.move == move)
    keeping = [each.move for each in found.moves if each.value == found.value]
    is_only = is_only_move(move, greedy_move(before, seed), keeping, len(found.moves))
    best = format_move(found.moves[0].move)
    return Verdict(found.value, worth.value, worth.regret, best, is_only)


def greedy_move(position: Position, seed: int) -> Move:
    """Return what the greedy player does in a position."""
    decided = next(GreedyPlayer().decide(position, (), seed))
    assert isinstance(decided, Decided)
    return parse_move(decided.move)


def blame(
    before: Position,
    move: Move,
    events: Sequence[Event],
    manuals: Sequence[str],
    resources: Resources,
) -> tuple[Loss, ...]:
    """Return what an agent's loss in one turn falls on; nothing where it lost nothing.

    `manuals` are the texts of functions that were written in the game. Every chain of functions
    is run, those of the function base as it is now. Raises FunctionBaseError where a function that
    took part is gone, TablebaseError where the board is too large to be solved.
    """
    from ld_tui.arena.chains import Chains
    from ld_tui.arena.study import names_in, study_turn
    from ld_tui.functionbase.manual import parse_manual

    base, wanted = resources.functionbase(), names_in(events)
    for manual in map(parse_manual, manuals):
        if manual.name in wanted and base.get(manual.name) is None:
            base = base.plus(manual)
    chains = Chains(base, before.to_move, resources.sandbox())
    return tuple(
        Loss(study.stage, what, steps)
        for study in study_turn(before, move, events, chains, resources)
        for what, steps in study.lost.items()
    )


def review(
    game: Game, resources: Resources, progress: Callable[[int], None] | None = None
) -> Iterator[TurnReview]:
    """Yield what each turn of a game was worth, in order; `progress` is told how many are done."""
    for ply, turn in enumerate(game.record.turns):
        before = game.positions[ply]
        if progress is not None:
            progress(ply)
        try:
            seed = decision_seed(game.record.seed, ply)
            verdict = judge(before, turn.move, resources, seed)
        except TablebaseError as error:
            yield TurnReview(None, note=str(error))
            continue
        if not verdict.is_turning_point or not is_explained(turn.events):
            yield TurnReview(verdict)
            continue
        try:
            events = [event_from_dict(event) for event in turn.events]
            manuals = manuals_in(game.record.turns[: ply + 1])
            losses = blame(before, turn.move, events, manuals, resources)
            yield TurnReview(verdict, losses)
        except (LdTuiError, TypeError, ValueError) as error:
            yield TurnReview(verdict, note=f"no blame: {error}")


def is_explained(events: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether an agent's stages stand behind a turn."""
    return any(event.get("event") == "selected" for event in events)


def manuals_in(turns: Sequence[Any]) -> list[str]:
    """Return the manuals of the functions that were admitted in some turns, oldest first."""
    return [
        str(event["text"])
        for turn in turns
        for event in turn.events
        if event.get("event") == "admitted" and "text" in event
    ]


def verdict_to_dict(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as plain data, its mark with it."""
    return {
        "value": verdict.value,
        "reached": verdict.reached,
        "regret": verdict.regret,
        "best": verdict.best,
        "only": verdict.is_only,
        "mark": verdict.mark,
    }


def review_from_dict(data: Mapping[str, Any]) -> TurnReview:
    """Read the engine's `reviewed` event. Raises KeyError, TypeError or ValueError."""
    verdict = Verdict(
        _count(data["value"]),
        _count(data["reached"]),
        _count(data["regret"]),
        str(data["best"]),
        bool(data["only"]),
    )
    losses = tuple(
        Loss(str(each["stage"]), str(each["blame"]), float(each["steps"])) for each in data["blame"]
    )
    return TurnReview(verdict, losses)


def _count(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r} is no number of steps")
    return value


def blame_lines(losses: Sequence[Loss]) -> list[str]:
    """Say in words what a loss falls on, the largest part first."""
    ordered = sorted(losses, key=lambda loss: -loss.steps)
    return [
        f"{loss.steps:g} by {BLAMED.get(loss.blame, loss.blame)} ({loss.stage})" for loss in ordered
    ]
