"""A text area whose keys for the ends of a line mean the line as it is written, not as it wraps."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.document._document import Location
from textual.widgets import TextArea


class WholeLines(TextArea):
    """Edits text in lines that may be longer than it is wide."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "cursor_text_start", show=False),
        Binding("ctrl+end", "cursor_text_end", show=False),
        Binding("ctrl+shift+home", "cursor_text_start(True)", show=False),
        Binding("ctrl+shift+end", "cursor_text_end(True)", show=False),
    ]

    def get_cursor_line_end_location(self) -> Location:
        row, _ = self.cursor_location
        return row, len(self.document.get_line(row))

    def get_cursor_line_start_location(self, smart_home: bool = False) -> Location:
        row, column = self.cursor_location
        line = self.document.get_line(row)
        indent = len(line) - len(line.lstrip())
        return row, indent if smart_home and column != indent else 0

    def action_delete_to_start_of_line(self) -> None:
        # At a line's start Textual would join it with the one before.
        if not self.cursor_at_start_of_line or not self.selection.is_empty:
            super().action_delete_to_start_of_line()

    def action_cursor_text_start(self, select: bool = False) -> None:
        """Move the cursor to the start of the text."""
        self.move_cursor(self.document.start, select=select)

    def action_cursor_text_end(self, select: bool = False) -> None:
        """Move the cursor to the end of the text."""
        self.move_cursor(self.document.end, select=select)
