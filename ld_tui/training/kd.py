"""Train the KD baseline: the S-LLM's architecture, taught the teacher's moves themselves.

    python -m ld_tui.training kd [--kd-steps 1400] [--seed 1]

Optimizers, rates and prompts a step are those of the S-LLM (`selector.py`), and it may take as many
steps; but beyond 1,400 the loss on held-out positions rises, and it plays worse. The loss is the
cross-entropy of the move's tokens after the prompt that play puts (`arena/direct.py`). Losses are
printed; checkpoints resume.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from ld_tui.arena.direct import situation_text, task_text
from ld_tui.game.notation import parse_position
from ld_tui.game.rules import Side
from ld_tui.training.curves import History
from ld_tui.training.kd_lessons import Lesson
from ld_tui.training.model import Llama, ModelConfig, Past
from ld_tui.training.prompts import padded
from ld_tui.training.selector import Recipe, keep, mixed_precision, resume

BLUE_GROUPS = 0.75
"""The share of a step's groups with blue to move."""


@dataclass(frozen=True, slots=True)
class Task:
    """The lessons that share a task text: those of one side on one board size."""

    side: Side
    prefix: list[int]
    """Tokens of the task text, the beginning-of-sequence token first."""
    states: list[list[int]]
    """[N] tokens of the situation text, each."""
    answers: list[list[int]]
    """[N] tokens of the move and the end-of-sequence token."""


@dataclass(frozen=True, slots=True)
class Batch:
    """G groups of S lessons, each group of one task. B = G * S."""

    prefix: Tensor
    """[G, P] tokens, padded at the end with 0."""
    seen: Tensor
    """[G, P] bool, False on padding."""
    tokens: Tensor
    """[B, T] situation and answer, padded at the end."""
    targets: Tensor
    """[B, T] the token that follows; -100 where none is to be learned."""


def tasks(lessons: Sequence[Lesson], tokenizer: Any) -> list[Task]:
    """Put lessons into tokens; pieces that are encoded apart and joined are the whole prompt."""
    known: dict[str, list[int]] = {}

    def words(text: str) -> list[int]:
        found = []
        for word in text.split(" "):
            if word not in known:
                known[word] = tokenizer.encode(word)
            found += known[word]
        return found

    made: dict[str, Task] = {}
    for lesson in lessons:
        position = parse_position(lesson.position)
        text = task_text(position.rules, position.to_move)
        if text not in made:
            prefix = [tokenizer.bos_id(), *words(text)]
            made[text] = Task(position.to_move, prefix, [], [])
        made[text].states.append(words(situation_text(position)))
        made[text].answers.append([*words(lesson.move), tokenizer.eos_id()])
    return list(made.values())


def batches(lessons: Sequence[Task], recipe: Recipe, begin: int) -> Iterator[Batch]:
    """Yield the batch of every step from `begin` on; each depends on the seed and its number."""
    for step in range(begin, recipe.total):
        rng = random.Random(f"kd {recipe.seed} {step}")
        groups = []
        for _ in range(recipe.groups):
            side = Side.BLUE if rng.random() < BLUE_GROUPS else Side.ORANGE
            of_side = [task for task in lessons if task.side is side]
            (task,) = rng.choices(of_side, [len(task.states) for task in of_side])
            groups.append((task, rng.choices(range(len(task.states)), k=recipe.states)))
        yield make_batch(groups)


def make_batch(groups: Sequence[tuple[Task, Sequence[int]]]) -> Batch:
    """Build a batch of (task, rows); each group has as many rows."""
    prefix, seen = padded([task.prefix for task, _ in groups])
    lessons = [(task.states[row], task.answers[row]) for task, rows in groups for row in rows]
    tokens, _ = padded([state + answer for state, answer in lessons])
    targets = torch.full_like(tokens, -100)
    for at, (state, answer) in enumerate(lessons):
        begin = len(state) - 1
        targets[at, begin : begin + len(answer)] = torch.tensor(answer)
    return Batch(prefix, seen, tokens, targets)


def answer_loss(model: Llama, batch: Batch) -> Tensor:
    """Return the mean cross-entropy of the answers' tokens."""
    past, _ = model.prefix(batch.prefix)
    each = len(batch.tokens) // len(batch.prefix)
    starts = batch.seen.sum(-1).repeat_interleave(each)[:, None]
    trace = model.run(
        batch.tokens,
        positions=starts + torch.arange(batch.tokens.shape[1]),
        past=Past(past.blocks, batch.seen),
    )
    there = batch.targets >= 0
    return F.cross_entropy(model.logits(trace.final[there]).float(), batch.targets[there])


def train(
    lessons: Sequence[Task],
    held_out: Sequence[Task],
    config: ModelConfig,
    recipe: Recipe,
    checkpoint: Path,
    taught: str = "",
    report: Callable[[str], None] = print,
    history: Path | None = None,
) -> Llama:
    """Train a model, going on from the checkpoint where there is one of this very run.

    `taught` names the lessons and the vocabulary: a checkpoint of others is not gone on from.
    """
    run = {"recipe": asdict(recipe), "config": asdict(config), "lessons": f"kd {taught}"}
    torch.manual_seed(recipe.seed)
    model = Llama(config)
    matrices = [p for p in model.blocks.parameters() if p.dim() == 2]
    chosen = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in chosen]
    optimizers = [
        torch.optim.Muon(matrices, lr=recipe.matrix_rate, weight_decay=0.0),
        torch.optim.AdamW(others, lr=recipe.other_rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]
    rates = (recipe.matrix_rate, recipe.other_rate)
    begin = resume(checkpoint, run, {"model": model}, optimizers)
    kept = History(history, begin)
    running = 0.0
    started = time.monotonic()
    for step, batch in enumerate(batches(lessons, recipe, begin), begin):
        for optimizer, rate in zip(optimizers, rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = rate * recipe.rate(step)
        with mixed_precision():
            loss = answer_loss(model, batch)
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
        running = 0.98 * running + 0.02 * loss.item() if running else loss.item()
        if (step + 1) % 100 == 0 or step + 1 == recipe.total:
            each = (time.monotonic() - started) / (step + 1 - begin)
            kept.losses(step + 1, {"loss": running})
            report(f"step {step + 1}/{recipe.total}: loss {running:.3f} ({each:.2f} s a step)")
        if (step + 1) % 400 == 0 or step + 1 == recipe.total:
            keep(checkpoint, run, {"model": model}, optimizers, step + 1)
            lost = held_out_loss(model, held_out)
            kept.held_out(step + 1, {"loss": lost})
            report(f"  held out: {lost:.3f}")
    return model


@torch.no_grad()
def held_out_loss(model: Llama, held_out: Sequence[Task], most: int = 256) -> float:
    """Return the mean over tasks of the loss on their first lessons."""
    found = [
        answer_loss(model, make_batch([(task, range(min(most, len(task.states))))]))
        for task in held_out
    ]
    return float(torch.stack(found).mean())
