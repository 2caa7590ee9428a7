"""docs/editing.md: the function that a reader is led to write passes, and is found."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from ld_tui.cli import main
from ld_tui.functionbase.store import load

PAGE = (Path(__file__).parents[2] / "docs" / "editing.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    """Return the page's blocks of code, as they are to be typed."""
    found = re.findall(rf"^( *)```{kind}\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def test_the_walk_through_ends_in_a_function_of_ones_own(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    words, example = blocks("toml")
    (source,) = blocks("python")
    script = tmp_path / "editor.py"
    script.write_text(
        "import pathlib, re, sys\n"
        "path = pathlib.Path(sys.argv[-1])\n"
        "text = path.read_text()\n"
        f"text = re.sub(r'summary = .*\\nwhen = .*\\n', {words!r}, text)\n"
        f"text = re.sub(r\"'''\\n.*'''\", lambda _: \"'''\\n\" + {source!r} + \"'''\", text, "
        "flags=re.DOTALL)\n"
        f"text = re.sub(r'\\[\\[examples\\]\\].*', lambda _: {example!r}, text, flags=re.DOTALL)\n"
        "path.write_text(text)\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    assert main(["functions", "new", "wait_in_middle"]) == 0
    out = capsys.readouterr().out
    assert "applied: blue/plan/wait_in_middle, version 1" in out
    assert "not taught" not in out
    manual = load(own_home / "functionbase").get("wait_in_middle")
    assert manual is not None
    assert manual.source == source
    search = re.search(r"`ld-tui (functions search .*?)`", PAGE)
    assert search is not None
    assert main(shlex.split(search[1])) == 0
    assert "wait_in_middle" in capsys.readouterr().out


def test_every_command_of_the_page_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    (commands,) = blocks("sh")
    verbs = {line.split()[2] for line in commands.splitlines()} | {"effect", "search", "value"}
    with pytest.raises(SystemExit):
        main(["functions", "--help"])
    shown = capsys.readouterr().out
    assert {verb for verb in verbs if not re.search(rf"^ +{verb}\b", shown, re.MULTILINE)} == set()
