"""What positions and moves of a game were worth, by the tablebase or by whoever knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ld_tui.arena.marks import loss_mark, loss_text
from ld_tui.arena.resources import Resources
from ld_tui.errors import TablebaseError
from ld_tui.game.notation import format_move
from ld_tui.game.record import GameRecord, replay
from ld_tui.game.rules import is_captured


@dataclass(frozen=True, slots=True)
class Worth:
    """What a position is worth, and the move that was played in it."""

    value: int | None
    """Steps to capture under best play, the step in hand counted; None: orange can escape."""
    move_value: int | None = None
    """The same once the move is played."""
    regret: int | None = 0
    """Steps that the move lost; None where it gave away a capture or an escape altogether."""
    best: str = ""
    """A best move in notation; empty where none is known, or there was nothing to play."""
    blame: tuple[str, ...] = ()
    """What the loss falls on, in words; empty where that isn't known."""


Worths = Mapping[int, Worth]
"""By the turns played before; what isn't known is left out."""


def worths_of(record: GameRecord, progress: Callable[[float], None] | None = None) -> Worths:
    """Return the exact worth of every position of a game, solving boards that aren't solved yet.

    `progress` is told the part done of each board, 0 to 1. Boards too large to be solved are left
    out.
    """
    found: dict[int, Worth] = {}
    resources = Resources()
    try:
        for ply, position in enumerate(replay(record)):
            if is_captured(position):
                found[ply] = Worth(0)
                continue
            try:
                analysis = resources.table(position, progress).analysis(position)
            except TablebaseError:
                continue
            best = format_move(analysis.moves[0].move)
            found[ply] = Worth(analysis.value, best=best)
            if ply < len(record.turns):
                move = record.turns[ply].move
                played = next(item for item in analysis.moves if item.move == move)
                found[ply] = Worth(analysis.value, played.value, played.regret, best)
    finally:
        resources.close()
    return found


def value_text(value: int | None) -> str:
    """Say what a position is worth."""
    if value is None:
        return "orange can escape for ever"
    return "captured" if value == 0 else f"capture in {value}"


def mark_of(worth: Worth) -> str:
    """Return the mark of a move by what it lost."""
    return loss_mark(worth.regret)


def verdict_of(worth: Worth) -> str:
    """Say what a move lost, what would have been best, and what the loss falls on if known."""
    return "; ".join(filter(None, [loss_text(worth.regret, worth.best), *worth.blame]))
