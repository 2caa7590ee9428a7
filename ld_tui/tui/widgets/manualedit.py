"""The text of a manual, edited: its parts colored, what is wrong with a line said beside it.

It colors by a look at each line, so that it needs no grammar to be installed.
"""

import re
from collections.abc import Mapping, Sequence

from rich.text import Text

from ld_tui.functionbase.places import Places
from ld_tui.tui.code import colored
from ld_tui.tui.palette import palette_of
from ld_tui.tui.text import plain
from ld_tui.tui.widgets.wholelines import WholeLines

_KEY = re.compile(r"(\s*[\w.-]+\s*)=")
_TABLE = re.compile(r"\s*\[.*\]\s*(#.*)?$")
_READ = ("summary", "when")
"""What the S-LLM reads."""


class ManualEdit(WholeLines):
    """Edits one manual."""

    DEFAULT_CSS = """
    ManualEdit { border: none; padding: 0; background: $background; height: 1fr;
        scrollbar-size-vertical: 1; scrollbar-color: $rule; scrollbar-background: $background; }
    ManualEdit:focus { border: none; }
    ManualEdit .text-area--gutter { color: $quiet; background: $background; }
    ManualEdit .text-area--cursor-gutter { color: $warning; background: $surface; }
    ManualEdit .text-area--cursor-line { background: $surface; }
    """

    def __init__(self, letters: bool) -> None:
        super().__init__(
            "",
            soft_wrap=True,
            show_line_numbers=True,
            tab_behavior="indent",
            highlight_cursor_line=False,
            id="manual",
        )
        self._arrow = "<-" if letters else "←"
        self._wrong: Mapping[int, str] = {}
        self._unknown: re.Pattern[str] | None = None
        self._source = range(0)
        self._read_lines: frozenset[int] = frozenset()

    def lay(self, text: str) -> None:
        """Show another text."""
        self._wrong, self._unknown = {}, None
        self.load_text(text)
        self.outline()
        self.move_cursor((0, 0))
        self.scroll_home(animate=False)

    def mark(self, wrong: Mapping[int, str], unknown: Sequence[str]) -> None:
        """Say what is wrong with lines, from 1, and which words nobody knows."""
        words = "|".join(map(re.escape, unknown))
        pattern = re.compile(rf"(?<!\w)({words})(?!\w)", re.IGNORECASE) if words else None
        if wrong != self._wrong or pattern != self._unknown:
            self._wrong, self._unknown = dict(wrong), pattern
            self._redraw()

    def outline(self) -> None:
        """Take notice of where the parts of the text are now."""
        places = Places(self.text)
        start = places.source - 1 if places.source else 0
        end = start
        while places.source and end < self.document.line_count:
            if "'''" in self.document.get_line(end) or '"""\n' in self.document.get_line(end):
                break
            end += 1
        source = range(start, end) if places.source else range(0)
        read = frozenset(
            places.line(key) - 1
            for key in _READ
            if places.line(key) > 1 or self.document.get_line(0).lstrip().startswith(key)
        )
        if (source, read) != (self._source, self._read_lines):
            self._source, self._read_lines = source, read
            self._redraw()

    def go_to(self, line: int) -> None:
        """Put the cursor on a line, from 1."""
        self.move_cursor((max(0, min(line, self.document.line_count) - 1), 0), center=True)

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is shown."""
        text = super().get_line(line_index)
        shown = text.plain
        for start, end, style in self._styles(line_index, shown):
            text.stylize(self._style(style), start, end)
        if line_index in self._read_lines and self._unknown is not None:
            for found in self._unknown.finditer(shown, max(0, shown.find("="))):
                text.stylize(self._style("unknown"), *found.span())
        if what := self._wrong.get(line_index + 1):
            text.append(f"  {self._arrow} {plain(what)}", self._style("bad"))
        return text

    def _styles(self, line_index: int, shown: str) -> list[tuple[int, int, str]]:
        if _TABLE.match(shown) and line_index not in self._source:
            return [(0, len(shown), "strong")]
        found = []
        at = 0
        if line_index not in self._source and (key := _KEY.match(shown)):
            found.append((0, key.end(1), "title"))
            at = key.end(1)
        for piece, style in colored(plain(shown[at:])):
            # Keywords of Python are none in TOML.
            if style and (line_index in self._source or style not in ("title", "strong")):
                found.append((at, at + len(piece), style))
            at += len(piece)
        return found

    def _style(self, names: str):  # type: ignore[no-untyped-def]
        return palette_of(self.app.theme, self.app.theme_variables).style(names)

    def _redraw(self) -> None:
        # It clears the lines that are held drawn.
        self.notify_style_update()
        self.refresh()
