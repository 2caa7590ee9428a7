"""States as words: what a person would say of the board is in the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld_tui.game.describe import roles, rules_text, state_text
from ld_tui.game.notation import parse_position
from ld_tui.game.rules import Rules, Side
from ld_tui.game.starts import starts


@pytest.mark.parametrize(
    ("text", "stage", "previous", "says"),
    [
        ("10 f7,b2,j10 f5 b 0 0,0 -", "plan", None, "near N2 E0 d2"),
        ("10 f7,b2,j10 f5 b 0 0,0 -", "plan", None, "far N5 E4 d9"),
        ("10 f7,b2,j10 f5 b 0 0,0 -", "move", [[5, 5], [0, 0], [9, 0]], "near N2 E0 d2 to S1 E0"),
        ("10 f7,b2,j10 f5 o 0 0,0 -", "move", [0, 0], "goal S4 W5 d9"),
        ("10 f7,b2,j10 a1 b 0 0,0 -", "plan", None, "orange cornered walls N9 E9 S0 W0"),
        ("10 f7,b2,j10 f5 b 0 0,0 roadblock:f3", "plan", None, "walls N5 E4 S1 W5"),
        ("10 f7,b2,j10 f5 b 0 0,0 jam:1", "plan", None, "near stuck N2 E0 d2"),
        ("10 f7,b2,j10 f5 b 0 0,0 sprint", "plan", None, "orange fast center walls N5"),
        ("10 f7,b2,j10 f5 o 0 0,0 sprint", "plan", None, "orange fast center"),
        ("10 f7,b2,j10 j1 b 0 0,0 fog:2,f5", "plan", None, "orange unseen center walls N5 E4"),
        ("10 f7,b2,j10 f5 b 0 0,0 fog:2,a1", "plan", None, "orange center walls N5 E4"),
        ("10 f7,b2,j10 a1 o 0 0,0 fog:2,f5", "plan", None, "orange cornered"),
        ("10 f7,c3,i9 b2 b 0 0,0 storm:1", "plan", None, "orange cornered walls N7 E7 S0 W0"),
        ("10 f7,f8,f9 f5 b 0 0,0 -", "plan", None, "open east south west flight W5 space"),
    ],
)
def test_a_state_names_its_relations(text: str, stage: str, previous: object, says: str) -> None:
    assert says in state_text(parse_position(text), stage, previous)


@given(st.integers(0, 5000))
def test_roles_go_from_nearest_to_farthest(seed: int) -> None:
    (position,) = starts(1, seed)
    words = state_text(position, "plan").split()
    gaps = [int(words[words.index(role) + 3][1:]) for role in ("near", "mid", "far")]
    assert gaps == sorted(gaps)
    assert sorted(roles(position)) == [0, 1, 2]


def test_rules_say_who_wins_and_what_changed() -> None:
    assert "2 units" in rules_text(Rules(), Side.BLUE)
    assert "until step 100" in rules_text(Rules(), Side.ORANGE)
    assert "dots that can't move: 2" in rules_text(Rules(frozen=frozenset({1})), Side.BLUE)
    assert "Orange moves 2 units" in rules_text(Rules(orange_units=2), Side.BLUE)
    assert "2 units away" in rules_text(Rules(orange_units=2), Side.ORANGE)
    assert "within distance 3 of a blue dot" in rules_text(Rules(sight=3), Side.BLUE)
    assert "see" not in rules_text(Rules(sight=3), Side.ORANGE)
