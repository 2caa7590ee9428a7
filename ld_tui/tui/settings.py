"""What the screen is opened with."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ld_tui.game.record import PlayerSpec

Mode = Literal["start", "blue", "orange", "watch", "resume"]
"""The first screen: the start screen, or a game at once."""
OPPONENTS = ("ld", "perfect", "greedy", "random")
"""Who can be played against."""
NAMES = {
    "human": "you",
    "ld": "LD",
    "perfect": "perfect",
    "greedy": "greedy",
    "random": "random",
}
"""How a player is called on the screen."""
ABOUT = {
    "ld": "a small language model at work",
    "perfect": "the tablebase, never a step lost",
    "greedy": "straight at you, or straight away",
    "random": "any legal move",
}


@dataclass(frozen=True, slots=True)
class Setup:
    """What the program is opened with."""

    mode: Mode
    size: int
    seed: int | None
    """None: another game every time."""
    saves: Path
    engine_command: tuple[str, ...]
    ascii_only: bool = False
    """Draw the board with letters."""
    reply_delay: float = 0.25
    """Seconds for which a program's answer to a person is at least held back, to be seen."""


@dataclass(frozen=True, slots=True)
class NewGame:
    """What a new game is made from."""

    blue: PlayerSpec
    orange: PlayerSpec
    size: int
    seed: int


def program(kind: str) -> PlayerSpec:
    """Return a program as a player with its default settings."""
    return PlayerSpec(kind, {"k": 5, "select": "s-llm"} if kind == "ld" else {})


def human() -> PlayerSpec:
    return PlayerSpec("human")


def new_game(mode: Mode, size: int, seed: int, kind: str) -> NewGame:
    """Return the game of a mode: the person's side, the other or both being a program's."""
    blue = human() if mode == "blue" else program(kind)
    orange = human() if mode == "orange" else program(kind)
    return NewGame(blue, orange, size, seed)


def wants_ascii() -> bool:
    """Tell whether the terminal should get letters: by `LD_TUI_ASCII`, or as it isn't UTF-8."""
    if "LD_TUI_ASCII" in os.environ:
        return os.environ["LD_TUI_ASCII"] not in ("", "0")
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    return not encoding.startswith("utf")
