"""A chart drawn by plotext: only to be imported where the extra `[plots]` is installed."""

from collections.abc import Mapping
from typing import Any

from textual_plotext import PlotextPlot

from ld_tui.tui.bench.draw import chart_title, span, symlog, ticks


class PlotextChart(PlotextPlot):
    """Means and intervals of a chart."""

    DEFAULT_CSS = "PlotextChart { height: 1fr; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._chart: Mapping[str, Any] | None = None

    def show(self, chart: Mapping[str, Any] | None) -> None:
        """Show another chart."""
        if chart is self._chart:
            return
        self._chart = chart
        plot = self.plt
        plot.clear_figure()
        if chart is not None and chart["points"]:
            points = chart["points"]
            rows = [float(row) for row in range(len(points), 0, -1)]
            low, high = span(chart)
            color = _rgb(self.app.theme_variables["blue-dot"])
            faint = _rgb(self.app.theme_variables["quiet"])
            plot.vertical_line(0, color=faint)
            for row, point in zip(rows, points, strict=True):
                ends = [symlog(point["low"]), symlog(point["high"])]
                plot.plot(ends, [row, row], marker="─", color=faint)
            plot.scatter([symlog(point["mean"]) for point in points], rows, marker="●", color=color)
            plot.yticks(rows, [point["label"] for point in points])
            marks = ticks(low, high)
            plot.xticks([place for place, _ in marks], [text for _, text in marks])
            edge = (high - low) * 0.03
            plot.xlim(low - edge, high + edge)
            plot.ylim(0.4, len(points) + 0.6)
            plot.title(chart_title(chart))
        self.refresh()


def _rgb(color: str) -> tuple[int, int, int]:
    """Read `#rrggbb`."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
