"""Whose fault each lost step was: an agent's finished decisions, looked at by the tablebase.

Every chain of functions is run in the position of each decision. What the decision lost against
best play then falls into parts that add up to it, named in `BLAMES`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ld_tui.agent.events import Event, Executed, FellBack, Retrieved, Selected, event_from_dict
from ld_tui.arena.chains import Chains, Costs, move_costs, place_of, stage_costs
from ld_tui.arena.game import Game
from ld_tui.arena.resources import Resources
from ld_tui.errors import FunctionBaseError
from ld_tui.game.rules import Move, Position, Side

BLAMES = {
    "functions": "no chain of functions does better; the function set has nothing better",
    "retriever": "better functions of a stage were not among the K retrieved",
    "barred": "they were, but had been tried on this very board before",
    "selector": "they were to be had, and the selector passed them over",
    "refused": "the rules refused what was selected, and what came instead was worse",
}
"""What a lost step may be the fault of, and what that means."""


@dataclass(frozen=True, slots=True)
class StageStudy:
    """One stage of one decision."""

    stage: str
    """The stage's name."""
    differ: bool
    """Whether the stage's functions are worth differently here."""
    retrieved: bool
    """Whether a best function of the stage was among the K retrieved."""
    open: bool
    """Whether the candidates that were selected from are worth differently."""
    best: bool
    """Whether the function selected first is a best one of the candidates."""
    regret: float
    """Steps lost by the function selected first against the best candidate."""
    random: float
    """What a candidate chosen at random loses, on average."""
    lost: Mapping[str, float]
    """Steps lost by blame; only those that lost any."""


@dataclass(frozen=True, slots=True)
class _Decision:
    """An agent's decision, as its turn tells of it."""

    before: Position
    retrieved: dict[int, Retrieved]
    """1-based stage -> event."""
    selected: dict[int, list[Selected]]
    executed: dict[int, str]
    """1-based stage -> function."""
    fell_back: int | None
    """The stage in which every candidate was struck."""
    cost: float
    """What the move played costs; see `move_costs`."""
    best: float
    """What the best legal move costs."""


def study_game(game: Game, side: Side, chains: Chains, resources: Resources) -> list[StageStudy]:
    """Return every stage of every decision that an agent took for a side, in order."""
    turns = [
        (turn, before)
        for turn, before in zip(game.record.turns, game.positions, strict=False)
        if turn.side is side
    ]
    found: list[StageStudy] = []
    for turn, before in turns:
        events = [event_from_dict(event) for event in turn.events]
        found += study_turn(before, turn.move, events, chains, resources)
    return found


def study_turn(
    before: Position,
    move: Move,
    events: Sequence[Event],
    chains: Chains,
    resources: Resources,
) -> list[StageStudy]:
    """Return every stage of one decision that an agent took in a position, in order.

    Raises FunctionBaseError where a function that took part is not among the chains', and
    TablebaseError where the board is too large to be solved.
    """
    table = resources.table(before)
    played = np.array([[move]], dtype=object)
    ideal = np.array([[table.best_move(before)]], dtype=object)
    cost = float(move_costs(table, [before], played)[0, 0])
    best = float(move_costs(table, [before], ideal)[0, 0])
    decision = _read(events, before, cost, best)
    known = {manual.name for manuals in chains.manuals for manual in manuals}
    if missing := sorted(names_in(events) - known):
        raise FunctionBaseError(f"{missing[0]} is not in the function base any more")
    costs: Costs = move_costs(table, [before], chains.moves([before]))[0]
    return list(_study(decision, chains, costs))


def names_in(events: Sequence[Event]) -> set[str]:
    """Return the functions that took part in a decision: retrieved, selected or run."""
    found: set[str] = set()
    for event in events:
        match event:
            case Retrieved(names=names) | Selected(candidates=names):
                found |= set(names)
            case Executed(name=name):
                found.add(name)
            case _:
                pass
    return found


def _read(events: Sequence[Event], before: Position, cost: float, best: float) -> _Decision:
    retrieved: dict[int, Retrieved] = {}
    selected: dict[int, list[Selected]] = {}
    executed: dict[int, str] = {}
    fell_back = None
    for event in events:
        match event:
            case Retrieved(stage=stage):
                retrieved[stage] = event
            case Selected(stage=stage):
                selected.setdefault(stage, []).append(event)
            case Executed(stage=stage, name=name):
                executed[stage] = name
            case FellBack(stage=stage):
                fell_back = stage
            case _:
                pass
    return _Decision(before, retrieved, selected, executed, fell_back, cost, best)


def _study(decision: _Decision, chains: Chains, costs: Costs) -> Iterator[StageStudy]:
    """Yield the stages of a decision; their losses add up to all that it lost."""
    path: list[int] = []
    level = decision.best
    for at, stage in enumerate(chains.stages):
        number = at + 1
        if number not in decision.selected:
            return
        worth = stage_costs(costs, path)
        names = [manual.name for manual in chains.manuals[at]]
        by_name = dict(zip(names, map(float, worth), strict=True))
        found = [by_name[name] for name in decision.retrieved[number].names]
        first = decision.selected[number][0]
        pool = [by_name[name] for name in first.candidates]
        lost: dict[str, float] = {}

        def lose(blame: str, reached: float, lost: dict[str, float] = lost) -> None:
            """Blame what is lost between the level so far and another."""
            nonlocal level
            # A random legal move in place of a function may be better than all functions.
            reached = max(level, min(reached, decision.cost))
            if reached > level:
                lost[blame] = lost.get(blame, 0.0) + reached - level
            level = reached

        if at == 0:
            lose("functions", float(costs.min()))
        lose("retriever", min(found))
        lose("barred", min(pool))
        name = decision.executed.get(number)
        done = decision.cost if name is None else by_name[name]
        lose("selector" if name == first.name else "refused", done)
        ran = [each for each in pool if np.isfinite(each)]
        chosen = by_name[first.name]
        yield StageStudy(
            stage.name,
            differ=max(by_name.values()) > min(by_name.values()),
            retrieved=min(found) == min(by_name.values()),
            open=bool(ran) and max(ran) > min(ran),
            best=chosen == min(pool),
            regret=chosen - min(pool) if np.isfinite(chosen) else 0.0,
            random=float(np.mean(ran)) - min(ran) if ran else 0.0,
            lost=lost,
        )
        if name is None:
            return
        path.append(place_of(chains, at, name))


def study_to_dict(study: StageStudy) -> dict[str, Any]:
    """Return a stage's study as plain data for JSON."""
    return {
        "stage": study.stage,
        "differ": study.differ,
        "retrieved": study.retrieved,
        "open": study.open,
        "best": study.best,
        "regret": study.regret,
        "random": study.random,
        "lost": dict(study.lost),
    }


def study_from_dict(data: Mapping[str, Any]) -> StageStudy:
    """Read what `study_to_dict` wrote. Raises TypeError for other keys."""
    return StageStudy(**data)
