"""A first game with a guide: the play screen with a strip that says what to do."""

from collections.abc import Iterable

from textual.widget import Widget

from ld_tui.arena.game import Game
from ld_tui.tui.lesson import STEPS, Lesson
from ld_tui.tui.ports import Engine
from ld_tui.tui.screens.play import PlayScreen
from ld_tui.tui.text import Line, cut, width_of, wrap
from ld_tui.tui.widgets.painter import Painter

_ROWS = 3


class Strip(Painter):
    """The step that is told."""

    DEFAULT_CSS = """
    Strip { height: 3; background: $surface; padding: 0 1; }
    """

    def __init__(self, lesson: Lesson, letters: bool) -> None:
        super().__init__()
        self._lesson = lesson
        self._letters = letters
        self.is_waiting = False
        self.is_large = False
        """Whether the board is drawn in cells of several rows."""

    def lines(self, width: int, height: int) -> list[Line]:
        step = self._lesson.step
        if step is None:
            return []
        head: Line = [
            (f"{self._lesson.at + 1}/{len(STEPS)} ", "key"),
            (step.title, "title"),
        ]
        leave = "esc leaves the guide"
        gap = max(1, width - width_of(head) - len(leave))
        head += [(" " * gap, ""), (cut(leave, width - width_of(head) - gap), "quiet")]
        if self.is_waiting:
            return [head, [("LD thinks…", "quiet")]]
        text = step.text
        signs = SIGNS if self._letters else LARGE if self.is_large else {}
        for sign, instead in signs.items():
            text = text.replace(sign, instead)
        return [head, *([(line, "strong")] for line in wrap(text, width, height - 1))]


SIGNS = {"●": "B", "◆": "O", "◦": "+", "○": "the letter", "▸": ">", "→": "->"}
"""What stands for a sign where the board is drawn with letters."""
LARGE = {"marked ▸": "in brackets", "marked ◦": "with a ring"}
"""What marks a cell of several rows."""


class TutorialScreen(PlayScreen):
    """The first game."""

    def __init__(self, game: Game, engine: Engine, letters: bool, reply_delay: float) -> None:
        super().__init__(game, engine, letters, reply_delay)
        self.lesson = Lesson()
        self._strip = Strip(self.lesson, letters)

    def body(self) -> Iterable[Widget]:
        yield self._strip
        yield from super().body()

    def changed(self) -> None:
        super().changed()
        self._look()

    def action_enter(self) -> None:
        is_guided = self._strip.display and not self.hand.entry.is_open
        if not is_guided or not self.lesson.enter(self.conductor):
            super().action_enter()
        elif self.lesson.step is None:
            self._ld.show_start()
            return
        self._look()

    def action_escape(self) -> None:
        """Leave what is typed; where nothing is, the guide: the game goes on without it."""
        if self.hand.entry.is_open or self.hand.is_marking or not self._strip.display:
            super().action_escape()
            return
        self._strip.display = False
        self._place()
        self.conductor.note("the guide is left, and the game goes on; n, then t begins it again")

    def _draw_hand(self) -> None:
        super()._draw_hand()
        self._look()

    def _look(self) -> None:
        """Take notice of what was done."""
        if self._strip.display:
            self.lesson.look(self.conductor)
            self._strip.is_waiting = self.lesson.waits(self.conductor)
            self._strip.refresh()

    def _place(self) -> None:
        super()._place()
        self._strip.is_large = self._board.scale > 1
        if self._strip.display:
            # All candidates are to be seen, as the guide speaks of them.
            self._decision.styles.height = max(6, self.app.size.height - 2 - _ROWS - 3)

    def _rows_taken(self) -> int:
        return _ROWS if self._strip.display else 0
