"""The first frame of a game: the board where it will be, before what plays on it is imported."""

from collections.abc import Iterable

from textual import events
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ld_tui.game.rules import Position
from ld_tui.tui.ground import plain_picture
from ld_tui.tui.layout import arrange
from ld_tui.tui.screens.base import LdScreen
from ld_tui.tui.widgets.board import Board


class FirstScreen(LdScreen):
    """Stands for the moment that the play screen takes; keys pressed in it are kept for that."""

    def __init__(self, position: Position, letters: bool) -> None:
        super().__init__()
        self.keys: list[events.Key] = []
        self._left = Vertical(id="left")
        self._board = Board(plain_picture(position))
        self._board.letters = letters

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="table", classes="first"):
            with self._left:
                yield self._board
            yield Vertical(id="right")

    def on_resize(self, event: events.Resize) -> None:
        plan = arrange(self.size.width, self.size.height, self._board.picture.size, False, 5)
        self._board.scale = plan.scale
        self._left.styles.width = plan.left

    def on_key(self, event: events.Key) -> None:
        if event.key != "q":
            event.stop()
            self.keys.append(event)
