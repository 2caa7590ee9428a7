"""Exact values as the engine told them, kept by position. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ld_tui.game.notation import format_position
from ld_tui.game.rules import Position, Tally


@dataclass(frozen=True, slots=True)
class MoveWorth:
    """What the tablebase says of one move."""

    value: int | None
    """Steps to capture after it; None: orange escapes for ever."""
    regret: int | None
    """Steps lost against best play; None: not comparable, such as a capture given away."""


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
    """Return the mark of a move by what it lost: nothing, `?!`, `?` or `??`."""
    if worth is None or before is None:
        return ""
    if worth.regret is None:
        return "??" if worth.value != before.value else ""
    if worth.regret <= 0:
        return ""
    return {1: "?!", 2: "?"}.get(worth.regret, "??")


def steps_text(value: int | None) -> str:
    """Say a value in words."""
    if value is None:
        return "orange can escape"
    return "captured" if value == 0 else f"capture in {value}"
