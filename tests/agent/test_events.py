"""Events: the wire form round-trips, and what is not an event is refused."""

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld_tui.agent.events import (
    AuthorGaveUp,
    Decided,
    Event,
    Executed,
    FunctionAdmitted,
    GaveUp,
    Retrieved,
    Selected,
    decision_tokens,
    event_from_dict,
    event_to_dict,
    tokens_of,
)
from ld_tui.errors import LdTuiError
from ld_tui.llm.call import UNKNOWN, Tokens

numbers = st.floats(allow_nan=False)
shares = st.lists(numbers).map(tuple)
PLAIN = {
    Retrieved: {"distances": shares, "ms": numbers},
    Selected: {"probabilities": shares, "ms": numbers},
    Executed: {
        "result": st.none() | st.integers() | st.lists(st.integers()).map(tuple),
        "ms": numbers,
    },
    Decided: {"ms": numbers},
    GaveUp: {"ms": numbers},
    FunctionAdmitted: {"ms": numbers},
    AuthorGaveUp: {"ms": numbers},
}


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_event_survives_json(kind: type, data: st.DataObject) -> None:
    event = data.draw(st.builds(kind, **PLAIN.get(kind, {})))
    assert event_from_dict(json.loads(json.dumps(event_to_dict(event)))) == event


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"event": "invented"},
        {"event": "decided", "move": "f5f6"},
        {"event": "decided", "move": "f5f6", "ms": 1.0, "more": 2},
    ],
)
def test_what_is_no_event_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(LdTuiError):
        event_from_dict(data)


@pytest.mark.parametrize(
    ("name", "by", "passed_over"),
    [("a", "s-llm", ""), ("b", "s-llm", "a"), ("b", "random", ""), ("b", "chosen", "")],
)
def test_a_draw_tells_what_it_passed_over(name: str, by: str, passed_over: str) -> None:
    chosen = Selected(1, name, ("a", "b", "c"), (0.7, 0.2, 0.1), by, 0.0)
    assert chosen.passed_over == passed_over


@pytest.mark.parametrize(
    ("shares", "margin", "entropy"),
    [((1.0,), 1.0, 0.0), ((0.5, 0.5), 0.0, 1.0), ((0.25, 0.25, 0.5), 0.25, 1.5)],
)
def test_margin_and_entropy_tell_how_sure_a_choice_was(
    shares: tuple[float, ...], margin: float, entropy: float
) -> None:
    names = tuple("abc"[: len(shares)])
    chosen = Selected(1, names[0], names, shares, "s-llm", 0.1)
    assert chosen.margin == pytest.approx(margin)
    assert chosen.entropy == pytest.approx(entropy)


@pytest.mark.parametrize(
    "event",
    [Selected(1, "a", ("a",), (1.0,), "only", 0.1, 7, 1), Decided("f5f6", 1.0, 7, 1),
     GaveUp("no choice left", 1.0, 7, 1)],
    ids=lambda event: type(event).__name__,
)  # fmt: skip
def test_tokens_may_be_missing_as_in_older_files(event: Selected | Decided | GaveUp) -> None:
    assert tokens_of(event) == Tokens(7, 1)
    data = event_to_dict(event)
    assert decision_tokens([data]) == (UNKNOWN if isinstance(event, Selected) else Tokens(7, 1))
    del data["read"], data["written"]
    old = event_from_dict(data)
    assert tokens_of(old) == UNKNOWN == decision_tokens([data])


def test_tuples_stay_tuples() -> None:
    event = Retrieved(1, ("a", "b"), (0.1, 0.2), ("x", "y"), 0.3)
    assert isinstance(event_from_dict(json.loads(json.dumps(event_to_dict(event)))), Retrieved)
