"""The list of saved games to look at, newest first."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ld_tui.arena.saves import SaveEntry
from ld_tui.tui.listed import game_item
from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.screens.resume import Heading, Unreadable
from ld_tui.tui.widgets.menu import Menu


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
