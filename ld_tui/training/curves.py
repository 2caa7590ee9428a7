"""How a loss fell, as a plot: one line for each part, from the JSON lines that training writes."""

import json
from pathlib import Path

from matplotlib.figure import Figure

from ld_tui.errors import UsageError


def plot_losses(history: Path, out: Path) -> None:
    """Draw every part of the loss over the steps. Raises UsageError where there is no history."""
    try:
        lines = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise UsageError(f"{history}: no losses to draw: {error}") from error
    if not lines:
        raise UsageError(f"{history}: it is empty; train first")
    figure = Figure(figsize=(7, 4))
    axes = figure.subplots()
    for name in (name for name in lines[-1] if name != "step"):
        known = [line for line in lines if name in line]
        axes.plot([line["step"] for line in known], [line[name] for line in known], label=name)
    axes.set_yscale("log")
    axes.set_xlabel("step")
    axes.set_ylabel("part of the loss, weighted; running mean")
    axes.legend(fontsize=8)
    out.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"Date": None} if out.suffix == ".svg" else None
    figure.savefig(out, bbox_inches="tight", metadata=metadata)
