"""A list of things to choose from: arrows and Enter, a letter each, or a click."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from ld_tui.tui.text import Line, cut, fit, width_of
from ld_tui.tui.widgets.painter import Painter


@dataclass(frozen=True, slots=True)
class Item:
    """One choice."""

    name: str
    """What the message names it by."""
    label: str
    detail: str = ""
    key: str = ""
    """A letter that chooses it at once."""
    is_enabled: bool = True


class Menu(Painter, can_focus=True):
    """Shows items, one of them highlighted."""

    class Chosen(Message):
        """An item was chosen."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Moved(Message):
        """Another item is highlighted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False, id="menu.up"),
        Binding("down,j", "move(1)", "down", show=False, id="menu.down"),
        Binding("enter,space", "choose", "choose", key_display="enter", id="menu.choose"),
    ]
    DEFAULT_CSS = """
    Menu { height: auto; }
    """

    def __init__(self, items: Sequence[Item], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._items = list(items)
        self._at = 0

    @property
    def current(self) -> str:
        """The name of the item that is highlighted."""
        return self._items[self._at].name

    @property
    def at(self) -> int:
        """Which item is highlighted, from 0."""
        return self._at

    def show(self, items: Sequence[Item]) -> None:
        """Show other items, keeping the place."""
        grown = len(items) != len(self._items)
        self._items = list(items)
        self._at = min(self._at, max(0, len(items) - 1))
        self.refresh(layout=grown)

    @property
    def place(self) -> int:
        """The place of the highlighted item."""
        return self._at

    def point(self, name: str) -> None:
        """Highlight an item, if it is there."""
        self._at = next((at for at, one in enumerate(self._items) if one.name == name), self._at)
        self.refresh()

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._items)

    def lines(self, width: int, height: int) -> list[Line]:
        wide = max((len(item.label) for item in self._items), default=0) + 2
        top = max(0, self._at - height + 1)
        lines: list[Line] = []
        for at, item in enumerate(self._items[top:], top):
            here = at == self._at
            style = "quiet" if not item.is_enabled else "strong" if here else ""
            line: Line = [("▸ " if here else "  ", "key")]
            if any(one.key for one in self._items):
                line.append((f"{item.key or ' '}  ", "key" if item.is_enabled else "quiet"))
            line.append((fit(item.label, wide), style))
            line.append((cut(item.detail, width - width_of(line)), "quiet"))
            lines.append(line)
        return lines

    def action_move(self, by: int) -> None:
        if self._items:
            self._at = (self._at + by) % len(self._items)
            self.refresh()
            self.post_message(self.Moved())

    def action_choose(self) -> None:
        if self._items and self._items[self._at].is_enabled:
            self.post_message(self.Chosen(self._items[self._at].name))

    def on_key(self, event: events.Key) -> None:
        for at, item in enumerate(self._items):
            if item.key and event.character == item.key:
                event.stop()
                self._at = at
                self.refresh()
                self.action_choose()
                return

    def on_click(self, event: events.Click) -> None:
        at = max(0, self._at - self.size.height + 1) + event.y
        if 0 <= at < len(self._items):
            self._at = at
            self.refresh()
            self.action_choose()
