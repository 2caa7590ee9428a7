"""Visits to the function base: who opened it, what waits meanwhile, and changes from outside."""

from typing import TYPE_CHECKING

from ld_tui.functionbase.shelf import Place
from ld_tui.tui.fared import left_as_drafts
from ld_tui.tui.messages import BaseChanged, EngineSaid
from ld_tui.tui.screens.functions import FunctionsScreen
from ld_tui.tui.watching import Watcher

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp


class Visits:
    """Opens the functions' screen over another one, and watches the files from then on."""

    def __init__(self, app: "LdTuiApp") -> None:
        self._app = app
        self._screen: FunctionsScreen | None = None
        self.applied: list[Place] = []
        """What was applied in the latest visit in which anything was."""
        self.watcher = Watcher(app.setup.functionbase, self._tell)

    def open(self, first: str = "") -> None:
        """Open the functions, `first` being the one to begin with; a game on screen waits."""
        if self._screen is not None and self._screen in self._app.screen_stack:
            return
        app, play = self._app, self._app.play
        setup = app.setup
        screen = FunctionsScreen(
            app.engine,
            setup.functionbase,
            setup.saves,
            setup.ascii_only,
            self.watcher.settle,
            first,
        )
        self._screen = screen
        waits = play is not None and play.wait_for_functions()

        def back(_: None) -> None:
            self._screen = None
            bench = screen.bench
            self.applied = bench.applied or self.applied
            # What is left to be written is written while the game is on the screen again.
            screen.shut(0.0)
            if play is not None and app.play is play:
                play.back_from_functions(screen.changes, screen.typed, waits)
                for name in left_as_drafts(bench.stock, bench.sheet, bench.edited):
                    play.conductor.note(f"functions: {name} is a draft; f, then ctrl+s applies it")

        app.push_screen(screen, back)

    def leave(self) -> None:
        """Go back to where one came from."""
        if self._screen is not None:
            self._screen.is_left = True
            # It may not stand yet.
            self._screen.call_after_refresh(self._dismiss)

    def _dismiss(self) -> None:
        if self._screen is not None:
            # Not awaited, as what is called returns nothing: it would wait for itself.
            self._screen.dismiss()

    def hear(self, message: EngineSaid) -> None:
        """Pass on what the engine said."""
        if self._screen is not None and self._screen.is_running:
            self._screen.hear(message)

    def changed_outside(self, names: tuple[str, ...]) -> None:
        """Take up what another program changed, and say so once."""
        self._app.engine.reload()
        if self._screen is not None:
            self._screen.bench.changed_outside(names)
        if (play := self._app.play) is not None:
            play.conductor.note(f"changed outside, and read again: {', '.join(names)}")

    def close(self, seconds: float) -> None:
        """Keep what isn't applied, waiting so long at most; watch no longer."""
        self.watcher.close()
        if self._screen is not None:
            self._screen.shut(seconds)

    def _tell(self, names: tuple[str, ...]) -> None:
        if self._app.is_running:
            self._app.post_message(BaseChanged(names))
