"""The `match` command: play, show progress on stderr, print the results on stdout."""

import contextlib
import json
import sys
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ld_tui.arena.levels import level_of
from ld_tui.arena.match import Heard, MatchOptions, Message, fixtures, run_match
from ld_tui.arena.resources import Resources
from ld_tui.arena.scores import GameScore, game_to_dict, summary
from ld_tui.errors import UsageError


def match_command(options: MatchOptions, as_json: bool = False, events: bool = False) -> int:
    """Play a match and print its results; return the exit status.

    With `as_json` stdout holds one JSON object and nothing else; with `events` one JSON object a
    line, each an event as it happens, and at last the result. Raises UsageError for events from
    several processes.
    """
    if events and options.workers > 1:
        raise UsageError("--events tells a game as it is played; leave --workers at 1")
    scores = _play(options, _tell if events else None)
    if events:
        print(json.dumps({"event": "result", **result_dict(options, scores)}))
    elif as_json:
        print(json.dumps(result_dict(options, scores), indent=2))
    else:
        console = Console()
        console.print(_games_table(scores))
        console.print(_summary_table(options, summary(scores)))
    return 0


def result_dict(options: MatchOptions, scores: Sequence[GameScore]) -> dict[str, Any]:
    """Return what `match --json` prints."""
    return {
        "games": [game_to_dict(score) for score in scores],
        "summary": {
            "blue": options.blue,
            "orange": options.orange,
            "select": options.select,
            "k": options.ld.k,
            "level": level_of(options.ld.settings()),
            "size": options.size,
            "map": options.map,
            "seed": options.seed,
            "starts": str(options.starts) if options.starts else None,
            "emergencies": options.emergencies,
            **summary(scores),
        },
    }


def _tell(game: int, message: Message) -> None:
    print(json.dumps({"game": game + 1, **message}), flush=True)


def _play(options: MatchOptions, heard: Heard | None = None) -> list[GameScore]:
    """Play all games under a progress bar on stderr; then print what didn't work as it should."""
    scores = []
    count = len(fixtures(options))
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    resources = Resources(options.sources)
    with contextlib.closing(resources), bar:
        games = bar.add_task("games", total=count)
        solving = bar.add_task("solving the board, in %", total=100, visible=False)

        def solved(part: float) -> None:
            bar.update(solving, completed=round(100 * part), visible=part < 1)

        for score in run_match(options, resources, solved, heard):
            scores.append(score)
            bar.advance(games)
    for notice in dict.fromkeys(resources.notices):
        print(f"ld-tui: {notice}", file=sys.stderr)
    return scores


def _games_table(scores: Sequence[GameScore]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for name in ("game", "start", "winner", "by", "steps", "par", "illegal", "ms"):
        right = name in ("game", "steps", "par", "illegal", "ms")
        table.add_column(name, justify="right" if right else "left", no_wrap=True)
    for score in scores:
        table.add_row(
            str(score.index + 1),
            " ".join(score.start.split()[:4]),
            str(score.winner),
            str(score.reason),
            str(score.steps),
            _number(score.par),
            f"{score.blue.illegal},{score.orange.illegal}",
            f"{score.ms_per_decision:.1f}",
        )
    return table


def _summary_table(options: MatchOptions, data: dict[str, Any]) -> Table:
    title = f"{options.blue} (blue) against {options.orange}"
    table = Table(box=box.SIMPLE, show_header=False, title=title, pad_edge=False)
    rows = {
        "captures": f"{data['captures']} of {data['games']}",
        "mean steps": _number(data["mean_steps"]),
        "mean par": _number(data["mean_par"]),
        "times par": _number(data["steps_over_par"]),
        "regret a move, blue": _number(data["regret_per_move"]["blue"]),
        "regret a move, orange": _number(data["regret_per_move"]["orange"]),
        "illegal choices": _pair(data["illegal"]),
        "functions struck": _pair(data["struck"]),
        "random fallbacks": _pair(data["fallbacks"]),
        "ms a decision, blue": _number(data["ms_per_decision"]["blue"]),
        "ms a decision, orange": _number(data["ms_per_decision"]["orange"]),
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _pair(counts: dict[str, int]) -> str:
    return f"{counts['blue']},{counts['orange']}"


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
