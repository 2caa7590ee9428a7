"""The text of a typed move, key by key. Letters that are keys too may begin one. Pure."""

from collections.abc import Callable

CHARACTERS = frozenset("abcdefghijklmnopqrst0123456789 ,;->")


class MoveEntry:
    """What is being typed; `text` is None while nothing is."""

    def __init__(self) -> None:
        self.text: str | None = None
        self._lead: tuple[str, Callable[[], None]] | None = None

    @property
    def is_open(self) -> bool:
        return self.text is not None

    def open(self, text: str = "") -> None:
        self.text = text

    def close(self) -> None:
        self.text = None
        self._lead = None

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
