"""Who plays a branch of a game."""

from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Side
from ld_tui.tui.players import HUMAN, human, program


def branch_players(record: GameRecord, mode: str) -> tuple[PlayerSpec, PlayerSpec]:
    """Return who plays blue and orange from a position of a game on.

    `mode`: `blue` or `orange` where a person does, `watch` where none does. A program stays where
    it was; for a person who leaves comes the other side's program, or LD.
    """
    blue, orange = (
        human() if mode == side else program_for(record, side) for side in (Side.BLUE, Side.ORANGE)
    )
    return blue, orange


def program_for(record: GameRecord, side: Side) -> PlayerSpec:
    """Return the program that plays a side: its own, the other side's, or LD."""
    both = (record.player(side), record.player(side.other))
    return next((spec for spec in both if spec.kind != HUMAN), program("ld"))
