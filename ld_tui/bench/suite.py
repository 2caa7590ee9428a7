"""The paper's experiment: every method, on both sides, from the same starts; played and kept.

It plays and reports progress; what the games say is for `summary.py`, how it looks for `report.py`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ld_tui.arena.resources import Progress, Resources, Sources
from ld_tui.arena.roster import ALONE, CORE, FUNCTIONS, OPPONENTS
from ld_tui.bench.games import Pairing, Played, Task, play_task, tasks_of
from ld_tui.bench.interrupts import heard_interrupts
from ld_tui.bench.journal import Journal
from ld_tui.bench.methods import Cast, methods_of
from ld_tui.bench.pool import in_processes
from ld_tui.bench.starts import COUNT, benchmark_starts
from ld_tui.errors import UsageError
from ld_tui.functionbase.store import FunctionBase
from ld_tui.game.notation import format_position, parse_position
from ld_tui.game.rules import Side

SUITES = ("paper",)


@dataclass(frozen=True, slots=True)
class SuiteOptions:
    """A benchmark to be run."""

    games: int = COUNT
    """Starts that every pairing is played from."""
    methods: tuple[str, ...] | None = None
    """None: all, the single functions against the first opponent only."""
    opponents: tuple[str, ...] = OPPONENTS
    sides: tuple[Side, ...] = (Side.BLUE, Side.ORANGE)
    seed: int = 1
    k: int = 5
    """Candidates K of the agent."""
    workers: int = 1
    """Processes that play games."""
    sources: Sources = field(default_factory=Sources)
    starts: tuple[str, ...] | None = None
    """Starts in notation; None: those of the benchmark."""
    starts_file: Path | None = None
    """Where those were read from."""

    def positions(self) -> tuple[str, ...]:
        """Return the starts in notation. Raises UsageError where there are fewer than `games`."""
        if self.starts is not None:
            if self.games > len(self.starts):
                raise UsageError(f"--games: there are {len(self.starts)} starts")
            return self.starts[: self.games]
        return tuple(map(format_position, benchmark_starts(self.games)))


def parse_sides(names: Sequence[str]) -> tuple[Side, ...]:
    """Return the sides named. Raises UsageError for a name of none, or no name at all."""
    for name in names:
        if name not in (*Side,):
            raise UsageError(f"{name!r} is no side; there are {', '.join(Side)}")
    found = tuple(dict.fromkeys(map(Side, names)))
    if not found:
        raise UsageError("--sides has to name blue, orange or both")
    return found


def pairings(options: SuiteOptions, base: FunctionBase) -> tuple[Pairing, ...]:
    """Return who plays whom, in the order of tables. Raises UsageError for unknown names."""
    for opponent in options.opponents:
        if opponent not in ALONE:
            raise UsageError(f"{opponent!r} is no opponent; there are {', '.join(ALONE)}")
    found = []
    for side in options.sides:
        for opponent in options.opponents:
            wanted = options.methods
            if wanted is None:
                first = opponent == options.opponents[0]
                wanted = (*CORE, FUNCTIONS) if first else CORE
            found += [Pairing(side, name, opponent) for name in methods_of(wanted, base, side)]
    if not found:
        raise UsageError("no game to play: none of the methods plays any of the sides")
    return tuple(found)


def play_suite(
    options: SuiteOptions,
    journal: Journal,
    resources: Resources,
    total: Callable[[int, int], None],
    done: Callable[[Played], None],
    solving: Progress | None = None,
) -> list[Played]:
    """Play what the journal doesn't hold yet; return all games in the order of pairings.

    The numbers are the same for the same seed whatever the number of workers, timings excepted.
    `total` is told once how many games there are, and how many of them are finished already.
    """
    wanted = pairings(options, resources.functionbase())
    starts = options.positions()
    tasks = [task for pairing in wanted for task in tasks_of(pairing, starts, options.seed)]
    todo = [task for task in tasks if journal.get(task.pairing, task.index) is None]
    total(len(tasks), len(tasks) - len(todo))
    play = _in_processes if options.workers > 1 and len(todo) > 1 else _here
    with heard_interrupts() as look:
        if todo:
            resources.table(parse_position(starts[0]), solving)
            _check_par(starts if options.starts else (), resources)
        for played in play(todo, options, resources):
            journal.add(played)
            done(played)
            look()
    return journal.all_of(wanted, len(starts))


def _check_par(starts: Sequence[str], resources: Resources) -> None:
    """Raise UsageError for a start without a par: nothing can be measured against it."""
    for number, start in enumerate(starts, 1):
        position = parse_position(start)
        par = resources.table(position).value(position)
        if par is None:
            raise UsageError(
                f"--starts: orange can escape for ever from position {number}, so that it has no "
                "par; leave it out"
            )
        if par == 0:
            raise UsageError(f"--starts: orange is captured in position {number}; leave it out")


def _here(tasks: Sequence[Task], options: SuiteOptions, resources: Resources) -> Iterator[Played]:
    cast = Cast(resources, options.k)
    return (play_task(task, cast) for task in tasks)


_worker: list[Cast] = []
"""This process's players, set by the pool's initializer."""


def _begin_worker(options: SuiteOptions) -> None:
    _worker[:] = [Cast(Resources(options.sources), options.k)]


def _play_in_worker(task: Task) -> Played:
    return play_task(task, _worker[0])


def _in_processes(
    tasks: Sequence[Task], options: SuiteOptions, resources: Resources
) -> Iterator[Played]:
    """Yield games as they finish."""
    finished = in_processes(_play_in_worker, tasks, options.workers, _begin_worker, options)
    return (played for _, played in finished)
