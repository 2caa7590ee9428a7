"""When the terminal's bell rings, where the settings let it."""

from ld_tui.tui.conductor import Conductor


class Ear:
    """Listens to one game for what a person who looks elsewhere has to hear."""

    def __init__(self, game: Conductor) -> None:
        self._game = game
        self._known = self._state()

    def rings(self) -> bool:
        """Tell whether, since last asked, it became the person's turn, or something struck, or
        the game ended."""
        before, self._known = self._known, self._state()
        return any(now > old for now, old in zip(self._known, before, strict=True))

    def _state(self) -> tuple[int, int, int]:
        game = self._game
        # Turns counted by plies: several may pass between two looks.
        own = game.game.ply + 1 if game.is_persons_turn else 0
        return own, len(game.game.record.struck), int(game.is_over)
