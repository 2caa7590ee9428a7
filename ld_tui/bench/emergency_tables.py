"""What games of emergencies come to, as lines, tables, charts, and the files that are written."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ld_tui.bench import paper
from ld_tui.bench.emergency_games import STRIKE
from ld_tui.bench.paper import Outputs
from ld_tui.bench.summary import Estimate
from ld_tui.bench.tables import Chart, Sheet, markdown
from ld_tui.game.emergencies import DURATION

ALL = "all"
NOTES = (
    f"One emergency strikes when {STRIKE} steps are finished, for good (jam: for {DURATION} "
    "steps). All numbers count from there. par: under the new rules; of a jam that of the same "
    "position without it, which nobody can reach. A game that blue doesn't win counts the step "
    "limit. recover: steps up to the last one in which a function was struck. s: from the "
    "emergency until the author was done. alone: how often the new function was chosen where it "
    "alone is best by the tablebase, and of how many choices; worse: the same where another is "
    "better; text: how often the choice leaves it when its manual trades texts with another's. "
    "stale: functions of the base retrieved for a move that fail, or that the rules now refuse. "
    "In brackets: 95 % bootstrap intervals."
)


@dataclass(frozen=True, slots=True)
class Line:
    """What games of one emergency (or of all) with one author come to."""

    kind: str
    author: str
    games: int
    won: int
    over: Estimate
    """Steps over par, a game."""
    gained: Estimate | None
    """Steps fewer than without an author, from the same start; None for games without."""
    illegal: int
    fallbacks: int
    recover: float
    seconds: float | None
    """None where times are left out."""
    written: float
    """Functions admitted, a game."""
    alone: float | None
    """Share of the choices in which the new function alone is best in which it was taken."""
    alone_of: int
    worse: float | None
    """Of those in which another is better."""
    worse_of: int
    follows: float | None
    stale: float | None


def sheets(lines: Sequence[Line]) -> Iterator[Sheet]:
    """Yield the tables: what it does to play, and what the S-LLM did with the new functions."""
    yield Sheet(
        "Play after an emergency, blue's agent against perfect play",
        (
            "emergency",
            "author",
            "success",
            "over par",
            "steps gained",
            "illegal",
            "random",
            "recover",
        ),
        tuple(
            (
                line.kind,
                line.author,
                f"{line.won}/{line.games}",
                _estimate(line.over),
                _estimate(line.gained),
                str(line.illegal),
                str(line.fallbacks),
                f"{line.recover:.2f}",
            )
            for line in lines
        ),
        texts=2,
    )
    yield Sheet(
        "The new functions, and who chose them",
        ("emergency", "author", "written", "s", "alone", "worse", "text", "stale"),
        tuple(
            (
                line.kind,
                line.author,
                f"{line.written:.2f}",
                "" if line.seconds is None else f"{line.seconds:.2f}",
                _part(line.alone, line.alone_of),
                _part(line.worse, line.worse_of),
                _part(line.follows),
                _part(line.stale),
            )
            for line in lines
        ),
        texts=2,
    )


def charts(lines: Sequence[Line]) -> Iterator[Chart]:
    """Yield steps over par by emergency and author."""
    points = tuple((f"{line.kind} {line.author}", line.over) for line in lines)
    if points:
        yield Chart("blue after an emergency", "steps over par, a game", points)


def _estimate(value: Estimate | None) -> str:
    return "" if value is None else f"{value.mean:.2f} [{value.low:.2f}, {value.high:.2f}]"


def _part(share: float | None, of: int | None = None) -> str:
    if share is None:
        return ""
    return f"{share:.2f}" + (f" of {of:,}" if of is not None else "")


def lines_csv(lines: Sequence[Line]) -> str:
    """Return the lines as CSV, numbers unrounded by any table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    bounds = [f"{name}{end}" for name in ("over_par", "gained") for end in ("", "_low", "_high")]
    counts = ("illegal", "fallbacks", "recover", "seconds", "written")
    shares = ("alone", "alone_of", "worse", "worse_of", "follows", "stale")
    writer.writerow(("kind", "author", "games", "won", *bounds, *counts, *shares))
    for line in lines:
        parts: list[object] = [line.kind, line.author, line.games, line.won]
        for value in (line.over, line.gained):
            parts += [value.mean, value.low, value.high] if value else ["", "", ""]
        rest = [getattr(line, name) for name in (*counts, *shares)]
        writer.writerow([*parts, *("" if value is None else value for value in rest)])
    return out.getvalue()


def gains(lines: Sequence[Line]) -> Iterator[Chart]:
    """Yield steps gained by emergency and author, where anybody wrote."""
    points = tuple(
        (f"{line.kind} {line.author}", line.gained) for line in lines if line.gained is not None
    )
    if points:
        yield Chart("what an author is worth", "steps gained, a game", points)


def write_files(outputs: Outputs, lines: Sequence[Line], command: str) -> None:
    """Write what was asked for. Raises UsageError where that can't be."""

    def draw(folder: Path) -> list[Path]:
        from ld_tui.bench.plots import write_charts

        named = {"emergency-over-par": charts(lines), "emergency-gained": gains(lines)}
        return write_charts(folder, {name: each for name, found in named.items() for each in found})

    paper.write_files(
        outputs, draw, lambda: lines_csv(lines), lambda plots: page(lines, command, plots)
    )


def page(lines: Sequence[Line], command: str, plots: Sequence[str] = ()) -> str:
    """Return the tables as a page of Markdown that says how it was made."""
    pictures = "".join(f"\n![{Path(each).stem.replace('-', ' ')}]({each})\n" for each in plots)
    return (
        f"# Emergencies\n\nMeasured and written by\n\n```sh\n{command} --markdown FILE\n```\n\n"
        f"{NOTES}\n\n{markdown(sheets(lines))}" + (f"\n## Plots\n{pictures}" if pictures else "")
    )
