"""Where letters are wanted, no screen writes anything else."""

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from ld_tui.tui.ascii_only import ascii_text
from ld_tui.tui.settings import wants_ascii


@pytest.mark.parametrize("text", ["╭─…─╮ ▏█▎ ✓✗ →", "plain", "中文 é ◆", ""])
def test_a_text_keeps_its_width(text: str) -> None:
    assert ascii_text(text).isascii()
    assert cell_len(ascii_text(text)) == cell_len(text)


def test_every_sign_of_our_screens_has_a_letter() -> None:
    signs = set("".join(_shown())) - {" "}
    assert signs
    assert not [sign for sign in signs if not sign.isascii() and ascii_text(sign) == "?"]


def _shown() -> list[str]:
    return [
        html.unescape(text)
        for path in (Path(__file__).parent / "__snapshots__").rglob("*.svg")
        for text in re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("mode", ["start", "blue", "watch"])
async def test_screens_are_ascii_throughout(opened: Callable[..., Any], mode: str) -> None:
    one = opened(mode, ascii_only=True)
    async with one.app.run_test(size=(80, 24)) as pilot:
        for keys in ((), ("question_mark",), ("escape",), ("e",)):
            await pilot.press(*keys)
            helped = "Three blue dots" if mode == "start" else "+ legal, # closed"
            wanted = helped if keys == ("question_mark",) else "ld-tui"
            for _ in range(2000):
                if wanted in (text := one.text()):
                    break
                await pilot.pause(0.01)
            assert wanted in text
            assert text.isascii(), [char for char in text if not char.isascii()]


@pytest.mark.parametrize(
    ("term", "wanted", "letters"),
    [("xterm", None, False), ("linux", None, True), ("linux", "0", False), ("xterm", "1", True)],
)
def test_the_linux_console_gets_letters_unless_told_otherwise(
    term: str, wanted: str | None, letters: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("LD_TUI_ASCII", raising=False)
    if wanted is not None:
        monkeypatch.setenv("LD_TUI_ASCII", wanted)
    monkeypatch.setattr("sys.stdout", type("Out", (), {"encoding": "utf-8"})())
    assert wants_ascii() is letters
