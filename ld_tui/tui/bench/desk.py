"""The app's one benchmark: what was chosen, what runs, and what came of it.

It outlives the screen: a run goes on while something else is looked at. Everything but the
process's own threads happens on the app's event loop.
"""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from ld_tui import paths
from ld_tui.tui.bench.plan import Plan
from ld_tui.tui.bench.process import BenchProcess, End, bench_command

INTERRUPTED = 130
"""The command's exit status after ctrl+c."""


class Host(Protocol):
    """The app, as far as the desk knows it."""

    @property
    def is_running(self) -> bool: ...

    def call_later(self, callback: Callable[..., Any], *args: Any) -> bool: ...


class Desk:
    """Runs one benchmark at a time."""

    def __init__(
        self,
        host: Host,
        plan: Plan,
        folder: Path | None = None,
        command: Callable[[Sequence[str]], list[str]] = bench_command,
    ) -> None:
        """Take what to begin with, where journals and results go, and what makes a command."""
        self._host = host
        self._command = command
        self.plan = plan
        self.folder = folder or paths.data_dir() / "benchmarks"
        self.phase = "idle"
        """`idle`, `running`, `stopping`, `stopped`, `done` or `failed`."""
        self.head: Mapping[str, Any] = {}
        """The run's first event."""
        self.games = self.finished = self.done = 0
        """Games in all, those found in the journal, and those finished by now."""
        self.label = ""
        self.solving: float | None = None
        self.sheets: Sequence[Mapping[str, Any]] = ()
        self.charts: Sequence[Mapping[str, Any]] = ()
        self.notices: list[str] = []
        self.problem = ""
        self.result = b""
        """What the command printed: the results as JSON."""
        self.written = ""
        """What was last written to a file, or why it wasn't."""
        self.listen: Callable[[], None] | None = None
        """Called after every change."""
        self.told_start: Callable[[], None] | None = None
        """Called when a run begins."""
        self.told_end: Callable[[], None] | None = None
        """Called when a run is over."""
        self._process: BenchProcess | None = None
        self._writer: BenchProcess | None = None
        self._inbox: deque[Mapping[str, Any]] = deque()
        self._is_called = False
        self._began = self._ended = 0.0
        self._ran: Plan = plan

    @property
    def is_running(self) -> bool:
        return self.phase in ("running", "stopping")

    @property
    def pid(self) -> int | None:
        """The process's id, while it runs."""
        return self._process.pid if self._process is not None else None

    @property
    def ran(self) -> Plan:
        """The plan of the latest run."""
        return self._ran

    @property
    def is_unfinished(self) -> bool:
        """Whether a run of this very plan was stopped."""
        return self.phase in ("stopped", "failed") and self._ran == self.plan and self.done > 0

    @property
    def elapsed(self) -> float:
        """Seconds since the first game of this run could begin."""
        if not self._began:
            return 0.0
        return (time.monotonic() if self.is_running else self._ended) - self._began

    @property
    def left(self) -> float | None:
        """Seconds that are left at the pace so far; None before the first game."""
        now = self.done - self.finished
        return self.elapsed / now * (self.games - self.done) if now > 0 else None

    def start(self) -> None:
        """Run the plan, going on with the games that its journal holds."""
        if self.is_running:
            return
        self._ran = self.plan
        self.phase, self.problem, self.label, self.written = "running", "", "", ""
        self.head, self.result, self.solving = {}, b"", None
        self.games = self.finished = self.done = 0
        self.sheets, self.charts, self.notices = (), (), []
        self._began = 0.0
        self._inbox.clear()
        words = [*self.plan.words(), "--json", "--progress", "json", "--resume", str(self.folder)]
        # In a folder the command finds the journal of what is measured by itself.
        self._process = BenchProcess(self._command(words), self._event, self._end, self.folder)
        self._process.start()
        if self.told_start is not None:
            self.told_start()
        self._changed()

    def stop(self) -> None:
        """Stop the run; finished games are kept. Asked twice, it is killed."""
        if self._process is None or not self.is_running:
            return
        if self.phase == "stopping":
            self._process.kill()
        else:
            self.phase = "stopping"
            self._process.interrupt()
        self._changed()

    def close(self) -> None:
        """End everything at once."""
        for process in (self._process, self._writer):
            if process is not None:
                process.close()

    def write(self, kind: str) -> None:
        """Write the results: `json`, `csv`, `markdown`, or `plots`; `written` tells what came."""
        if self.phase != "done" or self._writer is not None:
            return
        stem = Path(str(self.head.get("journal"))).stem
        if kind == "json":
            path = self.folder / f"{stem}.json"
            threading.Thread(target=self._write_json, args=(path, self.result), daemon=True).start()
            return
        suffix = {"csv": ".csv", "markdown": ".md", "plots": "-plots"}[kind]
        path = free_name(self.folder / f"{stem}{suffix}")
        # The same command once more: every game is in the journal, so nothing is played.
        words = [*self._ran.words(), "--json", "--progress", "json"]
        words += ["--resume", str(self.head.get("journal")), f"--{kind}", str(path)]
        self.written = f"writing {path.name}…"

        def end(end: End) -> None:
            text = f"wrote {path}" if end.code == 0 else _for_people(end)
            self._later(self._wrote, text)

        self._writer = BenchProcess(self._command(words), lambda event: None, end)
        self._writer.start()
        self._changed()

    def _write_json(self, path: Path, data: bytes) -> None:
        try:
            if not (path.exists() and path.read_bytes() == data):
                path = free_name(path)
                paths.atomic_write(path, data)
            text = f"wrote {path}"
        except OSError as error:
            text = f"{path}: can't be written: {error.strerror or error}"
        self._later(self._wrote, text)

    def _wrote(self, text: str) -> None:
        self.written, self._writer = text, None
        self._changed()

    # From the process's threads

    def _event(self, event: Mapping[str, Any]) -> None:
        self._inbox.append(event)
        # One call at a time: a fast run must not flood the event loop.
        if not self._is_called:
            self._is_called = True
            self._later(self._drain)

    def _end(self, end: End) -> None:
        self._later(self._over, end)

    def _later(self, call: Callable[..., None], *args: object) -> None:
        if self._host.is_running:
            # The loop may be closed just now, and then nobody wants to know.
            with contextlib.suppress(RuntimeError):
                self._host.call_later(call, *args)

    # On the event loop

    def _drain(self) -> None:
        self._is_called = False
        while self._inbox:
            self._hear(self._inbox.popleft())
        self._changed()

    def _hear(self, event: Mapping[str, Any]) -> None:
        match event["event"]:
            case "begin":
                self.head = event
                self.games, self.finished = int(event["games"]), int(event["finished"])
                self.done = self.finished
                self._began = time.monotonic()
            case "solving":
                part = float(event["part"])
                self.solving = part if part < 1 else None
                self._began = time.monotonic()
            case "game":
                self.done, self.label = int(event["done"]), str(event["label"])
                self.solving = None
            case "tables":
                self.sheets, self.charts = event["sheets"], event["charts"]
            case "notice":
                self.notices.append(str(event["line"]))
            case _:
                pass

    def _over(self, end: End) -> None:
        self._drain()
        self._process = None
        self._ended = time.monotonic()
        if end.code == 0:
            self.phase, self.result = "done", end.out
        elif self.phase == "stopping" or end.code == INTERRUPTED:
            self.phase = "stopped"
        else:
            self.phase, self.problem = "failed", _for_people(end)
        self._changed()
        if self.told_end is not None:
            self.told_end()

    def _changed(self) -> None:
        if self.listen is not None:
            self.listen()


def free_name(path: Path) -> Path:
    """Return the path, or, where something is there, the first like it where nothing is."""
    number, found = 2, path
    while found.exists():
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return found


def _for_people(end: End) -> str:
    """Say in one line why a process failed."""
    if end.code < 0:
        return f"the benchmark was killed by signal {-end.code}; what it finished is kept"
    return end.last.removeprefix("ld-tui: ") or f"the benchmark ended with exit status {end.code}"
