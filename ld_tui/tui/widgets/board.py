"""The board: drawn line by line, and only where it changed."""

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from ld_tui.game.board import Cell, cells
from ld_tui.tui.art import cell_art, closing
from ld_tui.tui.layout import LABELS
from ld_tui.tui.picture import Picture
from ld_tui.tui.widgets.painter import Painter


class Board(Painter):
    """Shows a `Picture`; tells where the mouse is and clicks."""

    class Clicked(Message):
        """A cell was clicked."""

        def __init__(self, cell: Cell) -> None:
            super().__init__()
            self.cell = cell

    class Hovered(Message):
        """The mouse moved to another cell, or off the board."""

        def __init__(self, cell: Cell | None) -> None:
            super().__init__()
            self.cell = cell

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Board.Hovered)

    DEFAULT_CSS = "Board { color: $foreground; }"

    scale: reactive[int] = reactive(1, layout=True)
    """1, 2 or 3: cells of 2 x 1, 4 x 2 or 6 x 3."""
    letters: reactive[bool] = reactive(False)
    """Whether to draw with ASCII only."""

    def __init__(self, picture: Picture, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._picture = picture
        self._hovered: Cell | None = None

    @property
    def picture(self) -> Picture:
        return self._picture

    def show(self, picture: Picture) -> None:
        """Show a picture, drawing anew only the cells that changed."""
        old, self._picture = self._picture, picture
        if old.size != picture.size:
            self.refresh(layout=True)
            return
        if old == picture:
            return
        changed = [cell for cell in cells(picture.size) if old.look(cell) != picture.look(cell)]
        regions = [self.region_of(cell) for cell in changed]
        if old.cursor != picture.cursor:
            regions += self._label_regions(old.cursor) + self._label_regions(picture.cursor)
        if regions:
            self.refresh(*regions)

    def region_of(self, cell: Cell) -> Region:
        """Return where a cell is drawn, within the widget."""
        width, height = 2 * self.scale, self.scale
        top = 1 + (self._picture.size - 1 - cell.row) * height
        return Region(LABELS + cell.col * width, top, width, height)

    def cell_at(self, x: int, y: int) -> Cell | None:
        """Return the cell at a place within the widget; None beside the board."""
        col, row = (x - LABELS) // (2 * self.scale), (y - 1) // self.scale
        size = self._picture.size
        if x < LABELS or y < 1 or col >= size or row >= size:
            return None
        return Cell(col, size - 1 - row)

    def get_content_width(self, container: object, viewport: object) -> int:
        return LABELS + self._picture.size * 2 * self.scale + 1

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return 1 + self._picture.size * self.scale

    def render_line(self, y: int) -> Strip:
        """Return one line: the column letters, or one row of each cell of a board row."""
        size, scale = self._picture.size, self.scale
        row = size - 1 - (y - 1) // scale
        if y == 0:
            segments = self._letters_line()
        elif row >= 0:
            segments = self._row_label(row, (y - 1) % scale)
            for col in range(size):
                segments += self._cell_segments(Cell(col, row), (y - 1) % scale)
            if self._picture.cursor == Cell(size - 1, row):
                close = closing((y - 1) % scale, scale, self.letters)
                segments.append(Segment(close, self.style("cursor")))
        else:
            segments = []
        return Strip(segments).adjust_cell_length(self.size.width, self.ground)

    def _cell_segments(self, cell: Cell, line: int) -> list[Segment]:
        look = self._picture.look(cell)
        shade = "here" if look.cursor else "odd" if (cell.col + cell.row) % 2 else "even"
        art = cell_art(look, self.scale, self.letters)[line]
        if cell.col and self._picture.cursor == Cell(cell.col - 1, cell.row):
            close = closing(line, self.scale, self.letters)
            if close and not art[0][0].strip():
                art = [(close, "cursor"), *art[1:]]
        return [Segment(text, self.style(f"{shade} {names}")) for text, names in art]

    def _letters_line(self) -> list[Segment]:
        cursor = self._picture.cursor
        segments = [Segment(" " * LABELS, self.ground)]
        for col in range(self._picture.size):
            here = "label-here" if cursor is not None and cursor.col == col else "label"
            text = " " + chr(ord("a") + col).center(2 * self.scale - 1)
            segments.append(Segment(text, self.style(here)))
        return segments

    def _row_label(self, row: int, line: int) -> list[Segment]:
        cursor = self._picture.cursor
        here = "label-here" if cursor is not None and cursor.row == row else "label"
        text = f"{row + 1:>2} " if line == (self.scale - 1) // 2 else " " * LABELS
        return [Segment(text, self.style(here))]

    def _label_regions(self, cell: Cell | None) -> list[Region]:
        if cell is None:
            return []
        where = self.region_of(cell)
        return [
            Region(0, where.y, LABELS, where.height),
            Region(where.x, 0, where.width, 1),
            # The column after the cell, where the cursor is closed.
            Region(where.right, where.y, 1, where.height),
        ]

    def on_click(self, event: events.Click) -> None:
        cell = self.cell_at(event.x, event.y)
        if cell is not None:
            event.stop()
            self.post_message(self.Clicked(cell))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._hover(self.cell_at(event.x, event.y))

    def on_leave(self) -> None:
        self._hover(None)

    def _hover(self, cell: Cell | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self.post_message(self.Hovered(cell))
