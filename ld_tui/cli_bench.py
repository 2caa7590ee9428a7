"""The `bench` command's options, and what it calls."""

import argparse
from pathlib import Path

from ld_tui.cli_options import add_folders, add_seed, names, sources_of, whole
from ld_tui.errors import UsageError


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
    for name, default, text in (
        ("sides", "blue,orange", "default: blue,orange"),
        ("methods", None, "default: all, functions against the first opponent only"),
        ("opponents", "perfect,ld,greedy", "default: perfect,ld,greedy"),
    ):
        command.add_argument(
            f"--{name}", type=names, default=default, metavar="NAME,...", help=text
        )
    add_seed(command, 1)
    command.add_argument("-k", type=whole(1, 8), default=5, help="candidates (default: 5)")
    command.add_argument("--workers", type=whole(1, 64), default=1, help="processes (default: 1)")
    for name, text in (
        ("resume", "finished games are kept there, and not played again"),
        ("csv", "the table of methods as CSV"),
        ("markdown", "the tables, with the command that made them"),
    ):
        command.add_argument(f"--{name}", type=Path, metavar="FILE", help=text)
    command.add_argument("--json", action="store_true", help="results as JSON on standard output")
    command.add_argument("--plots", type=Path, metavar="DIR", help="SVG, PNG; needs matplotlib")
    add_folders(command, "functionbase", "model", "embedder")
    command.set_defaults(run=_bench)


def _bench(options: argparse.Namespace) -> int:
    if options.suite == "emergency":
        return _bench_emergencies(options)
    from ld_tui.bench.paper import Outputs, bench_command
    from ld_tui.bench.suite import SuiteOptions, parse_sides

    names = ("methods", "opponents", "seed", "k", "workers")
    suite = SuiteOptions(
        games=options.games or SuiteOptions().games,
        sides=parse_sides(options.sides),
        sources=sources_of(options),
        **{name: getattr(options, name) for name in names},
    )
    files = ("json", "csv", "markdown", "plots", "resume")
    outputs = Outputs(**{name: getattr(options, name) for name in files})
    return bench_command(suite, outputs, options.suite)


def _bench_emergencies(options: argparse.Namespace) -> int:
    from ld_tui.authoring.author import author_maker
    from ld_tui.bench.emergency import GAMES, EmergencyOptions, emergency_command, known_kinds

    for name in ("methods", "csv", "plots", "resume"):
        if getattr(options, name) is not None:
            raise UsageError(f"--{name} is for --suite paper")
    authors = options.authors or ("none", "composer")
    suite = EmergencyOptions(
        authors=tuple((name, author_maker(name)) for name in authors),
        games=options.games or GAMES,
        kinds=known_kinds(options.kinds),
        seed=options.seed,
        k=options.k,
        workers=options.workers,
        sources=sources_of(options),
    )
    words = ["ld-tui bench --suite emergency", f"--games {suite.games}"]
    words += [
        f"--{name} {','.join(given)}"
        for name in ("kinds", "authors")
        if (given := getattr(options, name))
    ]
    return emergency_command(suite, options.json, options.markdown, " ".join(words))
