"""A decision as it is shown: built from the agent's events, live or from a save. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from ld_tui.agent.events import (
    AuthorGaveUp,
    AuthorWorked,
    Decided,
    EmergencyRaised,
    Event,
    Executed,
    FellBack,
    FunctionAdmitted,
    FunctionChecked,
    FunctionDrafted,
    FunctionRefused,
    GaveUp,
    Rejected,
    Retrieved,
    Selected,
    StageBegan,
    event_from_dict,
    tokens_of,
)
from ld_tui.arena.game import Game
from ld_tui.errors import LdTuiError
from ld_tui.game.notation import format_move
from ld_tui.game.rules import Side
from ld_tui.llm.call import UNKNOWN, Tokens
from ld_tui.tui.authoring import Authoring


@dataclass(slots=True)
class CandidateRow:
    """One function among the K of a stage."""

    name: str
    distance: float | None
    """Of retrieval."""
    summary: str
    probability: float | None = None
    """The S-LLM's, in the latest round that it took part in."""
    is_chosen: bool = False
    struck: str | None = None
    """Why it was struck."""
    is_new: bool = False
    """Whether an author wrote it in this game."""
    is_illegal: bool = False
    """Whether what it proposed was counted as illegal."""


@dataclass(slots=True)
class StageTrace:
    """One stage of a decision, as far as it has come."""

    number: int
    stages: int
    name: str
    question: str
    state: str
    rows: list[CandidateRow] = field(default_factory=list)
    """Nearest first."""
    by: str = ""
    """Who chose: `s-llm`, `random`, `first`, `only`."""
    margin: float = 0.0
    passed_over: str = ""
    """The likeliest candidate, where a level's temperature drew another."""
    shown: str = ""
    """The result in notation."""
    note: str = ""
    """What else happened, in one line."""
    ms: float = 0.0
    tokens: Tokens = field(default_factory=Tokens)
    """Of all its selections."""

    def row(self, name: str) -> CandidateRow:
        """Return a candidate's row, adding one for a name that retrieval didn't give."""
        for row in self.rows:
            if row.name == name:
                return row
        self.rows.append(CandidateRow(name, None, ""))
        return self.rows[-1]

    @property
    def chosen(self) -> CandidateRow | None:
        return next((row for row in self.rows if row.is_chosen), None)


@dataclass(slots=True)
class Trace:
    """A decision, as far as it has come."""

    side: Side
    step: int
    """The step that it is for, from 1."""
    player: str
    stages: list[StageTrace] = field(default_factory=list)
    move: str = ""
    """In notation, once decided."""
    ms: float = 0.0
    tokens: Tokens = UNKNOWN
    gave_up: str = ""
    authoring: Authoring | None = None
    """What authors did in it."""

    @property
    def is_done(self) -> bool:
        return bool(self.move or self.gave_up)

    def add(self, event: Event) -> None:
        """Take in the next event."""
        if self.authoring is not None:
            self.authoring.is_done = True
        match event:
            case StageBegan(number, count, name, question, state):
                self.stages.append(StageTrace(number, count, name, question, state))
            case Retrieved():
                stage = self._stage(event.stage)
                rows = zip(event.names, event.distances, event.summaries, strict=True)
                stage.rows = [CandidateRow(*row, is_new=row[0] in event.new) for row in rows]
                stage.ms += event.ms
            case Selected():
                self._select(self._stage(event.stage), event)
            case Executed():
                stage = self._stage(event.stage)
                stage.shown, stage.ms = event.shown, stage.ms + event.ms
            case Rejected():
                row = self._stage(event.stage).row(event.name)
                row.is_chosen, row.struck, row.is_illegal = False, event.reason, event.illegal
            case FellBack():
                self._stage(event.stage).note = event.reason
            case Decided(move, ms):
                self.move, self.ms, self.tokens = move, ms, tokens_of(event)
            case GaveUp(reason, ms):
                self.gave_up, self.ms, self.tokens = reason, ms, tokens_of(event)
            case (
                EmergencyRaised()
                | AuthorWorked()
                | FunctionDrafted()
                | FunctionChecked()
                | FunctionRefused()
                | FunctionAdmitted()
                | AuthorGaveUp()
            ):
                if self.authoring is None:
                    self.authoring = Authoring()
                self.authoring.add(event)
            case _:
                assert_never(event)

    def _stage(self, number: int) -> StageTrace:
        """Return a stage; one whose beginning was not heard of is added."""
        for stage in self.stages:
            if stage.number == number:
                return stage
        self.stages.append(StageTrace(number, number, "", "", ""))
        return self.stages[-1]

    def _select(self, stage: StageTrace, event: Selected) -> None:
        for row in stage.rows:
            row.is_chosen = False
        for name, share in zip(event.candidates, event.probabilities, strict=True):
            stage.row(name).probability = share
        stage.row(event.name).is_chosen = True
        stage.by, stage.margin, stage.passed_over = event.by, event.margin, event.passed_over
        stage.ms += event.ms
        stage.tokens += tokens_of(event)


def trace_of(
    events: Iterable[Mapping[str, Any]], side: Side, step: int, player: str, move: str, ms: float
) -> Trace:
    """Build the trace of a saved turn; events that this version doesn't know are left out."""
    trace = Trace(side, step, player)
    for data in events:
        try:
            trace.add(event_from_dict(data))
        except (LdTuiError, TypeError, ValueError):
            continue
    trace.move, trace.ms = move, ms
    return trace


def last_trace(game: Game) -> Trace | None:
    """Return the trace of the last decision in a record that a program explained."""
    record = game.record
    for ply in range(len(record.turns) - 1, -1, -1):
        turn = record.turns[ply]
        kind = record.player(turn.side).kind
        if turn.events and kind != "human":
            step = game.positions[ply].steps + 1
            return trace_of(turn.events, turn.side, step, kind, format_move(turn.move), turn.ms)
    return None
