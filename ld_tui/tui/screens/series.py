"""What a series of games is to be: two programs, and how many games they play."""

from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.screens.choice import Title
from ld_tui.tui.settings import ABOUT, NAMES, OPPONENTS
from ld_tui.tui.text import Line, wrap
from ld_tui.tui.widgets.menu import Item, Menu
from ld_tui.tui.widgets.painter import Painter

PROGRAMS = tuple(kind for kind in OPPONENTS if kind != "human")
MOST = 100
"""Games of a series, at most."""


@dataclass(frozen=True, slots=True)
class Match:
    """A series that is wanted."""

    first: str = "ld"
    second: str = "perfect"
    games: int = 6

    def turned(self, name: str, by: int) -> "Match":
        """Return this with the next value of one of its fields, or the one before."""
        if name == "games":
            return replace(self, games=max(1, min(MOST, self.games + by)))
        at = PROGRAMS.index(self.first if name == "first" else self.second) + by
        kind = PROGRAMS[at % len(PROGRAMS)]
        return replace(self, first=kind) if name == "first" else replace(self, second=kind)


class Telling(Painter):
    """What the games will be."""

    DEFAULT_CSS = "Telling { height: 2; margin: 1 0 0 0; }"

    def __init__(self) -> None:
        super().__init__()
        self._text = ""

    def show(self, text: str) -> None:
        """Show another text."""
        self._text = text
        self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        return [[(line, "quiet")] for line in wrap(self._text, width, height)]


class SeriesScreen(LdModal[Match | None]):
    """Gives the series; None where the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "less", id="series.less", tooltip="The value before"),
        Binding("right", "turn(1)", "more", id="series.more", tooltip="The next value"),
        Binding("escape", "leave", "back", id="series.leave", tooltip="Back to the start screen"),
        Binding("q,f10", "app.quit", "quit", id="series.quit", tooltip="Quit"),
    ]

    def __init__(self, match: Match, ground: str) -> None:
        """Take what to begin with, and what the board is, in a few words."""
        super().__init__()
        self.match = match
        self._ground = ground
        self._menu = Menu(self._items())
        self._telling = Telling()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Title("A series of games: ← → change, Enter begins, Esc leaves")
            yield self._menu
            yield self._telling

    def on_mount(self) -> None:
        self._menu.focus()
        self._tell()

    def on_menu_moved(self) -> None:
        self._tell()

    def on_menu_chosen(self) -> None:
        self.dismiss(self.match)

    def action_turn(self, by: int) -> None:
        self.match = self.match.turned(self._menu.current, by)
        self._menu.show(self._items())
        self._tell()

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        if self.get_widget_at(*event.screen_offset)[0] is self:
            self.dismiss(None)

    def _items(self) -> list[Item]:
        match = self.match
        return [
            Item(name, label, f"{NAMES[kind]}: {ABOUT[kind]}")
            for name, label, kind in (
                ("first", "blue at first", match.first),
                ("second", "orange at first", match.second),
            )
        ] + [Item("games", "games", str(match.games))]

    def _tell(self) -> None:
        changes = self.match.first != self.match.second
        how = "They change sides after each game" if changes else "Each game begins elsewhere"
        self._telling.show(f"{how}; {self._ground}. A table tells how they went.")
