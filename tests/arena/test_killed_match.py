"""A match killed at ten random moments, each time resumed to the end of the unkilled one."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ld_tui.arena.saves import read_save
from ld_tui.game.record import record_to_dict

KILLS = 10


def command(folder: Path, blue: str, orange: str, games: int) -> list[str]:
    players = ["--blue", blue, "--orange", orange, "--games", str(games)]
    saved = ["--saves", str(folder), "--resume", "--json"]
    return [sys.executable, "-m", "ld_tui", "match", *players, "--size", "8", "--seed", "4", *saved]


def timeless(value: Any) -> Any:
    """Return plain data without what takes a different time each time."""
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if not key.startswith("ms")}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def played(folder: Path) -> list[Any]:
    return [
        timeless(record_to_dict(read_save(path))) for path in sorted(folder.glob("game-*.toml"))
    ]


def run(line: list[str]) -> Any:
    done = subprocess.run(line, check=True, capture_output=True, timeout=300)
    return timeless(json.loads(done.stdout))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("blue", "orange", "games"), [("random", "random", 2), ("ld", "perfect", 4)]
)
def test_a_killed_match_ends_as_if_it_had_never_been_killed(
    tmp_path: Path, blue: str, orange: str, games: int
) -> None:
    whole = run(command(tmp_path / "first", blue, orange, games))
    began = time.monotonic()
    assert run(command(tmp_path / "whole", blue, orange, games)) == whole
    took = time.monotonic() - began
    wanted = played(tmp_path / "whole")
    rng = random.Random(f"kill {blue}")
    interrupted = 0
    for number in range(KILLS):
        folder = tmp_path / f"killed-{number}"
        line = command(folder, blue, orange, games)
        victim = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # The first part of a run only loads; most kills should meet a game.
        time.sleep(rng.uniform(0.25, 0.95) * took)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        interrupted += played(folder) != wanted
        assert run(line) == whole
        assert played(folder) == wanted
    assert interrupted
