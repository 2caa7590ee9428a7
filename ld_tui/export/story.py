"""A recorded game as a sequence of scenes: what every form of export tells. Pure.

All text in it is printable: files, models and authors may say anything. It isn't escaped; each
form does that in its own way.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ld_tui.agent.events import (
    AuthorGaveUp,
    EmergencyRaised,
    Event,
    Executed,
    FellBack,
    FunctionAdmitted,
    FunctionDrafted,
    FunctionRefused,
    GaveUp,
    Rejected,
    Retrieved,
    Selected,
    StageBegan,
    decision_tokens,
    event_from_dict,
    tokens_of,
)
from ld_tui.errors import LdTuiError
from ld_tui.export.worth import Worth, Worths
from ld_tui.game.emergencies import in_force
from ld_tui.game.mapped import laid, map_text
from ld_tui.game.notation import format_move, format_position
from ld_tui.game.record import GameRecord, IllegalChoice, Plain, PlayerSpec, Turn, replay
from ld_tui.game.rules import Move, Outcome, Position, Reason, Side, apply
from ld_tui.llm.call import UNKNOWN, Tokens


@dataclass(slots=True)
class Candidate:
    """One function among the K of a stage."""

    name: str
    distance: float | None = None
    """Of retrieval."""
    summary: str = ""
    probability: float | None = None
    """In the latest round that it took part in."""
    is_chosen: bool = False
    is_new: bool = False
    """Whether an author wrote it in this game."""
    struck: str = ""
    """Why it was struck."""


@dataclass(slots=True)
class StageStory:
    """One stage of a decision."""

    number: int
    name: str = ""
    question: str = ""
    candidates: list[Candidate] = field(default_factory=list)
    """Nearest first."""
    by: str = ""
    """Who chose: `s-llm`, `random`, `first`, `only`."""
    shown: str = ""
    """The result in notation."""
    note: str = ""
    """What else happened, in one line."""
    tokens: Tokens = field(default_factory=Tokens)
    """What all its selections cost."""

    def candidate(self, name: str) -> Candidate:
        """Return a candidate, adding one for a name that retrieval didn't give."""
        for one in self.candidates:
            if one.name == name:
                return one
        self.candidates.append(Candidate(name))
        return self.candidates[-1]

    @property
    def chosen(self) -> str:
        """The name of the function chosen; empty where every one was struck."""
        return next((one.name for one in self.candidates if one.is_chosen), "")


@dataclass(frozen=True, slots=True)
class Written:
    """A function that an author wrote and that was admitted."""

    name: str
    author: str
    emergency: str
    measured: str
    text: str
    """The whole manual, as TOML: many lines."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The board once a turn is made, and how it came about."""

    number: int
    """Turns made; 0 is the start."""
    position: Position
    before: Position
    """The position in which the turn was decided."""
    title: str
    """What happened, in a few words, such as `step 3: blue a1b2 c4e4 h8h6`."""
    step: int = 0
    """The step of the turn, from 1; 0 at the start."""
    side: Side | None = None
    """Whose turn it was; None at the start, and where none was made."""
    player: str = ""
    move: Move | None = None
    moved: str = ""
    """The move in notation."""
    ms: float = 0.0
    tokens: Tokens = UNKNOWN
    struck: tuple[str, ...] = ()
    """Emergencies that struck before the turn, in words."""
    troubles: tuple[str, ...] = ()
    """Illegal choices, and what went otherwise than it should, in words."""
    refused: tuple[str, ...] = ()
    """Functions that were not taken up, and why."""
    stages: tuple[StageStory, ...] = ()
    written: tuple[Written, ...] = ()
    worth: Worth | None = None
    """Of `before` and the move; of the start or an end without a move, of `position`."""
    after: Worth | None = None
    """Of `position`."""


@dataclass(frozen=True, slots=True)
class Story:
    """A whole game."""

    blue: str
    """Who played it, with settings."""
    orange: str
    names: Mapping[Side, str]
    """The same in a word or two."""
    seed: int
    start: str
    """The position in notation."""
    ending: str
    """How it ended, in one line."""
    scenes: tuple[Scene, ...]
    """The start, then one for each turn, and one more where something came after the last."""
    par: Worth | None = None
    """Of the start."""

    @property
    def title(self) -> str:
        return f"{self.names[Side.BLUE]} (blue) against {self.names[Side.ORANGE]} (orange)"

    @property
    def written(self) -> tuple[Written, ...]:
        """Every function written in the game, in order."""
        return tuple(one for scene in self.scenes for one in scene.written)


def printable(text: object) -> str:
    """Return a text as one line of printable characters."""
    return "".join(char if char.isprintable() else " " for char in str(text))


def printable_lines(text: str) -> str:
    """Return a text with its line breaks, and otherwise of printable characters."""
    return "\n".join(map(printable, text.expandtabs(4).splitlines()))


def story_of(record: GameRecord, worths: Worths | None = None) -> Story:
    """Return a record as a story. Raises SaveError where the record breaks the rules."""
    worths = worths or {}
    positions = replay(record)
    scenes = [_start(record, worths.get(0))]
    for ply, turn in enumerate(record.turns):
        after = apply(positions[ply], turn.move)
        scenes.append(_scene(record, ply, turn, positions[ply], after, worths))
    last = _last(record, positions[-1], worths.get(len(record.turns)))
    if last is not None:
        scenes.append(last)
    return Story(
        blue=_player(record.blue),
        orange=_player(record.orange),
        names={side: _name(record.player(side).kind) for side in Side},
        seed=record.seed,
        start=format_position(record.start),
        ending=_ending(record.result, positions[-1]),
        scenes=tuple(scenes),
        par=worths.get(0),
    )


def _start(record: GameRecord, worth: Worth | None) -> Scene:
    start = record.start
    ours = laid(start)
    standing = [map_text(start)] if ours else []
    standing += [f"from the start, {one.describe()}" for one in in_force(start) if one not in ours]
    return Scene(0, start, start, "start", struck=tuple(standing), worth=worth, after=worth)


def _scene(
    record: GameRecord, ply: int, turn: Turn, before: Position, after: Position, worths: Worths
) -> Scene:
    decision = _Decision()
    decision.hear(turn.events)
    moved = format_move(turn.move)
    told = sum(bool(event.get("illegal")) for event in turn.events)
    return Scene(
        number=ply + 1,
        position=after,
        before=before,
        title=f"step {before.steps + 1}: {turn.side} {moved}",
        step=before.steps + 1,
        side=turn.side,
        player=_name(record.player(turn.side).kind),
        move=turn.move,
        moved=moved,
        ms=turn.ms,
        tokens=decision_tokens(turn.events),
        struck=_struck(record, ply),
        troubles=(*_illegal(turn.illegal[: len(turn.illegal) - told]), *decision.troubles),
        refused=tuple(decision.refused),
        stages=tuple(decision.stages),
        written=tuple(decision.written),
        worth=worths.get(ply),
        after=worths.get(ply + 1),
    )


def _last(record: GameRecord, position: Position, worth: Worth | None) -> Scene | None:
    """Return what came after the last turn; None where nothing did."""
    count = len(record.turns)
    decision = _Decision()
    decision.hear(record.last_events)
    told = sum(bool(event.get("illegal")) for event in record.last_events)
    struck = _struck(record, count)
    troubles = (
        *_illegal(record.pending[: len(record.pending) - told]),
        *decision.troubles,
    )
    resigned = record.result is not None and record.result.reason is Reason.RESIGNED
    if not (struck or troubles or decision.stages or resigned):
        return None
    return Scene(
        number=count + 1,
        position=position,
        before=position,
        title="after the last turn",
        step=position.steps + 1,
        struck=struck,
        troubles=troubles,
        refused=tuple(decision.refused),
        stages=tuple(decision.stages),
        written=tuple(decision.written),
        worth=worth,
        after=worth,
    )


@dataclass(slots=True)
class _Decision:
    """A decision's events, taken in one by one."""

    stages: list[StageStory] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _author: str = ""

    def hear(self, events: Iterable[Mapping[str, Plain]]) -> None:
        for data in events:
            try:
                self._take(event_from_dict(data))
            except (LdTuiError, TypeError, ValueError):
                kind = printable(data.get("event"))
                self.troubles.append(f"an event that this version can't read: {kind}")

    def _take(self, event: Event) -> None:
        match event:
            case StageBegan():
                stage = self._stage(event.stage)
                stage.name, stage.question = printable(event.name), printable(event.question)
            case Retrieved():
                rows = zip(event.names, event.distances, event.summaries, strict=True)
                self._stage(event.stage).candidates = [
                    Candidate(
                        printable(name),
                        _within(far, 9.99),
                        printable(text),
                        is_new=name in event.new,
                    )
                    for name, far, text in rows
                ]
            case Selected():
                self._select(self._stage(event.stage), event)
            case Executed():
                self._stage(event.stage).shown = printable(event.shown)
            case Rejected():
                struck = self._stage(event.stage).candidate(printable(event.name))
                reason = printable(event.reason)
                struck.struck = f"illegal: {reason}" if event.illegal else reason
                struck.is_chosen = False
            case FellBack():
                self._stage(event.stage).note = printable(event.reason)
            case EmergencyRaised() | FunctionDrafted():
                self._author = printable(event.author)
            case FunctionAdmitted():
                written = Written(
                    printable(event.name),
                    self._author,
                    printable(event.emergency),
                    printable(event.measured),
                    printable_lines(event.text),
                )
                self.written.append(written)
            case FunctionRefused():
                name, reason = printable(event.name), printable(event.reason)
                self.refused.append(f"{name} was refused: {reason}")
            case AuthorGaveUp():
                self.refused.append(f"nothing admitted: {printable(event.reason)}")
            case GaveUp():
                self.troubles.append(f"gave up: {printable(event.reason)}")
            case _:
                return

    def _stage(self, number: int) -> StageStory:
        number = int(number)
        for stage in self.stages:
            if stage.number == number:
                return stage
        self.stages.append(StageStory(number))
        return self.stages[-1]

    def _select(self, stage: StageStory, event: Selected) -> None:
        stage.by = printable(event.by) + ", drawn by temperature" * bool(event.passed_over)
        stage.tokens += tokens_of(event)
        for one in stage.candidates:
            one.is_chosen = False
        for name, share in zip(event.candidates, event.probabilities, strict=True):
            stage.candidate(printable(name)).probability = _within(share, 1.0)
        stage.candidate(printable(event.name)).is_chosen = True


def _within(value: float, most: float) -> float:
    """Return a number of an event, kept where the forms have room for it: files hold anything."""
    value = float(value)
    return 0.0 if math.isnan(value) else max(0.0, min(value, most))


def _struck(record: GameRecord, ply: int) -> tuple[str, ...]:
    return tuple(item.emergency.describe() for item in record.struck if item.ply == ply)


def _illegal(choices: Sequence[IllegalChoice]) -> list[str]:
    return [f"{one.side} illegal: {printable(one.reason)}" for one in choices]


def _player(spec: PlayerSpec) -> str:
    settings = ", ".join(f"{key} {value}" for key, value in sorted(spec.settings.items()))
    name = _name(spec.kind)
    return printable(f"{name} ({settings})" if settings else name)


def _name(kind: str) -> str:
    """Return what a player is called; of a model only its name, for a file's folder, or the
    address of a server, is nobody else's."""
    if kind.startswith("llm:"):
        place = kind.removeprefix("llm:")
        return printable(place.rpartition("#")[2].rpartition("/")[2])
    return {"ld": "LD", "human": "person", "kd": "KD"}.get(kind, printable(kind))


def _ending(result: Outcome | None, position: Position) -> str:
    if result is None:
        return f"unfinished after {position.steps} steps"
    winner = str(result.winner).title()
    match result.reason:
        case Reason.CAPTURE:
            steps = position.steps + (position.to_move is Side.ORANGE)
            return f"{winner} wins: captured in {steps} step{'s' * (steps != 1)}"
        case Reason.STEPS:
            return f"{winner} wins: not captured in {position.steps} steps"
        case Reason.ILLEGAL:
            return f"{winner} wins: too many illegal choices by {result.winner.other}"
        case Reason.RESIGNED:
            return f"{winner} wins: {result.winner.other} gave up"
