"""Tables and charts of a benchmark as lines of text. Pure."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ld_tui.tui.text import Line, cut, fit, wrap

SPARE = ("tokens", "ms", "share", "random's", "forfeit", "random", "text", "stale", "illegal")
"""Columns that go below the others first where a table is too wide."""
_TITLE_ROWS = 9
_LEAST = 8
"""Cells that a long name keeps."""
_TICKS: tuple[float, ...] = (-100, -10, -1, 0, 1, 10, 100)
_FINER = (-0.5, 0.5, 2, 5, 20, 50)


def sheet_lines(sheet: Mapping[str, Any], width: int) -> list[Line]:
    """Return a table under its title; where it is too wide, its less telling columns below.

    Columns that are empty are then left out.
    """
    columns: list[str] = list(sheet["columns"])
    rows: list[list[str]] = [list(row) for row in sheet["rows"]]
    texts = int(sheet["texts"])
    wide = [max(len(name), *(len(row[at]) for row in rows)) for at, name in enumerate(columns)]
    kept = list(range(len(columns)))
    if _total(wide, kept, 2) > width:
        # What nothing stands in tells nothing.
        kept = [at for at in kept if any(row[at].strip() for row in rows)]
    told = kept
    for name in SPARE:
        if _total(wide, kept, 2) <= width:
            break
        kept = [at for at in kept if columns[at] != name]
    least = [min(_LEAST, cells) if at < texts else cells for at, cells in enumerate(wide)]
    while _total(least, kept, 1) > width and kept[-1] > texts:
        kept = kept[:-1]
    lines: list[Line] = [
        [(line, "title")] for line in wrap(str(sheet["title"]), width, _TITLE_ROWS)
    ]
    below = [at for at in told if at not in kept]
    for part in (kept, [*range(texts), *below]):
        if part is kept or below:
            lines += _part(columns, rows, part, wide, texts, width)
    return lines


def _total(wide: Sequence[int], kept: Sequence[int], gap: int) -> int:
    return sum(wide[at] + gap for at in kept) - gap


def _part(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    kept: Sequence[int],
    wide: Sequence[int],
    texts: int,
    width: int,
) -> list[Line]:
    """Return some of a table's columns under their names."""
    gap = 2 if _total(wide, kept, 2) <= width else 1
    fitted = list(wide)
    # A long name, such as a model's file, gives way to the numbers.
    for at in range(texts):
        over = _total(fitted, kept, gap) - width
        fitted[at] = max(min(_LEAST, fitted[at]), fitted[at] - max(0, over))
    lines: list[Line] = [[(_row(columns, kept, fitted, texts, gap), "quiet")]]
    for row in rows:
        style = "strong" if row[0] == "ld" else ""
        lines.append([(_row(row, kept, fitted, texts, gap), style)])
    return lines


def _row(
    cells: Sequence[str], kept: Sequence[int], wide: Sequence[int], texts: int, gap: int
) -> str:
    return (" " * gap).join(
        fit(cells[at], wide[at]) if at < texts else cells[at].rjust(wide[at]) for at in kept
    )


def chart_title(chart: Mapping[str, Any]) -> str:
    """Return what a chart shows, and how its axis runs."""
    return f"{chart['title']}: {chart['unit']}, 95 %; log > 1"


def symlog(value: float) -> float:
    """Return a place on a scale that is straight to 1 and logarithmic beyond."""
    return value if abs(value) <= 1 else math.copysign(1 + math.log10(abs(value)), value)


def span(chart: Mapping[str, Any]) -> tuple[float, float]:
    """Return the least and the largest place of a chart, 0 among them."""
    ends = [symlog(point[name]) for point in chart["points"] for name in ("low", "high")]
    low, high = min(0.0, *ends), max(0.0, *ends)
    return (low, high) if high - low >= 0.1 else (low - 0.5, high + 0.5)


def ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Return the places between two that are marked, with their labels."""
    between = [each for each in _TICKS if low <= symlog(each) <= high]
    if len(between) < 3:
        between = sorted({*between, *(each for each in _FINER if low <= symlog(each) <= high)})
    return [(symlog(each), f"{each:g}") for each in between]


def chart_lines(chart: Mapping[str, Any], width: int, letters: bool) -> list[Line]:
    """Return a chart of means and intervals, one line each, with a scale below."""
    left, dash, right, dot, zero = "|-|o:" if letters else "├─┤●┊"
    points: Sequence[Mapping[str, Any]] = chart["points"]
    names = min(18, max((len(point["label"]) for point in points), default=0))
    room = max(10, width - names - 12)
    low, high = span(chart)

    def at(value: float) -> int:
        return round((symlog(value) - low) / (high - low) * (room - 1))

    title = chart_title(chart)
    lines: list[Line] = [[(cut(title, width), "title")]]
    for point in points:
        cells = [" "] * room
        cells[at(0)] = zero
        start, end, mean = (at(point[name]) for name in ("low", "high", "mean"))
        for cell in range(start, end + 1):
            cells[cell] = dash
        cells[start], cells[end] = (left, right) if end > start else (dash, dash)
        cells[mean] = dot
        lines.append(
            [
                (fit(point["label"], names) + " ", "strong" if point["label"] == "ld" else ""),
                ("".join(cells[:start]), "rule"),
                ("".join(cells[start:mean]), "blue-faint"),
                (cells[mean], "blue strong"),
                ("".join(cells[mean + 1 : end + 1]), "blue-faint"),
                ("".join(cells[end + 1 :]), "rule"),
                (f" {point['mean']:+9.2f}", "quiet"),
            ]
        )
    scale = [" "] * (room + 8)
    for place, text in ticks(low, high):
        first = round((place - low) / (high - low) * (room - 1)) - len(text) // 2
        for offset, character in enumerate(text, first):
            if 0 <= offset < len(scale):
                scale[offset] = character
    lines.append([(" " * (names + 1), ""), ("".join(scale).rstrip(), "quiet")])
    return lines
