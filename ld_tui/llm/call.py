"""What goes with a call of a language model beside its words: whether to go on, and what it costs.

Whoever asks sets these up around the call; backends look at the one and tell the other. What lies
between, the loop and the players, knows neither. Each thread has its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tokens:
    """What calls cost; None where a server didn't tell."""

    read: int | None = 0
    """Of prompts, whole: what a backend reuses from the call before counts too."""
    written: int | None = 0
    """Of answers, their ends counted. Probabilities are read off a prompt's end: they cost none."""

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(_sum(self.read, other.read), _sum(self.written, other.written))

    @property
    def total(self) -> int | None:
        """Return both together."""
        return _sum(self.read, self.written)

    @property
    def text(self) -> str:
        """Say what it comes to, such as `312 tokens read, 18 written`; nothing where unknown."""
        if self.total == 0:
            return "no tokens"
        parts = [(self.read, "read"), (self.written, "written")]
        known = [(count, what) for count, what in parts if count]
        if not known:
            return ""
        (count, what), *rest = known
        return ", ".join([f"{_tokens(count)} {what}", *(f"{n} {done}" for n, done in rest)])

    @property
    def short(self) -> str:
        """Say the same where there is little room, such as `330 tokens`."""
        count = self.read if self.total is None else self.total
        return _tokens(count) if count else "no tokens" if count == 0 else ""


UNKNOWN = Tokens(None, None)


@dataclass(slots=True)
class Tally:
    """The calls made so far."""

    tokens: Tokens = field(default_factory=Tokens)
    calls: int = 0

    def add(self, tokens: Tokens) -> None:
        """Count one more call."""
        self.tokens += tokens
        self.calls += 1


_TALLY: ContextVar[Tally | None] = ContextVar("tally", default=None)
_CHECK: ContextVar[Callable[[], None] | None] = ContextVar("check", default=None)


@contextmanager
def counted() -> Iterator[Tally]:
    """Count the calls made within. Not to be held open over a generator's `yield`."""
    tally = Tally()
    token = _TALLY.set(tally)
    try:
        yield tally
    finally:
        _TALLY.reset(token)


def note_tokens(read: int | None, written: int | None) -> None:
    """Tell what a call cost; called by backends, once for each answer."""
    if (tally := _TALLY.get()) is not None:
        tally.add(Tokens(read, written))


@contextmanager
def interruptible(check: Callable[[], None]) -> Iterator[None]:
    """Let `check` end the calls made within, by raising whatever it likes."""
    token = _CHECK.set(check)
    try:
        yield
    finally:
        _CHECK.reset(token)


def go_on() -> None:
    """Return, or raise what the asker's check raises; called by backends between pieces of work.

    A backend that it leaves in the midst of a prompt has to be ready for the next one.
    """
    if (check := _CHECK.get()) is not None:
        check()


def _tokens(count: int) -> str:
    return f"{count} token{'s' * (count != 1)}"


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
