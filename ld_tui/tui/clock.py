"""The clock of a game: what each side has used, and has left. It only counts.

Running out of time ends nothing: programs think as fast as the machine lets them, and a save holds
no time that would decide a game. What a side has used is the sum of its turns' milliseconds, so
that the clock is kept in saves and goes back with turns that are taken back; what was used of a
turn that isn't finished is forgotten when the game is left.
"""

import time

from ld_tui.arena.game import Game
from ld_tui.game.rules import Side
from ld_tui.tui.players import CLOCK


class Clock:
    """Counts one game's seconds."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._since = time.monotonic()

    def limit(self, side: Side) -> int:
        """Return the seconds that a side has in all; 0 where there is no clock."""
        found = self._game.record.player(side).settings.get(CLOCK, 0)
        return found if isinstance(found, int) and found > 0 else 0

    def begin_turn(self) -> None:
        """Notice that a turn begins now."""
        self._since = time.monotonic()

    def turn_ms(self) -> float:
        """Return the milliseconds of a person's turn so far; 0 where there is no clock."""
        if not self.limit(self._game.position.to_move):
            return 0.0
        return round((time.monotonic() - self._since) * 1000, 3)

    def left(self, side: Side) -> float | None:
        """Return the seconds that a side has left, below 0 once they are used up."""
        limit = self.limit(side)
        if not limit:
            return None
        used = sum(turn.ms for turn in self._game.record.turns if turn.side is side) / 1000
        if self._game.outcome is None and self._game.position.to_move is side:
            used += time.monotonic() - self._since
        return limit - used

    @property
    def is_on(self) -> bool:
        return any(self.limit(side) for side in Side)


def clock_text(seconds: float) -> str:
    """Write what is left: `4:59`, or `-0:03` where it is used up."""
    whole = int(seconds) if seconds >= 0 else -int(-seconds)
    minutes, rest = divmod(abs(whole), 60)
    return f"{'-' if seconds < 0 else ''}{minutes}:{rest:02}"
