"""A game on the screen: whose turn it is, what is asked of the engine, when a turn is played.

It draws nothing and knows no widgets; the referee (`ld_tui.arena.game.Game`) takes the turns. All
methods are called on one thread and return at once.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from ld_tui.agent.events import (
    TERMINAL,
    AuthorGaveUp,
    AuthorWorked,
    Event,
    FunctionAdmitted,
    event_from_dict,
)
from ld_tui.arena.game import Game
from ld_tui.engine.protocol import format_history
from ld_tui.errors import LdTuiError
from ld_tui.game.board import Cell
from ld_tui.game.emergencies import Emergency
from ld_tui.game.notation import format_position, parse_move
from ld_tui.game.rules import Move, Position, Side
from ld_tui.tui.analyses import Analysis, Analyst
from ld_tui.tui.clock import Clock
from ld_tui.tui.draft import Draft
from ld_tui.tui.emergencies import Emergencies, admitted
from ld_tui.tui.notes import Notes
from ld_tui.tui.pace import DEFAULT_SPEED, Pace
from ld_tui.tui.players import Seats, seed_of
from ld_tui.tui.ports import Engine, Host
from ld_tui.tui.sight import Sight, sight_of
from ld_tui.tui.trace import Trace, last_trace

_OLD_VALUES = 60  # earlier positions of a resumed game that are asked for


class Conductor:
    """One game on the screen."""

    def __init__(
        self, game: Game, engine: Engine, host: Host, reply_delay: float = 0.25, speed: int = 0
    ) -> None:
        self.game = game
        self.engine = engine
        self.host = host
        self.pace = Pace(speed or DEFAULT_SPEED)
        self.is_paused = False
        self.draft = Draft.begin(game.position)
        self.trace = last_trace(game)
        self.seats = Seats(game)
        self.notes = Notes(game)
        self.emergencies = Emergencies(game, self.notes)
        self.analyst = Analyst(engine)
        self.trouble = ""
        """Why the program to move doesn't; empty where it may."""
        self.thinking_since: float | None = None
        self._reply_delay = reply_delay
        self._request: int | None = None
        self._events: list[Event] = []
        self._held: tuple[Event, ...] = ()
        self._hold = 0
        """Counts decisions held back; a timer that is late for another one does nothing."""
        self._steps = 0
        """Turns that may be played although it is paused."""
        self._reloads: set[int] = set()
        self.clock = Clock(game)
        self.settings_once: dict[str, object] = {}  # of the next decision only

    # What is to be seen

    @property
    def position(self) -> Position:
        return self.game.position

    @property
    def is_over(self) -> bool:
        return self.game.outcome is not None

    @property
    def is_watching(self) -> bool:
        """Tell whether programs play both sides."""
        return self.seats.is_watching

    @property
    def is_persons_turn(self) -> bool:
        return not self.is_over and self.is_human(self.position.to_move)

    @property
    def is_thinking(self) -> bool:
        return self._request is not None

    @property
    def speed(self) -> int:
        """How fast programs play each other: an index into `pace.SPEEDS`."""
        return self.pace.speed

    @property
    def is_authoring(self) -> bool:
        """Tell whether an author is at work."""
        work = self.trace.authoring if self.trace is not None else None
        return self.is_thinking and work is not None and not work.is_done

    @property
    def shows_work(self) -> bool:
        """Tell whether an author's work is to be seen in place of the decision."""
        if self.trace is None or self.trace.authoring is None:
            return False
        if self.pace.wants_work is not None:
            return self.pace.wants_work
        return self.is_authoring or self.pace.is_looking

    @property
    def written(self) -> list[FunctionAdmitted]:
        """The functions that authors wrote in this game, newest first."""
        work = self.trace.authoring if self.trace is not None else None
        return admitted(self.game, work.admitted if work is not None else ())

    @property
    def sight(self) -> Sight:
        """What the person may know of orange."""
        return sight_of(self.game, self.is_human(Side.BLUE) and not self.is_human(Side.ORANGE))

    @property
    def analysis(self) -> Analysis | None:
        """What is known of the present position."""
        return self.analyst.known(self.position)

    @property
    def par(self) -> Analysis | None:
        """What best play comes to under the rules of now; its value is par."""
        return self.analyst.par(self.game)

    def best_move(self) -> Move | None:
        """Return a best move of the present position, once it is known."""
        found = self.analysis
        return parse_move(found.best) if found is not None and found.best else None

    def analysis_at(self, ply: int) -> Analysis | None:
        """Return what is known of the position in which a turn began."""
        return self.analyst.known(self.game.positions[ply])

    def is_human(self, side: Side) -> bool:
        return self.seats.is_human(side)

    @property
    def can_take_back(self) -> bool:
        return bool(self.game.ply if self.is_watching else self.seats.own_turns())

    # The flow of turns

    def begin(self) -> None:
        """Ask for what is to be known of the position, and let a program that is to move move."""
        self._ask_values()
        self._go_on()

    def _ask_values(self) -> None:
        """Ask for the values that are shown and aren't known."""
        for position in (self.position, self.game.record.start, self.game.rules_since):
            self.analyst.ask(position)
        for position in self.game.positions[-_OLD_VALUES:-1]:
            self.analyst.ask(position)

    def submit(self, move: Move) -> str | None:
        """Play a person's whole turn; an illegal one is counted and the reason returned."""
        if reason := self.game.submit(move, ms=self.clock.turn_ms()):
            self.host.changed()
        else:
            self._turn_done()
        return reason

    def heard(self, message: Mapping[str, Any]) -> None:
        """Take a message of the engine."""
        number, event = message.get("id"), str(message.get("event"))
        if number is None:
            self._heard_engine(event, message)
        elif number == self._request:
            self._heard_decision(event, message)
        elif number in self._reloads:
            if event == "error":
                self.note(f"not read again: {message.get('message')}", trouble=True)
        elif self.analyst.has_asked(number):
            if problem := self.analyst.hear(number, event, message):
                self.note(problem, trouble=True)
            self.host.changed()

    def note(self, text: str, trouble: bool = False) -> None:
        """Add a line to what happened."""
        self.notes.add(text, trouble)
        self.host.changed()

    def trouble_once(self, text: str) -> None:
        """Add a line about trouble, unless it stands there already."""
        if not self.notes.has(text):
            self.notes.add(text, trouble=True)
            self.host.changed()

    def toggle_pause(self) -> None:
        """Stop the flow between programs' turns, or let it go on."""
        self.is_paused = not self.is_paused
        self._steps = 0
        self._flow()

    def step(self) -> None:
        """Let one turn be played, then pause; also asks again where a decision failed."""
        self.trouble = ""
        self.is_paused = self.is_watching or self.is_paused
        self._steps += self.is_paused
        self._flow()

    def _flow(self) -> None:
        if self._held:
            self._play_held(self._hold)
        else:
            self._go_on()
        self.host.changed()

    def change_speed(self, by: int) -> None:
        self.pace.change(by)
        self.host.changed()

    def take_over(self, side: Side) -> None:
        """Hand a side from its program to the person, or back."""
        self._after_hands(self.seats.take_over(side))

    def substitute(self) -> None:
        """Let the greedy player, who needs no models, go on for a program that can't."""
        if self.trouble:
            self._after_hands(self.seats.substitute(self.position.to_move, "greedy"))

    def watch(self) -> None:
        """Hand both sides to programs; where they are, give the last person's side back."""
        self._after_hands(self.seats.watch())

    def strike(self, emergency: Emergency) -> None:
        """Let an emergency strike. Raises RulesError, changing nothing, where it can't."""
        self.emergencies.strike(emergency)
        self.reconsider()

    def strike_kind(self, kind: str) -> None:
        """Let an emergency of a kind strike, by the game's seed. Raises RulesError as `strike`."""
        self.strike(self.emergencies.make(kind, self.sight))

    def roadblock(self, cells: Sequence[Cell]) -> None:
        """Close cells for a while. Raises RulesError where they can't close."""
        self.strike(self.emergencies.roadblock(cells, self.sight))

    def skip_author(self) -> None:
        """Let the decision be made without the function that is being written."""
        if self.is_authoring:
            self.emergencies.skip_author()
            self.notes.add("no function is written for this")
            self.reconsider()

    def reconsider(self) -> None:
        """Drop a decision that is being made, or held back, and begin it anew."""
        self.cancel()
        self.renew()

    def show_work(self) -> None:
        """Show an author's work in place of the decision, or the decision again."""
        self.pace.wants_work = not self.shows_work
        self.host.changed()

    def reload(self) -> None:
        """Have the engine read the function base again."""
        self._reloads.add(self.engine.reload())

    def take_back(self) -> bool:
        """Take turns back to the person's last one (one turn, and a pause, when watching)."""
        self.cancel()
        count = 1
        if not self.is_watching:
            if not (own := self.seats.own_turns()):
                self._go_on()
                return False
            count = self.game.ply - own[-1]
        done = self.game.undo(count)
        self.notes.taken_back()
        if done and self.is_watching:
            self.is_paused = True
        self.trace = last_trace(self.game)
        self.renew()
        return bool(done)

    def close(self) -> None:
        """Stop what the engine does for this game."""
        self.cancel()
        self.analyst.close()

    # Within

    def _go_on(self) -> None:
        """Ask for a decision, if one is due."""
        side = self.position.to_move
        if self.is_over or self.is_human(side) or self._request is not None or self._held:
            return
        if self.trouble or (self.is_paused and not self._steps):
            return
        spec = self.game.record.player(side)
        self._events = []
        self.trace = Trace(side, self.position.steps + 1, spec.kind)
        self.pace.wants_work = None
        self.thinking_since = time.monotonic()
        past = format_history(self.game.history)
        settings = {**spec.settings, **self.emergencies.settings(), **self.settings_once}
        here, settings["seed"] = format_position(self.position), seed_of(self.game)
        self._request = self.engine.decide(here, spec.kind, settings, past)
        self.host.changed()

    def _heard_engine(self, event: str, message: Mapping[str, Any]) -> None:
        if event == "ready":
            for notice in message.get("notices", ()):
                self.notes.add(str(notice))
            if self.analyst.problem:
                # What was asked while there was no engine came to nothing.
                self._ask_values()
        elif event == "error":
            self.trouble_once(str(message.get("message")))
        self.host.changed()

    def _heard_decision(self, event: str, message: Mapping[str, Any]) -> None:
        if event == "again":
            self._events = []
            if old := self.trace:
                self.trace = Trace(old.side, old.step, old.player)
        elif event in ("error", "stopped"):
            self._fail(str(message.get("message", "the decision was stopped")))
        elif event != "progress":
            try:
                data = {name: value for name, value in message.items() if name != "id"}
                happened = event_from_dict(data)
                self._take_event(happened)
                if isinstance(happened, AuthorWorked):
                    self.host.streamed()
                    return
            except (LdTuiError, TypeError, ValueError) as error:
                self.notes.add(f"the engine said what can't be read: {error}", trouble=True)
        self.host.changed()

    def _take_event(self, event: Event) -> None:
        self._events.append(event)
        if self.trace is not None:
            self.trace.add(event)
        if isinstance(event, FunctionAdmitted | AuthorGaveUp):
            self.host.later(self.pace.work_done(self.is_watching), self.host.changed)
        if isinstance(event, TERMINAL):
            self._request, self.thinking_since, self.settings_once = None, None, {}
            self._held = tuple(self._events)
            self._hold += 1
            hold = self._hold
            self.host.later(self._delay(), lambda: self._play_held(hold))

    def _delay(self) -> float:
        if not self.is_watching:
            return self._reply_delay
        return 0.0 if self._steps else self.pace.delay()

    def _play_held(self, hold: int) -> None:
        """Play the decision that was held back to be seen."""
        if hold != self._hold or not self._held or (self.is_paused and not self._steps):
            return
        events, self._held = self._held, ()
        try:
            reason = self.game.take(events)
        except LdTuiError as error:
            self._fail(str(error))
        else:
            self._steps = max(0, self._steps - (reason is None))
            self._turn_done()

    def _turn_done(self) -> None:
        self.pace.turn_done()
        self.clock.begin_turn()
        self.renew()

    def renew(self) -> None:
        """Begin anew from the present position."""
        self.draft = self.draft.carried(self.position)
        self.trouble = ""
        self.analyst.ask(self.position)
        self._go_on()
        self.host.changed()

    def _fail(self, reason: str) -> None:
        self._request, self.thinking_since, self._held = None, None, ()
        self.trouble = reason
        if not (self.trace and self.trace.stages):
            self.trace = last_trace(self.game)
        self.trouble_once(reason)
        self.host.changed()

    def cancel(self) -> None:
        """Forget a decision under way, or held back."""
        if self._request is not None:
            self.engine.stop(self._request)
        if self._held or not (self.trace and self.trace.is_done):
            # What was decided and not played would pass for played.
            self.trace = last_trace(self.game)
        self._request, self.thinking_since, self._held = None, None, ()
        self.settings_once = {}
        self._hold += 1

    def _after_hands(self, text: str) -> None:
        self.cancel()
        self.is_paused = False
        self.notes.add(text)
        self.renew()
