"""The lines of the functions' screen above and below: what is open, what happened, how it fared."""

from dataclasses import dataclass

from ld_tui.tui.text import Line, cut, spread, width_of
from ld_tui.tui.widgets.painter import Painter


@dataclass(frozen=True, slots=True)
class HeadView:
    """What the line on top tells."""

    place: str = ""
    """The function that is open, with side and stage."""
    state: str = ""
    """Such as `changed` or `disabled`."""
    right: str = ""


class Headline(Painter):
    """Shows a `HeadView`."""

    DEFAULT_CSS = "Headline { height: 1; background: $panel; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._view = HeadView()

    def show(self, view: HeadView) -> None:
        """Show a view."""
        if view != self._view:
            self._view = view
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        view = self._view
        left: Line = [("functions", "title"), ("  ", ""), (cut(view.place, width - 12), "strong")]
        if view.state:
            left.append((f"  {view.state}", "warn"))
        room = width - width_of(left) - 2
        return [spread(left, [(cut(view.right, max(0, room)), "quiet")], width)]


class Note(Painter):
    """One line: what happened last, or else what there is to know."""

    DEFAULT_CSS = "Note { height: 1; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._line = ("", "")

    def show(self, text: str, style: str) -> None:
        """Show a line."""
        if (text, style) != self._line:
            self._line = (text, style)
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        text, style = self._line
        return [[(cut(text, width), style)]]
