"""What the app does to watch several games: one after the other, with a table of how they went.

A part of the app (`LdTuiApp` inherits it).
"""

import os
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp
    from ld_tui.tui.screens.play import PlayScreen
    from ld_tui.tui.series import Series
    from ld_tui.tui.settings import Wanted

LOOK = 3.0
"""Seconds for which the end of a game stands at the default speed."""


class Tournaments:
    """Plays a series of games on the play screen."""

    series: "Series | None" = None
    """The series that is watched, if one is."""

    @property
    def _app(self) -> "LdTuiApp":
        return cast("LdTuiApp", self)

    def begin_series(self, first: str, second: str, games: int) -> None:
        """Begin to watch games of two programs."""
        from ld_tui.tui.series import Series

        setup = self._app.setup
        self.series = Series(first, second, games, self._seed(), setup.size, setup.map_name)
        self._app.push_screen(self._next_game(self.series))

    def ask_series(self, wanted: "Wanted") -> None:
        """Let the person put a series together, on the board that is offered, and begin it."""
        from ld_tui.tui.ground import title_of
        from ld_tui.tui.screens.series import Match, SeriesScreen
        from ld_tui.tui.series import Series

        app = self._app

        def begin(match: Match | None) -> None:
            if match is None:
                return
            board = (wanted.size, wanted.map_name)
            players = (match.first, match.second, match.games)
            self.series = Series(*players, self._seed(), *board, ld=wanted.ld)
            app._leave_game()
            app.stand(self._next_game(self.series))

        ground = f"{wanted.size} x {wanted.size}"
        if wanted.map_name is not None:
            ground += f", {title_of(wanted.map_name)}"
        rival = wanted.opponent if wanted.opponent not in ("ld", "human") else "perfect"
        app.push_screen(SeriesScreen(Match(second=rival), ground), begin)

    def bout_over(self, screen: "PlayScreen") -> None:
        """Take in how a game ended; the next one begins when that was looked at."""
        from ld_tui.game.rules import Side
        from ld_tui.tui.counterfactual import steps_of
        from ld_tui.tui.pace import DEFAULT_SPEED, SPEEDS

        series, conductor = self.series, screen.conductor
        result = conductor.game.outcome
        if series is None or result is None:
            return
        found = conductor.analyst.known(conductor.game.record.start)
        limit = conductor.position.rules.max_steps
        steps = steps_of(conductor.game) if result.winner is Side.BLUE else limit
        counts = conductor.is_watching and not screen.was_taken_over
        series.add(result.winner, steps, found.value if found is not None else None, counts)
        screen.standings.show(series)
        if not series.is_over:
            seconds = LOOK * SPEEDS[conductor.speed] / SPEEDS[DEFAULT_SPEED]
            self._app.set_timer(max(0.05, seconds), lambda: self._go_on(screen, seconds))

    def _go_on(self, screen: "PlayScreen", seconds: float) -> None:
        """Begin the next game, once the person looks at the board."""
        app, series = self._app, self.series
        if series is None or app._play is not screen or not app.is_running:
            return
        if app.screen is not screen or screen.conductor.is_paused:
            app.set_timer(max(0.5, seconds), lambda: self._go_on(screen, seconds))
            return
        speed = screen.conductor.speed
        app._leave_game()
        new = self._next_game(series)
        new.conductor.pace.speed = speed
        app.stand(new)

    def _seed(self) -> int:
        seed = self._app.setup.seed
        return int.from_bytes(os.urandom(4), "big") >> 1 if seed is None else seed

    def _next_game(self, series: "Series") -> "PlayScreen":
        from ld_tui import __version__
        from ld_tui.arena.game import Game
        from ld_tui.game.record import GameRecord
        from ld_tui.game.rules import Side
        from ld_tui.tui.players import program
        from ld_tui.tui.saving import Saver
        from ld_tui.tui.settings import LD

        app = self._app
        blue, orange = (program(series.kind(side), series.ld or LD) for side in Side)
        record = GameRecord(series.start(), blue, orange, series.game_seed(), __version__)
        app._saver = Saver(app.setup.saves, "watch", app._save_failed)
        screen = app._screen(Game(record, app._saver.save))
        screen.series = series
        return screen
