"""`--plain`, the game in lines of text, and `ld-tui doctor`, which says what works here."""

import argparse
import sys
from collections.abc import Mapping, Sequence

from ld_tui import paths
from ld_tui.cli_options import add_folders
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
            help="who plays the other side: ld, perfect, greedy, random, kd, or human for two "
            "people; with --plain llm:FILE and llm:URL too (default: ld)",
        )


def check_plain(options: argparse.Namespace) -> bool:
    """Tell whether to play in lines. Raises UsageError for an option that only the screen has."""
    plain = bool(getattr(options, "plain", False))
    only = ("sound", "tutorial")
    if plain and (named := [name for name in only if getattr(options, name, None)]):
        raise UsageError(f"--{named[0]} goes with the screen; leave it, or --plain, out")
    return plain


def open_plain(
    options: argparse.Namespace, engine_options: Sequence[str], ld: Mapping[str, object]
) -> int:
    """Play in lines of text; `ld`: LD's settings. Raises UsageError for no opponent there is."""
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
        ld=ld,
        clock=round(60 * (getattr(options, "clock", None) or 0)),
    )
    return play_plain(plan)


def add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ld-tui doctor`."""
    command = commands.add_parser(
        "doctor",
        help="look at terminal, models, index, sandbox and folders, and say what to mend",
        description="Look at everything the program needs, and try it: terminal, colors, widths "
        "of glyphs, packages, models, a decision, index, sandbox, functions, folders. Each "
        "finding is a line: ok, warn or fail, with the mend. The exit status is 1 where anything "
        "failed. The screen shows the same on F12.",
    )
    command.add_argument(
        "--json", action="store_true", help="each finding as a line of JSON, as it is made"
    )
    # How the screen asks: it has the terminal, and no answer must come into its keys.
    command.add_argument("--screen", metavar="WxH", help=argparse.SUPPRESS)
    add_folders(command, "functionbase", "saves", "model", "embedder")
    command.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    from ld_tui.doctor.examine import doctor_command

    named = ("functionbase", "model", "embedder")
    words = [(f"--{name}", getattr(options, name)) for name in named]
    engine = [str(word) for pair in words if pair[1] is not None for word in pair]
    what = (options.functionbase, options.saves, options.model, engine, options.screen)
    return doctor_command(*what, as_json=options.json)
