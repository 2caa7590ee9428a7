"""What the person may know of orange in fog. Pure.

A person who plays blue against a program must not learn from the screen where orange is while no
dot sees it; whoever plays orange, or watches, sees all.
"""

from dataclasses import dataclass

from ld_tui.arena.game import Game
from ld_tui.game.board import Cell
from ld_tui.game.rules import Position, Side, is_in_sight, last_seen


@dataclass(frozen=True, slots=True)
class Sight:
    """What can be seen of orange now."""

    is_unseen: bool = False
    """Whether blue doesn't see it."""
    is_hidden: bool = False
    """Whether it is to be kept from the person, too."""
    seen: Cell | None = None
    """Where blue saw it last; None where there is no fog."""
    known: int = 0
    """The last ply at whose beginning the person knew where it was; -1: none."""

    def hides_turn(self, ply: int, side: Side) -> bool:
        """Tell whether a turn, and what it was worth, has to be kept from the person."""
        return self.is_hidden and (ply >= self.known if side is Side.ORANGE else ply > self.known)

    def hides_position(self, ply: int) -> bool:
        """Tell whether a position's value has to be kept from the person."""
        return self.is_hidden and ply > self.known


def sight_of(game: Game, is_for_blue: bool) -> Sight:
    """Return what can be seen now; `is_for_blue`: the person plays blue, and blue only."""
    position, positions = game.position, game.positions
    last = len(positions) - 1
    seen = last_seen(position)
    if is_in_sight(position) or game.outcome is not None:
        return Sight(seen=seen, known=last)
    known = next((ply for ply in range(last, -1, -1) if _is_known(positions, ply)), -1)
    return Sight(True, is_for_blue, seen, known)


def _is_known(positions: tuple[Position, ...], ply: int) -> bool:
    """Tell whether blue saw orange at a ply, if only before the fog of that ply came down."""
    if is_in_sight(positions[ply]):
        return True
    return ply > 0 and positions[ply - 1].rules.sight is None
