"""The line on top: who plays, the step, par, and the illegal choices of both sides."""

from dataclasses import dataclass

from ld_tui.game.rules import Side
from ld_tui.tui.text import Line, cut, width_of
from ld_tui.tui.widgets.painter import Painter


@dataclass(frozen=True, slots=True)
class StatusView:
    """What the status line tells."""

    names: tuple[str, str] = ("", "")
    """Of blue and orange."""
    clocks: tuple[str, str] = ("", "")
    """What each has left; empty where there is no clock."""
    to_move: Side | None = None
    """None once the game is over."""
    step: int = 1
    max_steps: int = 100
    par: str = "…"
    illegal: tuple[int, int] = (0, 0)
    max_illegal: int = 7
    activity: str = ""
    """What goes on, such as `paused`."""
    letters: bool = False


class StatusBar(Painter):
    """Shows a `StatusView`."""

    DEFAULT_CSS = """
    StatusBar { height: 1; background: $panel; padding: 0 1; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view = StatusView()

    def show(self, view: StatusView) -> None:
        """Show a view."""
        if view != self._view:
            self._view = view
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        view = self._view
        left: Line = [("ld-tui", "title"), ("  ", "")]
        for at, side in enumerate(Side):
            to_move = view.to_move is side
            left.append((side_glyph(side, view.letters) + " ", side.value))
            left.append((cut(view.names[at], 14), "strong inverse" if to_move else ""))
            if view.clocks[at]:
                spent = view.clocks[at].startswith("-")
                left.append((f" {view.clocks[at]}", "bad strong" if spent else "strong"))
            left.append(("  ", ""))
        if view.activity:
            left.append((view.activity, "warn"))
        right: Line = [
            ("step ", "quiet"),
            (f"{view.step}/{view.max_steps}", "strong"),
            ("  par ", "quiet"),
            (view.par, "strong"),
            ("  x " if view.letters else "  ✗ ", "quiet"),
        ]
        for at, side in enumerate(Side):
            count = view.illegal[at]
            right.append((side_glyph(side, view.letters), side.value))
            right.append((f"{count}/{view.max_illegal} ", "bad strong" if count else ""))
        if width_of(left) + width_of(right) >= width:
            left = left[2:]
        gap = max(1, width - width_of(left) - width_of(right))
        return [[*left, (" " * gap, ""), *right]]


def side_glyph(side: Side, letters: bool) -> str:
    """Return the sign of a side."""
    if letters:
        return "B" if side is Side.BLUE else "O"
    return "●" if side is Side.BLUE else "◆"
