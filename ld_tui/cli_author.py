"""The `author` command's options, and what it calls."""

import argparse
from pathlib import Path

from ld_tui.cli_options import add_folders, add_seed, whole
from ld_tui.game.board import MAX_SIZE, MIN_SIZE
from ld_tui.game.maps import map_names


def add_author_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    command = commands.add_parser(
        "author",
        help="have a whole function base written for a map",
        description="Write a function base for the rules of a map, stage by stage, into a folder; "
        "`--functionbase DIR` then plays with it. The same command goes on with a base that is "
        "not finished; functions that are in it and pass the check stay.",
    )
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--map", metavar="NAME", help=f"one of {', '.join(map_names())}")
    what.add_argument(
        "--rules", type=Path, metavar="FILE", help="a map of your own as TOML; see docs/maps.md"
    )
    command.add_argument(
        "--size",
        type=whole(MIN_SIZE, MAX_SIZE),
        help="which of the map's boards (default: its only one, or 10)",
    )
    command.add_argument(
        "--into", type=Path, metavar="DIR", required=True, help="the folder of the base"
    )
    command.add_argument(
        "--by",
        choices=("composer", "l-llm"),
        default="composer",
        help="who writes: composer (offline), or l-llm, a language model; see docs/models.md "
        "(default: composer)",
    )
    add_seed(command, 1)
    add_folders(command, "functionbase")
    command.set_defaults(run=_author)


def _author(options: argparse.Namespace) -> int:
    from ld_tui.authoring.base_command import author_command

    return author_command(
        map_name=options.map,
        rules=options.rules,
        size=options.size,
        into=options.into,
        by=options.by,
        seed=options.seed,
        functionbase=options.functionbase,
    )
