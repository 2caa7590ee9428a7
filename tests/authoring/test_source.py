"""Rendered programs: the sandbox, CPython and numpy give the same results."""

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ld_tui.arena.pursuit import function_state
from ld_tui.authoring.evaluate import States, plan
from ld_tui.authoring.source import render
from ld_tui.authoring.space import narrowed, sample
from ld_tui.authoring.walking import walk
from ld_tui.errors import RulesError
from ld_tui.game.board import Cell
from ld_tui.game.emergencies import KINDS, strike
from ld_tui.game.rules import Move, Rules, apply, illegality
from ld_tui.game.schedule import random_emergency
from ld_tui.game.starts import random_start
from ld_tui.sandbox.run import Ran, Sandbox

STAGES = [(side, stage) for side in ("blue", "orange") for stage in ("plan", "move")]


@pytest.mark.parametrize(("side", "stage"), STAGES)
def test_three_interpreters_agree(side: str, stage: str) -> None:
    rng = random.Random(f"{side} {stage}")
    found = []
    for _ in range(12):
        position = random_start(rng, Rules(size=rng.choice((6, 8, 10))))
        for kind in ("fog", "sprint"):
            if rng.random() < 0.4:
                position = strike(position, random_emergency(kind, position, rng))
                position = replace(position, orange=random_start(rng, position.base).orange)
        if side == "orange":
            position = apply(position, Move(position.blue, position.blue))
        found.append(position)
    states = States.of(found)
    with Sandbox() as sandbox:
        for _ in range(60):
            program = sample(side, stage, rng)
            if rng.random() < 0.4:
                program = narrowed(program, rng)
            previous: Any = None
            if stage == "move":
                goals = plan(states, sample(side, "plan", rng))
                previous = goals.tolist()
                want = walk(states, program, goals)
            else:
                want = plan(states, program)
            source = render(program, "composed")
            space: dict[str, Any] = {}
            exec(source, space)
            for at in rng.sample(range(len(found)), 4):
                given = function_state(found[at], 0), previous[at] if previous else None
                ran = sandbox.run("composed", source, given)
                assert isinstance(ran, Ran), f"{ran}\n{source}"
                alone = space["composed"](*given)
                assert np.array_equal(np.array(ran.value), np.array(alone)), source
                shaped = np.array(ran.value).reshape(want[at].shape)
                assert np.array_equal(shaped, want[at]), f"{program}\n{found[at]}\n{source}"


@pytest.mark.parametrize("finds_way", [False, True], ids=["around", "by_the_way"])
@pytest.mark.parametrize("side", ["blue", "orange"])
def test_aware_moves_agree_and_are_legal_whatever_is_closed_or_stuck(
    side: str, finds_way: bool
) -> None:
    rng = random.Random(f"aware {side}")
    found = []
    while len(found) < 12:
        position = random_start(rng, Rules(size=rng.choice((6, 8))))
        for kind in rng.choices(KINDS, k=rng.randint(1, 3)):
            try:
                position = strike(position, random_emergency(kind, position, rng))
            except RulesError:
                continue
        if side == "orange":
            position = apply(position, Move(position.blue, position.blue))
        found.append(position)
    states = States.of(found)
    with Sandbox() as sandbox:
        for _ in range(60):
            goals = plan(states, sample(side, "plan", rng))
            program = replace(sample(side, "move", rng), aware=True, finds_way=finds_way)
            if rng.random() < 0.4:
                program = narrowed(program, rng)
            want = walk(states, program, goals).reshape(len(found), -1, 2)
            source = render(program, "composed")
            for at, position in enumerate(found):
                cells = tuple(Cell(*map(int, cell)) for cell in want[at])
                move = Move(position.dots(position.to_move), cells)
                assert illegality(position, move) is None, program
            for at in rng.sample(range(len(found)), 4):
                given = function_state(found[at], 0), goals[at].tolist()
                ran = sandbox.run("composed", source, given)
                assert isinstance(ran, Ran), f"{ran}\n{source}"
                assert np.array_equal(np.array(ran.value), want[at]), f"{program}\n{found[at]}"


def test_a_source_holds_only_the_helpers_it_calls() -> None:
    rng = random.Random(4)
    for side, stage in STAGES:
        source = render(sample(side, stage, rng), "composed")
        names = [line.split("(")[0][4:] for line in source.splitlines() if line.startswith("def ")]
        assert names[0] == "composed"
        for name in names[1:]:
            assert source.count(f"{name}(") >= 2, name
