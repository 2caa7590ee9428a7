"""The app's part that opens the function base; what it takes is loaded with the first visit."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from textual.app import App, SystemCommand
from textual.screen import Screen

from ld_tui.tui.messages import BaseChanged, EngineSaid

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp
    from ld_tui.tui.screens.play import PlayScreen
    from ld_tui.tui.visiting import Visits


class FunctionsApp(App[None]):
    """An app from which functions can be edited."""

    _play: "PlayScreen | None" = None
    _visits: "Visits | None" = None

    @property
    def play(self) -> "PlayScreen | None":
        """The screen of the game that goes on, whatever stands over it."""
        return self._play

    @property
    def visits(self) -> "Visits":
        """The function base, to be edited."""
        if self._visits is None:
            from ld_tui.tui.visiting import Visits

            self._visits = Visits(cast("LdTuiApp", self))
        return self._visits

    def action_functions(self) -> None:
        """Open the function base."""
        self.visits.open()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Add our own command to the palette's."""
        yield from super().get_system_commands(screen)
        yield SystemCommand("Functions", "Edit the function base", self.action_functions)

    def on_base_changed(self, message: BaseChanged) -> None:
        self.visits.changed_outside(message.names)

    def watch_functions(self) -> None:
        """Begin to notice what other programs change."""
        self.visits.watcher.start()

    def hear_for_functions(self, message: EngineSaid) -> None:
        """Pass on what the engine said."""
        if self._visits is not None:
            self._visits.hear(message)

    def leave_functions(self, seconds: float) -> None:
        """Keep what isn't applied, waiting so long at most."""
        if self._visits is not None:
            self._visits.close(seconds)
