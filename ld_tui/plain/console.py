"""Lines in, lines out: a thread that reads, and paragraphs, wrapped only on a terminal.

The input is read straight from its descriptor: a thread that waits in `sys.stdin` would hold its
lock, and with it up the end of the program.
"""

import os
import re
import shutil
import textwrap
import threading
from collections.abc import Callable
from typing import TextIO

_NARROWEST = 20
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?")


def without_escapes(line: str) -> str:
    """Return a line without what arrows and other keys put into it."""
    return _ESCAPE.sub("", line).strip()


class Voice:
    """Says things, a paragraph a line."""

    def __init__(self, out: TextIO, is_terminal: bool) -> None:
        self._out = out
        self._is_terminal = is_terminal
        self._is_prompting = False

    def say(self, text: str) -> None:
        """Write one paragraph, without anything in it that a terminal would obey."""
        shown = "".join(char if char.isprintable() else " " for char in text)
        lines = [shown]
        if self._is_terminal:
            width = max(_NARROWEST, shutil.get_terminal_size().columns)
            lines = textwrap.wrap(shown, width - 1) or [""]
        if self._is_prompting:
            lines.insert(0, "")
            self._is_prompting = False
        self._out.write("\n".join(lines) + "\n")
        self._out.flush()

    def prompt(self, text: str) -> None:
        """Ask for a line, where somebody sees it; once, until something is said or answered."""
        if self._is_terminal and not self._is_prompting:
            self._out.write(text)
            self._out.flush()
            self._is_prompting = True

    def answered(self) -> None:
        """Notice that a line came: the terminal has shown it and gone to the next."""
        self._is_prompting = False


def read_in_thread(descriptor: int, heard: Callable[[str | None], None]) -> None:
    """Read lines in a thread; `heard` gets each, and None at the end of the input."""
    threading.Thread(target=_read, args=(descriptor, heard), name="lines", daemon=True).start()


def _read(descriptor: int, heard: Callable[[str | None], None]) -> None:
    rest = b""
    while True:
        try:
            read = os.read(descriptor, 4096)
        except OSError:
            read = b""
        *lines, rest = (rest + read).split(b"\n")
        for line in lines:
            heard(line.decode("utf-8", "replace").strip())
        if not read:
            if rest.strip():
                heard(rest.decode("utf-8", "replace").strip())
            heard(None)
            return
