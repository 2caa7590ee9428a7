"""Help: the keys, from the live bindings, and what else a screen has to say."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.settings import MIN_HEIGHT
from ld_tui.tui.text import Line, cut, fit, width_of, wrap
from ld_tui.tui.widgets.keybar import key_text
from ld_tui.tui.widgets.painter import Painter

MOVING = (
    "Or click, or type c9e9, or e9; m first where a letter is a key.",
    "An illegal typed turn is explained and counted; the eighth one loses.",
    "Signs: {signs}, ? unseen; ?! ? ?? lost 1, 2, more steps; ! an only move.",
    "On top: par, what best play comes to; {illegal} each side's illegal choices.",
)
SIGNS = "○◇ came from here, ◦ legal, ▒ closed, ▓ by a storm, ╳ jammed, » fast"
LETTERS = "o v came from here, + legal, # closed, % by a storm, ! jammed, > fast"


class HelpText(Painter):
    """The keys in two columns, then what else there is to say."""

    DEFAULT_CSS = "HelpText { height: auto; }"

    def __init__(self, bindings: Sequence[Binding], about: Sequence[str]) -> None:
        super().__init__()
        self._keys = list(bindings)
        self._about = list(about)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self.lines(width, 0))

    def lines(self, width: int, height: int) -> list[Line]:
        each = (width - 2) // 2
        cells = [self._described(binding, each) for binding in self._keys]
        half = (len(cells) + 1) // 2
        lines: list[Line] = []
        for at in range(half):
            left = cells[at]
            right = cells[at + half] if at + half < len(cells) else []
            lines.append([*left, (" " * (each + 2 - width_of(left)), ""), *right])
        letters = bool(getattr(getattr(self.app, "setup", None), "ascii_only", False))
        signs = {"signs": LETTERS if letters else SIGNS, "illegal": "x" if letters else "✗"}
        for at, text in enumerate(self._about):
            # The least terminal has no room for a blank line.
            lines += [[]] * (at == 0 and self.app.size.height > MIN_HEIGHT)
            lines += [[(line, "quiet")] for line in wrap(text.format(**signs), width, 5)]
        return lines

    def _described(self, binding: Binding, width: int) -> Line:
        text = binding.tooltip or binding.description
        return [(fit(key_text(binding), 10), "key"), (cut(text, width - 10), "")]


_SCROLLS = {"up": "up", "down": "down", "pageup": "page_up", "pagedown": "page_down"}


class HelpScreen(LdModal[None]):
    """Shows the keys of the screen beneath; any key closes it, but for those that scroll."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, bindings: Sequence[Binding], about: Sequence[str] = ()) -> None:
        """Take the keys, and what is told after them in paragraphs."""
        super().__init__()
        self._keys = bindings
        self._about = about

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog wide", can_focus=False):
            yield HelpText(self._keys, self._about)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        if not self.is_active:
            return
        pages = self.query_one(VerticalScroll)
        if event.key in _SCROLLS and pages.max_scroll_y > 0:
            getattr(pages, f"scroll_{_SCROLLS[event.key]}")(animate=False)
            return
        self.dismiss(None)

    def on_click(self) -> None:
        self.dismiss(None)
