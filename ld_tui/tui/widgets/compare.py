"""One half of two games side by side: what it is, and its turns from some turn on."""

from dataclasses import dataclass

from ld_tui.game.rules import Side
from ld_tui.tui.analyses import steps_text
from ld_tui.tui.text import Line, cut, width_of
from ld_tui.tui.widgets.moves import clipped, rule
from ld_tui.tui.widgets.painter import Painter
from ld_tui.tui.widgets.status import side_glyph

_MARKS = {"": "", "?!": "warn", "?": "warn strong", "??": "bad strong", "!": "good strong"}


@dataclass(frozen=True, slots=True)
class TurnRow:
    """A turn of one game."""

    step: int
    side: Side
    move: str
    mark: str = ""
    reached: int | None = None
    """Steps to capture after it."""
    is_captured: bool = False
    """Whether the game ended with it, orange being caught."""
    is_known: bool = False
    """Whether `reached` is."""
    differs: bool = False
    """Whether the other game has another move there."""
    news: str = ""
    """An emergency that struck before it."""


@dataclass(frozen=True, slots=True)
class HalfView:
    """What one half tells."""

    title: str = ""
    ended: str = ""
    rows: tuple[TurnRow, ...] = ()
    shown: int = 0
    """Which of the rows the board shows the end of; -1: the position before all of them."""
    letters: bool = False


class Half(Painter):
    """Shows a `HalfView`; the row that the board shows stays in sight."""

    DEFAULT_CSS = "Half { height: 1fr; padding: 0 1; }"

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view = HalfView()

    @property
    def view(self) -> HalfView:
        return self._view

    def show(self, view: HalfView) -> None:
        """Show a view."""
        if view != self._view:
            self._view = view
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        view = self._view
        head: list[Line] = [rule(view.title, width), [(cut(view.ended, width), "strong")]]
        room = max(1, height - len(head))
        first = max(0, min(view.shown - room // 2, len(view.rows) - room))
        rows = [self._row(at, width) for at in range(first, min(len(view.rows), first + room))]
        return head + rows

    def _row(self, at: int, width: int) -> Line:
        row, view = self._view.rows[at], self._view
        pointer = (">" if view.letters else "▸") if at == view.shown else " "
        style = "strong" if row.differs else "quiet"
        wide = max(len(one.move) for one in view.rows)
        line: Line = [
            (pointer, "key"),
            (f"{row.step:>3} ", "quiet"),
            (side_glyph(row.side, view.letters) + " ", str(row.side)),
            (row.move.ljust(wide), style),
            (f" {row.mark:<2} ", _MARKS[row.mark]),
        ]
        if row.news:
            line.append((row.news, "warn"))
        elif row.is_captured:
            line.append(("captured", "good"))
        elif row.is_known:
            said = steps_text(row.reached)
            room = width - width_of(line)
            line.append((said if len(said) <= room else said.replace("capture ", ""), "quiet"))
        return clipped(line, width)
