"""Try Annoy in a process of its own before this one trusts it.

Annoy is compiled where it is installed. Built with `-ffast-math` by a recent clang it returns one
neighbor, or dies by SIGSEGV; neither may happen to the program.
"""

import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def run_self_test(command: Sequence[str], timeout: float = 60.0) -> str | None:
    """Run a self-test in a child process; return what is wrong in a few words, or None."""
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = os.environ | {"PYTHONPATH": paths}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return f"no answer in {timeout:.0f} s"
    except OSError as error:
        return f"it can't be started: {error.strerror}"
    if done.returncode < 0:
        return f"died by {signal.Signals(-done.returncode).name}"
    if done.returncode:
        return (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
    return None


def annoy_library() -> Path | None:
    """Return Annoy's compiled file without loading it; None where Annoy isn't installed."""
    spec = importlib.util.find_spec("annoy")
    for place in spec.submodule_search_locations or () if spec else ():
        for path in sorted(Path(place).glob("annoylib*")):
            return path
    return None
