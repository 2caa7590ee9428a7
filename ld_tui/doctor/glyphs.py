"""Every glyph that the screens draw with, and how wide it is: reckoned, and in the terminal.

A terminal that draws a glyph wider than Textual reckons breaks every line that has it.
"""

import contextlib
import os
import re
import select
import termios
import time
import tty
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from rich.cells import cell_len

from ld_tui.game.rules import Side
from ld_tui.tui.art import SCALES, cell_art
from ld_tui.tui.picture import Look

FRAMES = "─│╭╮╰╯┌┐└┘├┤▕▏▎▍▌▋▊▉█▁▂▃▄▅▆▇…·•✗✓▸◦↑↓←→⚠▼▶▴▾∞│┃━"
"""Of panels, bars, marks and keys."""
_REPORT = re.compile(rb"\x1b\[(\d+);(\d+)R")
_PATIENCE = 1.0
"""Seconds that the terminal has for its first answer; a glyph after it gets half of them."""


def board_glyphs() -> frozenset[str]:
    """Return every character that is not ASCII of every cell that a board can show."""
    dots: list[dict[str, Any]] = [
        {},
        {"orange": True},
        *({"blue": tuple(range(count))} for count in (1, 2, 3)),
        {"orange": True, "blue": (0,)},
        {"closed": True},
        {"marked": True},
        {"ghost": True},
        *({"legal": side} for side in Side),
        *({"trail": side, "is_source": source} for side in Side for source in (True, False)),
    ]
    states = ("storm", "jammed", "sprints", "unseen", "cursor", "selected")
    found: set[str] = set()
    for dot, scale, state in product(dots, SCALES, (None, *states)):
        look = Look(**(dot | ({state: True} if state else {})))
        for row in cell_art(look, scale, False):
            found.update(*(text for text, _ in row))
    return frozenset(char for char in found if not char.isascii())


def glyphs() -> str:
    """Return every glyph, in order."""
    return "".join(sorted(board_glyphs() | set(FRAMES)))


def reckoned(chars: str) -> dict[str, int]:
    """Return the cells that Textual reckons each glyph to take."""
    return {char: cell_len(char) for char in chars}


def measured(terminal: int, chars: Sequence[str]) -> Mapping[str, int] | None:
    """Draw each glyph in the terminal and ask where the cursor is then; None without an answer.

    `terminal` is a descriptor to read and write; what is drawn is wiped out again.
    """
    found: dict[str, int] = {}
    with _raw(terminal):
        for char in chars:
            os.write(terminal, b"\r" + char.encode() + b"\x1b[6n")
            column = _column(terminal, _PATIENCE if not found else _PATIENCE / 2)
            if column is None:
                break
            found[char] = column - 1
        os.write(terminal, b"\r\x1b[K")
    return found if len(found) == len(chars) else None


@contextlib.contextmanager
def _raw(terminal: int) -> Iterator[None]:
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _column(terminal: int, seconds: float) -> int | None:
    """Return the column that the terminal reports, from 1."""
    heard, end = b"", time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if not select.select([terminal], [], [], left)[0]:
            return None
        heard += os.read(terminal, 64)
        if report := _REPORT.search(heard):
            return int(report[2])
    return None
