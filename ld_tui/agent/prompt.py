"""The one prompt of the S-LLM: a question, lettered manuals, the state.

What is stable comes first and the state last, so that a backend can reuse what it has evaluated.
A prompt is one line with single spaces; its text is lower-cased and split from its punctuation,
but labels (`A`, `B`, ...), directions (`N3`) and distances (`d2`) stay whole words, so that each
is one token of the shipped model.
"""

import re
from collections.abc import Sequence

LABELS = tuple("ABCDEFGH")
"""The candidates' labels; so K is at most 8."""

_DIRECTION = re.compile(r"[NESW]\d{1,2}")
_WORD = re.compile(r"[NESW]\d{1,2}(?![\w])|[^\W_]+(?:'[a-z]+)?|[^\w\s]", re.UNICODE)


def normalize(text: str) -> str:
    """Return text as the S-LLM reads it: lower case, punctuation apart, single spaces.

    >>> normalize("Where's N3?  The far dot, at d2.")
    "where's N3 ? the far dot , at d2 ."
    """
    words = _WORD.findall(text.replace("_", " "))
    return " ".join(word if _DIRECTION.fullmatch(word) else word.lower() for word in words)


def selection_prompt(question: str, manuals: Sequence[str], state: str) -> str:
    """Return the prompt after which the S-LLM names a candidate by its label.

    `manuals` are the candidates' texts, at most 8, labeled in their order. The answer is read
    from the probabilities of ` A`, ` B`, ... as the next token.
    """
    if len(manuals) > len(LABELS):
        raise ValueError(f"{len(manuals)} candidates; there are labels for {len(LABELS)}")
    prompt = f"{manuals_prompt(question, manuals)} state : {normalize(state)} . answer :"
    return " ".join(prompt.split())


def manuals_prompt(question: str, manuals: Sequence[str]) -> str:
    """Return the part of the prompt that doesn't depend on the state."""
    lettered = " ; ".join(
        f"{label} : {normalize(text)} is {label}"
        for label, text in zip(LABELS, manuals, strict=False)
    )
    return f"{normalize(question)} {lettered} ;"
