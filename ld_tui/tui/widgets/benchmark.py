"""What the benchmark screen is made of: the form, how far a run is, tables and charts."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from ld_tui.tui.bench.draw import chart_lines, sheet_lines
from ld_tui.tui.bench.plan import Field, Plan, shown
from ld_tui.tui.text import Line, bar, cut, fit, spread, wrap
from ld_tui.tui.widgets.painter import Painter

_LABEL = 13


class BenchBar(Painter):
    """The line on top: that this is a benchmark, and what it does."""

    DEFAULT_CSS = "BenchBar { height: 1; background: $panel; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._left = self._right = ""
        self._style = "quiet"

    def show(self, left: str, right: str, style: str) -> None:
        """Show what is measured, and at the right what it does."""
        if (left, right, style) != (self._left, self._right, self._style):
            self._left, self._right, self._style = left, right, style
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        left: Line = [("ld-tui", "title"), ("  benchmark  ", "strong"), (self._left, "quiet")]
        return [spread(left, [(self._right, f"{self._style} strong")], width)]


class BenchForm(Painter, can_focus=True):
    """What is to be measured, a line each; a message for every change that is asked for."""

    class Adjusted(Message):
        """The value of a field is to be the next one, or the one before."""

        def __init__(self, field: Field, by: int) -> None:
            super().__init__()
            self.field = field
            self.by = by

    class Opened(Message):
        """A field is to be filled in; `typed` is a digit that was typed already."""

        def __init__(self, field: Field, typed: str = "") -> None:
            super().__init__()
            self.field = field
            self.typed = typed

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False, id="bench.up"),
        Binding("down,j", "move(1)", "down", show=False, id="bench.down"),
        Binding(
            "left", "adjust(-1)", "less", show=False, id="bench.less", tooltip="The value before"
        ),
        Binding(
            "right", "adjust(1)", "more", show=False, id="bench.more", tooltip="The next value"
        ),
        Binding(
            "enter,space",
            "open",
            "change",
            key_display="enter",
            id="bench.change",
            tooltip="Choose or type a value",
        ),
    ]
    DEFAULT_CSS = "BenchForm { height: auto; padding: 0 1; margin: 1 0 0 0; }"

    def __init__(self, plan: Plan, fields: Sequence[Field]) -> None:
        super().__init__()
        self._plan, self._fields = plan, list(fields)
        self._at = 0
        self.letters = False

    def show(self, plan: Plan, fields: Sequence[Field]) -> None:
        """Show another plan."""
        grown = len(fields) != len(self._fields)
        self._plan, self._fields = plan, list(fields)
        self._at = min(self._at, len(fields) - 1)
        self.refresh(layout=grown)

    @property
    def field(self) -> Field:
        """The line that the cursor is on."""
        return self._fields[self._at]

    def go_to(self, name: str) -> None:
        """Put the cursor on a line."""
        self._at = [field.name for field in self._fields].index(name)
        self.refresh()

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._fields) + 3

    def lines(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = []
        here, off = (">", "") if self.letters else ("▸", "")
        for at, field in enumerate(self._fields):
            is_here = at == self._at
            value = shown(self._plan, field)
            style = "strong" if getattr(self._plan, field.name) not in ("", ()) else "quiet"
            hint = ""
            if is_here and self.has_focus:
                sides = "< >" if self.letters else "← →"
                hint = {"one": sides, "number": sides}.get(field.kind, "enter")
                if field.name == "sides":
                    hint = sides
            room = width - 2 - _LABEL - len(hint) - 1
            lines.append(
                [
                    (fit(here if is_here else off, 2), "key"),
                    (fit(field.label, _LABEL), "strong" if is_here else "quiet"),
                    (fit(value, room), style),
                    (f" {hint}", "key"),
                ]
            )
        about = [[(line, "quiet")] for line in wrap(self.field.about, width, 2)]
        return [*lines, [], *about]

    def action_move(self, by: int) -> None:
        self._at = (self._at + by) % len(self._fields)
        self.refresh()

    def action_adjust(self, by: int) -> None:
        self.post_message(self.Adjusted(self.field, by))

    def action_open(self) -> None:
        if self.field.kind == "one" or self.field.name == "sides":
            self.post_message(self.Adjusted(self.field, 1))
        else:
            self.post_message(self.Opened(self.field))

    def on_key(self, event: events.Key) -> None:
        if self.field.kind == "number" and event.character and event.character.isdigit():
            event.stop()
            self.post_message(self.Opened(self.field, event.character))

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        row = event.get_content_offset(self)
        if row is not None and 0 <= row.y < len(self._fields):
            if row.y == self._at:
                self.action_open()
            self._at = row.y
            self.refresh()


class BenchPace(Painter):
    """How far a run is, what is played, and the command that gives the same numbers."""

    DEFAULT_CSS = "BenchPace { height: auto; padding: 0 1; margin: 1 0 0 0; }"

    def __init__(self) -> None:
        super().__init__()
        self.letters = False
        self._part: float | None = None
        self._count = self._clock = self._doing = self._command = ""
        self._trouble = ""

    def show(
        self, part: float | None, count: str, clock: str, doing: str, trouble: str, command: str
    ) -> None:
        """Show these texts; `part` is the share of games that are finished."""
        before = len(self.lines(self.size.width, 0))
        self._part, self._count, self._clock = part, count, clock
        self._doing, self._trouble, self._command = doing, trouble, command
        self.refresh(layout=len(self.lines(self.size.width, 0)) != before)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self.lines(width, 0))

    def lines(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = []
        if self._part is not None:
            room = max(10, width - len(self._count) - len(self._clock) - 4)
            if self.letters:
                full = round(self._part * room)
                drawn = "#" * full + "." * (room - full)
            else:
                drawn = bar(self._part, room)
            lines.append(
                [
                    (drawn, "blue"),
                    ("  ", ""),
                    (self._count, "strong"),
                    (f"  {self._clock}", "quiet"),
                ]
            )
        if self._doing:
            lines.append([(cut(self._doing, width), "quiet")])
        if self._trouble:
            lines += [[(line, "bad")] for line in wrap(self._trouble, width, 3)]
        lines += [
            [("$ " if at == 0 else "  ", "key"), (line, "")]
            for at, line in enumerate(wrap(self._command, width - 2, 3))
        ]
        return lines


class BenchSheets(Painter):
    """The tables, one below the other."""

    DEFAULT_CSS = "BenchSheets { height: auto; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._sheets: Sequence[Mapping[str, Any]] = ()

    def show(self, sheets: Sequence[Mapping[str, Any]]) -> None:
        """Show other tables."""
        if sheets is not self._sheets:
            self._sheets = sheets
            self.refresh(layout=True)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self.lines(width, 0))

    def lines(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = []
        for sheet in self._sheets:
            lines += [*sheet_lines(sheet, width), []]
        return lines


class BenchChart(Painter):
    """A chart in letters and lines, where there is no textual-plotext."""

    DEFAULT_CSS = "BenchChart { height: 1fr; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.letters = False
        self._chart: Mapping[str, Any] | None = None

    def show(self, chart: Mapping[str, Any] | None) -> None:
        """Show another chart."""
        if chart is not self._chart:
            self._chart = chart
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        return [] if self._chart is None else chart_lines(self._chart, width, self.letters)
