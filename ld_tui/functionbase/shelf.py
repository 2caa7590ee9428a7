"""Where the manuals of a function base are edited: files, drafts, versions, and who was first.

A text is applied whole or not at all, byte for byte. What can't be applied is a draft, in
`.drafts/` in the base's folder, with the digest of the file that it was begun from; every text that
is replaced is among the versions (`versions.py`). A file that changed since it was opened is never
written over unasked, and a lock keeps two programs from doing so at the same moment.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ld_tui import paths
from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import (
    Manual,
    Problem,
    name_problem,
    nearest,
    one_line,
    parse_manual,
    read_manual,
    text_digest,
)
from ld_tui.functionbase.store import FunctionBase, load
from ld_tui.functionbase.versions import (
    FOLDER,
    Version,
    read_text,
    remember,
    remembered,
    versions,
)
from ld_tui.paths import atomic_write

DRAFTS = ".drafts"
ON, OFF = ".toml", ".toml.off"
"""Endings of a function's file: in use, and disabled."""
Fingerprint = tuple[tuple[str, int, int], ...]


class ChangedError(FunctionBaseError):
    """A manual's file is no longer what was opened."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a function belongs."""

    side: str
    stage: str
    name: str

    @classmethod
    def of(cls, manual: Manual) -> "Place":
        return cls(manual.side, manual.stage, manual.name)

    def __str__(self) -> str:
        return f"{self.side}/{self.stage}/{self.name}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A function on the shelf, whatever state it is in."""

    place: Place
    manual: Manual | None
    """None where there is no file, or none that can be read."""
    is_disabled: bool = False
    has_draft: bool = False
    problem: str = ""
    """What is wrong with the file, in one line."""

    @property
    def name(self) -> str:
        return self.place.name

    @property
    def is_new(self) -> bool:
        """Tell whether there is nothing but a draft."""
        return self.manual is None and not self.problem


@dataclass(frozen=True, slots=True)
class Opened:
    """A function as it was when it was opened for editing."""

    place: Place
    text: str
    """The file's; '' where there is none."""
    digest: str
    """Of the file's text; '' where there is none."""
    draft: str | None = None
    """A text that was not applied."""
    is_stale: bool = False
    """Whether the file changed since the draft was begun."""
    is_disabled: bool = False


class Shelf:
    """The function base in a folder, to be edited.

    `folder`: None for the user's own, which is seeded from the shipped one with the first write.
    Methods raise FunctionBaseError, in one line, for what can't be done; then nothing changed.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """The folder to read; the shipped one until something is written."""
        return self._folder or paths.functionbase_dir()

    def writable(self) -> Path:
        """Return the folder to write, making the user's own."""
        if self._folder is not None:
            return self._folder
        try:
            return paths.writable_functionbase_dir()
        except OSError as error:
            where = error.filename or "the user's data folder"
            raise FunctionBaseError(
                f"{where} can't be written: {error.strerror or error}"
            ) from error

    def base(self) -> FunctionBase:
        return load(self.folder)

    def entries(self) -> tuple[Entry, ...]:
        """Return everything there is, by stage and name."""
        folder, base = self.folder, self.base()
        found: list[Entry] = []
        for stage in base.stages:
            here = folder / stage.side / stage.name
            files = sorted(here.iterdir()) if here.is_dir() else []
            drafts = folder / DRAFTS / stage.side / stage.name
            drafted = {path.stem for path in drafts.glob("*.toml")}
            names = {path.name.removesuffix(end) for path in files for end in (ON, OFF)
                     if path.name.endswith(end)}  # fmt: skip
            for name in sorted(names | drafted):
                place = Place(stage.side, stage.name, name)
                found.append(self._entry(place, base, name in drafted))
        return tuple(found)

    def find(self, name: str) -> Entry:
        """Return a function by its name."""
        every = self.entries()
        for entry in every:
            if entry.name == name:
                return entry
        if name in remembered(self.folder) and (gone := self.versions(name)):
            raise FunctionBaseError(
                f"there is no function {name!r} any more; "
                f"`ld-tui functions restore {name} {gone[-1].number}` brings it back"
            )
        known = tuple(entry.name for entry in every)
        raise FunctionBaseError(f"there is no function {name!r}; {nearest(name, known)}")

    def gone(self) -> tuple[str, ...]:
        """Return the functions that have versions but are no longer there."""
        there = {entry.name for entry in self.entries()}
        return tuple(name for name in remembered(self.folder) if name not in there)

    def open(self, place: Place) -> Opened:
        """Open a function for editing: its file's text, and the draft that was left."""
        path, off = self._path(place), self._path(place, OFF)
        is_disabled = not path.exists() and off.exists()
        file = off if is_disabled else path
        text = read_text(file) if file.exists() else ""
        digest = text_digest(text) if file.exists() else ""
        draft_path = self._draft(place)
        if not draft_path.exists():
            return Opened(place, text, digest, is_disabled=is_disabled)
        begun = draft_path.with_suffix(".from")
        is_stale = begun.exists() and read_text(begun) != digest
        return Opened(place, text, digest, read_text(draft_path), is_stale, is_disabled)

    def save_draft(self, place: Place, text: str, digest: str, seen: str | None = None) -> None:
        """Keep a text that is not applied, begun from the file of that digest.

        Where another draft than `seen` lies there, another program's, that goes to the versions.
        What the file has is no draft.
        """
        self.writable()
        with self._locked():
            path, now = self._draft(place), self.open(place)
            if now.digest and now.text == text:
                self.drop_draft(place)
                return
            if path.exists() and (there := read_text(path)) not in (seen, text):
                remember(self.folder, place.name, there, "draft")
            self._write(path.with_suffix(".from"), digest)
            self._write(path, text)

    def drop_draft(self, place: Place) -> None:
        """Forget a draft, if there is one."""
        path = self._draft(place)
        for one in (path, path.with_suffix(".from")):
            with _explained(one):
                one.unlink(missing_ok=True)

    def set_aside(self, place: Place) -> None:
        """Put a draft, if there is one, among the versions."""
        self.writable()
        with self._locked():
            path = self._draft(place)
            if path.exists():
                now = self.open(place)
                if now.digest:
                    remember(self.folder, place.name, now.text, "found")
                remember(self.folder, place.name, read_text(path), "draft")
            self.drop_draft(place)

    def accept(self, place: Place, text: str, digest: str, note: str = "edited") -> Version:
        """Make a text the content of a function that was opened with a digest; return its version.

        The text may move the function or give it another name. Its draft is dropped. Raises
        ChangedError where the file is not what was opened; the text is checked for its fields and
        place only.
        """
        manual = parse_manual(text)
        new = Place.of(manual)
        self.writable()
        with self._locked():
            now = self.open(place)
            if now.digest != digest:
                raise ChangedError(f"{place} changed outside since it was opened")
            base = self.base().without(place.name)
            base.plus(manual)
            target = self._path(new, OFF if now.is_disabled else ON)
            if new != place and (base.get(new.name) or target.exists()):
                raise FunctionBaseError(f"there is another function {new.name}; choose a name")
            if now.digest:
                remember(self.folder, place.name, now.text, "found")
            self._write(target, text)
            done = remember(self.folder, new.name, text, note)
            old = self._path(place, OFF if now.is_disabled else ON)
            if old != target:
                self._unlink(old)
            self.drop_draft(place)
            return done

    def disable(self, place: Place) -> None:
        """Take a function out of use; its file stays."""
        self._switch(place, ON, OFF)

    def enable(self, place: Place) -> None:
        """Take a disabled function into use again."""
        base = self.base()
        if base.get(place.name) is not None:
            raise FunctionBaseError(f"there is another function {place.name} in use")
        parse_manual(read_text(self._path(place, OFF)), str(place))
        self._switch(place, OFF, ON)

    def delete(self, place: Place) -> Opened:
        """Take a function away, draft and all; what is returned is what `undelete` needs."""
        self.writable()
        with self._locked():
            was = self.open(place)
            if not was.digest and was.draft is None:
                raise FunctionBaseError(f"there is no function {place}")
            for text, note in ((was.draft, "draft"), (was.text if was.digest else None, "found")):
                if text is not None:
                    remember(self.folder, place.name, text, note)
            self._unlink(self._path(place, OFF if was.is_disabled else ON))
            self.drop_draft(place)
            return was

    def undelete(self, was: Opened) -> None:
        """Put back what `delete` took away."""
        self.writable()
        with self._locked():
            path = self._path(was.place, OFF if was.is_disabled else ON)
            if path.exists():
                raise FunctionBaseError(f"there is another function {was.place} by now")
            if was.digest:
                self._write(path, was.text)
            if was.draft is not None:
                draft = self._draft(was.place)
                self._write(draft.with_suffix(".from"), was.digest)
                self._write(draft, was.draft)

    def free_name(self, name: str) -> str:
        """Return a name that nothing here has, made from one."""
        taken = {entry.name for entry in self.entries()}
        wanted, number = name, 1
        while wanted in taken:
            number += 1
            end = f"_{number}"
            wanted = f"{name[: 40 - len(end)]}{end}"
        return wanted

    def check_new(self, place: Place) -> None:
        """Raise FunctionBaseError where a new function can't have that place."""
        if found := name_problem(place.name):
            raise FunctionBaseError("; ".join(found))
        stages = {(stage.side, stage.name) for stage in self.base().stages}
        if (place.side, place.stage) not in stages:
            known = ", ".join("/".join(each) for each in sorted(stages))
            named = "/".join(filter(None, (place.side, place.stage)))
            raise FunctionBaseError(f"there is no stage {named!r}; use {known}")
        if any(entry.name == place.name for entry in self.entries()):
            raise FunctionBaseError(f"there is a function {place.name} already; choose a name")

    def versions(self, name: str) -> tuple[Version, ...]:
        return versions(self.folder, name)

    def fingerprint(self) -> Fingerprint:
        """Return what changes when any manual does: names, times and sizes of the files."""
        folder, found = self.folder, []
        for path in folder.glob("*/*/*"):
            if path.name.endswith((ON, OFF)) and not path.name.startswith("."):
                with contextlib.suppress(OSError):
                    stat = path.stat()
                    name = "/".join(path.relative_to(folder).parts)
                    found.append((name, stat.st_mtime_ns, stat.st_size))
        return tuple(sorted(found))

    # Within

    def _entry(self, place: Place, base: FunctionBase, has_draft: bool) -> Entry:
        manual = base.get(place.name)
        if manual is not None and Place.of(manual) == place:
            return Entry(place, manual, has_draft=has_draft)
        if self._path(place).exists():
            return Entry(place, None, False, has_draft, _about(f"{place}.toml", base.problems))
        if not (off := self._path(place, OFF)).exists():
            return Entry(place, None, has_draft=has_draft)
        try:
            text = read_text(off)
        except FunctionBaseError as error:
            return Entry(place, None, True, has_draft, one_line(str(error)))
        manual, problems = read_manual(text, str(place))
        wrong = "" if manual is not None else str(problems[0])
        return Entry(place, manual, True, has_draft, wrong)

    def _path(self, place: Place, end: str = ON) -> Path:
        return self.folder / place.side / place.stage / f"{place.name}{end}"

    def _draft(self, place: Place) -> Path:
        return self.folder / DRAFTS / place.side / place.stage / f"{place.name}.toml"

    def _switch(self, place: Place, old: str, new: str) -> None:
        self.writable()
        with self._locked():
            source, target = self._path(place, old), self._path(place, new)
            if target.exists():
                raise FunctionBaseError(f"{target} is there already")
            with _explained(source):
                source.rename(target)

    def _write(self, path: Path, text: str) -> None:
        with _explained(path):
            atomic_write(path, text)

    def _unlink(self, path: Path) -> None:
        with _explained(path):
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Let no other program write here at the same moment."""
        path = self.folder / FOLDER / ".lock"
        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say in one line what the disk refuses."""
    try:
        yield
    except OSError as error:
        raise FunctionBaseError(f"{path} can't be written: {error.strerror or error}") from error


def _about(file: str, problems: tuple[Problem, ...]) -> str:
    found = [problem for problem in problems if problem.where == file]
    return str(found[0]) if found else "it can't be read"
