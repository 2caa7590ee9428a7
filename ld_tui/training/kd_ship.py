"""From the teacher's moves to the shipped KD baseline: train, export, prove the export, measure."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sentencepiece
import torch

from ld_tui.arena.direct import MAX_TOKENS, move_prompt
from ld_tui.errors import NotationError
from ld_tui.game.notation import parse_move, parse_position
from ld_tui.game.rules import Position, Side, apply, illegality, is_captured
from ld_tui.llm.completer import Completer, load_completer
from ld_tui.paths import atomic_write
from ld_tui.tablebase.table import Table
from ld_tui.tablebase.tables import Tables
from ld_tui.training.export import check_export, export_gguf
from ld_tui.training.kd import tasks, train
from ld_tui.training.kd_lessons import (
    HELD_OUT_STARTS,
    OUTPUTS,
    STARTS,
    Lesson,
    digest,
    lessons_at,
    train_tokenizer,
)
from ld_tui.training.model import ModelConfig
from ld_tui.training.selector import Recipe

_CARD = """# The KD baseline

A nano Llama of the S-LLM's very architecture, taught the teacher's *moves* instead of its choices
of function. It reads the rules and a position in words and answers with a move in notation, after
the prompt of `ld_tui/arena/direct.py`. It is what LD is compared with: `--blue kd`, `--orange kd`.

- {parameters} parameters: width {width}, {layers} layers, {heads} heads, feed-forward
  {feed_forward}, {vocabulary} tokens (SentencePiece BPE; a cell is one token), context {context}.
  GGUF, f16, architecture `llama`.
- Trained here from nothing, on CPU, by

  ```sh
  pip install -c constraints.txt -e '.[train]'
  python -m ld_tui.training kd --seed {seed}
  ```

  in {steps} steps ({prompts} prompts) with the S-LLM's optimizers and rates; the loss is the
  cross-entropy of the answer's tokens. More steps made it worse: in a run of 3,600 the loss on
  held-out positions rose from step 1,200 on.
- The teacher is the tablebase. It was asked {outputs} times ({blue} turns of blue's three dots,
  {orange} of orange's), in what games of mixed strength reach from {starts} starts, nine in ten of
  them on the 10x10 board, the others on 9x9 and 8x8. Of equal moves it always names the same one.
- The file answers as the trained model does: over {checked} prompts no probability of a cell
  differs by more than {difference}.

## How well it imitates

On positions from {held_starts} other starts, none of them taught in any order of the dots, by
the shipped file's most probable answers. *Best*: the answer loses no step, by the tablebase.
*Legal*: it is one well-formed legal move. *Regret*: steps that a legal answer loses against best
play.

| side | best | same as the teacher's | legal | regret | positions |
|---|---|---|---|---|---|
{rows}

## What it is not

It knows boards of 8x8 to 10x10 without closed cells or stuck dots; cells beyond are spelled out in
pieces that it has never seen. It names no reasons and reads no refusals: asked again after an
illegal answer, it is sampled.
"""
CHECKED = 48
"""Prompts on which the file is compared with the model."""


@dataclass(frozen=True, slots=True)
class Imitation:
    """How one side's held-out positions were answered; shares are of all of them."""

    best: float
    same: float
    legal: float
    regret: float
    """Mean over legal answers."""
    positions: int


def measure(
    completer: Completer, held_out: Sequence[Lesson], side: Side, tables: Tables
) -> Imitation:
    """Ask a model for its moves, as play does, and judge them by the tablebase."""
    regrets, same, asked = [], 0, 0
    for lesson in held_out:
        position = parse_position(lesson.position)
        if position.to_move is not side:
            continue
        asked += 1
        answer = completer.complete(move_prompt(position), MAX_TOKENS, ("\n",)).removeprefix(" ")
        try:
            move = parse_move(answer)
        except NotationError:
            continue
        if illegality(position, move) is None:
            same += answer == lesson.move
            table = tables.for_position(position)
            regrets.append(_value(position, answer, table) - _value(position, lesson.move, table))
    signs = [regret if side is Side.BLUE else -regret for regret in regrets]
    return Imitation(
        best=signs.count(0) / asked,
        same=same / asked,
        legal=len(signs) / asked,
        regret=sum(signs) / max(1, len(signs)),
        positions=asked,
    )


def _value(position: Position, move: str, table: Table) -> int:
    """Return the steps to capture once a legal move is played, the step in hand counted."""
    after = apply(position, parse_move(move))
    if is_captured(after):
        return 1
    found = table.value(after)
    assert found is not None, "on a board without closed cells blue can always force a capture"
    return found + (position.to_move is Side.ORANGE)


def train_and_ship(
    folder: Path, tables: Tables, weights: Path, steps: int, seed: int, threads: int
) -> dict[str, Imitation]:
    """Train the KD baseline, write it as GGUF with its card, and return what was measured.

    Raises ModelError where the exported file doesn't read as the trained model does.
    """

    def report(line: str) -> None:
        print(line, flush=True)

    torch.set_num_threads(threads)
    lessons, held_out = lessons_at(folder, tables, seed, report)
    tokenizer = folder / "tokenizer.model"
    train_tokenizer(lessons, tokenizer)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer))
    config = ModelConfig(vocab=processor.vocab_size(), layers=4)
    recipe = Recipe(steps=steps, seed=seed)
    model = train(
        tasks(lessons, processor),
        tasks(held_out, processor),
        config,
        recipe,
        folder / "kd.pt",
        digest(lessons, tokenizer),
        report,
        folder.parent / "kd-loss.jsonl",
    )
    torch.set_default_device("cpu")
    model = model.cpu().eval()
    export_gguf(model.state_dict(), config, tokenizer, weights, name="ld-tui nano KD")
    chosen = random.Random("kd export").sample(held_out, min(CHECKED, len(held_out)))
    prompts = [move_prompt(parse_position(lesson.position)) for lesson in chosen]
    cells = sorted({lesson.move[:2] for lesson in chosen if lesson.move[2].isalpha()})
    difference = check_export(weights, model, tokenizer, prompts, cells)
    completer = load_completer(weights)
    found = {str(side): measure(completer, held_out, side, tables) for side in Side}
    card = _CARD.format(
        parameters=f"{sum(each.numel() for each in model.parameters()):,}",
        width=config.width,
        layers=config.layers,
        heads=config.heads,
        feed_forward=config.feed_forward,
        vocabulary=config.vocab,
        context=config.context,
        seed=seed,
        steps=f"{recipe.total:,}",
        prompts=f"{recipe.total * recipe.groups * recipe.states:,}",
        outputs=f"{sum(OUTPUTS.values()):,}",
        blue=f"{OUTPUTS[Side.BLUE]:,}",
        orange=f"{OUTPUTS[Side.ORANGE]:,}",
        starts=STARTS,
        checked=len(prompts),
        difference=f"{difference:.4f}",
        held_starts=HELD_OUT_STARTS,
        rows="\n".join(
            f"| {side} | {each.best:.3f} | {each.same:.3f} | {each.legal:.3f} | {each.regret:.3f} "
            f"| {each.positions:,} |"
            for side, each in found.items()
        ),
    )
    atomic_write(weights.parent / "README.md", card)
    return found
