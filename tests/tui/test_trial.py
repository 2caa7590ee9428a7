"""Models chosen on the screen: tried in an engine of their own, then used, or the reason told."""

import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ld_tui import paths
from ld_tui.tui.screens.config import ConfigScreen
from ld_tui.tui.screens.model import ModelScreen
from ld_tui.tui.trial import Examiner, Trial, engine_options
from tests.tui.test_config import go, until, written

ANSWERS = """
import json, sys
def say(**message): print(json.dumps(message), flush=True)
say(id=None, event="ready", selector="tiny", embedder="e", functions=1, notices=[])
number = json.loads(sys.stdin.readline())["id"]
say(id=number, event="stage", stage=1, stages=1, name="plan", question="Where to?", state="")
say(id=number, event="selected", stage=1, name="hug_wall", candidates=["far_corner", "hug_wall"],
    probabilities=[0.25, 0.75], by="s-llm", ms=12.0)
say(id=number, event="decided", move="f5f6", ms=40.0)
sys.stdin.read()
"""
REFUSES = """
import json
print(json.dumps({"id": None, "event": "error", "message": "x.gguf: not a GGUF file"}), flush=True)
"""
DIES = "import sys; print('ld-tui: /no.gguf: there is no such model', file=sys.stderr); sys.exit(2)"
SLEEPS = "import time; time.sleep(60)"
POSITION = "10 a1,c4,h8 f5 b 0 0,0 -"


def tried(script: str) -> Trial:
    """Return how a trial with a script as its engine ends."""
    done, heard = threading.Event(), []

    def said(trial: Trial) -> None:
        heard.append(trial)
        if trial.is_done:
            done.set()

    examiner = Examiner([sys.executable, "-c", script], POSITION, 5, said)
    examiner.start()
    assert done.wait(60)
    examiner.close()
    return heard[-1]


def test_a_trial_tells_times_and_probabilities() -> None:
    trial = tried(ANSWERS)
    assert (trial.selector, trial.move, trial.ms) == ("tiny", "f5f6", 40.0)
    (stage,) = trial.stages
    assert (stage.question, stage.chosen) == ("Where to?", "hug_wall")
    assert dict(zip(stage.names, stage.probabilities, strict=True)) == {
        "far_corner": 0.25,
        "hug_wall": 0.75,
    }


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (REFUSES, "x.gguf: not a GGUF file"),
        (DIES, "/no.gguf: there is no such model"),
        ("print('hello')", "no message"),
    ],
)
def test_what_went_wrong_is_one_line(script: str, says: str) -> None:
    trial = tried(script)
    assert says in trial.problem
    assert "\n" not in trial.problem
    assert not trial.move


def test_a_trial_that_is_left_says_nothing_more() -> None:
    heard: list[Trial] = []
    examiner = Examiner([sys.executable, "-c", SLEEPS], POSITION, 5, heard.append)
    examiner.start()
    examiner.close()
    assert heard == []


@pytest.mark.parametrize(
    ("command", "result"),
    [
        (["ld", "engine"], ["ld", "engine", "--model", "new", "--author", "none"]),
        (
            ["ld", "engine", "--model", "old", "--functionbase", "base", "--author", "l-llm"],
            ["ld", "engine", "--functionbase", "base", "--model", "new", "--author", "none"],
        ),
    ],
)
def test_an_engine_gets_other_options(command: Sequence[str], result: list[str]) -> None:
    options = {"model": "new", "embedder": "", "author": "none"}
    assert engine_options(command, options) == result


async def test_a_model_is_tried_then_used(opened: Any) -> None:
    one = opened("start")
    engine = [sys.executable, "-c", ANSWERS]
    async with one.app.run_test(size=(80, 24)) as pilot:
        one.app.setup = replace(one.app.setup, engine_command=tuple(engine))
        await go(pilot, "agent.model")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ModelScreen))
        await pilot.press(*"http://h:1/v1", "tab", *"qwen", "enter")
        await until(pilot, lambda: "It moves f5f6, in 40 ms." in one.text())
        text = one.text()
        assert "tiny was ready in" in text
        assert "75%" in text
        assert "Where to?" in text
        assert one.engine.commands == []
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(one.app.screen, ConfigScreen))
        (command,) = one.engine.commands
        assert command[-4:] == ["--model", "http://h:1/v1#qwen", "--author", "composer"]
        await until(pilot, lambda: written().model_name == "qwen")
        assert written().model == "http://h:1/v1"
        assert "http://h:1/v1" in one.text()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ModelScreen))
        await pilot.press("f7")
        await until(pilot, lambda: written().model == "" and written().model_name == "")
        assert "--model" not in one.engine.commands[-1]


@pytest.mark.parametrize(("script", "is_good"), [(ANSWERS, True), (DIES, False)])
async def test_what_was_not_tried_is_before_it_is_used(
    opened: Any, script: str, is_good: bool
) -> None:
    one = opened("start")
    engine = [sys.executable, "-c", script]
    async with one.app.run_test(size=(80, 24)) as pilot:
        one.app.setup = replace(one.app.setup, engine_command=tuple(engine))
        await go(pilot, "agent.model")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ModelScreen))
        await pilot.press(*"/no.gguf", "f6")
        if not is_good:
            await until(pilot, lambda: "there is no such model" in one.text())
            assert "F6 uses it all the same" in one.text()
            assert one.engine.commands == []
            await pilot.press("f6")
        await until(pilot, lambda: isinstance(one.app.screen, ConfigScreen))
        assert "/no.gguf" in one.engine.commands[0]


async def test_a_secret_is_neither_used_nor_written(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await go(pilot, "agent.model")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ModelScreen))
        await pilot.press(*"http://a:hunter2@h/v1", "f6")
        await until(pilot, lambda: "LD_TUI_API_KEY" in one.text())
        assert isinstance(one.app.screen, ModelScreen)
        await pilot.press("f5")
        assert one.engine.commands == []
    assert not paths.config_path().exists()


async def test_a_relative_file_is_kept_whole(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=(80, 24)):
        one.app.use_model("some.gguf", "")
        assert one.app.config.model.startswith("/")
        assert one.engine.commands[-1][-3].endswith("/some.gguf")
