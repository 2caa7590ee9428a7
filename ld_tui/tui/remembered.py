"""The game that the start screen began last, so that the next start offers the same.

It is kept as a file of settings, beside the person's own, and read as that is. What their file, a
variable or a flag names comes first.
"""

from pathlib import Path
from typing import Any

from ld_tui.config.load import Loaded, load
from ld_tui.config.schema import BY_NAME, OPEN
from ld_tui.tui.settings import LD, Setup, Wanted
from ld_tui.tui.settled import setup_of

NAMES = ("size", "map", "opponent", "clock", "level")
"""The settings that the start screen has a choice for."""


def remember(path: Path, wanted: Wanted) -> None:
    """Put down what was chosen. Where that can't be written, the next start has the defaults."""
    import tomli_w

    from ld_tui.arena.levels import LEVELS, level_of
    from ld_tui.paths import atomic_write

    game = {
        "size": wanted.size,
        "map": wanted.map_name or OPEN,
        "opponent": wanted.opponent,
        "clock": wanted.clock / 60,
    }
    kept: dict[str, Any] = {"game": game}
    if (level := level_of(wanted.ld)) in LEVELS:
        kept["agent"] = {"level": level}
    try:
        atomic_write(path, tomli_w.dumps(kept))
    except OSError:
        return


def recalled(path: Path, setup: Setup, settled: Loaded) -> Setup:
    """Return what to open with, given what was chosen last.

    `settled`: the settings; what is named there stays. Never fails: what can't be read in the
    file is passed over.
    """
    before = load(environ={}, path=path)
    mine = {"level"} if setup.ld != LD else set[str]()
    mine |= {name for name in NAMES if BY_NAME[name].key in settled.origins}
    if "size" in mine:
        # The map of before may not be drawn for it.
        mine.add("map")
    for name in NAMES:
        if name not in mine and BY_NAME[name].key in before.origins:
            setup = setup_of(setup, before, name)
    return setup
