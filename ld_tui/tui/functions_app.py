"""The app's part that opens the function base; what it takes is loaded with the first visit."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from textual.app import App, SystemCommand
from textual.screen import Screen

from ld_tui.tui.messages import BaseChanged, EngineSaid, FunctionsKept

if TYPE_CHECKING:
    from ld_tui.agent.events import FunctionAdmitted
    from ld_tui.tui.app import LdTuiApp
    from ld_tui.tui.screens.play import PlayScreen
    from ld_tui.tui.settings import Setup
    from ld_tui.tui.visiting import Visits


class FunctionsApp(App[None]):
    """An app from which functions can be edited."""

    setup: "Setup"
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

    def keep(self, functions: "Sequence[FunctionAdmitted]") -> None:
        """Put functions that were written in a game into the function base; it takes a moment."""
        from ld_tui.tui.keeping import keep_in_thread

        watcher = self.visits.watcher

        def tell(message: FunctionsKept) -> None:
            watcher.settle()
            self._tell_kept(message)

        keep_in_thread(functions, self.setup.functionbase, tell)

    def on_functions_kept(self, message: FunctionsKept) -> None:
        if self._play is not None:
            self._play.kept(message)

    def _tell_kept(self, message: FunctionsKept) -> None:
        if self.is_running:
            self.post_message(message)

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
