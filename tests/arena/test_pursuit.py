"""The game as the loop sees it: plain data in, typed results out, verdicts from the rules."""

from typing import Any

import pytest

from ld_tui.arena.direct import situation_text
from ld_tui.arena.game import Past
from ld_tui.arena.pursuit import (
    PursuitSituation,
    board_key,
    emergency_names,
    function_state,
    result_problem,
    situation_of,
    tried_before,
)
from ld_tui.functionbase.store import Stage
from ld_tui.game.notation import parse_move, parse_position
from ld_tui.game.rules import play

START = "10 a1,c4,h8 f5 b 0 0,0 -"
MOVE = Stage("blue", "move", "How?", "destinations")
PLAN = Stage("blue", "plan", "Where?", "targets")


def test_a_function_is_told_the_board_but_not_what_is_closed() -> None:
    state = function_state(parse_position("10 a1,c4,h8 f5 b 3 0,0 roadblock:d4,d5@12"), seed=7)
    assert state == {
        "size": 10,
        "blue": [(0, 0), (2, 3), (7, 7)],
        "orange": (5, 4),
        "unseen": False,
        "side": "blue",
        "step": 3,
        "changes": ["roadblock:d4,d5@12"],
        "seed": 7,
    }


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("targets", [(0, 0), [9, 9], (5, 4)], None),
        ("targets", [(0, 0), (9, 9)], "3 cells"),
        ("targets", None, "3 cells"),
        ("targets", [(0, 0), (9, 9), (10, 4)], "off the 10x10 board"),
        ("targets", [(0, 0), (9, 9), (-1, 4)], "off the 10x10 board"),
        ("targets", [(0, 0), (9, 9), (1.0, 4)], "whole numbers"),
        ("targets", [(0, 0), (9, 9), (True, 4)], "whole numbers"),
        ("targets", "abc", "3 cells"),
        ("goal", (4, 4), None),
        ("goal", [(4, 4)], "whole numbers"),
        ("goal", {"col": 4}, "whole numbers"),
        ("destinations", [(1, 1), (4, 3), (7, 5)], None),
    ],
)
def test_results_have_to_be_of_their_stages_type(kind: str, value: Any, says: str | None) -> None:
    problem = result_problem(kind, parse_position(START), value)
    assert (problem is None) if says is None else (problem is not None and says in problem)
    assert problem is None or "\n" not in problem


@pytest.mark.parametrize(
    ("cells", "shown", "illegal"),
    [
        ([(1, 1), (4, 3), (7, 5)], "a1b2 c4e4 h8h6", False),
        ([(1, 1), (4, 3), (7, 6)], "", True),
        ([(1, 1), (4, 3)], "", False),
    ],
)
def test_the_last_stage_is_judged_by_the_rules(cells: Any, shown: str, illegal: bool) -> None:
    choice = PursuitSituation(parse_position(START), 0).judge(MOVE, cells, last=True)
    assert (choice.shown, choice.illegal) == (shown, illegal)
    assert (choice.problem is None) is bool(shown)


def test_a_closed_cell_is_illegal_to_enter_but_not_to_plan_for() -> None:
    situation = PursuitSituation(parse_position("10 a1,c4,h8 f5 b 0 0,0 roadblock:e4"), 0)
    cells = [(1, 1), (4, 3), (7, 5)]
    assert situation.judge(PLAN, cells, last=False).problem is None
    assert situation.judge(MOVE, cells, last=True).illegal


def test_any_legal_move_is_legal_and_follows_the_seed() -> None:
    position = parse_position("10 a1,c4,h8 f5 b 0 0,0 roadblock:b2,c1;jam:2")
    moves = [PursuitSituation(position, seed).any_legal() for seed in range(12)]
    for move in moves:
        play(position, parse_move(move))
    assert len(set(moves)) > 1
    assert PursuitSituation(position, 3).any_legal() == moves[3]


def test_illegal_choices_left_follow_the_tally() -> None:
    assert PursuitSituation(parse_position("10 a1,c4,h8 f5 b 0 5,2 -"), 0).illegal_left == 2


def test_a_repeated_board_remembers_what_was_tried_on_it() -> None:
    here = parse_position(START)
    again = parse_position("10 c4,a1,h8 f5 b 8 0,0 -")
    other = parse_position("10 a1,c4,h9 f5 b 2 0,0 -")
    assert board_key(here) == board_key(again) != board_key(other)
    history = (Past(here, ("herd", "direct")), Past(other, ("box", "direct")))
    assert tried_before(again, history) == {"plan": frozenset({"herd"})}
    assert tried_before(parse_position("10 a1,a1,h8 f5 b 0 0,0 -"), history) == {}


def test_in_fog_the_agent_gets_only_what_blue_may_know() -> None:
    """The true cell of orange must not be in any text or data of a decision."""
    texts = []
    for orange in ("f5", "j1", "b9"):
        position = parse_position(f"10 a1,c4,h8 {orange} b 3 0,0 fog:2,f6@9")
        situation = situation_of(position, (), 1)
        texts.append(
            (
                situation.state_text(PLAN, None),
                situation.state_text(MOVE, [(0, 0), (2, 3), (7, 7)]),
                situation.arguments(),
                situation.emergencies,
                situation.emergency_text,
                situation_text(position),
            )
        )
    assert texts[0] == texts[1] == texts[2]
    assert texts[0][2]["orange"] == (5, 5)
    assert texts[0][2]["unseen"] is True
    assert "unseen" in texts[0][0].split()


def test_in_fog_what_was_tried_goes_by_the_board_that_blue_knows() -> None:
    one = parse_position("10 a1,c4,h8 f5 b 3 0,0 fog:2,f6@9")
    other = parse_position("10 a1,c4,h8 j1 b 3 0,0 fog:2,f6@9")
    assert board_key(one) == board_key(other)


def test_an_emergency_keeps_its_name_while_fog_moves_what_is_remembered() -> None:
    one = parse_position("10 a1,c4,h8 f5 b 3 0,0 fog:2,f6@9;jam:1@8")
    other = parse_position("10 a1,c4,h8 f5 b 3 0,0 fog:2,a9@9;jam:1@8")
    assert emergency_names(one) == emergency_names(other)
    assert len(emergency_names(one)) == 2
