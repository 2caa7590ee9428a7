"""The benchmark's process: the very command a person would type, read line by line.

Nothing here blocks its caller: reading and reaping have threads of their own, and callbacks are
called from them.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PATIENCE = 3.0
"""Seconds that an interrupted process has to end by itself."""
_LINE_LIMIT = 50_000_000


@dataclass(frozen=True, slots=True)
class End:
    """How a process ended."""

    code: int
    """Its exit status; negative: the signal that killed it."""
    out: bytes
    """All it wrote to stdout."""
    last: str
    """The last line for a person that it wrote to stderr."""


def bench_command(words: Sequence[str]) -> list[str]:
    """Return the command of this very installation."""
    return [sys.executable, "-m", "ld_tui", "bench", *words]


class BenchProcess:
    """One run. `on_event` gets what `--progress json` tells, `on_end` how it ended, once."""

    def __init__(
        self,
        command: Sequence[str],
        on_event: Callable[[Mapping[str, Any]], None],
        on_end: Callable[[End], None],
        folder: Path | None = None,
    ) -> None:
        """Take what to run, and a folder that is to be there when it starts."""
        self._folder = folder
        self._command = list(command)
        self._on_event = on_event
        self._on_end = on_end
        self._popen: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._is_muted = False
        self._last = ""

    def start(self) -> None:
        """Start it, from a thread of its own."""
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            # As a shell's background job has it; what is started inherits that, and would then be
            # deaf to `interrupt`.
            signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Thread(target=self._run, name="bench", daemon=True).start()

    @property
    def pid(self) -> int | None:
        """The process's id, while it runs."""
        popen = self._popen
        return popen.pid if popen is not None and popen.returncode is None else None

    def interrupt(self) -> None:
        """Ask it to end, as ctrl+c does; it is killed where it takes too long."""
        popen = self._popen
        if popen is not None and popen.returncode is None:
            popen.send_signal(signal.SIGINT)
            timer = threading.Timer(PATIENCE, self.kill)
            timer.daemon = True
            timer.start()

    def kill(self) -> None:
        """End it and all its workers at once. Finished games are in the journal, whole."""
        popen = self._popen
        if popen is not None and popen.returncode is None:
            try:
                os.killpg(popen.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                popen.kill()

    def close(self) -> None:
        """Kill it, and tell nothing more."""
        with self._lock:
            self._is_muted = True
        self.kill()

    def _run(self) -> None:
        try:
            if self._folder is not None:
                self._folder.mkdir(parents=True, exist_ok=True)
            with self._lock:
                if self._is_muted:
                    return
                self._popen = subprocess.Popen(
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    # A group of its own: its workers die with it, and ctrl+c here isn't for it.
                    start_new_session=True,
                )
        except OSError as error:
            line = f"can't be started: {error.filename}: {error.strerror or error}"
            self._tell_end(End(1, b"", line))
            return
        popen = self._popen
        assert popen.stdout is not None
        assert popen.stderr is not None
        listener = threading.Thread(target=self._listen, args=(popen.stderr,), daemon=True)
        listener.start()
        with popen.stdout:
            out = popen.stdout.read()
        code = popen.wait()
        listener.join(1.0)
        self._tell_end(End(code, out, self._last))

    def _listen(self, pipe: IO[bytes]) -> None:
        with pipe:
            while line := pipe.readline(_LINE_LIMIT):
                event = _event_of(line)
                if event is None:
                    text = line.decode("utf-8", "replace").strip()
                    self._last = text or self._last
                elif not self._is_muted:
                    self._on_event(event)

    def _tell_end(self, end: End) -> None:
        if not self._is_muted:
            self._on_end(end)


def _event_of(line: bytes) -> Mapping[str, Any] | None:
    """Return a line's event; None for one that is for a person."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("event"), str) else None
