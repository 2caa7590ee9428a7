"""Settings in a real terminal, with the real engine: changed, tried, kept for the next start."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tui.test_terminal import Terminal, terminal

pytestmark = pytest.mark.slow
__all__ = ["terminal"]


def test_settings_are_changed_a_model_tried_and_all_is_kept(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    one = terminal("play")
    one.until("Play blue")
    one.type(",")
    one.until("A new game")
    one.press("Down", "Left", "Left")
    one.until(lambda text: "  8 " in text)
    one.press("End")
    one.press(*["Up"] * 6)
    one.until("▸ model")
    one.press("Enter")
    one.until("Enter tries it")
    one.press("Enter")
    one.until("It moves ")
    shown = one.screen()
    assert "nano" in shown
    assert "%" in shown
    one.type("/no-such.gguf")
    one.press("Enter")
    one.until("/no-such.gguf: there is no such model")
    one.press("F10")
    assert one.exit_status() == 0
    file = tmp_path / "home" / "config.toml"
    assert "size = 8" in file.read_text()
    again = terminal("play")
    again.until("8 x 8")
    again.press("C-q")
    assert again.exit_status() == 0


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "home" / "config.toml"
    file.parent.mkdir()
    file.write_text('[screen]\ntheme = "pink"\n\n[keys]\nquit = "Q"\n')
    file.chmod(0o444)
    yield file
    file.chmod(0o644)


def test_a_bad_read_only_file_opens_and_can_be_quit(
    terminal: Callable[..., Terminal], broken: Path
) -> None:
    one = terminal("play", "--ascii")
    shown = one.until("'pink'")
    assert "●" not in shown
    one.type(",")
    one.until("A new game")
    one.press("Right")
    one.until("read-only")
    one.press("Escape")
    one.until("Play blue")
    one.press("Q")
    assert one.exit_status() == 0
    assert 'theme = "pink"' in broken.read_text()
