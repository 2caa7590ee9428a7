"""A saved game, looked at turn by turn: the same as a game in progress, but nothing is decided.

It draws nothing and knows no widgets. What it shows is the game as it stood after some turns; the
values and marks of all turns come from the engine as it gets them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ld_tui.arena.branch import first_turns
from ld_tui.arena.game import Game
from ld_tui.arena.turning import TurnReview
from ld_tui.game.record import GameRecord
from ld_tui.tui.analyses import Analysis
from ld_tui.tui.clock import Clock
from ld_tui.tui.conductor import Conductor
from ld_tui.tui.draft import Draft
from ld_tui.tui.notes import Notes
from ld_tui.tui.pace import SPEEDS
from ld_tui.tui.ports import Host, ReviewingEngine
from ld_tui.tui.reviews import Reviews
from ld_tui.tui.sight import Sight, sight_of
from ld_tui.tui.trace import last_trace, trace_of


class Replaying(Conductor):
    """One saved game on the screen, as it stood when `at` turns were played."""

    def __init__(
        self, record: GameRecord, engine: ReviewingEngine, host: Host, at: int = 0
    ) -> None:
        """Take a record, checked when it was read, and the turn to begin with."""
        self.whole = Game(record)
        self.at = min(max(0, at), self.whole.ply)
        super().__init__(Game(first_turns(record, self.at)), engine, host)
        self.is_paused = True
        self.reviews = Reviews(engine)
        self.analyst = self.reviews
        self._ticks = 0
        """Counts starts of the play; a timer of an earlier one does nothing."""
        self._show()

    # What is to be seen

    @property
    def is_watching(self) -> bool:
        return True

    @property
    def is_persons_turn(self) -> bool:
        return False

    @property
    def sight(self) -> Sight:
        """All of it: who looks at a saved game plays neither side."""
        return sight_of(self.game, False)

    @property
    def last(self) -> int:
        """Turns in the whole game."""
        return self.whole.ply

    @property
    def values(self) -> tuple[Analysis | None, ...]:
        """What is known of each position of the whole game, the last one's included."""
        return tuple(self.analyst.known(position) for position in self.whole.positions)

    def review_of(self, ply: int) -> TurnReview | None:
        """Return what is known of a turn, 0-based."""
        return self.reviews.found.get(ply)

    @property
    def review(self) -> TurnReview | None:
        """What is known of the turn just played."""
        return self.review_of(self.at - 1)

    @property
    def turning_points(self) -> tuple[int, ...]:
        """How many turns were played when one had just lost something, ascending."""
        return tuple(
            sorted(
                ply + 1
                for ply, each in self.reviews.found.items()
                if each.verdict is not None and each.verdict.is_turning_point
            )
        )

    @property
    def emergencies_at(self) -> tuple[int, ...]:
        """How many turns were played when an emergency struck, or an agent called one."""
        struck = {item.ply for item in self.whole.record.struck}
        raised = {
            ply + 1
            for ply, turn in enumerate(self.whole.record.turns)
            if any(
                event.get("event") == "emergency" and event.get("cause") != "rules"
                for event in turn.events
            )
        }
        return tuple(sorted(struck | raised))

    # What is done

    def begin(self) -> None:
        """Ask for what is to be known of the turns."""
        self.reviews.look(self.whole)

    def heard(self, message: Mapping[str, Any]) -> None:
        """Take a message of the engine; of those that are for nobody, troubles only."""
        number, event = message.get("id"), str(message.get("event"))
        if number is not None and self.reviews.has_asked(number):
            self.reviews.hear(number, event, message)
            self.host.changed()

    def extend(self, record: GameRecord) -> None:
        """Take the game as it has gone on since."""
        self.whole = Game(record)
        self.at = min(self.at, self.whole.ply)
        self.game = Game(first_turns(record, self.at))
        self.reviews.look(self.whole)
        self._show()
        self.host.changed()

    def go(self, ply: int) -> None:
        """Show the game as it stood after so many turns, or at the nearest end."""
        ply = min(max(0, ply), self.last)
        if ply != self.at:
            self.at = ply
            self.game = Game(first_turns(self.whole.record, ply))
            self._show()
        self.host.changed()

    def move(self, by: int) -> None:
        """Go some turns on, or back; a person who does so stops the play."""
        self._stop()
        self.go(self.at + by)

    def jump(self, places: Iterable[int], direction: int) -> bool:
        """Go to the next of some places, or the one before; tell whether there is one."""
        self._stop()
        ahead = [ply for ply in places if (ply - self.at) * direction > 0]
        if ahead:
            self.go(min(ahead) if direction > 0 else max(ahead))
        self.host.changed()
        return bool(ahead)

    def toggle_pause(self) -> None:
        """Play on, from the start where it is at the end, or pause."""
        if not self.is_paused:
            self._stop()
        else:
            self.is_paused = False
            if self.at == self.last:
                self.go(0)
            self._wait()
        self.host.changed()

    def close(self) -> None:
        """Stop what the engine does for this game."""
        self._stop()
        self.reviews.close()

    # Within

    def _go_on(self) -> None:
        """Ask for nothing: all is decided."""

    def _show(self) -> None:
        self.draft = Draft.begin(self.game.position)
        self.notes = Notes(self.game)
        self.clock = Clock(self.game)
        self.trace = last_trace(self.game)
        record = self.game.record
        if self.at == self.last and record.last_events:
            side = self.game.position.to_move
            step, kind = self.game.position.steps + 1, record.player(side).kind
            self.trace = trace_of(record.last_events, side, step, kind, "", 0.0)

    def _stop(self) -> None:
        self.is_paused = True
        self._ticks += 1

    def _wait(self) -> None:
        """Go one turn on after a while, and so on to the end."""
        self._ticks += 1
        tick = self._ticks

        def due() -> None:
            if tick != self._ticks or self.is_paused:
                return
            if self.at + 1 >= self.last:
                self.is_paused = True
            self.go(self.at + 1)
            if not self.is_paused:
                self._wait()

        self.host.later(max(0.02, SPEEDS[self.speed]), due)
