"""What a saved game looks like beside what a game in progress does: timeline and comment. Pure."""

from ld_tui.arena.marks import loss_text
from ld_tui.arena.turning import blame_lines
from ld_tui.game.notation import format_move
from ld_tui.tui.analyses import steps_text
from ld_tui.tui.emergencies import LETTERS, SIGNS
from ld_tui.tui.replaying import Replaying
from ld_tui.tui.text import Line
from ld_tui.tui.widgets.status import side_glyph
from ld_tui.tui.widgets.timeline import TimelineView
from ld_tui.tui.widgets.value import Worth

MARK_STYLES = {"": "", "?!": "warn", "?": "warn strong", "??": "bad strong", "!": "good strong"}


def timeline_view(game: Replaying, letters: bool) -> TimelineView:
    """Return the timeline, and what is to be said of the turn just played."""
    signs = LETTERS if letters else SIGNS
    kinds = {item.ply: signs[item.emergency.kind] for item in game.whole.record.struck}
    return TimelineView(
        at=game.at,
        last=game.last,
        values=tuple(None if each is None else Worth(each.value) for each in game.values),
        marks=tuple(mark_of(game, ply) for ply in range(game.last)),
        emergencies={ply: kinds.get(ply, "!") for ply in game.emergencies_at},
        comment=tuple(comment(game, letters)),
        blame=blame(game),
        letters=letters,
    )


def mark_of(game: Replaying, ply: int) -> str:
    """Return the mark of a turn, as far as it is known."""
    review = game.review_of(ply)
    return review.verdict.mark if review is not None and review.verdict is not None else ""


def comment(game: Replaying, letters: bool) -> Line:
    """Say what the turn just played was worth, and what its loss falls on."""
    if game.at == 0:
        count = len(game.turning_points)
        points = f"{count} turning point{'s' * (count != 1)}"
        text = points if game.reviews.is_complete else "still looking at the turns…"
        if game.analyst.problem:
            text = game.analyst.problem
        return [("the start", "strong"), (f"  {text}", "quiet")]
    turn = game.whole.record.turns[game.at - 1]
    step = game.whole.positions[game.at - 1].steps + 1
    line: Line = [
        (f"{step} ", "quiet"),
        (side_glyph(turn.side, letters) + " ", str(turn.side)),
        (format_move(turn.move), "strong"),
    ]
    review = game.review
    if review is None or review.verdict is None:
        return line
    verdict = review.verdict
    if verdict.mark:
        line.append((f" {verdict.mark}", MARK_STYLES[verdict.mark]))
    if not verdict.is_turning_point:
        said = "the only move, and greedy misses it" if verdict.mark == "!" else "no better move"
        return [*line, (f"  {said}: {steps_text(verdict.reached)}", "quiet")]
    return [*line, (f"  {loss_text(verdict.regret, verdict.best)}", "warn")]


def blame(game: Replaying) -> str:
    """Say what the loss of the turn just played falls on; empty where that isn't known."""
    review = game.review
    if review is None:
        return ""
    return "; ".join(blame_lines(review.blame)) or review.note
