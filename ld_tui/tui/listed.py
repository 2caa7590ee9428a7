"""A saved game as a line of a menu."""

import re
from datetime import UTC, datetime
from pathlib import Path

from ld_tui.arena.saves import SaveEntry
from ld_tui.game.mapped import map_of
from ld_tui.game.notation import parse_position
from ld_tui.tui.settings import NAMES
from ld_tui.tui.widgets.menu import Item

_STAMP = re.compile(r"(\d{8}T\d{6})\.\d{3}-")
_OFFSPRING = re.compile(r"\d-(branch|what-if)-")
"""In the name of a game that began in the middle of another one."""
_RESULTS = {
    "blue capture": "captured",
    "orange steps": "got away",
    "blue illegal": "orange forfeits",
    "orange illegal": "blue forfeits",
    "blue resigned": "orange gave up",
    "orange resigned": "blue gave up",
}


def game_item(name: str, entry: SaveEntry) -> Item:
    """Return a game as an item of a menu: when, who, how strong, what board, how it ended."""
    blue = f"{NAMES.get(entry.blue, entry.blue)} {entry.blue_level}".rstrip()
    orange = f"{NAMES.get(entry.orange, entry.orange)} {entry.orange_level}".rstrip()
    size = entry.start.split(" ")[0]
    ended = _RESULTS.get(entry.result, entry.result)
    detail = (
        f"{ended}, step {(entry.plies + 2) // 2}"
        if entry.is_unfinished
        else f"{ended} in {(entry.plies + 1) // 2}"
    )
    if (found := _OFFSPRING.search(entry.path.name)) is not None:
        detail += f", {'a branch' if found[1] == 'branch' else 'a what if'}"
    played_on = map_of(parse_position(entry.start))
    where = f"{size}x{size}" if played_on is None else f"{size}x{size} {played_on.title}"
    label = f"{played_at(entry.path)}  {blue} against {orange}, {where}"
    return Item(name, label, detail)


def played_at(path: Path) -> str:
    """Return when a game began, by its name, else when its file was last written; local time."""
    if (found := _STAMP.match(path.name)) is not None:
        when = datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    else:
        try:
            when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError:
            return "?"
    return when.astimezone().strftime("%Y-%m-%d %H:%M")
