"""The base of widgets that draw themselves line by line, with named styles and no markup."""

from typing import ClassVar, Self

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from ld_tui.tui.text import Line


class Painter(Widget):
    """Draws `lines(width, height)`; call `refresh()` when they change."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "blue",
        "orange",
        "blue-faint",
        "orange-faint",
        "quiet",
        "rule",
        "strong",
        "good",
        "warn",
        "bad",
        "struck",
        "inverse",
        "title",
        "key",
    }
    DEFAULT_CSS = """
    Painter {
        color: $foreground;
        & > .blue { color: $blue-dot; }
        & > .orange { color: $orange-dot; }
        & > .blue-faint { color: $blue-faint; }
        & > .orange-faint { color: $orange-faint; }
        & > .quiet { color: $quiet; }
        & > .rule { color: $rule; }
        & > .strong { text-style: bold; }
        & > .good { color: $success; }
        & > .warn { color: $warning; }
        & > .bad { color: $error; }
        & > .struck { color: $quiet; text-style: strike; }
        & > .inverse { text-style: reverse; }
        & > .title { color: $secondary; text-style: bold; }
        & > .key { color: $warning; text-style: bold; }
    }
    """

    _drawn: tuple[Size, list[Strip]] | None = None

    def lines(self, width: int, height: int) -> list[Line]:
        """Return what to draw, top to bottom; missing lines stay blank."""
        raise NotImplementedError

    def style(self, names: str) -> Style:
        """Return the style of space-separated component names."""
        style = self.rich_style
        for name in names.split():
            style += self.get_component_rich_style(name, partial=True)
        return style

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
        self._drawn = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Return one line as a strip of the widget's width."""
        if self._drawn is None or self._drawn[0] != self.size:
            self._drawn = (self.size, self._strips(self.size.width, self.size.height))
        strips = self._drawn[1]
        return strips[y] if y < len(strips) else Strip.blank(self.size.width, self.rich_style)

    def _strips(self, width: int, height: int) -> list[Strip]:
        if width <= 0 or height <= 0:
            return []
        return [
            Strip([Segment(text, self.style(names)) for text, names in line]).adjust_cell_length(
                width, self.rich_style
            )
            for line in self.lines(width, height)[:height]
        ]
