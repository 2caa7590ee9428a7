"""Asking for a function's name."""

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

    def __init__(self, title: str, name: str) -> None:
        super().__init__()
        self._title = title
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
        found = name_problem(message.value)
        self._note.show("; ".join(found) if found else "Enter takes it, Esc leaves", "quiet")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        if name_problem(message.value) is None:
            self.dismiss(message.value)

    def action_leave(self) -> None:
        self.dismiss(None)
