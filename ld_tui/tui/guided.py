"""The app's part that opens the guide to the first game, from anywhere."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from textual.app import App, SystemCommand
from textual.screen import Screen

from ld_tui.game.rules import Position
from ld_tui.tui.opening import start_of
from ld_tui.tui.settings import Wanted

if TYPE_CHECKING:
    from ld_tui.tui.screens.play import PlayScreen


class Guided(App[None]):
    """An app with a guide."""

    def begin_tutorial(self) -> None:
        """Begin the first game, with its guide."""
        from ld_tui.tui.lesson import SEED, SIZE
        from ld_tui.tui.screens.tutorial import TutorialScreen

        before = self._offered_now()
        self._leave_game()
        wanted = Wanted("blue", SIZE)
        screen = self._new_game(wanted, *start_of(wanted, SEED), TutorialScreen)
        screen.before = before
        self.stand(screen)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Add the guide to the palette's commands."""
        yield from super().get_system_commands(screen)
        yield SystemCommand("Tutorial", "A first game with a guide", self.begin_tutorial)

    def stand(self, screen: Screen[None]) -> None:
        raise NotImplementedError

    def _offered_now(self) -> Wanted:
        raise NotImplementedError

    def _leave_game(self, seconds: float = 0.0) -> None:
        raise NotImplementedError

    def _new_game(
        self, wanted: Wanted, seed: int, start: Position, kind: "type[PlayScreen] | None" = None
    ) -> "PlayScreen":
        raise NotImplementedError
