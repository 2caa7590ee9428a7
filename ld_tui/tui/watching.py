"""Noticing that another program changed the function base: a look at the files every now and then.

What this program writes itself is settled right after, so that it is not told as news.
"""

import threading
from collections.abc import Callable
from pathlib import Path

from ld_tui.functionbase.shelf import Fingerprint, Shelf

SECONDS = 1.5
"""Between two looks."""


class Watcher:
    """Tells, from a thread of its own, which functions' files have changed."""

    def __init__(
        self,
        folder: Path | None,
        tell: Callable[[tuple[str, ...]], None],
        seconds: float = SECONDS,
    ) -> None:
        self._shelf = Shelf(folder)
        self._tell = tell
        self._seconds = seconds
        self._known: Fingerprint = ()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._is_started = False

    def start(self) -> None:
        """Begin to look; again is no matter."""
        if self._is_started:
            return
        self._is_started = True
        threading.Thread(target=self._work, name="watcher", daemon=True).start()

    def settle(self) -> None:
        """Take the files as they are now for known."""
        with self._lock:
            self._known = self._shelf.fingerprint()

    def look(self) -> tuple[str, ...]:
        """Return the functions whose files changed since the last look, by name."""
        with self._lock:
            old, self._known = self._known, self._shelf.fingerprint()
            changed = set(old) ^ set(self._known)
        stems = {path.rpartition("/")[2].partition(".")[0] for path, _, _ in changed}
        return tuple(sorted(stems))

    def close(self) -> None:
        self._closed.set()

    def _work(self) -> None:
        self.settle()
        while not self._closed.wait(self._seconds):
            if names := self.look():
                self._tell(names)
