"""Looking on: the `replay` command, and the options of `watch` for several games."""

import argparse
from pathlib import Path

from ld_tui.cli_options import (
    add_author,
    add_folders,
    check_paths,
    check_terminal,
    sources_of,
    whole,
)
from ld_tui.errors import UsageError


def add_replay(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    command = commands.add_parser(
        "replay",
        help="look at a saved game, turn by turn, and branch off",
        description="Open a saved game on the screen: step through it, see what each turn lost and "
        "what that falls on, play on from any position, or ask what would have been. A folder "
        "gives the list of its games.",
    )
    command.add_argument("place", type=Path, metavar="FILE|DIR")
    command.add_argument(
        "--text",
        action="store_true",
        help="print it as plain text, with the decision of each turn, marks and blame",
    )
    add_folders(command, "functionbase", "saves", "model", "embedder")
    add_author(command)
    command.set_defaults(run=_replay)


def add_series(command: argparse.ArgumentParser) -> None:
    """Add the options of `watch` for several games."""
    command.add_argument(
        "--games",
        type=whole(1, 1000),
        help="watch so many games, one after the other, with a table of how they went; players "
        "who differ change sides after each (default: one game)",
    )
    for side in ("blue", "orange"):
        command.add_argument(
            f"--{side}",
            metavar="PLAYER",
            help=f"{side} of the first game, as in match (default: ld)",
        )


def series_of(options: argparse.Namespace) -> tuple[str, str, int] | None:
    """Return the two players and the number of games; None where it is no series.

    Raises UsageError for a player that doesn't exist.
    """
    games = getattr(options, "games", None)
    blue, orange = getattr(options, "blue", None), getattr(options, "orange", None)
    if games is None and blue is None and orange is None:
        return None
    from ld_tui.arena.match import MatchOptions
    from ld_tui.game.rules import Side

    match = MatchOptions(blue=blue or "ld", orange=orange or "ld")
    for side in Side:
        match.player(side)
    return match.blue, match.orange, games or 1


def _replay(options: argparse.Namespace) -> int:
    check_paths(options)
    place: Path = options.place
    if options.text:
        from ld_tui.arena.replay import replay_command
        from ld_tui.arena.resources import Resources

        if place.is_dir():
            raise UsageError(f"{place} is a folder; --text prints one game: name its file")
        resources = Resources(sources_of(options))
        try:
            return replay_command(place, resources)
        finally:
            resources.close()
    if not place.is_dir():
        from ld_tui.arena.saves import read_save

        read_save(place)
    check_terminal("--text prints the game")
    from ld_tui import paths
    from ld_tui.cli_options import engine_line
    from ld_tui.tui.leaving import leave
    from ld_tui.tui.open import main as open_screen

    status = open_screen(
        saves=options.saves or paths.saves_dir(),
        engine_command=engine_line(options),
        functionbase=options.functionbase,
        replay=place,
    )
    return leave(status)
