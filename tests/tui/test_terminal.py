"""The real program with its real models in a real terminal (tmux), asserting what can be seen."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tui.tmux import Tmux, step_of

pytestmark = pytest.mark.slow


class Terminal(Tmux):
    """A program in tmux."""

    def __init__(self, home: Path, *options: str, visual: str = "") -> None:
        program = (
            f"env LD_TUI_HOME={home} VISUAL={visual} {sys.executable} -m ld_tui {' '.join(options)}"
        )
        super().__init__("sleep 1000")
        self.tmux("respawn-pane", "-k", f'{program}; echo "[exit $?]"; sleep 1000')

    @property
    def pid(self) -> int:
        """The program's process id."""
        return _child(int(self.tmux("display", "-p", "#{pane_pid}")), "ld_tui")

    @property
    def engine(self) -> int:
        """The engine's process id."""
        return _child(self.pid, "ld_tui engine")


def _child(parent: int, command: str) -> int:
    """Return the child process whose command line holds some words."""
    found = subprocess.run(
        ["pgrep", "-P", str(parent), "-f", command], capture_output=True, text=True
    )
    return int(found.stdout.split()[0])


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def make(*options: str, visual: str = "") -> Terminal:
        one = Terminal(tmp_path / "home", *options, visual=visual)
        opened.append(one)
        return one

    yield make
    for one in opened:
        one.close()


def play_to_the_end(one: Terminal) -> str:
    """Play best moves by the hint key until the game is over; return the last screen.

    On the way the program's decisions have to be seen.
    """
    while "wins" not in one.until("move>", " wins"):
        step = step_of(one.screen())
        if step > 1:
            assert "S-LLM" in one.until("LD decided for")
        one.press("h")
        one.until("a best move")
        one.press("Enter")
        one.until(lambda text, step=step: " wins" in text or step_of(text) > step)
    return one.until("captured in")


def test_a_first_game_through_the_guide_by_keyboard(terminal: Callable[..., Terminal]) -> None:
    one = terminal()
    one.until("new here?")
    one.press("Enter")
    one.until("1/12")
    one.press("Enter")
    one.until("2/12")
    one.press("Tab")
    one.until("3/12")
    one.press("Right", "Right", "Enter")
    one.until("4/12")
    one.until("capture in 4")
    one.press("h")
    one.until("5/12")
    one.press("Enter")
    for number in (6, 7, 8):
        shown = one.until(lambda text, at=number: f"{at}/12" in text and "go on" in text)
        assert "LD decided for orange" in shown
        one.press("Enter")
    assert "2/2" in shown
    one.until("9/12")
    one.press("h")
    one.until("a best move")
    one.press("Enter")
    one.until(lambda text: "10/12" in text and "press u" in text)
    one.press("u")
    one.until("11/12")
    for _ in range(20):
        if "12/12" in one.until("move>", "12/12"):
            break
        step = step_of(one.screen())
        one.press("h")
        one.until("a best move")
        one.press("Enter")
        one.until(lambda text, step=step: "12/12" in text or step_of(text) > step)
    assert "you win: captured in" in one.until("the game ")
    one.press("Enter")
    one.until("Play blue")
    assert "new here?" not in one.screen()
    one.press("q")
    assert one.exit_status() == 0


def test_a_game_as_each_side_is_played_to_its_end(terminal: Callable[..., Terminal]) -> None:
    one = terminal("play", "--seed", "3")
    one.until("Play blue")
    one.press("Left", "Left", "Left", "Left")
    one.until("6 x 6")
    one.press("b")
    one.until("dot 1,")
    shown = play_to_the_end(one)
    assert "Blue wins" in shown
    assert "you win: captured in" in shown
    assert "lost 0 steps" in shown
    one.press("n")
    one.until("Play orange")
    one.press("o")
    one.until("go to a ring")
    shown = play_to_the_end(one)
    assert "Blue wins" in shown
    assert "blue, LD, wins: captured in" in shown
    one.press("q")
    assert one.exit_status() == 0


def test_a_watched_game_survives_sizes_and_a_killed_engine(
    terminal: Callable[..., Terminal],
) -> None:
    one = terminal("watch", "--size", "8", "--seed", "5")
    one.until(lambda text: step_of(text) >= 2)
    one.press("Space")
    one.until("paused")
    before = step_of(one.screen())
    one.press(".")
    one.press(".")
    one.until(lambda text: step_of(text) == before + 1)

    one.resize(60, 20)
    shown = one.until("needs 80x24")
    assert [line.strip() for line in shown.splitlines() if line.strip()] == [
        "ld-tui needs 80x24; this is 60x20. q quits"
    ]
    one.resize(120, 36)
    one.until("the S-LLM reads")
    one.resize(80, 24)
    one.until(lambda text: "the S-LLM reads" not in text and "moves ─" in text)

    one.press("e")
    one.until("What strikes?")
    one.press("e")
    one.until("close>")
    one.press("Escape")
    one.until(lambda text: "close>" not in text)
    one.press("E")
    one.until("roadblock:")

    engine = one.engine
    one.press("Space")
    os.kill(engine, signal.SIGKILL)
    one.until("was killed by SIGKILL")
    step = step_of(one.screen())
    one.until(lambda text: step_of(text) > step + 1, " wins")
    assert one.engine != engine
    one.press("q")
    assert one.exit_status() == 0


def test_a_function_is_written_in_an_emergency_kept_and_found(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    base = tmp_path / "functionbase"
    shutil.copytree(Path(__file__).parents[2] / "functionbase", base)
    one = terminal("watch", "--size", "8", "--seed", "5", "--functionbase", str(base))
    one.until(lambda text: step_of(text) >= 2)
    one.press("Space")
    one.until("paused")
    one.press("E")
    one.until("roadblock:")
    one.press(".")
    one.until("admitted: ", "nothing admitted: ")
    one.until("is new: ")
    one.press("v")
    shown = one.until(lambda text: re.search(r"\w+ new .*%", text))
    name = re.search(r"(roadblock_(?:plan|move)_[0-9a-f]{4}) new", shown)
    assert name is not None, shown
    one.press("K")
    one.until("Keep which", "kept: ")
    if "Keep which" in one.screen():
        one.press("a")
    one.until("kept: ")
    kept = list(base.glob(f"*/*/{name[1]}.toml"))
    assert len(kept) == 1
    one.press("q")
    assert one.exit_status() == 0
    search = ["functions", "search", "roadblock", "-k", "1000", "--functionbase", str(base)]
    found = subprocess.run(
        [sys.executable, "-m", "ld_tui", *search],
        capture_output=True,
        text=True,
        env={**os.environ, "LD_TUI_HOME": str(tmp_path / "home")},
    )
    assert name[1] in found.stdout, found


def test_a_killed_program_resumes_where_it_was(terminal: Callable[..., Terminal]) -> None:
    one = terminal("play", "--side", "blue", "--size", "6", "--seed", "4")
    one.until("dot 1,")
    one.until("capture in")
    one.press("h")
    one.until("a best move")
    one.press("Enter")
    one.until(lambda text: " wins" in text or ("step 2/100" in text and "dot 1," in text))
    board = [line[:28] for line in one.screen().splitlines()[1:14]]
    time.sleep(0.3)
    os.kill(one.pid, signal.SIGKILL)
    again = terminal("resume")
    again.until(lambda text: "step 2/100" in text and "dot 1," in text)
    assert [line[:28] for line in again.screen().splitlines()[1:14]] == board
    again.press("q")
    assert again.exit_status() == 0


def test_a_map_named_on_the_command_line_is_played_and_chosen_on(terminal) -> None:
    one = terminal("play", "--side", "blue", "--map", "ring", "--size", "8")
    one.until("map Ring")
    one.press("n")
    assert "par 6.1, at most 9" in one.until("Play blue")


def test_a_manual_is_edited_and_the_same_turn_decided_otherwise(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    base = tmp_path / "functionbase"
    shutil.copytree(Path(__file__).parents[2] / "functionbase", base)
    script = tmp_path / "editor.sh"
    script.write_text('#!/bin/sh\necho "# by my own editor" >> "$1"\n', encoding="utf-8")
    script.chmod(0o755)
    one = terminal(
        "watch", "--size", "8", "--seed", "5", "--functionbase", str(base), visual=str(script)
    )
    one.resize(120, 36)
    one.until(lambda text: step_of(text) >= 2)
    one.press("Space")
    one.until("paused")
    step = step_of(one.screen())
    one.press(".")
    one.press(".")
    one.until(lambda text: step_of(text) > step)
    one.press("D")
    one.until("the same choice; the same move")
    one.press("Escape")
    one.until(lambda text: "decided again" not in text)

    one.press("f")
    chosen = re.search(r"/plan/(\w+)", one.until("/plan/"))
    assert chosen is not None
    one.press("C-o")
    one.until("not applied")
    one.press("Enter", "Down", "Down", "Down", "Down", "End", "C-u")
    one.until("problems: 1")
    one.type('when = "When the board is a storm and no dot is seen."')
    one.press("C-s")
    one.until(f"{chosen[1]} applied, version 2")
    text = next(base.glob(f"*/*/{chosen[1]}.toml")).read_text(encoding="utf-8")
    assert 'when = "When the board is a storm and no dot is seen."' in text
    assert text.endswith("# by my own editor\n")
    one.press("Escape")
    one.until("functions  ")
    one.press("Escape")
    one.until("D decides again")
    one.press("D")
    one.until(f"another choice: {chosen[1]} → ")
    one.press("q")
    assert one.exit_status() == 0
