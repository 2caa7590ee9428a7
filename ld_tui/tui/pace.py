"""How long things stand on the screen: turns, when programs play, and an author's finished work."""

import time

SPEEDS = (4.0, 2.0, 1.2, 0.8, 0.5, 0.25, 0.1, 0.0)
"""Seconds for which a turn stands on the screen when programs play each other."""
DEFAULT_SPEED = 3
LOOK = 4.0
"""Seconds for which an author's finished work stands on the screen at the default speed."""


class Pace:
    """The speed, and since when there is what to look at."""

    def __init__(self, speed: int) -> None:
        self.speed = speed
        """Index into `SPEEDS`."""
        self.wants_work: bool | None = None
        """What the person wants to see of an author's work; None: as it comes."""
        self._shown_at = time.monotonic()
        self._look_until = 0.0

    @property
    def is_looking(self) -> bool:
        """Tell whether an author's finished work still stands on the screen."""
        return time.monotonic() < self._look_until

    def change(self, by: int) -> None:
        self.speed = min(len(SPEEDS) - 1, max(0, self.speed + by))

    def set_seconds(self, seconds: float) -> None:
        """Take the speed whose turns stand most nearly so long."""
        self.speed = min(range(len(SPEEDS)), key=lambda at: abs(SPEEDS[at] - seconds))

    def turn_done(self) -> None:
        """Notice that a turn was played."""
        self._shown_at = time.monotonic()

    def work_done(self, watching: bool) -> float:
        """Notice that an author is done; return for how many seconds that is to be looked at.

        Watching, that is in proportion to the speed.
        """
        seconds = LOOK
        if watching:
            seconds = min(2 * LOOK, LOOK * SPEEDS[self.speed] / SPEEDS[DEFAULT_SPEED])
        self._look_until = time.monotonic() + seconds
        return seconds

    def delay(self) -> float:
        """Return how many seconds a program's decision is held back from now, watching."""
        until = max(self._shown_at, self._look_until)
        return max(0.0, until + SPEEDS[self.speed] - time.monotonic())
