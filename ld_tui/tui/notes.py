"""What happened in a game other than turns, and when. A save holds no order within one turn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ld_tui.arena.game import Game


@dataclass(frozen=True, slots=True)
class Note:
    """A line about what happened, other than turns."""

    ply: int
    """Turns played when it happened."""
    text: str
    is_trouble: bool = False
    illegal: int = 0
    """Illegal choices of the turn under way by then."""
    struck: int = 0
    """Emergencies that had struck by then."""


class Notes:
    """The notes on a game, oldest first, and when emergencies struck."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._notes: list[Note] = []
        self._struck_after: dict[int, int] = {}

    def __iter__(self) -> Iterator[Note]:
        return iter(self._notes)

    def add(self, text: str, trouble: bool = False) -> None:
        """Note what happened just now."""
        game = self._game
        self._notes.append(Note(game.ply, text, trouble, game.attempt, len(game.record.struck)))

    def has(self, text: str) -> bool:
        return any(note.text == text for note in self._notes)

    def strikes(self) -> None:
        """Notice that an emergency is about to strike."""
        self._struck_after[len(self._game.record.struck)] = self._game.attempt

    def struck_after(self, number: int) -> int:
        """Return how many illegal choices of its turn came before an emergency, from 0."""
        return self._struck_after.get(number, 0)

    def taken_back(self) -> None:
        """Keep the notes on turns that were taken back: they came before all that comes now."""
        ply, struck = self._game.ply, len(self._game.record.struck)
        self._notes = [
            note
            if note.ply < ply
            else replace(note, ply=ply, illegal=0, struck=min(note.struck, struck))
            for note in self._notes
        ]
