"""The pursuit game as the LD loop and its functions see it: texts, plain data, typed results."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ld_tui.agent.emergency import Authored
from ld_tui.agent.events import Plain
from ld_tui.agent.loop import Choice
from ld_tui.arena.game import History
from ld_tui.functionbase.store import Stage
from ld_tui.game.board import Cell, format_cell, on_board
from ld_tui.game.describe import state_text
from ld_tui.game.emergencies import Emergency, emergencies_of, in_force
from ld_tui.game.notation import format_emergency, format_move
from ld_tui.game.rules import (
    DOTS,
    Move,
    Position,
    Side,
    as_known,
    illegality,
    is_in_sight,
    legal_moves,
)

RESULTS = ("targets", "goal", "destinations")
"""The types of o_j that a stage may have (see functionbase/stages.toml)."""


def function_state(position: Position, seed: int) -> dict[str, Plain]:
    """Return a position as the plain data that every function gets as `state`.

    Cells are (col, row), 0-based. Closed cells and legal moves are not in it: a function was
    written from the rules and knows those of the open board. In fog, blue gets orange's cell as it
    knows it; `unseen` is True where that is the cell where it was seen last.
    """
    unseen = position.to_move is Side.BLUE and not is_in_sight(position)
    return {
        "size": position.base.size,
        "blue": [tuple(cell) for cell in position.blue],
        "orange": tuple(as_known(position).orange),
        "unseen": unseen,
        "side": str(position.to_move),
        "step": position.steps,
        "changes": [format_emergency(change) for change in emergencies_of(position)],
        "seed": seed,
    }


def result_cells(result_type: str, position: Position, value: Plain) -> tuple[Cell, ...]:
    """Read a function's result as cells: three targets, one goal, or a destination a dot.

    Raises ValueError, in one line, where it is not of its stage's type. Legality is not checked.
    """
    wanted = {
        "targets": DOTS,
        "goal": 1,
        "destinations": len(position.dots(position.to_move)),
    }[result_type]
    found = [value] if result_type == "goal" else value
    if not isinstance(found, list | tuple) or len(found) != wanted:
        raise ValueError(f"{result_type} are {wanted} cells, not {_brief(value)}")
    return tuple(_cell(item, position.base.size) for item in found)


def result_problem(result_type: str, position: Position, value: Plain) -> str | None:
    """Say in one line why a value is not of a stage's result type; None where it is."""
    try:
        result_cells(result_type, position, value)
    except ValueError as error:
        return str(error)
    return None


def result_plain(result_type: str, found: Sequence[Cell]) -> Plain:
    """Return cells as the plain data that the next stage's function gets as `previous`."""
    pairs = [tuple(cell) for cell in found]
    return pairs[0] if result_type == "goal" else pairs


def _cell(item: Plain, size: int) -> Cell:
    match item:
        case [int(col), int(row)] if not isinstance(col, bool) and not isinstance(row, bool):
            cell = Cell(col, row)
        case _:
            raise ValueError(f"a cell is (col, row) in whole numbers, not {_brief(item)}")
    if not on_board(cell, size):
        raise ValueError(f"({cell.col}, {cell.row}) is off the {size}x{size} board")
    return cell


def _brief(value: Plain) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


@dataclass(frozen=True, slots=True)
class PursuitSituation:
    """One position, as `ld_tui.agent.loop.Situation` wants it."""

    position: Position
    seed: int
    """Of this decision: for functions, and for a random legal move when nothing else is left."""
    history: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Stage name -> functions already chosen in this very board earlier in the game."""
    authored: tuple[Authored, ...] = ()
    """What authors were asked for earlier in the game, for this side."""
    circling: bool = False
    """Whether this very board was there before, under the same emergencies."""
    written_for: tuple[str, ...] = ()
    """Changes, as `emergency_names` gives them, that the function base was written for."""

    @property
    def side(self) -> str:
        return str(self.position.to_move)

    @property
    def illegal_left(self) -> int:
        """Return how many illegal choices the side is still forgiven."""
        rules = self.position.rules
        return rules.max_illegal - self.position.illegal.of(self.position.to_move)

    def state_text(self, stage: Stage, previous: Plain) -> str:
        return state_text(self.position, stage.name, previous)

    def arguments(self) -> dict[str, Plain]:
        return function_state(self.position, self.seed)

    def tried(self, stage: Stage) -> frozenset[str]:
        return self.history.get(stage.name, frozenset())

    def judge(self, stage: Stage, value: Plain, last: bool) -> Choice:
        """Read a function's result; see `ld_tui.agent.loop.Choice`."""
        try:
            found = result_cells(stage.result, self.position, value)
        except ValueError as error:
            return Choice(problem=str(error))
        plain = result_plain(stage.result, found)
        if not last:
            return Choice(value=plain, shown=" ".join(map(format_cell, found)))
        move = Move(self.position.dots(self.position.to_move), found)
        if reason := illegality(self.position, move):
            return Choice(problem=reason, illegal=True)
        return Choice(value=plain, shown=format_move(move))

    @property
    def emergencies(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self._unforeseen())

    @property
    def emergency_text(self) -> str:
        return "; ".join(each.describe() for _, each in self._unforeseen())

    def _unforeseen(self) -> list[tuple[str, Emergency]]:
        named = zip(emergency_names(self.position), emergencies_of(self.position), strict=True)
        return [(name, each) for name, each in named if name not in self.written_for]

    def any_legal(self) -> str:
        rng = random.Random(f"fallback {self.seed}")
        return format_move(rng.choice(legal_moves(self.position)))


def situation_of(
    position: Position, history: History, seed: int, written_for: tuple[str, ...] = ()
) -> PursuitSituation:
    """Return a position as the loop wants it, with what the game so far tells.

    `written_for` is the function base's: changes that are no emergency to it.
    """
    authored = tuple(
        each
        for past in history
        if past.position.to_move is position.to_move
        for each in past.authored
    )
    here, names = board_key(position), emergency_names(position)
    circling = any(
        board_key(past.position) == here and emergency_names(past.position) == names
        for past in history
    )
    tried = tried_before(position, history)
    return PursuitSituation(position, seed, tried, authored, circling, written_for)


def emergency_names(position: Position) -> tuple[str, ...]:
    """Name the emergencies in force: in notation, without what changes from turn to turn."""
    return tuple(map(format_emergency, in_force(position)))


def board_key(position: Position) -> str:
    """Return what makes two positions the same board: dots and side to move, not the counters.

    In fog it is the board that the side to move knows.
    """
    position = as_known(position)
    dots = sorted(position.blue) if position.to_move is Side.BLUE else position.blue
    return ",".join(map(format_cell, (*dots, position.orange))) + position.to_move[0]


def tried_before(position: Position, history: History) -> dict[str, frozenset[str]]:
    """Return, from the side's earlier decisions, the plan functions chosen on this very board.

    A fixed choice on a repeated board would repeat for ever.
    """
    here = board_key(position)
    plans = frozenset(
        past.names[0] for past in history if past.names and board_key(past.position) == here
    )
    return {"plan": plans} if plans else {}
