"""The app: opens screens, holds the engine and the file of the game, and quits at once.

Only what the first frame needs is imported at the top. It stands before the rest is loaded, and
before the engine, which is a process of its own, is even started.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from ld_tui import __version__
from ld_tui.game.rules import Position
from ld_tui.tui import loading
from ld_tui.tui.benches import Benches
from ld_tui.tui.exporting import Exports
from ld_tui.tui.functions_app import FunctionsApp
from ld_tui.tui.guided import Guided
from ld_tui.tui.leaving import let_go
from ld_tui.tui.messages import (
    EngineNotice,
    EngineSaid,
    FirstTime,
    GameLoaded,
    LoadFailed,
    SaveFailed,
    SavesListed,
)
from ld_tui.tui.opening import is_first, start_of
from ld_tui.tui.remembered import remember
from ld_tui.tui.replays import Replays
from ld_tui.tui.settings import MIN_HEIGHT, MIN_WIDTH, Mode, Setup, Wanted
from ld_tui.tui.settled import SettledApp
from ld_tui.tui.tournaments import Tournaments

if TYPE_CHECKING:
    from textual.screen import Screen

    from ld_tui.arena.game import Game
    from ld_tui.tui.ports import EditingEngine, ReviewingEngine
    from ld_tui.tui.saving import Saver
    from ld_tui.tui.screens.play import PlayScreen
    from ld_tui.tui.screens.start import StartScreen

    class EngineProcess(ReviewingEngine, EditingEngine, Protocol):
        """An engine that is started once the first frame stands, and killed at the end."""

        def start(self) -> None: ...

        def use(self, command: Sequence[str]) -> None: ...

        def close(self) -> None: ...


_GRACE = 0.2
"""Seconds that quitting waits at most for the last save."""


class LdTuiApp(Replays, Tournaments, Benches, Exports, FunctionsApp, Guided, SettledApp):
    """The terminal client."""

    TITLE = "ld-tui"
    CSS_PATH = "ld.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MIN_WIDTH, "-broad")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (MIN_HEIGHT, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "question_mark,f1", "help", "help", key_display="?", id="help", tooltip="This help"
        ),
        Binding("q", "quit", "quit", key_display="q", id="quit", tooltip="Quit; games are saved"),
        Binding("f12", "doctor", "doctor", show=False, id="doctor", tooltip="What works here"),
        Binding("ctrl+z", "suspend_process", show=False, id="suspend"),
        Binding("ctrl+c", "help_quit", show=False, priority=True, id="ctrl_c"),
    ]

    def __init__(
        self,
        setup: Setup,
        make_engine: "Callable[[LdTuiApp], EngineProcess] | None" = None,
    ) -> None:
        """Take what to open with; `make_engine` puts another engine in place of the process."""
        super().__init__(setup)
        self.engine_line = "The engine is loading its models…"
        """What is known of the engine, in one line."""
        self._make_engine = make_engine
        self._engine: EngineProcess | None = None
        self._play: PlayScreen | None = None
        self._saver: Saver | None = None
        self._is_choosing = False

    def on_mount(self) -> None:
        mode, wanted = self.setup.mode, self._wanted(self.setup.mode)
        later = self.call_after_refresh
        if self.setup.series is not None:
            self.begin_series(*self.setup.series)
            self.call_after_refresh(self.engine.start)
        elif self.setup.replay is not None:
            self.open_place(self.setup.replay)
            # No screen stands yet, and that of Textual's own which does would forget to call.
            later = self.call_later
            later(self.engine.start)
        elif mode in ("blue", "orange", "watch"):
            self._open_first(wanted)
        elif mode == "tutorial":
            self.begin_tutorial()
            self.call_after_refresh(self.engine.start)
        else:
            self.push_screen(self._start_screen(wanted))
            self.call_after_refresh(self.engine.start)
        if mode == "resume":
            self._in_thread(
                lambda: self._post(loading.load_latest(self.setup.saves, self._save_failed))
            )
        elif mode == "start" and (mark := self.setup.offered) is not None:
            self._in_thread(lambda: self._post(FirstTime()) if is_first(mark) else None)
        elif mode == "bench":
            self.open_bench()
        later(self.begin_settled)

    @property
    def engine(self) -> "EngineProcess":
        """The engine; made when it is first wanted."""
        if self._engine is None:
            if self._make_engine is not None:
                self._engine = self._make_engine(self)
            else:
                from ld_tui.tui.bridge import Bridge

                self._engine = Bridge(self, self.setup.engine_command)
        return self._engine

    @property
    def save_path(self) -> Path | None:
        """The file of the game in progress; None before its first turn is written."""
        return self._saver.path if self._saver is not None else None

    def kill_engine(self) -> None:
        """Kill the engine and a benchmark at once, if there are such."""
        if self._engine is not None:
            self._engine.close()
        self.close_bench()

    # Games

    def begin(self, wanted: Wanted) -> None:
        """Begin a new game."""
        if (kept := self.setup.remembered) is not None:
            self._in_thread(lambda: remember(kept, wanted))
        self._leave_game()
        self.stand(self._new_game(wanted, *start_of(wanted, self.setup.seed)))

    def show_start(self) -> None:
        """Leave the game, which is saved, for the start screen."""
        wanted = self._offered_now()
        self._leave_game()
        self.stand(self._start_screen(wanted))

    def stand(self, screen: "Screen[None]") -> None:
        """Show a screen in place of all there are; others may have been opened meanwhile."""
        from ld_tui.tui.screens.base import Leaving

        while len(self.screen_stack) > 2:
            top = self.screen
            if isinstance(top, Leaving):
                # Who opened it is to know that it is gone.
                top.dismiss(None)
            else:
                # The palette, which would go on to look for commands.
                self.workers.cancel_node(top)
                self.pop_screen()
        if len(self.screen_stack) > 1:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def list_saves(self) -> None:
        """Read the folder of saves; `SavesListed` comes."""
        self._in_thread(lambda: self._post(loading.list_all(self.setup.saves)))

    def choose_save(self) -> None:
        """Let the person choose an unfinished game."""
        self._is_choosing = True
        self.list_saves()

    def on_saves_listed(self, message: SavesListed) -> None:
        from ld_tui.tui.screens.resume import ResumeScreen
        from ld_tui.tui.screens.start import StartScreen

        if isinstance(self.screen, StartScreen):
            self.screen.show_saves(message)
        if not self._is_choosing or self.is_asking:
            return
        self._is_choosing = False
        if message.unfinished or message.broken:
            self.push_screen(ResumeScreen(message.unfinished, message.broken), self._go_on_with)
        else:
            self.notify("there is no unfinished game", markup=False)

    def on_game_loaded(self, message: GameLoaded) -> None:
        self._leave_game()
        self._saver = message.saver
        self.stand(self._screen(message.game))

    def on_load_failed(self, message: LoadFailed) -> None:
        self.notify(message.line, severity="error", markup=False)

    def on_save_failed(self, message: SaveFailed) -> None:
        line = f"not saved: {message.line}"
        if self._play is not None:
            self._play.conductor.trouble_once(line)
        else:
            self.notify(line, severity="error", markup=False)

    # The engine

    def change_engine(self, command: Sequence[str]) -> None:
        """Run another engine in place of the present one; what is open is put to it."""
        self.engine_line = "The engine is loading its models…"
        self.engine.use(command)

    def on_engine_said(self, message: EngineSaid) -> None:
        content = message.content
        if content.get("event") == "ready":
            self.engine_line = (
                f"Ready: {content.get('functions')} functions, {content.get('selector')}, "
                f"embeddings: {content.get('embedder')}."
            )
            self.watch_functions()
        elif content.get("event") == "error" and content.get("id") is None:
            self.engine_line = str(content.get("message"))
        self.hear_for_functions(message)
        if self._play is not None:
            self._play.hear(message)

    def on_engine_notice(self, message: EngineNotice) -> None:
        # Until it says that it is ready again.
        self.engine_line = message.line
        if self._play is not None:
            self._play.hear(message)

    # Keys

    async def action_help(self) -> None:
        """Show the keys of the present screen."""
        from ld_tui.tui.screens.base import LdScreen
        from ld_tui.tui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            return
        seen: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            # Textual's own key for it has no short line.
            if binding.key == "ctrl+q":
                continue
            if binding.tooltip and binding.action not in seen:
                seen[binding.action] = binding
        screen = self.screen if isinstance(self.screen, LdScreen) else None
        more, about = (screen.more_keys(), screen.about) if screen is not None else ([], ())
        await self.push_screen(HelpScreen([*more, *seen.values()], about))

    async def action_doctor(self) -> None:
        """Look at everything the program needs."""
        from ld_tui.tui.screens.doctor import DoctorScreen, doctor_command

        if not isinstance(self.screen, DoctorScreen):
            command = doctor_command(self.setup.engine_command, self.setup.saves)
            await self.push_screen(DoctorScreen(command))

    async def action_quit(self) -> None:
        """Quit at once, whatever the engine does."""
        self.kill_engine()
        self.leave_functions(_GRACE)
        self._leave_game(_GRACE)
        self.flush_settings(_GRACE)
        let_go(self._driver)
        self.exit()

    def action_help_quit(self) -> None:
        """Tell what quits, as ctrl+c doesn't; where text is edited it copies."""
        if (copy := getattr(self.focused, "action_copy", None)) is not None:
            copy()
            return
        line = "press q to quit"
        if self._play is not None and self.screen is self._play:
            self._play.hand.refuse(line)
        else:
            self.notify(line, markup=False)

    def get_system_commands(self, screen: "Screen[Any]") -> Iterable[SystemCommand]:
        """Add what opens on every screen to the palette's commands."""
        yield SystemCommand("Help", "The keys of this screen", self.action_help)
        yield SystemCommand("Doctor", "What works here, and what doesn't", self.action_doctor)
        yield SystemCommand("Watch", "Programs play each other", self._watch)
        yield SystemCommand("Series", "Watch several games", self._watch_several)
        yield from super().get_system_commands(screen)

    # Within

    def _watch(self) -> None:
        self.begin(replace(self._offered_now(), mode="watch"))

    def _watch_several(self) -> None:
        self.ask_series(replace(self._offered_now(), mode="watch"))

    def _wanted(self, mode: Mode) -> Wanted:
        """Return the game that the program was opened for."""
        setup = self.setup
        return Wanted(mode, setup.size, setup.map_name, setup.opponent, setup.ld, setup.clock)

    def _offered_now(self) -> Wanted:
        """Return the game that the start screen offers, or would offer."""
        from ld_tui.tui.players import wanted_again
        from ld_tui.tui.screens.start import StartScreen

        if isinstance(self.screen, StartScreen):
            return self.screen.wanted("start")
        if self._play is not None:
            return self._play.before or wanted_again(self._play.conductor.game)
        return self._wanted("start")

    def _open_first(self, wanted: Wanted) -> None:
        """Show the board of a new game, and load what plays on it once it stands there."""
        from ld_tui.tui.screens.first import FirstScreen

        seed, start = start_of(wanted, self.setup.seed)
        first = FirstScreen(start, self.setup.ascii_only)

        def go_on() -> None:
            self.engine.start()
            play = self._new_game(wanted, seed, start)
            play.early_keys = first.keys
            self.stand(play)

        self.push_screen(first)
        self.call_after_refresh(go_on)

    def _new_game(
        self, wanted: Wanted, seed: int, start: Position, kind: "type[PlayScreen] | None" = None
    ) -> "PlayScreen":
        from ld_tui.arena.game import Game
        from ld_tui.game.record import GameRecord
        from ld_tui.game.rules import Side
        from ld_tui.tui.players import player
        from ld_tui.tui.saving import Saver

        blue, orange = (player(side, wanted) for side in Side)
        record = GameRecord(start, blue, orange, seed, __version__)
        self._saver = Saver(self.setup.saves, wanted.mode, self._save_failed)
        return self._screen(Game(record, self._saver.save), kind)

    def _screen(self, game: "Game", kind: "type[PlayScreen] | None" = None) -> "PlayScreen":
        from ld_tui.tui.screens.play import PlayScreen

        setup = self.setup
        self._play = (kind or PlayScreen)(game, self.engine, setup.ascii_only, setup.reply_delay)
        self._play.conductor.pace.set_seconds(setup.turn_seconds)
        return self._play

    def _start_screen(self, wanted: Wanted) -> "StartScreen":
        from ld_tui.tui.screens.start import StartScreen

        return StartScreen(wanted, self.setup.ascii_only)

    def _leave_game(self, seconds: float = 0.0) -> None:
        """End what goes on for the game; its last turn is still saved."""
        if self._play is not None:
            self._play.conductor.close()
            self._play = None
        if self._saver is not None:
            self._saver.close(seconds)
            self._saver = None

    def _go_on_with(self, path: Path | None) -> None:
        if path is not None:
            self._in_thread(lambda: self._post(loading.load(path, self._save_failed)))

    def on_first_time(self, message: FirstTime) -> None:
        from ld_tui.tui.screens.start import StartScreen

        if isinstance(self.screen, StartScreen):
            self.screen.offer_tutorial()

    def _save_failed(self, line: str) -> None:
        self._post(SaveFailed(line))

    def _in_thread(self, work: Callable[[], None]) -> None:
        """Do what may take a while where it holds nothing up, not even quitting."""
        threading.Thread(target=work, daemon=True).start()

    def _post(
        self, message: SavesListed | GameLoaded | LoadFailed | SaveFailed | FirstTime
    ) -> None:
        if self.is_running:
            self.post_message(message)
