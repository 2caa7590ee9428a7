"""The game needs no network: no part of a decision looks up a name or opens a connection."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOOK = """
import os, sys

def hook(event, args):
    if event == "socket.getaddrinfo" or (
        event == "socket.connect" and not isinstance(args[1], (str, bytes))
    ):
        with open(os.environ["TOLD"], "a") as told:
            told.write(event + repr(args) + chr(10))
        raise OSError("there is no network here")

sys.addaudithook(hook)
"""
"""Ends every attempt to reach a network, and tells of it, in each process that Python starts."""


@pytest.mark.slow
def test_ld_plays_without_a_network(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HOOK)
    told = tmp_path / "told"
    here = Path(__file__).parents[2]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(here)]),
        "LD_TUI_HOME": str(tmp_path / "home"),
        "TOLD": str(told),
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    probe = run("-c", "import socket; socket.create_connection(('192.0.2.1', 9))")
    assert "there is no network here" in probe.stderr
    assert told.read_text().count("\n") == 1
    told.unlink()
    game = run(
        "-m",
        "ld_tui",
        *["match", "--blue", "ld", "--orange", "ld", "--games", "1", "--size", "6", "--seed", "1"],
    )
    assert game.returncode == 0, game.stderr
    assert not told.exists(), told.read_text()
