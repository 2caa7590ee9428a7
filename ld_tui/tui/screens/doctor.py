"""What works here and what doesn't: `ld-tui doctor`, run beside the screen, and the keys that come.

The looking is a process of its own: it loads models and solves nothing on the screen's time.
"""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget

from ld_tui.paths import saves_dir
from ld_tui.tui.screens.base import LdScreen
from ld_tui.tui.text import Line, fit, wrap
from ld_tui.tui.widgets.keybar import KeyBar
from ld_tui.tui.widgets.moves import rule
from ld_tui.tui.widgets.painter import Painter

_STYLES = {"ok": "good", "warn": "warn strong", "fail": "bad strong"}
_ROWS = 4
"""Rows that one finding may take."""


class Found(Message):
    """The doctor wrote a line."""

    def __init__(self, run: int, line: str) -> None:
        super().__init__()
        self.run = run
        self.line = line


class Ended(Message):
    """The doctor is done."""

    def __init__(self, run: int, problem: str) -> None:
        super().__init__()
        self.run = run
        self.problem = problem


class Heading(Painter):
    """What this is, and what came of it; and the last key that came."""

    DEFAULT_CSS = "Heading { height: 2; padding: 0 1; }"

    text = ""
    style_name = "title"
    key = ""

    def lines(self, width: int, height: int) -> list[Line]:
        key = f"last key: {self.key}" if self.key else "press a key to see if it comes"
        room = max(0, width - len(key) - 1)
        return [[(fit(self.text, room), self.style_name), (" ", ""), (key, "quiet")]]


_FIRST = {"fail": "failed", "warn": "to look at"}
"""What stands before the areas, under which heading."""


class FindingList(Painter):
    """The findings: first what failed, then what is to be looked at, then the others by area."""

    DEFAULT_CSS = "FindingList { height: auto; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.findings: list[Mapping[str, Any]] = []

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return max(1, len(self.lines(width, 0)))

    def lines(self, width: int, height: int) -> list[Line]:
        found: list[Line] = []
        heading = ""
        for finding in self._in_order():
            status, area = str(finding["status"]), str(finding["area"])
            before, heading = heading, _FIRST.get(status, area)
            if heading != before:
                found += [*([[]] * bool(found)), rule(heading, width)]
            place = f"{area}, " if status in _FIRST else ""
            found += _rows(finding, f"{place}{finding['name']}: {finding['text']}", width)
        return found

    def _in_order(self) -> list[Mapping[str, Any]]:
        """Return the findings in the order they stand in."""
        ranks = {status: at for at, status in enumerate(_FIRST)}
        return sorted(self.findings, key=lambda each: ranks.get(each["status"], len(ranks)))


def _rows(finding: Mapping[str, Any], text: str, width: int) -> list[Line]:
    """Return a finding, and below it the mend."""
    status, mend = str(finding["status"]), str(finding["mend"])
    rows = wrap(_broken(text, width - 6), width - 6, _ROWS)
    found: list[Line] = [[(f"{status:4}  ", _STYLES.get(status, "")), (rows[0], "")]]
    found += [[(" " * 6, ""), (row, "")] for row in rows[1:]]
    if mend:
        below = wrap(_broken(mend, width - 6), width - 6, _ROWS)
        found += [[(" " * 6, ""), (row, "warn")] for row in below]
    return found


def _broken(text: str, width: int) -> str:
    """Break words that are longer than a line, such as paths."""
    width = max(1, width)
    words = (word[at : at + width] for word in text.split() for at in range(0, len(word), width))
    return " ".join(words)


class DoctorScreen(LdScreen):
    """Runs the doctor and shows what it finds."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f12", "leave", "back", key_display="esc", id="doctor.leave",
                tooltip="Back to where you were"),
        Binding("c", "copy", "copy", id="doctor.copy", tooltip="Copy all of it as text"),
        Binding("r", "again", "look again", id="doctor.again", tooltip="Look at everything anew"),
        Binding("up", "scroll(-1)", "up", show=False, id="doctor.up", key_display="↑↓",
                tooltip="Scroll"),
        Binding("down", "scroll(1)", "down", show=False, id="doctor.down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="doctor.pageup"),
        Binding("pagedown,space", "page(1)", "page down", show=False, id="doctor.pagedown"),
        Binding("home", "scroll(-9999)", "first", show=False, id="doctor.first"),
        Binding("end", "scroll(9999)", "last", show=False, id="doctor.last"),
    ]  # fmt: skip

    def __init__(self, command: Sequence[str]) -> None:
        """Take the command of the doctor, without the screen's size."""
        super().__init__()
        self._command = list(command)
        self._heading = Heading()
        self._list = FindingList()
        self._scroll = VerticalScroll(self._list, id="findings", can_focus=False)
        self._process: subprocess.Popen[str] | None = None
        self._run = 0
        self.is_done = False

    def body(self) -> Iterable[Widget]:
        yield self._heading
        yield self._scroll
        yield KeyBar()

    def on_mount(self) -> None:
        self.action_again()

    def on_unmount(self) -> None:
        self._kill()

    @property
    def text(self) -> str:
        """Everything as text, as `ld-tui doctor` prints it."""
        lines = []
        for each in self._list.findings:
            mend = f"; {each['mend']}" if each["mend"] else ""
            place = f"{each['status']:4}  {each['area']:9}  {each['name']}"
            lines.append(f"{place}: {each['text']}{mend}")
        return "\n".join([*lines, ""])

    def action_leave(self) -> None:
        self.dismiss()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self.text)
        line = "copied, if this terminal lets programs copy; else: ld-tui doctor > report.txt"
        self.notify(line, markup=False)

    def action_again(self) -> None:
        """Look at everything, from the beginning."""
        self._kill()
        self._run += 1
        self.is_done = False
        self._list.findings = [self._screen_finding()]
        self._shown("looking, for some seconds…", "title")
        width, height = self.app.size
        command = [*self._command, "--json", "--screen", f"{width}x{height}"]
        args = (command, self._run)
        threading.Thread(target=self._work, args=args, name="doctor", daemon=True).start()

    def action_scroll(self, by: int) -> None:
        self._scroll.scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        self._scroll.scroll_relative(y=by * max(1, self._scroll.size.height - 2), animate=False)

    def on_key(self, event: events.Key) -> None:
        """Show what key came; what it is bound to it does all the same."""
        self._heading.key = event.key
        self._heading.refresh()

    def on_found(self, message: Found) -> None:
        if message.run != self._run:
            return
        with contextlib.suppress(ValueError):
            found = json.loads(message.line)
            if isinstance(found, dict) and set(found) >= {"area", "name", "status", "text", "mend"}:
                self._list.findings.append(found)
                self._list.refresh(layout=True)

    def on_ended(self, message: Ended) -> None:
        if message.run != self._run:
            return
        self.is_done = True
        if message.problem:
            finding = {"area": "doctor", "name": "process", "status": "fail"}
            self._list.findings.append(finding | {"text": message.problem, "mend": ""})
        counts = [
            sum(each["status"] == status for each in self._list.findings) for status in _STYLES
        ]
        style = "bad strong" if counts[2] else "warn strong" if counts[1] else "good"
        self._shown("{} ok, {} to look at, {} failed".format(*counts), style)

    def _shown(self, text: str, style: str) -> None:
        self._heading.text, self._heading.style_name = text, style
        self._heading.refresh()
        self._list.refresh(layout=True)

    def _screen_finding(self) -> Mapping[str, Any]:
        """Say what only the app knows: what it draws with, in this very terminal."""
        app = self.app
        colors = app.console.color_system or "no"
        gray = ", as grays" if app.no_color else ""
        motion = "off" if app.animation_level == "none" else app.animation_level
        text = f"{colors} colors{gray}, theme {app.theme}, motion {motion}"
        return {"area": "terminal", "name": "screen", "status": "ok", "text": text, "mend": ""}

    def _work(self, command: list[str], run: int) -> None:
        """Read what the doctor says, in a thread."""
        problem = ""
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                # A group of its own, so that its engine ends with it.
                start_new_session=True,
            )
        except OSError as error:
            self._post(Ended(run, f"it can't be started: {error.strerror or error}"))
            return
        self._process = process
        if run != self._run:
            _end(process)
        with process:
            assert process.stdout is not None
            assert process.stderr is not None
            for line in process.stdout:
                self._post(Found(run, line))
            told = process.stderr.read().strip().splitlines()
        if process.returncode not in (0, 1):
            problem = told[-1] if told else f"it ended with status {process.returncode}"
        self._post(Ended(run, problem))

    def _post(self, message: Found | Ended) -> None:
        # Once the screen is gone it has no app to ask; what was for it is dropped.
        if message.run == self._run and self.is_running:
            self.post_message(message)

    def _kill(self) -> None:
        process, self._process = self._process, None
        self._run += 1
        if process is not None:
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def doctor_command(engine_command: Sequence[str] | None, saves: Path) -> list[str]:
    """Return the command of the doctor that looks at what the engine's command names."""
    words = list(engine_command or ())
    found = [sys.executable, "-m", "ld_tui", "doctor"]
    if saves != saves_dir():
        found += ["--saves", str(saves)]
    if "engine" in words:
        options = words[words.index("engine") + 1 :]
        for name, value in itertools.pairwise(options):
            if name in ("--functionbase", "--model", "--embedder"):
                found += [name, value]
    return found
