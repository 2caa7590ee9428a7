"""Writing a game in another form: the one function for it, and the `export` command."""

import sys
from collections.abc import Callable, Collection
from itertools import count
from pathlib import Path
from typing import Literal, get_args

from ld_tui.arena.replay import record_text
from ld_tui.arena.saves import read_save
from ld_tui.errors import SaveError, UsageError
from ld_tui.export.story import story_of
from ld_tui.export.worth import Worths, worths_of
from ld_tui.game.record import GameRecord
from ld_tui.paths import atomic_write

Kind = Literal["text", "svg", "cast", "html"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SUFFIXES: dict[Kind, str] = {"text": ".txt", "svg": ".svg", "cast": ".cast", "html": ".html"}


def export_game(
    game: Path | GameRecord,
    kind: Kind,
    out: Path,
    *,
    worths: Worths | None = None,
    steps: Collection[int] | None = None,
    force: bool = False,
    name: str = "game",
) -> Path:
    """Write a saved game, or a record, in another form; return the file it is in.

    `out`: the file, or a folder, in which it gets the name of the save, or for a record the first
    free one that begins with `name`. `worths`: what is known of the game's positions, as
    `worths_of` finds it; without it no values are told. `steps`: for an SVG, only these (0: the
    start). Raises SaveError where the game can't be read or the file can't be written, UsageError
    where it is there already, unless `force` is given; the game's own file is never written over.
    """
    record = read_save(game) if isinstance(game, Path) else game
    place = _place(game, kind, out, force, name)
    text = exported(record, kind, worths, steps)
    try:
        atomic_write(place, text)
    except OSError as error:
        raise SaveError(f"{place}: can't be written: {error.strerror or error}") from error
    return place


def exported(
    record: GameRecord,
    kind: Kind,
    worths: Worths | None = None,
    steps: Collection[int] | None = None,
) -> str:
    """Return what a file of a kind holds."""
    match kind:
        case "text":
            return "\n".join(record_text(record)) + "\n"
        case "svg":
            from ld_tui.export.strip import strip

            return strip(story_of(record, worths), steps)
        case "cast":
            from ld_tui.export.cast import cast

            return cast(story_of(record, worths))
        case "html":
            from ld_tui.export.page import page

            return page(story_of(record, worths))


def export_command(
    file: Path,
    kind: Kind,
    out: Path | None = None,
    *,
    steps: Collection[int] | None = None,
    values: bool = True,
    force: bool = False,
) -> int:
    """Export a saved game and print where it is; with `out` `-` print the export itself."""
    if steps is not None and kind != "svg":
        raise UsageError(f"--steps chooses panels of an SVG; --to {kind} tells the whole game")
    record = read_save(file)
    if out != Path("-"):
        # Before boards are solved, which may take a while.
        _place(file, kind, out or Path(), force)
    worths = None
    if values and kind != "text":
        worths = worths_of(record, _progress() if sys.stderr.isatty() else None)
    if out == Path("-"):
        print(exported(record, kind, worths, steps), end="")
        return 0
    print(export_game(file, kind, out or Path(), worths=worths, steps=steps, force=force))
    return 0


def _place(game: Path | GameRecord, kind: Kind, out: Path, force: bool, name: str = "game") -> Path:
    """Return the file to write. Raises UsageError where it is one that may not be."""
    place = out
    if out.is_dir() and isinstance(game, Path):
        place = out / f"{game.stem}{SUFFIXES[kind]}"
    elif out.is_dir():
        names = (f"{name}{'' if at == 1 else f'-{at}'}{SUFFIXES[kind]}" for at in count(1))
        place = next(out / each for each in names if not (out / each).exists())
    if isinstance(game, Path) and place.exists() and place.samefile(game):
        raise UsageError(f"{place}: that is the saved game itself; name another file with -o")
    if place.exists() and not force:
        raise UsageError(f"{place}: exists already; --force writes over it, -o names another")
    return place


def _progress() -> Callable[[float], None]:
    def told(done: float) -> None:
        end = "\r\x1b[K" if done >= 1 else ""
        print(f"\rsolving the board: {done:4.0%}", end=end, file=sys.stderr, flush=True)

    return told
