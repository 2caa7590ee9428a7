"""A benchmark's tables as plain text cells; a terminal, Markdown and CSV draw the same ones."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ld_tui.arena.roster import LD
from ld_tui.arena.study import BLAMES
from ld_tui.bench.summary import BlameRow, Estimate, Row, StageRow, Summary
from ld_tui.game.rules import Side


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: a title, column names, and rows of as many cells."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1
    """The leading columns that hold words; the others hold numbers."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Means with their intervals, one below the other."""

    title: str
    unit: str
    points: tuple[tuple[str, Estimate], ...]
    """Each with its name."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that is shown of a benchmark."""

    sheets: tuple[Sheet, ...]
    charts: tuple[Chart, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data for a line of JSON."""
        charts = [
            {
                "title": chart.title,
                "unit": chart.unit,
                "points": [{"label": name, **asdict(value)} for name, value in chart.points],
            }
            for chart in self.charts
        ]
        return {"sheets": [asdict(sheet) for sheet in self.sheets], "charts": charts}


COLUMNS = (
    "method",
    "success",
    "forfeit",
    "steps/par",
    "steps over par",
    "against ld",
    "illegal",
    "ms",
    "tokens",
)


def sheets(summary: Summary, k: int) -> Iterator[Sheet]:
    """Yield every table of a benchmark, in order."""
    pairs = dict.fromkeys((row.pairing.side, row.pairing.opponent) for row in summary.rows)
    for side, opponent in pairs:
        rows = [
            row
            for row in summary.rows
            if (row.pairing.side, row.pairing.opponent) == (side, opponent)
        ]
        yield _play_sheet(side, opponent, rows)
    if summary.stages:
        yield _stage_sheet(summary.stages, k)
    if summary.blames:
        yield _blame_sheet(summary.blames)


def charts(rows: Iterable[Row]) -> Iterator[Chart]:
    """Yield steps over par by method, for each side and opponent."""
    found: dict[tuple[Side, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.pairing.side, row.pairing.opponent), []).append(row)
    for (side, opponent), own in found.items():
        points = tuple((row.pairing.method, row.over) for row in own)
        yield Chart(f"{side} against {side.other} {opponent}", "steps over par, a game", points)


def headlines(summary: Summary) -> Iterator[str]:
    """Yield a sentence or two on `ld` for each side and opponent, from the numbers alone."""
    for row in summary.rows:
        if row.pairing.method != LD:
            continue
        side, opponent = row.pairing.side, row.pairing.opponent
        others = [
            (other.pairing.method, other.versus_ld)
            for other in summary.rows
            if (other.pairing.side, other.pairing.opponent) == (side, opponent) and other.versus_ld
        ]
        # Fewer steps are better for blue, more for orange.
        sign = 1 if side is Side.BLUE else -1
        ahead = [name for name, by in others if by.excludes_zero and by.mean * sign > 0]
        behind = [name for name, by in others if by.excludes_zero and by.mean * sign < 0]
        even = [name for name, by in others if not by.excludes_zero]
        said = [
            f"As {side} against {opponent}, ld won {row.won} of {row.games} games in "
            f"{row.ratio.mean:.3f} times par [{row.ratio.low:.3f}, {row.ratio.high:.3f}], with "
            f"{row.illegal} illegal choices"
        ]
        for word, names in (("ahead of", ahead), ("behind", behind), ("not told from", even)):
            if names:
                said.append(f"{word} {', '.join(names)}")
        yield "; ".join(said) + "."


def _play_sheet(side: Side, opponent: str, rows: Sequence[Row]) -> Sheet:
    better = "fewer steps are better" if side is Side.BLUE else "more steps are better"
    counts = sorted({row.games for row in rows})
    games = "-".join(map(str, dict.fromkeys((counts[0], counts[-1]))))
    games += " game" if games == "1" else " games"
    title = f"{side} against {side.other} {opponent}, {games} each; {better}"
    return Sheet(title, COLUMNS, tuple(map(_play_row, rows)))


def _play_row(row: Row) -> tuple[str, ...]:
    return (
        row.pairing.method,
        f"{row.won}/{row.games}",
        str(row.forfeits),
        f"{row.ratio.mean:.3f}",
        interval(row.over),
        "" if row.versus_ld is None else interval(row.versus_ld),
        str(row.illegal),
        "" if row.ms is None else f"{row.ms:.1f}",
        "" if row.tokens is None else f"{row.tokens:.0f}",
    )


def _stage_sheet(rows: Sequence[StageRow], k: int) -> Sheet:
    columns = (
        "side",
        "stage",
        "n",
        "differ",
        f"recall@{k}",
        "open",
        "top-1",
        "regret",
        "random's",
        "share",
    )
    title = (
        "Retriever and selector in the n decisions of the ld games: recall of a best function "
        "where the functions of the stage differ in worth; top-1 and regret, in steps, where the "
        "candidates do (open), beside the regret of a random choice"
    )
    return Sheet(title, columns, tuple(map(_stage_row, rows)), texts=2)


def _stage_row(row: StageRow) -> tuple[str, ...]:
    share = row.regret / row.random if row.regret is not None and row.random else None
    return (
        str(row.side),
        row.stage,
        str(row.decisions),
        str(row.differ),
        _number(row.recall),
        str(row.open),
        _number(row.top1),
        _number(row.regret),
        _number(row.random),
        _number(share),
    )


def _blame_sheet(rows: Sequence[BlameRow]) -> Sheet:
    columns = ("ld as", "against", "games", "lost", *BLAMES)
    title = "Whose fault every step was that ld lost against best play, in steps a game"
    found = [
        (
            str(row.side),
            row.opponent,
            str(row.games),
            _number(row.total),
            *(_number(row.lost[blame]) for blame in BLAMES),
        )
        for row in rows
    ]
    return Sheet(title, columns, tuple(found), texts=2)


def interval(value: Estimate) -> str:
    """Write a difference with its interval: `+0.33 [-0.02, 0.70]`."""
    places = 2 if abs(value.mean) < 10 else 1
    # No minus before a zero that rounding made.
    mean, low, high = (round(each, places) + 0.0 for each in (value.mean, value.low, value.high))
    return f"{mean:+.{places}f} [{low:.{places}f}, {high:.{places}f}]"


def markdown(found: Iterable[Sheet]) -> str:
    """Return tables in Markdown, each under its title."""
    blocks = []
    for sheet in found:
        rule = ["---" if at < sheet.texts else "--:" for at in range(len(sheet.columns))]
        lines = [sheet.columns, rule, *sheet.rows]
        blocks.append(
            "\n".join([f"**{sheet.title}**", "", *(f"| {' | '.join(line)} |" for line in lines)])
        )
    return "\n\n".join(blocks) + "\n"


def rows_csv(rows: Iterable[Row]) -> str:
    """Return the methods' rows as CSV, numbers unrounded by any table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    estimates = ("steps_over_par_ratio", "steps_over_par", "versus_ld")
    bounds = [f"{name}{end}" for name in estimates for end in ("", "_low", "_high")]
    head = (
        "side",
        "method",
        "opponent",
        "games",
        "won",
        "forfeits",
        *bounds,
        "illegal",
        "ms",
        "tokens",
    )
    writer.writerow(head)
    for row in rows:
        parts: list[object] = []
        for value in (row.ratio, row.over, row.versus_ld):
            parts += [value.mean, value.low, value.high] if value else ["", "", ""]
        pairing = row.pairing
        names = [pairing.side, pairing.method, pairing.opponent]
        counts = [row.games, row.won, row.forfeits]
        costs = ["" if value is None else value for value in (row.ms, row.tokens)]
        writer.writerow([*names, *counts, *parts, row.illegal, *costs])
    return out.getvalue()


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
