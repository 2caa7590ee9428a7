"""The best line: what best play of both sides comes to from a position, turn by turn."""

from collections.abc import Callable

from ld_tui.game.notation import parse_move
from ld_tui.game.rules import Move, Position, Side, outcome, play
from ld_tui.tui.analyses import Analysis

LONGEST = 40
"""Turns that a line has at most: where orange escapes for ever it has no end."""


class BestLine:
    """A line of best moves that grows as the values of its positions become known.

    Rules change on the way as they will in the game; each move is best by those in force at its
    time, as the tablebase takes them.
    """

    def __init__(
        self,
        start: Position,
        known: Callable[[Position], Analysis | None],
        ask: Callable[[Position], None],
    ) -> None:
        self.positions = [start]
        self.moves: list[Move] = []
        self._known = known
        self._ask = ask
        self._is_stuck = False

    @property
    def is_whole(self) -> bool:
        """Tell whether the line has come to its end."""
        over = outcome(self.positions[-1]) is not None
        return over or len(self.moves) >= LONGEST or self._is_stuck

    def grow(self) -> bool:
        """Go on as far as values are known, and ask for the next; tell whether it grew."""
        before = len(self.moves)
        while not self.is_whole:
            here = self.positions[-1]
            found = self._known(here)
            if found is None:
                self._ask(here)
                break
            if not found.best:
                self._is_stuck = True
                break
            move = parse_move(found.best)
            self.moves.append(move)
            self.positions.append(play(here, move))
        return len(self.moves) > before

    def sides(self) -> list[Side]:
        """Return who moves in each turn."""
        return [position.to_move for position in self.positions[:-1]]
