"""The client in a real browser: the page opens, keys play, and nothing outside is asked for."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ld_tui.arena.saves import list_saves

pytest.importorskip("textual_serve")
pytestmark = pytest.mark.slow
ENTER = "\ue007"
"""As WebDriver names it."""


def descendants(pid: int) -> list[int]:
    """Return the processes below one."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True)
    children = [int(word) for word in found.stdout.split()]
    return children + [below for child in children for below in descendants(child)]


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be reaped doesn't."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def server(own_home: Path) -> Iterator[subprocess.Popen[str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "ld_tui", "serve", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "LD_TUI_HOME": str(own_home)},
    )
    with process:
        yield process
        if process.poll() is None:
            process.kill()


def test_a_game_is_played_in_the_browser(
    server: subprocess.Popen[str], browser: Callable[..., Any], own_home: Path, tmp_path: Path
) -> None:
    assert server.stdout is not None
    said = server.stdout.readline()
    assert said.startswith("ld-tui in a browser: http://127.0.0.1:")
    address = said.split()[4]
    page = browser()
    page.open(address)
    page.until(lambda: "Play blue" in page.received(), "the start screen")
    page.press("b")
    page.until(lambda: "dot 1," in page.received(), "the board")
    page.until(lambda: "capture in" in page.received(), "the value")
    page.press("h")
    page.until(lambda: "a best move" in page.received(), "the hint")
    page.press(ENTER)
    saves = own_home / "saves"
    page.until(lambda: any(entry.plies >= 2 for entry in list_saves(saves)), "the answer")
    page.until(lambda: "LD decided for orange" in page.received(), "the decision")
    assert {urlsplit(url).netloc for url in page.asked()} == {urlsplit(address).netloc}
    assert not any("Security" in line for line in page.complaints())

    page.press_with_control("p")
    # The cursor stands on the first letter.
    page.until(lambda: "earch for commands" in page.received(), "the palette")
    shown = len(page.received())
    page.press(*"export as html")
    page.until(lambda: "A page with controls" in page.received()[shown:], "the command")
    time.sleep(1)
    page.press(ENTER)
    save = next(saves.glob("*.toml"))
    exported = tmp_path / "downloads" / f"{save.stem}.html"
    page.until(exported.exists, "the download")
    assert "LD (orange)" in exported.read_text(encoding="utf-8")

    below = descendants(server.pid)
    assert len(below) >= 2
    page.press("q")
    closed = "return document.body.classList.contains('-closed')"
    page.until(lambda: page.js(closed), "the end of the session")
    page.open(address)
    page.until(lambda: page.received().count("Play blue") >= 2, "a second session")
    below = [*below, *descendants(server.pid)]
    server.send_signal(signal.SIGINT)
    assert server.wait(30) == 0, server.stdout.read()
    end = time.monotonic() + 30
    while any(map(is_alive, below)) and time.monotonic() < end:
        time.sleep(0.1)
    assert not list(filter(is_alive, below))
