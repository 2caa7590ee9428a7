"""Algorithm 1: retrieve, select, execute, stage by stage, as a pure generator of events.

It has no threads, files or printing of its own, and no game: texts, arguments and verdicts come
from a `Situation`, everything else is handed in. Cancellation is to stop iterating.
"""

import random
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ld_tui.agent.emergency import Author, Authored, admitted, standing, times_asked
from ld_tui.agent.events import (
    Decided,
    EmergencyRaised,
    Event,
    Executed,
    FellBack,
    GaveUp,
    Plain,
    Rejected,
    Retrieved,
    Selected,
    StageBegan,
    ms_since,
)
from ld_tui.agent.prompt import LABELS, selection_prompt
from ld_tui.agent.strength import draw, is_allowed
from ld_tui.errors import ModelError
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.retriever import Candidate, Retriever
from ld_tui.functionbase.store import Stage
from ld_tui.llm.call import UNKNOWN, Tally, counted
from ld_tui.llm.selector import Selector
from ld_tui.sandbox.run import Ran, Sandbox, describe_failure

ASKED = "s-llm"
"""The way of selecting that asks the S-LLM."""
MAX_NEW = 3
"""Functions of authors that join a stage's candidates at once, the newest."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A function's result as the game judges it."""

    value: Plain = None
    """o_j as plain data for the next stage."""
    shown: str = ""
    """o_j as a person reads it; the last stage's is the move in notation."""
    problem: str | None = None
    """Why it can't be taken, in one line; None where it can."""
    illegal: bool = False
    """True where the problem is that the rules forbid it."""


class Situation(Protocol):
    """What the loop asks of a game about one decision."""

    @property
    def side(self) -> str: ...

    @property
    def illegal_left(self) -> int:
        """How many illegal choices the side is still forgiven."""

    def state_text(self, stage: Stage, previous: Plain) -> str:
        """The state s in words for one stage; `previous` is o_{j-1}."""

    def arguments(self) -> dict[str, Plain]:
        """The state s as plain data, for functions."""

    def tried(self, stage: Stage) -> frozenset[str]:
        """Functions to pass over where others are left, since they led back here before."""

    def judge(self, stage: Stage, value: Plain, last: bool) -> Choice:
        """Read a function's result; the last stage's has to be a legal move."""

    def any_legal(self) -> str:
        """Some legal move in notation, random by the decision's seed."""

    @property
    def emergencies(self) -> tuple[str, ...]:
        """What is in force beyond the rules that the function base was written for."""

    @property
    def emergency_text(self) -> str:
        """The same for people, in one line; empty where there is none."""

    @property
    def circling(self) -> bool:
        """Whether play has come back to what it was under the same emergencies."""

    @property
    def authored(self) -> Sequence[Authored]:
        """What authors were asked for earlier in the game, oldest first."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How an agent decides."""

    k: int = 5
    """Candidates that the retriever hands to the S-LLM, 1 to 8."""
    select: str = ASKED
    """Who selects: `s-llm`, `random` (by the seed) or `first` (the nearest retrieved)."""
    seed: int = 0
    temperature: float = 0.0
    """0: the likeliest candidate is taken; else one is drawn (see strength.py)."""
    functions: tuple[str, ...] = ()
    """Patterns of names that may be used; empty: all. A stage without any keeps all of its own."""
    chosen: tuple[str, ...] = ()
    """Functions chosen already: taken wherever they are candidates, without asking who selects."""


class Select(Protocol):
    """One way to choose among candidates: a probability each, summing to 1."""

    def __call__(self, stage: Stage, state: str, candidates: Sequence[Manual]) -> Sequence[float]:
        """`candidates` come nearest first."""


def select_by_llm(selector: Selector) -> Select:
    """Let the S-LLM choose, by its probabilities of the candidates' labels.

    Candidates stand in the prompt in the order of their names, so that the same set gives the
    same prefix, which a backend evaluates once.
    """

    def select(stage: Stage, state: str, candidates: Sequence[Manual]) -> list[float]:
        order = sorted(range(len(candidates)), key=lambda at: candidates[at].name)
        texts = [candidates[at].text for at in order]
        found = _asked(selector, stage.question, texts, state)
        by_place = dict(zip(order, found, strict=True))
        return [by_place[at] for at in range(len(candidates))]

    return select


def _asked(
    selector: Selector, question: str, texts: Sequence[str], state: str
) -> tuple[float, ...]:
    """Return the labels' probabilities.

    Where the prompt is over the context length, texts are shortened, the longest first: one
    overlong manual must not silence its whole stage. Raises ModelError where that is not it.
    """
    texts = list(texts)
    while True:
        prompt = selection_prompt(question, texts, state)
        try:
            return selector.probabilities(prompt, LABELS[: len(texts)])
        except ModelError:
            if selector.prompt_tokens(prompt) <= selector.context_length or not any(texts):
                raise
        longest = max(range(len(texts)), key=lambda at: len(texts[at].encode()))
        texts[longest] = texts[longest][: len(texts[longest]) // 2]


def select_at_random(seed: str) -> Select:
    """Choose uniformly, by a seed."""
    rng = random.Random(seed)

    def select(stage: Stage, state: str, candidates: Sequence[Manual]) -> list[float]:
        chosen = rng.randrange(len(candidates))
        return [float(at == chosen) for at in range(len(candidates))]

    return select


def select_first(stage: Stage, state: str, candidates: Sequence[Manual]) -> list[float]:
    """Choose the candidate that the retriever ranked nearest."""
    return [float(at == 0) for at in range(len(candidates))]


@dataclass(frozen=True, slots=True)
class Agent:
    """An LD agent: the parts that Algorithm 1 runs on."""

    stages: Callable[[str], Sequence[Stage]]
    """Side -> its stages in order."""
    retriever: Retriever
    sandbox: Sandbox
    selector: Selector | None
    """The S-LLM; None serves `random` and `first` only."""
    chooser: Select | None = None
    """Chooses in place of what `Settings.select` names, which then is only what it is called."""
    author: Author | None = None
    """Writes functions in emergencies; None: nobody does."""

    def decide(self, situation: Situation, settings: Settings) -> Iterator[Event]:
        """Yield what the agent does; the last event, and only that, is `Decided` or `GaveUp`.

        A candidate whose result can't be taken is struck and the rest are asked again. When all
        of a stage are struck, a legal move is played at random by the seed.
        """
        started = time.perf_counter()
        stages = self.stages(situation.side)
        previous: Plain = None
        shown = ""
        illegal = 0
        spent = Tally()
        new = standing(situation.authored, situation.emergencies)
        if self.author and (cause := _cause(situation)):
            yield EmergencyRaised(cause, situation.emergency_text, self.author.name)
            new += yield from admitted(self.author.write(situation, stages, new))
        for stage in stages:
            choice, struck = yield from self._stage(
                stage, situation, previous, settings, illegal, new, spent
            )
            illegal += struck
            if illegal > situation.illegal_left:
                why = f"{situation.side} has no illegal choice left"
                yield GaveUp(why, ms_since(started), spent.tokens.read, spent.tokens.written)
                return
            if choice is None:
                shown = situation.any_legal()
                break
            previous, shown = choice.value, choice.shown
        yield Decided(shown, ms_since(started), spent.tokens.read, spent.tokens.written)

    def _select(self, stage: Stage, settings: Settings) -> Select:
        if self.chooser is not None:
            return self.chooser
        if settings.select == "random":
            return select_at_random(f"{settings.seed} {stage.name}")
        if settings.select == "first":
            return select_first
        if self.selector is None:
            raise ValueError("an agent without an S-LLM can only select at random, or the first")
        return select_by_llm(self.selector)

    def _retrieve(self, stage: Stage, query: str, k: int, settings: Settings) -> list[Candidate]:
        """Return the k nearest of the functions that may be used."""
        if not settings.functions:
            return self.retriever.retrieve(stage, query, k)
        found = self.retriever.retrieve(stage, query, len(self.retriever.base.manuals))
        fit = [each for each in found if is_allowed(each.manual.name, settings.functions)]
        return (fit or found)[:k]

    def _stage(
        self,
        stage: Stage,
        situation: Situation,
        previous: Plain,
        settings: Settings,
        illegal: int,
        new: Sequence[Manual],
        spent: Tally,
    ) -> Generator[Event, None, tuple[Choice | None, int]]:
        """Yield one stage's events; return its choice (None: all struck) and illegal proposals.

        `illegal` proposals were made in earlier stages; it stops at the one too many. `new` are
        functions of any stage that authors wrote; when all candidates are struck one more is
        asked for. What selection costs is added to `spent`.
        """
        stages = self.stages(situation.side)
        number, last = stages.index(stage) + 1, stage is stages[-1]
        state = situation.state_text(stage, previous)
        yield StageBegan(number, len(stages), stage.name, stage.question, state)
        began = time.perf_counter()
        query = f"{stage.question} {state}"
        own = [manual for manual in new if (manual.side, manual.stage) == (stage.side, stage.name)]
        own = own[-MAX_NEW:]
        k = min(settings.k, len(LABELS) - len(own)) if own else settings.k
        found = self._retrieve(stage, query, k, settings)
        # One that was kept in the function base since is a candidate once.
        written = {manual.name for manual in own}
        found = [candidate for candidate in found if candidate.manual.name not in written]
        found += self.retriever.place(query, own)
        yield Retrieved(
            number,
            tuple(candidate.manual.name for candidate in found),
            tuple(candidate.distance for candidate in found),
            tuple(candidate.manual.summary for candidate in found),
            ms_since(began),
            tuple(manual.name for manual in own),
        )
        select = self._select(stage, settings)
        left = [candidate.manual for candidate in found]
        struck = 0
        errors: list[str] = []
        is_new = self.author is not None and not times_asked(situation.authored, (), number)
        while left and illegal + struck <= situation.illegal_left:
            fresh = [manual for manual in left if manual.name not in situation.tried(stage)]
            pool = fresh or left
            began = time.perf_counter()
            names = tuple(candidate.name for candidate in pool)
            before = next((at for at, name in enumerate(names) if name in settings.chosen), None)
            with counted() as tally:
                if before is not None:
                    shares, by = tuple(float(at == before) for at in range(len(pool))), "chosen"
                elif len(pool) > 1:
                    shares, by = tuple(select(stage, state, pool)), settings.select
                else:
                    shares, by = (1.0,), "only"
            cost = UNKNOWN if by == ASKED and not tally.calls else tally.tokens
            spent.add(cost)
            drawn = f"{settings.seed} {stage.name} {len(left)}"
            manual = pool[draw(shares, settings.temperature, drawn)]
            ms = ms_since(began)
            yield Selected(number, manual.name, names, shares, by, ms, cost.read, cost.written)
            began = time.perf_counter()
            outcome = self.sandbox.run(
                manual.name, manual.source, (situation.arguments(), previous)
            )
            if isinstance(outcome, Ran):
                choice = situation.judge(stage, outcome.value, last)
                if choice.problem is None:
                    ms = ms_since(began)
                    yield Executed(number, manual.name, choice.value, choice.shown, ms)
                    return choice, struck
                problem = choice.problem
                struck += choice.illegal
                yield Rejected(number, manual.name, problem, choice.illegal)
            else:
                problem = describe_failure(outcome)
                yield Rejected(number, manual.name, problem, False)
            errors.append(f"{manual.name}: {problem}")
            left.remove(manual)
            if not left and self.author and is_new:
                is_new = False
                yield EmergencyRaised("failed", "; ".join(errors), self.author.name)
                left += yield from admitted(self.author.write(situation, [stage], new, errors))
        if illegal + struck <= situation.illegal_left:
            reason = "every candidate was struck" if found else "this stage has no function"
            yield FellBack(number, f"{reason}; a random legal move instead")
        return None, struck


def _cause(situation: Situation) -> str:
    """Say why an author is to be asked now; nothing where there is no cause.

    It is asked once when something comes into force, and again when play goes round in circles.
    """
    if not situation.emergencies:
        return ""
    asked = times_asked(situation.authored, situation.emergencies, 1)
    if asked == 0:
        return "rules"
    return "circles" if situation.circling and asked < MAX_NEW else ""
