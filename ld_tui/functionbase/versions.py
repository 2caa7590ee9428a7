"""The accepted versions of a function base's manuals, each a file of its own, never changed.

They lie in `.history/<name>/` in the base's folder as `<number>-<time>-<note>.toml`, byte for byte
as they were accepted. Nothing here looks into them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path

from ld_tui.errors import FunctionBaseError
from ld_tui.paths import atomic_write

FOLDER = ".history"
_FILE = re.compile(r"(\d{4,})-(\d{8}T\d{6}Z)-([a-z]+)\.toml")
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Version:
    """One text that a manual had."""

    name: str
    """The function's."""
    number: int
    """From 1, in the order of time."""
    time: datetime
    note: str
    """How it came: `found` (it was there), `edited`, `restored`, `new`, `draft` (replaced)."""
    path: Path

    @property
    def text(self) -> str:
        """The text. Raises FunctionBaseError where it can't be read."""
        return read_text(self.path)


def versions(folder: Path, name: str) -> tuple[Version, ...]:
    """Return a function's versions in a base's folder, oldest first; none for an unknown one."""
    return tuple(sorted(_found(folder, name), key=lambda version: version.number))


def version(folder: Path, name: str, number: int) -> Version:
    """Return one version. Raises FunctionBaseError where there is none of that number."""
    every = versions(folder, name)
    for one in every:
        if one.number == number:
            return one
    known = f"it has 1 to {every[-1].number}" if every else "it has none yet"
    raise FunctionBaseError(f"{name} has no version {number}; {known}")


def remember(folder: Path, name: str, text: str, note: str) -> Version:
    """Put a text down as the newest version, unless it is that already; return it.

    What was merely `found` is not put down again where nothing but drafts came since.

    To be called by one program at a time. Raises FunctionBaseError where the disk refuses.
    """
    every = versions(folder, name)
    if every and every[-1].path.read_bytes() == text.encode():
        return every[-1]
    kept = [each for each in every if each.note != "draft"]
    if note == "found" and kept and kept[-1].path.read_bytes() == text.encode():
        return kept[-1]
    number = every[-1].number + 1 if every else 1
    now = datetime.now(UTC).replace(microsecond=0)
    path = folder / FOLDER / name / f"{number:04d}-{now.strftime(_TIME)}-{note}.toml"
    try:
        atomic_write(path, text)
    except OSError as error:
        raise FunctionBaseError(f"{path} can't be written: {error.strerror or error}") from error
    return Version(name, number, now, note, path)


def remembered(folder: Path) -> tuple[str, ...]:
    """Return the functions that have versions, those that are gone among them."""
    place = folder / FOLDER
    if not place.is_dir():
        return ()
    return tuple(sorted(path.name for path in place.iterdir() if path.is_dir()))


def diff(before: str, after: str, names: tuple[str, str]) -> list[str]:
    """Return the unified diff of two texts, line by line, without line ends; [] for equal ones."""
    old, new = names
    return list(unified_diff(before.splitlines(), after.splitlines(), old, new, lineterm=""))


def read_text(path: Path) -> str:
    """Return a file's text, its line ends kept. Raises FunctionBaseError."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise FunctionBaseError(f"{path} can't be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise FunctionBaseError(f"{path} is not UTF-8 text (byte {error.start})") from error


def _found(folder: Path, name: str) -> Iterator[Version]:
    place = folder / FOLDER / name
    if not place.is_dir():
        return
    for path in place.iterdir():
        if match := _FILE.fullmatch(path.name):
            time = datetime.strptime(match[2], _TIME).replace(tzinfo=UTC)
            yield Version(name, int(match[1]), time, match[3], path)
