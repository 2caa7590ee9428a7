"""Time from process start to the board on the screen, beside an empty Textual app.

    python benchmarks/first_frame.py [--runs 11]

Both run in a pseudo-terminal of 80x24, in turn; a run ends when the awaited text arrives. Prints
the minimum, median and maximum of each in milliseconds, and the ratio of the medians.
"""

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time

EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("EMPTYAPP")
Empty().run()
"""


def time_until(command: list[str], awaited: bytes, limit: float = 20.0) -> float:
    """Return the seconds from starting a command in a terminal until it draws `awaited`.

    Raises SystemExit where it never does.
    """
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    drawn = b""
    try:
        while time.perf_counter() - began < limit:
            if select.select([terminal], [], [], 0.5)[0]:
                try:
                    drawn += os.read(terminal, 65536)
                except OSError:
                    break
            if awaited in drawn:
                return time.perf_counter() - began
        raise SystemExit(f"{' '.join(command)} never drew {awaited!r}; last: {drawn[-300:]!r}")
    finally:
        os.kill(pid, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(pid, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=11)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as home:
        os.environ["LD_TUI_HOME"] = home
        commands = {
            "ld-tui": ([sys.executable, "-m", "ld_tui", "play", "--side", "blue"], "◆".encode()),
            "empty app": ([sys.executable, "-c", EMPTY], b"EMPTYAPP"),
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for run in range(runs + 1):
            for name, (command, awaited) in commands.items():
                seconds = time_until(command, awaited)
                if run:  # the first warms the file cache
                    times[name].append(seconds * 1000)
    for name, found in times.items():
        spread = f"{min(found):6.0f} {statistics.median(found):6.0f} {max(found):6.0f}"
        print(f"{name:10} {spread} ms (min, median, max of {runs})")
    first, empty = (statistics.median(times[name]) for name in commands)
    print(f"ratio      {first / empty:.2f}")


if __name__ == "__main__":
    main()
