"""The screen on F12, with a real process beside it."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ld_tui.paths import saves_dir
from ld_tui.tui.screens.doctor import DoctorScreen, doctor_command

SAYS = """
import json, sys
print("no finding")
for status, mend in (("ok", ""), ("fail", "mend it")):
    words = {"area": "models", "name": status, "text": "[b]found[/b]", "mend": mend}
    print(json.dumps(words | {"status": status}), flush=True)
sys.exit(1)
"""


def saying(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def until(pilot: Any, wanted: Callable[[], object]) -> None:
    for _ in range(2000):
        if wanted():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never came")


async def test_findings_come_and_are_counted(opened: Callable[..., Any]) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = DoctorScreen(saying(SAYS))
        await one.app.push_screen(screen)
        await until(pilot, lambda: screen.is_done)
        await pilot.pause()
        shown = one.text()
        assert "2 ok, 0 to look at, 1 failed" in shown  # the screen's own finding among them
        assert "fail  models, fail: [b]found[/b]" in shown
        assert "      mend it" in shown
        assert "fail  models     fail: [b]found[/b]; mend it" in screen.text
        await pilot.press("f8")
        assert "last key: f8" in one.text()
        await pilot.press("c")
        assert one.app.clipboard == screen.text
        await pilot.press("escape")
        assert one.app.screen is not screen


async def test_what_failed_stands_first_and_both_ends_are_a_key_away(
    opened: Callable[..., Any],
) -> None:
    words = {"area": "models", "text": "found", "mend": ""}
    told = [words | {"name": f"n{at}", "status": "ok"} for at in range(50)]
    told += [words | {"name": name, "status": name} for name in ("warn", "fail")]
    code = f"import json\nfor each in {told!r}: print(json.dumps(each))"
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = DoctorScreen(saying(code))
        await one.app.push_screen(screen)
        await until(pilot, lambda: screen.is_done)
        await pilot.pause()
        lines = [line.strip() for line in one.text().splitlines()]
        assert lines[2].startswith("failed ─")
        assert lines[3] == "fail  models, fail: found"
        assert lines[6] == "warn  models, warn: found"
        await pilot.press("end")
        await until(pilot, lambda: "ok    n49: found" in one.text())
        await pilot.press("home")
        await until(pilot, lambda: "fail  models, fail: found" in one.text())


async def test_what_does_not_start_or_dies_is_told(opened: Callable[..., Any]) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        for command, line in (
            (["/nowhere/at-all"], "it can't be started"),
            (saying("import sys; sys.exit('out of luck')"), "1 failed"),
            (saying("import os; os.kill(os.getpid(), 9)"), "it ended with status -9"),
        ):
            screen = DoctorScreen(command)
            await one.app.push_screen(screen)
            await until(pilot, lambda screen=screen: screen.is_done)
            await pilot.pause()
            if line != "1 failed":
                assert line in one.text()
            await pilot.press("escape")


async def test_leaving_ends_the_process(opened: Callable[..., Any], tmp_path: Path) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = DoctorScreen(saying("import time; time.sleep(100)"))
        await one.app.push_screen(screen)
        await until(pilot, lambda: screen._process is not None)
        process = screen._process
        await pilot.press("escape")
        await until(pilot, lambda: process.poll() is not None)


async def test_f12_opens_it_over_a_game(opened: Callable[..., Any], monkeypatch: Any) -> None:
    finding = {"area": "a", "name": "n", "status": "ok", "text": "t", "mend": ""}
    code = f"print({json.dumps(json.dumps(finding))})"
    monkeypatch.setattr(
        "ld_tui.tui.screens.doctor.doctor_command", lambda command, saves: saying(code)
    )
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: hasattr(one.app.screen, "conductor"))
        game = one.app.screen
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(one.app.screen, DoctorScreen))
        await until(pilot, lambda: one.app.screen.is_done)
        await pilot.press("f12")
        assert one.app.screen is game


def test_it_looks_at_what_the_engine_was_given(tmp_path: Path) -> None:
    engine = ["python", "-m", "ld_tui", "engine", "--model", "m.gguf", "--author", "none"]
    found = doctor_command(engine, tmp_path)
    assert found[-5:] == ["doctor", "--saves", str(tmp_path), "--model", "m.gguf"]
    assert doctor_command(None, saves_dir())[-1] == "doctor"
