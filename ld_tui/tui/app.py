"""The app: opens screens, holds the engine and the file of the game, and quits at once.

Only light modules are imported here: the first frame comes before the engine, which is a process
of its own, is even started.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, Protocol, cast

from textual.app import App
from textual.binding import Binding, BindingType

from ld_tui import __version__
from ld_tui.arena.game import Game
from ld_tui.arena.saves import latest_unfinished, list_saves, new_save_path, read_save
from ld_tui.engine.client import engine_command as default_command
from ld_tui.errors import LdTuiError
from ld_tui.game.record import GameRecord
from ld_tui.game.rules import Rules
from ld_tui.game.starts import starts
from ld_tui.tui.bridge import Bridge
from ld_tui.tui.conductor import Engine
from ld_tui.tui.messages import (
    EngineNotice,
    EngineSaid,
    GameLoaded,
    LoadFailed,
    SaveFailed,
    SavesListed,
)
from ld_tui.tui.saving import Saver
from ld_tui.tui.screens.help import HelpScreen
from ld_tui.tui.screens.play import PlayScreen
from ld_tui.tui.screens.resume import ResumeScreen
from ld_tui.tui.screens.start import StartScreen
from ld_tui.tui.settings import Mode, Setup, new_game, wants_ascii
from ld_tui.tui.themes import DARK, LIGHT
from ld_tui.tui.widgets.toosmall import MIN_HEIGHT, MIN_WIDTH

_GRACE = 0.2
"""Seconds that quitting waits for the last save."""


class EngineProcess(Engine, Protocol):
    """An engine that is started once the first frame stands, and killed at the end."""

    def start(self) -> None: ...

    def close(self) -> None: ...


class LdTuiApp(App[None]):
    """The terminal client."""

    TITLE = "ld-tui"
    CSS_PATH = "ld.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MIN_WIDTH, "-broad")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (MIN_HEIGHT, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "question_mark,f1", "help", "help", key_display="?", id="help", tooltip="This help"
        ),
        Binding(
            "q,f10", "quit", "quit", key_display="q", id="quit", tooltip="Quit; the game is saved"
        ),
    ]

    def __init__(
        self, setup: Setup, make_engine: Callable[["LdTuiApp"], EngineProcess] | None = None
    ) -> None:
        super().__init__()
        self.setup = setup
        self.engine_line = "The engine is loading its models…"
        """What is known of the engine, in one line."""
        self.engine = make_engine(self) if make_engine else Bridge(self, setup.engine_command)
        self._saver: Saver | None = None
        self._saves: SavesListed | None = None
        self._is_choosing = False
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return our own colors for themes that don't know them."""
        return dict(DARK.variables)

    def on_mount(self) -> None:
        mode = self.setup.mode
        if mode in ("blue", "orange", "watch"):
            self.push_screen(self._new_screen(mode, self.setup.size, "ld"))
        else:
            self.push_screen(StartScreen(self.setup.size, self.setup.ascii_only))
        self.call_after_refresh(self.engine.start)
        if self.setup.mode == "resume":
            self._in_thread(self._load_latest)

    # Games

    def begin(self, mode: str, size: int, opponent: str) -> None:
        """Begin a new game."""
        self._leave_game()
        self.switch_screen(self._new_screen(cast(Mode, mode), size, opponent))

    def show_start(self) -> None:
        """Leave the game, which is saved, for the start screen."""
        size = self.setup.size
        if isinstance(self.screen, PlayScreen):
            size = self.screen.conductor.position.base.size
        self._leave_game()
        self.switch_screen(StartScreen(size, self.setup.ascii_only))

    def list_saves(self) -> None:
        """Read the folder of saves; `SavesListed` comes."""
        self._in_thread(self._list_saves)

    def choose_save(self) -> None:
        """Let the person choose an unfinished game."""
        self._is_choosing = True
        self.list_saves()

    def on_saves_listed(self, message: SavesListed) -> None:
        screen = self.screen
        if isinstance(screen, StartScreen):
            screen.show_saves(message)
        if not self._is_choosing:
            return
        self._is_choosing = False
        if message.unfinished:
            dialog = ResumeScreen(message.unfinished, message.broken)
            self.push_screen(dialog, self._go_on_with)
        else:
            self.notify("there is no unfinished game", markup=False)

    def on_game_loaded(self, message: GameLoaded) -> None:
        self._leave_game()
        self._saver = message.saver
        self.switch_screen(self._screen(message.game))

    def on_load_failed(self, message: LoadFailed) -> None:
        self.notify(message.line, severity="error", markup=False)

    def on_save_failed(self, message: SaveFailed) -> None:
        self.notify(message.line, title="Not saved", severity="error", markup=False)

    # The engine

    def on_engine_said(self, message: EngineSaid) -> None:
        content = message.content
        if content.get("event") == "ready":
            self.engine_line = (
                f"Ready: {content.get('functions')} functions, S-LLM {content.get('selector')}, "
                f"retriever {content.get('embedder')}."
            )
        elif content.get("event") == "error" and content.get("id") is None:
            self.engine_line = str(content.get("message"))
        self._pass_on(message)

    def on_engine_notice(self, message: EngineNotice) -> None:
        self._pass_on(message)

    def _pass_on(self, message: EngineSaid | EngineNotice) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, PlayScreen):
                screen.hear(message)

    # Keys

    async def action_help(self) -> None:
        """Show the keys of the present screen."""
        if isinstance(self.screen, HelpScreen):
            return
        seen: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.tooltip and binding.action not in seen:
                seen[binding.action] = binding
        await self.push_screen(HelpScreen(list(seen.values())))

    async def action_quit(self) -> None:
        """Quit at once, whatever the engine does."""
        self.engine.close()
        self._leave_game(_GRACE)
        self.exit()

    # Within

    def _new_screen(self, mode: Mode, size: int, opponent: str) -> PlayScreen:
        seed = secrets.randbelow(2**31) if self.setup.seed is None else self.setup.seed
        choice = new_game(mode, size, seed, opponent)
        start = starts(1, seed, Rules(size=size))[0]
        record = GameRecord(start, choice.blue, choice.orange, seed, __version__)
        self._saver = self._saver_for(new_save_path(self.setup.saves, mode))
        return self._screen(Game(record, self._saver.save))

    def _screen(self, game: Game) -> PlayScreen:
        return PlayScreen(game, self.engine, self.setup.ascii_only, self.setup.reply_delay)

    def _saver_for(self, path: Path) -> Saver:
        return Saver(path, lambda line: self._post(SaveFailed(line)))

    def _leave_game(self, seconds: float = 0.0) -> None:
        """End what goes on for the game; its last turn is still saved."""
        for screen in self.screen_stack:
            if isinstance(screen, PlayScreen):
                screen.conductor.close()
        if self._saver is not None:
            self._saver.close(seconds)
            self._saver = None

    def _go_on_with(self, path: Path | None) -> None:
        if path is not None:
            self._in_thread(lambda: self._load(path))

    def _load_latest(self) -> None:
        entry = latest_unfinished(self.setup.saves)
        if entry is None:
            self._post(LoadFailed("there is no unfinished game; begin a new one"))
        else:
            self._load(entry.path)

    def _load(self, path: Path) -> None:
        try:
            record = read_save(path)
            saver = self._saver_for(path)
            self._post(GameLoaded(Game(record, saver.save), saver))
        except LdTuiError as error:
            self._post(LoadFailed(str(error)))

    def _list_saves(self) -> None:
        entries = list(list_saves(self.setup.saves))
        broken = sum(entry.problem is not None for entry in entries)
        self._post(SavesListed(tuple(e for e in entries if e.is_unfinished), broken))

    def _in_thread(self, work: Callable[[], None]) -> None:
        """Do what may take a while where it holds nothing up, not even quitting."""
        threading.Thread(target=work, daemon=True).start()

    def _post(self, message: SavesListed | GameLoaded | LoadFailed | SaveFailed) -> None:
        if self.is_running:
            self.post_message(message)


def main(
    mode: Mode = "start",
    size: int = 10,
    seed: int | None = None,
    saves: Path | None = None,
    engine_command: Sequence[str] | None = None,
) -> int:
    """Open the terminal client and return the exit status once it is closed.

    `seed`: of the starting position and the programs; None for another game every time. `saves`:
    the folder that games are saved in. `engine_command`: what to run as the engine.
    """
    from ld_tui.paths import saves_dir

    setup = Setup(
        mode=mode,
        size=size,
        seed=seed,
        saves=saves or saves_dir(),
        engine_command=tuple(engine_command or default_command()),
        ascii_only=wants_ascii(),
    )
    app = LdTuiApp(setup)
    try:
        app.run()
    finally:
        app.engine.close()
    return app.return_code or 0
