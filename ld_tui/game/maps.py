"""Maps: boards with closed cells from the start, read from TOML files.

A file names a map and draws it for one or more sizes, the top row first: `.` is open, `#` closed.
In play a map is nothing new: a position whose rule changes have no end, so that notation, saves,
drawing, functions and tablebase know it already.
"""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ld_tui.errors import NotationError, RulesError, UsageError, why
from ld_tui.game.board import MAX_SIZE, MIN_SIZE, Cell
from ld_tui.game.emergencies import Emergency, Roadblock
from ld_tui.game.notation import format_emergency, parse_emergency
from ld_tui.game.rules import (
    DOTS,
    Position,
    Rules,
    destinations,
    is_captured,
    open_cells,
    rules_under,
)

FOLDER = Path(__file__).parent / "mapdata"
"""The maps that come with the program, one `<name>.toml` each."""
DEFAULT_SIZE = 10
ROOM = 12
"""Open cells that a map has at least."""
_TRIES = 10_000
"""Random places for the dots after which a map is taken to have no start."""
_KEYS = {"title", "about", "board"}
_BOARD_KEYS = {"size", "picture", "changes", "par", "escape"}


@dataclass(frozen=True, slots=True)
class Par:
    """What best play of both comes to over all positions of a map, each blue order once."""

    mean: float
    """Steps to capture, over the positions from which blue can force one."""
    most: int
    escape: float
    """The share of positions from which orange escapes for ever."""

    @property
    def text(self) -> str:
        """Say it in a few words, as a list of maps shows it."""
        if self.escape > 0.5:
            return "orange can escape for ever"
        return f"par {self.mean:.1f}, at most {self.most}"


@dataclass(frozen=True, slots=True)
class Map:
    """One board of a map."""

    name: str
    title: str
    about: str
    """What it is, in one line."""
    size: int
    changes: tuple[Emergency, ...]
    """What is in force from the start, without an end."""
    par: Par | None = None
    """As its file says it; None where it says nothing."""

    @property
    def rules(self) -> Rules:
        return rules_under(Rules(size=self.size), self.changes)

    @property
    def notation(self) -> tuple[str, ...]:
        """The changes as a position's notation has them."""
        return tuple(map(format_emergency, self.changes))

    def start(self, rng: random.Random) -> Position:
        """Return a start with every dot on an open cell of its own, able to move, no capture yet.

        Raises RulesError where the map seems to have none.
        """
        cells = open_cells(self.rules)
        for _ in range(_TRIES):
            *blue, orange = rng.sample(cells, DOTS + 1)
            position = self._position(tuple(blue), orange)
            if not is_captured(position) and self._can_move(position):
                return position
        raise RulesError(f"map {self.name}: no start was found in which every dot can move")

    def starts(self, count: int, seed: int) -> tuple[Position, ...]:
        """Return `count` starts; a prefix of the longer list that the same seed gives."""
        rng = random.Random(f"map {self.name} {self.size} {seed}")
        return tuple(self.start(rng) for _ in range(count))

    def _position(self, blue: tuple[Cell, ...], orange: Cell) -> Position:
        changes = tuple(change.after(blue, orange) for change in self.changes)
        return Position(blue, orange, changes=changes, base=Rules(size=self.size))

    def _can_move(self, position: Position) -> bool:
        rules = position.rules
        dots = [dot for at, dot in enumerate(position.blue) if at not in rules.frozen]
        ways = [(dot, rules.blue_units) for dot in dots] + [(position.orange, rules.orange_units)]
        return all(destinations(rules, dot, units) != (dot,) for dot, units in ways)


def map_names() -> tuple[str, ...]:
    """Return the names of the maps that come with the program, ascending."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def map_sizes(name: str) -> tuple[int, ...]:
    """Return the sizes that a shipped map is drawn for, ascending. Raises UsageError."""
    return tuple(board.size for board in boards(_shipped(name)))


def read_map(name: str, size: int = DEFAULT_SIZE) -> Map:
    """Return a shipped map. Raises UsageError for a name or size that there is none of."""
    return map_of_size(_shipped(name), size)


def maps_of_size(size: int) -> tuple[Map, ...]:
    """Return the shipped maps that are drawn for a size, by name; for screens that offer them."""
    found = [board for name in map_names() for board in boards(_shipped(name))]
    return tuple(board for board in found if board.size == size)


def map_of_size(path: Path, size: int | None = None) -> Map:
    """Return a file's board of a size; None: that of its only one, or the usual size.

    Raises UsageError where the file has no such board, and what `boards` raises.
    """
    found = {board.size: board for board in boards(path)}
    wanted = next(iter(found)) if size is None and len(found) == 1 else size or DEFAULT_SIZE
    if wanted not in found:
        sizes = ", ".join(map(str, found))
        raise UsageError(f"map {path.stem} is not drawn for size {wanted}; use {sizes}")
    return found[wanted]


def boards(path: Path) -> tuple[Map, ...]:
    """Read every board of a map's file, ascending by size.

    Raises UsageError where the file can't be read, RulesError naming everything wrong in it.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: can't be read: {why(error)}") from error
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{path}: not TOML: {error}") from error
    problems = list(_problems(data))
    if problems:
        raise RulesError(f"{path}: {'; '.join(problems)}")
    try:
        found = [_board(path.stem, data, board) for board in data["board"]]
    except (NotationError, RulesError) as error:
        raise RulesError(f"{path}: {error}") from error
    return tuple(sorted(found, key=lambda board: board.size))


def _shipped(name: str) -> Path:
    if name not in map_names():
        raise UsageError(f"there is no map {name!r}; use {', '.join(map_names())}")
    return FOLDER / f"{name}.toml"


def _board(name: str, data: dict[str, Any], board: dict[str, Any]) -> Map:
    size = board["size"]
    shut = _closed(board.get("picture", ""), size)
    changes: list[Emergency] = [Roadblock(shut)] if shut else []
    changes += [parse_emergency(text) for text in board.get("changes", [])]
    if any(change.until is not None for change in changes):
        raise RulesError(f"size {size}: changes of a map have no end; leave out `@` and the step")
    par = None
    if "par" in board:
        par = Par(float(board["par"][0]), int(board["par"][1]), float(board.get("escape", 0)))
    found = Map(name, data["title"], data["about"], size, tuple(changes), par)
    if len(open_cells(found.rules)) < ROOM:
        raise RulesError(f"size {size}: a map has at least {ROOM} open cells")
    found.start(random.Random(0))
    return found


def _closed(picture: str, size: int) -> tuple[Cell, ...]:
    rows = picture.split()
    return tuple(
        sorted(
            Cell(col, size - 1 - at)
            for at, row in enumerate(rows)
            for col, mark in enumerate(row)
            if mark == "#"
        )
    )


def _problems(data: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a file's keys and pictures."""
    for key in sorted(data.keys() - _KEYS):
        yield f"unknown key {key!r}; use {', '.join(sorted(_KEYS))}"
    for key in ("title", "about"):
        value = data.get(key)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            yield f"{key} has to be one line of text"
    tables = data.get("board")
    if not isinstance(tables, list) or not tables:
        yield "it has no [[board]]; add one with a size and a picture"
        return
    for at, board in enumerate(tables, 1):
        yield from (f"board {at}: {each}" for each in _board_problems(board))
    sizes = [board.get("size") for board in tables if isinstance(board, dict)]
    if len({str(size) for size in sizes}) != len(sizes):
        yield "two boards are of one size"


def _board_problems(board: object) -> Iterator[str]:
    if not isinstance(board, dict):
        yield "not a table"
        return
    for key in sorted(board.keys() - _BOARD_KEYS):
        yield f"unknown key {key!r}; use {', '.join(sorted(_BOARD_KEYS))}"
    size, picture, changes = board.get("size"), board.get("picture", ""), board.get("changes", [])
    if not isinstance(size, int) or isinstance(size, bool) or not MIN_SIZE <= size <= MAX_SIZE:
        yield f"size has to be a whole number from {MIN_SIZE} to {MAX_SIZE}"
        return
    if not isinstance(picture, str) or set(picture) - set(".#\n\r\t "):
        yield "picture is text of `.` (open) and `#` (closed)"
    elif picture and [len(row) for row in picture.split()] != [size] * size:
        yield f"picture has to be {size} rows of {size} cells"
    if not isinstance(changes, list) or not all(isinstance(each, str) for each in changes):
        yield 'changes is a list of rule changes in notation, such as ["sprint"]'
    par, escape = board.get("par"), board.get("escape", 0.0)
    numbers = [*par, escape] if isinstance(par, list) else [escape]
    if not all(isinstance(each, int | float) for each in numbers) or len(numbers) not in (1, 3):
        yield "par is [mean, most] in steps, escape a share from 0 to 1"
