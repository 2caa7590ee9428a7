"""One value as a line of text, checked while it is typed."""

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from ld_tui.config.schema import Setting
from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.screens.choice import Title
from ld_tui.tui.text import Line, wrap
from ld_tui.tui.widgets.painter import Painter


class Problem(Painter):
    """What is wrong with what is typed, or nothing."""

    DEFAULT_CSS = "Problem { height: 2; }"
    text = ""
    style_name = "bad"

    def show(self, text: str, style: str = "bad") -> None:
        """Show a text in place of the one before."""
        self.text, self.style_name = text, style
        self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        return [[(line, self.style_name)] for line in wrap(self.text, width, height)]


class EditScreen(LdModal[Any]):
    """Gives the new value; None where the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", id="edit.leave", tooltip="Leave it as it was"),
    ]

    def __init__(self, setting: Setting, value: Any) -> None:
        super().__init__()
        self._setting = setting
        self._input = Input(setting.show(value), compact=True)
        self._problem = Problem()

    def compose(self) -> ComposeResult:
        label = self._setting.key.rpartition(".")[2].replace("_", " ")
        with Vertical(classes="dialog"):
            yield Title(
                f"{label.capitalize()}: {self._setting.kind.says}. Enter takes it, Esc leaves"
            )
            yield self._input
            yield self._problem

    def on_mount(self) -> None:
        self._input.cursor_blink = False
        self._input.focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        self._problem.show(self._wrong(message.value))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        if not self._wrong(message.value):
            self.dismiss(self._setting.parse(message.value.strip()))

    def action_leave(self) -> None:
        self.dismiss(None)

    def _wrong(self, text: str) -> str:
        try:
            self._setting.parse(text.strip())
        except ValueError as error:
            return str(error)
        return ""
