"""Teacher data as prompts and answers, so that a model of one's own can be fine-tuned to select.

    python -m ld_tui.training export --format chat-jsonl [--out DIR] [--seed 1]

Writes `train.jsonl` and `held_out.jsonl`; docs/training-data.md describes a line. The prompt is
word for word what play asks a chat model, and the answer one label.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ld_tui.agent.prompt import LABELS, selection_prompt
from ld_tui.authoring.space import Program
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.store import FunctionBase
from ld_tui.game.describe import state_text
from ld_tui.llm.server_backend import chat_question
from ld_tui.paths import atomic_write
from ld_tui.training.composed import SEEN, Composed
from ld_tui.training.labels import Labels, regrets_of
from ld_tui.training.texts import training_text

K = 5
"""Candidates of a question, where the stage has as many."""
COMPOSED = 0.5
"""Share of the questions about composed programs, in states in which those are valued."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question of a stage, its candidates and the teacher's answer."""

    side: str
    stage: str
    position: str
    """In notation."""
    prompt: str
    """What a chat model is asked."""
    answer: str
    """The label of a best candidate."""
    regrets: tuple[float, ...]
    """Steps lost by each candidate against the best of them, in the labels' order."""
    is_held_out: bool
    """Whether the state is of a game that no training may see."""

    def to_dict(self) -> dict[str, Any]:
        """Return the example as a line of the file has it."""
        return {
            "messages": [
                {"role": "user", "content": self.prompt},
                {"role": "assistant", "content": self.answer},
            ],
            "side": self.side,
            "stage": self.stage,
            "position": self.position,
            "regrets": list(self.regrets),
        }


def examples(
    base: FunctionBase, labels: Sequence[Labels], composed: Sequence[Composed], seed: int
) -> Iterator[Example]:
    """Yield one example for each labeled state in which the candidates drawn are not all tied.

    Deterministic by seed. `composed` may be empty: then all candidates are of the base.
    """
    for at, each in enumerate(labels):
        rng = random.Random(f"chat {each.side} {each.stage} {seed}")
        manuals = base.manuals_of(each.side, each.stage)
        columns = [each.names.index(manual.name) for manual in manuals]
        question = next(s.question for s in base.stages_of(each.side) if s.name == each.stage)
        of_base = regrets_of(each, each.values[:, columns])
        made = composed[at] if composed else None
        places = {int(row): place for place, row in enumerate(made.rows)} if made else {}
        seen = np.flatnonzero(made.kinds == SEEN) if made else np.zeros(0, np.int64)
        for row in range(len(each.positions)):
            entries: Sequence[Manual | Program] = manuals
            regrets: npt.NDArray[np.float32] = of_base[row]
            if made and row in places and len(seen) >= K and rng.random() < COMPOSED:
                entries = [made.programs[index] for index in seen]
                regrets = regrets_of(each, made.values[places[row] : places[row] + 1, seen])[0]
            chosen = rng.sample(range(len(entries)), min(K, len(entries)))
            lost = regrets[chosen] - regrets[chosen].min()
            if not lost.any():
                continue
            texts = [training_text(entries[index], rng) for index in chosen]
            position = each.position(row)
            state = state_text(position, each.stage, each.plain_previous(row))
            names = LABELS[: len(chosen)]
            yield Example(
                each.side,
                each.stage,
                str(each.positions[row]),
                chat_question(selection_prompt(question, texts, state), names),
                names[rng.choice(np.flatnonzero(lost == 0).tolist())],
                tuple(map(float, lost)),
                bool(each.held_out[row]),
            )


def export_chat(found: Iterator[Example], folder: Path) -> tuple[int, int]:
    """Write the two files; return how many lines each has, training first."""
    lines: dict[bool, list[str]] = {False: [], True: []}
    for example in found:
        lines[example.is_held_out].append(json.dumps(example.to_dict()) + "\n")
    folder.mkdir(parents=True, exist_ok=True)
    atomic_write(folder / "train.jsonl", "".join(lines[False]))
    atomic_write(folder / "held_out.jsonl", "".join(lines[True]))
    return len(lines[False]), len(lines[True])
