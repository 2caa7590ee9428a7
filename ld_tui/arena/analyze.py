"""`ld-tui analyze`: a position's exact value and every move's regret, as a table or as JSON."""

import json
import sys

from ld_tui.arena.resources import Resources
from ld_tui.game.notation import format_move, format_position, parse_position
from ld_tui.game.rules import Position, outcome
from ld_tui.tablebase.table import Analysis


def analysis_json(position: Position, analysis: Analysis) -> dict[str, object]:
    """Return an analysis as plain data: position, value, moves with value and regret, best first.

    A value of None says that orange can escape for ever; a regret of None that a move gave away
    a capture or an escape altogether.
    """
    return {
        "position": format_position(position),
        "value": analysis.value,
        "moves": [
            {"move": format_move(move.move), "value": move.value, "regret": move.regret}
            for move in analysis.moves
        ],
    }


def analyze_command(text: str, as_json: bool) -> int:
    """Print the analysis of a position in notation; progress of a first solution to stderr."""
    position = parse_position(text)
    with_resources = Resources()
    try:
        table = with_resources.table(position, _progress if sys.stderr.isatty() else None)
        found = table.analysis(position)
    finally:
        with_resources.close()
    if as_json:
        print(json.dumps(analysis_json(position, found)))
        return 0
    over = outcome(position)
    if over is not None:
        print(f"The game is over: {over.winner} wins ({over.reason}).")
        return 0
    print(f"{position.to_move} to move, {_value(found.value)}")
    width = max(len(format_move(move.move)) for move in found.moves)
    print(f"{'move':{width}}  value  regret")
    for move in found.moves:
        value = "never" if move.value is None else str(move.value)
        regret = "all" if move.regret is None else str(move.regret)
        print(f"{format_move(move.move):{width}}  {value:>5}  {regret:>6}")
    return 0


def _value(value: int | None) -> str:
    if value is None:
        return "orange can escape for ever"
    return "captured" if value == 0 else f"capture in {value} under best play"


def _progress(done: float) -> None:
    end = "\n" if done >= 1 else ""
    print(f"\rsolving this board: {done:4.0%}", end=end, file=sys.stderr, flush=True)
