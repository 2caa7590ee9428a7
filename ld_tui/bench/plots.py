"""Plots of a benchmark, as SVG and PNG; the one module that draws with matplotlib."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ld_tui.bench.summary import Row
from ld_tui.errors import UsageError
from ld_tui.game.rules import Side

FORMATS = ("svg", "png")
_MISSING = "--plots needs matplotlib: pip install matplotlib"


def check_library() -> None:
    """Raise UsageError, in one line, where matplotlib is not installed."""
    _library("matplotlib.figure")


def write_plots(folder: Path, rows: Sequence[Row]) -> list[Path]:
    """Draw steps over par by method, a file of each format for every side and opponent.

    The same numbers give the same files. Raises UsageError where matplotlib is missing or the
    folder can't be written.
    """
    written = []
    pairs = dict.fromkeys((row.pairing.side, row.pairing.opponent) for row in rows)
    with _library("matplotlib").rc_context({"svg.hashsalt": "ld-tui", "svg.fonttype": "none"}):
        for side, opponent in pairs:
            chosen = [r for r in rows if (r.pairing.side, r.pairing.opponent) == (side, opponent)]
            figure = _figure(side, opponent, chosen)
            for kind in FORMATS:
                path = folder / f"{side}-against-{opponent}.{kind}"
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                    metadata = {"Date": None} if kind == "svg" else None
                    figure.savefig(path, dpi=120, bbox_inches="tight", metadata=metadata)
                except OSError as error:
                    raise UsageError(f"{path}: can't be written: {error}") from error
                written.append(path)
    return written


def _library(name: str) -> Any:
    # By name, since most have no use for it and nothing that is checked may need it installed.
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UsageError(_MISSING) from error


def _figure(side: Side, opponent: str, rows: Sequence[Row]) -> Any:
    figure = _library("matplotlib.figure").Figure(figsize=(7, 1 + 0.3 * len(rows)))
    axes = figure.subplots()
    places = range(len(rows))
    means = [row.over.mean for row in rows]
    reach = [
        [max(0.0, row.over.mean - row.over.low) for row in rows],
        [max(0.0, row.over.high - row.over.mean) for row in rows],
    ]
    axes.errorbar(means, places, xerr=reach, fmt="o", capsize=3, color="#1f5fa8")
    axes.axvline(0, color="#888888", linewidth=1)
    axes.set_yticks(list(places), [row.pairing.method for row in rows])
    axes.invert_yaxis()
    # Losses stand at the step limit, a hundred times as far out as the methods that compare.
    axes.set_xscale("symlog", linthresh=1)
    axes.set_xticks([-1, 0, 1, 10, 100], ["-1", "0", "1", "10", "100"])
    axes.set_xlabel("steps over par, a game (95 % interval)")
    axes.set_title(f"{side} against {side.other} {opponent}, {rows[0].games} games")
    return figure
