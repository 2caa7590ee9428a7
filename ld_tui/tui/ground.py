"""The map that a game is played on, as the screen tells of it. Pure."""

from functools import cache

from ld_tui.game.mapped import laid, map_text, maps
from ld_tui.game.maps import map_names, map_sizes
from ld_tui.game.rules import Position
from ld_tui.tui.picture import Picture


@cache
def sizes() -> tuple[int, ...]:
    """Return the sizes that some map is drawn for, ascending."""
    return tuple(sorted({size for name in map_names() for size in map_sizes(name)}))


def title_of(name: str) -> str:
    """Return what a map is called on whatever size it is drawn for."""
    return next((one.title for size in sizes() for one in maps(size) if one.name == name), name)


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
