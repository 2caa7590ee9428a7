"""Who plays against you and how strong LD plays, from the command line."""

import argparse
import random
from collections.abc import Callable, Mapping
from typing import Any

from ld_tui import paths
from ld_tui.arena.levels import FULL, LEVELS, MAX_TEMPERATURE, Strength, check_patterns, strength_of
from ld_tui.cli_options import whole
from ld_tui.errors import UsageError

OPPONENTS = ("ld", "perfect", "greedy", "random", "kd", "human")
"""Who can be played against on the screen."""


def add_strength(command: argparse.ArgumentParser) -> None:
    """Add `--level` and what makes a level of one's own."""
    group = command.add_argument_group(
        "strength", "how strong ld plays; what is named beside --level changes that level"
    )
    group.add_argument(
        "--level",
        choices=tuple(LEVELS),
        help=f"a level, weakest first (default: {FULL}); docs/playing.md says what each loses",
    )
    if "-k" not in command._option_string_actions:
        group.add_argument("-k", type=whole(1, 8), help="candidates K, 1 to 8 (default: 5)")
    group.add_argument(
        "--temperature",
        type=_number(0.0, MAX_TEMPERATURE),
        metavar="T",
        help="draw functions by the S-LLM's probabilities at this temperature; 0: the likeliest",
    )
    group.add_argument(
        "--functions",
        type=_patterns,
        metavar="PATTERN,...",
        help="functions that may be used, by names with * and ?; !PATTERN forbids",
    )
    group.add_argument(
        "--perfect",
        type=_number(0.0, 1.0),
        metavar="SHARE",
        help="share of its turns that the tablebase plays, 0 to 1",
    )


def add_play(command: argparse.ArgumentParser) -> None:
    """Add what only a game with a person has."""
    command.add_argument(
        "--clock",
        type=_number(0.0, 600.0),
        default=0.0,
        metavar="MINUTES",
        help="minutes that each side has; the clock only counts (default: 0, no clock)",
    )
    command.add_argument(
        "--tutorial", action="store_true", help="learn the game and the screen in two minutes"
    )


def mode_of(options: argparse.Namespace) -> Any:
    """Return what the screen opens with."""
    if getattr(options, "tutorial", False):
        return "tutorial"
    return random.choice(("blue", "orange")) if options.mode == "random" else options.mode


def play_options(options: argparse.Namespace) -> dict[str, Any]:
    """Return what `add_play` and `add_strength` read, as the screen takes it.

    Raises UsageError for a strength or an opponent that doesn't exist.
    """
    opponent = getattr(options, "opponent", None) or "ld"
    if opponent not in OPPONENTS:
        raise UsageError(f"{opponent!r} is no opponent on the screen; {', '.join(OPPONENTS)} are")
    return {
        "opponent": opponent,
        "ld": strength_from(options).settings(),
        "clock": round(60 * options.clock),
    }


def strength_from(options: argparse.Namespace) -> Strength:
    """Return the strength that options name. Raises UsageError for one that doesn't exist."""
    named: Mapping[str, Any] = {
        name: value
        for name in ("level", "k", "temperature", "functions", "perfect")
        if (value := getattr(options, name, None)) is not None
    }
    found = strength_of(named)
    if patterns := named.get("functions"):
        from ld_tui.functionbase.store import load

        base = load(getattr(options, "functionbase", None) or paths.functionbase_dir())
        check_patterns(patterns, [manual.name for manual in base.manuals])
    return found


def _patterns(text: str) -> tuple[str, ...]:
    return tuple(part for each in text.split(",") if (part := each.strip()))


def _number(low: float, high: float) -> Callable[[str], float]:
    """Return a reader of numbers in a range, for argparse."""

    def read(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            found = -1.0
        if not low <= found <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low:g} to {high:g}")
        return found

    return read
