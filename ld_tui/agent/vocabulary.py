"""The words that the shipped S-LLM was taught, so that text in others can be pointed out."""

import re
from functools import lru_cache
from pathlib import Path

from ld_tui.agent.prompt import normalize
from ld_tui.paths import SHIPPED_SELECTOR

WORDS = "words.txt"
"""The list beside a model's weights: a word a line, ascending."""
_COUNTED = re.compile(r"[NESW]\d+|d\d+|\d+|[^\w]+")
"""Directions, distances, numbers and punctuation, which are no words."""


@lru_cache(maxsize=8)
def known_words(model: Path = SHIPPED_SELECTOR) -> frozenset[str] | None:
    """Return the words a model was taught; None where no list lies beside its weights."""
    path = model.with_name(WORDS)
    if not path.is_file():
        return None
    return frozenset(path.read_text(encoding="utf-8").split())


def unknown_words(text: str, known: frozenset[str]) -> tuple[str, ...]:
    """Return the words of a text that are not known, each once, in order of appearance.

    >>> unknown_words("When orange is besieged, N3 away", frozenset({"when", "orange", "is"}))
    ('besieged', 'away')
    """
    return tuple(dict.fromkeys(word for word in words_of(text) if word not in known))


def words_of(text: str) -> list[str]:
    """Return the words of a text as the S-LLM reads them; numbers and directions are none."""
    return [word for word in normalize(text).split() if not _COUNTED.fullmatch(word)]
