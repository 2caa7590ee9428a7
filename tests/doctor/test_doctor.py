"""What the doctor finds, where all is well and where things are broken."""

import html
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ld_tui import paths
from ld_tui.doctor import parts, places
from ld_tui.doctor.examine import examine
from ld_tui.doctor.finding import Finding
from ld_tui.doctor.glyphs import board_glyphs, glyphs, measured, reckoned
from ld_tui.doctor.terminal import color_depth, look_at_terminal

SNAPSHOTS = Path(__file__).parents[1] / "tui" / "__snapshots__"


def by_name(findings: object) -> dict[str, Finding]:
    return {each.name: each for each in findings}


def test_every_glyph_on_our_screens_is_among_those_looked_at() -> None:
    shown: set[str] = set()
    for path in SNAPSHOTS.rglob("*.svg"):
        for text in re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text(encoding="utf-8")):
            shown.update(char for char in html.unescape(text) if not char.isascii())
    shown.discard("\xa0")
    assert len(shown) > 20
    assert shown <= set(glyphs())
    assert {"●", "◆", "▒", "╳"} <= board_glyphs()
    assert set(reckoned(glyphs()).values()) == {1}


@pytest.mark.parametrize(
    ("environ", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "linux"}, "standard"),
        ({"TERM": "linux", "NO_COLOR": "1"}, "standard"),
        ({"TERM": "linux", "TEXTUAL_COLOR_SYSTEM": "truecolor"}, "truecolor"),
        ({"TERM": "dumb"}, None),
    ],
)
def test_the_color_depth_is_what_textual_takes(
    environ: dict[str, str], depth: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert color_depth(environ) == depth
    if "TEXTUAL_COLOR_SYSTEM" not in environ:  # read once, at import
        from textual.app import App

        for name in ("TERM", "COLORTERM", "NO_COLOR"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        assert App().console.color_system == depth


def in_terminal(width_of: dict[str, int], answers: bool = True) -> object:
    """Measure in a pseudo-terminal that moves the cursor by so many cells a glyph."""
    ours, theirs = pty.openpty()

    def terminal() -> None:
        heard = b""
        while b"\x1b[K" not in heard:
            try:
                heard += os.read(ours, 1024)
            except OSError:
                return
            while answers and (found := re.search(rb"\r([^\r\x1b]*)\x1b\[6n", heard)):
                column = 1 + sum(width_of.get(char, 1) for char in found[1].decode())
                heard = heard[found.end() :]
                os.write(ours, f"\x1b[1;{column}R".encode())

    thread = threading.Thread(target=terminal)
    thread.start()
    try:
        return measured(theirs, "●◆▒")
    finally:
        thread.join(5)
        os.close(ours)
        os.close(theirs)


def test_widths_are_those_of_the_terminal() -> None:
    assert in_terminal({"◆": 2}) == {"●": 1, "◆": 2, "▒": 1}


def test_a_terminal_that_does_not_answer_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ld_tui.doctor.glyphs._PATIENCE", 0.1)
    assert in_terminal({}, answers=False) is None


def test_a_small_screen_is_told_with_the_mend() -> None:
    small = by_name(look_at_terminal("60x20"))["size"]
    assert (small.status, small.text) == ("warn", "60x20")
    assert "80x24" in small.mend
    assert by_name(look_at_terminal("80x24"))["size"].status == "ok"


def test_shipped_weights_are_right_and_a_flipped_bit_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {each.status for each in parts.look_at_models(None)} == {"ok"}
    for source in (paths.SHIPPED_SELECTOR, paths.SHIPPED_SELECTOR.with_suffix(".json")):
        shutil.copy(source, tmp_path)
    shutil.copytree(paths.SHIPPED_EMBEDDER, tmp_path / "retriever")
    for name in ("selector.gguf", "retriever/model.safetensors"):
        data = bytearray((tmp_path / name).read_bytes())
        data[-100] ^= 1
        (tmp_path / name).write_bytes(data)
    monkeypatch.setattr(paths, "SHIPPED_EMBEDDER", tmp_path / "retriever")
    found = by_name(parts.look_at_models(tmp_path / "selector.gguf"))
    assert found["S-LLM"].status == found["retriever"].status == "fail"
    assert "damaged: model.safetensors" in found["retriever"].text
    assert found["S-LLM"].mend


def test_an_endless_loop_is_stopped() -> None:
    (found,) = parts.attack_sandbox()
    assert found.status == "ok", found
    assert "work goes on" in found.text


def test_a_sandbox_that_lets_a_loop_through_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    harmless = parts._ENDLESS.replace("while True:\n        pass", "return 7")
    monkeypatch.setattr(parts, "_ENDLESS", harmless)
    (found,) = parts.attack_sandbox()
    assert found.status == "fail"
    assert "returned 7" in found.text


def test_broken_and_failing_functions_are_named(tmp_path: Path) -> None:
    base = tmp_path / "base"
    for name in ("stages.toml", "blue/plan/chase.toml", "blue/plan/strike.toml"):
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(paths.packaged_functionbase() / name, base / name)
    (base / "blue/plan/strike.toml").write_text("name = ")
    chase = base / "blue/plan/chase.toml"
    chase.write_text(re.sub(r"return .*", "return 3", chase.read_text()))
    found = list(parts.check_functions(base))
    assert [each.status for each in found] == ["warn", "warn", "fail"]
    assert "strike.toml" in found[0].text
    assert found[1].text.startswith("chase: ")
    assert "0 of 1 pass" in found[2].text


def test_places_say_who_named_them_and_whether_they_can_be_written(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = by_name(places.look_at_places(None, tmp_path / "mine"))
    assert "(flag, not there yet)" in found["saves"].text
    assert f"{own_home / 'cache'} (LD_TUI_HOME" in found["cache"].text
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    shut = by_name(places.look_at_places(None, None))
    assert shut["saves"].status == "warn"
    assert "--saves" in shut["saves"].mend


def test_the_file_of_settings_is_looked_at(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> Finding:
        return by_name(places.look_at_settings())["file"]

    assert told().status == "ok"
    assert "not there" in told().text
    own_home.mkdir(exist_ok=True)
    path = own_home / "config.toml"
    path.write_text('[screen]\ntheme = "dark"\n')
    assert (told().status, told().text) == ("ok", f"{path} (the usual place)")
    path.write_text('[screen]\nmotoin = false\ntheme = "pink"\n')
    assert told().status == "warn"
    assert "config.toml:2" in told().text
    assert "and 1 more" in told().text
    assert "ld-tui config validate" in told().mend
    path.write_text("")
    monkeypatch.setenv("LD_TUI_SIZE", "99")
    assert "LD_TUI_SIZE" in told().text
    monkeypatch.delenv("LD_TUI_SIZE")
    path.write_bytes(b"\xff")
    assert told().status == "warn"


def test_nothing_secret_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LD_TUI_LLM_KEY", "OPENAI_API_KEY", "LD_TUI_LLM_URL"):
        monkeypatch.setenv(name, "http://user:hush@host/v1")
    said = "\n".join(each.line() for each in places.look_at_settings())
    assert "hush" not in said
    assert "LD_TUI_LLM_KEY, OPENAI_API_KEY" in said


def test_what_cannot_even_be_looked_at_is_a_failure_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ld_tui.doctor.examine.try_engine", lambda options: 1 / 0)
    monkeypatch.setattr("ld_tui.doctor.examine.look_at_index", lambda base: iter(()))
    found = list(examine(tmp_path / "nothing", None, None, [], None))
    assert any(each.name == "look" and "ZeroDivisionError" in each.text for each in found)
    assert found[-1].area == "functions"
    assert found[-1].status == "fail"


@pytest.mark.slow
def test_all_is_well_here_and_a_bad_model_is_not(tmp_path: Path) -> None:
    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ld_tui", "doctor", *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=200)

    well = run("--json")
    found = [json.loads(line) for line in well.stdout.splitlines()]
    assert well.returncode == 0, well.stdout + well.stderr
    assert {"load", "decision", "Annoy", "stored", "attack", "base"} <= {f["name"] for f in found}
    (tmp_path / "bad.gguf").write_bytes(b"GGUF but not really")
    ill = run("--model", str(tmp_path / "bad.gguf"))
    assert ill.returncode == 1
    assert re.search(r"^fail  models     decision: .*bad\.gguf", ill.stdout, re.M), ill.stdout
    assert "Traceback" not in ill.stdout + ill.stderr
