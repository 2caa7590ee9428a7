"""The words that training shows: the list that ships with the model."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ld_tui.agent.vocabulary import words_of
from ld_tui.functionbase.store import FunctionBase
from ld_tui.game.describe import state_text
from ld_tui.training.composed import SEEN, Composed
from ld_tui.training.labels import Labels
from ld_tui.training.texts import training_text

WORDINGS = 200
"""Wordings of each manual that are looked at, as training draws them."""
LEAST = 5
"""Times that a word has to come up to be known."""


def known_words(texts: Iterable[str]) -> list[str]:
    """Return the words that come up in texts at least `LEAST` times, ascending."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(words_of(text))
    return sorted(word for word, count in counts.items() if count >= LEAST)


def training_texts(
    base: FunctionBase, labels: Sequence[Labels], composed: Sequence[Composed], seed: int
) -> Iterator[str]:
    """Yield texts as training's prompts have them; nothing that is held out from it."""
    rng = random.Random(f"words {seed}")
    for stage in base.stages:
        yield from [stage.question] * LEAST
    for manual in base.manuals:
        for _ in range(WORDINGS):
            yield training_text(manual, rng)
    for made in composed:
        for program, kind in zip(made.programs, made.kinds, strict=True):
            if kind == SEEN:
                yield training_text(program, rng)
    for each in labels:
        for row in range(0, len(each.positions), 10):
            if not each.held_out[row]:
                yield state_text(each.position(row), each.stage, each.plain_previous(row))
