"""The L-LLM as author: any chat model behind an OpenAI-compatible server writes functions (Eq. 1).

Its answers come streamed and go through the same check and admission as anybody's drafts; what is
wrong with one goes back to it. It writes a summary, a `when` and the source, and nothing else:
name, place, provenance and examples are set here. A server that can't be reached, or answers
nonsense, costs a function and never the game.
"""

import contextlib
import hashlib
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ld_tui.agent.events import (
    AuthorGaveUp,
    AuthorWorked,
    Event,
    FunctionAdmitted,
    FunctionChecked,
    FunctionDrafted,
    FunctionRefused,
    Plain,
    ms_since,
)
from ld_tui.arena.pursuit import PursuitSituation
from ld_tui.authoring.admission import Desk, Verdict, admission
from ld_tui.authoring.brief import JUDGMENT, brief, read_answer, repair
from ld_tui.authoring.drafts import examples_of, name_of_draft, provenance, written_for
from ld_tui.errors import FunctionBaseError, LdTuiError, ModelError
from ld_tui.functionbase.manual import (
    MAX_SOURCE,
    Example,
    Manual,
    format_manual,
    one_line,
)
from ld_tui.functionbase.store import Stage
from ld_tui.game.notation import format_position
from ld_tui.game.rules import Position
from ld_tui.llm.chat_stream import Limits, Message, TooLongError, chat
from ld_tui.llm.endpoint import Endpoint

Admit = Callable[
    [Desk, Manual, PursuitSituation, Stage, int, Sequence[Manual]],
    Generator[Event, None, Verdict],
]
"""Checks a draft, as `admission` does."""
REPAIRS = 3
"""How often what is wrong with a draft goes back to the model before the author gives up."""
NEAR = 8
"""Positions near the one at hand of which examples are made."""
_LONGEST_NAME = 60
"""Characters of a model's name that are shown."""


@dataclass(frozen=True, slots=True)
class Writer:
    """The author `l-llm`; see the module's first lines."""

    desk: Desk
    endpoint: Endpoint
    limits: Limits = field(default_factory=Limits)
    """Of one draft."""
    admit: Admit = admission
    """Says which drafts are admitted."""
    judgment: str = JUDGMENT
    """What the model is told of that."""

    @property
    def name(self) -> str:
        return f"l-llm {one_line(self.endpoint.model)[:_LONGEST_NAME]}"

    def write(
        self,
        situation: PursuitSituation,
        stages: Sequence[Stage],
        new: Sequence[Manual],
        errors: Sequence[str] = (),
    ) -> Iterator[Event]:
        """Write a function for each stage, the last stage's first; see `agent.emergency.Author`.

        Once the model can't be had, the stages that are left are given up at once. Closing the
        generator closes the connection.
        """
        began = time.perf_counter()
        emergency = written_for(situation, errors)
        gone = ""
        for stage in reversed(stages):
            task = _Task(self, situation, stage, tuple(new), tuple(errors), emergency, began)
            if gone:
                yield task.gave_up(gone)
                continue
            try:
                yield from task.work()
            except ModelError as error:
                gone = str(error)
                yield task.gave_up(gone)
            except LdTuiError as error:
                yield task.gave_up(str(error))


@dataclass(frozen=True, slots=True)
class _Task:
    """One function that is to be written."""

    writer: Writer
    situation: PursuitSituation
    stage: Stage
    new: tuple[Manual, ...]
    errors: tuple[str, ...]
    emergency: str
    began: float

    @property
    def number(self) -> int:
        """Return the stage's place among its side's, 1-based."""
        return self.writer.desk.number(self.stage)

    def work(self) -> Iterator[Event]:
        """Ask, check, and ask for repairs, up to the admission of a draft or the giving up.

        Raises ModelError where no answer can be had.
        """
        desk, stage, number = self.writer.desk, self.stage, self.number
        near = desk.measure(self.situation, stage, self.new, NEAR, "near")
        calls = list(zip(near.positions, near.previous, strict=True))
        name = self._free_name()
        example = next(iter(desk.base.manuals_of(stage.side, stage.name)), None)
        asked = brief(
            self.situation,
            stage,
            near.plan_stage,
            example,
            calls,
            name,
            self.errors,
            self.writer.judgment,
        )
        messages: list[Message] = [{"role": "user", "content": asked}]
        problem = ""
        for attempt in range(1, REPAIRS + 2):
            answer, problem = yield from self._listen(messages)
            manual = None
            if not problem:
                try:
                    manual = self._manual(answer, name, calls)
                except FunctionBaseError as error:
                    problem = str(error)
            if manual is None:
                yield FunctionChecked(number, name, "manual", False, one_line(problem))
            else:
                yield FunctionDrafted(
                    number,
                    name,
                    self.writer.name,
                    manual.summary,
                    manual.when,
                    manual.source,
                    attempt,
                )
                verdict = yield from self.writer.admit(
                    desk, manual, self.situation, stage, number, self.new
                )
                problem = verdict.why
                if verdict.admitted and manual.examples:
                    yield FunctionAdmitted(
                        number,
                        name,
                        self.emergency,
                        verdict.why,
                        format_manual(manual),
                        ms_since(self.began),
                    )
                    return
                if verdict.admitted:
                    problem = "examples: it gives no well-formed result in the position at hand"
            yield FunctionRefused(number, name, one_line(problem), attempt)
            messages += [
                {"role": "assistant", "content": answer[:MAX_SOURCE]},
                {"role": "user", "content": repair(name, problem)},
            ]
        yield self.gave_up(problem)

    def gave_up(self, reason: str) -> AuthorGaveUp:
        """Return the event that ends the task without a function."""
        return AuthorGaveUp(self.number, self.emergency, one_line(reason), ms_since(self.began))

    def _listen(self, messages: Sequence[Message]) -> Generator[Event, None, tuple[str, str]]:
        """Yield the answer as it comes; return it and, where it is too long, what is wrong."""
        number, author = self.number, self.writer.name
        began = time.perf_counter()
        answer: list[str] = []
        try:
            with contextlib.closing(
                chat(self.writer.endpoint, messages, self.writer.limits)
            ) as pieces:
                for piece in pieces:
                    if piece or answer:
                        answer.append(piece)
                        yield AuthorWorked(number, author, _printable(piece), True)
                    else:
                        waited = f"no answer yet, after {time.perf_counter() - began:.0f} s"
                        yield AuthorWorked(number, author, waited, False)
        except TooLongError as error:
            return "".join(answer), str(error)
        return "".join(answer), ""

    def _manual(self, answer: str, name: str, calls: Sequence[tuple[Position, Plain]]) -> Manual:
        """Read an answer as a manual, which has no examples where its function gives nothing.

        Raises FunctionBaseError, naming every problem.
        """
        summary, when, source = read_answer(answer)
        if "'''" in source:
            # In a manual's file the source would end there, and the problem be another one.
            raise FunctionBaseError('source: three apostrophes in a row; use """ instead')
        stage = self.stage
        manual = Manual(
            name,
            stage.side,
            stage.name,
            summary,
            when,
            "emergency",
            provenance(self.writer.name, self.situation.position),
            source,
            (),
        )
        # Whether the fields are well formed is known once the manual is written and read.
        some = Example(format_position(self.situation.position), 0)
        format_manual(replace(manual, examples=(some,)))
        found = examples_of(self.writer.desk.sandbox, stage, name, source, calls)
        return replace(manual, examples=tuple(found))

    def _free_name(self) -> str:
        """Return a name that no function has, the same for the same decision."""
        taken = {*self.writer.desk.base.names, *(each.name for each in self.new)}
        seed = f"{self.writer.name} {self.emergency} {self.situation.seed}"
        mark = hashlib.sha256(seed.encode()).hexdigest()
        names = (
            name_of_draft(self.situation, self.stage, self.emergency, mark[:length])
            for length in range(4, 20)
        )
        return next(name for name in names if name not in taken)


def _printable(text: str) -> str:
    """Return text without what could steer a terminal."""
    return "".join(char for char in text if char.isprintable() or char in "\n\t")
