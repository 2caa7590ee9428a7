"""The other end of the pipe: start an engine, ask it, survive it.

Nothing here blocks its caller: writing, reading and reaping have threads of their own, and
callbacks are called from them. What a message means is not known here.
"""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

Message = Mapping[str, Any]
"""One line of the protocol, as plain data."""

_STDERR_LINES = 50
_LINE_LIMIT = 10_000_000


def engine_command(*options: str) -> list[str]:
    """Return the command that starts the engine of this very installation."""
    return [sys.executable, "-m", "ld_tui", "engine", *options]


class EngineClient:
    """One engine process at a time. Callbacks come from its threads, and never after `close`."""

    def __init__(
        self,
        command: Sequence[str],
        on_message: Callable[[Message], None],
        on_exit: Callable[[str], None],
    ) -> None:
        """Take what to run. `on_exit` gets one line when the engine ends by itself."""
        self._command = list(command)
        self._on_message = on_message
        self._on_exit = on_exit
        self._process: _Process | None = None
        self._last_id = 0
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the engine; if it can't be started, `on_exit` says so."""
        process = _Process(self._on_message, self._on_exit)
        self._process = process
        process.start(self._command)

    def use(self, command: Sequence[str]) -> None:
        """Take another command to run, from the next start."""
        self._command = list(command)

    def restart(self) -> None:
        """Kill the engine, if it runs, and start another. Nothing of the old one is heard."""
        self.close()
        self.start()

    def request(self, kind: str, /, **fields: object) -> int:
        """Send a request; return its id. What an engine that died can't read is lost."""
        with self._lock:
            self._last_id += 1
            number = self._last_id
        self.send({"id": number, "type": kind, **fields})
        return number

    def send(self, message: Message) -> None:
        """Send a message that has its id already."""
        if self._process is not None:
            self._process.send(json.dumps(message, ensure_ascii=False))

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.is_running

    @property
    def pid(self) -> int | None:
        """The engine's process id, while it runs."""
        return self._process.pid if self._process is not None and self.is_running else None

    def stderr_tail(self) -> tuple[str, ...]:
        """Return the last lines that the engine wrote to stderr."""
        return self._process.stderr_tail() if self._process is not None else ()

    def close(self) -> None:
        """Kill the engine at once, with all it started. Doesn't wait for it."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()


class _Process:
    """One life of an engine: the process and the threads that serve it."""

    def __init__(
        self, on_message: Callable[[Message], None], on_exit: Callable[[str], None]
    ) -> None:
        self._on_message = on_message
        self._on_exit = on_exit
        self._popen: subprocess.Popen[bytes] | None = None
        self._outbox: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        self._muted = threading.Event()

    def start(self, command: Sequence[str]) -> None:
        try:
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # A group of its own: ctrl+c in the terminal is not for the engine, and what it
                # started dies with it.
                start_new_session=True,
            )
        except OSError as error:
            problem = f"the engine can't be started: {command[0]}: {error.strerror or error}"
            # Like every callback, this one comes from a thread, not out of the caller's hands.
            self._thread("failed", self._report, problem)
            return
        if self._muted.is_set():
            self._kill_group()
        reader = self._thread("read", self._read, self._popen.stdout)
        listener = self._thread("stderr", self._listen, self._popen.stderr)
        self._thread("write", self._write, self._popen.stdin)
        self._thread("wait", self._wait, self._popen, reader, listener)

    @property
    def is_running(self) -> bool:
        return self._popen is not None and self._popen.returncode is None

    @property
    def pid(self) -> int | None:
        return self._popen.pid if self._popen is not None else None

    def send(self, line: str) -> None:
        self._outbox.put(line)

    def stderr_tail(self) -> tuple[str, ...]:
        return tuple(self._stderr)

    def kill(self) -> None:
        """End the process group; safe to call twice, and after its end."""
        self._muted.set()
        self._outbox.put(None)
        self._kill_group()

    def _kill_group(self) -> None:
        if self._popen is not None and self._popen.returncode is None:
            try:
                os.killpg(self._popen.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                self._popen.kill()

    def _thread(self, name: str, target: Callable[..., None], *args: object) -> threading.Thread:
        thread = threading.Thread(target=target, args=args, name=f"engine-{name}", daemon=True)
        thread.start()
        return thread

    def _write(self, pipe: IO[bytes]) -> None:
        """Feed the engine; a pipe it doesn't read blocks this thread alone."""
        while (line := self._outbox.get()) is not None:
            try:
                pipe.write(line.encode("utf-8", "replace") + b"\n")
                pipe.flush()
            except (OSError, ValueError):
                break
        with contextlib.suppress(OSError):
            pipe.close()

    def _read(self, pipe: IO[bytes]) -> None:
        with pipe:
            while line := pipe.readline(_LINE_LIMIT):
                if not line.strip():
                    continue
                message = _decode(line)
                if self._muted.is_set():
                    return
                self._on_message(message)

    def _listen(self, pipe: IO[bytes]) -> None:
        with pipe:
            while line := pipe.readline(10_000):
                if text := line.decode("utf-8", "replace").strip():
                    self._stderr.append(text)

    def _wait(
        self,
        popen: subprocess.Popen[bytes],
        reader: threading.Thread,
        listener: threading.Thread,
    ) -> None:
        """Reap the process and tell of its end, after what it wrote before it."""
        watch = threading.Thread(target=self._end_with_stdout, args=(reader,), daemon=True)
        watch.start()
        code = popen.wait()
        reader.join(1.0)
        listener.join(0.2)
        self._outbox.put(None)
        last = f": {self._stderr[-1]}" if self._stderr else ""
        self._report(f"the engine {_ending(code)}{last}")

    def _report(self, end: str) -> None:
        if not self._muted.is_set():
            self._on_exit(end)

    def _end_with_stdout(self, reader: threading.Thread) -> None:
        """An engine that closed its output can't answer any more: end it."""
        reader.join()
        if self._popen is not None:
            try:
                self._popen.wait(1.0)
            except subprocess.TimeoutExpired:
                self._kill_group()


def _decode(line: bytes) -> Message:
    """Read a line; what is not a message of the protocol becomes a `garbage` message."""
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    if isinstance(message, dict) and isinstance(message.get("event"), str):
        return message
    shown = line[:60].decode("utf-8", "replace").strip()
    text = f"the engine wrote something that is no message: {shown!r}"
    return {"id": None, "event": "garbage", "message": text}


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
