"""The prompt: one line, labeled manuals, the state last, text as the S-LLM reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld_tui.agent.prompt import LABELS, normalize, selection_prompt


def test_the_prompt_reads_as_documented() -> None:
    prompt = selection_prompt(
        "Where should it run?", ["Go far. Use when A dot is near.", "Stay_put"], "near N2 E0 d2"
    )
    assert prompt == (
        "where should it run ? A : go far . use when a dot is near . is A ; B : stay put is B ; "
        "state : near N2 E0 d2 . answer :"
    )


@given(st.lists(st.text(max_size=40), min_size=1, max_size=8), st.text(max_size=40))
def test_a_prompt_is_one_line_of_single_spaced_words(manuals: list[str], state: str) -> None:
    prompt = selection_prompt("Which?", manuals, state)
    assert prompt == " ".join(prompt.split())
    assert prompt.endswith(" . answer :")


@given(st.text(max_size=80))
def test_no_text_can_pose_as_a_label(text: str) -> None:
    assert not set(normalize(text).split()) & set(LABELS)


@given(st.text(max_size=80))
def test_normalizing_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


def test_more_candidates_than_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="9 candidates"):
        selection_prompt("Which?", ["x"] * 9, "")
