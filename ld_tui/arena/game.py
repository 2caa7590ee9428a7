"""The referee: one game from its start to its end, and the one place where turns are taken.

Headless matches and screens both play through a `Game`. It knows nothing of players, files or
screens: who decides calls it, and a hook is told of every change.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ld_tui.agent.emergency import Authored, authored_in
from ld_tui.agent.events import AuthorWorked, Decided, Event, GaveUp, Rejected, event_to_dict
from ld_tui.errors import IllegalMove, NotationError
from ld_tui.game.emergencies import Emergency, strike
from ld_tui.game.notation import format_position, parse_move
from ld_tui.game.record import GameRecord, Turn, plain_events, replay
from ld_tui.game.rules import (
    Move,
    Outcome,
    Position,
    Reason,
    Side,
    charge_illegal,
    illegality,
    outcome,
    play,
)

Changed = Callable[[GameRecord], None]
"""Told of the record after every change; this is where a save is written."""


class Past(NamedTuple):
    """An agent's earlier decision in a game."""

    position: Position
    names: tuple[str, ...]
    """The functions that ran, stage by stage."""
    authored: tuple[Authored, ...] = ()
    """What authors were asked for in it."""


History = tuple[Past, ...]
"""The earlier decisions of a game, of both sides, oldest first."""


class Game:
    """A game in progress. Its state is the record; everything else is derived from it."""

    def __init__(self, record: GameRecord, changed: Changed | None = None) -> None:
        """Take up a game, new or resumed. Raises SaveError where the record breaks the rules."""
        self._changed = changed
        if not record.turns and record.result is None:
            record = record.with_result(outcome(record.start))
        self._positions = list(replay(record))
        self._record = record

    @property
    def record(self) -> GameRecord:
        return self._record

    @property
    def position(self) -> Position:
        """The position in which the game stands, emergencies and illegal choices included."""
        return self._positions[-1]

    @property
    def positions(self) -> tuple[Position, ...]:
        """The position in which each turn's move was made, and the present one."""
        return tuple(self._positions)

    @property
    def rules_since(self) -> Position:
        """The earliest position since which the rules are those of now: the start, or later."""
        first = self._positions[-1]
        for position in reversed(self._positions):
            if position.changes != first.changes:
                break
            first = position
        return first

    @property
    def outcome(self) -> Outcome | None:
        """How the game ended; None while it goes on."""
        return self._record.result

    @property
    def ply(self) -> int:
        """Turns played."""
        return len(self._record.turns)

    @property
    def attempt(self) -> int:
        """Illegal choices since the last finished turn: a decision's seed depends on it."""
        return len(self._record.pending)

    @property
    def history(self) -> History:
        """The decisions so far of players that ran functions, or asked an author for some."""
        found = (
            Past(position, executed(turn.events), authored_in(turn.events))
            for position, turn in zip(self._positions, self._record.turns, strict=False)
        )
        return tuple(past for past in found if past.names or past.authored)

    def play_turn(
        self, move: Move, events: Sequence[Event] = (), ms: float = 0.0
    ) -> Outcome | None:
        """Play a legal move; return the outcome if it ends the game.

        Illegal choices among `events` are counted first, and may end the game before the move.
        Raises IllegalMove, changing nothing, where the rules refuse the move.
        """
        self._check_going()
        if reason := illegality(self.position, move):
            raise IllegalMove(reason)
        if self._count_illegal(events):
            return self._end(self.outcome_now(), events)
        side = self.position.to_move
        after = play(self.position, move)
        # Signs of life are for those who wait; what was written stands in the drafts.
        told = [event for event in events if not isinstance(event, AuthorWorked)]
        stored = plain_events([event_to_dict(event) for event in told])
        turn = Turn(side, move, format_position(after), ms, (), stored)
        self._record = self._record.with_turn(turn)
        self._positions.append(after)
        return self._end(outcome(after))

    def charge_illegal(self, side: Side, reason: str) -> Outcome | None:
        """Count an illegal choice; return the outcome if it was one too many."""
        self._check_going()
        self._charge(side, reason)
        return self._end(self.outcome_now())

    def submit(self, move: Move, events: Sequence[Event] = (), ms: float = 0.0) -> str | None:
        """Play a proposed move, or count it as illegal and return why."""
        self._check_going()
        reason = illegality(self.position, move)
        if reason is None:
            self.play_turn(move, events, ms)
        else:
            self.charge_illegal(self.position.to_move, reason)
        return reason

    def take(self, events: Sequence[Event]) -> str | None:
        """Take a whole decision: events that end in exactly one `Decided` or `GaveUp`.

        Returns None where it ended the turn or the game. Where the move decided on is illegal, it
        is counted and the reason returned: the player has to decide anew.
        """
        self._check_going()
        match events[-1] if events else None:
            case Decided(move=text, ms=ms):
                try:
                    move = parse_move(text)
                except NotationError as error:
                    self.charge_illegal(self.position.to_move, str(error))
                    return str(error)
                return self.submit(move, events, ms)
            case GaveUp():
                side = self.position.to_move
                self._count_illegal(events)
                resigned = Outcome(side.other, Reason.RESIGNED)
                self._end(self.outcome_now() or resigned, events)
                return None
            case last:
                raise ValueError(f"a decision ends in Decided or GaveUp, not in {last!r:.60}")

    def strike(self, emergency: Emergency) -> Position:
        """Let an emergency strike now. Raises RulesError, changing nothing, where it can't.

        A storm that pushes the dots together may end the game.
        """
        self._check_going()
        self._positions[-1] = strike(self.position, emergency)
        self._record = self._record.with_emergency(emergency)
        self._end(self.outcome_now())
        return self.position

    def resign(self, side: Side) -> Outcome:
        """Let a side give up."""
        self._check_going()
        result = Outcome(side.other, Reason.RESIGNED)
        self._end(result)
        return result

    def reopen(self) -> bool:
        """Take back that a side gave up of its own will; tell whether one had."""
        result = self.outcome
        if result is None or result.reason is not Reason.RESIGNED or self._record.last_events:
            return False
        self._record = self._record.with_result(None)
        self._tell()
        return True

    def undo(self, turns: int = 1) -> int:
        """Take turns back, also across the end of the game; return how many could be."""
        done = min(turns, self.ply)
        for _ in range(done):
            self._record = self._record.without_last_turn()
        if done:
            self._positions = list(replay(self._record))
            self._tell()
        return done

    def replace_player(self, side: Side, kind: str, settings: dict[str, object]) -> None:
        """Let somebody else go on for a side."""
        player = type(self._record.player(side))(kind, settings)
        self._record = self._record.with_player(side, player)
        self._tell()

    def outcome_now(self) -> Outcome | None:
        """Return what the rules say of the present position."""
        return outcome(self.position)

    def _check_going(self) -> None:
        if self.outcome is not None:
            raise IllegalMove("the game is over")

    def _charge(self, side: Side, reason: str) -> None:
        self._positions[-1] = charge_illegal(self.position, side)
        self._record = self._record.with_illegal(side, reason)

    def _count_illegal(self, events: Sequence[Event]) -> bool:
        """Count the illegal choices of a decision; tell whether they ended the game."""
        side = self.position.to_move
        for event in events:
            if isinstance(event, Rejected) and event.illegal:
                self._charge(side, f"{event.name}: {event.reason}")
                if self.outcome_now() is not None:
                    return True
        return False

    def _end(self, result: Outcome | None, events: Sequence[Event] = ()) -> Outcome | None:
        """Put down the result, if there is one, and tell of the change."""
        if result is not None:
            self._record = self._record.with_result(result, [event_to_dict(e) for e in events])
        self._tell()
        return result

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed(self._record)


def executed(events: Sequence[object]) -> tuple[str, ...]:
    """Return the functions that an agent ran in a decision, stage by stage.

    `events` are the plain data of a record's turn.
    """
    return tuple(
        str(event["name"])
        for event in events
        if isinstance(event, dict) and event.get("event") == "executed"
    )
