"""The command line: parse, then call one function. Everything heavy is imported by the command.

Exit status: 0 done, 1 a check failed, 2 wrong usage, 3-5 as `errors.py` says, 130 interrupted.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ld_tui import __version__, paths
from ld_tui.cli_access import add_doctor, add_plain, check_plain, open_plain
from ld_tui.cli_author import add_author_command
from ld_tui.cli_bench import add_bench
from ld_tui.cli_config import add_config, add_settings, settle
from ld_tui.cli_export import add_export, add_serve
from ld_tui.cli_functions import add_editing
from ld_tui.cli_levels import add_play, add_strength, mode_of, play_options, strength_from
from ld_tui.cli_options import (
    add_author,
    add_folders,
    add_map,
    add_seed,
    add_selection,
    add_size,
    check_paths,
    check_terminal,
    engine_line,
    engine_options,
    sources_of,
    whole,
)
from ld_tui.cli_replay import add_replay, add_series, series_of
from ld_tui.errors import LdTuiError, UsageError

EPILOG = "Without a command the start screen opens. `ld-tui COMMAND --help` tells more."


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit status; print a one-line message where it fails."""
    options = build_parser().parse_args(argv)
    try:
        status: int = options.run(options)
        return status
    except LdTuiError as error:
        print(f"ld-tui: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130


class _Parser(argparse.ArgumentParser):
    """A parser that itself refuses what it doesn't know: the usage shown is the command's own."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    parser: argparse.ArgumentParser = _Parser(
        prog="ld-tui",
        description="Play against, watch and reshape a small language model that thinks in "
        "functions (Logic Distillation).",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"ld-tui {__version__}")
    parser.set_defaults(run=_play, mode="start", size=10, seed=None, **_DEFAULTS)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _play_parsers(commands)
    _match_parser(commands)
    add_bench(commands)
    _analyze_parser(commands)
    _functions_parser(commands)
    add_author_command(commands)
    add_replay(commands)
    add_export(commands)
    add_serve(commands)
    _engine_parser(commands)
    add_doctor(commands)
    add_config(commands)
    return parser


_Commands = argparse._SubParsersAction
_DEFAULTS: dict[str, str | None] = {
    **dict.fromkeys(("functionbase", "saves", "model", "embedder")),
    "author": "composer",
}


def _play_parsers(commands: "_Commands[argparse.ArgumentParser]") -> None:
    for name, mode, summary in (
        ("play", None, "play a game against the LD agent"),
        ("watch", "watch", "watch the LD agent play both sides"),
        ("resume", "resume", "go on with the latest unfinished game"),
    ):
        command = commands.add_parser(
            name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
        )
        if mode is None:
            command.add_argument(
                "--side",
                dest="mode",
                choices=("blue", "orange", "random"),
                default="start",
                help="the side you play (default: ask on the start screen)",
            )
            command.set_defaults(asks_side=True)
            add_play(command)
        else:
            command.set_defaults(mode=mode)
        if mode != "resume":
            add_strength(command)
            add_size(command)
            add_map(command)
            add_seed(command, None)
        if name == "watch":
            add_series(command)
        add_folders(command, "functionbase", "saves", "model", "embedder")
        add_author(command)
        add_plain(command, name)
        add_settings(command)
        command.set_defaults(run=_play)


def _match_parser(commands: "_Commands[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "match",
        help="play games between programs, without a screen",
        description="Play games between programs and print the results. Players: ld, perfect "
        "(the tablebase), greedy, random, kd (a model as small as the S-LLM that answers with "
        "moves), and any language model that is asked for moves: llm:FILE (GGUF) or llm:URL "
        "(OpenAI-compatible).",
    )
    for side, default in (("blue", "ld"), ("orange", "perfect")):
        command.add_argument(
            f"--{side}", default=default, metavar="PLAYER", help=f"default: {default}"
        )
    command.add_argument("--games", type=whole(1, 1_000_000), default=20, help="default: 20")
    add_size(command)
    add_map(command)
    add_seed(command, 1)
    command.add_argument(
        "--starts",
        type=Path,
        help="a file of positions to start from, one a line, instead of --games, --size and --map",
    )
    add_selection(command)
    add_strength(command)
    command.add_argument("--json", action="store_true", help="results as JSON on standard output")
    command.add_argument(
        "--saves", type=Path, help="save each game there after every turn (default: nowhere)"
    )
    command.add_argument(
        "--resume", action="store_true", help="with --saves: finish what a killed match left"
    )
    command.add_argument("--workers", type=whole(1, 64), default=1, help="processes (default: 1)")
    command.add_argument(
        "--emergencies",
        metavar="KIND@STEP,...",
        help="what strikes when, such as storm@5,roadblock@8 (roadblock, jam, sprint, fog, storm), "
        "or random",
    )
    command.add_argument(
        "--events", action="store_true", help="every event as a line of JSON, as it happens"
    )
    add_author(command)
    add_folders(command, "functionbase", "model", "embedder")
    command.set_defaults(run=_match)


def _analyze_parser(commands: "_Commands[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "analyze",
        help="print a position's exact value and every move's regret",
        description="Print the exact value of a position (steps to capture under best play of "
        "both) and every legal move with its value and regret, best first. The rules in force "
        "count as if they stood for ever.",
    )
    command.add_argument("position", help="in notation: '10 a1,c4,h8 f5 b 0 0,0 -'")
    command.add_argument("--json", action="store_true", help="JSON on standard output")
    command.set_defaults(run=_analyze)


def _functions_parser(commands: "_Commands[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "functions",
        help="look into and edit the function base: list, show, check, search, value, effect, "
        "usage, reindex, edit, new, history, diff, restore, disable, enable, delete",
        description="Look into the function base, and edit it.",
    )
    verbs = command.add_subparsers(title="verbs", metavar="VERB", required=True)

    def verb(name: str, summary: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(
            name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
        )
        add_folders(made, "functionbase")
        made.set_defaults(run=_functions, verb=name)
        return made

    verb("list", "list every function with its summary")
    verb("show", "print one manual as it is written").add_argument("name")
    check = verb("check", "check manuals as a save in the editor would")
    check.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    search = verb("search", "find functions by meaning, with the retriever itself")
    search.add_argument("text")
    search.add_argument("-k", type=whole(1, 1_000_000), default=5, help="how many (default: 5)")
    add_folders(search, "embedder")
    value = verb("value", "measure each function against the tablebase over sampled states")
    value.add_argument("--states", type=whole(1, 1_000_000), default=400, help="default: 400")
    add_size(value)
    add_seed(value, 1)
    value.add_argument("--json", action="store_true", help="JSON on standard output")
    effect = verb("effect", "see what other words for a manual would do to choices and play")
    effect.add_argument("name")
    effect.add_argument("--when", help="new words for when to use it")
    effect.add_argument("--summary", help="new words for what it does")
    effect.add_argument("--states", type=whole(1, 1_000_000), default=200, help="default: 200")
    effect.add_argument("--games", type=whole(0, 200), default=10, help="default: 10")
    effect.add_argument("--json", action="store_true", help="JSON on standard output")
    add_folders(effect, "model", "embedder", "saves")
    add_folders(verb("reindex", "build the index anew"), "embedder")
    add_editing(verb)


def _engine_parser(commands: "_Commands[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "engine",
        help="speak the engine protocol (JSON lines) on standard input and output",
        description="Speak the engine protocol, JSON lines on standard input and output; see "
        "docs/engine-protocol.md.",
    )
    add_folders(command, "functionbase", "model", "embedder")
    add_author(command)
    command.set_defaults(run=_engine)


def _play(options: argparse.Namespace) -> int:
    from ld_tui.game.maps import read_map

    plain = check_plain(options)
    config = settle(options)
    check_paths(options)
    map_name, size = options.map, options.size
    if map_name is not None:
        read_map(map_name, size)
    options.mode = mode_of(options)
    if plain:
        for problem in config.problems:
            print(f"ld-tui: {problem}", file=sys.stderr)
        return open_plain(options, engine_options(options), strength_from(options).settings())
    check_terminal("--plain plays in lines, `ld-tui match` by itself")
    from ld_tui.tui.leaving import leave
    from ld_tui.tui.open import main as open_screen

    status = open_screen(
        mode=options.mode,
        size=size,
        seed=getattr(options, "seed", None),
        saves=options.saves or paths.saves_dir(),
        engine_command=engine_line(options),
        functionbase=options.functionbase,
        map_name=map_name,
        config=config,
        series=series_of(options),
        **play_options(options),
    )
    return leave(status)


def _match(options: argparse.Namespace) -> int:
    from ld_tui.arena.match import MatchOptions
    from ld_tui.arena.report import match_command

    if options.resume and options.saves is None:
        raise UsageError("--resume goes on with saved games; say where they are: --saves DIR")
    match = MatchOptions(
        blue=options.blue,
        orange=options.orange,
        games=options.games,
        size=options.size,
        map=options.map,
        seed=options.seed,
        starts=options.starts,
        select=options.select,
        strength=strength_from(options),
        saves=options.saves,
        resume=options.resume,
        workers=options.workers,
        emergencies=options.emergencies,
        sources=sources_of(options),
    )
    return match_command(match, options.json, options.events)


def _analyze(options: argparse.Namespace) -> int:
    from ld_tui.arena.analyze import analyze_command

    return analyze_command(options.position, options.json)


def _functions(options: argparse.Namespace) -> int:
    folder = options.functionbase or paths.functionbase_dir()
    if options.verb == "value":
        from ld_tui.bench.functions import value_command

        return value_command(
            folder,
            states=options.states,
            size=options.size,
            seed=options.seed,
            as_json=options.json,
        )
    if options.verb == "effect":
        if not (options.when or options.summary):
            raise UsageError("say the other words: --when TEXT, --summary TEXT, or both")
        from ld_tui.bench.effect import effect_command

        words = (options.name, options.when, options.summary)
        numbers = (options.states, options.games, options.json)
        return effect_command(sources_of(options), *words, options.saves, *numbers)
    from ld_tui.authoring import commands

    match options.verb:
        case "list":
            return commands.list_functions(folder)
        case "show":
            return commands.show_function(folder, options.name)
        case "check":
            return commands.check_functions(folder, options.names)
        case "search":
            return commands.search_functions(folder, options.text, options.k, options.embedder)
        case _:
            return commands.reindex(folder, options.embedder)


def _engine(options: argparse.Namespace) -> int:
    from ld_tui.engine.server import serve_command

    return serve_command(sources_of(options))
