"""What an author does in an emergency, as it is shown: built from the agent's events. Pure."""

import re
from dataclasses import dataclass, field
from typing import assert_never

from ld_tui.agent.events import (
    AuthorGaveUp,
    AuthorWorked,
    EmergencyRaised,
    FunctionAdmitted,
    FunctionChecked,
    FunctionDrafted,
    FunctionRefused,
)

AuthorEvent = (
    EmergencyRaised
    | AuthorWorked
    | FunctionDrafted
    | FunctionChecked
    | FunctionRefused
    | FunctionAdmitted
    | AuthorGaveUp
)
_LONGEST = 20_000
"""Characters kept of what streams in."""
_MEASURED = re.compile(
    r"loses (\d+\.\d+) steps a turn in \d+ positions near this one"
    r"(?:; the best of \d+ others, (\w+), (\d+\.\d+))?"
)


def briefly(measured: str) -> str:
    """Return what a function was found to be worth, short enough for a line of a list."""

    def short(found: re.Match[str]) -> str:
        rival = f", {found[2]} {found[3]}" if found[2] else ""
        return f"loses {found[1]} a turn{rival}"

    return _MEASURED.sub(short, measured)


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a draft."""

    name: str
    passed: bool
    detail: str


@dataclass(slots=True)
class DraftTrace:
    """One draft of a function, as far as it has come."""

    name: str
    summary: str = ""
    source: str = ""
    attempt: int = 1
    checks: list[Check] = field(default_factory=list)
    refused: str = ""
    """Why it is not taken up."""


@dataclass(slots=True)
class WorkTrace:
    """An author's work on one stage."""

    stage: int
    progress: str = ""
    """How far a search has come."""
    text: str = ""
    """What streams in, until it is a draft."""
    drafts: list[DraftTrace] = field(default_factory=list)
    admitted: FunctionAdmitted | None = None
    gave_up: str = ""

    @property
    def is_done(self) -> bool:
        return self.admitted is not None or bool(self.gave_up)

    @property
    def draft(self) -> DraftTrace | None:
        """The latest draft."""
        return self.drafts[-1] if self.drafts else None

    def named(self, name: str) -> DraftTrace:
        """Return the latest draft of a name; one that was not heard of is added."""
        for draft in reversed(self.drafts):
            if draft.name == name:
                return draft
        self.drafts.append(DraftTrace(name))
        return self.drafts[-1]


@dataclass(slots=True)
class Authoring:
    """All that authors do in one decision."""

    cause: str = ""
    """As in `EmergencyRaised`."""
    text: str = ""
    """What happened, in one line."""
    author: str = ""
    works: list[WorkTrace] = field(default_factory=list)
    """In the order in which they were begun."""
    is_done: bool = False
    """Whether the decision went on."""

    @property
    def admitted(self) -> list[FunctionAdmitted]:
        """The functions that were admitted, oldest first."""
        return [work.admitted for work in self.works if work.admitted is not None]

    def add(self, event: AuthorEvent) -> None:
        """Take in the next event."""
        self.is_done = False
        match event:
            case EmergencyRaised(cause, text, author):
                self.cause, self.text, self.author = cause, text, author
            case AuthorWorked():
                self._worked(self._work(event.stage), event)
            case FunctionDrafted():
                work = self._work(event.stage)
                work.text = ""
                draft = DraftTrace(event.name, event.summary, event.source, event.attempt)
                work.drafts.append(draft)
                self.author = event.author
            case FunctionChecked():
                draft = self._work(event.stage).named(event.name)
                draft.checks.append(Check(event.check, event.passed, event.detail))
            case FunctionRefused():
                self._work(event.stage).named(event.name).refused = event.reason
            case FunctionAdmitted():
                work = self._work(event.stage)
                work.named(event.name)
                work.admitted = event
            case AuthorGaveUp():
                self._work(event.stage).gave_up = event.reason or "no function was found"
            case _:
                assert_never(event)

    def _worked(self, work: WorkTrace, event: AuthorWorked) -> None:
        if event.is_piece:
            work.text = (work.text + event.text)[-_LONGEST:]
        else:
            work.progress = event.text

    def _work(self, stage: int) -> WorkTrace:
        """Return the work in hand for a stage; after its end another is begun."""
        for work in reversed(self.works):
            if work.stage == stage and not work.is_done:
                return work
        self.works.append(WorkTrace(stage))
        return self.works[-1]
