"""The list of words that the shipped S-LLM was taught."""

from pathlib import Path

from ld_tui import paths
from ld_tui.agent.vocabulary import known_words, unknown_words, words_of
from ld_tui.functionbase.store import load
from ld_tui.game.describe import state_text
from ld_tui.game.starts import starts


def test_every_manual_and_state_is_in_known_words() -> None:
    known = known_words()
    assert known is not None
    for manual in load(paths.packaged_functionbase()).manuals:
        assert unknown_words(manual.text, known) == (), manual.name
    for position in starts(20, 4):
        assert unknown_words(state_text(position, "plan"), known) == ()


def test_words_that_no_training_text_had_are_named_once_in_order() -> None:
    known = known_words()
    assert known is not None
    found = unknown_words("Besiege orange at N3 d2 when zugzwang; besiege it.", known)
    assert found == ("besiege", "zugzwang")


def test_numbers_directions_and_signs_are_no_words() -> None:
    assert words_of("N3, d2 and 12 cells;") == ["and", "cells"]


def test_a_model_without_a_list_has_no_known_words(tmp_path: Path) -> None:
    assert known_words(tmp_path / "other.gguf") is None
