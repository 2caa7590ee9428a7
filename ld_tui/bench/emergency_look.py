"""Decisions after an emergency, judged by the tablebase: was the new function rightly chosen?"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ld_tui.agent.events import Event, Executed, Plain, Retrieved, Selected
from ld_tui.agent.loop import Agent, select_by_llm
from ld_tui.arena.resources import Resources
from ld_tui.authoring.measure import Measure
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.store import Stage
from ld_tui.game.describe import state_text
from ld_tui.game.rules import Position

_Kind = TypeVar("_Kind", Retrieved, Selected, Executed)


@dataclass(frozen=True, slots=True)
class Pick:
    """One choice among candidates of which one was written for the emergency."""

    stage: str
    picked: bool
    """Whether that one was chosen."""
    alone: bool
    """Whether it alone is best, by the tablebase."""
    best: bool
    """Whether no other is better."""
    follows: bool | None
    """Whether the choice moves away from it when its manual trades texts with another's; None
    where it was not chosen, or is not alone best."""


@dataclass(frozen=True, slots=True)
class Look:
    """One finished decision of an agent's."""

    position: Position
    events: Sequence[Event]
    manuals: Mapping[str, Manual]
    """Every function there was, those of authors among them."""
    agent: Agent
    resources: Resources

    def picks(self) -> Iterator[Pick]:
        """Yield the first choice of each stage that had a function written for the emergency."""
        previous: Plain = None
        for number, stage in enumerate(self._stages, 1):
            found, chosen = self._first(Retrieved, number), self._first(Selected, number)
            if found and chosen and len(chosen.candidates) > 1:
                measure = self._measure(stage, previous)
                lost = {
                    name: float(measure.of_manual(self.manuals[name])[0])
                    for name in chosen.candidates
                }
                best = [name for name, steps in lost.items() if steps == min(lost.values())]
                for name in (each for each in found.new if each in lost):
                    alone, picked = best == [name], chosen.name == name
                    follows = None
                    if alone and picked:
                        follows = self._follows(stage, previous, chosen.candidates, name)
                    yield Pick(stage.name, picked, alone, name in best, follows)
            done = self._first(Executed, number)
            previous = done.result if done else None

    def stale(self) -> tuple[int, int]:
        """Count the base's functions retrieved for the move, and those of them that fail now."""
        last = len(self._stages)
        found, before = self._first(Retrieved, last), self._first(Executed, last - 1)
        if found is None or (before is None and last > 1):
            return 0, 0
        measure = self._measure(self._stages[-1], before.result if before else None)
        old = [self.manuals[name] for name in found.names if name not in found.new]
        return len(old), sum(not measure.tried(manual)[1][0] for manual in old)

    @property
    def _stages(self) -> Sequence[Stage]:
        return self.agent.stages(str(self.position.to_move))

    def _first(self, kind: type[_Kind], number: int) -> _Kind | None:
        """Return a stage's first event of a kind."""
        found = (each for each in self.events if isinstance(each, kind) and each.stage == number)
        return next(found, None)

    def _measure(self, stage: Stage, previous: Plain) -> Measure:
        at = list(self._stages).index(stage)
        return Measure(
            stage,
            [self.position],
            self.agent.sandbox,
            (),
            self._stages[at - 1] if at else None,
            self.resources.table_of,
            0,
            [previous],
        )

    def _follows(self, stage: Stage, previous: Plain, names: Sequence[str], name: str) -> bool:
        """Tell whether another is chosen when a manual trades texts with a random other one."""
        assert self.agent.selector is not None
        rng = random.Random(f"swap {name} {self.position.steps}")
        other = rng.choice([each for each in names if each != name])
        one, two = self.manuals[name], self.manuals[other]
        swapped = {
            name: replace(one, summary=two.summary, when=two.when),
            other: replace(two, summary=one.summary, when=one.when),
        }
        pool = [swapped.get(each, self.manuals[each]) for each in names]
        state = state_text(self.position, stage.name, previous)
        shares = select_by_llm(self.agent.selector)(stage, state, pool)
        return names[max(range(len(names)), key=lambda at: shares[at])] != name
