"""The list of turns, with what each was worth, and of what else happened."""

from textual import events

from ld_tui.tui.text import Line, cut, width_of, wrap
from ld_tui.tui.widgets.painter import Painter

_TROUBLE_ROWS = 4
"""Rows that a line about trouble may take."""
_NEWS_ROWS = {"quiet": 3, "warn": 2, "good": 2}
"""Rows that a line about something else that happened may take, by its style."""


class MoveList(Painter):
    """Shows lines, the newest at the bottom; the wheel and page keys look back."""

    DEFAULT_CSS = """
    MoveList { height: 1fr; padding: 0 1; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines: list[Line] = []
        self._back = 0
        self._width = 80

    def show(self, lines: list[Line]) -> None:
        """Show the lines; a person who looks back keeps the place."""
        if lines != self._lines:
            if self._back:
                self._back += len(lines) - len(self._lines)
            self._lines = lines
            self.refresh()

    def scroll_lines(self, by: int) -> None:
        """Look so many lines further back, or forward."""
        room = max(1, self.size.height - 1)
        rows = sum(len(_rows(line, self._width)) for line in self._lines)
        self._back = max(0, min(rows - room, self._back + by))
        self.refresh()

    def page(self, by: int) -> None:
        """Look so many pages further back, or forward."""
        self.scroll_lines(by * max(1, self.size.height - 2))

    def lines(self, width: int, height: int) -> list[Line]:
        self._width = width
        rows = [row for line in self._lines for row in _rows(line, width)]
        end = len(rows) - self._back
        shown = rows[max(0, end - (height - 1)) : end]
        title = "moves" if not self._back else f"moves  ({self._back} below)"
        return [rule(title, width), *shown]

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_lines(2)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_lines(-2)


def _rows(line: Line, width: int) -> list[Line]:
    """Return a turn's line cut to a width; what else happened, a sign and a text, gets some rows.

    Trouble that is too long even for these is cut in its middle: the end tells why.
    """
    if len(line) != 2:
        return [clipped(line, width)]
    sign, (text, style) = line
    indent = (" " * width_of([sign]), "")
    room = max(2, width - width_of([sign]))
    rows = _NEWS_ROWS.get(style, _TROUBLE_ROWS)
    most = room * (rows - 1)
    if len(text) > most and style == "bad":
        text = f"{text[: most // 2]}…{text[-(most // 2) :]}"
    words = [word[at : at + room] for word in text.split() for at in range(0, len(word), room)]
    parts = wrap(" ".join(words), room, rows)
    return [[indent if at else sign, (part, style)] for at, part in enumerate(parts)]


def rule(title: str, width: int, right: str = "") -> Line:
    """Return a title with a rule to its right, and something at the far end."""
    tail = f" {right}" if right else ""
    title = cut(title, max(1, width - len(tail) - 2))
    gap = max(0, width - len(title) - len(tail) - 1)
    return [(title, "title"), (" " + "─" * gap, "rule"), (tail, "quiet")]


def clipped(line: Line, width: int) -> Line:
    """Return a line cut with an ellipsis to a width."""
    found: Line = []
    for text, style in line:
        room = width - width_of(found)
        if room <= 0:
            break
        found.append((cut(text, room), style))
    return found
