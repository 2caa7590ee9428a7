"""How far a benchmark is: a bar for a person, or a line of JSON for every event.

`docs/benchmark.md` says what the lines hold. Both go to stderr: stdout is for the results.
"""

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ld_tui.bench.tables import Tables

KINDS = ("bar", "json")
PAUSE = 0.5
"""Seconds that at least lie between two events with tables."""
MakeTables = Callable[[], Tables]


class Report(Protocol):
    """What a suite tells while it plays."""

    def begin(self, head: Mapping[str, Any], games: int, finished: int, make: MakeTables) -> None:
        """Tell what is measured, how many games that takes, and how many were played before."""

    def solving(self, part: float) -> None:
        """Tell how much of the board is solved, 0 to 1."""

    def game(self, label: str, game: Mapping[str, Any], make: MakeTables) -> None:
        """Tell of one more finished game; `make` returns the tables as they now are."""

    def notice(self, line: str) -> None:
        """Tell of a part that works otherwise than it should."""

    def end(self, make: MakeTables) -> None:
        """Tell that all games are played."""


@contextlib.contextmanager
def reporting(kind: str) -> Iterator[Report]:
    """Open a report of a kind (`KINDS`); on an interrupt, the person is told what is kept."""
    if kind == "json":
        yield JsonLines()
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        yield _Bar(bar)


class _Bar:
    """A bar at the foot of the terminal."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._games = bar.add_task("games", total=None)
        self._solving = bar.add_task("solving the board, in %", total=100, visible=False)

    def begin(self, head: Mapping[str, Any], games: int, finished: int, make: MakeTables) -> None:
        self._bar.update(self._games, total=games, completed=finished)

    def solving(self, part: float) -> None:
        self._bar.update(self._solving, completed=round(100 * part), visible=part < 1)

    def game(self, label: str, game: Mapping[str, Any], make: MakeTables) -> None:
        self._bar.update(self._games, advance=1, description=label)

    def notice(self, line: str) -> None:
        self._bar.console.print(line, markup=False, highlight=False)

    def end(self, make: MakeTables) -> None:
        pass


class JsonLines:
    """Events as lines of JSON."""

    def __init__(self, write: Callable[[str], object] | None = None) -> None:
        """Take what writes a line; None: stderr."""
        self._write = write or _to_stderr
        self._done = self._games = 0
        self._last = float("-inf")

    def begin(self, head: Mapping[str, Any], games: int, finished: int, make: MakeTables) -> None:
        self._games, self._done = games, finished
        self._tell("begin", **head, games=games, finished=finished)
        if finished:
            self._tables(make)

    def solving(self, part: float) -> None:
        self._tell("solving", part=round(part, 3))

    def game(self, label: str, game: Mapping[str, Any], make: MakeTables) -> None:
        self._done += 1
        self._tell("game", done=self._done, games=self._games, label=label, **game)
        if time.monotonic() - self._last >= PAUSE:
            self._tables(make)

    def notice(self, line: str) -> None:
        self._tell("notice", line=line)

    def end(self, make: MakeTables) -> None:
        self._tables(make)
        self._tell("end", done=self._done, games=self._games)

    def _tables(self, make: MakeTables) -> None:
        self._tell("tables", **make().as_dict())
        # From the end of it: however long tables take to make, games go on in between.
        self._last = time.monotonic()

    def _tell(self, event: str, **fields: Any) -> None:
        self._write(json.dumps({"event": event, **fields}))


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def kept_line(kept: Sequence[object], place: object) -> str:
    """Return what a person is told who interrupts a benchmark."""
    if place is None:
        return "interrupted; nothing is kept: --resume FILE would keep finished games"
    return f"interrupted; {len(kept)} finished games are kept in {place}: the same command goes on"
