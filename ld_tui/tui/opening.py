"""How a game begins: its seed and start, and whether the guide is offered to who comes first."""

import os
from pathlib import Path

from ld_tui.game.maps import read_map
from ld_tui.game.rules import Position, Rules
from ld_tui.game.starts import starts
from ld_tui.tui.settings import Wanted


def start_of(wanted: Wanted, seed: int | None) -> tuple[int, Position]:
    """Return a new game's seed and starting position; without a seed, another one every time."""
    if seed is None:
        seed = int.from_bytes(os.urandom(4), "big") >> 1
    if wanted.map_name is not None:
        return seed, read_map(wanted.map_name, wanted.size).starts(1, seed)[0]
    return seed, starts(1, seed, Rules(size=wanted.size))[0]


def is_first(mark: Path) -> bool:
    """Tell whether the program is opened for the first time, and put down that it was.

    Where that can't be put down, it isn't taken for the first time: nobody wants to be asked at
    every start.
    """
    from ld_tui.paths import atomic_write

    try:
        if mark.exists():
            return False
        atomic_write(mark, "The guide to the first game was offered.\n")
    except OSError:
        return False
    return True
