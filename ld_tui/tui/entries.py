"""What the start screen leads to beside games: one entry a line, in the order of the menu.

A part of the program that has a screen of its own adds its line here; its `open` imports the
screen only when it is called, since the start screen has to stand at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the start screen's menu."""

    name: str
    """Unique; none of those that the start screen has itself."""
    label: str
    """One word, as in a title."""
    detail: str
    """A few words, 34 columns at most."""
    key: str
    """The letter that chooses it; not one of b, c, l, m, o, p, q, r, w, x."""
    open: "Callable[[LdTuiApp], None]"


def _tutorial(app: "LdTuiApp") -> None:
    app.begin_tutorial()


def _bench(app: "LdTuiApp") -> None:
    app.open_bench()


def _replay(app: "LdTuiApp") -> None:
    app.show_games()


def _functions(app: "LdTuiApp") -> None:
    app.action_functions()


def _settings(app: "LdTuiApp") -> None:
    app.action_settings()


ENTRIES: tuple[Entry, ...] = (
    Entry("tutorial", "Tutorial", "the game and LD in two minutes", "t", _tutorial),
    Entry("replay", "Replay", "look at saved games", "v", _replay),
    Entry("functions", "Functions", "read and change what LD can do", "f", _functions),
    Entry("settings", "Settings", "looks, keys, models", ",", _settings),
    Entry("bench", "Benchmark", "LD beside other methods", "B", _bench),
)
