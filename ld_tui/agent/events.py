"""Everything the agent does, as typed values; nothing else passes from agent to screen.

A decision is a sequence of these that ends in exactly one `Decided` or `GaveUp`.
`event_to_dict` and `event_from_dict` are the wire and file format.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, get_args

from ld_tui.errors import LdTuiError
from ld_tui.llm.call import Tokens

Plain = Any
"""Plain data: None, bool, int, float, str, and lists, tuples and dicts of these."""
_MOST = 10**9
"""Tokens that a decision may be said to have cost."""


@dataclass(frozen=True, slots=True)
class StageBegan:
    """The agent turns to one stage."""

    stage: int
    """1-based stage j of J."""
    stages: int
    """J."""
    name: str
    """The stage's name, such as `plan`."""
    question: str
    """What is put to the S-LLM."""
    state: str
    """The state s in words, as the S-LLM reads it."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The retriever ranked the function base for one stage (Eq. 2)."""

    stage: int
    names: tuple[str, ...]
    """Function names, nearest first; at most K."""
    distances: tuple[float, ...]
    """Angular distances in [0, 2], in the order of `names`."""
    summaries: tuple[str, ...]
    """Each manual's summary, in the order of `names`."""
    ms: float
    """Milliseconds it took."""
    new: tuple[str, ...] = ()
    """Those of `names` that an author wrote in this game: f^E, which join whatever K is."""


@dataclass(frozen=True, slots=True)
class Selected:
    """One candidate was chosen."""

    stage: int
    name: str
    candidates: tuple[str, ...]
    """What it was chosen from, in the order of the prompt."""
    probabilities: tuple[float, ...]
    """In the order of `candidates`; they sum to 1."""
    by: str
    """Who chose: `s-llm`, `random`, `first`, `only` (one was left), `chosen` (the asker)."""
    ms: float
    read: int | None = None
    """Tokens that a language model read to choose: 0 where none was asked, None where that is not
    known, as of a server that doesn't tell, and in saves from before they were counted."""
    written: int | None = None
    """Tokens that it wrote, alike; the shipped one writes none: its probabilities are read off."""

    @property
    def margin(self) -> float:
        """Return how far the best probability lies above the second."""
        ranked = sorted(self.probabilities, reverse=True)
        return ranked[0] - ranked[1] if len(ranked) > 1 else 1.0

    @property
    def passed_over(self) -> str:
        """Return the likeliest candidate, where a temperature had the S-LLM draw another.

        Empty where it took the likeliest, and where the S-LLM did not choose.
        """
        shares = dict(zip(self.candidates, self.probabilities, strict=True))
        likeliest = max(shares, key=shares.__getitem__, default="")
        is_drawn = self.by == "s-llm" and shares.get(self.name, 0.0) < shares.get(likeliest, 0.0)
        return likeliest if is_drawn else ""

    @property
    def entropy(self) -> float:
        """Return the entropy of the choice in bits; 0 where it was certain."""
        return sum(-p * math.log2(p) for p in self.probabilities if p > 0)


@dataclass(frozen=True, slots=True)
class Executed:
    """The chosen function ran and gave a well-typed o_j (Eq. 4)."""

    stage: int
    name: str
    result: Plain
    """o_j as plain data."""
    shown: str
    """o_j as a person reads it: cells or a move in notation."""
    ms: float


@dataclass(frozen=True, slots=True)
class Rejected:
    """A candidate's proposal was struck from its stage's candidates."""

    stage: int
    name: str
    reason: str
    illegal: bool
    """True where it proposed what the rules forbid, which is counted against the side."""


@dataclass(frozen=True, slots=True)
class FellBack:
    """Every candidate of a stage was struck; a legal move is played at random by the seed."""

    stage: int
    reason: str


@dataclass(frozen=True, slots=True)
class EmergencyRaised:
    """Something happened that no function was written for; an author is asked (Eq. 6)."""

    cause: str
    """`rules`: the rules have changed; `circles`: they have, and play has come back to the same
    board; `failed`: every candidate of a stage was struck."""
    text: str
    """What happened, in one line; of `failed`, the errors."""
    author: str
    """Who is asked to write."""


@dataclass(frozen=True, slots=True)
class AuthorWorked:
    """A sign of life from an author: a piece of what it writes, or how far a search has come."""

    stage: int
    author: str
    text: str
    """A piece of text as it streams in; of a search, one line that replaces the last."""
    is_piece: bool


@dataclass(frozen=True, slots=True)
class FunctionDrafted:
    """An author has written a function; nothing is checked yet."""

    stage: int
    name: str
    author: str
    summary: str
    when: str
    source: str
    attempt: int
    """1-based; higher ones are repairs, or other drafts."""


@dataclass(frozen=True, slots=True)
class FunctionChecked:
    """One check of a draft."""

    stage: int
    name: str
    check: str
    """What was looked at, such as `source`, `legal` or `play`."""
    passed: bool
    detail: str
    """One line."""


@dataclass(frozen=True, slots=True)
class FunctionRefused:
    """A draft is not taken up."""

    stage: int
    name: str
    reason: str
    attempt: int


@dataclass(frozen=True, slots=True)
class FunctionAdmitted:
    """A draft joins its stage's candidates while the emergency lasts."""

    stage: int
    name: str
    emergency: str
    """The emergency it is for, in the situation's words; empty where candidates had failed."""
    measured: str
    """What was measured in its favor, in one line."""
    text: str
    """The whole manual, as TOML."""
    ms: float
    """Milliseconds since the emergency was raised."""


@dataclass(frozen=True, slots=True)
class AuthorGaveUp:
    """No function was admitted for a stage."""

    stage: int
    emergency: str
    reason: str
    ms: float


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision is made: the terminal event of every ordinary decision."""

    move: str
    """In move notation."""
    ms: float
    """Milliseconds of the whole decision."""
    read: int | None = None
    """Tokens that language models read in the whole decision, as in `Selected`; those of an author
    don't count."""
    written: int | None = None


@dataclass(frozen=True, slots=True)
class GaveUp:
    """No decision: the side's illegal choices are used up. Terminal."""

    reason: str
    ms: float
    read: int | None = None
    """As in `Decided`."""
    written: int | None = None


Event = (
    StageBegan
    | Retrieved
    | Selected
    | Executed
    | Rejected
    | FellBack
    | EmergencyRaised
    | AuthorWorked
    | FunctionDrafted
    | FunctionChecked
    | FunctionRefused
    | FunctionAdmitted
    | AuthorGaveUp
    | Decided
    | GaveUp
)

TERMINAL = (Decided, GaveUp)

_TYPES: dict[str, type[Event]] = {
    "stage": StageBegan,
    "retrieved": Retrieved,
    "selected": Selected,
    "executed": Executed,
    "rejected": Rejected,
    "fell_back": FellBack,
    "emergency": EmergencyRaised,
    "author": AuthorWorked,
    "drafted": FunctionDrafted,
    "checked": FunctionChecked,
    "refused": FunctionRefused,
    "admitted": FunctionAdmitted,
    "author_gave_up": AuthorGaveUp,
    "decided": Decided,
    "gave_up": GaveUp,
}
_NAMES = {kind: name for name, kind in _TYPES.items()}
assert set(_TYPES.values()) == set(get_args(Event))


def ms_since(began: float) -> float:
    """Return the milliseconds since a time of `time.perf_counter`, as events have them."""
    return round((time.perf_counter() - began) * 1000, 3)


def tokens_of(event: Selected | Decided | GaveUp) -> Tokens:
    """Return what an event says of tokens; what is no count, as files may hold, is not known."""
    return Tokens(_count(event.read), _count(event.written))


def decision_tokens(events: Sequence[Mapping[str, Plain]]) -> Tokens:
    """Return what a whole decision cost, from its events as plain data."""
    last = events[-1] if events else {}
    ended = last.get("event") in ("decided", "gave_up")
    return Tokens(*(_count(last.get(key)) if ended else None for key in ("read", "written")))


def _count(value: Plain) -> int | None:
    return value if type(value) is int and 0 <= value <= _MOST else None


def event_to_dict(event: Event) -> dict[str, Plain]:
    """Return an event as plain data; its kind stands under `event`."""
    return {"event": _NAMES[type(event)], **asdict(event)}


def event_from_dict(data: Mapping[str, Plain]) -> Event:
    """Read what `event_to_dict` wrote. Raises LdTuiError for an unknown kind or wrong fields."""
    kind: Any = _TYPES.get(data.get("event", ""))
    if kind is None:
        raise LdTuiError(f"{data.get('event')!r} is no kind of event this version knows")
    names = [item.name for item in fields(kind)]
    needed = {item.name for item in fields(kind) if item.default is MISSING}
    given = set(data) - {"event"}
    if not needed <= given <= set(names):
        raise LdTuiError(f"a {data['event']} event has the fields {', '.join(names)}")
    values = {name: tuple(v) if isinstance(v := data[name], list) else v for name in given}
    event: Event = kind(**values)
    return event
