"""Reading saved games, in a thread of its own: each gives the message that says what came of it."""

from collections.abc import Callable
from pathlib import Path

from ld_tui.tui.messages import GameLoaded, LoadFailed, SavesListed


def load(path: Path, save_failed: Callable[[str], None]) -> GameLoaded | LoadFailed:
    """Read a game that goes on in its file; `save_failed`: told where it can't be saved."""
    from ld_tui.arena.game import Game
    from ld_tui.arena.saves import read_save
    from ld_tui.errors import LdTuiError
    from ld_tui.tui.saving import Saver

    try:
        saver = Saver(path, "", save_failed)
        return GameLoaded(Game(read_save(path), saver.save), saver)
    except LdTuiError as error:
        return LoadFailed(str(error))


def load_latest(folder: Path, save_failed: Callable[[str], None]) -> GameLoaded | LoadFailed:
    """Read the latest unfinished game of a folder."""
    from ld_tui.arena.saves import latest_unfinished, list_saves

    entry = latest_unfinished(folder)
    if entry is not None:
        return load(entry.path, save_failed)
    broken = [each.problem for each in list_saves(folder) if each.problem]
    why = f" ({broken[0]})" if broken else ""
    return LoadFailed(f"there is no unfinished game{why}; begin a new one")


def list_all(folder: Path) -> SavesListed:
    """List the unfinished games of a folder, and what can't be read."""
    from ld_tui.arena.saves import list_saves

    entries = list(list_saves(folder))
    broken = tuple(entry for entry in entries if entry.problem is not None)
    return SavesListed(tuple(entry for entry in entries if entry.is_unfinished), broken)
