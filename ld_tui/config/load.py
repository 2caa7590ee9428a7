"""Settle every setting: a flag wins over the environment, that over the file, that over defaults.

Nothing here fails: what can't be used becomes a problem of one line, and the next source counts.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from ld_tui import paths
from ld_tui.config.kinds import Keys, Text, flat, is_path
from ld_tui.config.schema import BY_NAME, LLM_URL, SECTIONS, SETTINGS, Config, Setting


class Source(StrEnum):
    """Where a value came from, weakest first."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    FLAG = "flag"
    SESSION = "session"
    """Changed on the screen, and not in a file that can't be written."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from."""

    source: Source = Source.DEFAULT
    where: str = ""
    """Line of the file, name of the variable, or flag."""

    def __str__(self) -> str:
        match self.source:
            case Source.DEFAULT:
                return "default"
            case Source.SESSION:
                return "this session"
            case _:
                return self.where


@dataclass(frozen=True, slots=True)
class Problem:
    """What can't be used, with the mend."""

    where: str
    """File and line, variable or flag."""
    key: str
    text: str

    def is_about(self, setting: Setting) -> bool:
        """Tell whether it is a setting's, from the file or from its variable."""
        named = self.key == setting.key or self.key.startswith(f"{setting.key}.")
        return named or self.where == setting.environ

    def __str__(self) -> str:
        return f"{self.where}: {self.key}{': ' * bool(self.key)}{self.text}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Every value, where it came from, and what could not be used."""

    config: Config = field(default_factory=Config)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """By key; a setting that isn't there has its default."""
    problems: tuple[Problem, ...] = ()
    path: Path = field(default_factory=paths.config_path)

    def value(self, setting: Setting) -> Any:
        return getattr(self.config, setting.name)

    def origin(self, setting: Setting) -> Origin:
        return self.origins.get(setting.key, Origin())

    def with_value(self, setting: Setting, value: Any, origin: Origin) -> "Loaded":
        """Return this with another value of one setting; a default's origin is not kept.

        What was wrong with that setting before is no longer.
        """
        config = replace(self.config, **{setting.name: value})
        origins = {key: old for key, old in self.origins.items() if key != setting.key}
        if origin.source is not Source.DEFAULT:
            origins[setting.key] = origin
        problems = tuple(each for each in self.problems if not each.is_about(setting))
        return replace(self, config=config, origins=origins, problems=problems)

    def problem(self, setting: Setting) -> Problem | None:
        """Return what of a setting can't be used; None where all can."""
        return next((each for each in self.problems if each.is_about(setting)), None)

    def summary(self) -> str:
        """Say in one line that something could not be used; empty where all could."""
        if not self.problems:
            return ""
        if len(self.problems) == 1:
            return str(self.problems[0])
        return (
            f"{len(self.problems)} settings can't be used: the screen of settings marks them, "
            "`ld-tui config validate` lists them"
        )


def load(
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    path: Path | None = None,
) -> Loaded:
    """Settle every setting. `flags`: by a setting's name, checked already; None counts as unset."""
    path = path or paths.config_path()
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    problems: list[Problem] = []
    read, lines = _of_file(path, problems)
    for key, value in read.items():
        values[key], origins[key] = value, Origin(Source.FILE, _place(path, lines.get(key)))
    found = _of_environment(os.environ if environ is None else environ, problems)
    for key, value in found.items():
        name = SETTINGS[key].environ
        values[key], origins[key] = value, Origin(Source.ENVIRONMENT, name)
    for name, value in (flags or {}).items():
        if value is not None:
            setting = BY_NAME[name]
            values[setting.key], origins[setting.key] = value, Origin(Source.FLAG, setting.flag)
    config = Config(**{SETTINGS[key].name: value for key, value in values.items()})
    return Loaded(config, origins, tuple(problems), path)


def check(path: Path) -> tuple[Problem, ...]:
    """Return every problem of a file. Raises OSError where it can't be read."""
    path.read_bytes()
    problems: list[Problem] = []
    _of_file(path, problems)
    return tuple(problems)


def _of_environment(environ: Mapping[str, str], problems: list[Problem]) -> dict[str, Any]:
    values = {}
    for setting in SETTINGS.values():
        text = environ.get(setting.environ)
        if text is None or (text == "" and setting.name != "ascii"):
            continue
        try:
            values[setting.key] = _usable(setting, setting.parse(text or "off"), Path())
        except ValueError as error:
            problems.append(Problem(setting.environ, "", f"{error}; not used"))
    return values


def _of_file(path: Path, problems: list[Problem]) -> tuple[dict[str, Any], dict[str, int]]:
    """Return a file's values by key, and the line of each."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}, {}
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        problems.append(Problem(path.name, "", f"can't be read ({why}); defaults are used"))
        return {}, {}
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where, why = _syntax(path, str(error))
        problems.append(Problem(where, "", f"{why}; mend it, defaults are used until then"))
        return {}, {}
    lines = lines_of(text)
    values: dict[str, Any] = {}
    for key, value in _keyed(data):
        _take(key, value, path, lines, values, problems)
    return values, lines


def _take(
    key: str,
    value: object,
    path: Path,
    lines: Mapping[str, int],
    values: dict[str, Any],
    problems: list[Problem],
) -> None:
    """Add a value, or what is wrong with it."""
    where = _place(path, lines.get(key))
    setting = SETTINGS.get(key)
    if setting is None:
        problems.append(Problem(where, key, _unknown(key)))
        return
    if isinstance(setting.kind, Keys) and isinstance(value, Mapping):
        values[key] = _read_keys(setting.kind, value, path, lines, problems)
        return
    try:
        values[key] = _usable(setting, setting.kind.read(value), path.parent)
    except ValueError as error:
        shown = setting.show(setting.default) or "the default"
        problems.append(Problem(where, key, f"{error}; {shown} is used"))


def _read_keys(
    kind: Keys,
    table: Mapping[str, Any],
    path: Path,
    lines: Mapping[str, int],
    problems: list[Problem],
) -> dict[str, str]:
    """Return the bindings whose keys can be used."""
    found = {}
    for name, keys in flat(table).items():
        try:
            found[name] = kind.read_keys(keys)
        except ValueError as error:
            where = _place(path, lines.get(f"keys.{name}"))
            problems.append(Problem(where, f"keys.{name}", f"{error}; it keeps its own keys"))
    return found


def _keyed(data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the values of a file by key."""
    found: list[tuple[str, Any]] = []
    for section, table in data.items():
        if section in SETTINGS:
            found.append((section, table))
        elif isinstance(table, Mapping) and section in SECTIONS:
            found += [(f"{section}.{name}", value) for name, value in table.items()]
        else:
            found.append((section, table))
    return found


def _usable(setting: Setting, value: Any, folder: Path) -> Any:
    """Return what a value means here. Raises ValueError where it can't be used."""
    if setting.name == "author" and value == "l-llm" and not os.environ.get(LLM_URL, "").strip():
        raise ValueError(f"l-llm needs a server, and {LLM_URL} names none")
    return placed(setting, value, folder)


def placed(setting: Setting, value: Any, folder: Path) -> Any:
    """Return what a path means, from a folder; others as they are. Raises ValueError."""
    if not isinstance(setting.kind, Text) or not value:
        return value
    is_url = value.startswith(("http://", "https://"))
    is_name = setting.name == "embedder" and not is_path(value)
    if setting.name not in ("model", "embedder", "functionbase", "saves") or is_url or is_name:
        return value
    try:
        path = folder / Path(value).expanduser()
    except RuntimeError as error:
        raise ValueError(f"{value}: {error}") from None
    if setting.is_place and not path.exists():
        what = "a folder that is there" if setting.name == "functionbase" else setting.kind.says
        raise ValueError(f"{path}: there is no such file or folder; name {what}")
    return str(path)


def _unknown(key: str) -> str:
    """Say that there is no such setting, and which is meant."""
    if key in SECTIONS:
        return f"it has to be a table; write [{key}] on a line of its own"
    if meant := nearest(key):
        return f"there is no such setting; the nearest is {meant}: rename it, or take it out"
    return "there is no such setting; take it out (`ld-tui config show` lists all)"


def nearest(key: str) -> str | None:
    """Return the known key most like another one; None where none is."""
    last = key.rpartition(".")[2]
    names = {each.key.rpartition(".")[2]: each.key for each in SETTINGS.values()}
    # Names alone: any two keys of a section have its name in common.
    close = [names[name] for name in difflib.get_close_matches(last, names, 1, 0.7)]
    return close[0] if close else None


def _place(path: Path, line: int | None) -> str:
    return f"{path.name}:{line}" if line else path.name


_SYNTAX = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)")


def _syntax(path: Path, text: str) -> tuple[str, str]:
    """Return where TOML is broken, and how."""
    if found := _SYNTAX.fullmatch(text):
        return _place(path, int(found[2]) if found[2] else None), f"no TOML: {found[1]}"
    return path.name, f"no TOML: {text}"


_TABLE = re.compile(r"""\s*\[\s*([^\]#]+?)\s*\]""")
_ENTRY = re.compile(
    r"""\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*="""
)


def lines_of(text: str) -> dict[str, int]:
    """Return the line, from 1, on which each key of a TOML text stands."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            table = _bare(header[1])
            found.setdefault(table, number)
        elif entry := _ENTRY.match(line):
            name = _bare(entry[1])
            key = f"{table}.{name}" if table else name
            found.setdefault(key, number)
    return found


def _bare(name: str) -> str:
    return re.sub(r"""["'\s]""", "", name)
