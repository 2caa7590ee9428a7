"""What is known of the functions and of the one that is open, while they are edited. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ld_tui.functionbase.shelf import Entry, Opened, Place


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of a text, as the engine tells it."""

    line: int
    check: str
    passed: bool
    detail: str


@dataclass(slots=True)
class Sheet:
    """The function that is open."""

    opened: Opened
    text: str
    seen: str | None
    """The draft as this program knows it."""
    findings: tuple[Finding, ...] = ()
    unknown: tuple[str, ...] = ()
    is_played: bool = False
    """Whether the findings are those of a whole check."""

    @property
    def place(self) -> Place:
        return self.opened.place

    @property
    def is_changed(self) -> bool:
        return self.text != self.opened.text or not self.opened.digest

    @property
    def problems(self) -> list[Finding]:
        return sorted((f for f in self.findings if not f.passed), key=lambda f: f.line)


@dataclass(slots=True)
class Stock:
    """What the base holds."""

    entries: tuple[Entry, ...] = ()
    gone: tuple[str, ...] = ()
    uses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    failing: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with functions that load and don't pass the whole check, by name."""
    found: tuple[tuple[str, float | None], ...] | None = None
    """What a search found, with distances: by name (without one), then the nearest first; None
    while nobody searches."""

    def take_found(self, sought: str, near: Iterable[tuple[str, float]]) -> None:
        """Take what a search found: functions with the words in their names, then the nearest."""
        part = "_".join(sought.lower().split())
        named = [each.name for each in self.entries if part in each.name]
        self.found = (
            *((name, None) for name in named),
            *(each for each in near if each[0] not in named),
        )

    def forget_gone(self) -> None:
        """Leave out of what was found what the base no longer holds."""
        if self.found is not None:
            there = {entry.name for entry in self.entries}
            self.found = tuple(each for each in self.found if each[0] in there)


class BenchHost(Protocol):
    """The screen that functions are edited on."""

    def changed(self) -> None:
        """Something to be seen changed."""

    def stocked(self) -> None:
        """What the base holds changed, or what a search found."""

    def laid_open(self) -> None:
        """Another text is to be edited."""

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call back after a while."""

    def base_changed(self, line: str) -> None:
        """The function base is another one now; the line says how."""
