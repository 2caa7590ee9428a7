"""A folder of manuals: `stages.toml`, and `<side>/<stage>/<name>.toml` for each function.

One bad file never hides the good ones: what is wrong with it stands among the problems.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import Manual, Problem, nearest, one_line, read_manual
from ld_tui.paths import atomic_write

STAGES = "stages.toml"
_STAGE_KEYS = ("side", "name", "question", "result")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a side's decision."""

    side: str
    name: str
    question: str
    """What is put to the S-LLM."""
    result: str
    """The type of the stage's result."""


@dataclass(frozen=True, slots=True)
class FunctionBase:
    """What a folder held when it was read."""

    folder: Path
    stages: tuple[Stage, ...]
    """In the order of stages.toml: per side, the order of the decision."""
    manuals: tuple[Manual, ...]
    """In the order of the stages, then of the names."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the files that are not among `manuals`."""
    written_for: tuple[str, ...] = ()
    """Lasting rule changes, in notation, that its functions were written for: no emergencies."""

    def stages_of(self, side: str) -> tuple[Stage, ...]:
        """Return a side's stages in order; none for an unknown side."""
        return tuple(stage for stage in self.stages if stage.side == side)

    def manuals_of(self, side: str, stage: str) -> tuple[Manual, ...]:
        """Return the manuals of one stage by name; none for an unknown one."""
        return tuple(each for each in self.manuals if (each.side, each.stage) == (side, stage))

    def get(self, name: str) -> Manual | None:
        """Return the manual of a function, or None."""
        return next((manual for manual in self.manuals if manual.name == name), None)

    def stage_of(self, manual: Manual) -> Stage:
        """Return a manual's stage. Raises FunctionBaseError where there is no such stage."""
        for stage in self.stages:
            if (stage.side, stage.name) == (manual.side, manual.stage):
                return stage
        known = ", ".join(f"{stage.side}/{stage.name}" for stage in self.stages)
        raise FunctionBaseError(
            f"{manual.name}: there is no stage {manual.side}/{manual.stage}; use {known}"
        )

    def path_of(self, manual: Manual) -> Path:
        """Return where a manual is, or would be, kept."""
        return self.folder / manual.side / manual.stage / f"{manual.name}.toml"

    def text_of(self, name: str) -> str:
        """Return a manual's text as its file has it now.

        Raises FunctionBaseError where there is no such function or its file can't be read.
        """
        manual = self.get(name)
        if manual is None:
            raise FunctionBaseError(f"there is no function {name!r}; {nearest(name, self.names)}")
        return _read(self.path_of(manual))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(manual.name for manual in self.manuals)

    def plus(self, manual: Manual) -> Self:
        """Return this base with one manual more, or in place of the one of its name.

        Raises FunctionBaseError where its stage is unknown or another stage has that name.
        """
        self.stage_of(manual)
        old = self.get(manual.name)
        if old is not None and (old.side, old.stage) != (manual.side, manual.stage):
            raise FunctionBaseError(
                f"{old.side}/{old.stage} already has a function {manual.name}; choose another name"
            )
        kept = [each for each in self.manuals if each.name != manual.name]
        return replace(self, manuals=_ordered([*kept, manual], self.stages))

    def without(self, name: str) -> Self:
        """Return this base without one manual."""
        kept = tuple(manual for manual in self.manuals if manual.name != name)
        return replace(self, manuals=kept)


def load(folder: Path) -> FunctionBase:
    """Read a function base.

    Raises FunctionBaseError only where stages.toml is missing or wrong, since nothing works
    without it; what is wrong with manuals is collected in `problems`.
    """
    stages, written_for = _stages(folder / STAGES)
    found: dict[str, Manual] = {}
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*.toml")):
        parts = path.relative_to(folder).parts
        if parts == (STAGES,) or parts == ("index.toml",) or parts[0].startswith("."):
            continue
        manual, wrong = _entry(path, parts, stages)
        if manual is not None and (first := found.get(manual.name)) is not None:
            where = f"{first.side}/{first.stage}/{first.name}.toml"
            mend = "give one of them another name"
            wrong = (Problem("/".join(parts), "name", f"also the name of {where}", mend),)
        elif manual is not None:
            found[manual.name] = manual
        problems += wrong
    manuals = _ordered(found.values(), stages)
    return FunctionBase(folder, stages, manuals, tuple(problems), written_for)


def write(base: FunctionBase, text: str) -> FunctionBase:
    """Put a manual's text, as it is written, into its place; return the base that has it.

    The file is replaced atomically. Raises FunctionBaseError, and changes nothing, where the
    text has problems or does not fit the base.
    """
    manual, problems = read_manual(text, "manual")
    if manual is None:
        raise FunctionBaseError(" | ".join(map(str, problems)))
    changed = base.plus(manual)
    path = base.path_of(manual)
    try:
        atomic_write(path, text)
    except OSError as error:
        raise FunctionBaseError(f"{path} can't be written: {error.strerror or error}") from error
    return changed


def remove(base: FunctionBase, name: str) -> FunctionBase:
    """Take a manual's file away; return the base that is left."""
    manual = base.get(name)
    if manual is None:
        raise FunctionBaseError(f"there is no function {name!r}; {nearest(name, base.names)}")
    path = base.path_of(manual)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise FunctionBaseError(f"{path} can't be removed: {error.strerror or error}") from error
    return base.without(name)


def _ordered(manuals: Any, stages: tuple[Stage, ...]) -> tuple[Manual, ...]:
    rank = {(stage.side, stage.name): at for at, stage in enumerate(stages)}
    return tuple(sorted(manuals, key=lambda each: (rank[each.side, each.stage], each.name)))


def _entry(
    path: Path, parts: tuple[str, ...], stages: tuple[Stage, ...]
) -> tuple[Manual | None, tuple[Problem, ...]]:
    """Read one file and look whether it lies where it says it belongs."""
    where = one_line("/".join(parts))
    places = [f"{stage.side}/{stage.name}" for stage in stages]
    if "/".join(parts[:-1]) not in places:
        mend = f"a manual lies in {', '.join(places)}"
        return None, (Problem(where, "", "not in the folder of a stage", mend),)
    try:
        text = _read(path)
    except FunctionBaseError as error:
        return None, (Problem(where, "", one_line(str(error)), "save it as UTF-8 text"),)
    manual, problems = read_manual(text, where)
    if manual is None:
        return None, problems
    side, stage, file = parts
    wanted = {"side": side, "stage": stage, "name": file.removesuffix(".toml")}
    wrong = tuple(
        Problem(where, key, f"{getattr(manual, key)!r}, but it lies in {where}", f"say {value!r}")
        for key, value in wanted.items()
        if getattr(manual, key) != value
    )
    return (None, wrong) if wrong else (manual, ())


def _read(path: Path) -> str:
    """Return a file's text, byte for byte: line ends are kept, so that its hash is the file's."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise FunctionBaseError(f"{path} can't be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise FunctionBaseError(f"{path} is not UTF-8 text (byte {error.start})") from error


def _stages(path: Path) -> tuple[tuple[Stage, ...], tuple[str, ...]]:
    """Return the stages, and the rule changes that the base was written for."""
    try:
        data = tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as error:
        raise FunctionBaseError(f"{path} is not TOML: {error}") from error
    tables = data.get("stage")
    if not isinstance(tables, list) or not tables or set(data) - {"stage", "rules"}:
        raise FunctionBaseError(f"{path} has to hold [[stage]] tables, at most [rules] besides")
    problems = [problem for at, table in enumerate(tables, 1) for problem in _wrong(table, at)]
    rules = data.get("rules", {"changes": []})
    changes = rules.get("changes") if isinstance(rules, dict) and len(rules) == 1 else None
    if not isinstance(changes, list) or not all(isinstance(each, str) for each in changes):
        problems.append('[rules] holds changes = ["roadblock:d4,d5", ...] and nothing else')
        changes = []
    if problems:
        raise FunctionBaseError(f"{path}: {' | '.join(problems)}")
    stages = tuple(Stage(**table) for table in tables)
    if len({(stage.side, stage.name) for stage in stages}) != len(stages):
        raise FunctionBaseError(f"{path}: a side has two stages of one name; rename one")
    return stages, tuple(changes)


def _wrong(table: object, number: int) -> Iterator[str]:
    """Yield what is wrong with one [[stage]]."""
    if not isinstance(table, dict):
        yield f"stage {number} is not a table"
        return
    for key in table:
        if key not in _STAGE_KEYS:
            yield f"stage {number}: unknown key {one_line(key)!r}; {nearest(key, _STAGE_KEYS)}"
    for key in _STAGE_KEYS:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            yield f"stage {number}: {key} has to be one line of text"
        elif key in ("side", "name") and not value.isidentifier():
            yield f"stage {number}: {key} names a folder; use a-z, 0-9 and _"
