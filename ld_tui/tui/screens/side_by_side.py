"""Two games side by side: as it was, and as it would have been."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ld_tui.arena.branch import first_turns
from ld_tui.arena.game import Game
from ld_tui.game.notation import format_move
from ld_tui.game.record import GameRecord
from ld_tui.game.rules import Reason
from ld_tui.tui import views
from ld_tui.tui.counterfactual import (
    Change,
    Continuation,
    compared,
    continued,
    ended_text,
    still_due,
)
from ld_tui.tui.messages import EngineNotice, EngineSaid
from ld_tui.tui.picture import Picture
from ld_tui.tui.ports import ReviewingEngine
from ld_tui.tui.replaying import Replaying
from ld_tui.tui.reviews import Reviews
from ld_tui.tui.saving import Saver
from ld_tui.tui.screens.base import LdScreen
from ld_tui.tui.text import Line, cut
from ld_tui.tui.widgets.board import Board
from ld_tui.tui.widgets.compare import Half, HalfView, TurnRow
from ld_tui.tui.widgets.keybar import KeyBar
from ld_tui.tui.widgets.painter import Painter

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp
    from ld_tui.tui.bridge import Bridge

_LEAST_MOVES = 6
"""Rows under the boards; where they wouldn't be there, the boards are left out."""


class Verdict(Painter):
    """One line on what came of it."""

    DEFAULT_CSS = "Verdict { height: 1; background: $panel; padding: 0 1; }"

    text = ""
    style_name = "strong"

    def lines(self, width: int, height: int) -> list[Line]:
        return [[(cut(self.text, width), self.style_name)]]


class SideBySideScreen(LdScreen):
    """Plays a game on with a change, and shows it beside the game as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "move(-1)", "back", key_display="←", id="sides.back",
                tooltip="Both boards one turn back"),
        Binding("right,down", "move(1)", "on", key_display="→", id="sides.on",
                tooltip="Both boards one turn on"),
        Binding("home", "move(-9999)", "first", show=False, id="sides.first",
                tooltip="Where they part"),
        Binding("end", "move(9999)", "last", show=False, id="sides.last", tooltip="The ends"),
        Binding("space", "pause", "pause", id="sides.pause", tooltip="Pause, or play on"),
        Binding("enter", "look", "look at it", id="sides.look", tooltip="Look at the new game"),
        Binding("escape", "leave", "leave", key_display="esc", id="sides.leave", tooltip="Back"),
    ]  # fmt: skip

    def __init__(
        self,
        record: GameRecord,
        ply: int,
        change: Change,
        path: Path | None,
        letters: bool,
    ) -> None:
        """Take the game, the turn it goes on from, and what is otherwise then."""
        super().__init__()
        self.change = change
        self.ply = ply
        self.old = Game(record)
        self._path = path
        self._letters = letters
        self._bridge: Bridge | None = None
        self._saver: Saver | None = None
        self._game: Continuation | None = None
        self._old_reviews: Reviews | None = None
        self._shown: int | None = None
        """Turns played in what the boards show; None: as far as it has come."""
        size = record.start.base.size
        self._boards = [Board(Picture(size=size)) for _ in range(2)]
        for board in self._boards:
            board.letters = letters
        self._halves = [Half(), Half()]
        self._drawn: list[GameRecord | None] = [None, None]
        self._verdict = Verdict()

    @property
    def hears_all(self) -> bool:
        """Tell whether the app's engine is the one that plays here."""
        return self._bridge is None

    @property
    def game(self) -> Continuation:
        """The game as it would have been."""
        assert self._game is not None
        return self._game

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="halves"):
            for board, half in zip(self._boards, self._halves, strict=True):
                with Vertical(classes="half"):
                    yield board
                    yield half
        yield self._verdict
        yield KeyBar()

    def on_mount(self) -> None:
        engine = self._engine()
        new = continued(
            self.old.record, self.ply, self.change, self._path.name if self._path else ""
        )
        self._saver = Saver(self._ld.setup.saves, "what-if", self._failed)
        game = Game(new, self._saver.save)
        due = still_due(self.old.record, self.ply, self.change)
        self._game = Continuation(game, due, engine, self)
        self._old_reviews = Reviews(engine)
        self.changed()
        self.call_after_refresh(self._begin)

    def on_unmount(self) -> None:
        if self._game is not None:
            self._game.close()
        if self._old_reviews is not None:
            self._old_reviews.close()
        if self._saver is not None:
            self._saver.close()
        if self._bridge is not None:
            self._bridge.close()

    def on_resize(self, event: events.Resize) -> None:
        self._place()

    def on_engine_said(self, message: EngineSaid) -> None:
        """Take what this screen's own engine said; the app has no part in it."""
        message.stop()
        self.hear(message)

    def on_engine_notice(self, message: EngineNotice) -> None:
        message.stop()
        self.hear(message)

    def hear(self, message: EngineSaid | EngineNotice) -> None:
        """Take what the engine said, or what happened to it."""
        if self._game is None or self._old_reviews is None:
            return
        if isinstance(message, EngineNotice):
            self._game.note(message.line, trouble=True)
            return
        number, event = message.content.get("id"), str(message.content.get("event"))
        if isinstance(number, int) and self._old_reviews.has_asked(number):
            self._old_reviews.hear(number, event, message.content)
            self.changed()
        else:
            self._game.heard(message.content)

    # What the continuation wants of its screen

    def changed(self) -> None:
        """Draw what changed."""
        if not self.is_running or self._game is None or self._old_reviews is None:
            return
        game, letters = self._game, self._letters
        new = game.game
        followed = new.ply if self._shown is None else self._shown
        for half, each, reviews, title in (
            (self._halves[0], self.old, self._old_reviews, "as it was"),
            (self._halves[1], new, game.reviews, f"what if: {self.change.text}"),
        ):
            other = new if each is self.old else self.old
            rows = tuple(self._row(each, other, reviews, ply) for ply in range(self.ply, each.ply))
            shown = min(followed, each.ply) - 1 - self.ply
            half.show(HalfView(title, ended_text(each), rows, shown, letters))
        for side, each in enumerate((self.old, new)):
            self._draw_board(side, each, min(followed, each.ply))
        self._verdict.text = game.trouble or compared(self.old, new, self.ply)
        self._verdict.style_name = "bad" if game.trouble else "strong"
        self._verdict.refresh()
        self.refresh_bindings()

    def streamed(self) -> None:
        """Draw what an author wrote on: nothing, here."""

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call back after a while."""
        self.set_timer(max(seconds, 0.001), call)

    # Keys

    def action_move(self, by: int) -> None:
        longest = max(self.old.ply, self.game.game.ply)
        now = self.game.game.ply if self._shown is None else self._shown
        self._shown = min(longest, max(self.ply, now + by))
        self.changed()

    def action_pause(self) -> None:
        self._shown = None
        self.game.toggle_pause()

    def action_look(self) -> None:
        """Look at the new game, as it was saved."""
        if self._saver is not None and self._saver.flush(1.0) and self._saver.path is not None:
            self._ld.look_at(self._saver.path)

    def action_leave(self) -> None:
        # A key pressed twice comes again after the screen has gone.
        if self.is_active:
            self._ld.pop_screen()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide keys that do nothing now."""
        if self._game is None:
            return False
        match action:
            case "pause":
                return not self._game.is_over
            case "look":
                return self._game.is_over
        return True

    # Within

    @property
    def _ld(self) -> "LdTuiApp":
        return cast("LdTuiApp", self.app)

    def _engine(self) -> ReviewingEngine:
        """Return the engine that plays: the app's, or one of its own with the parts changed."""
        if not self.change.needs_engine:
            return self._ld.engine
        from ld_tui.engine.client import engine_command
        from ld_tui.tui.bridge import Bridge

        command = self._ld.setup.engine_command or tuple(engine_command())
        self._bridge = Bridge(self, self.change.command(command))
        self._bridge.start()
        return self._bridge

    def _begin(self) -> None:
        if self._old_reviews is not None and self._game is not None:
            self._old_reviews.look(self.old)
            self._game.begin()

    def _row(self, game: Game, other: Game, reviews: Reviews, ply: int) -> TurnRow:
        turn = game.record.turns[ply]
        found = reviews.found.get(ply)
        verdict = found.verdict if found is not None else None
        struck = [item.emergency.kind for item in game.record.struck if item.ply == ply >= self.ply]
        theirs = other.record.turns[ply].move if ply < other.ply else None
        result, is_last = game.outcome, ply == game.ply - 1
        return TurnRow(
            step=game.positions[ply].steps + 1,
            side=turn.side,
            move=format_move(turn.move),
            mark=verdict.mark if verdict is not None else "",
            reached=verdict.reached if verdict is not None else None,
            is_captured=is_last and result is not None and result.reason is Reason.CAPTURE,
            is_known=verdict is not None,
            differs=turn.move != theirs,
            news=", ".join(struck),
        )

    def _draw_board(self, side: int, each: Game, ply: int) -> None:
        """Draw a game as it stood after some turns, unless it stands there already."""
        begun = first_turns(each.record, ply)
        if begun != self._drawn[side]:
            self._drawn[side] = begun
            seen = Replaying(begun, self.game.reviews.engine, self, ply)
            self._boards[side].show(views.picture(seen, None, None, frozenset(), False))

    def _failed(self, line: str) -> None:
        self._ld.notify(f"not saved: {line}", severity="error", markup=False)

    def _place(self) -> None:
        width, height = self.app.size
        size = self.old.record.start.base.size
        fitting = [
            scale
            for scale in (1, 2, 3)
            if 4 + size * 2 * scale <= width // 2 - 1
            and 1 + size * scale + _LEAST_MOVES + 2 <= height
        ]
        for board in self._boards:
            board.display = bool(fitting)
            board.scale = max(fitting, default=1)
