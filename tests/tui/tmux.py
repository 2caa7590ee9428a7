"""A program in a real terminal, of tmux, for tests that assert what can be seen."""

import re
import subprocess
import time
import uuid
from collections.abc import Callable

LIMIT = 60.0
"""Seconds after which something that has to appear counts as missing."""


class Tmux:
    """A terminal of 80x24 in which a command runs; its end is told as `[exit STATUS]`."""

    def __init__(self, command: str) -> None:
        self._socket = f"ld-tui-{uuid.uuid4().hex}"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", command)
        self.tmux("set", "-g", "status", "off")

    def screen(self, *options: str) -> str:
        """Return what can be seen, as plain text; with `-e` as it was sent."""
        return self.tmux("capture-pane", "-p", *options)

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names."""
        self.tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type characters."""
        self.tmux("send-keys", "-l", text)

    def resize(self, width: int, height: int) -> None:
        self.tmux("resize-window", "-x", str(width), "-y", str(height))

    def until(self, *wanted: str | Callable[[str], object]) -> str:
        """Wait until one of these is on the screen; return the screen."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            shown = self.screen()
            if any(one in shown if isinstance(one, str) else one(shown) for one in wanted):
                return shown
            time.sleep(0.05)
        raise AssertionError(f"none of {wanted} ever appeared; last:\n{self.screen()}")

    def exit_status(self) -> int:
        """Wait for the program's end; return its status."""
        ended = re.compile(r"\[exit (\d+)\]")
        found = ended.search(self.until(ended.search))
        assert found is not None
        return int(found[1])

    def close(self) -> None:
        self.tmux("kill-server")

    def tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *words], capture_output=True, text=True, check=True
        )
        return done.stdout.rstrip("\n")


def step_of(shown: str) -> int:
    """Return the step that a game on the screen is in; 0 where none is."""
    found = re.search(r"step (\d+)/100", shown)
    return int(found[1]) if found else 0
