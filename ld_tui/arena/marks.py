"""The marks of moves, `?! ? ?? !`, from what the tablebase says of every legal move. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ld_tui.game.board import Cell
from ld_tui.game.notation import parse_move
from ld_tui.game.rules import Move


@dataclass(frozen=True, slots=True)
class MoveWorth:
    """What the tablebase says of one move."""

    value: int | None
    """Steps to capture after it; None: orange escapes for ever."""
    regret: int | None
    """Steps lost against best play; None: not comparable, such as a capture given away."""


def loss_mark(regret: int | None) -> str:
    """Return the mark of what a move lost against best play of its side.

    - `?!` it lost exactly 1 step,
    - `?` exactly 2 steps,
    - `??` 3 steps or more, or what no number tells: the capture or the escape itself;
    - nothing where it lost nothing.
    """
    if regret is None:
        return "??"
    return "" if regret <= 0 else {1: "?!", 2: "?"}.get(regret, "??")


def loss_text(regret: int | None, best: str) -> str:
    """Say in words what a move lost, and what was best; empty where it lost nothing."""
    if not loss_mark(regret):
        return ""
    lost = "everything" if regret is None else f"{regret} step{'s' * (regret > 1)}"
    return f"lost {lost}; best was {best}"


def is_only_move(move: Move, obvious: Move, keeping: Collection[Move], legal: int) -> bool:
    """Tell whether a move is `!`: the only one that keeps the value, and not an obvious one.

    It leads to the only board that keeps the value, out of several, and `obvious`, what the
    greedy player does there, leads to another one. Blue's dots are alike: moves that lead to the
    same three cells are the same. `keeping`: the legal moves that keep the value, out of so many.
    """
    own = _board(move)
    if _board(obvious) == own or len(keeping) == legal:
        return False
    return {_board(each) for each in keeping} == {own}


def turn_mark(text: str, moves: Mapping[str, MoveWorth], best: int | None, obvious: str) -> str:
    """Return the mark of a turn: that of its loss, else `!` for an only move that isn't obvious.

    Empty also where the move is not among `moves`, the legal ones in notation; `best` is the
    value of the position.
    """
    worth = moves.get(text)
    if worth is None:
        return ""
    if mark := loss_mark(worth.regret):
        return mark
    keeping = [parse_move(each) for each, worth in moves.items() if worth.value == best]
    return "!" * is_only_move(parse_move(text), parse_move(obvious), keeping, len(moves))


def _board(move: Move) -> tuple[Cell, ...]:
    return tuple(sorted(move.targets))
