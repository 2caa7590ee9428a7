"""The table of a series of games."""

from ld_tui.game.rules import Side
from ld_tui.tui.series import Series, Standing
from ld_tui.tui.settings import NAMES
from ld_tui.tui.text import Line, cut, fit
from ld_tui.tui.widgets.moves import rule
from ld_tui.tui.widgets.painter import Painter
from ld_tui.tui.widgets.status import side_glyph

ROWS = 4
"""Rows that the table takes."""


class Standings(Painter):
    """Shows a `Series`."""

    DEFAULT_CSS = "Standings { height: 4; padding: 0 1; display: none; }"

    letters = False

    def __init__(self) -> None:
        super().__init__()
        self._series: Series | None = None

    def show(self, series: Series | None) -> None:
        """Show how a series stands; nothing without one."""
        self._series = series
        self.display = series is not None
        self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        series = self._series
        if series is None:
            return []
        now = series.games if series.is_over else series.played + 1
        wide = max(12, width - 32)
        blue, orange = (side_glyph(side, self.letters) for side in Side)
        head: Line = [
            (fit("steps over par", wide), "quiet"),
            (fit("won", 10), "quiet"),
            (fit(blue, 10), "blue"),
            (fit(orange, 10), "orange"),
        ]
        return [
            rule("games", width, f"{now} of {series.games}"),
            head,
            *(self._row(each, wide) for each in series.standings()),
        ]

    def _row(self, standing: Standing, wide: int) -> Line:
        kind, _, rest = standing.name.partition(" ")
        name = f"{NAMES.get(kind, kind)} {rest}".strip()
        return [
            (fit(cut(name, wide - 1), wide), "strong"),
            (fit(f"{standing.won} of {standing.games}", 10), ""),
            (fit(_number(standing.as_blue), 10), ""),
            (fit(_number(standing.as_orange), 10), ""),
        ]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:+.2f}"
