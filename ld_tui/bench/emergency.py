"""`bench --suite emergency`: what functions written live are worth, emergency by emergency.

The same starts for every author and for nobody; see `emergency_games.py` for what a game is.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from ld_tui.agent.emergency import NOBODY
from ld_tui.arena.match import game_seed
from ld_tui.arena.resources import AuthorMaker, Resources, Sources
from ld_tui.bench.emergency_games import Struck, Task, play_struck
from ld_tui.bench.emergency_journal import EmergencyJournal, Ended
from ld_tui.bench.emergency_tables import ALL, NOTES, Line, charts, sheets, write_files
from ld_tui.bench.interrupts import heard_interrupts
from ld_tui.bench.journal import measured
from ld_tui.bench.paper import WIDE, Outputs, check_plots, draw_sheet
from ld_tui.bench.pool import in_processes
from ld_tui.bench.progress import Report, kept_line, reporting
from ld_tui.bench.starts import FILE, benchmark_starts
from ld_tui.bench.summary import estimate
from ld_tui.bench.tables import Tables
from ld_tui.errors import UsageError
from ld_tui.game.emergencies import KINDS
from ld_tui.game.notation import format_position

GAMES = 100


@dataclass(frozen=True, slots=True)
class EmergencyOptions:
    """A benchmark of emergencies to be run."""

    authors: tuple[tuple[str, AuthorMaker | None], ...]
    """Names and makers; `none` and None for games in which nobody writes."""
    games: int = GAMES
    kinds: tuple[str, ...] = KINDS
    seed: int = 1
    k: int = 5
    workers: int = 1
    sources: Sources = field(default_factory=Sources)
    starts: tuple[str, ...] | None = None
    """Starts in notation; None: those of the benchmark."""
    starts_file: Path | None = None
    """Where those were read from."""


def emergency_command(options: EmergencyOptions, outputs: Outputs, command: str) -> int:
    """Play the suite; print tables, or JSON, and write a page of Markdown; return the status."""
    if not options.kinds or not options.authors:
        raise UsageError("nothing to play: name at least one emergency and one author")
    if outputs.plots is not None:
        check_plots()
    tasks = tasks_of(options)
    resources = Resources(options.sources)
    base = resources.functionbase()
    starts = options.starts_file or FILE
    what = measured("emergency", options.seed, options.k, starts, base, options.sources)
    journal = EmergencyJournal(outputs.resume, what)
    with reporting(outputs.progress) as report:
        head = {
            "suite": "emergency",
            "command": command,
            "measured": asdict(what),
            "journal": str(journal.path) if journal.path else None,
        }
        found = _play(options, tasks, journal, report, head)
        for notice in resources.notices:
            report.notice(notice)
    lines = tuple(summarize(found))
    if outputs.untimed:
        lines = tuple(replace(line, seconds=None) for line in lines)
    if outputs.json:
        print(json.dumps({"command": command, "rows": [asdict(line) for line in lines]}, indent=1))
    else:
        console = Console()
        for sheet in sheets(lines):
            console.print(draw_sheet(sheet, console.width >= WIDE))
        console.print(NOTES, markup=False, highlight=False)
    write_files(outputs, lines, command)
    return 0


def tasks_of(options: EmergencyOptions) -> list[Task]:
    """Return every game to be played. Raises UsageError for too many."""
    if options.starts is None:
        starts = [format_position(start) for start in benchmark_starts(options.games)]
    elif options.games > len(options.starts):
        raise UsageError(f"--games: there are {len(options.starts)} starts")
    else:
        starts = list(options.starts[: options.games])
    return [
        Task(kind, author, index, start, game_seed(options.seed, index))
        for kind in options.kinds
        for index, start in enumerate(starts)
        for author, _ in options.authors
    ]


def _play(
    options: EmergencyOptions,
    tasks: Sequence[Task],
    journal: EmergencyJournal,
    report: Report,
    head: Mapping[str, Any],
) -> list[Struck]:
    """Play what the journal doesn't hold yet and tell of each game; return all, in order."""

    def finished() -> list[Struck]:
        ended = (journal.find(task) for task in tasks)
        return [each.struck for each in ended if each is not None and each.struck is not None]

    def make() -> Tables:
        lines = tuple(summarize(finished()))
        return Tables(tuple(sheets(lines)), tuple(charts(lines)))

    todo = [task for task in tasks if journal.find(task) is None]
    report.begin(head, len(tasks), len(tasks) - len(todo), make)
    try:
        with heard_interrupts() as look:
            for task, struck in _each(options, todo):
                journal.add(Ended(task, struck))
                told: dict[str, Any] = {
                    "kind": task.kind, "author": task.author, "index": task.index
                }  # fmt: skip
                if struck is not None:
                    fields = ("won", "steps", "par", "illegal")
                    told |= {name: getattr(struck, name) for name in fields}
                report.game(f"{task.kind}, {task.author}", told, make)
                look()
    except KeyboardInterrupt:
        print(kept_line(journal.found, journal.path), file=sys.stderr)
        raise
    report.end(make)
    return finished()


def play_all(
    options: EmergencyOptions, tasks: Sequence[Task], done: Callable[[Task], None]
) -> list[Struck]:
    """Play games, in processes of their own where there are several; return them in order.

    The numbers are the same for a seed whatever the number of workers, timings excepted.
    """
    results = {}
    for task, struck in _each(options, tasks):
        results[task] = struck
        done(task)
    return [found for task in tasks if (found := results[task]) is not None]


def _each(options: EmergencyOptions, tasks: Sequence[Task]) -> Iterator[tuple[Task, Struck | None]]:
    """Yield games as they finish."""
    if options.workers > 1 and len(tasks) > 1:
        yield from in_processes(_one, tasks, options.workers, _begin, options)
        return
    _begin(options)
    try:
        for task in tasks:
            yield task, _one(task)
    finally:
        _end()


_open: dict[str, Resources] = {}
"""This process's parts, by author."""
_k: list[int] = []


def _begin(options: EmergencyOptions) -> None:
    _k[:] = [options.k]
    for name, maker in options.authors:
        _open[name] = Resources(replace(options.sources, author=maker))


def _end() -> None:
    for resources in _open.values():
        resources.close()
    _open.clear()


def _one(task: Task) -> Struck | None:
    return play_struck(task, _k[0], _open[task.author])


def summarize(found: Sequence[Struck]) -> Iterator[Line]:
    """Yield a line for each emergency and author, and at last for all emergencies together."""
    kinds = tuple(dict.fromkeys(each.task.kind for each in found))
    authors = tuple(dict.fromkeys(each.task.author for each in found))
    for kind in (*kinds, ALL):
        for author in authors:
            own = [
                each
                for each in found
                if each.task.author == author and kind in (each.task.kind, ALL)
            ]
            if own:
                yield _line(kind, author, own, found)


def _line(kind: str, author: str, own: Sequence[Struck], every: Sequence[Struck]) -> Line:
    without = {
        (each.task.kind, each.task.index): each.steps
        for each in every
        if each.task.author == NOBODY
    }
    gained = None
    pairs = [(each, without.get((each.task.kind, each.task.index))) for each in own]
    if author != NOBODY and all(steps is not None for _, steps in pairs):
        fewer = [float(steps - each.steps) for each, steps in pairs if steps is not None]
        gained = estimate([fewer], lambda mean: mean)
    picks = [pick for each in own for pick in each.picks]
    alone = [pick.picked for pick in picks if pick.alone]
    worse = [pick.picked for pick in picks if not pick.best]
    return Line(
        kind,
        author,
        len(own),
        sum(each.won for each in own),
        estimate([[each.steps - (each.par or 0) for each in own]], lambda mean: mean),
        gained,
        sum(each.illegal for each in own),
        sum(each.fallbacks for each in own),
        float(np.mean([each.recover for each in own])),
        float(np.mean([each.seconds for each in own])),
        float(np.mean([each.written for each in own])),
        _share(alone),
        len(alone),
        _share(worse),
        len(worse),
        _share([pick.follows for pick in picks if pick.follows is not None]),
        sum(each.stale for each in own) / max(1, sum(each.retrieved for each in own)),
    )


def _share(found: Sequence[bool]) -> float | None:
    return float(np.mean(found)) if found else None


def known_kinds(names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the emergencies named, all for None. Raises UsageError for one that doesn't exist."""
    for name in names or ():
        if name not in KINDS:
            raise UsageError(f"{name!r} is no emergency; there are {', '.join(KINDS)}")
    return tuple(names) if names else KINDS
