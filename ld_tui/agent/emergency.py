"""Emergencies as the agent sees them: who writes functions, and which are to be used now.

The agent keeps nothing between decisions: what was written earlier in a game comes back to it with
the situation, as `Authored`, read from the game's own events.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ld_tui.agent.events import Event, FunctionAdmitted
from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import Manual, parse_manual
from ld_tui.functionbase.store import Stage

_ANSWERS = ("admitted", "author_gave_up")
NOBODY = "none"
"""As the setting `author` of a decision, and as an author's name: no functions are written."""
AND = " ; "
"""Between the emergencies that a function was written for."""


@dataclass(frozen=True, slots=True)
class Authored:
    """One answer of an author's earlier in the game."""

    emergency: str
    """What it was asked for: emergencies in force, joined by `AND`; empty: failed candidates."""
    stage: int
    """1-based."""
    text: str
    """The admitted manual, as TOML; empty where none was."""


class Author(Protocol):
    """Writes functions and their manuals for stages in a situation (Eq. 6)."""

    @property
    def name(self) -> str:
        """Who it is, as the screen and the manuals say it."""

    def write(
        self,
        situation: Any,
        stages: Sequence[Stage],
        new: Sequence[Manual],
        errors: Sequence[str] = (),
    ) -> Iterator[Event]:
        """Yield what is done; for each stage at last `FunctionAdmitted` or `AuthorGaveUp`.

        `situation` is the loop's, `new` what authors wrote before, `errors` say what went wrong
        where every candidate failed. A name in `FunctionAdmitted` is of no other function.
        """


def standing(authored: Iterable[Authored], emergencies: Sequence[str]) -> list[Manual]:
    """Return the functions to be used now: those whose emergencies are all in force still.

    A function that was written because candidates had failed stays for the rest of the game.
    """
    found = []
    for each in authored:
        wanted = each.emergency.split(AND) if each.emergency else []
        if each.text and set(wanted) <= set(emergencies):
            try:
                found.append(parse_manual(each.text))
            except FunctionBaseError:
                continue  # a save from elsewhere; without the function the agent plays as before
    return found


def times_asked(authored: Iterable[Authored], emergencies: Sequence[str], stage: int) -> int:
    """Return how often an author was asked for a stage's function for these very emergencies.

    Without any: how often because that stage's candidates had failed.
    """
    wanted = AND.join(emergencies)
    return sum((each.emergency, each.stage) == (wanted, stage) for each in authored)


def admitted(events: Iterator[Event]) -> Generator[Event, None, list[Manual]]:
    """Pass an author's events on; return the functions that it got admitted."""
    found = []
    for event in events:
        yield event
        if isinstance(event, FunctionAdmitted):
            found.append(parse_manual(event.text))
    return found


def authored_in(events: Iterable[object]) -> tuple[Authored, ...]:
    """Return what authors answered in a decision, from its events as plain data."""
    return tuple(
        Authored(str(event["emergency"]), int(event["stage"]), str(event.get("text", "")))
        for event in events
        if isinstance(event, Mapping) and event.get("event") in _ANSWERS
    )
