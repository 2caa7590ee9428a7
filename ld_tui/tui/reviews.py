"""What the turns of a finished or running game were worth, as the engine tells it turn by turn."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ld_tui.arena.game import Game
from ld_tui.arena.marks import MoveWorth
from ld_tui.arena.players import decision_seed
from ld_tui.arena.turning import TurnReview, is_explained, manuals_in, review_from_dict
from ld_tui.game.notation import format_move, format_position
from ld_tui.game.rules import Position
from ld_tui.tui.analyses import Analysis, Analyst, key
from ld_tui.tui.ports import ReviewingEngine


class Reviews(Analyst):
    """Asks for the review of every turn, once each, and for the blame of what lost something.

    As an `Analyst` it knows the positions' values, and of their moves those that were played.
    """

    def __init__(self, engine: ReviewingEngine) -> None:
        super().__init__(engine)
        self.found: dict[int, TurnReview] = {}
        """By turn, 0-based; a turn whose review is under way, or can't be had, is not in it."""
        self.engine = engine
        self._game: Game | None = None
        self._turns: dict[int, int] = {}
        """Under way: request id -> turn."""
        self._marks_played: dict[tuple[str, str], str] = {}
        self._wanted = 0
        """Turns that were asked for."""

    def look(self, game: Game) -> None:
        """Ask for the turns of a game that are new, and for the value of its last position."""
        self._game = game
        for ply in range(self._wanted, game.ply):
            self._turns[self.engine.review(request_of(game, ply))] = ply
        self._wanted = game.ply
        if game.outcome is None:
            super().ask(game.position)
        elif game.outcome_now() is not None:
            self._known.setdefault(key(game.position), Analysis(0))

    def ask(self, position: Position) -> None:
        """Ask for nothing: the reviews tell the values."""

    def mark(self, position: Position, move: str, seed: int) -> str:
        """Return the mark of a turn that was played; empty while it isn't known."""
        return self._marks_played.get((key(position), move), "")

    def has_asked(self, number: object) -> bool:
        return number in self._turns or super().has_asked(number)

    @property
    def is_complete(self) -> bool:
        """Tell whether every turn's mark is known, or can't be; its blame may be to come."""
        return all(ply in self.found for ply in self._turns.values())

    def hear(self, number: int, event: str, message: Mapping[str, Any]) -> str | None:
        """Take an answer; return what is wrong, in one line, unless that is known already."""
        if number not in self._turns:
            return super().hear(number, event, message)
        if event == "progress":
            self.solving = float(message.get("done", 0.0))
            return None
        if event == "again":
            return None
        ply, problem = self._turns.pop(number), ""
        if not self._turns:
            self.solving = None
        if event == "reviewed":
            try:
                self._take(ply, review_from_dict(message))
            except (KeyError, TypeError, ValueError) as error:
                problem = f"the engine's review can't be read: {error}"
        elif ply in self.found:
            self.found[ply] = replace(self.found[ply], note=f"no blame: {message.get('message')}")
        elif event == "error":
            problem = f"no value: {message.get('message')}"
        is_news = bool(problem) and problem != self.problem
        self.problem = problem or self.problem
        return problem if is_news else None

    def close(self) -> None:
        """Stop what is under way."""
        super().close()
        for number in self._turns:
            self.engine.stop(number)
        self._turns.clear()

    def _take(self, ply: int, review: TurnReview) -> None:
        game, verdict, old = self._game, review.verdict, self.found.get(ply)
        assert game is not None
        assert verdict is not None
        self.found[ply] = review
        turn, position = game.record.turns[ply], game.positions[ply]
        self._marks_played[key(position), format_move(turn.move)] = verdict.mark
        worth = MoveWorth(verdict.reached, verdict.regret)
        known = self._known.get(key(position), Analysis(verdict.value))
        moves = {**known.moves, format_move(turn.move): worth}
        self._known[key(position)] = Analysis(verdict.value, verdict.best, moves)
        if old is None and verdict.is_turning_point and is_explained(turn.events):
            self._turns[self.engine.review(request_of(game, ply, True))] = ply


def request_of(game: Game, ply: int, explained: bool = False) -> dict[str, object]:
    """Return the engine's `review` request for a turn; `explained`: its blame is wanted too."""
    turn = game.record.turns[ply]
    request: dict[str, object] = {
        "position": format_position(game.positions[ply]),
        "move": format_move(turn.move),
        "seed": decision_seed(game.record.seed, ply),
    }
    if explained:
        request["events"] = list(turn.events)
        request["functions"] = manuals_in(game.record.turns[: ply + 1])
    return request
