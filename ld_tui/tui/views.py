"""What a game in progress looks like, as the views that the widgets show. Pure."""

import time
from collections.abc import Sequence

from ld_tui.game.board import Cell, format_cell
from ld_tui.game.notation import format_move
from ld_tui.game.record import IllegalChoice, Turn
from ld_tui.game.rules import Move, Outcome, Reason, Side
from ld_tui.tui.analyses import mark, steps_text
from ld_tui.tui.conductor import SPEEDS, Conductor
from ld_tui.tui.picture import Picture, trails_of
from ld_tui.tui.settings import ABOUT, NAMES
from ld_tui.tui.text import Line
from ld_tui.tui.widgets.decision import DecisionView
from ld_tui.tui.widgets.status import StatusView, side_glyph
from ld_tui.tui.widgets.value import ValueView, Worth

_MARK_STYLE = {"": "", "?!": "warn", "?": "warn strong", "??": "bad strong"}


def status_view(game: Conductor, letters: bool) -> StatusView:
    """Return the line on top."""
    record, position = game.game.record, game.position
    par = game.par
    return StatusView(
        names=(NAMES.get(record.blue.kind, "?"), NAMES.get(record.orange.kind, "?")),
        to_move=None if game.is_over else position.to_move,
        step=steps_begun(game),
        max_steps=position.rules.max_steps,
        par=("?" if game.analyst.problem else "…")
        if par is None
        else "∞"
        if par.value is None
        else str(par.value),
        illegal=(position.illegal.blue, position.illegal.orange),
        max_illegal=position.rules.max_illegal,
        activity=activity(game),
        letters=letters,
    )


def steps_begun(game: Conductor) -> int:
    """Return the step that is being played, from 1; of a finished game, its last."""
    position = game.position
    ended_with_orange = game.is_over and position.to_move is Side.BLUE
    return min(position.steps + (not ended_with_orange), position.rules.max_steps)


def activity(game: Conductor) -> str:
    """Say in a word or two what goes on."""
    if game.is_over:
        return ""
    if game.trouble:
        return "stuck"
    speed = f"{SPEEDS[game.speed]:g} s a turn" if game.is_watching else ""
    return ", ".join(filter(None, ["paused" * game.is_paused, speed]))


def value_view(game: Conductor, letters: bool) -> ValueView:
    """Return what the game is worth, and was at the beginning of each step."""
    positions = game.game.positions
    at = [ply for ply in range(len(positions)) if positions[ply].to_move is Side.BLUE]
    found = [game.analysis_at(ply) for ply in at]
    now = game.analysis
    result = game.game.outcome
    return ValueView(
        now=None if now is None else Worth(now.value),
        solving=game.analyst.solving,
        is_unknown=bool(game.analyst.problem),
        past=tuple(None if item is None else Worth(item.value) for item in found),
        outcome="" if result is None else f"{str(result.winner).title()} wins",
        letters=letters,
    )


def outcome_text(game: Conductor, result: Outcome) -> str:
    """Say in what way the game ended, and how that compares with par."""
    steps, par = steps_begun(game), game.par
    compared = f", par {par.value}" if par is not None and par.value is not None else ""
    match result.reason:
        case Reason.CAPTURE:
            return f"captured in {steps} step{'s'[: steps > 1]}{compared}"
        case Reason.STEPS:
            return f"not captured in {steps} steps"
        case Reason.ILLEGAL:
            loser, rules = result.winner.other, game.position.rules
            count = getattr(game.position.illegal, loser)
            return f"{loser} made {count} illegal choices, {rules.max_illegal} are forgiven"
        case Reason.RESIGNED:
            return f"{result.winner.other} gave up"


def picture(
    game: Conductor,
    cursor: Cell | None,
    hovered: Cell | None,
    marked: frozenset[Cell],
    is_blocking: bool,
) -> Picture:
    """Return the board: the turn being put together, legal targets, the last moves' trails."""
    position, draft = game.position, game.draft
    blue, orange = position.blue, position.orange
    legal: tuple[Cell, ...] = ()
    selected: Cell | None = None
    trails = _last_trails(game)
    if game.is_persons_turn:
        shown = draft.standing
        blue = shown if draft.side is Side.BLUE else blue
        orange = shown[0] if draft.side is Side.ORANGE else orange
        if draft.is_begun:
            trails = {cell: trail for cell, trail in trails.items() if trail[0] is not draft.side}
            for source, target in zip(draft.sources, draft.targets, strict=True):
                if target is not None:
                    one = Move((source,), (target,))
                    trails |= trails_of(draft.side, one, position.rules)
        if not is_blocking:
            dot = draft.selected
            over = draft.dots_on(hovered) if hovered is not None else ()
            if over:
                dot = over[0]
            legal = draft.legal(dot) if dot is not None else ()
            if dot is not None:
                selected = draft.standing[dot]
    return Picture(
        size=position.base.size,
        blue=blue,
        orange=orange,
        closed=position.rules.closed,
        marked=marked,
        legal=frozenset(legal),
        legal_side=position.to_move,
        cursor=cursor,
        selected=selected,
        trails=trails,
    )


def _last_trails(game: Conductor) -> dict[Cell, tuple[Side, bool]]:
    """Return the trails of each side's last move."""
    trails: dict[Cell, tuple[Side, bool]] = {}
    turns = game.game.record.turns
    for ply in range(max(0, len(turns) - 2), len(turns)):
        turn = turns[ply]
        trails |= trails_of(turn.side, turn.move, game.game.positions[ply].rules)
    return trails


def decision_view(game: Conductor, engine: str, letters: bool) -> DecisionView:
    """Return the decision under way, or the last one."""
    doing = ""
    if game.thinking_since is not None:
        seconds = int(time.monotonic() - game.thinking_since)
        doing = f"thinking {seconds} s" if seconds else "thinking"
    rival = next(
        (game.game.record.player(side).kind for side in Side if not game.is_human(side)), "ld"
    )
    return DecisionView(
        trace=game.trace,
        activity=doing,
        verdict=_verdict(game),
        waiting=(
            f"Here you see how {NAMES.get(rival, rival)} decides: {ABOUT.get(rival, '')}.",
            "At each stage it is asked a question; the retriever finds the functions whose "
            "manuals are nearest, the S-LLM picks one of them, and the function runs.",
            engine,
        ),
        letters=letters,
    )


def _verdict(game: Conductor) -> tuple[str, str]:
    """Say what the decision shown was worth, once it is played and known."""
    trace, turns = game.trace, game.game.record.turns
    if trace is None or not trace.move:
        return "", ""
    for ply in range(len(turns) - 1, max(-1, len(turns) - 3), -1):
        if turns[ply].side is trace.side and format_move(turns[ply].move) == trace.move:
            before = game.analysis_at(ply)
            if before is None or trace.move not in before.moves:
                return "", ""
            worth = before.moves[trace.move]
            if worth.regret == 0 or worth.value == before.value:
                return f"no better move: {steps_text(worth.value)}", "good"
            lost = (
                "everything"
                if worth.regret is None
                else f"{worth.regret} step{'s' * (worth.regret > 1)}"
            )
            return f"lost {lost}; best was {before.best}", "warn"
    return "", ""


def move_lines(game: Conductor, letters: bool) -> list[Line]:
    """Return the list of turns, emergencies, illegal choices and notes, oldest first."""
    record = game.game.record
    lines: list[Line] = []
    for ply, turn in enumerate(record.turns):
        lines += _between(game, ply, turn.illegal, letters)
        lines.append(_turn_line(game, ply, turn, letters))
    return lines + _between(game, len(record.turns), record.pending, letters)


def _between(
    game: Conductor, ply: int, choices: Sequence[IllegalChoice], letters: bool
) -> list[Line]:
    """Return what happened before a turn's move, in the order of time."""
    found: list[tuple[tuple[int, int, int], Line]] = []
    for at, choice in enumerate(choices):
        text = f"{choice.side}: {choice.reason}"
        found.append(((at, 1, 0), _happened("x" if letters else "✗", text, "bad")))
    for at, struck in enumerate(game.game.record.struck):
        if struck.ply == ply:
            line = _happened("#" if letters else "▒", struck.emergency.describe(), "warn")
            found.append(((game.notes.struck_after(at), 0, 2 * at), line))
    for note in game.notes:
        if note.ply == ply:
            sign, style = ("!", "bad") if note.is_trouble else ("·", "quiet")
            when = (note.illegal, 0, 2 * note.struck - 1)
            found.append((when, _happened(sign, note.text, style)))
    return [line for _, line in sorted(found, key=lambda item: item[0])]


def _turn_line(game: Conductor, ply: int, turn: Turn, letters: bool) -> Line:
    before = game.analysis_at(ply)
    text = format_move(turn.move)
    worth = before.moves.get(text) if before is not None else None
    sign = mark(worth, before)
    step = game.game.positions[ply].steps + 1
    line: Line = [
        (f"{step:>3} " if turn.side is Side.BLUE else "    ", "quiet"),
        (side_glyph(turn.side, letters) + " ", str(turn.side)),
        (text.ljust(14 if game.position.base.size < 10 else 18), ""),
        (f" {sign:<2} ", _MARK_STYLE[sign]),
    ]
    result = game.game.outcome
    if result is not None and result.reason is Reason.CAPTURE and ply == game.game.ply - 1:
        line.append(("captured", "good"))
    elif worth is not None:
        line.append((steps_text(worth.value), "quiet"))
    return line


def _happened(sign: str, text: str, style: str) -> Line:
    return [(f"  {sign} ", style), (text, style)]


def cells_text(cells: frozenset[Cell]) -> str:
    """Write cells in ascending order."""
    return " ".join(map(format_cell, sorted(cells)))
