"""Stepping through turns beside the board: the best line from here, or the game so far."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar, Protocol

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ld_tui.game.board import Cell
from ld_tui.game.notation import format_move
from ld_tui.game.rules import Move, Position, Side
from ld_tui.tui.ground import plain_picture
from ld_tui.tui.picture import Picture, trails_of
from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.text import Line, wrap
from ld_tui.tui.widgets.painter import Painter
from ld_tui.tui.widgets.status import side_glyph


class Turns(Protocol):
    """What can be stepped through."""

    @property
    def positions(self) -> Sequence[Position]:
        """That in which each turn's move is made, and the last one."""

    @property
    def moves(self) -> Sequence[Move]: ...

    @property
    def is_whole(self) -> bool: ...

    def grow(self) -> bool:
        """Look whether there is more by now; tell whether there is."""


class Played:
    """Turns that were played."""

    is_whole = True

    def __init__(self, positions: Sequence[Position], moves: Sequence[Move]) -> None:
        self.positions = positions
        self.moves = moves

    def grow(self) -> bool:
        return False


class TurnList(Painter):
    """The turns, the one that is shown highlighted."""

    DEFAULT_CSS = "TurnList { height: 1fr; }"

    def __init__(self, title: str, turns: Turns, marks: Sequence[str], letters: bool) -> None:
        super().__init__()
        self._title, self._turns, self._marks = title, turns, marks
        self._letters = letters
        self.at = 0

    def lines(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = [[(text, "title")] for text in wrap(self._title, width, 2)]
        lines.append([])
        rows = [self._row(turn) for turn in range(len(self._turns.moves) + 1)]
        if not self._turns.is_whole:
            rows.append([("    looking further…", "quiet")])
        room = height - len(lines)
        first = max(0, min(self.at - room // 2, len(rows) - room))
        return lines + rows[first : first + room]

    def _row(self, turn: int) -> Line:
        here = turn == self.at
        sign = ("> " if self._letters else "▸ ") if here else "  "
        if turn == 0:
            text = "before it" if self._turns.moves else "nothing was played"
            return [(sign, "key"), (text, "strong" if here else "quiet")]
        before = self._turns.positions[turn - 1]
        step = f"{before.steps + 1:>3} " if before.to_move is Side.BLUE or turn == 1 else "    "
        mark = self._marks[turn - 1] if turn - 1 < len(self._marks) else ""
        return [
            (sign, "key"),
            (step, "quiet"),
            (side_glyph(before.to_move, self._letters) + " ", str(before.to_move)),
            (format_move(self._turns.moves[turn - 1]), "strong" if here else ""),
            (f" {mark}", "warn"),
        ]


class Hints(Painter):
    """The keys."""

    DEFAULT_CSS = "Hints { height: 1; }"

    def lines(self, width: int, height: int) -> list[Line]:
        return [
            [("→ ", "key"), ("on  ", ""), ("← ", "key"), ("back  ", ""), ("home end  ", "key"),
             ("esc ", "key"), ("back to the game", "")]
        ]  # fmt: skip


class LineScreen(LdModal[str | None]):
    """Shows turns on the board of the screen beneath; gives a digit where one is pressed.

    The key that opened it was a move's letter then.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,full_stop,enter,down", "go(1)", "on", id="line.on", tooltip="On"),
        Binding("left,comma,backspace,up", "go(-1)", "back", id="line.back", tooltip="Back"),
        Binding("home", "go(-1000)", "first", id="line.first", tooltip="To the beginning"),
        Binding("end", "go(1000)", "last", id="line.last", tooltip="To the end"),
        Binding("escape,l,L", "leave", "leave", id="line.leave", tooltip="Back to the game"),
        Binding("q,f10", "app.quit", "quit", id="line.quit", tooltip="Quit"),
    ]

    def __init__(
        self,
        title: str,
        turns: Turns,
        show: Callable[[Picture | None], None],
        letters: bool,
        marks: Sequence[str] = (),
        at: int = 0,
    ) -> None:
        """`show` draws a board; None: what is to be there otherwise."""
        super().__init__()
        self._turns = turns
        self._show = show
        self._list = TurnList(title, turns, marks, letters)
        self._list.at = at

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog beside tall"):
            yield self._list
            yield Hints()

    def on_mount(self) -> None:
        self._turns.grow()
        if not self._turns.is_whole:
            self.set_interval(0.05, self._grow)
        self._draw()

    def on_key(self, event: events.Key) -> None:
        if event.character and event.character.isdigit():
            event.stop()
            self._leave(event.character)

    def action_go(self, by: int) -> None:
        self._list.at = max(0, min(len(self._turns.moves), self._list.at + by))
        self._draw()

    def action_leave(self) -> None:
        self._leave(None)

    def on_click(self, event: events.Click) -> None:
        if self.get_widget_at(*event.screen_offset)[0] is self:
            self._leave(None)
        else:
            self.action_go(1)

    @property
    def at(self) -> int:
        """The turn that is shown; 0: before the first."""
        return self._list.at

    def _leave(self, result: str | None) -> None:
        self._show(None)
        self.dismiss(result)

    def _grow(self) -> None:
        if self._turns.grow():
            self._list.refresh()

    def _draw(self) -> None:
        self._list.refresh()
        self._show(picture_at(self._turns, self.at))


def picture_at(turns: Turns, at: int) -> Picture:
    """Return the board after some of the turns, with the trails of the last two."""
    trails: dict[Cell, tuple[Side, bool]] = {}
    for turn in range(max(0, at - 2), at):
        before = turns.positions[turn]
        trails |= trails_of(before.to_move, turns.moves[turn], before.rules)
    return replace(plain_picture(turns.positions[at]), trails=trails)
