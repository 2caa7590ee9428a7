"""Admission of new functions: the editor's check, then play under the rules in force.

Whoever wrote a function, it joins a stage's candidates only where it is legal in every position
near the one at hand, and loses no more steps there than the best candidate there was.
"""

import hashlib
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass

from ld_tui.agent.events import Event, FunctionChecked
from ld_tui.arena.pursuit import PursuitSituation, emergency_names
from ld_tui.authoring.check import CheckResult, check_manual
from ld_tui.authoring.judge import TableOf
from ld_tui.authoring.measure import Measure
from ld_tui.authoring.near import near_positions
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.store import FunctionBase, Stage
from ld_tui.game.rules import Position
from ld_tui.sandbox.run import Sandbox
from ld_tui.tablebase.world import World

PLAYED = 24
"""Positions in which a draft has to hold its own."""
CLOSE = 0.25
"""Steps a turn that a draft may lose more than a rival where that one is legal."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a draft."""

    admitted: bool
    why: str
    """What was measured, or the first thing that is wrong, in one line."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What authors work with."""

    base: FunctionBase
    sandbox: Sandbox
    table_of: TableOf

    def stages(self, side: str) -> tuple[Stage, ...]:
        """Return a side's stages in order."""
        return self.base.stages_of(side)

    def number(self, stage: Stage) -> int:
        """Return a stage's place among its side's, 1-based, as events have it."""
        return self.stages(stage.side).index(stage) + 1

    def rivals(self, stage: Stage, new: Sequence[Manual]) -> list[Manual]:
        """Return the functions that a stage has already, those that authors wrote among them."""
        own = self.base.manuals_of(stage.side, stage.name)
        return [
            *own,
            *(each for each in new if (each.side, each.stage) == (stage.side, stage.name)),
        ]

    def measure(
        self,
        situation: PursuitSituation,
        stage: Stage,
        new: Sequence[Manual],
        count: int,
        purpose: str,
    ) -> Measure:
        """Return the measure of a stage's functions in positions near the one at hand.

        Raises TablebaseError where the board is too large to be solved.
        """
        stages = self.stages(stage.side)
        before = stages[stages.index(stage) - 1] if stages.index(stage) else None
        seed = f"{purpose} {situation.seed} {stage.name}"
        table = self.table_of(World.of(situation.position))
        positions = near_positions(situation.position, count, seed, table)
        plans = self.rivals(before, new) if before else []
        return Measure(stage, positions, self.sandbox, plans, before, self.table_of, situation.seed)


def rules_mark(position: Position) -> str:
    """Return how a manual names the rules that it was written for: a hash of what is in force."""
    names = emergency_names(position)
    if not names:
        return "standard"
    return hashlib.sha256(f"{position.base} {names}".encode()).hexdigest()[:16]


def told(found: Iterable[CheckResult], number: int, name: str) -> Generator[Event, None, str]:
    """Tell what a check finds, up to the first thing that is wrong; return that, or nothing."""
    for result in found:
        yield FunctionChecked(number, name, result.name, result.passed, result.detail)
        if not result.passed:
            return f"{result.name}: {result.detail}"
    return ""


def admission(
    desk: Desk,
    manual: Manual,
    situation: PursuitSituation,
    stage: Stage,
    number: int,
    new: Sequence[Manual],
) -> Generator[Event, None, Verdict]:
    """Yield each check of a draft and return the verdict; nothing is run after a failed check."""
    if desk.base.get(manual.name) or any(each.name == manual.name for each in new):
        why = f"there is a function {manual.name} already"
        yield FunctionChecked(number, manual.name, "name", False, why)
        return Verdict(False, why)
    fresh = desk.measure(situation, stage, new, PLAYED, "admission")
    found = check_manual(manual, stage, desk.sandbox, fresh.positions, situation.seed)
    if problem := (yield from told(found, number, manual.name)):
        return Verdict(False, problem)
    own = fresh.of_manual(manual)
    why = f"loses {own.mean():.2f} steps a turn in {len(own)} positions near this one"
    good = True
    rivals = desk.rivals(stage, new)
    if rivals:
        tried = {each.name: fresh.tried(each) for each in rivals}
        name = min(tried, key=lambda each: (tried[each][0].mean(), each))
        least = tried[name][0].mean()
        why += f"; the best of {len(tried)} others, {name}, {least:.2f}"
        good = bool(own.mean() <= least)
        # Rivals pay for what the rules refuse; where they are legal the draft has to be near them.
        for rival, (lost, fine) in tried.items():
            gap = float((own - lost)[fine].mean()) if fine.mean() >= 0.5 else 0.0
            if good and gap > CLOSE:
                good = False
                why += f"; where {rival} is legal, {gap:.2f} more than it"
    yield FunctionChecked(number, manual.name, "play", good, why)
    return Verdict(good, why)
