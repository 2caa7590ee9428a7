"""The play screen, for playing and watching alike: which sides are a person's is the only mode.

It turns keys and clicks into what `Conductor` does, and the game into what the widgets show.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ld_tui.arena.game import Game
from ld_tui.errors import IllegalMove, LdTuiError, NotationError, RulesError
from ld_tui.game.board import Cell, format_cell
from ld_tui.game.rules import Position, Side
from ld_tui.tui import views
from ld_tui.tui.conductor import Conductor, Engine
from ld_tui.tui.draft import Draft, TypedTurn, read_typed
from ld_tui.tui.entry import MoveEntry
from ld_tui.tui.layout import arrange
from ld_tui.tui.messages import EngineNotice, EngineSaid
from ld_tui.tui.picture import Picture
from ld_tui.tui.screens.base import LdScreen
from ld_tui.tui.widgets.board import Board
from ld_tui.tui.widgets.decision import DecisionPanel
from ld_tui.tui.widgets.keybar import KeyBar
from ld_tui.tui.widgets.moveline import MoveLine, MoveView
from ld_tui.tui.widgets.moves import MoveList
from ld_tui.tui.widgets.status import StatusBar
from ld_tui.tui.widgets.value import ValuePane

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp


def _key(
    keys: str, action: str, text: str, tip: str, show: bool = True, display: str = ""
) -> Binding:
    name = f"play.{action.split('(')[0]}.{keys.split(',')[0]}"
    return Binding(keys, action, text, show=show, key_display=display or None, id=name, tooltip=tip)


class PlayScreen(LdScreen):
    """One game."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("enter", "enter", "choose", "Pick a dot, a target; send the turn", show=False),
        _key("up", "cursor(0,1)", "cursor", "Move the cursor", show=False, display="↑↓←→"),
        _key("down", "cursor(0,-1)", "cursor", "", show=False),
        _key("left", "cursor(-1,0)", "cursor", "", show=False),
        _key("right", "cursor(1,0)", "cursor", "", show=False),
        _key("tab", "cycle(1)", "next dot", "Select the next dot", show=False),
        _key("shift+tab", "cycle(-1)", "previous dot", "", show=False),
        _key("m", "type", "type", "Type a move, such as c9e9"),
        _key("h", "hint", "hint", "Fill in a best move; Enter sends it"),
        _key("u,backspace", "undo", "undo", "Take back a dot, or the last turns", display="u"),
        _key("space", "space", "pause", "Send the turn; pause programs"),
        _key("full_stop", "step", "step", "One turn of the programs; ask again", display="."),
        _key("plus,equals_sign", "speed(1)", "faster", "Faster", display="+"),
        _key("minus", "speed(-1)", "slower", "Slower", display="-"),
        _key("e", "block", "roadblock", "Close cells: mark them, e again drops it"),
        _key("E", "random_block", "random", "Drop a roadblock near orange at random", show=False),
        _key("w", "watch", "watch", "Programs play both sides; again: take over"),
        _key("b", "take_over('blue')", "blue", "Take over blue, or hand it back", show=False),
        _key("o", "take_over('orange')", "orange", "Take over orange, or hand it back", show=False),
        _key("s", "fold", "panels", "Put the panels away, or bring them back"),
        _key("n", "new", "new", "New game (this one is saved)"),
        _key("r", "resume", "resume", "Go on with another saved game", show=False),
        _key("pageup", "page(1)", "back", "Look back in the list of moves", show=False),
        _key("pagedown", "page(-1)", "forward", "Look forward in the list of moves", show=False),
        _key("escape", "escape", "leave", "Leave typing or a roadblock", show=False, display="esc"),
    ]  # fmt: skip

    def __init__(self, game: Game, engine: Engine, letters: bool, reply_delay: float) -> None:
        super().__init__()
        self.conductor = Conductor(game, engine, self, reply_delay)
        self._letters = letters
        self._entry = MoveEntry()
        self._cursor: Cell | None = None
        self._hovered: Cell | None = None
        self._blocking: set[Cell] | None = None
        self._problem = ""
        self._advice = ""
        self._turn_seen: Position | None = None
        self._board = Board(Picture(size=game.position.base.size))
        self._board.letters = letters
        self._status = StatusBar()
        self._value = ValuePane()
        self._move_line = MoveLine()
        self._decision = DecisionPanel()
        self._moves = MoveList()

    def body(self) -> Iterable[Widget]:
        yield self._status
        with Horizontal(id="table"):
            with Vertical(id="left"):
                yield self._board
                yield self._value
                yield self._move_line
            with Vertical(id="right"):
                yield self._decision
                yield self._moves
        yield KeyBar()

    def on_mount(self) -> None:
        self.set_interval(0.5, self._tick)
        self.changed()
        self.call_after_refresh(self.conductor.begin)

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    # What the conductor wants of its screen

    def changed(self) -> None:
        """Draw what changed."""
        if not self.is_running or not self.app.is_running:
            return
        if self._turn_seen is not self.conductor.draft.position:
            self._new_turn()
        game = self.conductor
        self._status.show(views.status_view(game, self._letters))
        self._value.show(views.value_view(game, self._letters))
        self._decision.show(views.decision_view(game, self._ld.engine_line, self._letters))
        self._moves.show(views.move_lines(game, self._letters))
        self._draw_board()
        self._draw_move_line()
        self.refresh_bindings()

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call back after a while."""
        self.set_timer(max(seconds, 0.001), call)

    def hear(self, message: EngineSaid | EngineNotice) -> None:
        """Take what the engine said, or what happened to it."""
        if isinstance(message, EngineSaid):
            self.conductor.heard(message.content)
        else:
            self.conductor.note(message.line, trouble=True)

    # Keys and clicks

    def on_key(self, event: events.Key) -> None:
        """Type moves; every other key goes to its binding."""
        lead = self._entry.take_lead()
        character = event.character if event.is_printable else None
        if self._entry.is_open:
            self._typing(event, character)
        elif character is not None and character.isdigit() and lead is not None:
            event.stop()
            lead[1]()
            self._open_entry(lead[0] + character)
        elif character is not None and self._begins_move(event, character):
            event.stop()
            self._open_entry(character.lower())

    def _typing(self, event: events.Key, character: str | None) -> None:
        if event.key == "backspace":
            self._entry.rub_out()
        elif character is None or not self._entry.type(character):
            return
        event.stop()
        self._problem = ""
        self._draw_move_line()

    def _begins_move(self, event: events.Key, character: str) -> bool:
        """Tell whether a letter is a column, and no key that does something."""
        column = ord(character.lower()) - ord("a")
        is_column = 0 <= column < self.conductor.position.base.size
        can_move = self.conductor.is_persons_turn and self._blocking is None
        return is_column and can_move and event.key not in self.active_bindings

    def _open_entry(self, text: str) -> None:
        if self.conductor.is_persons_turn:
            self._problem = ""
            self._entry.open(text)
            self._draw_move_line()

    def _leads(self, letter: str, undo: Callable[[], None]) -> None:
        """Let a key's letter begin a move after all, if a digit follows and it is a column."""
        if ord(letter) - ord("a") < self.conductor.position.base.size:
            self._entry.lead(letter, undo)

    def on_board_clicked(self, message: Board.Clicked) -> None:
        self._cursor = message.cell
        self._point(message.cell)

    def on_board_hovered(self, message: Board.Hovered) -> None:
        self._hovered = message.cell
        self._draw_board()

    def action_enter(self) -> None:
        if self._entry.is_open:
            self._send_typed()
        elif self._blocking is None and self.conductor.draft.is_complete:
            self._send()
        elif self._cursor is not None:
            self._point(self._cursor)

    def action_cursor(self, cols: int, rows: int) -> None:
        size = self.conductor.position.base.size
        here = self._cursor or self.conductor.position.orange
        col, row = here.col + int(cols), here.row + int(rows)
        self._cursor = Cell(min(size - 1, max(0, col)), min(size - 1, max(0, row)))
        self._draw_board()

    def action_cycle(self, step: int) -> None:
        if self.conductor.is_persons_turn:
            self._set_draft(self.conductor.draft.cycle(int(step)))

    def action_type(self) -> None:
        self._open_entry("")
        self._leads("m", self._entry.close)

    def action_hint(self) -> None:
        old = self.conductor.draft
        best = self.conductor.best_move()
        if not self.conductor.is_persons_turn:
            return
        if best is None:
            self._refuse("the board is still being solved; ask again in a moment")
        else:
            self._set_draft(old.put_all(best))
            self._advice = "a best move. Enter sends it, u takes it back"
            self._draw_move_line()
        self._leads("h", lambda: self._set_draft(old))

    def action_undo(self) -> None:
        draft = self.conductor.draft
        if self._blocking is not None:
            self._blocking.clear()
            self._redraw()
        elif self.conductor.is_persons_turn and draft.is_begun:
            self._set_draft(draft.back())
        elif not self.conductor.take_back():
            self._refuse("there is no turn of yours to take back")

    def action_space(self) -> None:
        if self.conductor.is_persons_turn:
            if self.conductor.draft.is_complete:
                self._send()
            else:
                self.action_enter()
        elif not self.conductor.is_over:
            self.conductor.toggle_pause()

    def action_step(self) -> None:
        self.conductor.step()

    def action_speed(self, by: int) -> None:
        self.conductor.change_speed(int(by))

    def action_block(self) -> None:
        if self._blocking is None:
            if self.conductor.is_over:
                return
            self._blocking = set()
            self._cursor = self._cursor or self.conductor.position.orange
            self._leads("e", self.action_escape)
            self._redraw()
        elif not self._blocking:
            self.action_escape()
        else:
            self._drop(lambda: self.conductor.roadblock(sorted(self._blocking or ())))

    def action_random_block(self) -> None:
        self._drop(self.conductor.random_roadblock)

    def action_watch(self) -> None:
        self._leave_modes()
        self.conductor.watch()

    def action_take_over(self, side: str) -> None:
        self._leave_modes()
        self.conductor.take_over(Side(side))
        self._leads(side[0], lambda: self.conductor.take_over(Side(side)))

    def action_fold(self) -> None:
        self.toggle_class("-folded")
        self._arrange()
        self._leads("s", self.action_fold)

    def action_page(self, by: int) -> None:
        self._moves.page(int(by))

    def action_new(self) -> None:
        self._ld.show_start()

    def action_resume(self) -> None:
        self._ld.choose_save()

    def action_escape(self) -> None:
        self._leave_modes()
        self._redraw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide keys that do nothing now."""
        game = self.conductor
        if action in ("hint", "type", "cycle"):
            return game.is_persons_turn
        if action in ("step", "speed"):
            return (game.is_watching and not game.is_over) or bool(game.trouble)
        if action in ("block", "random_block", "watch", "take_over"):
            return not game.is_over
        if action == "space":
            return not game.is_over
        return True

    # Turns

    def _point(self, cell: Cell) -> None:
        """Do what choosing a cell means now."""
        game, draft = self.conductor, self.conductor.draft
        if self._blocking is not None:
            self._mark(cell)
        elif not game.is_persons_turn:
            self._draw_board()
        elif cell in draft.legal():
            self._put(cell)
        elif dots := [dot for dot in draft.dots_on(cell) if not draft.is_preset(dot)]:
            at = dots.index(draft.selected) + 1 if draft.selected in dots else 0
            self._set_draft(draft.select(dots[at % len(dots)]))
        elif draft.is_complete:
            self._refuse("every dot is set: Enter sends the turn, u takes a dot back")
        else:
            self._put(cell)

    def _put(self, cell: Cell) -> None:
        try:
            draft = self.conductor.draft.put(cell)
        except IllegalMove as error:
            self._refuse(str(error))
            return
        self._set_draft(draft)
        if draft.side is Side.ORANGE and draft.is_complete:
            self._send()

    def _send(self) -> None:
        draft = self.conductor.draft
        if self.conductor.is_persons_turn and draft.is_complete:
            self.conductor.submit(draft.move)

    def _send_typed(self) -> None:
        text = self._entry.text or ""
        self._entry.close()
        if not text.strip():
            self._redraw()
            return
        draft = self.conductor.draft
        try:
            typed = read_typed(text, draft)
            if isinstance(typed, TypedTurn):
                if reason := self.conductor.submit(typed.move):
                    self._refuse(f"illegal, and counted: {reason}")
                return
            for dot, target in typed.pairs:
                draft = draft.put(target, dot)
        except (NotationError, IllegalMove) as error:
            self._refuse(str(error))
            return
        self._set_draft(draft)

    def _set_draft(self, draft: Draft) -> None:
        self.conductor.draft = draft
        self._problem = self._advice = ""
        if draft.selected is not None:
            self._cursor = draft.standing[draft.selected]
        self._redraw()

    def _mark(self, cell: Cell) -> None:
        """Mark a cell to be closed, or unmark it."""
        position = self.conductor.position
        if self._blocking is None:
            return
        if cell in (*position.blue, position.orange):
            self._refuse(f"a dot stands on {format_cell(cell)}; close an empty cell")
        elif cell in position.rules.closed:
            self._refuse(f"{format_cell(cell)} is closed already")
        else:
            self._blocking ^= {cell}
            self._problem = ""
            self._redraw()

    def _drop(self, strike: Callable[[], None]) -> None:
        try:
            strike()
        except (RulesError, LdTuiError) as error:
            self._refuse(str(error))
            return
        self._leave_modes()
        self._redraw()

    def _leave_modes(self) -> None:
        self._entry.close()
        self._blocking = None
        self._problem = self._advice = ""

    def _refuse(self, reason: str) -> None:
        self._problem = reason
        self._redraw()

    def _new_turn(self) -> None:
        """Begin a turn on the screen: nothing typed, the cursor on the dot to be moved."""
        draft = self.conductor.draft
        self._turn_seen = draft.position
        self._entry.close()
        self._problem = self._advice = ""
        if self.conductor.is_persons_turn:
            self._cursor = draft.sources[draft.selected or 0]
        elif self._blocking is None:
            self._cursor = None

    # Drawing

    @property
    def _ld(self) -> "LdTuiApp":
        return cast("LdTuiApp", self.app)

    def _arrange(self) -> None:
        """Give every widget its place on a screen of the present size."""
        size = self.conductor.position.base.size
        trace = self.conductor.trace
        rows = max([5, *(len(stage.rows) for stage in trace.stages)]) if trace is not None else 5
        plan = arrange(self.size.width, self.size.height, size, self.has_class("-folded"), rows)
        self._board.scale = plan.scale
        self.query_one("#left").styles.width = plan.left
        self._value.styles.height = plan.value_rows
        self._value.display = plan.value_rows > 0
        self._move_line.styles.height = plan.move_rows
        self._decision.styles.height = plan.decision_rows

    def _redraw(self) -> None:
        self._draw_board()
        self._draw_move_line()

    def _draw_board(self) -> None:
        blocking = self._blocking
        self._board.show(
            views.picture(
                self.conductor,
                self._cursor,
                self._hovered if blocking is None else None,
                frozenset(blocking or ()),
                blocking is not None,
            )
        )

    def _draw_move_line(self) -> None:
        self._move_line.show(self._move_view())

    def _move_view(self) -> MoveView:
        game, draft = self.conductor, self.conductor.draft
        if self._blocking is not None:
            marked = views.cells_text(frozenset(self._blocking))
            advice = "Enter marks a cell, e closes what is marked, Esc leaves"
            return MoveView("close", None, marked, advice, self._problem)
        if game.is_over:
            return MoveView(advice="n new game, u takes back, q quits", problem=self._problem)
        if game.trouble:
            advice = f"{game.trouble}: . asks again, {game.position.to_move[0]} plays it yourself"
            return MoveView(problem=self._problem or advice)
        if not game.is_persons_turn:
            text = f"{game.position.to_move} to move" if not game.is_paused else "paused"
            return MoveView(advice=text, problem=self._problem)
        return MoveView("move", self._entry.text, draft.shown(), self._next_step(), self._problem)

    def _next_step(self) -> str:
        """Say what the person can do next."""
        draft = self.conductor.draft
        if self._entry.is_open:
            return "Enter sends, Esc leaves"
        if self._advice:
            return self._advice
        if draft.is_complete:
            return "Enter sends the turn, u takes a dot back"
        if draft.selected is None:
            return "Tab selects a dot"
        where, sign = format_cell(draft.sources[draft.selected]), "+" if self._letters else "◦"
        if draft.side is Side.ORANGE:
            return f"go to a cell marked {sign}"
        return f"dot {draft.selected + 1} on {where}: go to a {sign}"

    def _tick(self) -> None:
        """Count the seconds of a decision."""
        if self.conductor.is_thinking:
            view = views.decision_view(self.conductor, self._ld.engine_line, self._letters)
            self._decision.show(view)
