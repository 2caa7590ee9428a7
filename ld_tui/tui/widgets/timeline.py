"""The timeline of a game: its value turn by turn, marks above; a click goes there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from textual import events
from textual.message import Message

from ld_tui.tui.text import Line, Piece, cut, width_of
from ld_tui.tui.widgets.moves import clipped
from ld_tui.tui.widgets.painter import Painter
from ld_tui.tui.widgets.value import Worth

_LEVELS = "▁▂▃▄▅▆▇█"
_WIDEST = 4
"""Columns of a turn, at most."""
_MARKS = {"?!": "warn", "?": "warn strong", "??": "bad strong", "!": "good strong"}
_ORDER = ("??", "?", "?!", "!", "")
"""Which mark is shown where a column holds several turns, the first of these."""


@dataclass(frozen=True, slots=True)
class TimelineView:
    """What the timeline tells."""

    at: int = 0
    """Turns played in the position shown."""
    last: int = 0
    """Turns of the whole game."""
    values: tuple[Worth | None, ...] = ()
    """Of each position, the first and the last too; None: not known."""
    marks: tuple[str, ...] = ()
    """Of each turn."""
    emergencies: Mapping[int, str] = field(default_factory=dict)
    """Turns played -> the sign of what struck then."""
    comment: tuple[Piece, ...] = ()
    """What is to be said of the turn just played."""
    blame: str = ""
    """What its loss falls on."""
    notice: str = ""
    """What has to be said at once; stands in place of the track where there is no other room."""
    letters: bool = False


class Timeline(Painter):
    """Shows a `TimelineView` in one row or more: values, marks above them, a comment on top."""

    class Sought(Message):
        """The person wants to see the game after so many turns."""

        def __init__(self, ply: int) -> None:
            super().__init__()
            self.ply = ply

    class Wheeled(Message):
        """The person turned the wheel."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    DEFAULT_CSS = """
    Timeline { height: 4; padding: 0 1; background: $panel; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view = TimelineView()

    @property
    def view(self) -> TimelineView:
        return self._view

    def show(self, view: TimelineView) -> None:
        """Show a view."""
        if view != self._view:
            self._view = view
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        if height < 3 and self._view.notice:
            return [[(cut(self._view.notice, width), "warn")]]
        label = self._label()
        room = width - width_of(label)
        rows: list[Line] = [[*label, *self._cells(room, self._value_cell)]]
        if height >= 2:
            blank = (" " * width_of(label), "")
            rows.insert(0, [blank, *self._cells(room, self._mark_cell)])
        if height >= 4:
            rows.insert(0, [(cut(self._view.blame, width), "")])
        if height >= 3:
            rows.insert(0, clipped(list(self._view.comment), width))
        return rows

    def on_click(self, event: events.Click) -> None:
        ply = self.ply_at(event.x - 1)
        if ply is not None:
            event.stop()
            self.post_message(self.Sought(ply))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.post_message(self.Wheeled(-1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.post_message(self.Wheeled(1))

    def ply_at(self, x: int) -> int | None:
        """Return the position that a column of the track stands for, if any does."""
        label, width = width_of(self._label()), self.size.width - 2
        spans = self._spans(width - label)
        for ply, (start, end) in spans.items():
            if label + start <= x < label + end:
                return ply
        return None

    def column_of(self, ply: int) -> int:
        """Return the first column, within the widget, that a position is drawn in."""
        label = width_of(self._label())
        return 1 + label + self._spans(self.size.width - 2 - label)[ply][0]

    def _label(self) -> Line:
        view = self._view
        digits = len(str(view.last))
        return [(f"turn {view.at:>{digits}}/{view.last}  ", "strong")]

    def _spans(self, width: int) -> dict[int, tuple[int, int]]:
        """Return which columns each position has; several may share one."""
        count = self._view.last + 1
        each = min(_WIDEST, width // count)
        if each >= 1:
            return {ply: (ply * each, (ply + 1) * each) for ply in range(count)}
        places = [ply * width // count for ply in range(count)]
        return {ply: (place, place + 1) for ply, place in enumerate(places)}

    def _cells(self, width: int, cell: Callable[[list[int], int], Piece]) -> Line:
        """Draw one row of the track: what `cell` says of the positions of each column."""
        columns: dict[tuple[int, int], list[int]] = {}
        for ply, span in self._spans(width).items():
            columns.setdefault(span, []).append(ply)
        return [cell(plies, end - start) for (start, end), plies in columns.items()]

    def _value_cell(self, plies: list[int], width: int) -> Piece:
        view = self._view
        shown = view.at if view.at in plies else plies[0]
        worth = view.values[shown] if shown < len(view.values) else None
        text, style = self._level(worth)
        if view.at in plies:
            style += " inverse"
        return ((text * max(1, width - 1)).ljust(width), style.strip())

    def _level(self, worth: Worth | None) -> Piece:
        if worth is None:
            return (".", "quiet") if self._view.letters else ("·", "quiet")
        if worth.value is None:
            return ("!" if self._view.letters else "∞", "warn")
        known = [each.value for each in self._view.values if each is not None]
        top = max([1, *(value for value in known if value is not None)])
        if self._view.letters:
            return (str(min(9, worth.value)), "blue")
        return (_LEVELS[min(7, round(worth.value / top * 7))], "blue")

    def _mark_cell(self, plies: list[int], width: int) -> Piece:
        view = self._view
        found = [view.marks[ply - 1] for ply in plies if 0 < ply <= len(view.marks)]
        mark = next((each for each in _ORDER if each in found), "")
        sign = next((view.emergencies[ply] for ply in plies if ply in view.emergencies), "")
        text, style = "", _MARKS.get(mark, "")
        if mark:
            # In one column `?!` and `??` would be the same as `!` and `?`: color tells them apart.
            text = mark if width >= len(mark) else mark[0]
        if sign and len(text) + len(sign) <= width:
            text, style = text + sign, style or "warn"
        elif sign:
            text, style = sign, "warn"
        return (text.ljust(width), style)
