"""Exact values as the engine tells them, kept by position."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from ld_tui.arena.game import Game
from ld_tui.arena.marks import MoveWorth, loss_mark, turn_mark
from ld_tui.game.notation import format_position
from ld_tui.game.rules import Position, Tally

NO_VALUE = "no value: "
"""What a reason begins with where it stands by itself."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the tablebase says of one position."""

    value: int | None
    """Steps to capture, the step in hand counted; None: orange can escape for ever."""
    best: str = ""
    """A best move in notation; empty where moves were not asked for."""
    moves: Mapping[str, MoveWorth] = field(default_factory=dict)


def key(position: Position) -> str:
    """Return what the value of a position depends on, as text: counters don't matter."""
    return format_position(replace(position, steps=0, illegal=Tally()))


def read_analysis(message: Mapping[str, Any]) -> Analysis:
    """Read the engine's `analysis` event. Raises KeyError, TypeError, ValueError."""
    value = message["value"]
    moves = {
        str(item["move"]): MoveWorth(_count(item["value"]), _count(item["regret"]))
        for item in message.get("moves", ())
    }
    return Analysis(_count(value), next(iter(moves), ""), moves)


def _count(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is no number of steps")
    return int(value)


def mark(worth: MoveWorth | None, before: Analysis | None) -> str:
    """Return the mark of what a move lost; empty where that isn't known."""
    return "" if worth is None or before is None else loss_mark(worth.regret)


def steps_text(value: int | None) -> str:
    """Say a value in words."""
    if value is None:
        return "orange can escape"
    return "captured" if value == 0 else f"capture in {value}"


def greedy_text(position: Position, seed: int) -> str:
    """Return what the greedy player does in a position, in notation."""
    # Late: it brings along what the agent is made of, and the first frame needs none.
    from ld_tui.agent.events import Decided
    from ld_tui.arena.players import GreedyPlayer

    decided = next(GreedyPlayer().decide(position, (), seed))
    return decided.move if isinstance(decided, Decided) else ""


class Oracle(Protocol):
    """The engine, as far as values go."""

    def analyze(self, position: str, moves: bool) -> int: ...

    def stop(self, target: int) -> None: ...


class Analyst:
    """Asks for the values of positions, once each, and keeps them."""

    def __init__(self, oracle: Oracle) -> None:
        self.solving: float | None = None
        """Share of the board's solution that is done; None while none is at work."""
        self.problem = ""
        """Why there is no value of late, in one line; empty where there is."""
        self._oracle = oracle
        self._known: dict[str, Analysis] = {}
        self._marks: dict[tuple[str, str, int], str] = {}
        self._asked: dict[int, str] = {}
        """Under way: request id -> key of the position."""

    @property
    def why_not(self) -> str:
        """Return the reason alone."""
        return self.problem.removeprefix(NO_VALUE)

    def known(self, position: Position) -> Analysis | None:
        """Return what is known of a position."""
        return self._known.get(key(position))

    def mark(self, position: Position, move: str, seed: int) -> str:
        """Return the mark of a turn; empty while its position isn't known.

        `seed`: of its decision, for what the greedy player would have done.
        """
        found = self.known(position)
        if found is None:
            return ""
        place = (key(position), move, seed)
        if place not in self._marks:
            obvious = greedy_text(position, seed)
            self._marks[place] = turn_mark(move, found.moves, found.value, obvious)
        return self._marks[place]

    def par(self, game: Game) -> Analysis | None:
        """Return what best play comes to under the rules of now, in steps from the start.

        That is the steps done when the rules last changed, and the value then.
        """
        since = game.rules_since
        found = self.known(since)
        if found is None or found.value is None:
            return found
        return replace(found, value=since.steps + found.value)

    def ask(self, position: Position) -> None:
        """Ask for a position's value and its moves', unless that is known or asked already."""
        place = key(position)
        if place not in self._known and place not in self._asked.values():
            self._asked[self._oracle.analyze(format_position(position), True)] = place

    def has_asked(self, number: object) -> bool:
        return number in self._asked

    def hear(self, number: int, event: str, message: Mapping[str, Any]) -> str | None:
        """Take an answer; return what is wrong, in one line, unless that is known already."""
        before, problem = self.problem, self.problem
        if event == "progress":
            self.solving = float(message.get("done", 0.0))
        elif event in ("analysis", "error", "stopped"):
            place = self._asked.pop(number)
            try:
                if event == "analysis":
                    self._known[place] = read_analysis(message)
                    problem = ""
                elif event == "error":
                    problem = f"{NO_VALUE}{message.get('message')}"
            except (KeyError, TypeError, ValueError) as error:
                problem = f"the engine's analysis can't be read: {error}"
        if not self._asked:
            self.solving = None
        self.problem = problem
        return problem if problem != before and problem else None

    def close(self) -> None:
        """Stop what is under way."""
        for number in self._asked:
            self._oracle.stop(number)
        self._asked.clear()
