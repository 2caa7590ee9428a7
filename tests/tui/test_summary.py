"""What a finished game's panel says of the decision behind the biggest mistake."""

from ld_tui.tui.summary import chosen_in, drawn_in


def selected(name: str, by: str = "s-llm", stage: int = 1) -> dict[str, object]:
    return {"event": "selected", "stage": stage, "name": name, "candidates": ["a", "b"],
            "probabilities": [0.7, 0.3], "by": by}  # fmt: skip


def executed(name: str, stage: int = 1) -> dict[str, object]:
    return {"event": "executed", "stage": stage, "name": name}


def test_the_functions_that_ran_are_named_with_their_shares() -> None:
    events = [selected("b"), executed("b"), selected("a", "first", 2), executed("a", 2)]
    assert chosen_in(events) == "b (30%), then a"
    struck = [selected("a"), selected("b"), executed("b")]
    assert chosen_in(struck) == "b (30%)"
    assert chosen_in([]) == ""


def test_a_draw_against_the_likeliest_is_the_levels_doing() -> None:
    assert drawn_in([selected("b")]) == "the level's temperature passed over a (70%)"
    assert drawn_in([selected("a")]) == ""
    assert drawn_in([selected("b", "chosen")]) == ""
