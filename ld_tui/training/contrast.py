"""Training of a static embedding: queries come to lie near the manuals that the teacher favors.

A query is a stage's question with a state text, a document a manual's text. All words pass
through one linear map, so that words nobody trained on move with the rest; words of the lessons
also move by themselves, a little. Documents are varied at every step (other wordings, words left
out, words replaced by neighbors), so that what is learned is their meaning and not their letters.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import Tensor

from ld_tui.training.static_model import StaticModel

Regrets = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the teacher says about one stage."""

    side: str
    stage: str
    manuals: tuple[tuple[str, ...], ...]
    """All manuals of the stage, each in one or more wordings, the shipped one first."""
    queries: tuple[str, ...]
    """The question with a state text, each."""
    regrets: Regrets
    """[queries, manuals]: steps lost by each manual's function against the best of them."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to train. The defaults made the shipped weights."""

    steps: int = 600
    batch: int = 256
    rate: float = 0.01
    sharpness: float = 12.0
    """Cosine to logit."""
    temperature: float = 0.3
    """Targets are softmax(-regret / temperature)."""
    vary: float = 0.4
    """The share of documents' words left out or replaced, at most."""
    pull: float = 0.2
    """How strongly the map is drawn to the identity, and words' own moves to zero."""
    seed: int = 1


class _Words:
    """The words of the lessons and their neighbors, renumbered densely."""

    def __init__(self, model: StaticModel, lessons: Sequence[Lesson]) -> None:
        self.tokenizer: Tokenizer = model.tokenizer
        wordings = [text for each in lessons for manual in each.manuals for text in manual]
        documents = {token for text in set(wordings) for token in self._ids(text)}
        queries = {text for lesson in lessons for text in lesson.queries}
        used = documents | {token for text in queries for token in self._ids(text)}
        self.neighbors = _neighbors(model, sorted(documents))
        used |= {int(token) for found in self.neighbors.values() for token in found}
        self.tokens = np.array(sorted(used))
        self._place = {int(token): place for place, token in enumerate(self.tokens)}

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def counts(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """Return how often each word is in each text, [texts, words]."""
        found = torch.zeros(len(texts), len(self.tokens))
        for row, ids in enumerate(texts):
            for token in ids:
                found[row, self._place[token]] += 1
        return found

    def read(self, texts: Sequence[str]) -> Tensor:
        return self.counts([self._ids(text) for text in texts])

    def varied(
        self, manuals: Sequence[Sequence[str]], rng: np.random.Generator, most: float
    ) -> Tensor:
        """Return the counts of manuals in some wording, words left out or replaced by neighbors."""
        out = []
        for wordings in manuals:
            # The shipped wording half of the time, since that is what play reads.
            pick = int(rng.integers(len(wordings))) if rng.random() < 0.5 else 0
            share = rng.random() * most
            whole, ids = self._ids(wordings[pick]), []
            for token in whole:
                luck = rng.random()
                if luck < share / 2:
                    continue
                if luck < share and len(self.neighbors[token]):
                    token = int(rng.choice(self.neighbors[token]))
                ids.append(token)
            out.append(ids or whole)
        return self.counts(out)


def train(
    start: StaticModel,
    lessons: Sequence[Lesson],
    options: Options,
    note: Callable[[int, float], None] = lambda step, loss: None,
) -> StaticModel:
    """Return the model after training; the same for the same seed on the same machine.

    `note` is told the loss of every 50th step.
    """
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    words = _Words(start, lessons)
    table = torch.from_numpy(start.table)
    base = table[words.tokens]  # (W, D)
    mapping = torch.eye(table.shape[1], requires_grad=True)  # (D, D)
    moves = torch.zeros_like(base, requires_grad=True)  # (W, D)
    useful = [_useful(lesson) for lesson in lessons]
    queries = [words.read(lesson.queries) for lesson in useful]
    targets = [
        torch.softmax(torch.from_numpy(-lesson.regrets / options.temperature), dim=1)
        for lesson in useful
    ]
    optimizer = torch.optim.Adam([mapping, moves], lr=options.rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, options.rate, total_steps=options.steps
    )
    for step in range(options.steps):
        vectors = base @ mapping + moves
        drift = (mapping - torch.eye(len(mapping))).square().sum() / len(mapping)
        loss = options.pull * (drift + moves.square().sum(dim=1).mean() * 10)
        for lesson, counts, target in zip(useful, queries, targets, strict=True):
            rows = torch.from_numpy(rng.integers(len(counts), size=options.batch))
            documents = words.varied(lesson.manuals, rng, options.vary)
            logits = (
                options.sharpness * _unit(counts[rows] @ vectors) @ _unit(documents @ vectors).T
            )
            loss = loss - (target[rows] * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if (step + 1) % 50 == 0:
            note(step + 1, loss.item())
    with torch.no_grad():
        trained = table @ mapping
        trained[words.tokens] += moves
    return StaticModel(start.tokenizer, trained.numpy())


def _useful(lesson: Lesson) -> Lesson:
    """Leave out the states in which all functions are worth the same."""
    rows = np.flatnonzero(lesson.regrets.max(axis=1) > lesson.regrets.min(axis=1))
    queries = tuple(lesson.queries[row] for row in rows)
    return Lesson(lesson.side, lesson.stage, lesson.manuals, queries, lesson.regrets[rows])


def _unit(vectors: Tensor) -> Tensor:
    return torch.nn.functional.normalize(vectors, dim=-1)


def _neighbors(model: StaticModel, tokens: Sequence[int]) -> dict[int, npt.NDArray[np.intp]]:
    """Return the few nearest whole words of each token; none where nothing is near."""
    lengths = np.linalg.norm(model.table, axis=1, keepdims=True)
    unit = model.table / np.maximum(lengths, 1e-9)
    names = {place: word for word, place in model.tokenizer.get_vocab().items()}
    whole = np.array([names.get(place, "#").isalpha() for place in range(len(unit))])
    found = {}
    for token in tokens:
        near = unit @ unit[token]
        near[~whole] = -1.0
        near[token] = -1.0
        best = np.argsort(-near)[:4]
        found[token] = best[near[best] > 0.5]
    return found
