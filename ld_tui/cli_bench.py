"""The `bench` command's options, and what it calls."""

import argparse
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ld_tui.cli_options import (
    add_folders,
    add_seed,
    check_paths,
    check_terminal,
    names,
    sources_of,
    whole,
)
from ld_tui.errors import UsageError

if TYPE_CHECKING:
    from ld_tui.bench.paper import Outputs


_OF_SUITE = {"paper": ("sides", "methods", "opponents"), "emergency": ("kinds", "authors")}
_USUAL = {"sides": ("blue", "orange"), "opponents": ("perfect", "ld", "greedy")}


def add_bench(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    command = commands.add_parser(
        "bench",
        help="measure the LD agent beside other methods, as the paper did",
        description="Play every method from the same starts on both sides; print success, steps "
        "over par, and whose fault each lost step was. Methods: ld, ld-random, ld-first, "
        "ld-oracle-k, ld-oracle, greedy, random, perfect, kd, functions (each), or one by name; "
        "and any language model by GGUF file or URL: ld@MODEL selects, llm:MODEL is asked for "
        "moves.",
    )
    command.add_argument(
        "--suite",
        choices=("paper", "emergency"),
        default="paper",
        help="paper, or emergency: what functions written live are worth (default: paper)",
    )
    command.add_argument(
        "--games", type=whole(1, 1_000_000), help="starts (default: 200; emergency: 100)"
    )
    for name, text in (
        ("kinds", "of emergency: roadblock, jam, sprint, fog, storm (default: all)"),
        ("authors", "of emergency (default: none,composer)"),
    ):
        command.add_argument(f"--{name}", type=names, metavar="NAME,...", help=text)
    for name, text in (
        ("sides", f"default: {','.join(_USUAL['sides'])}"),
        ("methods", "default: all, functions against the first opponent only"),
        ("opponents", f"default: {','.join(_USUAL['opponents'])}"),
    ):
        command.add_argument(f"--{name}", type=names, metavar="NAME,...", help=text)
    add_seed(command, 1)
    command.add_argument("-k", type=whole(1, 8), default=5, help="candidates (default: 5)")
    command.add_argument("--workers", type=whole(1, 64), default=1, help="processes (default: 1)")
    for name, text in (
        ("starts", "positions to start from, one a line, instead of the benchmark's"),
        ("resume", "finished games are kept there, and not played again; or a folder of such"),
        ("csv", "the table of methods, or of emergencies, as CSV"),
        ("markdown", "the tables, with the command that made them"),
    ):
        command.add_argument(f"--{name}", type=Path, metavar="FILE", help=text)
    command.add_argument("--json", action="store_true", help="results as JSON on standard output")
    command.add_argument("--plots", type=Path, metavar="DIR", help="SVG, PNG; needs matplotlib")
    command.add_argument(
        "--screen", action="store_true", help="open the benchmark screen with these options"
    )
    command.add_argument(
        "--progress",
        choices=("bar", "json"),
        default="bar",
        help="how it is told, on standard error, how far it is: a bar, or every event as a line of "
        "JSON with the tables so far (default: bar)",
    )
    command.add_argument(
        "--untimed",
        action="store_true",
        help="leave times out of what is written: the same options then give the same bytes",
    )
    add_folders(command, "functionbase", "model", "embedder")
    command.set_defaults(run=_bench)


def _bench(options: argparse.Namespace) -> int:
    if not options.screen:
        _check_suite(options)
    for name, value in _USUAL.items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.screen:
        return _screen(options)
    if options.suite == "emergency":
        return _bench_emergencies(options)
    from ld_tui.bench.paper import bench_command
    from ld_tui.bench.suite import SuiteOptions, parse_sides

    names = ("methods", "opponents", "seed", "k", "workers")
    starts = _starts(options)
    usual = SuiteOptions().games if starts is None else len(starts)
    suite = SuiteOptions(
        games=options.games or usual,
        sides=parse_sides(options.sides),
        # Functions written in the midst of a game would be another player than the base's.
        sources=replace(sources_of(options), author=None),
        starts=starts,
        starts_file=options.starts,
        **{name: getattr(options, name) for name in names},
    )
    return bench_command(suite, _outputs(options), options.suite)


def _check_suite(options: argparse.Namespace) -> None:
    """Raise UsageError for an option that the suite has no use for."""
    for suite, lists in _OF_SUITE.items():
        for name in lists:
            if suite != options.suite and getattr(options, name) is not None:
                raise UsageError(f"--{name} is for --suite {suite}")


def _bench_emergencies(options: argparse.Namespace) -> int:
    from ld_tui.authoring.author import author_maker
    from ld_tui.bench.emergency import GAMES, EmergencyOptions, emergency_command, known_kinds
    from ld_tui.bench.paper import given_words

    authors = options.authors or ("none", "composer")
    starts = _starts(options)
    usual = GAMES if starts is None else min(GAMES, len(starts))
    suite = EmergencyOptions(
        authors=tuple((name, author_maker(name)) for name in authors),
        games=options.games or usual,
        kinds=known_kinds(options.kinds),
        seed=options.seed,
        k=options.k,
        workers=options.workers,
        sources=sources_of(options),
        starts=starts,
        starts_file=options.starts,
    )
    words = ["ld-tui bench --suite emergency", f"--games {suite.games}"]
    words += [
        f"--{name} {shlex.quote(','.join(given))}"
        for name in ("kinds", "authors")
        if (given := getattr(options, name))
    ]
    if suite.seed != EmergencyOptions(()).seed:
        words.append(f"--seed {suite.seed}")
    if suite.k != EmergencyOptions(()).k:
        words.append(f"-k {suite.k}")
    words += given_words(suite.starts_file, suite.sources)
    return emergency_command(suite, _outputs(options), " ".join(words))


def _screen(options: argparse.Namespace) -> int:
    from ld_tui.tui.open import main as open_screen

    check_paths(options)
    for name in ("csv", "markdown", "plots", "resume"):
        if getattr(options, name) is not None:
            raise UsageError(f"--{name} isn't for --screen, which keeps and writes files itself")
    check_terminal("`ld-tui bench` runs without one")
    lists = ("sides", "methods", "opponents", "kinds", "authors")
    files = ("functionbase", "model", "embedder", "starts")
    given = {name: getattr(options, name) for name in ("suite", "games", "seed", "k", "workers")}
    if options.games is None and (starts := _starts(options)) is not None:
        given["games"] = len(starts)
    given |= {name: getattr(options, name) for name in lists}
    given |= {name: str(path) for name in files if (path := getattr(options, name)) is not None}
    return open_screen(mode="bench", bench={**given, "untimed": options.untimed})


def _outputs(options: argparse.Namespace) -> "Outputs":
    from ld_tui.bench.paper import Outputs

    names = ("json", "csv", "markdown", "plots", "resume", "progress", "untimed")
    return Outputs(**{name: getattr(options, name) for name in names})


def _starts(options: argparse.Namespace) -> tuple[str, ...] | None:
    """Return the starts that `--starts` names; None: those of the benchmark."""
    if options.starts is None:
        return None
    from ld_tui.arena.match import read_starts
    from ld_tui.game.notation import format_position

    return tuple(map(format_position, read_starts(options.starts)))
