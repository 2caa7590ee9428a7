"""Which map a game is played on. Pure.

A game doesn't say, and needs no map to be played: a map is known by the changes that its start has,
and those of a map that didn't come with the program have no name.
"""

from functools import cache

from ld_tui.game.emergencies import Emergency, Roadblock, in_force
from ld_tui.game.maps import Map, maps_of_size
from ld_tui.game.rules import Position

OWN = "own map"
"""What a map is called that didn't come with the program."""


@cache
def maps(size: int) -> tuple[Map, ...]:
    """Return the maps that can be chosen on boards of a size; read once."""
    return maps_of_size(size)


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
