"""The text of a typed move, key by key. Letters that are keys too may begin one. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789 ,;->")


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A key that waits: its letter may begin a move."""

    letter: str
    action: str
    """What it does where none follows."""


class MoveEntry:
    """What is being typed; `text` is None while nothing is."""

    def __init__(self) -> None:
        self.text: str | None = None
        self._lead: tuple[str, Callable[[], None]] | None = None
        self._held: Held | None = None

    @property
    def is_open(self) -> bool:
        return self.text is not None

    def open(self, text: str = "") -> None:
        self.text = text

    def close(self) -> None:
        self.text = None
        self._lead = None

    def hold(self, letter: str, action: str) -> Held:
        """Let a key wait for the next one."""
        self._held = Held(letter, action)
        return self._held

    def take_held(self, one: Held | None = None) -> Held | None:
        """Return the key that waits, and let none wait; with `one`, only where it is that."""
        held = self._held
        if one is not None and held is not one:
            return None
        self._held = None
        return held

    def lead(self, letter: str, undo: Callable[[], None]) -> None:
        """Remember a letter that did something as a key: a digit next makes it a move's first.

        `undo` takes back what the key did.
        """
        self._lead = (letter, undo)

    def take_lead(self) -> tuple[str, Callable[[], None]] | None:
        """Return the letter that may begin a move, and forget it: only the next key counts."""
        lead, self._lead = self._lead, None
        return lead

    def type(self, character: str) -> bool:
        """Add a character, if a move may hold it; tell whether it does."""
        character = character.lower()
        if self.text is None or character not in CHARACTERS or len(self.text) > 40:
            return False
        self.text += character
        return True

    def rub_out(self) -> None:
        """Take the last character back; an empty text closes."""
        if self.text:
            self.text = self.text[:-1]
        else:
            self.close()
