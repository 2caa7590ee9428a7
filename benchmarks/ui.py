"""How the screen feels: keys while the engine thinks, quitting, memory.

    python benchmarks/ui.py [--keys 120] [--quits 5]

The program runs in a pseudo-terminal of 80x24 with its real engine. Printed are

- the time from a key to the first byte of the frame that it makes, at rest and while the engine
  solves and decides without a pause, in turns of one and the same run: p50 and p95. The key is an
  arrow, so each frame moves the cursor of the board;
- the time from the key that quits to the end of the process, with the engine busy;
- the memory of the screen's process (not the engine's): resident, and of it what is its own.

The exit status is 1 where a target is missed: p95 at most 30 ms above that at rest, quitting under
0.3 s, under 150 MB.
"""

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

SLOWER_MS, QUIT_S, MEMORY_MB = 30.0, 0.3, 150.0
SETTLED = 0.15
"""Seconds without output after which a frame counts as drawn."""
BLOCK = 4
"""Keys pressed in a row, at rest or not."""
ARROWS = (b"\x1b[C", b"\x1b[D")


class Screen:
    """The program in a pseudo-terminal."""

    def __init__(self, *options: str) -> None:
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execv(sys.executable, [sys.executable, "-m", "ld_tui", *options])
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.drawn = b""

    def read(self, seconds: float) -> bytes:
        """Return what comes within a time; nothing where nothing does."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return b""
        try:
            found = os.read(self.terminal, 65536)
        except OSError:
            return b""
        self.drawn = (self.drawn + found)[-100_000:]
        return found

    def settle(self, seconds: float = SETTLED) -> None:
        """Read until nothing comes for a while; something that ticks is not waited for."""
        end = time.perf_counter() + 2.0
        while time.perf_counter() < end and self.read(seconds):
            pass

    def until(self, text: str, limit: float = 60.0) -> None:
        end = time.perf_counter() + limit
        while text.encode() not in self.drawn:
            if time.perf_counter() > end:
                raise SystemExit(f"{text!r} was never drawn; last: {self.drawn[-400:]!r}")
            self.read(0.2)

    def press(self, key: bytes) -> float:
        """Press a key; return the seconds to the first byte of what it makes."""
        self.settle()
        began = time.perf_counter()
        os.write(self.terminal, key)
        while not self.read(0.5):
            if time.perf_counter() - began > 5:
                raise SystemExit(f"nothing came of {key!r}")
        return time.perf_counter() - began

    def memory(self) -> tuple[float, float]:
        """Return the resident memory in MB, and what of it no other process shares."""
        with open(f"/proc/{self.pid}/smaps_rollup") as file:
            sizes = dict(line.split()[:2] for line in file if line.split()[0].endswith(":"))
        own = int(sizes["Private_Clean:"]) + int(sizes["Private_Dirty:"])
        return int(sizes["Rss:"]) / 1024, own / 1024

    @property
    def engine(self) -> int:
        words = ["pgrep", "-P", str(self.pid), "-f", "ld_tui engine"]
        return int(subprocess.run(words, capture_output=True, text=True).stdout.split()[0])

    def quit(self) -> float:
        """Press the key that quits; return the seconds to the end of the process."""
        began = time.perf_counter()
        os.write(self.terminal, b"q")
        while True:
            self.read(0.001)
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                os.close(self.terminal)
                return time.perf_counter() - began
            if time.perf_counter() - began > 10:
                raise SystemExit("it doesn't quit")

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


@contextmanager
def resting(engine: int) -> Iterator[None]:
    """Hold the engine still, as if it had nothing to do; not for so long that it is replaced."""
    os.killpg(engine, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(engine, signal.SIGCONT)


def processor(pid: int) -> float:
    """Return the seconds of processor time that a process has used."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def latencies(keys: int) -> tuple[dict[str, list[float]], float, tuple[float, float]]:
    """Return latencies in ms at rest and thinking, the engine's load meanwhile, the memory."""
    found: dict[str, list[float]] = {"at rest": [], "thinking": []}
    with tempfile.TemporaryDirectory() as home:
        os.environ["LD_TUI_HOME"] = home
        # A large board takes minutes to solve: the engine works throughout.
        screen = Screen("play", "--side", "blue", "--size", "12", "--seed", "3")
        try:
            screen.until("solving")
            screen.press(ARROWS[0])
            screen.press(ARROWS[1])
            busy = wall = 0.0
            engine = screen.engine
            for _ in range(keys // BLOCK):
                with resting(engine):
                    found["at rest"] += [screen.press(ARROWS[n % 2]) for n in range(BLOCK)]
                before, began = processor(engine), time.perf_counter()
                found["thinking"] += [screen.press(ARROWS[n % 2]) for n in range(BLOCK)]
                busy += processor(engine) - before
                wall += time.perf_counter() - began
            if screen.engine != engine:
                raise SystemExit("the engine was replaced meanwhile; the machine is too busy")
            memory = screen.memory()
        finally:
            screen.kill()
    milliseconds = {name: [1000 * each for each in times] for name, times in found.items()}
    return milliseconds, busy / wall, memory


def quitting() -> float:
    """Return the seconds that quitting takes with the engine at work."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["LD_TUI_HOME"] = home
        screen = Screen("play", "--side", "blue", "--size", "12", "--seed", "3")
        try:
            screen.until("solving")
            screen.press(ARROWS[0])
            screen.settle()
            return screen.quit()
        except BaseException:
            screen.kill()
            raise


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keys", type=int, default=120, help="of each kind (default: 120)")
    parser.add_argument("--quits", type=int, default=5, help="(default: 5)")
    options = parser.parse_args()
    times, load, (resident, own) = latencies(max(2 * BLOCK, options.keys))
    p95 = {}
    for name, found in times.items():
        p95[name] = statistics.quantiles(found, n=20)[-1]
        print(f"key to frame {name:9} {statistics.median(found):6.1f} ms p50 {p95[name]:6.1f} p95")
    slower = p95["thinking"] - p95["at rest"]
    print(f"p95 thinking above at rest {slower:.1f} ms (target {SLOWER_MS:.0f}); the engine took")
    print(f"{load:.2f} of a core meanwhile")
    ends = [quitting() for _ in range(options.quits)]
    print(f"quit {statistics.median(ends):.2f} s median, {max(ends):.2f} max (target {QUIT_S})")
    print(f"memory {resident:.0f} MB, {own:.0f} of it its own (target {MEMORY_MB:.0f})")
    missed = slower > SLOWER_MS or statistics.median(ends) > QUIT_S or resident > MEMORY_MB
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
