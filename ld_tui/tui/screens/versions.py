"""The versions of a function: each with what restoring it would change."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import chop_cells
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll

from ld_tui.functionbase.versions import diff
from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.screens.choice import Title
from ld_tui.tui.text import Line, plain
from ld_tui.tui.widgets.menu import Item, Menu
from ld_tui.tui.widgets.painter import Painter

_STYLES = {"+": "good", "-": "bad", "@": "title"}


class DiffView(Painter):
    """Shows a unified diff."""

    DEFAULT_CSS = "DiffView { height: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self._diff: list[str] = []

    def show(self, lines: list[str]) -> None:
        """Show other lines."""
        self._diff = lines
        self.refresh(layout=True)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return max(1, len(self.lines(width, 0)))

    def lines(self, width: int, height: int) -> list[Line]:
        if not self._diff:
            return [[("the same as the text that is open", "quiet")]]
        lines: list[Line] = []
        for each in self._diff:
            # Of a long line the end may be all that differs.
            style, text = _STYLES.get(each[:1], ""), plain(each[1:])
            parts = chop_cells(text, max(8, width - 1)) or [""]
            lines += [
                [(each[:1] if at == 0 else " ", style), (part, style)]
                for at, part in enumerate(parts)
            ]
        return lines


class VersionsScreen(LdModal[str | None]):
    """Gives the text to go back to; None where the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", id="versions.leave", tooltip="Back to the functions"),
        Binding("pageup", "page(-1)", show=False, id="versions.up"),
        Binding("pagedown", "page(1)", show=False, id="versions.down"),
        Binding("q,f10", "app.quit", "quit", id="versions.quit", tooltip="Quit"),
    ]

    def __init__(self, name: str, now: str, texts: Sequence[tuple[str, str, str]]) -> None:
        """Take what is open now, and label, note and text of each version, newest first."""
        super().__init__()
        self._function, self._now, self._texts = name, now, list(texts)
        items = [Item(str(at), label, note) for at, (label, note, _) in enumerate(self._texts)]
        self._menu = Menu(items)
        self._diff = DiffView()

    def compose(self) -> ComposeResult:
        title = f"{self._function}: Enter makes a version the text again, Esc leaves"
        with Vertical(classes="dialog wide tall"):
            yield Title(title)
            yield self._menu
            with VerticalScroll(can_focus=False, id="diff"):
                yield self._diff

    def on_mount(self) -> None:
        self._menu.focus()
        self._show(0)

    def on_menu_moved(self, message: Menu.Moved) -> None:
        self._show(self._menu.at)

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        self.dismiss(self._texts[int(message.name)][2])

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_page(self, by: int) -> None:
        self.query_one("#diff").scroll_relative(y=8 * by, animate=False)

    def _show(self, at: int) -> None:
        if at < len(self._texts):
            # The first two lines name the texts, which the title does.
            self._diff.show(diff(self._now, self._texts[at][2], ("now", "restored"))[2:])
