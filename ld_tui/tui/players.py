"""Who plays a side, as the records name them."""

from ld_tui.game.record import PlayerSpec
from ld_tui.game.rules import Side
from ld_tui.tui.settings import Mode


def program(kind: str) -> PlayerSpec:
    """Return a program as a player with its default settings."""
    return PlayerSpec(kind, {"k": 5, "select": "s-llm"} if kind == "ld" else {})


def human() -> PlayerSpec:
    return PlayerSpec("human")


def player(side: Side, mode: Mode, kind: str) -> PlayerSpec:
    """Return who plays a side in a mode: the person, or a program of a kind."""
    return human() if mode == side else program(kind)
