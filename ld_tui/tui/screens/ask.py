"""Two small dialogs: type a text, or mark some of a few names."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, SelectionList

from ld_tui.tui.screens.choice import Title


class AskScreen(ModalScreen[str | None]):
    """Gives what was typed; None where the person changed their mind."""

    DEFAULT_CSS = """
    AskScreen Input { border: round $rule; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", id="ask.leave", tooltip="Back, nothing changed"),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Title(self._title)
            # Not marked: a digit that opened this is the first of what is typed.
            yield Input(self._text, select_on_focus=False)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        self.dismiss(message.value)

    def action_leave(self) -> None:
        self.dismiss(None)


class MarkScreen(ModalScreen[tuple[str, ...]]):
    """Gives the names that are marked, in their order."""

    DEFAULT_CSS = """
    MarkScreen SelectionList { height: auto; max-height: 16; border: none; padding: 0;
        background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "done", "done", id="mark.done", tooltip="Take what is marked"),
    ]

    def __init__(self, title: str, names: Sequence[str], marked: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._names = [*names, *(name for name in marked if name not in names)]
        self._marked = set(marked)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Title(self._title)
            yield SelectionList[str](*((n, n, n in self._marked) for n in self._names))

    def on_mount(self) -> None:
        self.query_one(SelectionList).focus()

    def action_done(self) -> None:
        marked = set(self.query_one(SelectionList).selected)
        self.dismiss(tuple(name for name in self._names if name in marked))
