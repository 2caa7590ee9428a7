"""The part of the app that lives by the settings: looks, keys, and where changes of them go.

A change counts at once and is written by a thread of its own. Where it can't be written it counts
until the program ends, and one line says so.
"""

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widget import Widget

from ld_tui.config.load import Loaded, Origin, Source
from ld_tui.config.schema import BY_NAME, OPEN, THEMES, Config, Setting
from ld_tui.tui.messages import KeysChecked, SettingsSaved
from ld_tui.tui.settings import Setup, pick_letters
from ld_tui.tui.themes import DEFAULT
from ld_tui.tui.themes import THEMES as LOOKS

if TYPE_CHECKING:
    from ld_tui.tui.screens.commands import CommandsScreen


class SettledApp(App[None]):
    """An app with settings."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("comma,f2", "settings", "settings", show=False, id="settings",
                tooltip="Settings, keys, models"),
        # Without an id no keymap can take these away, and before all others no screen can.
        Binding("ctrl+q,f10", "quit", "quit", show=False, priority=True),
    ]  # fmt: skip

    def __init__(self, setup: Setup) -> None:
        super().__init__()
        self.setup = setup
        self.loaded = setup.config
        self._palette: CommandsScreen | None = None
        self._writer = Writer(self._written)
        for theme in LOOKS.values():
            self.register_theme(theme)
        self.show_theme(self.config.theme)
        self._apply_motion()
        self.set_keymap(dict(self.config.keys))

    @property
    def config(self) -> Config:
        """The settings' values."""
        return self.loaded.config

    @property
    def offering(self) -> tuple[int, str | None, str, Mapping[str, object], int]:
        """What a new game is offered with: size, map, opponent, LD's strength and the clock."""
        setup = self.setup
        return setup.size, setup.map_name, setup.opponent, setup.ld, setup.clock

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return our own colors for themes that don't know them."""
        return dict(DEFAULT.variables)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line goes through, letters in place of signs among it if wanted."""
        found = list(super().get_line_filters())
        if self.setup.ascii_only:
            from ld_tui.tui.ascii_only import AsciiOnly

            self._letters = self._letters or AsciiOnly()
            found.append(self._letters)
        return found

    def begin_settled(self) -> None:
        """Tell, once the first screen stands, what of the settings can't be used."""
        if line := self.loaded.summary():
            self.notify(line, severity="warning", timeout=12, markup=False)
        if keys := self.config.keys:
            self._check_keys(dict(keys))

    def change(self, setting: Setting, value: Any) -> None:
        """Give a setting a value, from now on and in the file."""
        place = self.loaded.path.name
        self._change(setting, value, Origin(Source.FILE, place))
        self._writer.put(self.loaded.path, setting, value)

    def reset(self, setting: Setting) -> None:
        """Give a setting its default back, and take it out of the file."""
        self._change(setting, setting.default, Origin())
        self._writer.put(self.loaded.path, setting, None)

    def use_model(self, model: str, name: str) -> None:
        """Have the engine use a model from now on; empty for the shipped one."""
        for setting, value in ((BY_NAME["model_name"], name), (BY_NAME["model"], absolute(model))):
            if value:
                place = self.loaded.path.name
                self.loaded = self.loaded.with_value(setting, value, Origin(Source.FILE, place))
            else:
                self.loaded = self.loaded.with_value(setting, setting.default, Origin())
            self._writer.put(self.loaded.path, setting, value or None)
        self._change_engine()
        self._tell_screens()

    def command_with(self, model: str, name: str) -> list[str]:
        """Return the command of an engine with a model."""
        from ld_tui.engine.client import engine_command
        from ld_tui.tui.trial import engine_options

        config = self.config
        if name and model.startswith("http") and "#" not in model:
            model = f"{model}#{name}"
        options = {
            "model": absolute(model), "embedder": config.embedder, "author": config.author
        }  # fmt: skip
        return engine_options(self.setup.engine_command or engine_command(), options)

    def show_theme(self, name: str) -> None:
        """Draw everything in a theme's colors; the setting stays as it is."""
        self.theme = LOOKS[name].name

    def flush_settings(self, seconds: float) -> None:
        """Wait so long at most for what is still to be written."""
        self._writer.flush(seconds)

    def action_settings(self) -> None:
        """Open the settings."""
        from ld_tui.tui.screens.config import ConfigScreen

        if not any(isinstance(screen, ConfigScreen) for screen in self.screen_stack):
            self.push_screen(ConfigScreen())

    def action_command_palette(self) -> None:
        """Open the palette, unless the one before is still going away: there can be but one."""
        from ld_tui.tui.screens.commands import CommandsScreen

        before = self._palette
        if not (self.screen is before or (before is not None and before.is_running)):
            self._palette = CommandsScreen(id="--command-palette")
            self.push_screen(self._palette)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Return what the palette offers."""
        yield SystemCommand("Settings", "Looks, keys, models", self.action_settings)
        for name in THEMES:
            yield SystemCommand(
                f"Theme: {name}", "Draw in these colors from now on", self._themed(name)
            )
        # Of Textual's own these alone: `?` lists the keys, and a maximized part shows no way back.
        yield SystemCommand("Quit", "At once; the game is saved", self.action_quit)
        yield SystemCommand(
            "Screenshot",
            "This screen as an SVG file",
            # Once the palette has gone from it.
            lambda: self.set_timer(0.1, self.deliver_screenshot),
        )

    def on_settings_saved(self, message: SettingsSaved) -> None:
        """Tell what can't be saved, once for each reason, unless the screen tells it."""
        from ld_tui.tui.screens.base import LdScreen

        tells = any(isinstance(one, LdScreen) and one.tells_unsaved for one in self.screen_stack)
        if message.problem and message.problem != self.unsaved and not tells:
            self.notify(
                f"{message.problem}; changes count until you quit",
                severity="warning",
                timeout=8,
                markup=False,
            )
        if message.problem:
            for name in message.names:
                origin = Origin(Source.SESSION)
                self.loaded = replace(
                    self.loaded, origins={**self.loaded.origins, BY_NAME[name].key: origin}
                )
        self.unsaved = message.problem
        self._tell_screens()

    def on_keys_checked(self, message: KeysChecked) -> None:
        """Tell what is wrong with the keymap."""
        if message.problems:
            count = len(message.problems)
            more = "" if count == 1 else f", and {count - 1} more"
            line = f"keys: {message.problems[0]}{more}"
            self.notify(line, severity="warning", timeout=12, markup=False)

    # Within

    unsaved = ""
    """Why the last change couldn't be written; empty where it could."""
    _letters: LineFilter | None = None

    def _change(self, setting: Setting, value: Any, origin: Origin) -> None:
        self.loaded = self.loaded.with_value(setting, value, origin)
        match setting.name:
            case "theme":
                self.show_theme(value)
            case "motion":
                self._apply_motion()
            case "keys":
                self.set_keymap(dict(value))
            case "model" | "model_name" | "embedder" | "author":
                self._change_engine()
        had_letters = self.setup.ascii_only
        self.setup = setup_of(self.setup, self.loaded, setting.name)
        if self.setup.ascii_only != had_letters:
            for screen in self.screen_stack:
                for widget in screen.walk_children(Widget):
                    widget.refresh()
        self._tell_screens()

    def _change_engine(self) -> None:
        """Start the engine anew, with what the settings name."""
        command = self.command_with(self.config.model, self.config.model_name)
        self.setup = replace(self.setup, engine_command=tuple(command))
        self.change_engine(command)

    def change_engine(self, command: list[str]) -> None:
        """Run another engine in place of the present one."""
        raise NotImplementedError

    def _apply_motion(self) -> None:
        if not self.config.motion:
            self.animation_level = "none"
        elif self.animation_level == "none" and os.environ.get("TEXTUAL_ANIMATIONS") != "none":
            self.animation_level = "full"

    def _themed(self, name: str) -> Callable[[], None]:
        return lambda: self.change(BY_NAME["theme"], name)

    def _tell_screens(self) -> None:
        from ld_tui.tui.screens.base import LdScreen

        for screen in self.screen_stack:
            if isinstance(screen, LdScreen) and screen.is_running:
                screen.settings_changed()

    def _check_keys(self, keys: dict[str, str]) -> None:
        def work() -> None:
            from ld_tui.tui.keymap import problems_of

            problems = tuple(problems_of(keys))
            if self.is_running:
                self.post_message(KeysChecked(problems))

        threading.Thread(target=work, daemon=True).start()

    def _written(self, names: tuple[str, ...], problem: str) -> None:
        if self.is_running:
            self.post_message(SettingsSaved(names, problem))


def setup_of(setup: Setup, loaded: Loaded, name: str) -> Setup:
    """Return what new games and screens are opened with once a setting has changed."""
    config = loaded.config
    match name:
        case "map":
            return replace(setup, map_name=None if config.map == OPEN else config.map)
        case "ascii" | "theme":
            return replace(setup, ascii_only=pick_letters(config))
        case "clock":
            return replace(setup, clock=round(60 * config.clock))
        case "level" | "k":
            from ld_tui.arena.levels import strength_of

            named: dict[str, object] = {"level": config.level}
            if "agent.k" in loaded.origins:
                named["k"] = config.k
            return replace(setup, ld=strength_of(named).settings())
        case "size" | "opponent" | "reply_delay" | "turn_seconds":
            return replace(setup, **{name: getattr(config, name)})
    return setup


def absolute(model: str) -> str:
    """Return a model's file with its whole path; a URL, or nothing, as it is."""
    if not model or model.startswith(("http://", "https://")):
        return model
    return str(Path(model).expanduser().absolute())


class Writer:
    """Writes changes to the file of settings, from a thread of its own; of each only the last."""

    def __init__(self, done: Callable[[tuple[str, ...], str], None]) -> None:
        """`done` gets the settings written, and why they couldn't be, from the thread."""
        self._done = done
        self._todo: dict[str, tuple[Path, Setting, Any]] = {}
        self._changed = threading.Condition()
        self._is_writing = False
        self._thread: threading.Thread | None = None

    def put(self, path: Path, setting: Setting, value: Any) -> None:
        """Have a value written soon; None takes it out. Returns at once."""
        with self._changed:
            self._todo[setting.name] = (path, setting, value)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="settings", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, seconds: float) -> bool:
        """Wait for what is to be written, so long at most; tell whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._todo or self._is_writing), seconds)

    def _work(self) -> None:
        from ld_tui.config.store import write
        from ld_tui.errors import ConfigError

        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._todo))
                todo, self._todo = self._todo, {}
                self._is_writing = True
            problem = ""
            for path, setting, value in todo.values():
                try:
                    write(path, setting, value)
                except ConfigError as error:
                    problem = str(error)
            with self._changed:
                self._is_writing = False
                self._changed.notify_all()
            self._done(tuple(todo), problem)
