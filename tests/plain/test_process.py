"""The real program in lines: from a pipe, and in a terminal."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from ld_tui.arena.saves import latest_unfinished, read_save

pytestmark = pytest.mark.slow
PROGRAM = [sys.executable, "-m", "ld_tui"]


def piped(*options: str, says: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *options], input=says, capture_output=True, text=True, timeout=120
    )


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in os.environ.keys() - {"COLUMNS", "LINES"}}


@pytest.fixture
def terminal() -> Iterator[Callable[..., pexpect.spawn]]:
    opened: list[pexpect.spawn] = []

    def make(*options: str, **environment: str) -> pexpect.spawn:
        one = pexpect.spawn(
            PROGRAM[0],
            [*PROGRAM[1:], *options],
            # COLUMNS, which some set for their children, would count for more than the terminal.
            env={**_environment(), "TERM": "dumb", **environment},
            encoding="utf-8",
            timeout=60,
            dimensions=(24, 50),
        )
        opened.append(one)
        return one

    yield make
    for one in opened:
        one.close(force=True)


def left(one: pexpect.spawn) -> str:
    """Wait for the program's end; return what it said last."""
    one.expect(pexpect.EOF)
    one.wait()
    assert one.exitstatus == 0
    return one.before


def test_the_same_lines_from_a_pipe_make_the_same_game() -> None:
    says = "\n".join(["detail full", *["best"] * 20])
    options = ["play", "--plain", "--side", "blue", "--size", "6", "--seed", "4"]
    first, second = (piped(*options, says=says) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert "Blue wins, orange is captured" in first.stdout
    assert re.search(r"\w+, distance \d\.\d{3}, \d+ %, chosen: ", first.stdout)

    def timeless(text: str) -> list[str]:
        # When a board is solved and how long things take is not the game's.
        lines = [re.sub(r"\d+ ms", "ms", line) for line in text.splitlines()]
        return [line for line in lines if "solved" not in line]

    assert timeless(first.stdout) == timeless(second.stdout)
    assert "\x1b" not in first.stdout


def test_a_game_begun_in_lines_goes_on_after_its_end_and_in_a_map(own_home: Path) -> None:
    options = ["play", "--plain", "--side", "orange", "--map", "ring", "--size", "8"]
    options += ["--seed", "2", "--opponent", "greedy"]
    assert "The game is saved" in piped(*options, says="best\nquit\n").stdout
    saved = latest_unfinished(own_home / "saves")
    assert saved is not None
    before = read_save(saved.path)
    again = piped("resume", "--plain", says="where\nemergency sprint\nbest\n")
    assert "On this map Ring, closed: " in again.stdout
    assert "Emergency. Sprint: orange moves 2 units a turn" in again.stdout
    after = read_save(saved.path)
    assert len(after.turns) > len(before.turns)
    assert after.turns[: len(before.turns)] == before.turns


def test_wrong_words_are_answered_in_one_line() -> None:
    for options, line in (
        (["play", "--plain", "--opponent", "nobody"], "'nobody' is no opponent"),
        (["watch", "--plain", "--opponent", "human"], "choose another opponent"),
        (["resume", "--plain"], "there is no unfinished game"),
        (["play", "--plain", "--sound", "--side", "blue"], "--sound goes with the screen"),
    ):
        done = piped(*options)
        assert done.returncode in (2, 3), options
        assert line in done.stderr
        assert done.stderr.count("\n") == 1


def test_the_first_question_is_explained_and_a_game_that_is_not_saved_told_again(
    tmp_path: Path,
) -> None:
    (tmp_path / "saves").write_text("a file where the folder should be")
    done = piped(
        *("play", "--plain", "--size", "6", "--saves", str(tmp_path / "saves")),
        says="help\n\x1b[B\ngreen\nblue\nquit\n",
    )
    assert done.returncode == 0, done.stderr
    first, second, third, *_, last = done.stdout.splitlines()
    assert first == second
    assert first.startswith("Say blue to hunt with three dots, ")
    assert third == "'green' is none of these: blue, orange, both or watch; help explains them."
    assert last.startswith("The game was not saved: ")


def test_a_terminal_is_wrapped_prompted_and_left_by_ctrl_c_twice(
    terminal: Callable[..., pexpect.spawn],
) -> None:
    one = terminal("play", "--plain", "--size", "6", "--seed", "3")
    one.expect_exact("Play blue, orange, both or watch? [blue] ")
    one.sendline("")
    one.expect_exact("blue> ")
    assert all(len(line) < 50 for line in one.before.splitlines())
    one.sendline("best")
    one.expect_exact("Step 2 of 100")
    one.expect_exact("blue> ")
    one.sendintr()
    one.expect_exact("ctrl+c, pressed twice")
    one.sendintr()
    assert "The game is saved" in re.sub(r"\s+", " ", left(one))


def test_a_killed_engine_is_replaced_and_the_game_goes_on(
    terminal: Callable[..., pexpect.spawn],
) -> None:
    one = terminal("watch", "--plain", "--size", "8", "--seed", "5", "--detail", "brief")
    one.expect_exact("Step 1, orange")
    found = subprocess.run(
        ["pgrep", "-P", str(one.pid), "-f", "ld_tui engine"], capture_output=True, text=True
    )
    os.kill(int(found.stdout), signal.SIGKILL)
    one.expect_exact("Trouble: The engine was killed by")
    one.expect(r"Step [2-9], (blue|orange), by LD")
    one.sendintr()
    one.expect_exact("Paused.")
    one.sendline("quit")
    left(one)


def test_ctrl_c_stops_an_author_and_the_decision_can_be_made_without_one(
    terminal: Callable[..., pexpect.spawn],
) -> None:
    one = terminal("play", "--plain", "--side", "orange", "--size", "8", "--seed", "5")
    one.expect_exact("orange> ")
    one.sendline("emergency roadblock")
    one.expect_exact("Emergency.")
    one.expect_exact("orange> ")
    one.sendline("best")
    one.expect_exact("is asked for a")
    one.sendintr()
    one.expect_exact("Trouble: The decision was stopped.")
    one.sendline("greedy")
    one.expect("blue, by greedy")
    one.expect_exact("orange> ")
    one.sendline("quit")
    left(one)
