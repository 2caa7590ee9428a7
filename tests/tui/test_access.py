"""The real program in terminals that can do little, by keys alone and by the mouse alone (tmux)."""

import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tui.tmux import Tmux, step_of

pytestmark = pytest.mark.slow
_COLORS = re.compile(r"\x1b\[([0-9;:]*)m")


class Pane(Tmux):
    """A program with an environment of its own, started from a shell."""

    def __init__(self, home: Path, *options: str, **environment: str) -> None:
        words = {"LD_TUI_HOME": str(home), "COLORTERM": ""} | environment
        named = " ".join(f"{name}={value}" for name, value in words.items() if value)
        unset = " ".join(f"-u {name}" for name, value in words.items() if not value)
        self.line = f"env {unset} {named} {sys.executable} -m ld_tui {' '.join(options)}"
        super().__init__("sh")
        self.type(f"{self.line}; echo [exit $?]")
        self.press("Enter")

    def click(self, column: int, row: int) -> None:
        """Press and release the left button, as a terminal reports it; both from 1."""
        self.type(f"\x1b[<0;{column};{row}M")
        self.type(f"\x1b[<0;{column};{row}m")

    def click_on(self, text: str) -> None:
        for row, line in enumerate(self.screen().splitlines(), 1):
            if (at := line.find(text)) >= 0:
                self.click(at + 2, row)
                return
        raise AssertionError(f"{text!r} is not on the screen:\n{self.screen()}")

    def quit(self) -> None:
        self.press("q")
        self.ended()

    def ended(self) -> None:
        """Wait for the program's end, which has to be a good one."""
        assert self.exit_status() == 0


@pytest.fixture
def pane(tmp_path: Path) -> Iterator[Callable[..., Pane]]:
    opened: list[Pane] = []

    def make(*options: str, **environment: str) -> Pane:
        one = Pane(tmp_path / "home", *options, **environment)
        opened.append(one)
        return one

    yield make
    for one in opened:
        one.close()


GAME = ("play", "--side", "blue", "--size", "6", "--seed", "4")


def win(one: Pane) -> str:
    """Play best moves by the hint key to the end."""
    while " wins" not in one.until("dot 1,", " wins"):
        step = step_of(one.screen())
        one.press("h")
        one.until("a best move")
        one.press("Enter")
        one.until(lambda text, step=step: " wins" in text or step_of(text) > step)
    return one.until("captured in")


def colors(one: Pane) -> set[str]:
    """Return every color that the screen asks for, as its parameters."""
    return {code for found in _COLORS.findall(one.screen("-e")) for code in found.split(";")}


def test_the_linux_console_is_sent_letters_and_sixteen_colors(pane: Callable[..., Pane]) -> None:
    one = pane(*GAME, TERM="linux")
    shown = win(one)
    assert shown.isascii(), [char for char in shown if not char.isascii()]
    used = colors(one)
    assert not used & {"38", "48"}, used
    assert used & {str(code) for code in (*range(30, 38), *range(90, 98))}
    one.quit()


def test_without_color_only_grays_are_sent_and_sides_differ_by_shape(
    pane: Callable[..., Pane],
) -> None:
    one = pane(*GAME, TERM="xterm-256color", COLORTERM="truecolor", NO_COLOR="1")
    shown = one.until("dot 1,")
    assert "●" in shown
    assert "◆" in shown
    sent = re.findall(r"[34]8[;:]2[;:](\d+)[;:](\d+)[;:](\d+)", one.screen("-e"))
    assert sent
    assert {red == green == blue for red, green, blue in sent} == {True}
    win(one)
    one.quit()


def test_sixteen_colors_are_enough(pane: Callable[..., Pane]) -> None:
    one = pane(*GAME, TERM="xterm-256color", TEXTUAL_COLOR_SYSTEM="standard")
    one.until("dot 1,")
    assert not colors(one) & {"38", "48"}
    drawn = one.screen("-e")
    blue = re.search(r"((?:\x1b\[[0-9;]*m)+)[^\x1b]*●", drawn)
    orange = re.search(r"((?:\x1b\[[0-9;]*m)+)[^\x1b]*◆", drawn)
    assert blue is not None
    assert orange is not None
    assert blue[1] != orange[1]
    win(one)
    one.quit()


def test_letters_only_with_motion_off(pane: Callable[..., Pane]) -> None:
    one = pane(*GAME, LD_TUI_ASCII="1", TEXTUAL_ANIMATIONS="none")
    assert win(one).isascii()
    one.press("F12")
    shown = one.until("motion off")
    assert shown.isascii()
    one.press("F12")
    one.until("Blue wins")
    one.quit()


def test_a_turn_is_played_by_the_mouse_alone(pane: Callable[..., Pane]) -> None:
    one = pane("play", "--size", "6", "--seed", "4")
    one.until("Play blue")
    one.click_on("Play blue")
    one.until("capture in")
    step = step_of(one.screen())
    for dot in (1, 2, 3):
        shown = one.until(lambda text, dot=dot: f"dot {dot}," in text and "╭─╮" in text)
        row, column = next(
            (row, line.index("╭─╮") + 2)
            for row, line in enumerate(shown.splitlines(), 1)
            if "╭─╮" in line[:28]
        )
        one.click(column, row)
    one.until("sends; u takes back")
    one.click_on("move>")
    one.until(lambda text: step_of(text) > step or " wins" in text)
    one.click_on("quit")
    one.ended()


def test_below_the_least_size_there_is_one_line(pane: Callable[..., Pane]) -> None:
    one = pane(*GAME)
    one.until("dot 1,")
    for width, height in ((79, 24), (80, 23), (40, 10)):
        one.resize(width, height)
        shown = one.until(f"this is {width}x{height}", f"{width}x{height}")
        assert len([line for line in shown.splitlines() if line.strip()]) == 1, shown
    one.resize(80, 24)
    one.until("dot 1,")
    one.quit()


def test_a_home_that_cannot_be_written_stops_nothing(
    pane: Callable[..., Pane], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if os.geteuid() == 0:
        # Nothing is read-only to root, so no folder can be made where a file is.
        home.rmdir()
        home.write_text("not a folder")
    else:
        home.chmod(stat.S_IRUSR | stat.S_IXUSR)
    one = pane(*GAME)
    one.until("dot 1,")
    one.press("h")
    one.until("a best move")
    one.press("Enter")
    one.until("not saved")
    win(one)
    one.quit()
    if home.is_dir():
        home.chmod(stat.S_IRWXU)


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell with job control")
def test_it_is_suspended_and_comes_back_where_it_was(pane: Callable[..., Pane]) -> None:
    one = pane(*GAME)
    before = one.until("dot 1,")
    one.until("capture in")
    one.press("C-z")
    one.until("Stopped")
    one.type("echo back in the shell")
    one.press("Enter")
    one.until("\nback in the shell")
    one.type("fg; echo [exit $?]")
    one.press("Enter")
    one.until("dot 1,")
    assert step_of(before) == 1
    win(one)
    one.press("q")
    one.until("[exit 0]")


def test_quitting_leaves_the_terminal_as_it_was(pane: Callable[..., Pane]) -> None:
    one = pane("play", "--side", "blue", "--size", "12")
    one.until("solving")
    one.quit()
    one.type("clear; stty -a")
    one.press("Enter")
    shown = one.until("icanon")
    assert "-icanon" not in shown
    assert "-echo " not in shown
    flags = one.tmux("display", "-p", "#{mouse_any_flag} #{mouse_all_flag} #{alternate_on}")
    assert flags == "0 0 0"
