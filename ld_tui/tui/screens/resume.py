"""The list of unfinished games."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from ld_tui.arena.saves import SaveEntry
from ld_tui.tui.settings import NAMES
from ld_tui.tui.text import Line
from ld_tui.tui.widgets.menu import Item, Menu
from ld_tui.tui.widgets.painter import Painter


class Heading(Painter):
    """One line above the list."""

    DEFAULT_CSS = "Heading { height: 2; }"

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def lines(self, width: int, height: int) -> list[Line]:
        return [[(self._text, "title")]]


class ResumeScreen(ModalScreen[Path | None]):
    """Gives the path of the game to go on with; None where the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", id="resume.leave", tooltip="Back to where you were"),
    ]

    def __init__(self, saves: Sequence[SaveEntry], broken: int) -> None:
        super().__init__()
        self._saves = list(saves)
        self._broken = broken

    def compose(self) -> ComposeResult:
        more = f" ({self._broken} can't be read)" if self._broken else ""
        with Vertical(classes="dialog"):
            yield Heading(f"Unfinished games, newest first{more}: Enter goes on, Esc leaves")
            yield Menu([self._item(at, entry) for at, entry in enumerate(self._saves)])

    def on_mount(self) -> None:
        self.query_one(Menu).focus()

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        self.dismiss(self._saves[int(message.name)].path)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _item(self, at: int, entry: SaveEntry) -> Item:
        kinds = [NAMES.get(kind, kind) for kind in (entry.blue, entry.orange)]
        size = entry.start.split(" ")[0]
        label = f"{kinds[0]} against {kinds[1]}, {size} x {size}, step {(entry.plies + 2) // 2}"
        return Item(str(at), label, entry.path.name)
