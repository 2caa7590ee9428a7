"""The list of saved games to look at, newest first."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ld_tui.arena.saves import SaveEntry
from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.screens.resume import Heading, Unreadable
from ld_tui.tui.settings import NAMES
from ld_tui.tui.widgets.menu import Item, Menu

_STAMP = re.compile(r"(\d{8}T\d{6})\.\d{3}-")
_OFFSPRING = re.compile(r"\d-(branch|what-if)-")
"""In the name of a game that began in the middle of another one."""
_RESULTS = {
    "blue capture": "captured",
    "orange steps": "got away",
    "blue illegal": "orange forfeits",
    "orange illegal": "blue forfeits",
    "blue resigned": "orange gave up",
    "orange resigned": "blue gave up",
}


class GamesScreen(LdModal[Path | None]):
    """Gives the path of the game to look at; None where the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", id="games.leave", tooltip="Back to where you were"),
        Binding("q,f10", "app.quit", "quit", id="games.quit", tooltip="Quit"),
    ]

    def __init__(self, folder: Path, entries: Sequence[SaveEntry]) -> None:
        super().__init__()
        self._folder = folder
        self._saves = [entry for entry in entries if entry.problem is None]
        self._broken = [entry for entry in entries if entry.problem is not None]

    def compose(self) -> ComposeResult:
        count = f"{len(self._saves)} game{'s' * (len(self._saves) != 1)}"
        heading = f"{count}, newest first: Enter looks at one, Esc leaves"
        with Vertical(classes="dialog"):
            yield Heading(heading if self._saves else f"No game in {self._folder}: Esc leaves")
            yield Menu([game_item(str(at), entry) for at, entry in enumerate(self._saves)])
            yield Unreadable(self._broken)

    def on_mount(self) -> None:
        self.query_one(Menu).focus()

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        self.dismiss(self._saves[int(message.name)].path)

    def action_leave(self) -> None:
        self.dismiss(None)


def game_item(name: str, entry: SaveEntry) -> Item:
    """Return a game as an item of a menu: when, who, what board, how it ended."""
    blue, orange = (NAMES.get(kind, kind) for kind in (entry.blue, entry.orange))
    size = entry.start.split(" ")[0]
    ended = _RESULTS.get(entry.result, entry.result)
    detail = (
        f"{ended}, step {(entry.plies + 2) // 2}"
        if entry.is_unfinished
        else f"{ended} in {(entry.plies + 1) // 2}"
    )
    if (found := _OFFSPRING.search(entry.path.name)) is not None:
        detail += f", {'a branch' if found[1] == 'branch' else 'a what if'}"
    label = f"{played_at(entry.path)}  {blue} against {orange}, {size}x{size}"
    return Item(name, label, detail)


def played_at(path: Path) -> str:
    """Return when a game began, by its name, else when its file was last written; local time."""
    if (found := _STAMP.match(path.name)) is not None:
        when = datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    else:
        try:
            when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError:
            return "?"
    return when.astimezone().strftime("%Y-%m-%d %H:%M")
