"""Saved games: one TOML file a game, rewritten whole after every turn.

docs/save-format.md describes the file. A file that is broken or newer is refused in one line and
never touched. What a record means is not known here (see ld_tui/game/record.py).
"""

import re
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import tomli_w

from ld_tui.arena.levels import told_level
from ld_tui.errors import SaveError
from ld_tui.game.record import (
    FORMAT,
    UNFINISHED,
    GameRecord,
    Plain,
    record_from_dict,
    record_to_dict,
)
from ld_tui.paths import atomic_write

_HEAD_KEYS = ("format", "result", "plies", "blue", "orange", "start")
_AFTER_HEAD = "[rules]"
"""The line at which what a list tells of a game is over: scalars, settings of the players."""
# tomli-w writes each item of an array on a line of its own. No string of it holds a line break, so
# these match arrays only.
_ARRAY = re.compile(r"\[\n((?:[^\[\]\n]*,\n)+) *\]")
_ARRAY_OF_ARRAYS = re.compile(r"\[\n((?: +\[[^\n]*\],\n)+) *\]")
_LINE = 110
_NONE = {"none": True}
"""How None, which TOML doesn't have, stands in the data of events."""


@dataclass(frozen=True, slots=True)
class SaveEntry:
    """A file in the folder of saves, as its first lines describe it."""

    path: Path
    blue: str = ""
    """Kind of player."""
    orange: str = ""
    blue_level: str = ""
    """How strong LD plays; empty for LD as it is, and for other players."""
    orange_level: str = ""
    start: str = ""
    """Position notation."""
    plies: int = 0
    """Turns played."""
    result: str = ""
    """`unfinished`, or winner and reason: `blue capture`."""
    problem: str | None = None
    """Why it can't be read, in one line; then nothing else is known of it."""

    @property
    def is_unfinished(self) -> bool:
        return self.problem is None and self.result == UNFINISHED


def format_record(record: GameRecord) -> str:
    """Write a record as TOML."""
    text = tomli_w.dumps(_without_none(record_to_dict(record)))
    return _ARRAY_OF_ARRAYS.sub(_on_one_line, _ARRAY.sub(_on_one_line, text))


def parse_record(text: str, where: str = "save") -> GameRecord:
    """Read a record and check it by replaying it.

    Raises SaveError, in one line that begins with `where`, for a broken or a newer file.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SaveError(f"{where}: not TOML: {error}") from error
    try:
        return record_from_dict(_with_none(data))
    except SaveError as error:
        raise SaveError(f"{where}: {error}") from error


def write_save(path: Path, record: GameRecord) -> None:
    """Write a save so that at any moment the old or the new one is there, whole.

    Raises SaveError where the disk refuses.
    """
    try:
        # A lone surrogate, which no UTF-8 can hold, must not cost the game its save.
        atomic_write(path, format_record(record).encode("utf-8", "replace"))
    except OSError as error:
        raise SaveError(f"{path}: can't be written: {error.strerror or error}") from error


def read_save(path: Path) -> GameRecord:
    """Read a save. Raises SaveError, in one line, for a missing, broken or newer file."""
    return parse_record(_read(path), str(path))


def new_save_path(folder: Path, label: str = "game", now: datetime | None = None) -> Path:
    """Return the path for a new save; names sort by time (UTC) and are unique."""
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S.%f")[:-3]
    return folder / f"{stamp}-{label}-{uuid.uuid4().hex[:6]}.toml"


def list_saves(folder: Path) -> Iterator[SaveEntry]:
    """Yield the saves of a folder, newest name first, broken ones included.

    Only the first lines of each file are read, so an entry is no promise that `read_save` works.
    """
    if folder.is_dir():
        for path in sorted(folder.glob("*.toml"), reverse=True):
            yield read_entry(path)


def latest_unfinished(folder: Path) -> SaveEntry | None:
    """Return the newest save whose game goes on; None where there is none."""
    return next((entry for entry in list_saves(folder) if entry.is_unfinished), None)


def read_entry(path: Path) -> SaveEntry:
    """Read what a save's first lines say of it; the reason stands in `problem` if they don't."""
    try:
        data = _head(path)
        version = data.get("format")
        if isinstance(version, int) and version > FORMAT:
            raise SaveError(f"{path}: format {version} is newer than this program; update ld-tui")
        missing = [key for key in _HEAD_KEYS if key not in data]
        if missing:
            raise SaveError(f"{path}: '{missing[0]}' is missing")
        return SaveEntry(
            path,
            blue=str(data["blue"]),
            orange=str(data["orange"]),
            blue_level=_level(data, "blue"),
            orange_level=_level(data, "orange"),
            start=str(data["start"]),
            plies=int(data["plies"]),
            result=str(data["result"]),
        )
    except (SaveError, ValueError, TypeError) as error:
        return SaveEntry(path, problem=str(error))


def _level(data: Mapping[str, Plain], side: str) -> str:
    settings = data.get("settings")
    told = settings.get(side) if isinstance(settings, Mapping) else None
    return told_level(str(data[side]), told) if isinstance(told, Mapping) else ""


def _head(path: Path) -> Mapping[str, Plain]:
    """Return what stands above the rules in a save, or the whole of one that begins otherwise."""
    lines = []
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if line.startswith(_AFTER_HEAD):
                    break
                lines.append(line)
        data = tomllib.loads("".join(lines))
        return data if set(_HEAD_KEYS) <= set(data) else tomllib.loads(_read(path))
    except OSError as error:
        raise SaveError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise SaveError(f"{path}: not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise SaveError(f"{path}: not TOML: {error}") from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SaveError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise SaveError(f"{path}: not UTF-8 text") from error


def _on_one_line(found: re.Match[str]) -> str:
    items = [line.strip().removesuffix(",") for line in found[1].split("\n")[:-1]]
    line = f"[{', '.join(items)}]"
    return line if len(line) <= _LINE else found[0]


def _without_none(value: Plain) -> Plain:
    if value is None:
        return dict(_NONE)
    if isinstance(value, Mapping):
        return {key: _without_none(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_none(item) for item in value]
    return value


def _with_none(value: Plain) -> Plain:
    if value == _NONE:
        return None
    if isinstance(value, dict):
        return {key: _with_none(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_none(item) for item in value]
    return value
