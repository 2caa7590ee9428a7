"""What is new in a game since it was last told, in words."""

from collections.abc import Iterator

from ld_tui.arena.game import Game
from ld_tui.game.notation import format_move
from ld_tui.game.rules import Reason, Side
from ld_tui.plain.thoughts import Detail, decision_lines
from ld_tui.plain.words import (
    capital,
    clock_line,
    dots_line,
    lost_text,
    move_text,
    name_of,
    result_text,
    turn_line,
    value_text,
)
from ld_tui.tui.conductor import Conductor
from ld_tui.tui.emergencies import end_text, ended
from ld_tui.tui.trace import trace_of


class News:
    """Tells each turn, emergency, illegal choice and note once."""

    def __init__(self, conductor: Conductor) -> None:
        self._conductor = conductor
        self.detail: Detail = "normal"
        self._ply = self._struck = self._illegal = self._notes = 0
        self._unvalued: list[int] = []
        """Turns told before their worth was known."""
        self._turn_told = -1
        self._is_over = self._is_stuck = False
        self.skip()

    @property
    def _game(self) -> Game:
        return self._conductor.game

    def skip(self) -> None:
        """Take all that has happened as told."""
        record = self._game.record
        self._ply, self._struck = len(record.turns), len(record.struck)
        self._illegal, self._notes = len(record.pending), len(list(self._conductor.notes))
        self._unvalued.clear()
        self._turn_told = -1
        self._is_over = False

    def tell(self) -> Iterator[str]:
        """Yield what is new, oldest first as far as that is known."""
        yield from self._late_values()
        record = self._game.record
        while self._ply < len(record.turns):
            ply, self._ply = self._ply, self._ply + 1
            illegal, self._illegal = self._illegal, 0
            yield from self._strikes(ply)
            yield from self._turn(ply, illegal)
        yield from self._strikes(len(record.turns))
        while self._illegal < len(record.pending):
            choice = record.pending[self._illegal]
            self._illegal += 1
            yield self._illegal_text(choice.side, choice.reason, len(record.turns))
            if self._illegal == len(record.pending):
                yield self._count_text(choice.side)
        for note in list(self._conductor.notes)[self._notes :]:
            self._notes += 1
            yield f"{'Trouble: ' if note.is_trouble else ''}{capital(note.text)}."
        result = self._game.outcome
        if result is not None and not self._is_over:
            self._is_over = True
            par = self._conductor.par
            told = "" if par is None or par.value is None else f"; par {par.value}"
            yield f"{capital(result_text(self._game, result))}{told}."
        yield from self._stuck()

    def tell_turn(self) -> Iterator[str]:
        """Yield whose turn it is and where the dots are, once a turn."""
        if self._conductor.is_persons_turn and self._turn_told != self._game.ply:
            self._turn_told = self._game.ply
            yield f"Your turn. {turn_line(self._game)}"
            yield dots_line(self._conductor.position, self._conductor.sight)
            if line := clock_line(self._conductor.clock):
                yield line

    def _stuck(self) -> Iterator[str]:
        """Say, each time a decision fails, what can be said then."""
        was_stuck, self._is_stuck = self._is_stuck, bool(self._conductor.trouble)
        if self._is_stuck and not was_stuck:
            side = self._game.position.to_move
            who = name_of(self._game.record.player(side).kind)
            yield (
                f"{capital(side)}, {who}, has not decided: go asks again, greedy lets the greedy "
                "player go on, quit leaves; help lists the rest."
            )

    def _turn(self, ply: int, told_illegal: int) -> Iterator[str]:
        game, sight = self._game, self._conductor.sight
        turn, before = game.record.turns[ply], game.positions[ply]
        kind = game.record.player(turn.side).kind
        hidden = sight.hides_turn(ply, turn.side)
        for choice in turn.illegal[told_illegal:]:
            yield self._illegal_text(choice.side, choice.reason, ply)
        if turn.illegal[told_illegal:]:
            yield self._count_text(turn.side)
        if turn.events and not hidden:
            text = format_move(turn.move)
            trace = trace_of(turn.events, turn.side, before.steps + 1, kind, text, turn.ms)
            yield from decision_lines(trace, self.detail)
        who = "" if kind == "human" else f", by {name_of(kind)}"
        if hidden and turn.side is Side.ORANGE:
            yield f"Step {before.steps + 1}, orange{who}: moves unseen."
        else:
            known = self._worth_text(ply)
            told = f" {known}" if known else ""
            yield f"Step {before.steps + 1}, {turn.side}{who}: {move_text(turn.move)}.{told}"
            if not known and not hidden:
                self._unvalued.append(ply)
        for over in ended(before, game.positions[ply + 1]):
            yield f"{capital(end_text(over))}."

    def _worth_text(self, ply: int) -> str:
        """Say what a turn was worth; empty while nobody knows, or the person may not."""
        game, sight = self._game, self._conductor.sight
        turn = game.record.turns[ply]
        result = game.outcome
        if result is not None and result.reason is Reason.CAPTURE and ply == game.ply - 1:
            return "Captured."
        before = self._conductor.analysis_at(ply)
        worth = before.moves.get(format_move(turn.move)) if before is not None else None
        if worth is None or sight.hides_turn(ply, turn.side):
            return ""
        lost = lost_text(worth, before)
        return f"{capital(value_text(worth.value))}{'; ' + lost if lost else ''}."

    def _late_values(self) -> Iterator[str]:
        for ply in list(self._unvalued):
            if ply >= len(self._game.record.turns):
                self._unvalued.remove(ply)
            elif text := self._worth_text(ply):
                self._unvalued.remove(ply)
                turn = self._game.record.turns[ply]
                step = self._game.positions[ply].steps + 1
                yield f"Now known of step {step}, {turn.side}: {text}"

    def _strikes(self, ply: int) -> Iterator[str]:
        struck = self._game.record.struck
        while self._struck < len(struck) and struck[self._struck].ply <= ply:
            yield f"Emergency. {capital(struck[self._struck].emergency.describe())}."
            self._struck += 1

    def _illegal_text(self, side: Side, reason: str, ply: int) -> str:
        if side is Side.ORANGE and self._conductor.sight.hides_turn(ply, side):
            reason = "unseen"
        return f"Illegal, and counted for {side}: {reason}."

    def _count_text(self, side: Side) -> str:
        position = self._game.position
        count, allowed = position.illegal.of(side), position.rules.max_illegal
        return f"Illegal choices of {side}: {count}; {allowed} are forgiven."
