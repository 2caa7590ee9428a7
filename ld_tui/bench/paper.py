"""The `bench` command: play the suite, show progress on stderr, print and write what it says."""

import json
import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from ld_tui import paths
from ld_tui.arena.resources import Resources, Sources
from ld_tui.arena.study import BLAMES
from ld_tui.bench.games import Played, played_to_dict
from ld_tui.bench.journal import Journal, Measured, measured
from ld_tui.bench.progress import Report, kept_line, reporting
from ld_tui.bench.starts import FILE
from ld_tui.bench.suite import SuiteOptions, pairings, play_suite
from ld_tui.bench.summary import Row, RunningSummary, Summary, summarize, without_times
from ld_tui.bench.tables import Sheet, Tables, charts, headlines, markdown, rows_csv, sheets
from ld_tui.errors import UsageError, why

NOTES = (
    "Methods: *ld* is the agent as it ships; *ld-random*, *ld-first*: the same with --select "
    "random, first; *ld-oracle-k*, *ld-oracle*: the best by the tablebase selects, among the K "
    "retrieved and among all functions of the stage; a function: always that one, the S-LLM "
    "selects in the later stages; *kd*: a model of the S-LLM's architecture, taught moves.\n\n"
    "Success: blue captured, or orange was not captured, within the step limit; a game that blue "
    "didn't win counts the step limit. *against ld*: steps more than ld took (as orange: held "
    "out) from the same start. In brackets: 95 % bootstrap intervals (percentile, 10,000 "
    "resamples of the starts). ms: median of a decision, other work on the machine included. "
    "tokens: what a language model read and wrote, a decision; what is reused from the decision "
    "before counts too.\n\n"
    "*llm:MODEL*: a language model that is asked for moves itself, no function in between; "
    "*ld@MODEL*: the agent with another S-LLM."
)
WIDE = 110
"""Columns of a terminal from which an interval stands beside its mean, not below it."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is made of the games beside the tables on the screen."""

    json: bool = False
    """One JSON object on stdout in place of the tables."""
    csv: Path | None = None
    markdown: Path | None = None
    plots: Path | None = None
    """Folder for SVG and PNG files."""
    resume: Path | None = None
    """File of finished games: read where there is one, and added to after every game; of a folder,
    the file in it that is named after what is measured."""
    progress: str = "bar"
    """How it is told how far it is; see progress.py."""
    untimed: bool = False
    """Without times, so that the same options give the same bytes."""


def bench_command(options: SuiteOptions, outputs: Outputs, suite: str = "paper") -> int:
    """Play the suite and write everything asked for; return the exit status.

    Raises UsageError, SaveError, and what
    loading the players' parts raises, before any game is played where that can be.
    """
    if outputs.plots is not None:
        check_plots()
    resources = Resources(options.sources)
    command = command_line(options, suite)
    try:
        base = resources.functionbase()
        wanted = pairings(options, base)
        starts = options.starts_file or FILE
        what = measured(suite, options.seed, options.k, starts, base, options.sources)
        journal = Journal(outputs.resume, what)
        with reporting(outputs.progress) as report:
            head = {
                "suite": suite,
                "command": command,
                "measured": asdict(what),
                "journal": str(journal.path) if journal.path else None,
                "pairings": [asdict(each) for each in wanted],
            }
            played = _play(options, journal, resources, report, head)
            for notice in resources.notices:
                report.notice(notice)
    finally:
        resources.close()
    summary = summarize(played)
    if outputs.untimed:
        summary, played = without_times(summary), [replace(each, ms=()) for each in played]
    _tell(outputs, options, what, summary, played, command)
    return 0


def command_line(options: SuiteOptions, suite: str) -> str:
    """Return the command that gives these numbers again, whatever is left at its default."""
    usual = SuiteOptions()
    words = [f"ld-tui bench --suite {suite} --games {options.games}"]
    for name in ("sides", "methods", "opponents"):
        if (value := getattr(options, name)) != getattr(usual, name):
            words.append(f"--{name} {shlex.quote(','.join(value))}")
    for name, flag in (("seed", "--seed"), ("k", "-k")):
        if (value := getattr(options, name)) != getattr(usual, name):
            words.append(f"{flag} {value}")
    words += given_words(options.starts_file, options.sources)
    return " ".join(words)


def given_words(starts: Path | None, sources: Sources) -> list[str]:
    """Return the options that name the starts and the agent's parts, where they aren't ours."""
    names = ("functionbase", "model", "embedder")
    given = {"starts": starts, **{name: getattr(sources, name) for name in names}}
    return [
        f"--{name} {shlex.quote(str(value))}" for name, value in given.items() if value is not None
    ]


def check_plots() -> None:
    """Raise UsageError where plots can't be drawn here."""
    from ld_tui.bench.plots import check_library

    check_library()


def _play(
    options: SuiteOptions,
    journal: Journal,
    resources: Resources,
    report: Report,
    head: Mapping[str, Any],
) -> list[Played]:
    """Play all games and tell of each."""
    wanted = pairings(options, resources.functionbase())
    running = RunningSummary(journal.all_of(wanted, options.games), wanted)

    def make() -> Tables:
        summary = running.summary()
        return Tables(tuple(sheets(summary, options.k)), tuple(charts(summary.rows)))

    def total(count: int, finished: int) -> None:
        report.begin(head, count, finished, make)

    def done(played: Played) -> None:
        running.add(played)
        pairing = played.pairing
        label = f"{pairing.side} {pairing.method} against {pairing.opponent}"
        fields = ("index", "won", "steps", "par", "illegal")
        told = {**asdict(pairing), **{name: getattr(played, name) for name in fields}}
        report.game(label, told, make)

    try:
        played = play_suite(options, journal, resources, total, done, report.solving)
    except KeyboardInterrupt:
        print(kept_line(journal.found, journal.path), file=sys.stderr)
        raise
    report.end(make)
    return played


def _tell(
    outputs: Outputs,
    options: SuiteOptions,
    what: Measured,
    summary: Summary,
    played: Sequence[Played],
    command: str,
) -> None:
    found = tuple(sheets(summary, options.k))
    if outputs.json:
        print(json.dumps(result_dict(what, summary, played, command), indent=1))
    else:
        console = Console()
        for sheet in found:
            console.print(draw_sheet(sheet, console.width >= WIDE))
        console.print(NOTES.replace("*", ""), markup=False, highlight=False)

    def draw(folder: Path) -> list[Path]:
        from ld_tui.bench.plots import write_plots

        return write_plots(folder, summary.rows)

    write_files(
        outputs,
        draw,
        lambda: rows_csv(summary.rows),
        lambda plots: page(summary, what, command, plots, options.starts_file),
    )


def write_files(
    outputs: Outputs,
    draw: Callable[[Path], Sequence[Path]],
    csv: Callable[[], str],
    page: Callable[[Sequence[str]], str],
) -> None:
    """Write what was asked for. Raises UsageError where that can't be.

    `draw` makes the plots in a folder and returns their files; `page` takes those that a page of
    Markdown shows, as seen from it.
    """
    drawn = draw(outputs.plots) if outputs.plots is not None else ()
    place = outputs.csv
    try:
        if outputs.csv is not None:
            paths.atomic_write(outputs.csv, csv())
        if outputs.markdown is not None:
            place = outputs.markdown
            beside = place.parent
            shown = [os.path.relpath(each, beside) for each in drawn if each.suffix == ".svg"]
            paths.atomic_write(outputs.markdown, page(shown))
    except OSError as error:
        raise UsageError(f"{place}: can't be written: {why(error)}") from error


def page(
    summary: Summary,
    what: Measured,
    command: str,
    plots: Sequence[str] = (),
    starts: Path | None = None,
) -> str:
    """Return everything as a page of Markdown that says how it was made.

    `plots` are images to show in it, as paths seen from the page. `starts`: the file of other
    starts than the benchmark's.
    """
    from_where = (
        f"on the open 10x10 board, from the starts in `ld_tui/bench/{FILE.name}`. None of them, "
        "whichever way turned or mirrored, is among the states that the shipped S-LLM, "
        "retriever and KD were trained on."
    )
    if starts is not None:
        from_where = f"from the starts in `{starts}`."
    pictures = "".join(f"\n![{Path(each).stem.replace('-', ' ')}]({each})\n" for each in plots)
    blames = "\n".join(f"- *{name}*: {meaning}" for name, meaning in BLAMES.items())
    return (
        f"# Results\n\nMeasured and written by\n\n```sh\n{command} --markdown FILE\n```\n\n"
        f"{from_where} Seed {what.seed}, "
        f"K {what.k}; starts {what.starts}, function base "
        f"{what.functionbase}, S-LLM {what.model}, retriever {what.embedder}, KD {what.kd} "
        f"(the first digits of their SHA-256).\n\n{NOTES}\n\n## In short\n\n"
        + "".join(f"- {line}\n" for line in headlines(summary))
        + '\n"Ahead", "behind": the paired interval of the difference in steps excludes 0.\n\n'
        f"## Tables\n\n{markdown(sheets(summary, what.k))}\n"
        f"A lost step is the fault of\n\n{blames}\n"
        + (f"\n## Plots\n{pictures}" if pictures else "")
    )


def result_dict(
    what: Measured, summary: Summary, played: Sequence[Played], command: str
) -> dict[str, Any]:
    """Return what `bench --json` prints."""
    return {
        "command": command,
        "measured": asdict(what),
        "methods": [_row_dict(row) for row in summary.rows],
        "stages": [asdict(row) for row in summary.stages],
        "blame": [asdict(row) for row in summary.blames],
        "games": [
            {key: value for key, value in played_to_dict(each).items() if key != "stages"}
            for each in played
        ],
    }


def _row_dict(row: Row) -> dict[str, Any]:
    data = asdict(row)
    return {**data.pop("pairing"), **data}


def draw_sheet(sheet: Sheet, wide: bool) -> Table:
    """Draw a table; in a narrow terminal the intervals stand below their means."""
    padding = (0, 1) if wide else (0, 0)
    grid = Table(title=sheet.title, title_justify="left", box=box.SIMPLE_HEAD, padding=padding)
    for at, name in enumerate(sheet.columns):
        words = at < sheet.texts
        head = name if wide else name.replace("/", "\n/").replace("@", "\n@")
        grid.add_column(head, justify="left" if words else "right", no_wrap=words)
    for row in sheet.rows:
        grid.add_row(*(cell if wide else _narrow(cell) for cell in row))
    return grid


def _narrow(cell: str) -> str:
    return cell.replace(" [", "\n[").replace(", ", ",")
