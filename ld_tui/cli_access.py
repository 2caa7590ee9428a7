"""Options and commands of `ld-tui` for terminals that differ: the game in lines of text."""

import argparse
import sys
from collections.abc import Sequence

from ld_tui import paths
from ld_tui.errors import UsageError


def add_plain(command: argparse.ArgumentParser, name: str) -> None:
    """Add the options of the game in lines to `play`, `watch` or `resume`."""
    group = command.add_argument_group(
        "in lines of text", "For screen readers and terminals that can't draw; see docs/access.md."
    )
    group.add_argument(
        "--plain", action="store_true", help="line in, line out, without a screen or color"
    )
    group.add_argument(
        "--detail",
        choices=("brief", "normal", "full"),
        default="normal",
        help="how much is said of each decision (default: normal)",
    )
    if name != "resume":
        group.add_argument(
            "--opponent",
            metavar="KIND",
            help="with --plain: who plays the program's side: ld, perfect, greedy, random, kd, "
            "llm:FILE or llm:URL, or human for two people (default: ld)",
        )


def check_plain(options: argparse.Namespace) -> bool:
    """Tell whether to play in lines. Raises UsageError where an option wants that, but isn't."""
    plain = getattr(options, "plain", False)
    if not plain and getattr(options, "opponent", None) is not None:
        raise UsageError("--opponent goes with --plain; on the screen choose whom to play")
    return bool(plain)


def open_plain(options: argparse.Namespace, engine_options: Sequence[str]) -> int:
    """Play in lines of text. Raises UsageError for an opponent that doesn't exist."""
    from ld_tui.plain.open import Plan, play_plain

    opponent = getattr(options, "opponent", None) or "ld"
    if opponent != "human":
        from ld_tui.arena.players import DIRECT, PROGRAMS, is_program

        if not is_program(opponent):
            raise UsageError(
                f"{opponent!r} is no opponent; there are {', '.join(PROGRAMS)}, {DIRECT}FILE, "
                f"{DIRECT}URL and human"
            )
    plan = Plan(
        mode=options.mode,
        opponent=opponent,
        size=getattr(options, "size", 10),
        seed=getattr(options, "seed", None),
        map_name=getattr(options, "map", None),
        saves=options.saves or paths.saves_dir(),
        engine_command=[sys.executable, "-m", "ld_tui", "engine", *engine_options],
        functionbase=options.functionbase,
        detail=options.detail,
    )
    return play_plain(plan)
