"""What the loss of a single turn falls on, asked of the engine once and never awaited."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ld_tui.arena.game import Game
from ld_tui.arena.turning import Loss, blame_lines, review_from_dict
from ld_tui.tui.ports import ReviewingEngine
from ld_tui.tui.reviews import request_of


class Faults:
    """Asks for the review of single turns, and keeps what came of it."""

    def __init__(self, engine: ReviewingEngine) -> None:
        self._engine = engine
        self._asked: dict[int, tuple[int, str]] = {}
        """Under way: request id -> the turn, 0-based, and the position that it led to."""
        self._found: dict[tuple[int, str], Sequence[Loss]] = {}

    def lines(self, game: Game, ply: int) -> list[str]:
        """Say in words what a turn's loss falls on, the largest part first.

        Asks where that isn't known; a turn that was taken back and played anew is another one.
        """
        turn = ply, game.record.turns[ply].after
        if turn not in self._found:
            # An engine that fails is asked no second time.
            self._found[turn] = ()
            self._asked[self._engine.review(request_of(game, ply, True))] = turn
        return blame_lines(self._found[turn])

    def heard(self, message: Mapping[str, Any]) -> bool:
        """Take a message, and tell whether it answers; where there is nothing, none is claimed."""
        number, event = message.get("id"), message.get("event")
        if number not in self._asked or event in ("progress", "again"):
            return False
        turn = self._asked.pop(number)
        if event == "reviewed":
            with suppress(KeyError, TypeError, ValueError):
                self._found[turn] = review_from_dict(message).blame
        return True

    def close(self) -> None:
        """Stop what is under way."""
        for number in self._asked:
            self._engine.stop(number)
        self._asked.clear()
