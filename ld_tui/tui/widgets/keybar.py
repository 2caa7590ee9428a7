"""The line at the bottom: the keys that do something now, from the live bindings; clickable."""

from collections.abc import Mapping
from dataclasses import replace

from textual import events
from textual.binding import Binding
from textual.keys import key_to_character

from ld_tui.tui.text import Line
from ld_tui.tui.widgets.painter import Painter

PINNED = ("help", "quit")
"""Bindings, by id, that always have their place at the right, in this order."""
_SHORT = {
    "question_mark": "?", "space": "space", "enter": "enter", "plus": "+", "minus": "-",
    "full_stop": ".", "comma": ",", "backspace": "bksp", "escape": "esc", "delete": "del",
    "pageup": "pgup", "pagedown": "pgdn", "up": "↑", "down": "↓", "left": "←", "right": "→",
}  # fmt: skip


class KeyBar(Painter):
    """Shows the active bindings with `show`, as many as fit."""

    DEFAULT_CSS = """
    KeyBar { height: 1; background: $panel; padding: 0 1; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._hidden: set[str] = set()
        self._said: dict[str, str] = {}
        self._places: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def hide(self, actions: set[str]) -> None:
        """Leave out these actions' keys."""
        if actions != self._hidden:
            self._hidden = actions
            self.refresh()

    def say(self, actions: Mapping[str, str]) -> None:
        """Call these actions' keys by what they do now."""
        if actions != self._said:
            self._said = dict(actions)
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        self._places = []
        live = self._live()
        pinned = [one for name in PINNED for one in live if one.id == name]
        room = width - sum(_length(binding) + 2 for binding in pinned)
        line, end = self._row([one for one in live if one not in pinned], 0, room)
        last, _ = self._row(pinned, room + 2, width)
        return [[*line, (" " * (room + 2 - end), ""), *last]]

    def _row(self, bindings: list[Binding], at: int, end: int) -> tuple[Line, int]:
        """Return what fits between two columns, and where it ends."""
        line: Line = []
        for binding in bindings:
            length = _length(binding)
            if at + length > end:
                continue
            line += [(key_text(binding), "key"), (f" {binding.description}", ""), ("  ", "")]
            self._places.append((at, at + length, binding.key))
            at += length + 2
        return line, at

    def _live(self) -> list[Binding]:
        seen: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.action in self._hidden:
                continue
            if binding.show and active.enabled and binding.action not in seen:
                text = self._said.get(binding.action, binding.description)
                seen[binding.action] = replace(binding, description=text)
        return list(seen.values())

    async def on_click(self, event: events.Click) -> None:
        for start, end, key in self._places:
            if start <= event.x - 1 < end:
                self.app.simulate_key(key)


def _length(binding: Binding) -> int:
    return len(key_text(binding)) + 1 + len(binding.description)


def key_text(binding: Binding) -> str:
    """Return how a key is written for a person."""
    shown = binding.key_display
    # Of a binding of two keys, such as `?` and F1, only the second acts in a field for text.
    if shown and len(shown) == 1 and _is_function_key(binding.key):
        return key_name(binding.key)
    return shown or key_name(binding.key)


def key_name(key: str) -> str:
    """Return how a key is written for a person, from Textual's name."""
    if key in _SHORT:
        return _SHORT[key]
    if _is_function_key(key):
        return key.upper()
    if key.startswith("upper_"):
        return key.removeprefix("upper_").upper()
    character = key_to_character(key)
    return character if character and character.isprintable() else key


def _is_function_key(key: str) -> bool:
    return key[:1] == "f" and key[1:].isdecimal()
