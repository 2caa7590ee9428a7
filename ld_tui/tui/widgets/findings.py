"""What the checks of a text found: problems with their lines first; a click goes there."""

from textual import events
from textual.message import Message

from ld_tui.tui.sheet import Finding, Sheet
from ld_tui.tui.text import Line, cut, fit, width_of, wrap
from ld_tui.tui.widgets.moves import rule
from ld_tui.tui.widgets.painter import Painter


class Findings(Painter):
    """Shows the findings about a `Sheet`."""

    class Pointed(Message):
        """A finding was clicked; the line is the text's, from 1."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line

    DEFAULT_CSS = "Findings { height: 7; padding: 0 1; }"

    def __init__(self, letters: bool) -> None:
        super().__init__()
        self._marks = ("x", "+") if letters else ("✗", "✓")
        self._sheet: Sheet | None = None
        self._rows: list[int] = []

    def show(self, sheet: Sheet | None) -> None:
        """Show what is known of a text now."""
        self._sheet = sheet
        self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        self._rows = [0]
        sheet = self._sheet
        if sheet is None:
            return [rule("checks", width)]
        problems = sheet.problems
        title = f"problems: {len(problems)}" if problems else "checks"
        lines = [rule(title, width)]
        bad, good = self._marks
        room = max(1, (height - 1 - bool(sheet.unknown)) // max(1, len(problems)))
        for each in problems:
            rows = self._problem(each, bad, width, room)
            lines += rows
            self._rows += [each.line] * len(rows)
        if sheet.unknown:
            words = f"words that the S-LLM was not taught: {', '.join(sheet.unknown)}"
            lines.append([("? ", "warn"), (cut(words, width - 2), "warn")])
            self._rows.append(0)
        passed = [each for each in sheet.findings if each.passed]
        if sheet.is_played or not problems:
            lines += self._passed(passed, good, width, height - len(lines))
        if len(lines) > height:
            more = f"  and {len(lines) - height + 1} more"
            lines = [*lines[: height - 1], [(more, "quiet")]]
        return lines

    def on_click(self, event: events.Click) -> None:
        if event.y < len(self._rows) and self._rows[event.y]:
            self.post_message(self.Pointed(self._rows[event.y]))

    def _problem(self, each: Finding, mark: str, width: int, room: int) -> list[Line]:
        """Return a problem in as many rows as it takes and as there are for it."""
        head: Line = [(f"{mark} ", "bad"), (fit(str(each.line), 4), "strong")]
        first, *rest = wrap(f"{each.check}: {each.detail}", width - 6, room)
        return [[*head, (first, "")], *([(" " * 6, ""), (row, "")] for row in rest)]

    def _passed(self, passed: list[Finding], mark: str, width: int, room: int) -> list[Line]:
        """Give each check a row where there is room, else put them behind each other."""
        if len(passed) <= room:
            return [
                [(f"{mark} ", "good"), (fit(each.check, 10), ""),
                 (cut(each.detail, width - 12), "quiet")]
                for each in passed
            ]  # fmt: skip
        lines: list[Line] = [[]]
        for each in passed:
            piece = f"{each.check}  "
            if width_of(lines[-1]) + 2 + len(piece) > width:
                lines.append([])
            lines[-1] += [(f"{mark} ", "good"), (piece, "")]
        return lines
