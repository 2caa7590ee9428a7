"""Every key by what it does, changed by pressing another; what would clash is refused."""

import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from ld_tui.config.kinds import RESERVED
from ld_tui.config.load import Source
from ld_tui.config.schema import BY_NAME
from ld_tui.tui.screens.base import LdModal, LdScreen
from ld_tui.tui.screens.choice import Title
from ld_tui.tui.screens.config import About, Headline, unsaved_line
from ld_tui.tui.widgets.keybar import KeyBar, key_name
from ld_tui.tui.widgets.rows import Row, Rows

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp
    from ld_tui.tui.keymap import Bound


_PARTS = {
    "play": "The game",
    "start": "The start screen",
    "config": "The settings",
    "choice": "The menus of the game",
    "resume": "The unfinished games",
    "rows": "Long lists",
    "menu": "Menus",
    "model": "The model on trial",
    "pick": "Lists of values",
    "edit": "Values as text",
}
"""What the first part of an id is called on the screen."""


class PressScreen(LdModal[str | None]):
    """Gives the next key pressed, by Textual's name; None for Esc or a click."""

    def __init__(self, about: str) -> None:
        super().__init__()
        self._text = about

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Title(f"Press the key for: {self._text}. Esc leaves it as it is")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        self.dismiss(None if event.key == "escape" else event.key)

    def on_click(self) -> None:
        self.dismiss(None)


class KeysScreen(LdScreen):
    """Changes the keymap."""

    tells_unsaved = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace,delete", "reset", "default", id="keys.reset",
                tooltip="Back to its own keys"),
        Binding("escape", "leave", "back", key_display="esc", id="keys.leave",
                tooltip="Back to the settings"),
    ]  # fmt: skip
    about = ("Whatever is set here, ctrl+q and F10 quit, and the palette (ctrl+p) has Quit too.",)

    def __init__(self) -> None:
        super().__init__()
        self._rows = Rows(32, 24)
        self._about = About()
        self._known: Mapping[str, Bound] = {}

    def body(self) -> Iterable[Widget]:
        yield Headline("Keys", self._ld.loaded.path)
        yield self._rows
        yield self._about
        yield KeyBar()

    def on_mount(self) -> None:
        self._rows.focus()
        self._about.show(("Looking through the screens…", "quiet"))
        threading.Thread(target=self._look, daemon=True).start()

    def settings_changed(self) -> None:
        """Show every key as it is now."""
        self._rows.show(list(self._listed()))
        self._tell()

    def on_rows_moved(self) -> None:
        self._tell()

    def on_rows_chosen(self) -> None:
        if self._rows.chosen:
            one = self._known[self._rows.chosen]
            self.app.push_screen(PressScreen(one.about.lower()), self._pressed)

    def action_reset(self) -> None:
        name, keymap = self._rows.chosen, self._keymap
        if name in keymap:
            del keymap[name]
            self._ld.change(BY_NAME["keys"], keymap)

    def action_leave(self) -> None:
        self.dismiss(None)

    # Within

    @property
    def _ld(self) -> "LdTuiApp":
        return cast("LdTuiApp", self.app)

    @property
    def _keymap(self) -> dict[str, str]:
        return dict(self._ld.config.keys)

    def _look(self) -> None:
        """Find every binding, in a thread: all screens are imported for it."""
        from ld_tui.tui.keymap import bound

        known = bound()
        if self.app.is_running:
            self.app.call_later(self._found, known)

    def _found(self, known: Mapping[str, "Bound"]) -> None:
        if self.is_running:
            self._known = known
            self.settings_changed()

    def _pressed(self, key: str | None) -> None:
        """Take a key, unless something has it already where this would."""
        from ld_tui.tui.keymap import keys_of, rivals

        if key is None:
            return
        name, keymap = self._rows.chosen, self._keymap
        one = self._known[name]
        if keys_of(one, keymap) == (key,):
            self._about.show((f"{key_name(key)} is its key already.", "quiet"))
        elif key in RESERVED:
            self._about.show((f"{key_name(key)} stays {RESERVED[key]}.", "warn"))
        elif others := rivals(name, key, {**keymap, name: key}):
            other = self._known[others[0]]
            text = f"{key_name(key)} is taken: {other.about} ({other.id}). Give that another first."
            self._about.show((text, "warn"))
        elif one.keys == (key,):
            self.action_reset()
        else:
            self._ld.change(BY_NAME["keys"], {**keymap, name: key})

    def _listed(self) -> Iterable[Row]:
        from ld_tui.tui.keymap import keys_of

        keymap, section = self._keymap, ""
        # The app's come first, then each screen's together.
        for one in sorted(self._known.values(), key=_order):
            if all(key in RESERVED for key in one.keys):
                continue
            if _part(one) != section:
                section = _part(one)
                yield Row("", section)
            names = " or ".join(key_name(key) for key in keys_of(one, keymap))
            yield Row(one.id, one.about, names, one.id, one.id in keymap)

    def _tell(self) -> None:
        one = self._known.get(self._rows.chosen)
        if one is not None:
            own = " or ".join(key_name(key) for key in one.keys)
            origin = self._ld.loaded.origin(BY_NAME["keys"])
            lost = unsaved_line(self._ld, BY_NAME["keys"])
            self._about.show(
                (f"{one.about}.", ""),
                (lost if origin.source is Source.SESSION else "", "warn"),
                (f"{one.id}: its own keys are {own}", "quiet"),
            )


def _part(one: "Bound") -> str:
    """Return the heading under which something stands."""
    name = one.id.partition(".")[0]
    return _PARTS.get(name, name.replace("_", " ").capitalize()) if one.places else "Everywhere"


def _order(one: "Bound") -> tuple[bool, bool, str]:
    """Sort what holds everywhere first, then what a game is played with, then the rest."""
    return bool(one.places), not one.id.startswith("play."), _part(one)
