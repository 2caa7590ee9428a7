"""When the terminal's bell rings, where sound is on."""

from ld_tui.tui.conductor import Conductor


class Bell:
    """Notices what is worth a sound: it is a person's turn again, the end, an illegal choice."""

    def __init__(self, game: Conductor) -> None:
        self._game = game
        self._last = self._state()

    def is_due(self) -> bool:
        """Tell whether something of it happened since it was asked last."""
        before, now = self._last, self._state()
        self._last = now
        ply, is_persons, is_over, illegal = now
        came = is_persons and ply > before[0]
        return came or (is_over and not before[2]) or illegal > before[3]

    def _state(self) -> tuple[int, bool, bool, int]:
        tally = self._game.position.illegal
        game = self._game
        return game.game.ply, game.is_persons_turn, game.is_over, tally.blue + tally.orange
