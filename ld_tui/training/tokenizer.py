"""The S-LLM's vocabulary: SentencePiece BPE on the prompts themselves, so that words are tokens.

    python -m ld_tui.training tokenizer

Labels, directions (`N3`) and distances (`d2`) have to be single tokens; `train_tokenizer` fails
where one isn't.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ld_tui.agent.prompt import LABELS, normalize, selection_prompt
from ld_tui.authoring.wording import wording
from ld_tui.functionbase.store import FunctionBase
from ld_tui.game.describe import rules_text, state_text
from ld_tui.game.rules import Rules, Side
from ld_tui.training.composed import Composed
from ld_tui.training.export import TOKENIZER_OPTIONS
from ld_tui.training.labels import Labels
from ld_tui.training.texts import reworded

VOCABULARY = 1024
SINGLE = (
    *LABELS,
    *(f"{name}{count}" for name in "NESW" for count in range(10)),
    *(f"d{count}" for count in range(19)),
)
"""Words that have to be one token each."""


LATER = "unseen sprint fog storm stuck ring roadblock jam closed cells around way waits detour"
"""Words of emergencies and of functions written for them."""


def corpus(
    base: FunctionBase, labels: Sequence[Labels], composed: Sequence[Composed], seed: int
) -> Iterator[str]:
    """Yield prompts and single words, as training will have them."""
    rng = random.Random(f"corpus {seed}")
    for each, made in zip(labels, composed, strict=True):
        for program in made.programs[:1000]:
            yield normalize(wording(program, rng, rng.random() < 0.2, rng.random() < 0.2))
        manuals = base.manuals_of(each.side, each.stage)
        question = next(s.question for s in base.stages_of(each.side) if s.name == each.stage)
        for row in rng.sample(range(len(each.positions)), min(1500, len(each.positions))):
            state = state_text(each.position(row), each.stage, each.plain_previous(row))
            chosen = rng.sample(manuals, min(5, len(manuals)))
            texts = [reworded(manual, rng, held_out=rng.random() < 0.1) for manual in chosen]
            yield selection_prompt(question, texts, state)
    for side in Side:
        yield normalize(rules_text(Rules(), side))
    for _ in range(50):
        yield LATER
    for word in SINGLE:
        for _ in range(400):
            yield f"{word} {rng.choice(SINGLE)} {rng.choice(SINGLE)}"


def train_tokenizer(
    base: FunctionBase,
    labels: Sequence[Labels],
    composed: Sequence[Composed],
    seed: int,
    path: Path,
) -> None:
    """Write a SentencePiece model. Raises ValueError where a word of `SINGLE` is several tokens."""
    tokenizer = train_vocabulary(corpus(base, labels, composed, seed), VOCABULARY, path)
    split = [word for word in SINGLE if len(tokenizer.encode(word)) != 1]
    if split:
        raise ValueError(f"not single tokens: {', '.join(split)}; raise VOCABULARY")


def train_vocabulary(lines: Iterable[str], size: int, path: Path) -> Any:
    """Write a SentencePiece model of `size` tokens that llama.cpp reads alike; return it loaded."""
    import sentencepiece

    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.with_suffix(".txt")
    text.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    options: Any = TOKENIZER_OPTIONS
    sentencepiece.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(path.with_suffix("")),
        vocab_size=size,
        character_coverage=1.0,
        minloglevel=2,
        **options,
    )
    text.unlink()
    return sentencepiece.SentencePieceProcessor(model_file=str(path))
