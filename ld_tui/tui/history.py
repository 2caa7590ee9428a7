"""What happened in a game so far, as lines: turns, emergencies, illegal choices, notes. Pure."""

from collections.abc import Sequence

from ld_tui.game.notation import format_move
from ld_tui.game.record import IllegalChoice, Turn
from ld_tui.game.rules import Reason, Side
from ld_tui.tui.analyses import steps_text
from ld_tui.tui.authoring import briefly
from ld_tui.tui.conductor import Conductor
from ld_tui.tui.deeds import mark_at
from ld_tui.tui.emergencies import LETTERS, SIGNS, admitted_in, end_text, ended
from ld_tui.tui.sight import Sight
from ld_tui.tui.text import Line
from ld_tui.tui.widgets.status import side_glyph

_MARK_STYLE = {"": "", "?!": "warn", "?": "warn strong", "??": "bad strong", "!": "good strong"}


def move_lines(game: Conductor, letters: bool, marks: bool = True) -> list[Line]:
    """Return the list of turns, emergencies, illegal choices and notes, oldest first.

    `marks`: whether moves that lost steps are marked.
    """
    record = game.game.record
    lines: list[Line] = []
    sight = game.sight
    for ply, turn in enumerate(record.turns):
        lines += _between(game, ply, turn.illegal, letters, sight)
        lines += _written(turn, sight.hides_turn(ply, turn.side), letters)
        lines.append(_turn_line(game, ply, turn, letters, sight, marks))
    lines += _between(game, len(record.turns), record.pending, letters, sight)
    if record.result is not None and record.result.reason is Reason.RESIGNED:
        lines.append(_happened("·", f"{record.result.winner.other} gave up", "quiet"))
    return lines


def _between(
    game: Conductor, ply: int, choices: Sequence[IllegalChoice], letters: bool, sight: Sight
) -> list[Line]:
    """Return what happened before a turn's move, in the order of time."""
    found: list[tuple[tuple[int, int, int], Line]] = []
    positions, signs = game.game.positions, LETTERS if letters else SIGNS
    if ply:
        for over in ended(positions[ply - 1], positions[ply]):
            found.append(((0, -1, 0), _happened(signs[over.kind], end_text(over), "good")))
    for at, choice in enumerate(choices):
        hidden = choice.side is Side.ORANGE and sight.hides_turn(ply, choice.side)
        text = f"{choice.side}: {'an illegal choice, unseen' if hidden else choice.reason}"
        found.append(((at, 1, 0), _happened("x" if letters else "✗", text, "bad")))
    for at, struck in enumerate(game.game.record.struck):
        if struck.ply == ply:
            sign = signs[struck.emergency.kind]
            line = _happened(sign, struck.emergency.describe(), "warn")
            found.append(((game.notes.struck_after(at), 0, 2 * at), line))
    for note in game.notes:
        if note.ply == ply:
            sign, style = ("!", "bad") if note.is_trouble else ("·", "quiet")
            when = (note.illegal, 0, 2 * note.struck - 1)
            found.append((when, _happened(sign, note.text, style)))
    return [line for _, line in sorted(found, key=lambda item: item[0])]


def _written(turn: Turn, hidden: bool, letters: bool) -> list[Line]:
    """Return a line for each function that an author got admitted in a turn."""
    return [
        _happened(
            "+" if letters else "✓",
            f"{event.name} is new" + ("" if hidden else f": {briefly(event.measured)}"),
            "good",
        )
        for event in admitted_in(turn.events)
    ]


def _turn_line(
    game: Conductor, ply: int, turn: Turn, letters: bool, sight: Sight, marks: bool
) -> Line:
    hidden = sight.hides_turn(ply, turn.side)
    before = None if hidden else game.analysis_at(ply)
    text = format_move(turn.move)
    worth = before.moves.get(text) if before is not None else None
    sign = mark_at(game, ply) if marks and not hidden else ""
    step = game.game.positions[ply].steps + 1
    line: Line = [
        (f"{step:>3} " if turn.side is Side.BLUE else "    ", "quiet"),
        (side_glyph(turn.side, letters) + " ", str(turn.side)),
        (_unseen(turn, hidden, text).ljust(14 if game.position.base.size < 10 else 18), ""),
        (f" {sign:<2} ", _MARK_STYLE[sign]),
    ]
    result = game.game.outcome
    if result is not None and result.reason is Reason.CAPTURE and ply == game.game.ply - 1:
        line.append(("captured", "good"))
    elif worth is not None:
        line.append((steps_text(worth.value), "quiet"))
    return line


def _unseen(turn: Turn, hidden: bool, text: str) -> str:
    return "moves unseen" if hidden and turn.side is Side.ORANGE else text


def _happened(sign: str, text: str, style: str) -> Line:
    return [(f"  {sign} ", style), (text, style)]
