"""Asking for a function's name."""

from collections.abc import Collection
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from ld_tui.functionbase.manual import name_problem
from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.screens.choice import Title
from ld_tui.tui.widgets.headline import Note


class NamingScreen(LdModal[str | None]):
    """Gives the name; None where the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", id="naming.leave", tooltip="Back to the functions"),
        Binding("f10", "app.quit", "quit", id="naming.quit", tooltip="Quit"),
    ]

    def __init__(self, title: str, name: str, taken: Collection[str] = ()) -> None:
        """Take a name to offer, and those that others have."""
        super().__init__()
        self._title, self._taken = title, taken
        self._field = Input(name, max_length=40, compact=True)
        self._note = Note()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Title(self._title)
            yield self._field
            yield self._note

    def on_mount(self) -> None:
        self._field.focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        wrong = self._wrong(message.value)
        self._note.show(wrong or "Enter takes it, Esc leaves", "warn" if wrong else "quiet")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        if not self._wrong(message.value):
            self.dismiss(message.value)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _wrong(self, name: str) -> str:
        if name in self._taken:
            return f"there is a function {name} already"
        if name_problem(name) is not None:
            return "2 to 40 of a-z, 0-9 and _, the first a letter"
        return ""
