"""A whole function base by a language model (Eq. 1): asked for one function after another.

A draft joins where it passes the check under the map's rules, is best in some sampled positions,
and is not worth the same as another nearly everywhere. What the folder holds already stays.
"""

import random
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ld_tui.agent.events import (
    AuthorGaveUp,
    AuthorWorked,
    Event,
    FunctionAdmitted,
    FunctionChecked,
    FunctionRefused,
)
from ld_tui.arena.pursuit import PursuitSituation
from ld_tui.authoring.admission import Desk, Verdict, told
from ld_tui.authoring.base import (
    Filed,
    News,
    Order,
    Refused,
    Tools,
    Working,
    check_of,
    file_manual,
    kept,
    prepare,
    sampled,
)
from ld_tui.authoring.choosing import APART, is_apart, shares
from ld_tui.authoring.measure import Lost, Measure
from ld_tui.authoring.writer import Writer
from ld_tui.functionbase.manual import Manual, parse_manual
from ld_tui.functionbase.store import Stage, load
from ld_tui.llm.chat_stream import Limits
from ld_tui.llm.endpoint import Endpoint

PATIENCE = 2
"""Functions in a row that the model fails to write before its stage is left as it is."""
DIFFERENT = 0.05
"""As `APART`, for stages that the composer doesn't know."""
JUDGMENT = (
    "It joins the functions of this stage, which are to be used by turns in positions all over the "
    "game under these rules. It is refused where it fails, proposes what is illegal, is never "
    "among the best, or does as well as another in nearly every position: do something new."
)


def ask_for_base(
    order: Order, tools: Tools, endpoint: Endpoint, limits: Limits | None = None
) -> Iterator[News]:
    """Yield what is done to build a base by a language model, stage by stage, in their order.

    Raises FunctionBaseError where the folder holds another base, TablebaseError where the board is
    too large to be solved. A server that can't be reached costs the functions, and says so.
    """
    prepare(order)
    for stage in order.stages:
        yield from _Task(order, tools, endpoint, limits or Limits(), stage).work()


@dataclass(slots=True)
class _Task:
    """One stage that the model fills."""

    order: Order
    tools: Tools
    endpoint: Endpoint
    limits: Limits
    stage: Stage
    measure: Measure = field(init=False)
    have: list[tuple[Manual, Lost]] = field(default_factory=list)

    def work(self) -> Iterator[News]:
        order, stage = self.order, self.stage
        yield Working(stage, "playing", 0.0)
        self.measure = sampled(order, self.tools, stage)
        for each in kept(order, self.tools, stage, self.measure):
            if isinstance(each, Refused):
                yield each
            else:
                self.have.append((each, self.measure.of_manual(each)))
                yield self._filed(len(self.have) - 1, False)
        failures = asked = 0
        while len(self.have) < order.count(stage) and failures < PATIENCE:
            before = len(self.have)
            yield from self._ask(asked)
            asked += 1
            failures = 0 if len(self.have) > before else failures + 1

    def _ask(self, number: int) -> Iterator[News]:
        """Have one function written, in a position of its own."""
        rng = random.Random(f"ask {self.order.seed} {len(self.have)} {number}")
        position = rng.choice(self.measure.positions)
        situation = PursuitSituation(position, rng.randrange(2**31))
        tools = self.tools
        desk = Desk(load(self.order.into), tools.sandbox, tools.table_of)
        writer = Writer(desk, self.endpoint, self.limits, self._admit, JUDGMENT)
        part = len(self.have) / self.order.count(self.stage)
        for event in writer.write(situation, [self.stage], ()):
            match event:
                case AuthorWorked():
                    yield Working(self.stage, "listening" if event.is_piece else event.text, part)
                case FunctionRefused() | AuthorGaveUp():
                    name = getattr(event, "name", "given up")
                    yield Refused(self.stage, name, event.reason)
                case FunctionAdmitted():
                    manual = replace(parse_manual(event.text), origin="base")
                    self.have.append((manual, self.measure.of_manual(manual)))
                    filed = self._filed(len(self.have) - 1, True)
                    file_manual(self.order, manual, filed.best, filed.alone)
                    yield filed
                case _:
                    pass

    def _filed(self, at: int, is_new: bool) -> Filed:
        share = shares([lost for _, lost in self.have])[at]
        return Filed(self.stage, self.have[at][0].name, *share, is_new)

    def _admit(
        self,
        desk: Desk,
        manual: Manual,
        situation: PursuitSituation,
        stage: Stage,
        number: int,
        new: Sequence[Manual],
    ) -> Generator[Event, None, Verdict]:
        """Yield each check of a draft and return the verdict; see the module's first lines."""
        found = check_of(self.order, self.tools, stage, manual, self.measure)
        if problem := (yield from told(found, number, manual.name)):
            return Verdict(False, problem)
        lost = self.measure.of_manual(manual)
        best, alone = shares([*(each for _, each in self.have), lost])[-1]
        why = f"among the best in {best:.0%} of {len(lost)} positions, alone in {alone:.0%}"
        apart = APART.get(stage.name, DIFFERENT)
        like = [each.name for each, other in self.have if not is_apart(lost, [other], apart)]
        if like:
            why = f"worth the same as {like[0]} in nearly every position"
        good = best > 0 and not like
        yield FunctionChecked(number, manual.name, "play", good, why)
        return Verdict(good, why)
