"""Two small dialogs: type a text, or mark some of a few names."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.screens.choice import Title
from ld_tui.tui.screens.edit import Problem
from ld_tui.tui.widgets.menu import Item, Menu


class AskScreen(LdModal[str | None]):
    """Gives what was typed; None where the person changed their mind."""

    DEFAULT_CSS = """
    AskScreen Input { border: round $rule; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", id="ask.leave", tooltip="Back, nothing changed"),
    ]

    def __init__(
        self,
        title: str,
        text: str,
        wrong: Callable[[str], str] = lambda text: "",
        is_begun: bool = False,
    ) -> None:
        """`wrong` says what is wrong with a text; `is_begun`: `text` is the first that is typed."""
        super().__init__()
        self._title = title
        self._text = text
        self._wrong = wrong
        self._is_begun = is_begun
        self._problem = Problem()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Title(self._title)
            yield Input(self._text, select_on_focus=not self._is_begun)
            yield self._problem

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        self._problem.show("")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        if problem := self._wrong(message.value):
            self._problem.show(problem)
        else:
            self.dismiss(message.value)

    def action_leave(self) -> None:
        self.dismiss(None)


class MarkScreen(LdModal[tuple[str, ...]]):
    """Gives the names that are marked, in their order."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "done", "done", id="mark.done", tooltip="Take what is marked"),
        Binding("q,f10", "app.quit", "quit", id="mark.quit", tooltip="Quit"),
    ]

    def __init__(self, title: str, names: Sequence[str], marked: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._names = [*names, *(name for name in marked if name not in names)]
        self._marked = set(marked)
        self._menu = Menu(self._items())

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog beside"):
            yield Title(self._title)
            yield self._menu

    def on_mount(self) -> None:
        self._menu.focus()

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        self._marked ^= {message.name}
        self._menu.show(self._items())

    def on_click(self, event: events.Click) -> None:
        if self.get_widget_at(*event.screen_offset)[0] is self:
            self.action_done()

    def action_done(self) -> None:
        self.dismiss(tuple(name for name in self._names if name in self._marked))

    def _items(self) -> list[Item]:
        # Told by a sign, not by a color.
        marks = {name: "[x]" if name in self._marked else "[ ]" for name in self._names}
        return [Item(name, f"{marks[name]} {name}") for name in self._names]
