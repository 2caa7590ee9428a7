"""What the app does with saved games besides going on with them: list, look, branch, ask what if.

A part of the app (`LdTuiApp` inherits it); files are read in threads of their own.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual.app import App, SystemCommand
from textual.screen import Screen

from ld_tui.game.rules import Side
from ld_tui.tui.messages import (
    EngineNotice,
    EngineSaid,
    GameLoaded,
    GamesListed,
    LoadFailed,
    ReplayLoaded,
    SaveFailed,
)

if TYPE_CHECKING:
    from textual.message import Message

    from ld_tui.game.record import GameRecord
    from ld_tui.tui.app import LdTuiApp
    from ld_tui.tui.conductor import Conductor


class Replays(App[None]):
    """Opens the screens that show saved games."""

    @property
    def _me(self) -> "LdTuiApp":
        return cast("LdTuiApp", self)

    def open_place(self, place: Path) -> None:
        """Show a saved game, or the list of a folder's."""
        if place.is_dir():
            self.show_games(place)
        else:
            self.look_at(place)

    def show_games(self, folder: Path | None = None) -> None:
        """Let the person choose a game to look at; None: of the folder of saves."""
        place = folder or self._me.setup.saves

        def work() -> None:
            from ld_tui.arena.saves import list_saves

            self._tell(GamesListed(place, tuple(list_saves(place))))

        self._work(work)

    def look_at(self, path: Path) -> None:
        """Show a saved game; the line that says why it can't be shown comes as a notice."""

        def work() -> None:
            from ld_tui.arena.saves import read_save
            from ld_tui.errors import LdTuiError

            try:
                self._tell(ReplayLoaded(read_save(path), path))
            except LdTuiError as error:
                self._tell(LoadFailed(str(error)))

        self._work(work)

    def look_back(self, game: "Conductor") -> None:
        """Look back through a game that goes on meanwhile."""
        from ld_tui.tui.screens.replay import ReplayScreen

        app, record = self._me, game.game.record
        at = max(0, len(record.turns) - 1)
        path = app.save_path
        letters = app.setup.ascii_only
        app.push_screen(ReplayScreen(record, path, app.engine, letters, at, live=game))

    def leave_replay(self) -> None:
        """Go back to what is beneath a replay; to the start screen where that is nothing."""
        app = self._me
        if len(app.screen_stack) > 2:
            app.pop_screen()
        else:
            app.show_start()

    def branch(self, record: "GameRecord", ply: int, path: Path | None, mode: str) -> None:
        """Play on from a position of a game, as a new game that names it."""
        from ld_tui import __version__
        from ld_tui.arena.branch import branch_of
        from ld_tui.arena.game import Game
        from ld_tui.tui.branching import branch_players
        from ld_tui.tui.saving import Saver

        app = self._me
        new = branch_of(record, ply, path.name if path is not None else "")
        blue, orange = branch_players(record, mode)
        new = replace(new, blue=blue, orange=orange, program=__version__)
        saver = Saver(app.setup.saves, "branch", self._branch_failed)
        game = Game(new, saver.save)
        saver.save(game.record)
        app.post_message(GameLoaded(game, saver))

    def ask_what_if(self, record: "GameRecord", ply: int, path: Path | None) -> None:
        """Let the person choose what is to be otherwise, and play that beside what was."""
        from ld_tui.tui.branching import program_for
        from ld_tui.tui.counterfactual import Change
        from ld_tui.tui.players import HUMAN
        from ld_tui.tui.screens.side_by_side import SideBySideScreen
        from ld_tui.tui.screens.what_if import WhatIfScreen
        from ld_tui.tui.settings import NAMES

        app = self._me

        def chosen(change: Change | None) -> None:
            if change is not None:
                letters = app.setup.ascii_only
                app.push_screen(SideBySideScreen(record, ply, change, path, letters))

        has_ld = any(program_for(record, side).kind == "ld" for side in Side)
        strikes = sum(item.ply >= ply for item in record.struck)
        people = [side for side in Side if record.player(side).kind == HUMAN]
        instead = ""
        if people:
            name = NAMES[program_for(record, people[0]).kind]
            instead = f"{name} plays {' and '.join(people)} in a person's place"
        app.push_screen(WhatIfScreen(ply, has_ld, strikes, instead), chosen)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Add the saved games to the palette's commands."""
        yield from super().get_system_commands(screen)
        yield SystemCommand("Replay", "Look at a saved game", self.show_games)

    # Messages

    def on_replay_loaded(self, message: ReplayLoaded) -> None:
        from ld_tui.tui.screens.replay import ReplayScreen

        app = self._me
        screen = ReplayScreen(message.record, message.path, app.engine, app.setup.ascii_only)
        if isinstance(app.screen, ReplayScreen):
            app.switch_screen(screen)
        else:
            app.push_screen(screen)

    @property
    def is_asking(self) -> bool:
        """Tell whether a question is on the screen, over which no other one belongs."""
        from ld_tui.tui.screens.base import LdModal

        return isinstance(self._me.screen, LdModal)

    def on_games_listed(self, message: GamesListed) -> None:
        from ld_tui.tui.screens.games import GamesScreen

        if self.is_asking:
            return

        def chosen(path: Path | None) -> None:
            if path is not None:
                self.look_at(path)
            else:
                self._stand()

        self._me.push_screen(GamesScreen(message.folder, message.entries), chosen)

    def on_load_failed(self, message: LoadFailed) -> None:
        self._stand()

    def on_engine_said(self, message: EngineSaid) -> None:
        self._pass_on(message)

    def on_engine_notice(self, message: EngineNotice) -> None:
        self._pass_on(message)

    # Within

    def _stand(self) -> None:
        """Show the start screen where there would be nothing."""
        app = self._me
        if len(app.screen_stack) < 2:
            app.show_start()

    def _pass_on(self, message: EngineSaid | EngineNotice) -> None:
        """Tell the screens over the game, each of which knows what it asked for."""
        for screen in self._me.screen_stack:
            if getattr(screen, "hears_all", False):
                screen.hear(message)  # type: ignore[attr-defined]

    def _branch_failed(self, line: str) -> None:
        self._tell(SaveFailed(line))

    def _work(self, work: Callable[[], None]) -> None:
        threading.Thread(target=work, daemon=True).start()

    def _tell(self, message: "Message") -> None:
        if self._me.is_running:
            self._me.post_message(message)
