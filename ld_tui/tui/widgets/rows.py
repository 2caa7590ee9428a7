"""A long list in columns under headings, one row highlighted; it scrolls with the highlight."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import set_cell_size
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from ld_tui.tui.text import Line, fit, width_of
from ld_tui.tui.widgets.painter import Painter


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a heading where it has no name."""

    name: str
    label: str
    value: str = ""
    note: str = ""
    is_changed: bool = False
    """Whether the value is other than it would be by itself."""
    is_wrong: bool = False
    """Whether the note is a warning."""


class Rows(Painter, can_focus=True):
    """Shows rows."""

    class Moved(Message):
        """Another row is highlighted."""

    class Chosen(Message):
        """The highlighted row was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False, id="rows.up", tooltip="The row above"),
        Binding("down,j", "move(1)", "down", show=False, id="rows.down", tooltip="The row below"),
        Binding("pageup", "move(-10)", "back", show=False, id="rows.back", tooltip="Ten rows up"),
        Binding("pagedown", "move(10)", "on", show=False, id="rows.on", tooltip="Ten rows down"),
        Binding("home", "move(-9999)", "first", show=False, id="rows.first"),
        Binding("end", "move(9999)", "last", show=False, id="rows.last"),
        Binding("enter,space", "choose", "edit", key_display="enter", id="rows.choose",
                tooltip="Change the value"),
    ]  # fmt: skip
    DEFAULT_CSS = "Rows { height: 1fr; padding: 0 1; }"

    def __init__(self, label_width: int, note_width: int) -> None:
        super().__init__()
        self._label_width = label_width
        self._note_width = note_width
        self._rows: list[Row] = []
        self._at = 0
        self._top = 0

    @property
    def chosen(self) -> str:
        """The name of the highlighted row; empty where there is none."""
        return self._rows[self._at].name if self._rows else ""

    def show(self, rows: Sequence[Row]) -> None:
        """Show rows, keeping the highlight on the one of the same name."""
        name = self.chosen
        self._rows = list(rows)
        places = [at for at, row in enumerate(rows) if row.name]
        kept = [at for at in places if rows[at].name == name]
        self._at = next(iter(kept or places), 0)
        self.refresh()

    def highlight(self, name: str) -> None:
        """Highlight the row of a name, if it is there."""
        for at, row in enumerate(self._rows):
            if row.name == name:
                self._go(at)

    def lines(self, width: int, height: int) -> list[Line]:
        # A heading right above the highlight is to be seen with it.
        first = self._at - 1 if self._at and not self._rows[self._at - 1].name else self._at
        self._top = min(max(self._top, self._at - height + 1), first)
        self._top = max(0, min(self._top, len(self._rows) - height))
        note = self._note_width if width > self._label_width + self._note_width + 12 else 0
        value = width - 2 - self._label_width - note
        lines: list[Line] = []
        for at, row in enumerate(self._rows[self._top : self._top + height], self._top):
            if not row.name:
                lines.append([(fit(row.label, width), "title")])
                continue
            here = at == self._at
            lines.append(
                [
                    ("▸ " if here else "  ", "key"),
                    (fit(row.label, self._label_width), "strong" if here else ""),
                    (fit(row.value, value - 1), "strong" if row.is_changed else ""),
                    (" ", ""),
                    (fit(row.note, note), "warn" if row.is_wrong else "quiet"),
                ]
            )
        if self._top:
            lines[0] = _ending(lines[0], "▴")
        if self._top + height < len(self._rows):
            lines[-1] = _ending(lines[-1], "▾")
        return lines

    def action_move(self, by: int) -> None:
        places = [at for at, row in enumerate(self._rows) if row.name]
        if places:
            at = places.index(self._at) + by
            self._go(places[max(0, min(len(places) - 1, at))])

    def action_choose(self) -> None:
        if self.chosen:
            self.post_message(self.Chosen())

    def on_mouse_scroll_down(self) -> None:
        self.action_move(1)

    def on_mouse_scroll_up(self) -> None:
        self.action_move(-1)

    def on_click(self, event: events.Click) -> None:
        """Highlight a row; a click on the highlighted one chooses it."""
        at = self._top + event.y
        if at < len(self._rows) and self._rows[at].name:
            self.focus()
            if at == self._at:
                self.action_choose()
            else:
                self._go(at)

    def _go(self, at: int) -> None:
        if at != self._at:
            self._at = at
            self.refresh()
            self.post_message(self.Moved())


def _ending(line: Line, sign: str) -> Line:
    """Return a line that tells in its last cell that the list goes on."""
    pieces = [piece for piece in line if piece[0]]
    text, style = pieces[-1]
    return [*pieces[:-1], (set_cell_size(text, width_of(pieces[-1:]) - 1), style), (sign, "key")]
