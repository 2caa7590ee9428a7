"""From labels to the shipped S-LLM: train, measure, export, prove the export."""

import random
from pathlib import Path
from typing import Any

import sentencepiece
import torch

from ld_tui.agent.prompt import LABELS, selection_prompt
from ld_tui.functionbase.store import FunctionBase
from ld_tui.game.describe import state_text
from ld_tui.training.evaluate import held_out_wording, score, shipped_wording, swap_share
from ld_tui.training.export import check_export, export_gguf
from ld_tui.training.labels import Labels
from ld_tui.training.model import Llama, ModelConfig
from ld_tui.training.prompts import Encoder, StageData, stage_data
from ld_tui.training.selector import Recipe, train

GROUPS = 250
"""Groups of 8 held-out states on which each stage is measured."""


def train_and_ship(
    base: FunctionBase,
    labels: list[Labels],
    folder: Path,
    weights: Path,
    steps: int,
    seed: int,
    threads: int,
) -> dict[str, Any]:
    """Train the S-LLM, write it as GGUF, and return what was measured.

    Raises ModelError where the exported file doesn't answer as the trained model does.
    """
    torch.set_num_threads(threads)
    tokenizer = folder / "tokenizer.model"
    processor = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer))
    encoder = Encoder(processor)
    stages = stage_data(base, labels, encoder)
    config = ModelConfig(vocab=processor.vocab_size(), layers=4)
    names = [f"{each.side} {each.stage}" for each in labels]

    def watch(model: Llama) -> str:
        found = [
            f"  {name}: {score(model, data, encoder, shipped_wording, 40)}"
            for name, data in zip(names, stages, strict=True)
        ]
        return "\n".join(found)

    recipe = Recipe(steps=steps, seed=seed)
    model = train(
        stages,
        encoder,
        config,
        recipe,
        folder / "selector.pt",
        lambda line: print(line, flush=True),
        watch,
    )
    model.eval()
    weights.parent.mkdir(parents=True, exist_ok=True)
    export_gguf(model.state_dict(), config, tokenizer, weights, name="ld-tui nano S-LLM")
    difference = check_export(weights, model, tokenizer, _prompts(base, labels), LABELS[:5])
    figures: dict[str, Any] = {
        "parameters": sum(each.numel() for each in model.parameters()),
        "export_difference": difference,
    }
    for name, data in zip(names, stages, strict=True):
        figures[name] = measure(model, data, encoder)
        print(f"{name}: {figures[name]}", flush=True)
    return figures


def measure(model: Llama, data: StageData, encoder: Encoder) -> dict[str, Any]:
    """Return the model card's figures of one stage."""
    return {
        "shipped wording": str(score(model, data, encoder, shipped_wording, GROUPS)),
        "held-out wording": str(score(model, data, encoder, held_out_wording, GROUPS)),
        "choice moves with a swapped text": swap_share(model, data, encoder, GROUPS // 5),
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
