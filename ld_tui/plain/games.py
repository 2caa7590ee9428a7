"""Games to be played in words: new ones, and saved ones gone on with."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from ld_tui import __version__
from ld_tui.arena.game import Changed, Game
from ld_tui.arena.saves import latest_unfinished, list_saves, new_save_path, read_save, write_save
from ld_tui.errors import SaveError
from ld_tui.game.maps import read_map
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Rules, Side
from ld_tui.game.starts import starts
from ld_tui.tui.players import CLOCK, human, program
from ld_tui.tui.settings import LD

Seat = Literal["blue", "orange", "both", "watch"]
"""Which sides are the person's."""
SEATS: tuple[Seat, ...] = ("blue", "orange", "both", "watch")


class Keeper:
    """Writes a game to its file after every change; what can't be written is told once."""

    def __init__(self, place: Path, failed: Callable[[str], None], label: str = "game") -> None:
        """Take the file of the game, or the folder to put a new one in."""
        self.path = place if place.suffix == ".toml" else new_save_path(place, label)
        self.problem = ""
        """Why the game is not saved; empty where it is."""
        self.is_written = place.suffix == ".toml"
        self._failed = failed

    def save(self, record: GameRecord) -> None:
        """Write the game as it is now."""
        try:
            write_save(self.path, record)
        except SaveError as error:
            if not self.problem:
                self._failed(f"not saved: {error}")
            self.problem = str(error)
        else:
            self.problem, self.is_written = "", True


def new_record(
    seat: Seat,
    opponent: str,
    size: int,
    seed: int | None,
    map_name: str | None,
    ld: Mapping[str, object] = LD,
    clock: int = 0,
) -> GameRecord:
    """Return the record of a new game; without a seed another every time.

    `ld`: LD's settings. `clock`: seconds a side, 0 for none.
    """
    if seed is None:
        seed = int.from_bytes(os.urandom(4), "big") >> 1
    if map_name is not None:
        start = read_map(map_name, size).starts(1, seed)[0]
    else:
        start = starts(1, seed, Rules(size=size))[0]
    both = [human() if seat in (side, "both") else program(opponent, ld) for side in Side]
    if clock:
        both = [PlayerSpec(one.kind, {**one.settings, CLOCK: clock}) for one in both]
    blue, orange = both
    return GameRecord(start, blue, orange, seed, __version__)


def latest(folder: Path) -> Path:
    """Return the file of the latest unfinished game. Raises SaveError where there is none."""
    entry = latest_unfinished(folder)
    if entry is not None:
        return entry.path
    broken = [each.problem for each in list_saves(folder) if each.problem]
    raise SaveError(
        f"{folder}: there is no unfinished game{f' ({broken[0]})' if broken else ''}; "
        "`ld-tui play --plain` begins one"
    )


def open_game(record: GameRecord, changed: Changed) -> Game:
    """Return a game to be played on, saved at once."""
    game = Game(record, changed)
    changed(game.record)
    return game


def read_game(path: Path) -> GameRecord:
    """Return a saved game. Raises SaveError where it can't be read."""
    return read_save(path)
