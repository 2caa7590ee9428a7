"""Decisions in words, from games that the agent played."""

from pathlib import Path

import pytest

from ld_tui.agent.events import AuthorGaveUp, FunctionChecked, Selected
from ld_tui.arena.game import Game
from ld_tui.arena.saves import read_save
from ld_tui.game.notation import format_move
from ld_tui.game.rules import Rules
from ld_tui.game.starts import starts
from ld_tui.plain.thoughts import author_line, decision_lines
from ld_tui.plain.words import listed
from ld_tui.tui.trace import Trace, last_trace, trace_of

EXAMPLES = Path(__file__).parents[2] / "saves" / "examples"


@pytest.fixture
def trace() -> Trace:
    found = last_trace(Game(read_save(EXAMPLES / "ld-against-perfect.toml")))
    assert found is not None
    return found


def test_each_detail_says_what_was_chosen_with_its_share(trace: Trace) -> None:
    chosen = [stage.chosen for stage in trace.stages]
    for detail in ("brief", "normal", "full"):
        said = "\n".join(decision_lines(trace, detail))
        for row in chosen:
            assert row.name in said
            assert f"{100 * row.probability:.0f} %" in said
    assert len(decision_lines(trace, "brief")) == 1


def test_full_detail_names_every_candidate_with_its_distance(trace: Trace) -> None:
    said = "\n".join(decision_lines(trace, "full"))
    for stage in trace.stages:
        assert stage.question in said
        assert stage.state in said
        for row in stage.rows:
            assert f"{row.name}, distance {row.distance:.3f}" in said


def test_illegal_proposals_are_told_with_their_reason() -> None:
    record = read_save(EXAMPLES / "roadblock.toml")
    struck = [
        (turn, event)
        for turn in record.turns
        for event in turn.events
        if event["event"] == "rejected" and event["illegal"]
    ]
    assert struck
    turn, event = struck[0]
    found = trace_of(turn.events, turn.side, 1, "ld", format_move(turn.move), turn.ms)
    assert f"struck as illegal: {event['name']}, {event['reason']}" in "\n".join(
        decision_lines(found, "normal")
    )


def test_a_check_that_passed_is_told_in_full_detail_only() -> None:
    start = starts(1, 1, Rules(size=6))[0]
    passed = FunctionChecked(2, "f", "legal", True, "on 24 positions")
    assert author_line(passed, start, "normal") == ""
    assert author_line(passed, start, "full") == "Check legal passed: on 24 positions."
    assert "no function was found" in author_line(AuthorGaveUp(2, "", "", 1.0), start, "brief")


def test_words_are_joined_as_one_says_them() -> None:
    assert [listed("abc"[:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


def test_a_draw_at_a_weak_level_is_told_as_one(trace: Trace) -> None:
    stage = trace.stages[0]
    assert "drawn" not in "\n".join(decision_lines(trace, "full"))
    names = tuple(row.name for row in stage.rows)
    shares = (0.7, *[0.3 / (len(names) - 1)] * (len(names) - 1))
    trace.add(Selected(1, names[1], names, shares, "s-llm", 1.0))
    drawn = f"Drawn by the level's temperature: {names[1]}"
    assert f"{drawn} in place of {names[0]}." in decision_lines(trace, "full")
    assert any(
        "drawn by the level's temperature" in line for line in decision_lines(trace, "normal")
    )
