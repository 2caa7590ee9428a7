"""What the game is worth: steps to capture now, and how that went turn by turn."""

from dataclasses import dataclass

from ld_tui.tui.analyses import steps_text
from ld_tui.tui.text import Line, bar, cut, spread
from ld_tui.tui.widgets.painter import Painter

_LEVELS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Worth:
    """The value of one position."""

    value: int | None
    """Steps to capture; None: orange can escape for ever."""


@dataclass(frozen=True, slots=True)
class ValueView:
    """What the value pane tells."""

    now: Worth | None = None
    """None: not known yet."""
    solving: float | None = None
    """Share of the solution that is done."""
    is_unknown: bool = False
    """Whether this board can't be solved."""
    is_hidden: bool = False
    """Whether it would tell where orange is in fog."""
    past: tuple[Worth | None, ...] = ()
    """Of the positions at the beginning of each step, oldest first."""
    outcome: str = ""
    """Who won; empty while the game goes on."""
    letters: bool = False


class ValuePane(Painter):
    """Shows a `ValueView`: one line, and a chart above it where there is room."""

    DEFAULT_CSS = """
    ValuePane { height: 1; padding: 0 1 0 1; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view = ValueView()

    def show(self, view: ValueView) -> None:
        """Show a view."""
        if view != self._view:
            self._view = view
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        line = self._line(width)
        if height < 4:
            return [*[[] for _ in range(height - 1)], line]
        return [[], *self._chart(width, height - 2), line]

    def _line(self, width: int) -> Line:
        view = self._view
        if view.outcome:
            return [(view.outcome, "strong good")]
        if view.is_hidden and view.now is None:
            return [(cut("value hidden by fog", width), "quiet")]
        if view.now is None and view.solving is not None:
            text = f"solving {view.solving:.0%} "
            return [(text, "quiet"), *self._bar(view.solving, width - len(text), "warn")]
        if view.now is None:
            return [("value unknown" if view.is_unknown else "capture in …", "quiet")]
        value = view.now.value
        text = f"{steps_text(value)}  "
        if value is None:
            return [(text, "strong warn")]
        top = max([value, *(worth.value or 0 for worth in view.past if worth is not None)])
        share = 1 - value / (top + 1)
        return [(text, "strong"), *self._bar(share, width - len(text), "blue")]

    def _bar(self, share: float, width: int, style: str) -> Line:
        if self._view.letters:
            full = round(share * max(0, width - 2))
            return [
                ("[", "quiet"),
                ("#" * full, style),
                ("-" * (width - 2 - full), "quiet"),
                ("]", "quiet"),
            ]
        return [("▕", "rule"), (bar(share, width - 2), style), ("▏", "rule")]

    def _chart(self, width: int, height: int) -> list[Line]:
        """Draw the values by step, newest to the right, as columns of a chart with its scale."""
        rows, view = height - 1, self._view
        room = (width - 4) // 2
        shown = view.past[-room:]
        values = [worth.value for worth in shown if worth is not None and worth.value is not None]
        top = max(values, default=0)
        title = spread([("steps to capture", "title")], [], width)
        if not top or rows < 1:
            return [title]
        chart: list[Line] = []
        for row in range(rows, 0, -1):
            label = f"{top:>3} " if row == rows else "    "
            chart.append([(label, "quiet"), *(self._column(w, row, rows, top) for w in shown)])
        return [title, *chart]

    def _column(self, worth: Worth | None, row: int, rows: int, top: int) -> tuple[str, str]:
        """Return what one step's column shows in one row."""
        if worth is None:
            return ("  ", "")
        if worth.value is None:
            return (
                "∞ " if row == rows and not self._view.letters else "! " if row == rows else "  ",
                "warn",
            )
        eighths = round(worth.value / top * rows * 8) - (row - 1) * 8
        level = max(0, min(8, eighths))
        if self._view.letters:
            return ("# " if level >= 4 else "  ", "blue")
        return (_LEVELS[level] + " ", "blue")
