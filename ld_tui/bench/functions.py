"""What each function of the base is worth, by the tablebase: `ld-tui functions value`.

In sampled states every chain of functions is run and each function is asked: how often is it
(among) the best of its stage, how often the only one, how many steps does it lose? And, since a
function that loses little in each state may still go round in circles: how does it play alone?
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich import box
from rich.console import Console, Group
from rich.table import Table as Grid

from ld_tui import paths
from ld_tui.arena.chains import Chains, Costs, move_costs
from ld_tui.bench.alone import Duels, Play
from ld_tui.bench.states import sample_states
from ld_tui.functionbase.store import FunctionBase, load
from ld_tui.game.rules import Position, Rules, Side
from ld_tui.game.starts import starts as random_starts
from ld_tui.sandbox.run import Sandbox
from ld_tui.tablebase.table import Table
from ld_tui.tablebase.tables import Tables

STARTS = 50
"""Games that a function plays alone."""


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """One function among those of its stage.

    All shares and means but `failed` are over the states in which the stage's functions differ.
    In a later stage those are states together with a best choice of the stages before.
    """

    name: str
    side: str
    stage: str
    best: float
    """The share in which no function does better."""
    nearly_only: float
    """The share in which it is best with at most one other."""
    only: float
    """The share in which it alone is best."""
    regret: float | None
    """Mean steps lost against the stage's best function; None where it never ran."""
    failed: float
    """The share of its calls that raised, took too long or gave nothing legal."""


@dataclass(frozen=True, slots=True)
class StageValue:
    """How much there is to choose in a stage."""

    side: str
    stage: str
    states: int
    decisive: float
    """The share of states in which the functions differ."""
    best_regret: float
    """Mean steps that even the best function loses against best play."""


@dataclass(frozen=True, slots=True)
class ValueReport:
    """What was measured, on one board."""

    size: int
    states: int
    """Of each side."""
    seed: int
    stages: tuple[StageValue, ...]
    functions: tuple[FunctionValue, ...]
    plays: tuple[Play, ...]


def value_command(
    folder: Path,
    states: int = 400,
    size: int = 10,
    seed: int = 1,
    as_json: bool = False,
    starts: int = STARTS,
) -> int:
    """Measure a function base and print the report; return the exit status.

    With `as_json` stdout holds one JSON object and nothing else.
    """
    console, errors = Console(), Console(stderr=True)
    base = load(folder)
    for problem in base.problems:
        errors.print(f"left out: {problem}", markup=False, highlight=False)
    with errors.status("solving the board") as status, Sandbox() as sandbox:
        tables = Tables(paths.cache_dir() / "tables")
        report = value_report(
            base, tables, sandbox, states, seed, size, starts, lambda what: status.update(what)
        )
    if as_json:
        print(json.dumps(asdict(report), indent=2))
    else:
        console.print(render(report))
    return 0


def value_report(
    base: FunctionBase,
    tables: Tables,
    sandbox: Sandbox,
    states: int = 2000,
    seed: int = 1,
    size: int = 10,
    starts: int = STARTS,
    tell: Callable[[str], None] = lambda what: None,
) -> ValueReport:
    """Measure every function of a base on an open board; the same seed gives the same report.

    `tell` hears what is being measured. Raises FunctionBaseError where a stage has no function.
    """
    rules = Rules(size=size)
    table = tables.for_rules(rules)
    chains = {side: Chains(base, side, sandbox) for side in Side}
    stages: list[StageValue] = []
    functions: list[FunctionValue] = []
    for side in Side:
        tell(f"running {side}'s functions in {states} states")
        positions = sample_states(chains, table, side, states, seed)
        chains[side].calls.clear()
        chains[side].failures.clear()
        of_stages, of_functions = measure(chains[side], table, positions)
        stages += of_stages
        functions += of_functions
    duels = Duels(table, random_starts(starts, seed, rules))
    plays = []
    for side in Side:
        tell(f"playing {side}'s functions against perfect play from {starts} starts")
        plays += [duels.play_functions(chains[side]), duels.play_greedy(side)]
        plays += [duels.play_functions(chains[side], at) for at in range(chains[side].counts[0])]
    return ValueReport(size, states, seed, tuple(stages), tuple(functions), tuple(plays))


def measure(
    chains: Chains, table: Table, positions: Sequence[Position]
) -> tuple[list[StageValue], list[FunctionValue]]:
    """Run every chain of a side in positions with that side to move, and value each stage."""
    costs = move_costs(table, positions, chains.moves(positions))
    par = np.array([_par(table, position) for position in positions])
    stages, functions = [], []
    for at, (stage, rows) in enumerate(zip(chains.stages, _by_stage(costs), strict=True)):
        ran = np.isfinite(rows.min(axis=1))
        rows = rows[ran]
        differ = rows.max(axis=1) > rows.min(axis=1)
        stages.append(
            StageValue(
                str(chains.side),
                stage.name,
                len(rows),
                _share(differ),
                _mean(costs.reshape(len(costs), -1).min(axis=1) - par) or 0.0,
            )
        )
        some = rows[differ]
        lost = some - some.min(axis=1, keepdims=True)
        best = lost == 0
        rivals = best.sum(axis=1, keepdims=True)
        for column, manual in enumerate(chains.manuals[at]):
            calls = chains.calls[manual.name]
            functions.append(
                FunctionValue(
                    manual.name,
                    str(chains.side),
                    stage.name,
                    best=_share(best[:, column]),
                    nearly_only=_share((best & (rivals <= 2))[:, column]),
                    only=_share((best & (rivals == 1))[:, column]),
                    regret=_mean(lost[:, column]),
                    failed=chains.failures[manual.name] / calls if calls else 0.0,
                )
            )
    return stages, functions


def render(report: ValueReport) -> Group:
    """Return the report as tables to print."""
    board = f"{report.size}x{report.size} board"
    values = _grid(
        f"{board}, {report.states} states a side, seed {report.seed}; in % of the states in which "
        "the stage's functions differ",
        ("function", "best", "best of 2", "only best", "regret", "failed"),
    )
    for stage in report.stages:
        values.add_row(
            f"[bold]{stage.side} {stage.stage}[/bold], differ in {_percent(stage.decisive)}",
            *[""] * 3,
            f"[bold]{stage.best_regret:.3f}[/bold]",
        )
        for each in report.functions:
            if (each.side, each.stage) == (stage.side, stage.stage):
                values.add_row(
                    f"  {each.name}",
                    *map(_percent, (each.best, each.nearly_only, each.only)),
                    "-" if each.regret is None else f"{each.regret:.2f}",
                    _percent(each.failed) if each.failed else "",
                )
    plays = _grid(
        f"{board}, games against perfect play: steps over par with the best function of each later "
        "stage, and with one and the same",
        ("side", "plays", "captured", "steps/par", "the same"),
    )
    for play in report.plays:
        plays.add_row(
            play.side,
            play.who,
            _percent(play.captured),
            f"{play.ratio:.3f}",
            "" if play.fixed is None else f"{play.fixed:.3f}",
        )
    return Group(values, plays)


def _by_stage(costs: Costs) -> Iterator[Costs]:
    """Yield for each stage a row of its functions' costs [rows, functions].

    A function's cost is that with the best functions after it. In a later stage there is a row
    for every best choice of the stages before.
    """
    best = costs.reshape(len(costs), -1).min(axis=1)
    for stage in range(1, costs.ndim):
        here = costs.min(axis=tuple(range(stage + 1, costs.ndim)))  # [n, stage 1, ..., stage]
        reached = here.min(axis=-1)  # [n, stage 1, ..., the stage before]
        worth = reached == best.reshape(-1, *[1] * (reached.ndim - 1))
        yield here[worth]


def _par(table: Table, position: Position) -> int:
    """Return what best play costs the side to move; see `move_costs`."""
    value = table.value(position)
    steps = position.rules.max_steps if value is None else value
    return steps if position.to_move is Side.BLUE else -steps


def _share(where: npt.NDArray[np.bool_]) -> float:
    return float(where.mean()) if where.size else 0.0


def _mean(lost: Costs) -> float | None:
    finite = lost[np.isfinite(lost)]
    return float(finite.mean()) if finite.size else None


def _grid(title: str, names: Sequence[str]) -> Grid:
    grid = Grid(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in names:
        left = name in ("function", "side", "plays")
        grid.add_column(name, justify="left" if left else "right", no_wrap=True)
    return grid


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
