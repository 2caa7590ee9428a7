"""From labels to the shipped S-LLM: train, measure, export, prove the export."""

import json
import random
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import sentencepiece
import torch

from ld_tui.agent.prompt import LABELS, selection_prompt
from ld_tui.agent.vocabulary import WORDS
from ld_tui.authoring.space import Program
from ld_tui.functionbase.retriever import open_retriever
from ld_tui.functionbase.store import FunctionBase
from ld_tui.game.describe import state_text
from ld_tui.paths import atomic_write
from ld_tui.training.composed import COMBINATION, SEEN, STRUCTURE, Composed
from ld_tui.training.evaluate import (
    held_out_wording,
    new_structure,
    new_words,
    only,
    score,
    shipped_wording,
    swap_share,
    taken,
    written_taken,
)
from ld_tui.training.export import check_export, export_gguf
from ld_tui.training.labels import Labels
from ld_tui.training.model import Llama, ModelConfig
from ld_tui.training.prompts import Encoder, StageData, stage_data, world_data
from ld_tui.training.selector import Recipe, train
from ld_tui.training.words import known_words, training_texts
from ld_tui.training.written import Written

_CARD = """# The shipped S-LLM

A nano Llama that reads a question, up to eight manuals and a state, and names the function to run:
the most probable of the labels ` A` to ` H` after the prompt of `ld_tui/agent/prompt.py`.

- {parameters} parameters: width {width}, {layers} layers, {heads} heads, feed-forward
  {feed_forward}, {vocabulary} tokens (SentencePiece BPE), context 512. GGUF, f16, architecture
  `llama`.
- Trained here from nothing, on CPU, by

  ```sh
  pip install -c constraints.txt -e '.[train]'
  python -m ld_tui.training all --seed {seed}
  ```

  in {steps} steps ({prompts} prompts) on teacher labels of the tablebase: boards of 6x6 to 12x12,
  two games in nine under emergencies of every kind, both sides, all four stages; manuals of the
  base and of {programs} composed programs (`ld_tui/authoring/space.py`), shuffled and reworded; in
  the last {last} steps, functions that the composer wrote in changed worlds too, and the weights
  are the mean of those before these steps and those after. No other data.
- The file answers as the trained model does: over 48 prompts no label's probability differs by
  more than {difference}.

## How well it selects

On states of games that training never saw, under the plain rules, five candidates (three for
orange's move), where the candidates are not all tied. Top-1: a best candidate is chosen. Regret:
steps lost against the best candidate, by the tablebase. *Constant* always takes the candidate that
is best on average. *Held-out wording*: manuals in sentence structures and synonyms that no training
prompt had. *Swapped*: how often the choice moves with the text when a chosen, uniquely best manual
trades texts with another.

Each cell is top-1 / regret, but for *constant* (regret), *share* (the regret before it, as a share
of a random choice's) and *swapped* (share). The last row is the mean of the stages; *n* are states.

| stage | random | constant | shipped wording | share | held-out wording | share | swapped | n |
|---|---|---|---|---|---|---|---|---|
{rows}

Most of blue's plan functions hold, moving no dot on purpose, outside the condition that their
manual names; so a random choice mostly wastes a step, and beating it is the least to ask. The
retriever's first choice (`--select first`) is the stronger measure in play.

## Functions it never saw

Five composed programs at once, in states that training never saw, the values by the tablebase.
*Combinations*: programs of known parts that no prompt had; *structures*: programs of a build that
no prompt had; *sentences* and *words*: combinations, in sentence structures or synonyms that no
prompt had; these on boards where nothing is closed and nobody stuck. *Everywhere*: combinations
that do something everywhere. *Changed*: combinations in states in which cells are closed or dots
stuck; some of the moves look at that, others don't. Each cell is top-1 / regret / how often a
candidate that alone is best is chosen; random's are for the combinations.

| stage | random | {columns} | swapped |
|---|---|{rules}|---|
{new_rows}

{new_counts}

A program may be for some states only, as most of the base's plans are: elsewhere it wastes the
turn, and when it is for is most of what there is to read. What is left shows in *everywhere*:
there it is the cells that decide, and by how little one program beats another.

## One new function among the base's own

As in an emergency: five of the base's manuals (three for orange's move) and one composed program
that no prompt had, a move's looking at the rules in force, in held-out states under emergencies.

| stage | chosen where it alone is best | chosen where another is better |
|---|---|---|
{taken_rows}

The same with what the composer wrote, beside what the retriever finds or some others, in the
world that it was written for; training saw none of these worlds:

| stage | chosen where it alone is best | chosen where another is better |
|---|---|---|
{written_rows}

## What it is not

It knows this game's words only (`words.txt` lists them); others are spelled out in pieces that it
has hardly seen. A function of a kind that is not in the space of programs is read poorly. It
writes no text.
"""
COLUMNS = {
    "trained": "trained",
    "combination": "combinations",
    "structure": "structures",
    "sentences": "sentences",
    "words": "words",
    "wide": "everywhere",
    "changed": "changed",
}
"""What programs are measured on -> the model card's column."""
GROUPS = 250
"""Groups of 8 held-out states on which each stage is measured."""


def train_and_ship(
    base: FunctionBase,
    labels: list[Labels],
    composed: list[Composed],
    written: list[Written],
    folder: Path,
    weights: Path,
    embedder: Path,
    steps: int,
    seed: int,
    threads: int,
    width: int,
    layers: int,
) -> dict[str, Any]:
    """Train the S-LLM, write it as GGUF, and return what was measured.

    `width` is a multiple of 32, the width of an attention head. Raises ModelError where the
    exported file doesn't answer as the trained model does.
    """
    torch.set_num_threads(threads)
    tokenizer = folder / "tokenizer.model"
    processor = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer))
    encoder = Encoder(processor)
    stages = stage_data(base, labels, encoder, composed)
    worlds = world_data(
        open_retriever(base, embedder, folder), stages[: len(labels)], encoder, written
    )
    heads = width // 32
    vocabulary = processor.vocab_size()
    config = ModelConfig(vocabulary, width, layers, heads, feed_forward=width * 8 // 3)
    names = [f"{each.side} {each.stage}" for each in labels]

    def watch(model: Llama) -> dict[str, float]:
        found = {
            name: score(model, data, encoder, shipped_wording, 40).top1
            for name, data in zip(names, stages, strict=False)
        }
        for name, data in zip(names, stages[len(names) :], strict=True):
            new = score(model, data, encoder, shipped_wording, 40, kind=COMBINATION)
            found[f"{name}, never seen"] = new.top1
        return found

    recipe = Recipe(steps=steps, more=steps // 3, last=steps // 5, seed=seed)
    model = train(
        stages,
        encoder,
        config,
        recipe,
        folder / "selector.pt",
        _digest(tokenizer, labels, composed, written),
        lambda line: print(line, flush=True),
        watch,
        folder / "selector-loss.jsonl",
        worlds,
    )
    torch.set_default_device("cpu")
    model = model.cpu().eval()
    weights.parent.mkdir(parents=True, exist_ok=True)
    export_gguf(model.state_dict(), config, tokenizer, weights, name="ld-tui nano S-LLM")
    difference = check_export(weights, model, tokenizer, _prompts(base, labels), LABELS)
    figures: dict[str, Any] = {
        "parameters": sum(each.numel() for each in model.parameters()),
        "export_difference": difference,
    }
    figures["stages"] = {
        name: measure(model, data, encoder) for name, data in zip(names, stages, strict=False)
    }
    figures["written"] = {
        name: asdict(written_taken(model, found, encoder, GROUPS))
        for name, found in zip(names, worlds, strict=True)
        if found.held_out
    }
    figures["never_seen"] = {
        name: measure_new(model, data, encoder)
        for name, data in zip(names, stages[len(names) :], strict=True)
    }
    atomic_write(folder / "selector-figures.json", json.dumps(figures, indent=2))
    words = known_words(training_texts(base, labels, composed, seed))
    atomic_write(weights.with_name(WORDS), "".join(f"{word}\n" for word in words))
    atomic_write(weights.parent / "README.md", model_card(figures, config, recipe))
    return figures


def _digest(
    tokenizer: Path, labels: list[Labels], composed: list[Composed], written: list[Written]
) -> str:
    """Return a hash of what a model is taught: the vocabulary, the states, the values."""
    digest = sha256(tokenizer.read_bytes())
    for each in labels:
        digest.update("\n".join((*each.names, *each.positions)).encode())
        digest.update(each.values.tobytes())
    for made in composed:
        digest.update(repr(made.programs).encode())
        digest.update(made.kinds.tobytes())
        digest.update(made.values.tobytes())
    for found in written:
        digest.update(repr((found.positions, found.previous, found.programs)).encode())
        digest.update(found.lost.tobytes())
    return digest.hexdigest()


def measure(model: Llama, data: StageData, encoder: Encoder) -> dict[str, Any]:
    """Return the model card's figures of one stage."""
    data = only(data, ~data.changed)
    return {
        "shipped": asdict(score(model, data, encoder, shipped_wording, GROUPS)),
        "held_out": asdict(score(model, data, encoder, held_out_wording, GROUPS)),
        "swapped": swap_share(model, data, encoder, GROUPS // 5),
    }


def measure_new(model: Llama, data: StageData, encoder: Encoder) -> dict[str, Any]:
    """Return the model card's figures of one stage's composed programs."""
    plain = only(data, ~data.changed)
    found: dict[str, Any] = {
        "programs": int((data.kinds[len(data.manuals) :] == SEEN).sum()),
        "combinations": int((data.kinds == COMBINATION).sum()),
        "structures": int((data.kinds == STRUCTURE).sum()),
        "narrow": float(_is_narrow(data)[data.kinds == COMBINATION].mean()),
        "swapped": swap_share(model, plain, encoder, GROUPS // 5, kind=COMBINATION),
    }
    for name, wording, kind in (
        ("trained", shipped_wording, SEEN),
        ("combination", shipped_wording, COMBINATION),
        ("structure", shipped_wording, STRUCTURE),
        ("sentences", new_structure, COMBINATION),
        ("words", new_words, COMBINATION),
    ):
        if (data.kinds == kind).sum() >= 5:
            found[name] = asdict(score(model, plain, encoder, wording, GROUPS, kind=kind))
    wide = replace(plain, kinds=np.where(_is_narrow(data), -1, data.kinds))
    if (wide.kinds == COMBINATION).sum() >= 5:
        found["wide"] = asdict(
            score(model, wide, encoder, shipped_wording, GROUPS, kind=COMBINATION)
        )
    if data.changed.any():
        changed = only(data, data.changed)
        found["changed"] = asdict(
            score(model, changed, encoder, shipped_wording, GROUPS, kind=COMBINATION)
        )
        found["taken"] = asdict(taken(model, changed, encoder, GROUPS, COMBINATION))
    return found


def _is_narrow(data: StageData) -> npt.NDArray[np.bool_]:
    """Return [F] which of a stage's entries are programs for some states only."""
    return np.array([isinstance(each, Program) and each.is_narrow for each in data.entries])


def model_card(figures: dict[str, Any], config: ModelConfig, recipe: Recipe) -> str:
    """Return the card that lies beside the weights, in Markdown."""
    stages = dict(figures["stages"])
    stages["mean"] = _mean(list(stages.values()))
    rows = []
    for name, found in stages.items():
        shipped, held_out = found["shipped"], found["held_out"]
        rows.append(
            f"| {name} | {shipped['random_top1']:.3f} / {shipped['random_regret']:.3f} "
            f"| {shipped['constant_regret']:.3f} "
            f"| **{shipped['top1']:.3f} / {shipped['regret']:.3f}** "
            f"| {shipped['regret'] / shipped['random_regret']:.3f} "
            f"| {held_out['top1']:.3f} / {held_out['regret']:.3f} "
            f"| {held_out['regret'] / held_out['random_regret']:.3f} "
            f"| {found['swapped']:.2f} | {shipped['states']:,.0f} |"
        )
    new = dict(figures["never_seen"])
    new["mean"] = _mean(list(new.values()))
    new_rows, new_counts = [], []
    for name, found in new.items():
        cells = [
            "{top1:.3f} / {regret:.3f} / {unique:.3f}".format(**found[kind])
            if kind in found
            else ""
            for kind in COLUMNS
        ]
        chance = found["combination"]
        random_cell = f"{chance['random_top1']:.3f} / {chance['random_regret']:.3f}"
        new_rows.append(
            f"| {name} | {random_cell} | {' | '.join(cells)} | {found['swapped']:.2f} |"
        )
    for name, found in figures["never_seen"].items():
        new_counts.append(
            f"{name}: {found['programs']:,} programs trained on, {found['combinations']} "
            f"combinations and {found['structures']} programs of other structures held out; "
            f"{100 * found['narrow']:.0f} % of the combinations are for some states only."
        )
    taken_rows = _taken_rows(
        {name: each["taken"] for name, each in figures["never_seen"].items() if "taken" in each}
    )
    programs = sum(found["programs"] for found in figures["never_seen"].values())
    return _CARD.format(
        columns=" | ".join(COLUMNS.values()),
        rules="|".join("---" for _ in COLUMNS),
        new_rows="\n".join(new_rows),
        taken_rows=taken_rows,
        written_rows=_taken_rows(figures["written"]),
        new_counts="\n".join(new_counts),
        programs=f"{programs:,}",
        parameters=f"{figures['parameters']:,}",
        width=config.width,
        layers=config.layers,
        heads=config.heads,
        feed_forward=config.feed_forward,
        vocabulary=f"{config.vocab:,}",
        steps=f"{recipe.total:,}",
        last=f"{recipe.last:,}",
        prompts=f"{recipe.total * recipe.groups * recipe.states:,}",
        seed=recipe.seed,
        difference=f"{figures['export_difference']:.4f}",
        rows="\n".join(rows),
    )


def _taken_rows(found: dict[str, dict[str, float]]) -> str:
    return "\n".join(
        "| {name} | {alone:.3f} ({states:,}) | {worse:.3f} ({others:,}) |".format(name=name, **each)
        for name, each in found.items()
    )


def _mean(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the mean of every figure that all stages have."""
    keys = [key for key in found[0] if all(key in each for each in found)]
    return {
        key: _mean([each[key] for each in found])
        if isinstance(found[0][key], dict)
        else sum(each[key] for each in found) / len(found)
        for key in keys
    }


def _prompts(base: FunctionBase, labels: list[Labels]) -> list[str]:
    """Return some prompts of every stage, as play would make them."""
    rng = random.Random("export")
    found = []
    for each in labels:
        manuals = base.manuals_of(each.side, each.stage)
        question = next(s.question for s in base.stages_of(each.side) if s.name == each.stage)
        for row in rng.sample(range(len(each.positions)), 12):
            chosen = rng.sample(manuals, min(5, len(manuals)))
            state = state_text(each.position(row), each.stage, each.plain_previous(row))
            found.append(selection_prompt(question, [manual.text for manual in chosen], state))
    return found
