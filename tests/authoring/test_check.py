"""The check finds every kind of fault in a function, and passes a good one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ld_tui.authoring.check import (
    CheckResult,
    check_manual,
    check_text,
    sample_positions,
    source_problems,
)
from ld_tui.functionbase.manual import Example, Manual, Provenance, format_manual
from ld_tui.functionbase.store import FunctionBase, Stage
from ld_tui.game.emergencies import Jam
from ld_tui.game.rules import Side, is_captured
from ld_tui.sandbox.run import MODULES, Limits, Sandbox

PLAN = Stage("blue", "plan", "Where?", "targets")
MOVE = Stage("blue", "move", "How?", "destinations")
GOAL = Stage("orange", "plan", "Whither?", "goal")
RUN = Stage("orange", "move", "How?", "destinations")

POSITION = "10 a1,c4,h8 f5 b 0 0,0 -"
CHASE = """
def chase(state, previous):
    return [state["orange"]] * 3
"""
STEP = """
import itertools

AROUND = [(c, r) for c, r in itertools.product(range(-2, 3), repeat=2) if abs(c) + abs(r) == 2]


def away(one, other):
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def step(state, previous):
    found = []
    for dot, target in zip(state["blue"], previous):
        cells = [(dot[0] + c, dot[1] + r) for c, r in AROUND]
        inside = [cell for cell in cells if min(cell) >= 0 and max(cell) < state["size"]]
        found.append(min(inside, key=lambda cell: (away(cell, target), cell)))
    return found
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


def plan(source: str = CHASE, *examples: Example, name: str = "chase") -> Manual:
    return Manual(
        name=name,
        side="blue",
        stage="plan",
        summary="Send all dots to orange.",
        when="Use it when orange is near.",
        origin="base",
        provenance=Provenance("someone", "2026-01-31"),
        source=source,
        examples=examples or (Example(POSITION, ((5, 4), (5, 4), (5, 4))),),
    )


def step(source: str = STEP, *examples: Example) -> Manual:
    result = ((0, 2), (3, 4), (5, 7))
    good = Example(POSITION, result, previous=((5, 4), (5, 4), (5, 4)))
    return replace(plan(source, *(examples or (good,)), name="step"), stage="move")


def failed(results: list[CheckResult]) -> dict[str, str]:
    return {result.name: result.detail for result in results if not result.passed}


def run(sandbox: Sandbox, manual: Manual, stage: Stage = PLAN) -> list[CheckResult]:
    return list(check_manual(manual, stage, sandbox, sample_positions(stage.side, 12), 1))


def planning(sandbox: Sandbox, *lines: str) -> dict[str, str]:
    """Return what fails in a plan function `chase` of these lines."""
    source = "def chase(state, previous):\n" + "".join(f"    {line}\n" for line in lines)
    return failed(run(sandbox, plan(source)))


def test_a_good_plan_passes_every_check(sandbox: Sandbox) -> None:
    results = run(sandbox, plan())
    assert failed(results) == {}
    names = ["source", "loads", "examples", "runs", "type", "repeats"]
    assert [result.name for result in results] == names


def test_a_good_move_passes_and_is_looked_at_for_legality(sandbox: Sandbox) -> None:
    results = run(sandbox, step(), MOVE)
    assert failed(results) == {}
    assert "legal" in [result.name for result in results]


def test_orange_functions_are_checked_with_orange_to_move(sandbox: Sandbox) -> None:
    source = "def stay(state, previous):\n    return state['orange'] if state['side'] else None\n"
    example = Example("10 a1,c4,h8 f5 o 0 0,0 -", (5, 4))
    manual = replace(plan(source, example, name="stay"), side="orange")
    assert failed(run(sandbox, manual, GOAL)) == {}


def test_an_orange_move_gets_one_cell_and_gives_one(sandbox: Sandbox) -> None:
    source = (
        "def inch(state, previous):\n"
        "    col, row = state['orange']\n"
        "    assert len(previous) == 2 and previous[0] >= 0\n"
        "    return [(col, row + 1) if row + 1 < state['size'] else (col, row - 1)]\n"
    )
    example = Example("10 a1,c4,h8 f5 o 0 0,0 -", ((5, 5),), previous=(0, 0))
    manual = replace(plan(source, example, name="inch"), side="orange", stage="move")
    assert failed(run(sandbox, manual, RUN)) == {}


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def chase(state, previous)", "not Python: expected ':' (line 1)"),
        ("def chase(state, previous):\n  return 1\n\x00", "not Python"),
        ("x = " + "(" * 5000, "not Python"),
        ("def hunt(state, previous):\n    return 1", "has to define `def chase(state, previous):`"),
        ("chase = 1", "has to define"),
        ("async def chase(state, previous):\n    return 1", "has to define"),
        (CHASE + CHASE, "exactly once"),
        ("def chase(state):\n    return 1", "has to be `def chase(state, previous):` (line 1)"),
        ("def chase(previous, state):\n    return 1", "has to be"),
        ("def chase(state, previous=None):\n    return 1", "has to be"),
        ("def chase(state, previous, *more):\n    return 1", "has to be"),
        ("def d(f): return f\n@d\ndef chase(state, previous):\n    return 1", "has to be"),
        (CHASE + "print(1)", "line 4: outside of functions"),
        ("import os\n" + CHASE, "line 1: a function can't import os"),
        ("from time import time\n" + CHASE, "line 1: a function can't import time"),
        (CHASE + "    import os.path\n", "a function can't import os.path"),
        (CHASE + "def more():\n    global n\n    n = 1\n", "line 5: `global` keeps state"),
    ],
)
def test_a_source_that_is_not_as_agreed_is_named(source: str, says: str) -> None:
    found = list(source_problems("chase", source))
    assert any(says in each for each in found), found


def test_annotations_helpers_constants_and_docstrings_are_fine() -> None:
    source = (
        '"""Why."""\nimport math\nfrom collections import Counter\nFAR: int = 9\n'
        "class Cell:\n    pass\n"
        "def chase(state: dict, previous: list) -> list:\n"
        "    '''A pattern: \\d'''\n    return helper()\n"
        "def helper():\n    return FAR\n"
    )
    assert list(source_problems("chase", source)) == []


def test_every_module_that_may_be_imported_can_be(sandbox: Sandbox) -> None:
    source = "".join(f"import {module}\n" for module in MODULES) + CHASE
    assert list(source_problems("chase", source)) == []
    assert sandbox.load("chase", source) is None


def test_what_does_not_load_ends_the_check(sandbox: Sandbox) -> None:
    source = "def chase(state, previous):\n    yield 1\n"
    results = run(sandbox, plan(source))
    assert "does not yet support yield" in failed(results)["loads"]
    assert results[-1].name == "loads"


@pytest.mark.parametrize(
    ("example", "says"),
    [
        (Example(POSITION, ((1, 1), (5, 4), (5, 4))), "expected [[1, 1], [5, 4], [5, 4]]"),
        (Example("10 a1 f5", ((1, 1),)), "a position has 7 fields"),
        (Example(POSITION.replace(" b ", " o "), ((1, 1),)), "orange is to move, not blue"),
        (Example(POSITION, ((1, 1),), previous=((1, 1),)), "stage plan has no `previous`"),
    ],
)
def test_a_wrong_example_is_named(sandbox: Sandbox, example: Example, says: str) -> None:
    assert says in failed(run(sandbox, plan(CHASE, example)))["examples"]


def test_an_example_of_a_move_needs_what_came_before(sandbox: Sandbox) -> None:
    example = Example(POSITION, ((1, 1),))
    assert "needs a `previous`" in failed(run(sandbox, step(STEP, example), MOVE))["examples"]


def test_an_example_is_no_excuse_for_a_wrong_type(sandbox: Sandbox) -> None:
    manual = plan("def chase(state, previous):\n    return 1\n", Example(POSITION, 1))
    assert "targets are 3 cells" in failed(run(sandbox, manual))["examples"]


def test_what_raises_is_found_with_its_place(sandbox: Sandbox) -> None:
    detail = planning(sandbox, "return 1 // 0")["runs"]
    assert detail.startswith("fails on 12 of 12 positions; 10 ")
    assert "ZeroDivisionError: division by zero (line 2)" in detail


def test_what_takes_too_long_is_found_and_not_tried_for_ever() -> None:
    source = "def chase(state, previous):\n    while state['size'] == 10: pass\n"
    with Sandbox(Limits(seconds=0.02)) as sandbox:
        positions = sample_positions("blue", 60)
        results = failed(list(check_manual(plan(source), PLAN, sandbox, positions)))
    assert results["runs"].startswith("fails on 3 of 3 positions; ")
    assert "took longer than 0.02 s" in results["runs"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("return state['orange']", "targets are 3 cells"),
        ("return [state['orange']] * 2", "targets are 3 cells"),
        ("return [(0, 0.5)] * 3", "a cell is (col, row) in whole numbers"),
        ("return [(True, False)] * 3", "a cell is (col, row) in whole numbers"),
        ("return [(state['size'], 0)] * 3", "is off the"),
    ],
)
def test_a_result_of_another_type_is_found(sandbox: Sandbox, line: str, says: str) -> None:
    assert says in planning(sandbox, line)["type"]


def test_an_illegal_move_is_found(sandbox: Sandbox) -> None:
    source = "def step(state, previous):\n    return state['blue']\n"
    detail = failed(run(sandbox, step(source), MOVE))["legal"]
    assert "0 units; blue dots move 2" in detail


def test_legality_follows_the_rules_in_force(sandbox: Sandbox) -> None:
    jammed = [replace(each, changes=(Jam(0),)) for each in sample_positions("blue", 12)]
    results = failed(list(check_manual(step(), MOVE, sandbox, jammed)))
    assert "dot 1 is jammed" in results["legal"]


@pytest.mark.parametrize(
    "source",
    [
        "SEEN = []\ndef chase(state, previous):\n"
        "    SEEN.append(1)\n    return [(len(SEEN) % 6, 0)] * 3\n",
        "import random\ndef chase(state, previous):\n"
        "    return [(random.randrange(6), random.randrange(6))] * 3\n",
    ],
    ids=["counter", "unseeded"],
)
def test_what_depends_on_earlier_calls_is_found(sandbox: Sandbox, source: str) -> None:
    assert "after other calls" in failed(run(sandbox, plan(source)))["repeats"]


def test_chance_by_the_given_seed_is_fine(sandbox: Sandbox) -> None:
    lines = ("import random", "rng = random.Random(state['seed'])")
    found = planning(sandbox, *lines, "return [(rng.randrange(6), rng.randrange(6))] * 3")
    assert set(found) == {"examples"}


def test_findings_are_the_same_every_time(sandbox: Sandbox) -> None:
    source = "def chase(state, previous):\n    return [state['blue'][0]] * state['blue'][0][0]\n"
    assert run(sandbox, plan(source)) == run(sandbox, plan(source))


@pytest.mark.parametrize("side", ["blue", "orange"])
def test_sampled_positions_are_playable_and_various(side: str) -> None:
    positions = sample_positions(side, 60, 1)
    assert positions == sample_positions(side, 60, 1)
    assert positions != sample_positions(side, 60, 2)
    assert {each.to_move for each in positions} == {Side(side)}
    assert {each.base.size for each in positions} == {6, 10, 20}
    assert not any(map(is_captured, positions))
    assert any(len(set(each.blue)) < 3 for each in positions)
    assert len(set(positions)) > 55


@pytest.fixture
def base(tmp_path: Path) -> FunctionBase:
    return FunctionBase(tmp_path, (PLAN, MOVE, GOAL, RUN), ())


def test_a_text_is_checked_from_its_fields_on(sandbox: Sandbox, base: FunctionBase) -> None:
    results = list(check_text(format_manual(plan()), base, sandbox, count=6))
    assert failed(results) == {}
    assert results[0] == CheckResult("manual", True, "every field is well formed")


def test_every_problem_of_a_text_is_a_finding(sandbox: Sandbox, base: FunctionBase) -> None:
    text = format_manual(plan()).replace("summary", "sumary")
    details = [result.detail for result in check_text(text, base, sandbox)]
    assert details == [
        "sumary: unknown key; did you mean 'summary'?",
        "summary: missing; add summary = ...",
    ]


def test_a_text_for_no_stage_is_refused(sandbox: Sandbox, base: FunctionBase) -> None:
    text = format_manual(replace(plan(), stage="think"))
    assert "no stage blue/think" in failed(list(check_text(text, base, sandbox)))["manual"]
