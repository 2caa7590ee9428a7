"""What stands on the screen while it is too small."""

from ld_tui.tui.settings import MIN_HEIGHT, MIN_WIDTH
from ld_tui.tui.text import Line, cut
from ld_tui.tui.widgets.painter import Painter


class TooSmall(Painter):
    """One line that names the least size and the present one."""

    DEFAULT_CSS = """
    TooSmall { display: none; width: 100%; height: 100%; }
    """

    def lines(self, width: int, height: int) -> list[Line]:
        text = f"ld-tui needs {MIN_WIDTH}x{MIN_HEIGHT}; this is {width}x{height}. q quits"
        above = max(0, (height - 1) // 2)
        return [*[[] for _ in range(above)], [(cut(text, width).center(width), "strong warn")]]
