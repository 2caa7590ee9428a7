"""The emergencies of a game on the screen: what strikes, what ends, who is asked to write.

It draws nothing; what an author did is in `authoring.py`.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ld_tui.agent.emergency import NOBODY
from ld_tui.agent.events import FunctionAdmitted, event_from_dict
from ld_tui.arena.game import Game
from ld_tui.errors import LdTuiError, RulesError
from ld_tui.game.board import Cell, format_cell
from ld_tui.game.emergencies import (
    DURATION,
    Emergency,
    Fog,
    Jam,
    Roadblock,
    Sprint,
    Storm,
    in_force,
)
from ld_tui.game.mapped import laid
from ld_tui.game.rules import Position
from ld_tui.game.schedule import random_emergency
from ld_tui.tui.notes import Notes
from ld_tui.tui.sight import Sight

SIGNS = {"roadblock": "▒", "jam": "╳", "sprint": "»", "fog": "?", "storm": "▓"}
LETTERS = {"roadblock": "#", "jam": "!", "sprint": ">", "fog": "?", "storm": "%"}
"""How each kind is marked, on the board and in the list of what happened."""
_ONCE = {
    "sprint": "orange sprints already",
    "fog": "there is fog already",
    "storm": "the storm has closed the outer ring already",
}
"""Kinds of which a second one would change nothing, and how that is said."""


class Emergencies:
    """What strikes one game, and whom to ask for functions then."""

    def __init__(self, game: Game, notes: Notes) -> None:
        self._game = game
        self._notes = notes
        self._unwritten: set[Emergency] = set()
        """Emergencies that no author is to be asked for."""
        self._unwritten_ply = -1
        """A turn in which no author is to be asked."""

    def make(self, kind: str, sight: Sight) -> Emergency:
        """Return an emergency of a kind, by the game's seed; raise RulesError where none can be."""
        record, position = self._game.record, self._game.position
        if kind in _ONCE and any(each.kind == kind for each in position.changes):
            raise RulesError(_ONCE[kind])
        if kind == "roadblock":
            self._check_sight(sight)
        rng = random.Random(f"{kind} {record.seed} {self._game.ply} {len(record.struck)}")
        return random_emergency(kind, position, rng)

    def roadblock(self, cells: Sequence[Cell], sight: Sight) -> Emergency:
        """Return a roadblock of these cells; raise RulesError where they can't close."""
        self._check_sight(sight)
        return Roadblock(tuple(sorted(set(cells))), self._game.position.steps + DURATION)

    def strike(self, emergency: Emergency) -> None:
        """Let an emergency strike. Raises RulesError, changing nothing, where it can't."""
        game = self._game
        if game.outcome is not None:
            raise RulesError("the game is over")
        if emergency.until is not None and emergency.until > game.position.rules.max_steps:
            emergency = replace(emergency, until=None)
        self._notes.strikes()
        game.strike(emergency)

    def skip_author(self) -> None:
        """Ask no author for the emergencies in force, nor in the present turn."""
        self._unwritten |= set(in_force(self._game.position))
        self._unwritten_ply = self._game.ply

    def settings(self) -> Mapping[str, object]:
        """Return what a decision is told about authors."""
        now = set(in_force(self._game.position))
        skips = self._game.ply == self._unwritten_ply or bool(now and now <= self._unwritten)
        return {"author": NOBODY} if skips else {}

    def _check_sight(self, sight: Sight) -> None:
        if sight.is_hidden:
            raise RulesError("orange is unseen: a roadblock could betray where it is")


def ended(before: Position, after: Position) -> tuple[Emergency, ...]:
    """Return the emergencies that ended with the turn between two positions."""
    changes: Iterable[Any] = before.changes
    if after.steps == before.steps:
        return ()
    return tuple(each for each in changes if each.until is not None and each.until <= after.steps)


def end_text(emergency: Emergency) -> str:
    """Say in one line that an emergency is over."""
    match emergency:
        case Roadblock(cells):
            return f"roadblock over: {' '.join(map(format_cell, cells))} open again"
        case Jam(dot):
            return f"jam over: blue dot {dot + 1} moves again"
        case Sprint():
            return "sprint over: orange moves one unit again"
        case Fog():
            return "fog over: blue sees orange everywhere again"
        case Storm():
            return "storm over: the outer ring is open again"


def force_text(position: Position, start: Position, signs: Mapping[str, str] | None = None) -> str:
    """Name the emergencies in force, and their ends: `jam 2, fog to step 12; storm for good`.

    What the game's map has is left out; `start`: of the game. `signs`: what stands for the kinds,
    to be short: `╳2 ? to step 12; ▓ for good`.
    """
    ground = laid(start)
    found: dict[int | None, list[str]] = {}
    for each in in_force(position):
        if each in ground:
            continue
        name = each.kind if signs is None else signs[each.kind]
        if isinstance(each, Jam):
            name += f"{' ' * (signs is None)}{each.dot + 1}"
        names = found.setdefault(each.until, [])
        if name not in names:
            names.append(name)
    between = ", " if signs is None else " "
    return "; ".join(
        f"{between.join(names)} {'for good' if until is None else f'to step {until}'}"
        for until, names in found.items()
    )


def admitted_in(events: Iterable[Mapping[str, Any]]) -> list[FunctionAdmitted]:
    """Return the functions admitted in a saved turn; what can't be read is left out."""
    found = []
    for data in events:
        if data.get("event") == "admitted":
            try:
                event = event_from_dict(data)
            except (LdTuiError, TypeError, ValueError):
                continue
            if isinstance(event, FunctionAdmitted):
                found.append(event)
    return found


def admitted(game: Game, now: Sequence[FunctionAdmitted]) -> list[FunctionAdmitted]:
    """Return the functions that authors wrote in a game, newest first; `now`: in this decision."""
    found: dict[str, FunctionAdmitted] = {event.name: event for event in reversed(now)}
    for turn in reversed(game.record.turns):
        for event in reversed(admitted_in(turn.events)):
            found.setdefault(event.name, event)
    return list(found.values())
