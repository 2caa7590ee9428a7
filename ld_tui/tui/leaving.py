"""Leaving at once: what Textual and Python would wait for at the end, and nobody needs."""

import contextlib
import os
import signal
import sys
import termios
from typing import Any, NoReturn


def let_go(driver: Any) -> None:
    """Stop reading the terminal without waiting for the thread that reads it.

    Textual waits for it for up to 0.2 s; it ends by itself all the same. Drivers of other kinds are
    left alone.
    """
    if type(driver).__name__ != "LinuxDriver" or driver.exit_event.is_set():
        return
    signal.signal(signal.SIGWINCH, signal.SIG_DFL)
    driver._disable_mouse_support()
    driver.exit_event.set()
    # What the mouse still reported would be typed into the shell.
    with contextlib.suppress(termios.error, OSError):
        termios.tcflush(driver.fileno, termios.TCIFLUSH)


def leave(status: int) -> NoReturn:
    """End the process without taking the interpreter apart, which would take as long again."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
