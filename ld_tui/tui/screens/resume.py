"""The list of unfinished games."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ld_tui.arena.saves import SaveEntry
from ld_tui.tui.listed import game_item
from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.text import Line, wrap
from ld_tui.tui.widgets.menu import Menu
from ld_tui.tui.widgets.painter import Painter

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp

_MOST_BROKEN = 4
"""Unreadable files that are named."""


class Heading(Painter):
    """One line above the list."""

    DEFAULT_CSS = "Heading { height: 2; }"

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def lines(self, width: int, height: int) -> list[Line]:
        return [[(self._text, "title")]]


class Unreadable(Painter):
    """Files that can't be read, each with the reason."""

    DEFAULT_CSS = "Unreadable { height: auto; }"

    def __init__(self, entries: Sequence[SaveEntry]) -> None:
        super().__init__()
        self._entries = list(entries)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self.lines(width, 0))

    def lines(self, width: int, height: int) -> list[Line]:
        if not self._entries:
            return []
        lines: list[Line] = [[], [("can't be read, and left as it is:", "title")]]
        for entry in self._entries[:_MOST_BROKEN]:
            reason = (entry.problem or "").removeprefix(f"{entry.path}: ")
            text = f"{entry.path.name}: {reason}"
            lines += [[("  ", ""), (part, "bad")] for part in wrap(text, width - 2, 2)]
        if more := len(self._entries) - _MOST_BROKEN:
            lines += [[(f"  and {more} more", "bad")]] * (more > 0)
        return lines


class ResumeScreen(LdModal[Path | None]):
    """Gives the path of the game to go on with; None where the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view", "look at it", id="resume.view", tooltip="Look at the game"),
        Binding("escape", "leave", "back", id="resume.leave", tooltip="Back to where you were"),
        Binding("q,f10", "app.quit", "quit", id="resume.quit", tooltip="Quit"),
    ]

    def __init__(self, saves: Sequence[SaveEntry], broken: Sequence[SaveEntry]) -> None:
        super().__init__()
        self._saves = list(saves)
        self._broken = list(broken)

    def compose(self) -> ComposeResult:
        heading = "Unfinished games: Enter goes on, v looks at one, Esc leaves"
        with Vertical(classes="dialog"):
            yield Heading(heading if self._saves else "There is no unfinished game: Esc leaves")
            yield Menu([game_item(str(at), entry) for at, entry in enumerate(self._saves)])
            yield Unreadable(self._broken)

    def on_mount(self) -> None:
        self.query_one(Menu).focus()

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        self.dismiss(self._saves[int(message.name)].path)

    def action_view(self) -> None:
        """Look at the game that is highlighted in place of going on with it."""
        if self._saves:
            path = self._saves[int(self.query_one(Menu).current)].path
            self.dismiss(None)
            cast("LdTuiApp", self.app).look_at(path)

    def action_leave(self) -> None:
        self.dismiss(None)
