"""Source and plain data in, a result out; nothing else gets in or out.

The code runs in a worker process, in pydantic-monty's own interpreter: no files, network, other
processes or packages, a frozen clock, a fixed start of `random`, limits of time and memory. Every
call begins in a new session (0.2 ms), so no state passes from one call or function to another.
What the code does wrong is a result; SandboxError is raised only where the sandbox itself fails.
"""

import datetime
import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import pydantic_monty as monty

from ld_tui.errors import SandboxError

Plain = Any
"""Plain data: None, bool, int, float, str, and lists, tuples and dicts of these."""

MODULES = (
    "bisect",
    "collections",
    "dataclasses",
    "functools",
    "itertools",
    "math",
    "random",
    "re",
    "typing",
)
"""What a function may import and make use of."""

_BATCH = 64
_ARGUMENTS = "ld_arguments_"
_GRACE = 0.5
"""Seconds past the limit after which a worker that is deep in one long operation is killed."""
_PRINTED_BYTES = 64 * 1024
_LOOKED_AT = 2_000
"""Characters of a message that are read; code may raise one of many megabytes."""
_BIGGEST_INT = 2**63
_SCALARS = (type(None), bool, str)
_SAYINGS = {
    "The monty syntax parser does": "the sandbox does",
    "Internal error in monty": "the sandbox does not support this",
}
_STARTING = threading.Lock()
"""Held while a pool starts, by all sandboxes: looking for monty's binary is not thread-safe."""
_ERA = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may take."""

    seconds: float = 0.25
    memory_mb: int = 64
    recursion: int = 200
    """Nested calls."""
    items: int = 10_000
    """Values, and characters, in what is returned."""
    depth: int = 20
    """Nesting of what is returned."""


@dataclass(frozen=True, slots=True)
class Ran:
    """The function returned plain data."""

    value: Plain
    ms: float
    """Milliseconds, the way to the worker and back counted."""


@dataclass(frozen=True, slots=True)
class Raised:
    """The source doesn't load, the function raised, or it returned what isn't plain data."""

    message: str
    """One printable line; names the line of the source where it is known."""
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class TimedOut:
    """It ran past the limit of time."""

    limit: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Killed:
    """It ran past the limit of memory, or took the worker down."""

    reason: str


Failure = Raised | TimedOut | Killed
Result = Ran | Failure


def describe_failure(failure: Failure) -> str:
    """Say in one line what went wrong."""
    match failure:
        case Raised(message=message):
            return message
        case TimedOut(limit=limit):
            return f"took longer than {limit:g} s"
        case Killed(reason=reason):
            return reason


class Sandbox:
    """A worker kept warm; a context manager. Starts on first use, so making one costs nothing.

    Threads may call it at once; each then has a worker of its own.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._pool: monty.Monty | None = None
        self._worker: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker. Harmless when called again; a later call starts a new one."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.__exit__(None, None, None)

    @property
    def worker(self) -> int | None:
        """The process id of the worker that the last call ran in; None before the first."""
        return self._worker

    def load(self, name: str, source: str) -> Failure | None:
        """Run only the source. Return None where it loads and defines `name`."""
        outcome = self._feed(f"{source}\n{name}", [], name)
        return None if isinstance(outcome, Ran) else outcome

    def run(self, name: str, source: str, arguments: tuple[Plain, ...]) -> Result:
        """Return what the function `name`, defined by `source`, does with plain `arguments`.

        The same call gives the same result, always. Arguments are copied: what the function does
        to them doesn't show. Raises SandboxError where no worker can be had, TypeError where an
        argument is not plain data.
        """
        outcome = self._feed(f"{source}\n{name}(*{_ARGUMENTS})", arguments, name)
        return self._plain(outcome)

    def run_many(
        self, name: str, source: str, arguments: Sequence[tuple[Plain, ...]]
    ) -> list[Result]:
        """Return the results of many calls, in order, each as `run` would give it, only faster.

        Calls of one batch share the function's globals: a function that keeps state between
        calls (which a check refuses) may give other results than `run`. `ms` is a batch's mean.
        """
        results: list[Result] = []
        for start in range(0, len(arguments), _BATCH):
            results += self._batch(name, source, arguments[start : start + _BATCH])
        return results

    def _batch(
        self, name: str, source: str, arguments: Sequence[tuple[Plain, ...]]
    ) -> list[Result]:
        if len(arguments) == 1:
            return [self.run(name, source, arguments[0])]
        # Copies, since an object that stands in two places would be one object in the sandbox.
        copies = [_copy(each) for each in arguments]
        outcome = self._feed(f"{source}\n[{name}(*each) for each in {_ARGUMENTS}]", copies, name)
        # A source that knows what the arguments are called may have put others in their place.
        if isinstance(outcome, Ran) and len(outcome.value) == len(arguments):
            ms = outcome.ms / len(arguments)
            return [self._plain(Ran(value, ms)) for value in outcome.value]
        # One of them went wrong, or all together passed a limit that holds for each. Halves would
        # pass it again and again where calls see each other.
        return [self.run(name, source, each) for each in arguments]

    def _feed(self, code: str, arguments: Sequence[Plain], name: str) -> Result:
        """Run code in a new session; the value of its last expression is not yet checked."""
        if not name.isidentifier():
            return Raised(_line(f"{name!r} is no name of a function"))
        began = time.perf_counter()
        try:
            with self._checkout() as session:
                self._worker = session.worker_pid
                value = session.feed_run(
                    code,
                    inputs={_ARGUMENTS: arguments},
                    # Anything printed must not reach this process's standard output.
                    print_callback=monty.CollectString(_PRINTED_BYTES),
                )
        except monty.MontyCrashedError as error:
            if getattr(error, "timed_out", False):
                return TimedOut(self.limits.seconds)
            return Killed("took its worker process down")
        except monty.MontyConversionError as error:
            raise TypeError(f"arguments have to be plain data: {error}") from error
        except monty.MontyError as error:
            return self._failure(error, _since(began))
        except RecursionError:
            return Raised("returned data nested too deep", _since(began))
        except (OSError, RuntimeError) as error:
            raise SandboxError(f"the sandbox does not start: {_line(str(error))}") from error
        return Ran(value, _since(began))

    def _checkout(self) -> Any:
        with _STARTING:
            if self._pool is None:
                pool = monty.Monty(feed_duration_limit_grace=_GRACE)
                pool.__enter__()
                self._pool = pool
            pool = self._pool
        return pool.checkout(
            script_name="source.py",
            limits={
                "max_feed_duration_secs": self.limits.seconds,
                "max_memory": self.limits.memory_mb * 2**20,
                "max_recursion_depth": self.limits.recursion,
            },
            os_policy={
                "datetime": _ERA,
                "process_time": "zero",
                "random_start": {"seed": 0},
                "sleep": "zero",
            },
        )

    def _failure(self, error: monty.MontyError, ms: float) -> Failure:
        inner = error.exception()
        if isinstance(inner, TimeoutError) and "limit exceeded" in str(inner):
            return TimedOut(self.limits.seconds)
        if isinstance(inner, MemoryError):
            return Killed(f"used more than {self.limits.memory_mb} MB of memory")
        message = _line(str(error))
        for theirs, ours in _SAYINGS.items():
            message = message.replace(theirs, ours)
        if isinstance(error, monty.MontySyntaxError):
            message = f"SyntaxError: {message}"
        frames = error.traceback() if hasattr(error, "traceback") else []
        return Raised(f"{message} (line {frames[-1].line})" if frames else message, ms)

    def _plain(self, outcome: Result) -> Result:
        if isinstance(outcome, Ran):
            problem = _not_plain(outcome.value, self.limits)
            if problem is not None:
                return Raised(problem, outcome.ms)
        return outcome


def _not_plain(value: Plain, limits: Limits) -> str | None:
    """Say why a value is not plain data of bounded size; None where it is."""
    left = limits.items
    level = [value]
    for _ in range(limits.depth):
        deeper: list[Plain] = []
        for item in level:
            kind = type(item)
            left -= len(item) if kind is str else 1
            if left < 0:
                return f"returned more than {limits.items} values or characters"
            if kind is list or kind is tuple:
                deeper += item
            elif kind is dict:
                deeper += item.keys()
                deeper += item.values()
            elif kind is int:
                if not -_BIGGEST_INT <= item < _BIGGEST_INT:
                    return "returned a whole number beyond 64 bits"
            elif kind is float:
                if not math.isfinite(item):
                    return "returned a number that is infinite or not a number"
            elif kind not in _SCALARS:
                return (
                    f"returned {_article(item)}; return plain data: "
                    "None, bool, int, float, str, list, tuple or dict"
                )
        if not deeper:
            return None
        level = deeper
    return "returned data nested too deep"


def _article(item: object) -> str:
    kind = item.name if isinstance(item, monty.MontyClassProxy) else type(item).__name__
    return f"{'an' if str(kind)[:1].lower() in 'aeiou' else 'a'} {_line(str(kind))}"


def _copy(value: Plain) -> Plain:
    kind = type(value)
    if kind is dict:
        return {key: _copy(item) for key, item in value.items()}
    if kind is list:
        return [_copy(item) for item in value]
    if kind is tuple:
        return tuple([_copy(item) for item in value])
    return value


def _line(text: str) -> str:
    """Return text as one printable line, so that no escape sequence reaches a terminal."""
    text = text[:_LOOKED_AT]
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= 200 else line[:197] + "..."


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 3)
