"""The composer: functions for emergencies, legal, measured, in known words, repeatable."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ld_tui import paths
from ld_tui.agent.emergency import AND
from ld_tui.agent.events import (
    AuthorGaveUp,
    AuthorWorked,
    Event,
    FunctionAdmitted,
    FunctionChecked,
    FunctionDrafted,
    event_to_dict,
)
from ld_tui.agent.vocabulary import known_words, unknown_words
from ld_tui.arena.pursuit import (
    PursuitSituation,
    emergency_names,
    function_state,
    result_cells,
    situation_of,
)
from ld_tui.authoring.admission import Desk, admission, rules_mark
from ld_tui.authoring.composer import Composer
from ld_tui.authoring.near import near_positions
from ld_tui.authoring.source import render
from ld_tui.authoring.space import mutate, sample
from ld_tui.functionbase.manual import Manual, Provenance, parse_manual
from ld_tui.functionbase.store import load
from ld_tui.game.emergencies import KINDS, strike
from ld_tui.game.notation import parse_position
from ld_tui.game.rules import Move, illegality, is_captured
from ld_tui.game.schedule import random_emergency
from ld_tui.sandbox.run import Sandbox
from ld_tui.tablebase.tables import Tables


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    tables = Tables()
    with Sandbox() as sandbox:
        yield Desk(load(paths.packaged_functionbase()), sandbox, tables.for_world)


def struck(kind: str, side: str, seed: int = 1) -> PursuitSituation:
    position = parse_position(f"8 a1,c4,h8 f5 {side} 2 0,0 -")
    emergency = random_emergency(kind, position, random.Random(seed))
    return situation_of(strike(position, emergency), (), 7)


def write(desk: Desk, situation: PursuitSituation) -> list[Event]:
    return list(Composer(desk).write(situation, desk.stages(situation.side), []))


def of(events: list[Event], kind: type) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("side", ["b", "o"])
def test_each_stage_ends_in_an_admission_or_a_reason(desk: Desk, kind: str, side: str) -> None:
    situation = struck(kind, side)
    events = write(desk, situation)
    ends = [*of(events, FunctionAdmitted), *of(events, AuthorGaveUp)]
    assert sorted(end.stage for end in ends) == [1, 2]
    assert {end.emergency for end in ends} == {AND.join(emergency_names(situation.position))}
    admitted = {end.stage: end for end in of(events, FunctionAdmitted)}
    if kind in ("roadblock", "storm", "sprint" if side == "o" else "jam"):
        assert 2 in admitted  # moves that the base's functions can't make
    for end in admitted.values():
        manual = parse_manual(end.text)
        assert manual.origin == "emergency"
        assert manual.provenance.author == "composer"
        assert manual.provenance.rules == rules_mark(situation.position) != "standard"
        assert manual.examples
        assert desk.base.get(manual.name) is None
        checks = [c for c in of(events, FunctionChecked) if c.name == manual.name]
        assert checks[-1].check == "play"
        assert all(check.passed for check in checks)
        drafted = next(d for d in of(events, FunctionDrafted) if d.name == manual.name)
        assert drafted.source == manual.source
    assert all(event.is_piece is False for event in of(events, AuthorWorked))


def test_an_admitted_move_is_legal_all_over_the_neighborhood(desk: Desk) -> None:
    for kind in ("roadblock", "storm"):
        situation = struck(kind, "b", seed=3)
        end = next(e for e in of(write(desk, situation), FunctionAdmitted) if e.stage == 2)
        manual = parse_manual(end.text)
        stage = desk.stages("blue")[1]
        measure = desk.measure(situation, stage, [], 40, "test")
        assert len(measure.positions) == 40
        for position, previous in zip(measure.positions, measure.previous, strict=True):
            call = (function_state(position, 0), previous)
            ran = desk.sandbox.run(manual.name, manual.source, call)
            cells = result_cells(stage.result, position, ran.value)  # type: ignore[union-attr]
            assert illegality(position, Move(position.blue, cells)) is None


def test_the_same_seed_writes_the_same_functions(desk: Desk) -> None:
    one, other = (write(desk, struck("storm", "b")) for _ in range(2))
    assert [e.name for e in of(one, FunctionDrafted)] == [
        e.name for e in of(other, FunctionDrafted)
    ]
    texts = [[e.text for e in of(events, FunctionAdmitted)] for events in (one, other)]
    assert texts[0] == texts[1]


def test_in_fog_what_is_written_depends_on_nothing_that_blue_does_not_know(desk: Desk) -> None:
    texts = []
    for orange in ("f5", "h1", "b8"):
        position = parse_position(f"8 a1,c4,h8 {orange} b 3 0,0 fog:1,f6@9")
        events = write(desk, situation_of(position, (), 7))
        texts.append([event_to_dict(e) | {"ms": 0} for e in events])
    assert texts[0] == texts[1] == texts[2]


@pytest.mark.slow
def test_manuals_are_in_words_that_the_llm_was_taught(desk: Desk) -> None:
    known = known_words()
    assert known is not None
    rng = random.Random(3)
    for kind in KINDS:
        for end in of(write(desk, struck(kind, rng.choice("bo"))), FunctionAdmitted):
            assert unknown_words(parse_manual(end.text).text, known) == ()


def test_what_fails_or_loses_more_is_refused_with_the_reason(desk: Desk) -> None:
    situation = struck("roadblock", "b")
    stage = desk.stages("blue")[1]
    sources = {
        "raises": "def {}(state, previous):\n    return previous[9]\n",
        "jumps": "def {}(state, previous):\n    return [(0, 0), (0, 0), (0, 0)]\n",
        "flees": """def {}(state, previous):
    ends = []
    for x, y in state["blue"]:
        ends.append((x - 2 if x > 1 else x + 2, y))
    return ends
""",
    }
    for name, source in sources.items():
        manual = Manual(
            name,
            "blue",
            "move",
            "Goes.",
            "Now.",
            "emergency",
            Provenance("x", "2026-01-31"),
            source.format(name),
            (),
        )
        steps = admission(desk, manual, situation, stage, 2, [])
        checks = []
        while True:
            try:
                checks.append(next(steps))
            except StopIteration as end:
                verdict = end.value
                break
        assert not verdict.admitted
        assert verdict.why
        assert [check.passed for check in checks] == [True] * (len(checks) - 1) + [False]  # type: ignore[attr-defined]


def test_a_name_that_is_taken_is_refused(desk: Desk) -> None:
    situation = struck("roadblock", "b")
    manual = replace(desk.base.manuals_of("blue", "move")[0], origin="emergency")
    steps = admission(desk, manual, situation, desk.stages("blue")[1], 2, [])
    assert "already" in next(steps).detail  # type: ignore[attr-defined]


def test_a_board_too_large_to_be_solved_ends_in_one_line(desk: Desk) -> None:
    position = parse_position("20 a1,c4,h8 f5 b 2 0,0 jam:1@9;roadblock:d4@9")
    events = write(desk, situation_of(replace(position, changes=position.changes[1:]), (), 7))
    assert {type(event) for event in events} == {AuthorWorked, AuthorGaveUp}
    assert all("too large" in end.reason for end in of(events, AuthorGaveUp))


def test_near_positions_are_reachable_and_keep_what_is_in_force() -> None:
    tables = Tables()
    position = struck("roadblock", "b").position
    found = near_positions(position, 30, "x", tables.for_position(position))
    assert len(set(found)) == len(found) == 30
    assert found == near_positions(position, 30, "x", tables.for_position(position))
    for each in found:
        assert each.to_move is position.to_move
        assert not is_captured(each)
        assert each.rules.closed == position.rules.closed


def test_in_fog_dots_about_the_remembered_cell_are_no_capture_to_start_from() -> None:
    position = parse_position("8 a1,a2,b1 h8 b 5 0,0 fog:1,a1@9")
    found = near_positions(position, 8, "x", None)
    assert found
    assert not any(map(is_captured, found))


@pytest.mark.parametrize("side", ["blue", "orange"])
@pytest.mark.parametrize("stage", ["plan", "move"])
def test_changed_programs_are_programs(side: str, stage: str) -> None:
    rng = random.Random(f"{side} {stage}")
    changed = 0
    for _ in range(300):
        program = sample(side, stage, rng)
        other = mutate(program, rng)
        changed += other != program
        assert render(other, "x")
        assert len(other.then) == len(program.then)
        assert not other.other or len(other.other) == len(other.then)
        assert other.condition or not other.other
    assert changed > 200
