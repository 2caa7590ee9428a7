"""Letters in place of every other sign, for terminals that have no glyphs for them.

Widgets draw what matters with letters themselves; this is for the rest, frames and bars and what
models say, on whatever screen, so that no line ever holds what a terminal can't show.
"""

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SIGNS = {
    "-": "─━┄┈╌╴╶▁▂▔⎯–—",
    "|": "│┃▏▎▍▌▕▐║┆┊",
    "+": "╭╮╰╯┌┐└┘├┤┬┴┼┏┓┗┛┣┫╔╗╚╝╠╣✓",
    "#": "█▉▊▋▒▓░▄▀▅▆▇■▟▙▜▛▗▖▝▘",
    ">": "▸▶►→»",
    "<": "◀◂←«",
    "^": "↑▲▴",
    "v": "↓▼▾",
    "*": "●◆★◙",
    "o": "○◦◇•∘",
    ".": "·",
    "x": "✗✘×╳",
    "!": "⚠",
    "'": "‘’′",
    '"': "“”″",
    "~": "…⋯≈∞",
    "/": "╱",
    "\\": "╲",
    " ": "\xa0",
}
_TABLE = {ord(sign): letter for letter, signs in _SIGNS.items() for sign in signs}


def ascii_text(text: str) -> str:
    """Return a text of the same width in cells that is ASCII throughout."""
    if text.isascii():
        return text
    return "".join(
        char if char.isascii() else "?" * cell_len(char) for char in text.translate(_TABLE)
    )


class AsciiOnly(LineFilter):
    """Puts letters in place of all that is not ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with ASCII texts."""
        return [Segment(ascii_text(text), style, control) for text, style, control in segments]
