"""What a game in progress looks like, as the views that the widgets show. Pure."""

import time
from typing import TYPE_CHECKING

from ld_tui.game.board import Cell, format_cell
from ld_tui.game.emergencies import storm_cells
from ld_tui.game.notation import format_move
from ld_tui.game.rules import Move, Outcome, Reason, Side
from ld_tui.tui.analyses import steps_text
from ld_tui.tui.clock import clock_text
from ld_tui.tui.conductor import Conductor
from ld_tui.tui.ground import is_only_map, raised_text
from ld_tui.tui.pace import SPEEDS
from ld_tui.tui.picture import Picture, trails_of
from ld_tui.tui.players import name_of
from ld_tui.tui.settings import ABOUT, NAMES
from ld_tui.tui.sight import Sight
from ld_tui.tui.summary import summary_of
from ld_tui.tui.widgets.author import WorkView
from ld_tui.tui.widgets.decision import DecisionView
from ld_tui.tui.widgets.status import StatusView
from ld_tui.tui.widgets.summary import SummaryView
from ld_tui.tui.widgets.value import ValueView, Worth

if TYPE_CHECKING:
    from ld_tui.tui.faults import Faults

PEOPLE = (
    "Two people play at this screen: whose turn it is stands on top.",
    "b or o hands a side to LD, and this panel shows how it decides.",
)
"""What the panel says where no program decides."""


def status_view(game: Conductor, letters: bool) -> StatusView:
    """Return the line on top."""
    position = game.position
    par = game.par
    return StatusView(
        names=(name_of(game.game, Side.BLUE), name_of(game.game, Side.ORANGE)),
        clocks=(_clock(game, Side.BLUE), _clock(game, Side.ORANGE)),
        to_move=None if game.is_over else position.to_move,
        step=steps_begun(game),
        max_steps=position.rules.max_steps,
        par="?"
        if game.sight.is_hidden
        else ("?" if game.analyst.problem else "…")
        if par is None
        else "∞"
        if par.value is None
        else str(par.value),
        illegal=(position.illegal.blue, position.illegal.orange),
        max_illegal=position.rules.max_illegal,
        activity=activity(game),
        letters=letters,
    )


def _clock(game: Conductor, side: Side) -> str:
    left = game.clock.left(side)
    return "" if left is None else clock_text(left)


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
    return ", ".join(filter(None, ["paused" * game.is_paused, speed, fog_text(game.sight)]))


def fog_text(sight: Sight) -> str:
    """Say in fog that orange is unseen, and to whom it isn't shown where it was seen last."""
    if sight.is_hidden and sight.seen is not None:
        return f"fog: orange last seen at {format_cell(sight.seen)}"
    return "orange unseen" if sight.is_unseen else ""


def value_view(game: Conductor, letters: bool) -> ValueView:
    """Return what the game is worth, and was at the beginning of each step."""
    positions = game.game.positions
    at = [ply for ply in range(len(positions)) if positions[ply].to_move is Side.BLUE]
    sight = game.sight
    found = [None if sight.hides_position(ply) else game.analysis_at(ply) for ply in at]
    now = None if sight.hides_position(len(positions) - 1) else game.analysis
    result = game.game.outcome
    return ValueView(
        now=None if now is None else Worth(now.value),
        solving=game.analyst.solving,
        is_unknown=bool(game.analyst.problem),
        is_hidden=sight.is_hidden,
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


def summary_view(game: Conductor, letters: bool, faults: "Faults | None" = None) -> SummaryView:
    """Return what a finished game came to; empty while it goes on.

    `faults` tells what the biggest mistake that functions stand behind falls on.
    """
    result = game.game.outcome
    if result is None:
        return SummaryView()
    keys = ((",", "look back"), ("a", "again"), ("z", "switch sides"), ("n", "new game"))
    resigned = result.reason is Reason.RESIGNED
    more = (("u", "take back"),) if game.can_take_back or resigned else ()
    summary = summary_of(game)
    blame: tuple[str, ...] = ()
    if faults is not None and summary.explained is not None:
        blame = tuple(faults.lines(game.game, summary.explained.ply))
    text = outcome_text(game, result)
    last = (("X", "export"),)
    return SummaryView(result, text, summary, (*keys, *more, *last), letters, blame)


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
    sight, rules = game.sight, position.rules
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
        orange=None if sight.is_hidden else orange,
        closed=rules.closed,
        storm=storm_cells(position),
        jammed=rules.frozen,
        sprints=rules.orange_units > position.base.orange_units,
        unseen=sight.is_unseen,
        ghost=sight.seen if sight.is_hidden else None,
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
        if turn.side is Side.ORANGE and game.sight.hides_turn(ply, turn.side):
            continue
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
        is_veiled=is_veiled(game),
        activity=doing,
        verdict=_verdict(game),
        waiting=PEOPLE if all(map(game.is_human, Side)) else _told_of(rival, engine),
        letters=letters,
    )


def _told_of(rival: str, engine: str) -> tuple[str, ...]:
    """Say what the panel will show of a program's decisions."""
    name = NAMES.get(rival, rival)
    if rival != "ld":
        return (
            f"{name} plays: {ABOUT.get(rival, '')}.",
            "It decides in no stages; its moves will stand here.",
            f"b or o hands a side to {name} or takes it back; to see LD decide, choose it as the "
            "opponent on the start screen (n).",
        )
    return (
        f"Here you see how LD decides: {ABOUT['ld']}.",
        "At each stage it is asked a question; the retriever finds the functions whose "
        "manuals are nearest, the S-LLM picks one of them, and the function runs.",
        "Of each function you see how far its manual is from the question, the least is the "
        "nearest, and the share in % that the S-LLM gives it.",
        engine,
    )


def is_veiled(game: Conductor) -> bool:
    """Tell whether what is known of the decision would tell a person where orange is in fog."""
    trace = game.trace
    return trace is not None and trace.side is Side.ORANGE and game.sight.is_hidden


def work_view(game: Conductor, letters: bool) -> WorkView:
    """Return what an author does, or did, in the decision that is shown."""
    doing = ""
    if game.is_authoring and game.thinking_since is not None:
        doing = f"{int(time.monotonic() - game.thinking_since)} s"
    trace = game.trace
    work = trace.authoring if trace is not None else None
    text, start = work.text if work is not None else "", game.game.record.start
    return WorkView(
        work=work,
        title="new map" if is_only_map(text, start) else "emergency",
        text=raised_text(text, start),
        side=trace.side if trace is not None else Side.BLUE,
        names=stage_names(game),
        activity=doing,
        is_working=game.is_authoring,
        is_veiled=is_veiled(game),
        can_keep=bool(game.written),
        letters=letters,
    )


def stage_names(game: Conductor) -> dict[int, str]:
    """Return the stages' names by number, as far as decisions of that side have told them."""
    trace = game.trace
    if trace is None:
        return {}
    names = {
        int(event["stage"]): str(event["name"])
        for turn in game.game.record.turns[-4:]
        if turn.side is trace.side
        for event in turn.events
        if event.get("event") == "stage"
    }
    return names | {stage.number: stage.name for stage in trace.stages if stage.name}


def _verdict(game: Conductor) -> tuple[str, str]:
    """Say what the decision shown was worth, once it is played and known."""
    trace, turns = game.trace, game.game.record.turns
    if trace is None or not trace.move:
        return "", ""
    for ply in range(len(turns) - 1, max(-1, len(turns) - 3), -1):
        if turns[ply].side is trace.side and format_move(turns[ply].move) == trace.move:
            if game.sight.hides_turn(ply, trace.side):
                return "", ""
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


def cells_text(cells: frozenset[Cell]) -> str:
    """Write cells in ascending order."""
    return " ".join(map(format_cell, sorted(cells)))
