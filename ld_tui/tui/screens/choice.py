"""A small menu over the board's side: one of a few things, or none."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.text import Line, wrap
from ld_tui.tui.widgets.menu import Item, Menu
from ld_tui.tui.widgets.painter import Painter


class Title(Painter):
    """What is to be chosen."""

    DEFAULT_CSS = "Title { height: auto; margin: 0 0 1 0; }"

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self.lines(width, 0))

    def lines(self, width: int, height: int) -> list[Line]:
        return [[(line, "title")] for line in wrap(self._text, width, 3)]


class ChoiceScreen(LdModal[str | None]):
    """Gives the name of the item chosen; None where the person changed their mind.

    A digit pressed first gives that digit: the key that opened the menu was a move's letter.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", id="choice.leave", tooltip="Back to the board"),
        Binding("q,f10", "app.quit", "quit", id="choice.quit", tooltip="Quit"),
    ]

    def __init__(self, title: str, items: Sequence[Item]) -> None:
        super().__init__()
        self._title = title
        self._items = list(items)
        self._menu = Menu(items)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog beside"):
            yield Title(self._title)
            yield self._menu

    def on_mount(self) -> None:
        self._menu.focus()

    def on_key(self, event: events.Key) -> None:
        """Take letters that came before the menu had the focus, and digits."""
        character = event.character or ""
        chosen = [item.name for item in self._items if item.key == character and item.is_enabled]
        if character and (character.isdigit() or chosen):
            event.stop()
            self.dismiss(chosen[0] if chosen else character)

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        self.dismiss(message.name)

    def on_click(self, event: events.Click) -> None:
        if self.get_widget_at(*event.screen_offset)[0] is self:
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)
