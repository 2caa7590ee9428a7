"""How a loss fell and held-out figures rose: JSON lines while training runs, plots afterwards.

A line holds `step` and, as numbers, the parts of the loss; what is measured on held-out states
stands in lines of its own, under `held_out`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ld_tui.errors import UsageError


class History:
    """The JSON lines of one run; without a file nothing is kept."""

    def __init__(self, path: Path | None, begin: int = 0) -> None:
        """Go on with a file after step `begin`; later lines, of a run cut off, are dropped."""
        self._path = path
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        kept = [line for line in lines if begin and json.loads(line)["step"] <= begin]
        path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def losses(self, step: int, parts: Mapping[str, float]) -> None:
        """Keep every part of the loss."""
        self._add({"step": step, **parts})

    def held_out(self, step: int, figures: Mapping[str, float]) -> None:
        """Keep what was measured on held-out states."""
        self._add({"step": step, "held_out": dict(figures)})

    def _add(self, line: dict[str, Any]) -> None:
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                print(json.dumps(line), file=file)


def plot_history(history: Path, out: Path) -> None:
    """Draw every part of the loss over the steps, and beside it the held-out figures, if any.

    Raises UsageError where there is no history.
    """
    from matplotlib.figure import Figure

    try:
        lines = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise UsageError(f"{history}: no losses to draw: {error}") from error
    panels = [
        ("part of the loss, weighted; running mean", [e for e in lines if "held_out" not in e]),
        (
            "on held-out states",
            [{"step": e["step"], **e["held_out"]} for e in lines if "held_out" in e],
        ),
    ]
    panels = [(name, found) for name, found in panels if found]
    if not panels:
        raise UsageError(f"{history}: it is empty; train first")
    figure = Figure(figsize=(6.5 * len(panels), 4))
    every = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, (title, found) in zip(every, panels, strict=True):
        for name in dict.fromkeys(key for line in found for key in line if key != "step"):
            known = [line for line in found if name in line]
            axes.plot([line["step"] for line in known], [line[name] for line in known], label=name)
        axes.set_xlabel("step")
        axes.set_ylabel(title)
        axes.legend(fontsize=8)
    if panels[0][0].startswith("part"):
        every[0].set_yscale("log")
        every[0].set_ylim(bottom=0.02)  # parts that vanish would squeeze the others
    out.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"Date": None} if out.suffix == ".svg" else None
    figure.savefig(out, bbox_inches="tight", metadata=metadata)
