"""The base of widgets that draw themselves line by line, with named styles and no markup."""

from typing import Self

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from ld_tui.tui.palette import palette_of
from ld_tui.tui.text import Line


class Painter(Widget):
    """Draws `lines(width, height)`; call `refresh()` when they change."""

    DEFAULT_CSS = "Painter { color: $foreground; }"

    _drawn: tuple[Size, list[Strip]] | None = None
    _ground: Style | None = None

    def lines(self, width: int, height: int) -> list[Line]:
        """Return what to draw, top to bottom; missing lines stay blank."""
        raise NotImplementedError

    @property
    def ground(self) -> Style:
        """What everything is drawn on."""
        if self._ground is None:
            self._ground = self.rich_style
        return self._ground

    def style(self, names: str) -> Style:
        """Return the style of space-separated names (see palette.py)."""
        return self.ground + palette_of(self.app.theme, self.app.theme_variables).style(names)

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Draw anew."""
        self._drawn = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """Draw anew with the new theme."""
        self._drawn = self._ground = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Return one line as a strip of the widget's width."""
        if self._drawn is None or self._drawn[0] != self.size:
            self._drawn = (self.size, self._strips(self.size.width, self.size.height))
        strips = self._drawn[1]
        return strips[y] if y < len(strips) else Strip.blank(self.size.width, self.ground)

    def _strips(self, width: int, height: int) -> list[Strip]:
        if width <= 0 or height <= 0:
            return []
        return [
            Strip([Segment(text, self.style(names)) for text, names in line]).adjust_cell_length(
                width, self.ground
            )
            for line in self.lines(width, height)[:height]
        ]
