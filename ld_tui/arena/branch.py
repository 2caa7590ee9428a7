"""Branches of a game: its first turns, to be gone on with otherwise."""

from dataclasses import replace

from ld_tui.game.parent import Parent
from ld_tui.game.record import GameRecord


def first_turns(record: GameRecord, ply: int) -> GameRecord:
    """Return a game as it stood when so many turns were played, emergencies of then included.

    Illegal choices of the turn that followed are left out; all turns are the game as it is.
    """
    if not 0 <= ply <= len(record.turns):
        raise ValueError(f"turn {ply} of {len(record.turns)}")
    if ply == len(record.turns):
        return record
    return replace(
        record,
        turns=record.turns[:ply],
        struck=tuple(item for item in record.struck if item.ply <= ply),
        pending=(),
        last_events=(),
        result=None,
    )


def branch_of(record: GameRecord, ply: int, name: str, change: str = "") -> GameRecord:
    """Return a new game that begins with a game's first turns, and names it as its parent.

    `name`: of the file that the game is saved in; `change`: what is otherwise from there on. It
    has the game's seed, so that programs go on as they would have.
    """
    begun = first_turns(record, ply)
    parent = Parent(name, ply, change)
    return replace(begun, pending=(), last_events=(), result=None, parent=parent)
