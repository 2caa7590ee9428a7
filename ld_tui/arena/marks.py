"""The marks of moves, `?! ? ?? !`, from what the tablebase says of every legal move. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from ld_tui.game.board import Cell
from ld_tui.game.notation import parse_move


@dataclass(frozen=True, slots=True)
class MoveWorth:
    """What the tablebase says of one move."""

    value: int | None
    """Steps to capture after it; None: orange escapes for ever."""
    regret: int | None
    """Steps lost against best play; None: not comparable, such as a capture given away."""


def loss_mark(worth: MoveWorth, best: int | None) -> str:
    """Return the mark of what a move lost; `best`: the value of the position before it.

    - `?!` it lost exactly 1 step against best play of its side,
    - `?` exactly 2 steps,
    - `??` 3 steps or more, or what no number tells: the capture or the escape itself;
    - nothing where it lost nothing.
    """
    if worth.regret is None:
        return "??" if worth.value != best else ""
    return "" if worth.regret <= 0 else {1: "?!", 2: "?"}.get(worth.regret, "??")


def is_only_move(text: str, moves: Mapping[str, MoveWorth], best: int | None) -> bool:
    """Tell whether a move leads to the only board that keeps the value, out of several.

    Blue's dots are alike: moves that lead to the same three cells are the same.
    """
    own = _board(text)
    keeping = {_board(each) for each, worth in moves.items() if worth.value == best}
    return keeping == {own} and any(_board(each) != own for each in moves)


def turn_mark(text: str, moves: Mapping[str, MoveWorth], best: int | None, obvious: str) -> str:
    """Return the mark of a turn: that of its loss, else `!` for an only move that isn't obvious.

    `!`: the move leads to the only board that keeps the value, and `obvious`, what the greedy
    player does there, leads to another one. Empty also where the move is not among `moves`.
    """
    worth = moves.get(text)
    if worth is None:
        return ""
    if mark := loss_mark(worth, best):
        return mark
    return "!" * (_board(obvious) != _board(text) and is_only_move(text, moves, best))


def _board(text: str) -> tuple[Cell, ...]:
    return tuple(sorted(parse_move(text).targets))
