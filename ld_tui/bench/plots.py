"""Plots of a benchmark, as SVG and PNG; the one module that draws with matplotlib."""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ld_tui.bench.summary import Row
from ld_tui.bench.tables import Chart
from ld_tui.errors import UsageError, why

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
    charts = {}
    pairs = dict.fromkeys((row.pairing.side, row.pairing.opponent) for row in rows)
    for side, opponent in pairs:
        chosen = [r for r in rows if (r.pairing.side, r.pairing.opponent) == (side, opponent)]
        charts[f"{side}-against-{opponent}"] = Chart(
            f"{side} against {side.other} {opponent}, {chosen[0].games} games",
            "steps over par, a game",
            tuple((row.pairing.method, row.over) for row in chosen),
        )
    return write_charts(folder, charts)


def write_charts(folder: Path, charts: Mapping[str, Chart]) -> list[Path]:
    """Draw charts, a file of each format for every name; raises as `write_plots` does."""
    written = []
    with _library("matplotlib").rc_context({"svg.hashsalt": "ld-tui", "svg.fonttype": "none"}):
        for name, chart in charts.items():
            figure = _figure(chart)
            for kind in FORMATS:
                path = folder / f"{name}.{kind}"
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                    metadata = {"Date": None} if kind == "svg" else None
                    figure.savefig(path, dpi=120, bbox_inches="tight", metadata=metadata)
                except OSError as error:
                    raise UsageError(f"{path}: can't be written: {why(error)}") from error
                written.append(path)
    return written


def _library(name: str) -> Any:
    # By name, since most have no use for it and nothing that is checked may need it installed.
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UsageError(_MISSING) from error


def _figure(chart: Chart) -> Any:
    labels = [label for label, _ in chart.points]
    values = [value for _, value in chart.points]
    figure = _library("matplotlib.figure").Figure(figsize=(7, 1 + 0.3 * len(values)))
    axes = figure.subplots()
    places = range(len(values))
    means = [value.mean for value in values]
    reach = [
        [max(0.0, value.mean - value.low) for value in values],
        [max(0.0, value.high - value.mean) for value in values],
    ]
    axes.errorbar(means, places, xerr=reach, fmt="o", capsize=3, color="#1f5fa8")
    axes.axvline(0, color="#888888", linewidth=1)
    axes.set_yticks(list(places), labels)
    axes.invert_yaxis()
    # Losses stand at the step limit, a hundred times as far out as the methods that compare.
    axes.set_xscale("symlog", linthresh=1)
    axes.set_xticks([-1, 0, 1, 10, 100], ["-1", "0", "1", "10", "100"])
    axes.set_xlabel(f"{chart.unit} (95 % interval)")
    axes.set_title(chart.title)
    return figure
