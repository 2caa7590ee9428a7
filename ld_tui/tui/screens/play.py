"""The play screen, for playing and watching alike: which sides are a person's is the only mode.

It maps keys and clicks to what `Hand` and `Conductor` do, and the game to what the widgets show.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ld_tui.arena.game import Game
from ld_tui.tui import views
from ld_tui.tui.bell import Bell
from ld_tui.tui.conductor import Conductor
from ld_tui.tui.entry import Held
from ld_tui.tui.exporting import Exportable, exportable_of
from ld_tui.tui.hand import Hand
from ld_tui.tui.history import move_lines
from ld_tui.tui.layout import arrange
from ld_tui.tui.messages import EngineNotice, EngineSaid
from ld_tui.tui.picture import Picture
from ld_tui.tui.ports import Engine
from ld_tui.tui.screens.choice import ChoiceScreen
from ld_tui.tui.screens.help import MOVING
from ld_tui.tui.screens.play_keys import EMERGENCIES, PLAY_KEYS, keys_said, keys_unsaid
from ld_tui.tui.screens.reshaping import ReshapingScreen
from ld_tui.tui.settings import Wanted
from ld_tui.tui.transport import RunOn
from ld_tui.tui.widgets.author import AuthorPanel
from ld_tui.tui.widgets.board import Board
from ld_tui.tui.widgets.decision import DecisionPanel
from ld_tui.tui.widgets.keybar import KeyBar
from ld_tui.tui.widgets.moveline import MoveLine
from ld_tui.tui.widgets.moves import MoveList
from ld_tui.tui.widgets.standings import ROWS, Standings
from ld_tui.tui.widgets.status import StatusBar
from ld_tui.tui.widgets.summary import SummaryPanel
from ld_tui.tui.widgets.value import ValuePane

if TYPE_CHECKING:
    from ld_tui.tui.faults import Faults
    from ld_tui.tui.series import Series


HOLD = 0.15
"""Seconds for which a key waits whose letter may begin a move: a digit may follow."""
_MOVES_BELOW_WORK = 5
"""Rows of the list of moves that an author's work leaves."""


class PlayScreen(ReshapingScreen):
    """One game."""

    BINDINGS: ClassVar[list[BindingType]] = PLAY_KEYS
    about = MOVING
    before: Wanted | None = None
    """What the start screen offers after this game; None: the same again."""

    def __init__(self, game: Game, engine: Engine, letters: bool, reply_delay: float) -> None:
        super().__init__()
        self.conductor = Conductor(game, engine, self, reply_delay)
        self.hand = Hand(self.conductor, letters, self._draw_hand)
        self.run_on = RunOn(self.conductor)
        self.series: Series | None = None
        """The series that this game is one of."""
        self.was_taken_over = False
        """Whether a person played a turn in it."""
        self.standings = Standings()
        self.standings.letters = letters
        self._is_told = False
        self.early_keys: list[events.Key] = []
        """Pressed before this screen stood."""
        self._letters = letters
        self._board = Board(Picture(size=game.position.base.size))
        self._board.letters = letters
        self._left = Vertical(id="left")
        self._status = StatusBar()
        self._value = ValuePane()
        self._move_line = MoveLine()
        self._decision = DecisionPanel()
        self._author = AuthorPanel()
        self._summary = SummaryPanel()
        self._faults: Faults | None = None
        self._shown: Picture | None = None
        self._bell = Bell(self.conductor)
        self._moves = MoveList()
        self._keys = KeyBar()

    def body(self) -> Iterable[Widget]:
        yield self._status
        with Horizontal(id="table"):
            with self._left:
                yield self._board
                yield self._value
                yield self._move_line
            with Vertical(id="right"):
                yield self._decision
                yield self._author
                yield self._summary
                yield self._moves
                yield self.standings
        yield self._keys

    def on_mount(self) -> None:
        self.set_interval(0.5, self._tick)
        self.standings.show(self.series)
        self.changed()
        self.call_after_refresh(self._begin)

    def on_resize(self, event: events.Resize) -> None:
        self._place()

    def on_unmount(self) -> None:
        if self._faults is not None:
            self._faults.close()

    def on_screen_resume(self) -> None:
        self._place()

    def _begin(self) -> None:
        self.conductor.begin()
        for key in self.early_keys:
            # A new one, as the first screen stopped that on its way to the app's keys.
            self.post_message(events.Key(key.key, key.character))

    # What the conductor wants of its screen

    def changed(self) -> None:
        """Draw what changed."""
        if not self.is_running or not self.app.is_running:
            return
        game = self.conductor
        self.run_on.look()
        self.was_taken_over |= not game.is_watching
        if self.series is not None and game.is_over and not self._is_told and self._knows_par:
            self._is_told = True
            self._ld.bout_over(self)
        self.hand.look()
        if self._ld.config.sound and self._bell.is_due():
            self.app.bell()
        status = views.status_view(game, self._letters)
        if self.run_on.is_running:
            status = replace(status, activity="to the next turning point")
        self._status.show(status)
        self._value.show(views.value_view(game, self._letters))
        self._moves.show(move_lines(game, self._letters, self._ld.config.marks))
        self._draw_decision()
        self._draw_hand()
        self._keys.hide(keys_unsaid(game))
        self._keys.say(keys_said(game))
        self.refresh_bindings()

    def settings_changed(self) -> None:
        """Draw as the settings have it now."""
        self._letters = self._board.letters = self.hand.letters = self._ld.setup.ascii_only
        self._place()
        self.changed()

    def streamed(self) -> None:
        """Draw what an author wrote on."""
        if self.is_running and self.app.is_running:
            self._draw_decision()

    def later(self, seconds: float, call: Callable[[], object]) -> None:
        """Call back after a while."""
        self.set_timer(max(seconds, 0.001), call)

    def hear(self, message: EngineSaid | EngineNotice) -> None:
        """Take what the engine said, or what happened to it."""
        if isinstance(message, EngineSaid):
            if self._again is not None and self._again.again.heard(message.content):
                self._again.renew()
            if self._faults is not None and self._faults.heard(message.content):
                self.changed()
            self.conductor.heard(message.content)
        else:
            self.conductor.note(message.line, trouble=True)

    # Keys and clicks

    async def on_key(self, event: events.Key) -> None:
        """Type moves; every other key does what it is bound to.

        This screen's own keys are done here, not after bubbling up to the app: so keys that come
        fast are done one after the other.
        """
        held, lead = self.hand.entry.take_held(), self.hand.entry.take_lead()
        if held is not None:
            if (event.character or "").isdigit():
                event.stop()
                self.hand.open_entry(f"{held.letter}{event.character}")
                return
            await self.run_action(held.action)
        if lead is None and not self.is_active:
            # The key before it opened another screen, which it is for.
            event.stop()
            self.app.screen.post_message(events.Key(event.key, event.character))
            return
        character = event.character if event.is_printable else None
        bound = self.active_bindings.get(event.key)
        if character is not None and character.isdigit() and lead is not None:
            event.stop()
            lead[1]()
            self.hand.open_entry(lead[0] + character)
        elif self.hand.typed(event.key, character):
            event.stop()
        elif bound is not None and bound.node is self and bound.enabled:
            event.stop()
            action = bound.binding.action
            if character is not None and character.islower() and self.hand.begins_move(character):
                # A digit may follow at once, as in what is pasted: then it was a move's letter.
                held = self.hand.entry.hold(character, action)
                self.later(HOLD, partial(self._let_go, held))
            else:
                await self.run_action(action)
        elif bound is None and character is not None and self.hand.begins_move(character):
            event.stop()
            self.hand.open_entry(character.lower())

    def on_paste(self, event: events.Paste) -> None:
        """Type what is pasted."""
        event.stop()
        self.hand.paste(" ".join(event.text.split()))

    async def _let_go(self, held: Held) -> None:
        """Do what a key does, as no digit followed it."""
        if self.hand.entry.take_held(held):
            await self.run_action(held.action)

    def on_board_clicked(self, message: Board.Clicked) -> None:
        self.hand.click(message.cell)

    def on_board_hovered(self, message: Board.Hovered) -> None:
        self.hand.hovered = message.cell
        self._draw_hand()

    def action_enter(self) -> None:
        self.hand.enter()

    def action_cursor(self, cols: int, rows: int) -> None:
        self.hand.move_cursor(cols, rows)

    def action_cycle(self, step: int) -> None:
        self.hand.cycle(step)

    def action_type(self) -> None:
        self.hand.open_entry("")
        self.hand.lead("m", self.hand.entry.close)

    def action_hint(self) -> None:
        self.hand.hint()

    def action_undo(self) -> None:
        self.hand.undo()

    def action_space(self) -> None:
        if self.conductor.is_persons_turn:
            self.hand.enter()
        elif self.run_on.is_running:
            self.run_on.stop()
            self.changed()
        else:
            self.conductor.toggle_pause()

    def action_run_on(self) -> None:
        self.run_on.start()
        self.changed()

    def action_back(self) -> None:
        if not self.conductor.game.ply:
            self.hand.refuse("no turn is played yet")
        elif self.conductor.sight.is_hidden:
            self.hand.refuse("not in the fog: it would tell where orange is")
        else:
            self._ld.look_back(self.conductor)

    def action_step(self) -> None:
        self.run_on.stop()
        self.conductor.step()

    def action_speed(self, by: int) -> None:
        self.conductor.change_speed(by)

    def action_emergency(self) -> None:
        """Choose an emergency; while cells are marked, close them."""
        if self.hand.is_marking:
            self.hand.block()
        else:
            self.hand.entry.close()
            self.app.push_screen(ChoiceScreen("What strikes?", EMERGENCIES), self._strike)

    def _strike(self, chosen: str | None) -> None:
        if chosen is None:
            return
        if chosen.isdigit():
            if self.hand.begins_move("e"):
                self.hand.open_entry(f"e{chosen}")
        elif chosen == "mark":
            self.hand.block()
        else:
            self.hand.strike(chosen)

    def action_strike(self, kind: str) -> None:
        self.hand.strike(kind)

    def action_skip_author(self) -> None:
        self.conductor.skip_author()

    def action_view(self) -> None:
        self.conductor.show_work()

    def action_substitute(self) -> None:
        self.conductor.substitute()

    def action_fold(self) -> None:
        self.toggle_class("-folded")
        self._place()
        self.hand.lead("s", self.action_fold)

    def action_page(self, by: int) -> None:
        self._moves.page(by)

    def action_copy_position(self) -> None:
        self._ld.copy_position()

    def action_export(self) -> None:
        self._ld.choose_export()

    def exportable(self) -> Exportable:
        """Return the game, for what gives it away."""
        return exportable_of(self.conductor, self._ld.save_path)

    def action_new(self) -> None:
        self._ld.show_start()

    def action_resume(self) -> None:
        self._ld.choose_save()

    def action_escape(self) -> None:
        if self.hand.is_idle:
            self.hand.refuse("n: the start screen; q: quit; the game is saved")
        else:
            self.hand.leave()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide keys that do nothing now."""
        game = self.conductor
        match action:
            case "hint" if not self._ld.config.hints:
                return False
            case "hint" | "cycle":
                return game.is_persons_turn
            case "run_on":
                return game.is_watching and not game.is_over
            case "step" | "speed":
                return (game.is_watching and not game.is_over) or bool(game.trouble)
            case "hurry" | "resign" | "look_back" | "again" | "switch":
                return self.can_do(action)
            case "substitute":
                return bool(game.trouble)
            case "skip_author":
                return game.is_authoring
            case "keep":
                return bool(game.written)
            case "view":
                return game.trace is not None and game.trace.authoring is not None
            case "type" | "line" | "emergency" | "strike" | "watch" | "take_over" | "space":
                return not game.is_over
        return True

    # Drawing

    @property
    def _knows_par(self) -> bool:
        """Tell whether the start's value is known, or never will be."""
        analyst = self.conductor.analyst
        return analyst.known(self.conductor.game.record.start) is not None or bool(analyst.problem)

    def _place(self) -> None:
        """Give every widget its place on a screen of the present size."""
        width, height = self.app.size
        height -= self._rows_taken()
        size, trace = self.conductor.position.base.size, self.conductor.trace
        rows = max([5, *(len(stage.rows) for stage in trace.stages)]) if trace is not None else 5
        plan = arrange(width, height, size, self.has_class("-folded"), rows)
        self._board.scale = plan.scale
        if self.hand.is_large != (plan.scale > 1):
            self.hand.is_large = plan.scale > 1
            self._draw_hand()
        self._left.styles.width = plan.left
        self._value.styles.height = plan.value_rows
        self._value.display = plan.value_rows > 0 and self._ld.config.value
        self._moves.display = self._ld.config.moves
        self._move_line.styles.height = plan.move_rows
        table = 0 if self.series is None else ROWS
        self._decision.styles.height = max(6, min(plan.decision_rows, height - 7 - table))
        self._summary.styles.height = min(17, height - 2 - table - _MOVES_BELOW_WORK)
        self._author.styles.height = max(plan.decision_rows, height - 2 - table - _MOVES_BELOW_WORK)

    def _rows_taken(self) -> int:
        """Return the rows that something else has on the screen."""
        return 0

    def _draw_hand(self) -> None:
        self._board.show(self._shown or self.hand.picture())
        self._move_line.show(self.hand.move_view())

    def _draw_decision(self) -> None:
        shows_work, is_over = self.conductor.shows_work, self.conductor.is_over
        if (shows_work, is_over) != (self._author.display, self._summary.display):
            self._author.display, self._summary.display = shows_work and not is_over, is_over
            self._decision.display = not (shows_work or is_over)
            self._place()
        if is_over:
            if self._faults is None:
                # Late: it brings along what the agent is made of, and a running game needs none.
                from ld_tui.tui.faults import Faults

                self._faults = Faults(self._ld.engine)
            view = views.summary_view(self.conductor, self._letters, self._faults)
            self._summary.show(view)
            return
        if shows_work:
            self._author.show(views.work_view(self.conductor, self._letters))
        else:
            engine = self._ld.engine_line
            self._decision.show(views.decision_view(self.conductor, engine, self._letters))

    def _tick(self) -> None:
        """Count the seconds of a decision."""
        if self.conductor.is_thinking:
            self._draw_decision()
        if self.conductor.clock.is_on:
            self._tell_time()
            self._status.show(views.status_view(self.conductor, self._letters))

    def _tell_time(self) -> None:
        """Say once of each side that its time is over, and what that means."""
        side = self.conductor.position.to_move
        left = self.conductor.clock.left(side)
        if left is not None and left < 0 and not self.conductor.is_over:
            text = f"{side} is over its time; the clock only counts, the game goes on"
            if not self.conductor.notes.has(text):
                self.conductor.note(text)
