"""Saves are written by a thread of their own, so that no disk holds up the screen."""

import threading
from collections.abc import Callable
from pathlib import Path

from ld_tui.errors import SaveError
from ld_tui.game.record import GameRecord


class Saver:
    """Writes the newest record of one game to its file; older ones not yet written are passed over.

    `failed` gets one line, from the thread, when a save can't be written.
    """

    def __init__(self, place: Path, label: str, failed: Callable[[str], None]) -> None:
        """Take the file to write, or the folder to put a new one in, with `label` in its name."""
        self._place = place
        self._label = label
        self._failed = failed
        self._newest: GameRecord | None = None
        self._changed = threading.Condition()
        self.path: Path | None = place if place.suffix == ".toml" else None
        """The file; None before a new one is first written."""
        self._is_closed = False
        self._is_writing = False
        self._thread: threading.Thread | None = None

    def save(self, record: GameRecord) -> None:
        """Have a record written soon; returns at once."""
        with self._changed:
            self._newest = record
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="saver", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, seconds: float) -> bool:
        """Wait for what is to be written, so long at most; tell whether it is."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self._newest is None and not self._is_writing, seconds
            )

    def close(self, seconds: float = 0.2) -> None:
        """Write what is left, taking so long at most."""
        self.flush(seconds)
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _work(self) -> None:
        # Late, and here: the first frame needs none of it.
        from ld_tui.arena.saves import new_save_path, write_save

        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._newest is not None or self._is_closed)
                record, self._newest = self._newest, None
                if record is None:
                    return
                self._is_writing = True
            try:
                self.path = self.path or new_save_path(self._place, self._label)
                write_save(self.path, record)
            except SaveError as error:
                self._failed(str(error))
            finally:
                with self._changed:
                    self._is_writing = False
                    self._changed.notify_all()
