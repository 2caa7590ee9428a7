"""A list of values to pick one from, shown at work while one moves over them."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.screens.choice import Title
from ld_tui.tui.widgets.menu import Item, Menu


class PickScreen(LdModal[str | None]):
    """Gives the value picked; None where the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", id="pick.leave", tooltip="Leave it as it was"),
    ]

    def __init__(
        self,
        title: str,
        values: Sequence[str],
        value: str,
        preview: Callable[[str], None] | None = None,
    ) -> None:
        """`preview` is called with each value that is moved over."""
        super().__init__()
        self._title = title
        self._values = list(values)
        self._preview = preview
        self._menu = Menu([Item(name, name, "now" * (name == value)) for name in values])
        self._menu.point(value)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog beside"):
            yield Title(f"{self._title}: Enter takes it, Esc leaves")
            yield self._menu

    def on_mount(self) -> None:
        self._menu.focus()

    def on_menu_moved(self) -> None:
        if self._preview is not None:
            self._preview(self._values[self._menu.place])

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        self.dismiss(message.name)

    def on_click(self, event: events.Click) -> None:
        if self.get_widget_at(*event.screen_offset)[0] is self:
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)
