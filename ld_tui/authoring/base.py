"""A whole function base from rules and stages (Eq. 1), stage by stage.

`compose` lets the composer do it, `base_writer.py` a language model. What a folder holds already
and passes the check stays, so that what was cut off is finished by the same call; the same
arguments give the same files.
"""

import hashlib
import random
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import tomli_w

from ld_tui.arena.pursuit import emergency_names
from ld_tui.authoring.alone import is_whole_policy
from ld_tui.authoring.author import COMPOSER
from ld_tui.authoring.check import CheckResult, check_manual
from ld_tui.authoring.choosing import APART, Valued, choose, is_apart, search, shares
from ld_tui.authoring.composer import fitting_words
from ld_tui.authoring.drafts import examples_of, provenance
from ld_tui.authoring.judge import TableOf
from ld_tui.authoring.measure import Lost, Measure
from ld_tui.authoring.sampling import STRONG, TRIES, capturable, good_plans, map_positions
from ld_tui.authoring.source import render
from ld_tui.authoring.space import Program
from ld_tui.authoring.trial import Reader, Trial, climb, steps_played
from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import Manual, format_manual
from ld_tui.functionbase.store import STAGES, FunctionBase, Stage, load
from ld_tui.game.maps import Map
from ld_tui.game.rules import Position, Side
from ld_tui.paths import atomic_write
from ld_tui.sandbox.run import Sandbox

Key = tuple[str, str]
"""Side and stage."""
COUNTS: Mapping[Key, int] = {
    ("blue", "move"): 4,
    ("orange", "move"): 3,
    ("blue", "plan"): 12,
    ("orange", "plan"): 8,
}
"""Functions that each stage gets."""
CHECKED = 24
"""Positions on which a function has to run, be well typed, legal and repeatable."""
ALONE = 40
"""Starts from which a plan plays alone, to see whether it is a whole policy."""
TRIED = 120
"""Positions in which the agent tries sets of plans."""
PROPOSALS = 40
"""Plans that are proposed in place of others there."""
POOL = 3
"""Plans among which these are, for each plan of the stage, beside those of the source base."""
GAMES = 30
"""Games that are then played with each of the sets."""
_OTHER = 1_000_000
"""Added to the seed of these starts, so that they are others than those of a match."""
_LONGEST = 30
"""Characters of a program's parts in a name; with the rest a name has 40 at most."""
_TELL = 20
"""Programs between two signs of life."""


@dataclass(frozen=True, slots=True)
class Order:
    """A base to be built."""

    map: Map
    into: Path
    source: FunctionBase
    """Whose stages it gets."""
    seed: int = 1
    counts: Mapping[Key, int] = field(default_factory=lambda: COUNTS)
    states: int = 400
    """Positions that functions of a stage are valued in."""
    programs: int = 500
    """Programs looked at for a stage."""

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages to be filled, in order."""
        return tuple(each for each in self.source.stages if self.count(each))

    def count(self, stage: Stage) -> int:
        return self.counts.get((stage.side, stage.name), 0)


@dataclass(frozen=True, slots=True)
class Working:
    """A sign of life."""

    stage: Stage
    what: str
    part: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A function of the base."""

    stage: Stage
    name: str
    best: float
    """The share of positions in which none of its stage is better."""
    alone: float
    """The share in which it alone is best."""
    is_new: bool
    """Whether it was written now."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A function that doesn't join the base, or a file that was found in it and doesn't count."""

    stage: Stage
    name: str
    reason: str


News = Working | Filed | Refused


@dataclass(frozen=True, slots=True)
class Tools:
    """What a base is built with."""

    sandbox: Sandbox
    table_of: TableOf
    reader: Reader | None = None
    """Who will choose among the functions; None: plans are not tried out with it."""


def compose(order: Order, tools: Tools) -> Iterator[News]:
    """Yield what is done to build a base by the composer, the move stages first.

    Raises FunctionBaseError where the folder holds another base or the stages are none that the
    composer knows, TablebaseError where the board is too large to be solved.
    """
    for stage in order.stages:
        if stage.name not in ("plan", "move"):
            raise FunctionBaseError(f"the composer writes no {stage.side}/{stage.name} functions")
    prepare(order)
    for stage in sorted(order.stages, key=lambda each: each.name == "plan"):
        yield from _Task(order, tools, stage).work()


def prepare(order: Order) -> FunctionBase:
    """Make the folder a base with the stages of `order.source`; return what it holds.

    Raises FunctionBaseError where it holds a base for other rules.
    """
    wanted = emergency_names(order.map.start(random.Random(0)))
    path = order.into / STAGES
    if not path.exists():
        stages = (order.source.folder / STAGES).read_text(encoding="utf-8")
        if order.source.written_for:
            stages = stages.partition("\n[rules]")[0]
        rules = tomli_w.dumps({"rules": {"changes": list(wanted)}})
        text = f"{stages.rstrip()}\n\n# The rules that this base was written for.\n{rules}"
        try:
            atomic_write(path, text)
        except OSError as error:
            raise FunctionBaseError(f"{path} can't be written: {error.strerror}") from error
    base = load(order.into)
    if base.written_for != wanted:
        raise FunctionBaseError(f"{order.into} holds a base for other rules; choose another folder")
    return base


def sampled(order: Order, tools: Tools, stage: Stage) -> Measure:
    """Return the measure of a stage's functions in positions as they occur in play."""
    table_of = tools.table_of
    seed = f"{order.seed} {stage.name}"
    positions = map_positions(order.map, stage.side, order.states, seed, table_of)
    stages = order.source.stages_of(stage.side)
    before = stages[stages.index(stage) - 1] if stages.index(stage) else None
    given = good_plans(before, positions, seed, table_of) if before else None
    return Measure(stage, positions, tools.sandbox, (), before, table_of, 0, given, True, True)


def kept(order: Order, tools: Tools, stage: Stage, measure: Measure) -> Iterator[Manual | Refused]:
    """Yield the functions that the folder holds for a stage, and what doesn't pass the check."""
    base = load(order.into)
    folder = f"{stage.side}/{stage.name}/"
    for problem in base.problems:
        if problem.where.startswith(folder):
            yield Refused(stage, problem.where, str(problem))
    for manual in base.manuals_of(stage.side, stage.name):
        reason = first_problem(order, tools, stage, manual, measure)
        yield Refused(stage, manual.name, reason) if reason else manual


def check_of(
    order: Order, tools: Tools, stage: Stage, manual: Manual, measure: Measure
) -> Iterator[CheckResult]:
    """Yield what the check finds of a function under the map's rules."""
    positions = measure.positions[:CHECKED]
    return check_manual(manual, stage, tools.sandbox, positions, order.seed)


def first_problem(
    order: Order, tools: Tools, stage: Stage, manual: Manual, measure: Measure
) -> str | None:
    """Say what the check finds wrong with a function under the map's rules; None where nothing."""
    for result in check_of(order, tools, stage, manual, measure):
        if not result.passed:
            return f"{result.name}: {result.detail}"
    return None


def file_manual(order: Order, manual: Manual, best: float, alone: float) -> None:
    """Write a function's file, with its measured share as a comment."""
    comment = (
        f"# Among the best of its stage in {best:.0%} of {order.states} positions from play under "
        f"these rules, alone in {alone:.0%}.\n"
    )
    path = order.into / manual.side / manual.stage / f"{manual.name}.toml"
    try:
        atomic_write(path, comment + format_manual(manual))
    except OSError as error:
        raise FunctionBaseError(f"{path} can't be written: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class _Task:
    """One stage that the composer fills."""

    order: Order
    tools: Tools
    stage: Stage

    def work(self) -> Iterator[News]:
        """Choose all functions of the stage, then write those that the folder lacks."""
        order, stage = self.order, self.stage
        count = order.count(stage)
        yield Working(stage, "playing", 0.0)
        measure = sampled(order, self.tools, stage)
        held: list[Manual] = []
        for each in kept(order, self.tools, stage, measure):
            if isinstance(each, Refused):
                yield each
            else:
                held.append(each)
        worth = {manual.name: measure.of_manual(manual) for manual in held}
        new: list[Manual] = []
        if len(held) < count:
            pool: list[Manual] = []
            wanted = count * POOL if self._is_tried else count - len(held)
            found: list[Valued] = []
            for valued in search(stage, measure, order.programs, order.seed):
                found.append(valued)
                if len(found) % _TELL == 0:
                    yield Working(stage, "composing", len(found) / order.programs)
            held_lost = [worth[manual.name] for manual in held]
            for program in choose(found, held_lost, APART[stage.name], self._is_allowed):
                manual = self._manual(program, measure)
                if reason := first_problem(order, self.tools, stage, manual, measure):
                    yield Refused(stage, manual.name, reason)
                    continue
                pool.append(manual)
                worth[manual.name] = measure.of_program(program)
                if len(pool) == wanted:
                    break
            new = pool[: count - len(held)]
            if self._is_tried:
                new = yield from self._tried(held, pool, worth, measure)
        lost = [worth[manual.name] for manual in [*held, *new]]
        for at, (manual, share) in enumerate(zip([*held, *new], shares(lost), strict=True)):
            if at >= len(held):
                file_manual(order, manual, *share)
            yield Filed(stage, manual.name, *share, at >= len(held))

    @property
    def _is_tried(self) -> bool:
        return self.stage.name == "plan" and self.tools.reader is not None

    def _tried(
        self, held: list[Manual], pool: list[Manual], worth: dict[str, Lost], measure: Measure
    ) -> Generator[News, None, list[Manual]]:
        """Return the plans with which the agent does best, of composed ones and the source's own.

        `worth` is what each function loses in the measure's positions, and gets the source's.
        """
        order, stage, tools = self.order, self.stage, self.tools
        assert tools.reader is not None
        side, apart = stage.side, APART[stage.name]
        room = order.count(stage) - len(held)
        moves = load(order.into).manuals_of(side, "move")
        own: list[Manual] = []
        for manual in order.source.manuals_of(side, stage.name):
            if manual.name in worth or first_problem(order, tools, stage, manual, measure):
                continue
            lost = measure.of_manual(manual)
            if is_apart(lost, [worth[each.name] for each in [*held, *own]], apart):
                worth[manual.name] = lost
                own.append(manual)
        if not moves:
            return pool[:room]
        # Strong play: what the agent is to meet where it does well.
        seed, skills = f"{order.seed} trial", (STRONG, STRONG)
        positions = map_positions(order.map, side, TRIED, seed, tools.table_of, skills)
        stages = (stage, next(each for each in order.source.stages if _key(each) == (side, "move")))
        written_for = load(order.into).written_for
        trial = Trial(stages, positions, tools.reader, tools.sandbox, tools.table_of, written_for)
        sets = [[*held, *each] for each in (pool[:room], [*own, *pool][:room])]
        tries = climb(
            trial, sets, [*pool, *own], moves, len(held), PROPOSALS, f"{order.seed} {side}"
        )
        plans: tuple[Manual, ...] = ()
        for at, tried in enumerate(tries):
            plans = tried.plans
            what = f"trying, {tried.lost:.2f} steps lost"
            yield Working(stage, what, at / PROPOSALS)
        # Few steps lost in such positions is not all: games lead to others.
        sets.append(list(plans))
        base, starts = load(order.into), self._starts()
        parts = (starts, tools.reader, tools.sandbox, tools.table_of)
        lengths: list[float] = []
        for each in sets:
            yield Working(stage, "playing with them", len(lengths) / len(sets))
            lengths.append(steps_played(base, [*each, *moves], *parts))
        best = min(lengths) if side == Side.BLUE else max(lengths)
        return sets[lengths.index(best)][len(held) :]

    def _starts(self) -> list[Position]:
        """Return starts for games that try plans out; blue's are such from which it can capture."""
        # The first starts of a seed are those that a person plays.
        starts = self.order.map.starts(GAMES * TRIES, _OTHER + self.order.seed)
        is_blue = self.stage.side == Side.BLUE
        return list(islice(capturable(starts, self.tools.table_of) if is_blue else starts, GAMES))

    def _is_allowed(self, program: Program) -> bool:
        if (self.stage.side, self.stage.name) != ("blue", "plan"):
            return True
        starts = self.order.map.starts(ALONE, self.order.seed)
        return not is_whole_policy(program, starts, self.tools.table_of)

    def _manual(self, program: Program, measure: Measure) -> Manual:
        words = fitting_words(program, self.order.seed)
        assert words is not None  # search passes over the others
        name = name_of(program)
        source = render(program, name)
        calls = list(zip(measure.positions, measure.previous, strict=True))
        return Manual(
            name,
            self.stage.side,
            self.stage.name,
            *words,
            "base",
            provenance(COMPOSER, measure.positions[0]),
            source,
            tuple(examples_of(self.tools.sandbox, self.stage, name, source, calls)),
        )


def _key(stage: Stage) -> Key:
    return stage.side, stage.name


def name_of(program: Program) -> str:
    """Return a name that says a little of what a program does, and is no other program's."""
    parts = [part for part in dict.fromkeys(program.then) if part not in ("none", "given")]
    if program.stage == "move":
        parts.append("move")
    while len("_".join(parts)) > _LONGEST - len(program.condition):
        parts.pop()
    if program.condition:
        parts += ["if", program.condition]
    mark = hashlib.sha256(str(program).encode()).hexdigest()[:4]
    return "_".join([*parts, mark])
