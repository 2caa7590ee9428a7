"""Train the S-LLM: to read a few manuals and a state, and to name the best function.

    python -m ld_tui.training selector [--steps 4500] [--seed 1]

A nano Llama from nothing. What only helps it learn hangs on hidden states and is thrown away:
without these heads, and without showing the last block's attention where the chosen manual ends,
it stays at chance for as long. Loss and held-out figures are printed; checkpoints resume. It runs
on torch's default device.
"""

import copy
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from ld_tui.agent.prompt import LABELS
from ld_tui.authoring.space import Program
from ld_tui.training.composed import SEEN, features
from ld_tui.training.curves import History
from ld_tui.training.model import Llama, ModelConfig, Past
from ld_tui.training.prompts import (
    Batch,
    Encoder,
    StageData,
    WorldData,
    choose_candidates,
    choose_new,
    choose_programs,
    choose_written,
    make_batch,
)
from ld_tui.training.texts import training_text

SHARES = (0.10, 0.18, 0.09, 0.07, 0.19, 0.15, 0.12, 0.10)
"""How often a group is of each stage: blue plan, blue move, orange plan, orange move, first of the
base's own functions, then with composed programs."""
LATER_SHARES = (0.15, 0.25, 0.11, 0.11, 0.13, 0.10, 0.08, 0.07)
"""The same in the second cycle, which goes back to the base."""
LAST_SHARES = (0.11, 0.19, 0.07, 0.07, 0.20, 0.19, 0.09, 0.08)
"""The same in the last, which is about functions that are written live."""
WARM_UP = 50
"""Steps over which the rates rise at the beginning of a cycle."""
LONGEST = 320
"""Tokens of a question with its manuals; from more than that, manuals are left out."""
MIXED = 0.25
"""Share of the groups with composed programs in which manuals of the base stand among them."""
URGENT = 0.25
"""Share of the groups with composed programs that are emergencies: under changed rules, one
program among manuals of the base, as f^E joins the candidates."""

WRITTEN = 0.5
"""Share of the last cycle's groups with composed programs in which a function that the composer
wrote for the states' own world stands among manuals of the base."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train; what a checkpoint has to have in common with the run that resumes it."""

    steps: int = 4500
    """Of the first cycle: full rates, then a decay to zero."""
    more: int = 0
    """Of the second: it starts at half the rates and decays all the time."""
    last: int = 0
    """Of the last, which does so too. The model that comes out of it is the mean of the weights
    before and after: it reads new functions nearly as well as those after, and the base's own
    better than either."""
    groups: int = 16
    states: int = 8
    """States that share one set of manuals in a step."""
    k: int = 5
    """Candidates, in most steps; in the others from two to as many as there are labels."""
    matrix_rate: float = 0.02
    """Muon's learning rate, for the blocks' matrices."""
    other_rate: float = 3e-3
    """AdamW's, for embeddings, norms and heads."""
    decay: float = 0.4
    """The last part of the first cycle's steps, over which both fall to zero."""
    seed: int = 1
    shares: tuple[float, ...] = SHARES
    later_shares: tuple[float, ...] = LATER_SHARES
    last_shares: tuple[float, ...] = LAST_SHARES

    @property
    def total(self) -> int:
        """Steps of all cycles."""
        return self.steps + self.more + self.last

    def shares_at(self, step: int) -> tuple[float, ...]:
        """Return how often a group is of each stage at a step (0-based)."""
        if self.is_last(step):
            return self.last_shares
        return self.shares if step < self.steps else self.later_shares

    def is_last(self, step: int) -> bool:
        """Tell whether a step (0-based) is one of the last cycle's."""
        return step >= self.steps + self.more

    def rate(self, step: int) -> float:
        """Return the share of the full rates at a step (0-based)."""
        if step < self.steps:
            left = (self.steps - step) / (self.decay * self.steps)
            return min(1.0, left) * min(1.0, (step + 1) / WARM_UP)
        length = self.last if self.is_last(step) else self.more
        step -= self.total - self.last if self.is_last(step) else self.steps
        return 0.5 * (1 - step / length) * min(1.0, (step + 1) / WARM_UP)


class Heads(nn.Module):
    """What only helps the model learn: read from hidden states, never exported."""

    def __init__(self, width: int, functions: int, labels: int, parts: int) -> None:
        super().__init__()
        self.identity = nn.Linear(width, functions)
        """Which manual of the base a text is, at its closing label."""
        self.features = nn.Linear(width, parts)
        """What the program is made of whose text it is, there too."""
        self.label = nn.Linear(width, labels)
        """Which label it has, there too."""
        self.preference = nn.Linear(width, functions)
        """Which function of the base is best of all, at the answer."""
        self.manual = nn.Linear(width, PAIR)
        self.state = nn.Linear(width, PAIR)
        """Two towers: how good each manual of the whole batch is in each state."""


PAIR = 64


def losses(model: Llama, heads: Heads, batch: Batch, labels: Tensor) -> dict[str, Tensor]:
    """Return each part of the loss, weighted; `labels` [K] are the labels' tokens."""
    answer, hidden, attention, prefix = evaluate_batch(model, batch, want_attention=True)
    assert attention is not None
    k = batch.targets.shape[1]
    groups = batch.prefix.shape[0]
    shares = F.log_softmax(model.logits(answer).float(), dim=-1)[:, labels[:k]]
    at_ends = prefix[torch.arange(groups)[:, None], batch.ends].float()  # [G, K, D]
    known = batch.functions >= 0
    made = batch.features.sum(-1) > 0
    looked = attention.float().mean(1)  # [B, P]
    own = batch.ends.repeat_interleave(batch.states.shape[0] // groups, 0)
    looked = looked.gather(1, own).clamp_min(1e-6)  # [B, K]
    places = torch.arange(k).expand(groups, k)[batch.there]
    fits = heads.state(hidden.float()) @ heads.manual(at_ends).flatten(0, 1).T / PAIR**0.5
    fits = fits.masked_fill(batch.pairs == 0, -1e4)
    found = {
        "answer": -(batch.targets * shares).sum(-1).mean(),
        "label": 0.3 * F.cross_entropy(heads.label(at_ends[batch.there]), places),
        "preference": 0.6 * F.cross_entropy(heads.preference(hidden.float()), batch.preferences),
        "attention": 0.5 * -(batch.targets * looked.log()).sum(-1).mean(),
        "pairs": 0.6 * F.cross_entropy(fits, batch.pairs),
    }
    if known.any():
        found["identity"] = 0.2 * F.cross_entropy(
            heads.identity(at_ends[known]), batch.functions[known]
        )
    if made.any():
        wrong = F.binary_cross_entropy_with_logits(
            heads.features(at_ends[made]), batch.features[made], reduction="none"
        )
        found["features"] = 0.05 * wrong.sum(-1).mean()
    return found


def evaluate_batch(
    model: Llama, batch: Batch, want_attention: bool = False
) -> tuple[Tensor, Tensor, Tensor | None, Tensor]:
    """Run a batch; return what is read at the answers, and at the prefixes.

    That is [B, D] after the last norm, [B, D] after the last block but one, [B, H, P] the last
    block's attention to the prefix if asked for, and [G, P, D] of the prefixes.
    """
    past, at_prefix = model.prefix(batch.prefix)
    groups, length = batch.prefix.shape
    each = batch.states.shape[0] // groups
    starts = batch.seen.sum(-1).repeat_interleave(each)[:, None]
    trace = model.run(
        batch.states,
        positions=starts + torch.arange(batch.states.shape[1]),
        past=Past(past.blocks, batch.seen),
        want_attention=want_attention,
        only=batch.last,
    )
    attention = None if trace.attention is None else trace.attention[:, :, 0, :length]
    hidden = trace.hidden[-2][torch.arange(len(batch.last)), batch.last]
    return trace.final[:, 0], hidden, attention, at_prefix


def feature_numbers(stages: Sequence[StageData]) -> dict[str, int]:
    """Number what programs are made of."""
    programs = [each for data in stages for each in data.entries if isinstance(each, Program)]
    return {part: at for at, part in enumerate(sorted({p for e in programs for p in features(e)}))}


def batches(
    stages: Sequence[StageData],
    encoder: Encoder,
    recipe: Recipe,
    begin: int,
    written: Sequence[WorldData] = (),
) -> Iterator[Batch]:
    """Yield the batch of every step from `begin` on; each depends on the seed and its number.

    `written` is what the last cycle needs: one for each stage.
    """
    functions = max(data.first + len(data.manuals) for data in stages)
    parts = feature_numbers(stages)
    for step in range(begin, recipe.total):
        shares = recipe.shares_at(step)
        rng = random.Random(f"{recipe.seed} {step}")
        k = recipe.k if rng.random() < 0.8 else rng.randint(2, len(LABELS))
        groups = []
        for _ in range(recipe.groups):
            (at,) = rng.choices(range(len(stages)), shares[: len(stages)])
            data = stages[at]
            rows = sample_rows(data.training, recipe.states, rng)
            if len(data.entries) == len(data.manuals):
                chosen = choose_candidates(data, rows, k, rng)
            elif recipe.is_last(step) and rng.random() < WRITTEN:
                world = written[at - len(written)]
                data, few = world.data, min(k, len(LABELS) - 1)
                rows, chosen = choose_written(world, world.worlds, recipe.states, few, rng)
            elif rng.random() < URGENT and len(data.urgent) >= recipe.states:
                rows = sample_rows(data.urgent, recipe.states, rng)
                chosen = choose_candidates(data, rows, min(k, len(LABELS) - 1), rng)
                chosen.insert(rng.randint(0, len(chosen)), choose_new(data, rows, SEEN, rng))
            else:
                chosen = choose_programs(data, k, SEEN, rng)
                if rng.random() < MIXED:
                    own = choose_candidates(data, rows, max(1, k // 2), rng)
                    chosen = [*own, *chosen[len(own) :]]
                    rng.shuffle(chosen)
            texts = [training_text(data.entries[at], rng) for at in chosen]
            while len(encoder.prefix(data.question, texts)[0]) > LONGEST:
                texts.pop()
                chosen.pop()
            groups.append((data, rows, chosen, texts))
        yield make_batch(groups, encoder, functions, parts)


def sample_rows(rows: npt.NDArray[np.int64], count: int, rng: random.Random) -> list[int]:
    """Return `count` of some rows, each once."""
    return [int(rows[at]) for at in rng.sample(range(len(rows)), count)]


def train(
    stages: Sequence[StageData],
    encoder: Encoder,
    config: ModelConfig,
    recipe: Recipe,
    checkpoint: Path,
    lessons: str = "",
    report: Callable[[str], None] = print,
    measure: Callable[[Llama], Mapping[str, float]] | None = None,
    history: Path | None = None,
    written: Sequence[WorldData] = (),
) -> Llama:
    """Train a model, going on from the checkpoint where there is one of this very run.

    `lessons` names the labels and the vocabulary: a checkpoint of others is not gone on from.
    `history` is a file that gets a JSON line with every part of the loss each 100 steps, and what
    `measure` finds each 500.
    """
    run = {"recipe": asdict(recipe), "config": asdict(config), "lessons": lessons}
    torch.manual_seed(recipe.seed)
    model = Llama(config)
    functions = max(data.first + len(data.manuals) for data in stages)
    heads = Heads(config.width, functions, len(LABELS), len(feature_numbers(stages)))
    matrices = [p for p in model.blocks.parameters() if p.dim() == 2]
    chosen = {id(p) for p in matrices}
    others = [p for p in (*model.parameters(), *heads.parameters()) if id(p) not in chosen]
    optimizers = [
        torch.optim.Muon(matrices, lr=recipe.matrix_rate, weight_decay=0.0),
        torch.optim.AdamW(others, lr=recipe.other_rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]
    rates = (recipe.matrix_rate, recipe.other_rate)
    labels = torch.tensor(encoder.labels)
    before = Llama(config)
    """As the model was when the last cycle began."""
    parts = {"model": model, "heads": heads, "before": before}
    begin = resume(checkpoint, run, parts, optimizers)
    kept = History(history, begin)
    running: dict[str, float] = {}
    started = time.monotonic()
    for step, batch in enumerate(batches(stages, encoder, recipe, begin, written), begin):
        if step == recipe.total - recipe.last:
            before.load_state_dict(model.state_dict())
        for optimizer, rate in zip(optimizers, rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = rate * recipe.rate(step)
        with mixed_precision():
            found = losses(model, heads, batch, labels)
        torch.stack(list(found.values())).sum().backward()
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
        for name, loss in found.items():
            running[name] = 0.98 * running.get(name, loss.item()) + 0.02 * loss.item()
        if (step + 1) % 100 == 0:
            shown = ", ".join(f"{name} {value:.3f}" for name, value in running.items())
            each = (time.monotonic() - started) / (step + 1 - begin)
            kept.losses(step + 1, running)
            report(f"step {step + 1}/{recipe.total}: {shown} ({each:.2f} s a step)")
        if (step + 1) % 500 == 0 or step + 1 == recipe.total:
            keep(checkpoint, run, parts, optimizers, step + 1)
            if measure:
                with torch.device("cpu"):
                    figures = measure(copy.deepcopy(model).cpu())
                kept.held_out(step + 1, figures)
                shown = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
                report(f"  held out: {shown}")
    return mean_of(before, model) if recipe.last else model


@torch.no_grad()
def mean_of(one: Llama, two: Llama) -> Llama:
    """Return the model whose every weight is the mean of the two's."""
    mean = copy.deepcopy(two)
    for weight, other in zip(mean.parameters(), one.parameters(), strict=True):
        weight.copy_((weight + other) / 2)
    return mean


def mixed_precision() -> torch.autocast:
    """Return the context in which losses are computed: bf16 on a GPU.

    On a CPU fused attention is slower in bf16, also where the hardware multiplies it: a step took
    0.62 s on two cores, and 0.42 s in full precision.
    """
    device = torch.get_default_device().type
    return torch.autocast(device, dtype=torch.bfloat16, enabled=device != "cpu")


def keep(
    path: Path,
    run: dict[str, Any],
    parts: dict[str, nn.Module],
    optimizers: Sequence[torch.optim.Optimizer],
    step: int,
) -> None:
    """Write a checkpoint: at any moment the old or the new one is there, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    torch.save(
        {
            "run": run,
            "step": step,
            "optimizers": [optimizer.state_dict() for optimizer in optimizers],
            **{name: part.state_dict() for name, part in parts.items()},
        },
        half,
    )
    half.replace(path)


def resume(
    path: Path,
    run: dict[str, Any],
    parts: dict[str, nn.Module],
    optimizers: Sequence[torch.optim.Optimizer],
) -> int:
    """Load a checkpoint of this run; return the step to go on with, 0 where there is none."""
    if not path.is_file():
        return 0
    kept = torch.load(path, weights_only=True, map_location=torch.get_default_device())
    if kept.get("run") != run:
        return 0
    for name, part in parts.items():
        part.load_state_dict(kept[name])
    for optimizer, state in zip(optimizers, kept["optimizers"], strict=True):
        optimizer.load_state_dict(state)
    return int(kept["step"])
