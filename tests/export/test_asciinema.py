"""The stock player plays a recording to its end, all of it."""

import json
import shutil
from pathlib import Path

import pexpect
import pytest

from ld_tui.export.command import export_game

EXAMPLE = Path(__file__).parents[2] / "saves" / "examples" / "roadblock.toml"
PLAYER = shutil.which("asciinema")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PLAYER is None, reason="asciinema is not installed"),
]


def test_asciinema_plays_a_recording_to_its_end(tmp_path: Path) -> None:
    file = export_game(EXAMPLE, "cast", tmp_path / "game.cast")
    events = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    said = "".join(data for _, kind, data in events if kind == "o")
    player = pexpect.spawn(
        str(PLAYER),
        ["play", "--speed", "1000", str(file)],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TERM": "xterm-256color"},
        encoding="utf-8",
        dimensions=(24, 80),
        timeout=60,
    )
    shown = player.read()
    player.close()
    assert player.exitstatus == 0, shown
    assert said.strip() in shown
    assert "Blue wins: captured in 8 steps" in shown
