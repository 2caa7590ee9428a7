"""Teacher labels: what each function is worth in states as they occur in play.

    python -m ld_tui.training labels [--blue 24000] [--orange 12000] [--seed 1]

The teacher (see teacher.py) makes them; here is what they are. Written to
`.training/labels/<side>-<stage>.npz`, one row a state:

    positions  [N] str     in notation
    previous   [N, 3, 2] or [N, 2] int8   o_1 of the move stage as (col, row); [N, 0] for plan
    values     [N, F] uint8   steps to capture once the function is followed, this step counted
    names      [F] str     the functions, by name
    games      [N] int32   the game a state is from: states of a tenth of the games are held out
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ld_tui.game.notation import parse_position
from ld_tui.game.rules import Position

Values = npt.NDArray[np.uint8]

NOTE = "labels.json"
"""The file that is written last: what the labels are."""
HELD_OUT = 10
"""Games whose number this divides are held out."""
WORST = 10
"""Steps of regret above which one mistake is as bad as another."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The labeled states of one stage; see the module's first lines."""

    side: str
    stage: str
    positions: npt.NDArray[np.str_]
    previous: npt.NDArray[np.int8]
    values: Values
    names: tuple[str, ...]
    games: npt.NDArray[np.int32]

    @property
    def regrets(self) -> npt.NDArray[np.float32]:
        """Return [N, F] steps lost by following each function instead of the stage's best."""
        return regrets_of(self, self.values)

    @property
    def held_out(self) -> npt.NDArray[np.bool_]:
        """Return [N], True for states that no training may see."""
        return np.asarray(self.games % HELD_OUT == 0)

    def plain_previous(self, row: int) -> Any:
        """Return o_1 of a state as the functions and the state text get it; None for plan."""
        found = self.previous[row]
        if self.stage == "plan":
            return None
        if self.side == "orange":
            return tuple(map(int, found))
        return [tuple(map(int, cell)) for cell in found]

    def position(self, row: int) -> Position:
        return parse_position(str(self.positions[row]))


def regrets_of(labels: Labels, values: Values) -> npt.NDArray[np.float32]:
    """Return [N, F] steps lost against the best of the functions that `values` [N, F] are of."""
    wide: npt.NDArray[np.float32] = values.astype(np.float32)
    if labels.side == "blue":
        lost = wide - wide.min(axis=1, keepdims=True)
    else:
        lost = wide.max(axis=1, keepdims=True) - wide
    return np.asarray(np.minimum(lost, WORST))


def write_labels(folder: Path, found: Sequence[Labels], seed: int) -> None:
    """Write the files, and last the note of what they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for labels in found:
        np.savez_compressed(
            folder / f"{labels.side}-{labels.stage}.npz",
            positions=labels.positions,
            previous=labels.previous,
            values=labels.values,
            names=np.array(labels.names),
            games=labels.games,
        )
    note = {f"{each.side}-{each.stage}": len(each.positions) for each in found}
    (folder / NOTE).write_text(json.dumps({"seed": seed, "states": note}, indent=2))


def read_labels(folder: Path) -> list[Labels]:
    """Read what `write_labels` wrote, in the stages' order."""
    found = []
    for name in json.loads((folder / NOTE).read_text())["states"]:
        side, stage = name.split("-")
        with np.load(folder / f"{name}.npz") as data:
            names = tuple(map(str, data["names"]))
            positions, previous, values = data["positions"], data["previous"], data["values"]
            found.append(Labels(side, stage, positions, previous, values, names, data["games"]))
    return found
