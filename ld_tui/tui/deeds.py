"""What a person can do to the whole game beside moving, and how its turns are marked."""

from typing import TYPE_CHECKING

from ld_tui.game.notation import format_move
from ld_tui.game.rules import Side
from ld_tui.tui.players import seed_at

if TYPE_CHECKING:
    from ld_tui.tui.conductor import Conductor


def resigning(game: "Conductor") -> Side | None:
    """Return the side that would give up: the person's whose turn it is, else the person's."""
    side = game.position.to_move
    if game.is_over:
        return None
    return next((one for one in (side, side.other) if game.is_human(one)), None)


def resign(game: "Conductor") -> None:
    """Give the game up for the person's side, if there is one."""
    if (side := resigning(game)) is not None:
        game.cancel()
        game.game.resign(side)
        game.renew()


def take_back(game: "Conductor") -> bool:
    """Take back that the game was given up, else turns; tell whether there was something."""
    if game.game.reopen():
        game.renew()
        return True
    return game.take_back()


def can_hurry(game: "Conductor") -> bool:
    """Tell whether LD thinks and could stop it."""
    kind = game.game.record.player(game.position.to_move).kind
    return game.is_thinking and kind == "ld" and not game.settings_once


def hurry(game: "Conductor") -> None:
    """Let LD stop thinking and move: what it has chosen stays, the rest is the nearest function.

    No author is waited for and the S-LLM not asked again.
    """
    if not can_hurry(game):
        return
    stages = game.trace.stages if game.trace is not None else []
    chosen = [stage.chosen.name for stage in stages if stage.chosen is not None]
    game.cancel()
    game.settings_once = {"select": "first", "author": "none", "chosen": chosen}
    game.notes.add("LD is told to move now")
    game.renew()


def mark_at(game: "Conductor", ply: int) -> str:
    """Return the mark of a turn: `?!`, `?`, `??`, `!` or nothing (see arena/marks.py)."""
    move = format_move(game.game.record.turns[ply].move)
    return game.analyst.mark(game.game.positions[ply], move, seed_at(game.game, ply))
