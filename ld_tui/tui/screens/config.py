"""The settings: each with its value, where that came from and what it does, changed in place."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.widget import Widget

from ld_tui.arena.levels import value_in_force
from ld_tui.config.kinds import Choice, Keys, Number, Switch
from ld_tui.config.load import Source
from ld_tui.config.schema import SECTIONS, SETTINGS, Setting
from ld_tui.tui.screens.base import LdScreen
from ld_tui.tui.text import Line, cut, spread, wrap
from ld_tui.tui.widgets.keybar import KeyBar
from ld_tui.tui.widgets.painter import Painter
from ld_tui.tui.widgets.rows import Row, Rows

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp


_EMPTY = {
    "model": "the shipped one",
    "embedder": "the shipped one",
    "functionbase": "your own",
    "saves": "the usual place",
}
"""What it means that a text is empty."""


class Headline(Painter):
    """What the screen is, and which file it changes."""

    DEFAULT_CSS = "Headline { height: 1; background: $panel; padding: 0 1; }"

    def __init__(self, title: str, path: Path) -> None:
        super().__init__()
        self._title = title
        self._path = path

    def lines(self, width: int, height: int) -> list[Line]:
        room = width - len(self._title) - 2
        text = str(self._path)
        # Of a long path the end tells more.
        shown = cut(text, room) if len(text) <= room else "…" + text[-max(1, room - 1) :]
        return [spread([(self._title, "strong")], [(shown, "quiet")], width)]


class About(Painter):
    """What the highlighted row is and does, in a few lines."""

    DEFAULT_CSS = """
    About { height: 5; border-top: solid $rule; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._paragraphs: list[tuple[str, str]] = []

    def show(self, *paragraphs: tuple[str, str]) -> None:
        """Show texts, each with its style."""
        self._paragraphs = list(paragraphs)
        self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        return [
            [(line, style)]
            for text, style in self._paragraphs
            if text
            for line in wrap(text, width, 2)
        ]


class ConfigScreen(LdScreen):
    """Changes settings."""

    tells_unsaved = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "change", key_display="←→", id="config.less",
                tooltip="The value before, the next"),
        Binding("right", "turn(1)", "the next value", show=False, id="config.more"),
        Binding("backspace,delete", "reset", "default", id="config.reset",
                tooltip="Back to the default"),
        Binding("escape,comma,f2", "leave", "back", key_display="esc", id="config.leave",
                tooltip="Back to where you were"),
    ]  # fmt: skip
    about = (
        "Changes count at once and are written to the file, whose comments stay. What a flag or a "
        "variable gives wins again at the next start.",
    )

    def __init__(self) -> None:
        super().__init__()
        self._rows = Rows(16, 22)
        self._about = About()

    def body(self) -> Iterable[Widget]:
        yield Headline("Settings", self._ld.loaded.path)
        yield self._rows
        yield self._about
        yield KeyBar()

    def on_mount(self) -> None:
        self._rows.focus()
        self.settings_changed()

    def settings_changed(self) -> None:
        """Show every setting as it is now."""
        self._rows.show(list(self._listed()))
        self._tell()

    def on_rows_moved(self) -> None:
        self._tell()

    def on_rows_chosen(self) -> None:
        setting = self.setting
        value = self._value(setting)
        match setting.kind:
            case Switch():
                self._ld.change(setting, not value)
            case Choice(choices=choices):
                self._choose(setting, choices, value)
            case Keys():
                from ld_tui.tui.screens.keys import KeysScreen

                self.app.push_screen(KeysScreen())
            case _ if setting.name in ("model", "model_name"):
                from ld_tui.tui.screens.model import ModelScreen

                self.app.push_screen(ModelScreen())
            case _:
                from ld_tui.tui.screens.edit import EditScreen

                self.app.push_screen(EditScreen(setting, value), self._edited)

    def action_turn(self, by: int) -> None:
        """Take the next value, or the one before, where values have an order."""
        setting = self.setting
        value = turned = self._value(setting)
        match setting.kind:
            case Switch():
                turned = by > 0
            case Choice(choices=choices):
                at = (choices.index(value) if value in choices else 0) + by
                turned = choices[at % len(choices)]
            case Number(low=low, high=high, step=step, is_whole=is_whole):
                stepped = min(high, max(low, round((value + by * step) / step) * step))
                turned = int(stepped) if is_whole else round(stepped, 3)
            case _:
                return
        # A value that can't be used has given way to this one, and is still in the file.
        if turned != value or self._ld.loaded.problem(setting) is not None:
            self._ld.change(setting, turned)

    def action_reset(self) -> None:
        self._ld.reset(self.setting)

    def action_leave(self) -> None:
        self.dismiss(None)

    @property
    def setting(self) -> Setting:
        """The highlighted setting."""
        return SETTINGS[self._rows.chosen]

    # Within

    @property
    def _ld(self) -> "LdTuiApp":
        return cast("LdTuiApp", self.app)

    def _listed(self) -> Iterable[Row]:
        section, loaded = "", self._ld.loaded
        for key, setting in SETTINGS.items():
            if setting.section != section:
                section = setting.section
                yield Row("", SECTIONS[section])
            value, origin = value_in_force(loaded, setting)
            problem = loaded.problem(setting)
            if problem is not None:
                origin = f"! {problem.where}"
            is_lost = setting.note != "" and loaded.origin(setting).source is Source.SESSION
            if is_lost:
                origin = "! not saved"
            yield Row(
                key,
                key.rpartition(".")[2].replace("_", " "),
                shown(setting, value),
                origin,
                value != setting.default,
                problem is not None or is_lost,
            )

    def _value(self, setting: Setting) -> Any:
        return value_in_force(self._ld.loaded, setting)[0]

    def _tell(self) -> None:
        if not (key := self._rows.chosen):
            return
        setting = SETTINGS[key]
        origin = self._ld.loaded.origin(setting)
        wins = {Source.FLAG: "this flag", Source.ENVIRONMENT: "this variable"}.get(origin.source)
        flag = f", flag {setting.flag}" if setting.flag else ""
        when = f"a change counts from the {setting.note}" if setting.note else ""
        if setting.name == "model":
            when = "Enter tries one, then uses it"
        first = setting.help[0].upper() + setting.help[1:]
        problem = self._ld.loaded.problem(setting)
        told = (f"{wins} wins again at the next start: {origin}" if wins else when, "title")
        if origin.source is Source.SESSION:
            told = (unsaved_line(self._ld, setting), "warn")
        self._about.show(
            (f"{first}.", ""),
            (str(problem), "warn") if problem is not None else told,
            (
                f"{setting.key}: {setting.kind.says}; "
                f"default {shown(setting, setting.default)}, variable {setting.environ}{flag}",
                "quiet",
            ),
        )

    def _choose(self, setting: Setting, choices: tuple[str, ...], value: str) -> None:
        """Let one be picked from a list; themes are shown as one moves over them."""
        from ld_tui.tui.screens.pick import PickScreen

        previews = self._ld.show_theme if setting.name == "theme" else None

        def picked(chosen: str | None) -> None:
            if previews is not None:
                previews(value)
            if chosen is not None:
                self._ld.change(setting, chosen)

        label = setting.key.rpartition(".")[2]
        self.app.push_screen(PickScreen(label.capitalize(), choices, value, previews), picked)

    def _edited(self, value: Any) -> None:
        if value is not None:
            self._ld.change(self.setting, value)


def unsaved_line(app: "LdTuiApp", setting: Setting) -> str:
    """Say why a change wasn't written, and what that means for it."""
    # The folder stands at the top of the screen.
    why = app.unsaved.removeprefix(f"{app.loaded.path.parent}{os.sep}") or "it is not saved"
    if setting.note:
        return f"{why}; this change can't count"
    return f"{why}; it counts until you quit"


def shown(setting: Setting, value: Any) -> str:
    """Return a value as a person reads it."""
    if isinstance(setting.kind, Keys):
        count = len(value)
        return "as shipped" if not count else f"{count} changed"
    if value == "":
        return _EMPTY.get(setting.name, "none")
    return setting.show(value)
