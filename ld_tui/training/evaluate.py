"""How well an S-LLM selects: held-out states, held-out wordings, manuals swapped.

Top-1 is the share of states in which a best candidate is chosen, regret the steps lost by the
choice against the best candidate; both over states in which the candidates are not all tied.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ld_tui.authoring.space import Program
from ld_tui.authoring.wording import wording as program_wording
from ld_tui.training.model import Llama
from ld_tui.training.prompts import (
    Batch,
    Encoder,
    Entry,
    StageData,
    WorldData,
    choose_candidates,
    choose_new,
    choose_programs,
    choose_written,
    make_batch,
)
from ld_tui.training.selector import evaluate_batch
from ld_tui.training.texts import reworded, shipped_text

Wording = Callable[[Entry, random.Random], str]
GROUP = 8
"""States that share one set of manuals."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a way of choosing reached on some states."""

    top1: float
    regret: float
    random_top1: float
    random_regret: float
    constant_regret: float
    """Always the candidate that is best on average over the held-out states."""
    unique: float
    """How often a candidate that alone is best was chosen."""
    states: int

    def __str__(self) -> str:
        return (
            f"top-1 {self.top1:.3f} (random {self.random_top1:.3f}), regret {self.regret:.3f} "
            f"(random {self.random_regret:.3f}, constant {self.constant_regret:.3f}; "
            f"{self.regret / self.random_regret:.2f} of random's), "
            f"uniquely best {self.unique:.3f}, {self.states} states"
        )


def held_out_wording(entry: Entry, rng: random.Random) -> str:
    """Word a candidate by structures and synonyms that no training prompt had."""
    if isinstance(entry, Program):
        return program_wording(entry, rng, new_words=True, new_structure=True)
    return reworded(entry, rng, held_out=True)


def new_structure(entry: Entry, rng: random.Random) -> str:
    """Word a program in sentence structures that no training prompt had."""
    assert isinstance(entry, Program)
    return program_wording(entry, rng, new_structure=True)


def new_words(entry: Entry, rng: random.Random) -> str:
    """Word a program in synonyms that no training prompt had."""
    assert isinstance(entry, Program)
    return program_wording(entry, rng, new_words=True)


def shipped_wording(entry: Entry, rng: random.Random) -> str:
    """Word a manual as play does, and a program as training did."""
    return program_wording(entry, rng) if isinstance(entry, Program) else shipped_text(entry)


def only(data: StageData, rows: npt.NDArray[np.bool_]) -> StageData:
    """Return a stage whose held-out states are only those of some rows [N]."""
    return replace(data, held_out=data.held_out[rows[data.held_out]])


@torch.no_grad()
def score(
    model: Llama,
    data: StageData,
    encoder: Encoder,
    wording: Wording,
    groups: int,
    seed: int = 0,
    kind: int | None = None,
) -> Score:
    """Score the model on `groups` random groups of held-out states of one stage.

    The candidates are manuals of the base, or with `kind` five programs of that kind.
    """
    chosen_regrets, hits, chance, lost, constant, alone = [], [], [], [], [], []
    average = data.regrets[data.held_out].mean(axis=0)
    for batch, candidates, _ in _held_out(data, encoder, wording, groups, seed, kind):
        k = len(candidates)
        regrets = batch.regrets[:, :k].numpy()
        open_ = regrets.max(axis=1) > 0
        picked = shares(model, batch, encoder)[:, :k].argmax(-1).numpy()
        rows = np.arange(len(regrets))
        chosen_regrets.append(regrets[rows, picked][open_])
        hits.append((regrets[rows, picked] == 0)[open_])
        chance.append((regrets == 0).mean(axis=1)[open_])
        lost.append(regrets.mean(axis=1)[open_])
        fixed = int(np.argmin([average[each] for each in candidates]))
        constant.append(regrets[:, fixed][open_])
        single = (regrets == 0).sum(axis=1) == 1
        alone.append((regrets[rows, picked] == 0)[single])

    def mean(parts: list[np.ndarray[Any, Any]]) -> float:
        every = np.concatenate(parts)
        return float(every.mean()) if len(every) else float("nan")

    return Score(
        top1=mean(hits),
        regret=mean(chosen_regrets),
        random_top1=mean(chance),
        random_regret=mean(lost),
        constant_regret=mean(constant),
        unique=mean(alone),
        states=len(np.concatenate(hits)),
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """How often a new function was chosen among the base's own, under changed rules."""

    alone: float
    """Of the states in which it alone is best."""
    worse: float
    """Of those in which another candidate is better."""
    states: int
    """In which it alone is best."""
    others: int
    """In which another is better."""


@torch.no_grad()
def taken(model: Llama, data: StageData, encoder: Encoder, groups: int, kind: int) -> Taken:
    """Let a program of a kind join five of the base's manuals, as f^E does, and see who is chosen.

    `data` is of composed programs and states under changed rules.
    """
    rng = random.Random("taken")
    found = []
    for _ in range(groups):
        rows = [int(row) for row in rng.sample(list(data.held_out), min(GROUP, len(data.held_out)))]
        new = choose_new(data, rows, kind, rng)
        chosen = [*choose_candidates(data, rows, 5, rng), new]
        found.append((rows, rng.sample(chosen, len(chosen)), new))
    return _taken(model, data, encoder, found, rng)


@torch.no_grad()
def written_taken(model: Llama, found: WorldData, encoder: Encoder, groups: int) -> Taken:
    """Let functions that the composer wrote for held-out worlds join five of the base's manuals."""
    rng = random.Random("written")
    count = len(found.data.manuals)
    picked = []
    for _ in range(groups):
        rows, chosen = choose_written(found, found.held_out, GROUP, 5, rng)
        picked.append((rows, chosen, next(each for each in chosen if each >= count)))
    return _taken(model, found.data, encoder, picked, rng)


def _taken(
    model: Llama,
    data: StageData,
    encoder: Encoder,
    groups: Sequence[tuple[Sequence[int], Sequence[int], int]],
    rng: random.Random,
) -> Taken:
    """Say how often the new one of the candidates was chosen; `groups` of (rows, all, new one)."""
    functions = data.first + len(data.manuals)
    alone, worse = [], []
    for rows, candidates, new in groups:
        place = list(candidates).index(new)
        texts = [shipped_wording(data.entries[at], rng) for at in candidates]
        batch = make_batch([(data, rows, candidates, texts)], encoder, functions)
        regrets = batch.regrets[:, : len(candidates)].numpy()
        picked = shares(model, batch, encoder)[:, : len(candidates)].argmax(-1).numpy() == place
        best = regrets[:, place] == 0
        alone += list(picked[best & ((regrets == 0).sum(1) == 1)])
        worse += list(picked[~best])
    return Taken(_share(alone), _share(worse), len(alone), len(worse))


def _share(found: Sequence[bool]) -> float:
    return float(np.mean(found)) if found else float("nan")


@torch.no_grad()
def swap_share(
    model: Llama,
    data: StageData,
    encoder: Encoder,
    groups: int,
    seed: int = 0,
    kind: int | None = None,
) -> float:
    """Return how often the choice moves with a text that trades places with another's.

    Over held-out states in which one candidate is uniquely best and chosen; its text is swapped
    with that of a random other candidate while the labels stay.
    """
    moved = []
    rng = random.Random(f"swap {seed}")
    found = _held_out(data, encoder, shipped_wording, groups, seed, kind)
    for batch, candidates, texts in found:
        k = len(candidates)
        best = batch.regrets[:, :k].argmin(-1)
        alone = (batch.regrets[:, :k] == 0).sum(-1) == 1
        picked = shares(model, batch, encoder)[:, :k].argmax(-1)
        for row in torch.nonzero(alone & (picked == best)).flatten().tolist():
            place = int(best[row])
            other = rng.choice([at for at in range(k) if at != place])
            swapped = list(texts)
            swapped[place], swapped[other] = swapped[other], swapped[place]
            prefix, _ = encoder.prefix(data.question, swapped)
            state = batch.states[row, : int(batch.last[row]) + 1].tolist()
            tokens = torch.tensor([prefix + state])
            logits = model(tokens)[0, -1, torch.tensor(encoder.labels[:k])]
            moved.append(int(logits.argmax()) == other)
    return _share(moved)


def shares(model: Llama, batch: Batch, encoder: Encoder) -> torch.Tensor:
    """Return [B, K] the probability of each candidate, as play reads it from the labels."""
    answer, *_ = evaluate_batch(model, batch)
    width = batch.targets.shape[1]
    logits = model.logits(answer).float()[:, torch.tensor(encoder.labels[:width])]
    gone = (~batch.there).repeat_interleave(len(logits) // len(batch.there), 0)
    return logits.masked_fill(gone, -torch.inf).softmax(-1)


def _held_out(
    data: StageData,
    encoder: Encoder,
    wording: Wording,
    groups: int,
    seed: int,
    kind: int | None = None,
) -> Iterator[tuple[Batch, Sequence[int], Sequence[str]]]:
    """Yield single-group batches of held-out states with five candidates and their texts."""
    rng = random.Random(f"held out {seed}")
    functions = data.first + len(data.manuals)
    for _ in range(groups):
        rows = [int(row) for row in rng.sample(list(data.held_out), min(GROUP, len(data.held_out)))]
        if kind is None:
            candidates = choose_candidates(data, rows, 5, rng)
        else:
            candidates = choose_programs(data, 5, kind, rng)
        texts = [wording(data.entries[at], rng) for at in candidates]
        batch = make_batch([(data, rows, candidates, texts)], encoder, functions)
        yield batch, candidates, texts
