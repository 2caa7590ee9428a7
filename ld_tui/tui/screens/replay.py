"""The replay screen: a saved game as it was seen live, with a timeline in place of a hand."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ld_tui.game.mapped import map_text
from ld_tui.game.record import GameRecord
from ld_tui.tui import replay_views, views
from ld_tui.tui.conductor import Conductor
from ld_tui.tui.emergencies import LETTERS, SIGNS, force_text
from ld_tui.tui.exporting import Exportable, exportable_replay
from ld_tui.tui.history import move_lines
from ld_tui.tui.layout import arrange
from ld_tui.tui.messages import EngineNotice, EngineSaid
from ld_tui.tui.picture import Picture
from ld_tui.tui.ports import ReviewingEngine
from ld_tui.tui.replaying import Replaying
from ld_tui.tui.screens.base import LdScreen
from ld_tui.tui.screens.choice import ChoiceScreen
from ld_tui.tui.screens.replay_keys import REPLAY_KEYS
from ld_tui.tui.widgets.author import AuthorPanel
from ld_tui.tui.widgets.board import Board
from ld_tui.tui.widgets.decision import DecisionPanel
from ld_tui.tui.widgets.keybar import KeyBar
from ld_tui.tui.widgets.menu import Item
from ld_tui.tui.widgets.moveline import MoveLine, MoveView
from ld_tui.tui.widgets.moves import MoveList
from ld_tui.tui.widgets.status import StatusBar
from ld_tui.tui.widgets.timeline import Timeline
from ld_tui.tui.widgets.value import ValuePane

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp

_TIMELINE_ROWS = 4
_CONTINUE = (
    Item("blue", "play blue", "you hunt from here", "b"),
    Item("orange", "play orange", "you flee from here", "o"),
    Item("watch", "watch", "programs play on", "w"),
    Item("what_if", "what if…", "other K, model, base, emergencies", "x"),
)


class ReplayScreen(LdScreen):
    """One saved game, or, with `live`, the game in progress beneath this screen."""

    BINDINGS: ClassVar[list[BindingType]] = REPLAY_KEYS
    hears_all = True
    """Whether the app passes on what the engine says (see replays.py)."""

    def __init__(
        self,
        record: GameRecord,
        path: Path | None,
        engine: ReviewingEngine,
        letters: bool,
        at: int = 0,
        live: Conductor | None = None,
    ) -> None:
        """Take a record that was checked; `path` is its file, if it is known."""
        super().__init__()
        self.conductor = Replaying(record, engine, self, at)
        self.path = path
        self._live = live
        self._letters = letters
        self._typed: str | None = None
        self._problem = ""
        self._wish = 0
        """The way to the turning point that is wanted once the marks are known; 0: none is."""
        self._board = Board(Picture(size=record.start.base.size))
        self._board.letters = letters
        self._left = Vertical(id="left")
        self._status = StatusBar()
        self._value = ValuePane()
        self._line = MoveLine()
        self._decision = DecisionPanel()
        self._author = AuthorPanel()
        self._moves = MoveList()
        self._timeline = Timeline()

    def body(self) -> Iterable[Widget]:
        yield self._status
        with Horizontal(id="table"):
            with self._left:
                yield self._board
                yield self._value
                yield self._line
            with Vertical(id="right"):
                yield self._decision
                yield self._author
                yield self._moves
        yield self._timeline
        yield KeyBar()

    def on_mount(self) -> None:
        self.changed()
        self.call_after_refresh(self.conductor.begin)
        if self._live is not None:
            self.set_interval(0.25, self._follow)

    def on_unmount(self) -> None:
        self.conductor.close()

    def on_resize(self, event: events.Resize) -> None:
        self._place()

    def on_screen_resume(self) -> None:
        self._place()

    # What the conductor wants of its screen

    def changed(self) -> None:
        """Draw what changed."""
        if not self.is_running or not self.app.is_running:
            return
        game, letters = self.conductor, self._letters
        if self._wish and game.reviews.is_complete:
            self.action_turning(self._wish)
        self._status.show(views.status_view(game, letters))
        self._value.show(views.value_view(game, letters))
        self._moves.show(move_lines(game, letters))
        self._board.show(views.picture(game, None, None, frozenset(), False))
        self._draw_line()
        shows_work = game.shows_work
        if shows_work != self._author.display:
            self._author.display, self._decision.display = shows_work, not shows_work
        if shows_work:
            self._author.show(views.work_view(game, letters))
        else:
            self._decision.show(views.decision_view(game, "", letters))
        self._place()
        self.refresh_bindings()

    def streamed(self) -> None:
        """Draw anew; nothing is written while a saved game is looked at."""
        self.changed()

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call back after a while."""
        self.set_timer(max(seconds, 0.001), call)

    def hear(self, message: EngineSaid | EngineNotice) -> None:
        """Take what the engine said."""
        if isinstance(message, EngineSaid):
            self.conductor.heard(message.content)

    # Keys and clicks

    def on_key(self, event: events.Key) -> None:
        """Take the digits of a turn to go to."""
        if event.character is not None and event.character.isdigit():
            event.stop()
            self._type((self._typed or "") + event.character)
        elif self._typed is not None and event.key == "backspace":
            event.stop()
            self._type(self._typed[:-1] or None)

    def on_timeline_sought(self, message: Timeline.Sought) -> None:
        self.action_seek(message.ply)

    def on_timeline_wheeled(self, message: Timeline.Wheeled) -> None:
        self.action_move(message.by)

    def action_enter(self) -> None:
        if self._typed is not None:
            self.action_seek(int(self._typed))

    def action_seek(self, ply: int) -> None:
        self._clear()
        self.conductor.move(ply - self.conductor.at)

    def action_move(self, by: int) -> None:
        self._clear()
        if self._live is not None and self.conductor.at + by > self.conductor.last:
            self.action_leave()
        else:
            self.conductor.move(by)

    def action_play(self) -> None:
        self._clear()
        self.conductor.toggle_pause()

    def action_speed(self, by: int) -> None:
        self.conductor.change_speed(by)

    def action_turning(self, direction: int) -> None:
        if self.conductor.reviews.is_complete:
            self._jump(self.conductor.turning_points, direction, "turning point")
        else:
            self._clear()
            self._wish = direction
            self._refuse("still looking at the turns; the jump will come")

    def action_emergency(self, direction: int) -> None:
        self._jump(self.conductor.emergencies_at, direction, "emergency")

    def action_continue(self) -> None:
        self.conductor.move(0)
        self.app.push_screen(ChoiceScreen("From here…", _CONTINUE), self._continue)

    def _continue(self, chosen: str | None) -> None:
        if chosen == "what_if":
            self.action_what_if()
        elif chosen in ("blue", "orange", "watch"):
            self.action_branch(chosen)

    def action_branch(self, mode: str) -> None:
        self.conductor.move(0)
        if self.conductor.is_over:
            self._refuse("the game is over here; go back a turn")
        else:
            self._ld.branch(self.conductor.whole.record, self.conductor.at, self.path, mode)

    def action_what_if(self) -> None:
        self.conductor.move(0)
        if self.conductor.is_over:
            self._refuse("the game is over here; go back a turn")
        else:
            if self._live is not None and not (self._live.is_paused or self._live.is_over):
                # Two games at once would only wait for each other.
                self._live.toggle_pause()
            self._ld.ask_what_if(self.conductor.whole.record, self.conductor.at, self.path)

    def action_view(self) -> None:
        self.conductor.show_work()

    def action_fold(self) -> None:
        self.toggle_class("-folded")
        self._place()

    def action_page(self, by: int) -> None:
        self._moves.page(by)

    def action_export(self) -> None:
        self._ld.choose_export()

    def exportable(self) -> Exportable:
        """Return the game, for what gives it away."""
        is_hidden = self._live is not None and self._live.sight.is_hidden
        return exportable_replay(self.conductor, is_hidden, self.path)

    def action_games(self) -> None:
        self._ld.show_games(self.path.parent if self.path is not None else None)

    def action_copy_position(self) -> None:
        self._ld.copy_position()

    def action_leave(self) -> None:
        """Leave what is typed, else the screen."""
        if self._typed is not None:
            self._clear()
            self._draw_line()
        elif self.is_active:
            # A key pressed twice comes again after the screen has gone.
            self._ld.leave_replay()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide keys that do nothing now."""
        match action:
            case "view":
                return (
                    self.conductor.trace is not None and self.conductor.trace.authoring is not None
                )
            case "games":
                return self._live is None
            case "emergency":
                return bool(self.conductor.emergencies_at)
            case "enter":
                return self._typed is not None
        return True

    # Within

    @property
    def _ld(self) -> "LdTuiApp":
        return cast("LdTuiApp", self.app)

    def _follow(self) -> None:
        """Take in what was played beneath meanwhile."""
        assert self._live is not None
        record = self._live.game.record
        if record is not self.conductor.whole.record:
            self.conductor.extend(record)

    def _jump(self, places: Iterable[int], direction: int, what: str) -> None:
        self._clear()
        if not self.conductor.jump(places, direction):
            where = "after" if direction > 0 else "before"
            self._refuse(f"no {what} {where} this turn")

    def _type(self, text: str | None) -> None:
        self._typed, self._problem = text[-4:] if text else None, ""
        self._draw_line()
        self.refresh_bindings()

    def _clear(self) -> None:
        self._typed, self._problem, self._wish = None, "", 0

    def _refuse(self, reason: str) -> None:
        self._problem = reason
        self._draw_line()

    def _draw_line(self) -> None:
        game = self.conductor
        start = game.whole.record.start
        if self._typed is not None:
            advice = f"Enter goes there, 0 to {game.last}"
        elif (result := game.game.outcome) is not None:
            advice = views.outcome_text(game, result)
        elif self._live is not None:
            advice = "looking back; Esc returns to the game"
        elif game.at == game.last:
            advice = f"unfinished, {game.position.to_move} to move"
        else:
            advice = f"{game.position.to_move} to move"
        self._line.show(
            MoveView(
                prompt="turn" if self._typed is not None else "",
                typed=self._typed,
                advice=advice,
                problem=self._problem,
                force=force_text(game.position, start),
                force_short=force_text(game.position, start, LETTERS if self._letters else SIGNS),
                ground=map_text(start),
            )
        )
        notice = self._problem
        if self._typed is not None:
            notice = f"turn> {self._typed}   {advice}"
        timeline = replay_views.timeline_view(game, self._letters)
        self._timeline.show(replace(timeline, notice=notice))

    def _place(self) -> None:
        """Give every widget its place on a screen of the present size."""
        width, height = self.app.size
        size, trace = self.conductor.position.base.size, self.conductor.trace
        rows = max([5, *(len(stage.rows) for stage in trace.stages)]) if trace is not None else 5
        timeline = max(1, min(_TIMELINE_ROWS, height - 2 - (1 + size) - 2))
        plan = arrange(width, height - timeline, size, self.has_class("-folded"), rows)
        self._timeline.styles.height = timeline
        self._board.scale = plan.scale
        self._left.styles.width = plan.left
        self._value.styles.height = plan.value_rows
        self._value.display = plan.value_rows > 0
        self._line.styles.height = plan.move_rows
        self._decision.styles.height = plan.decision_rows
        self._author.styles.height = max(plan.decision_rows, height - timeline - 7)
