"""The map that a game is played on, as the screen tells of it. Pure.

A game doesn't say which map it is on, and needs no map to be played: a map is known by the changes
that its start has, and those of a map that didn't come with the program have no name.
"""

from functools import cache

from ld_tui.game.emergencies import Emergency, Roadblock, in_force
from ld_tui.game.maps import Map, map_names, map_sizes, maps_of_size
from ld_tui.game.rules import Position
from ld_tui.tui.picture import Picture

OWN = "own map"
"""What a map is called that didn't come with the program."""


@cache
def maps(size: int) -> tuple[Map, ...]:
    """Return the maps that can be chosen on boards of a size; read once."""
    return maps_of_size(size)


@cache
def sizes() -> tuple[int, ...]:
    """Return the sizes that some map is drawn for, ascending."""
    return tuple(sorted({size for name in map_names() for size in map_sizes(name)}))


def title_of(name: str) -> str:
    """Return what a map is called on whatever size it is drawn for."""
    return next((one.title for size in sizes() for one in maps(size) if one.name == name), name)


def map_of(start: Position) -> Map | None:
    """Return the map that a game with this start is on; None: the open board, or an own map."""
    changes = set(in_force(start))
    if not changes:
        return None
    return next((one for one in maps(start.base.size) if set(one.changes) == changes), None)


def laid(start: Position) -> frozenset[Emergency]:
    """Return the changes that a game's map has, which is no emergency that struck in it."""
    lasting = [each for each in in_force(start) if each.until is None]
    is_map = any(isinstance(each, Roadblock) for each in lasting)
    return frozenset(lasting) if is_map or map_of(start) is not None else frozenset()


def map_text(start: Position) -> str:
    """Name a game's map, and what it changes besides closing cells; empty on the open board."""
    found = laid(start)
    if not found:
        return ""
    known = map_of(start)
    more = sorted({each.kind for each in found} - {Roadblock.kind})
    name = OWN if known is None else f"map {known.title}"
    return f"{name} ({', '.join(more)})" if more else name


def is_only_map(text: str, start: Position) -> bool:
    """Tell whether what an author is asked for, as an event says it, is the map alone."""
    ours, others = _parts(text, start)
    return bool(ours) and not others


def raised_text(text: str, start: Position) -> str:
    """Say what an author is asked for, the map by its name rather than cell by cell."""
    ours, others = _parts(text, start)
    if not ours:
        return text
    if others:
        return "; ".join([*others, map_text(start)])
    return f"{map_text(start)}: the function base was not written for it"


def _parts(text: str, start: Position) -> tuple[list[str], list[str]]:
    """Part what an event says happened into the map's changes and the rest."""
    known = {each.describe() for each in laid(start)}
    parts = text.split("; ")
    return [part for part in parts if part in known], [part for part in parts if part not in known]


def plain_picture(position: Position) -> Picture:
    """Return the board as it is in a position, with nothing of a game on it."""
    rules = position.rules
    return Picture(
        size=position.base.size,
        blue=position.blue,
        orange=position.orange,
        closed=rules.closed,
        sprints=rules.orange_units > position.base.orange_units,
    )
