"""What the screen is opened with."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ld_tui.config.load import Loaded
from ld_tui.config.schema import Config

Mode = Literal["start", "blue", "orange", "watch", "resume", "tutorial", "bench"]
"""The first screen: the start screen, or a game at once."""
MIN_WIDTH, MIN_HEIGHT = 80, 24
"""The least terminal."""
OPPONENTS = ("ld", "perfect", "greedy", "random", "kd", "human")
"""Who can be played against; `human`: another person, on the same screen."""
CLOCKS = (0, 60, 180, 300, 600)
"""Seconds a side that the start screen offers; 0: no clock."""
NAMES = {
    "human": "you",
    "ld": "LD",
    "perfect": "perfect",
    "greedy": "greedy",
    "random": "random",
    "kd": "KD",
}
"""How a player is called on the screen."""
ABOUT = {
    "ld": "a small language model at work",
    "perfect": "never a step lost",
    "greedy": "straight at you, or away",
    "random": "any legal move",
    "kd": "a model like LD's, taught moves",
    "human": "another person, at this screen",
}
LD: Mapping[str, object] = {"k": 5, "select": "s-llm"}
"""LD's settings, where nothing else is wanted."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the program is opened with."""

    mode: Mode
    size: int
    seed: int | None
    """None: another game every time."""
    saves: Path
    engine_command: tuple[str, ...] | None = None
    """What to run as the engine; None: that of this installation."""
    functionbase: Path | None = None
    """Where functions are kept; None: the user's own function base."""
    ascii_only: bool = False
    """Draw the board with letters."""
    reply_delay: float = 0.25
    """Seconds for which a program's answer to a person is at least held back, to be seen."""
    map_name: str | None = None
    """The map to begin with, drawn for `size`; None: the open board."""
    bench: Mapping[str, Any] | None = None
    """What the benchmark screen begins with, by the names of `tui/bench/plan.py`.

    None: with the options of `bench_remembered`.
    """
    bench_remembered: Path | None = None
    """The file that keeps the options of the last benchmark; None: nothing does."""
    opponent: str = "ld"
    """Who is played against to begin with."""
    ld: Mapping[str, object] = field(default_factory=lambda: dict(LD))
    """LD's settings to begin with: how strong it plays."""
    clock: int = 0
    """Seconds a side; 0: no clock."""
    offered: Path | None = None
    """The file whose being there says that the guide was offered; None: it never is."""
    remembered: Path | None = None
    """The file that keeps what the start screen began last; None: nothing does."""
    turn_seconds: float = 0.8
    """Seconds for which a turn stands when programs play each other."""
    config: Loaded = field(default_factory=Loaded)
    """Every setting, as the program was started with it."""
    replay: Path | None = None
    """A saved game, or a folder of them, to look at first."""
    series: tuple[str, str, int] | None = None
    """Two programs, and how many games to watch of them; None: no series."""


def pick_letters(config: Config) -> bool:
    """Tell whether the board is drawn with letters: as set, or as theme and terminal want it."""
    if config.ascii != "auto":
        return config.ascii == "on"
    return config.theme == "ascii" or wants_ascii()


def wants_ascii() -> bool:
    """Tell whether the terminal should get letters.

    `LD_TUI_ASCII` says so; else that it isn't UTF-8, or is the Linux console, whose fonts lack most
    signs.
    """
    if "LD_TUI_ASCII" in os.environ:
        return os.environ["LD_TUI_ASCII"] not in ("", "0")
    if os.environ.get("TERM") == "linux":
        return True
    # While the app runs, sys.stdout is Textual's, which has no encoding.
    output = sys.__stdout__ or sys.stdout
    encoding = (output.encoding or "").lower().replace("-", "")
    return not encoding.startswith("utf")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A game that is wanted."""

    mode: Mode
    """The person's side; `watch`: none, and where the opponent is a person, both."""
    size: int = 10
    map_name: str | None = None
    """None: the open board."""
    opponent: str = "ld"
    ld: Mapping[str, object] = field(default_factory=lambda: dict(LD))
    """LD's settings, where it plays."""
    clock: int = 0
    """Seconds a side; 0: no clock."""
