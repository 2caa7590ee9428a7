"""One function with its manual, as a TOML file that people write and read.

Reading collects every problem, each with its place and its mend, so that an editor can show all
of them at once. Whether the source runs, and what it returns, is not looked at here.
"""

import hashlib
import json
import keyword
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from ld_tui.errors import FunctionBaseError

NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
"""Names of functions, which are also the stems of their files."""
ORIGINS = ("base", "emergency", "user")
MAX_WORDS = 20
"""Of a summary, and of a `when`: the S-LLM reads those of all candidates at once."""
MAX_LINE = 200
MAX_SOURCE = 20_000
MAX_FILE = 40_000
"""Characters. Reading takes time that grows with the square of a file full of dotted keys."""
MAX_DEPTH = 8
"""Arrays in arrays of an example."""

_KEYS = (
    "name",
    "side",
    "stage",
    "summary",
    "when",
    "origin",
    "source",
    "provenance",
    "examples",
)
_PROVENANCE_KEYS = ("author", "date", "rules", "parent")
_EXAMPLE_KEYS = ("position", "previous", "result")
_COMPLAINTS = {
    r"Illegal character '\n'": "the quotes aren't closed",
    "Unterminated string": "the quotes aren't closed",
    "Expected newline or end of document after a statement": "more after the value",
    "Expected '=' after a key in a key/value pair": "no = after a key",
    "Invalid value": "not a value; a text stands in quotes",
    "Invalid statement": "neither key = value nor [table]",
    "Cannot overwrite a value": "a key is there twice",
}
_PLACE_NAME = re.compile(r"[a-z][a-z0-9_]{0,19}")
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")
"""What Windows takes for a device, with any ending: `con.toml` is no file there."""

Nested = Any
"""None, int, bool or str, or a tuple of these, nested."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and how to mend it."""

    where: str
    """The file, as the reader was told it."""
    key: str
    """The key, such as `summary` or `examples[2].result`; empty where it is the whole file."""
    what: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.where}, {self.key}" if self.key else self.where
        return f"{place}: {self.what}; {self.mend}"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a function comes from."""

    author: str
    date: str
    """The day, as ISO writes it: 2026-01-31."""
    rules: str = "standard"
    """The rules it was written for: `standard`, or a hash."""
    parent: str = ""
    """The function or version it was made from; empty where it is new."""


@dataclass(frozen=True, slots=True)
class Example:
    """What the function gives in one position, as doctests do."""

    position: str
    """In position notation."""
    result: Nested
    previous: Nested = None
    """The stage before's result; None in the first stage."""


@dataclass(frozen=True, slots=True)
class Manual:
    """A function, what it does and when to use it."""

    name: str
    side: str
    stage: str
    summary: str
    """What it does, in one sentence."""
    when: str
    """When to use it."""
    origin: str
    """`base`, `emergency` or `user`."""
    provenance: Provenance
    source: str
    """Python that defines `def <name>(state, previous):`."""
    examples: tuple[Example, ...]
    digest: str = field(default="", compare=False)
    """SHA-256 of the file's text; empty where it was not read from text."""

    @property
    def text(self) -> str:
        """What the retriever embeds and the S-LLM reads."""
        return f"{self.summary} {self.when}"


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def parse_manual(text: str, where: str = "manual") -> Manual:
    """Read a manual. Raises FunctionBaseError, in one line, naming every problem there is."""
    manual, problems = read_manual(text, where)
    if manual is None:
        raise FunctionBaseError(" | ".join(map(str, problems)))
    return manual


def read_manual(text: str, where: str = "manual") -> tuple[Manual | None, tuple[Problem, ...]]:
    """Read a manual, or say everything that is wrong with it; exactly one of the two."""
    if len(text) > MAX_FILE:
        return None, (Problem(where, "", f"{len(text)} characters", f"keep it under {MAX_FILE}"),)
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: a number of too many digits, too
        what = _syntax(one_line(str(error))) if str(error) else "nested too deep"
        return None, (Problem(where, "", f"not TOML: {what}", "mend the syntax there"),)
    reader = _Reader(where)
    manual = reader.manual(data, text_digest(text))
    # What no key holds, such as a comment, is shown to people all the same.
    if not reader.problems and (found := _unprintable(text.replace("\r\n", "\n"))):
        reader.note("", *found)
    return (None, tuple(reader.problems)) if reader.problems else (manual, ())


def _syntax(told: str) -> str:
    """Say in plain words what a TOML reader complains of most."""
    for their, ours in _COMPLAINTS.items():
        told = told.replace(their, ours)
    return told


def format_manual(manual: Manual) -> str:
    """Write a manual so that `parse_manual` gives it back.

    Raises FunctionBaseError where that is impossible, such as for a source with three
    apostrophes in a row.
    """
    if found := _source_problem(manual.source):
        # Where the text in the file ends is the source's to say, so it is looked at before.
        raise FunctionBaseError(str(Problem(manual.name, "source", *found)))
    lines = [
        f"{key} = {_quoted(getattr(manual, key))}"
        for key in ("name", "side", "stage", "summary", "when", "origin")
    ]
    lines.append(f"source = '''\n{manual.source}'''")
    lines.append("\n[provenance]")
    lines += [f"{key} = {_quoted(getattr(manual.provenance, key))}" for key in _PROVENANCE_KEYS]
    for example in manual.examples:
        lines.append(f"\n[[examples]]\nposition = {_quoted(example.position)}")
        if example.previous is not None:
            lines.append(f"previous = {_array(example.previous)}")
        lines.append(f"result = {_array(example.result)}")
    text = "\n".join(lines) + "\n"
    if parse_manual(text, manual.name) != manual:
        raise FunctionBaseError(f"{manual.name}: the manual can't be written so that it reads back")
    return text


def one_line(text: str) -> str:
    """Return text on one printable line of bounded length."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 3] + "..."


def nearest(word: str, known: tuple[str, ...]) -> str:
    """Say which known word was probably meant, or else which there are."""
    close = get_close_matches(word, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"use {', '.join(known)}"


class _Reader:
    """Reads one manual's tables and notes every problem on the way."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.problems: list[Problem] = []

    def note(self, key: str, what: str, mend: str) -> None:
        self.problems.append(Problem(self.where, key, what, mend))

    def manual(self, data: Mapping[str, Any], digest: str) -> Manual:
        self.unknown(data, _KEYS, "")
        return Manual(
            name=self.text(data, "name", name_problem),
            side=self.text(data, "side", _place_problem),
            stage=self.text(data, "stage", _place_problem),
            summary=self.text(data, "summary", _sentence_problem),
            when=self.text(data, "when", _sentence_problem),
            origin=self.text(data, "origin", _origin_problem),
            provenance=self.provenance(data.get("provenance")),
            source=self.text(data, "source", _source_problem),
            examples=self.examples(data.get("examples")),
            digest=digest,
        )

    def unknown(self, data: Mapping[str, Any], known: tuple[str, ...], prefix: str) -> None:
        for key in data:
            if key not in known:
                self.note(
                    f"{prefix}{one_line(key) or repr(key)}", "unknown key", nearest(key, known)
                )

    def text(
        self,
        data: Mapping[str, Any],
        key: str,
        problem: Callable[[str], tuple[str, str] | None],
        prefix: str = "",
        default: str | None = None,
    ) -> str:
        """Return a key's text; note it where it is missing or `problem` finds one."""
        value = data.get(key, default)
        if value is None:
            self.note(f"{prefix}{key}", "missing", f"add {key} = ...")
            return ""
        if isinstance(value, date) and key == "date":
            value = value.isoformat()
        if not isinstance(value, str):
            self.note(f"{prefix}{key}", f"{_kind(value)}, not text", "put it in quotes")
            return ""
        if found := problem(value):
            self.note(f"{prefix}{key}", *found)
        return value

    def provenance(self, data: object) -> Provenance:
        prefix = "provenance."
        if not isinstance(data, dict):
            what = "missing" if data is None else f"{_kind(data)}, not a table"
            self.note("provenance", what, "add [provenance] with author and date")
            return Provenance("", "")
        self.unknown(data, _PROVENANCE_KEYS, prefix)
        return Provenance(
            author=self.text(data, "author", _line_problem, prefix),
            date=self.text(data, "date", _date_problem, prefix),
            rules=self.text(data, "rules", _line_problem, prefix, "standard"),
            parent=self.text(
                data, "parent", lambda text: _line_problem(text) if text else None, prefix, ""
            ),
        )

    def examples(self, data: object) -> tuple[Example, ...]:
        if not isinstance(data, list) or not data:
            what = "missing" if not data else f"{_kind(data)}, not tables"
            self.note("examples", what, "add [[examples]] with position and result")
            return ()
        return tuple(self.example(item, f"examples[{at}]") for at, item in enumerate(data, 1))

    def example(self, data: object, key: str) -> Example:
        if not isinstance(data, dict):
            self.note(key, f"{_kind(data)}, not a table", "write it as [[examples]]")
            return Example("", None)
        prefix = f"{key}."
        self.unknown(data, _EXAMPLE_KEYS, prefix)
        return Example(
            position=self.text(data, "position", _line_problem, prefix),
            result=self.nested(data, "result", prefix, required=True),
            previous=self.nested(data, "previous", prefix, required=False),
        )

    def nested(self, data: Mapping[str, Any], key: str, prefix: str, required: bool) -> Nested:
        if key not in data:
            if required:
                self.note(f"{prefix}{key}", "missing", f"add {key} = [[0, 0], ...]")
            return None
        try:
            return _frozen(data[key])
        except ValueError as error:
            self.note(f"{prefix}{key}", str(error), "write cells as [[0, 0], ...]")
            return None


def _frozen(value: object, depth: int = MAX_DEPTH) -> Nested:
    """Return nested arrays as tuples. Raises ValueError for what an example can't hold."""
    match value:
        case list() if depth == 0:
            raise ValueError(f"holds more than {MAX_DEPTH} arrays in each other")
        case list():
            return tuple(_frozen(item, depth - 1) for item in value)
        case str() if value.isprintable() and len(value) <= MAX_LINE:
            return value
        case int() if -(2**63) <= value < 2**63:
            return value
        case _:
            raise ValueError(f"holds {_kind(value)} that is no array of whole numbers or words")


def _array(value: Nested) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_array, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _quoted(text: str) -> str:
    """Return a TOML basic string, which a JSON string is where the text is printable."""
    return json.dumps(text, ensure_ascii=False)


def _kind(value: object) -> str:
    names = {str: "text", int: "a number", float: "a number", bool: "true or false"}
    names |= {list: "an array", dict: "a table"}
    return names.get(type(value), "a date or time")


def _unprintable(text: str) -> tuple[str, str] | None:
    """Refuse control and invisible characters: they could steer a terminal or mislead a reader."""
    for number, line in enumerate(text.split("\n"), 1):
        for char in line:
            if not char.isprintable() and char != "\t":
                return f"U+{ord(char):04X} in line {number} is not printable", "take it out"
    return None


def name_problem(text: str) -> tuple[str, str] | None:
    """Say what is wrong with a function's name, and the mend; None where it is one."""
    if not NAME.fullmatch(text):
        mend = "2 to 40 of a-z, 0-9 and _, the first a letter"
        return f"{one_line(text)!r} is not a name", mend
    if keyword.iskeyword(text):
        return f"{text!r} is a word of Python's own", "choose another name"
    if _DEVICE.fullmatch(text):
        return f"{text!r} is a device on Windows, where no file can have its name", (
            "choose another name"
        )
    return None


def _place_problem(text: str) -> tuple[str, str] | None:
    if not _PLACE_NAME.fullmatch(text):
        return f"{one_line(text)!r} names nothing", "use a name that is in stages.toml"
    return None


def _line_problem(text: str) -> tuple[str, str] | None:
    if not text.strip():
        return "empty", "fill it in"
    if "\n" in text or "\t" in text:
        return "more than one line, or a tab", "write one line with spaces"
    if len(text) > MAX_LINE:
        return f"{len(text)} characters", f"use at most {MAX_LINE}"
    return _unprintable(text)


def _sentence_problem(text: str) -> tuple[str, str] | None:
    if len(text.split()) > MAX_WORDS:
        return f"{len(text.split())} words", f"say it in at most {MAX_WORDS}"
    return _line_problem(text)


def _origin_problem(text: str) -> tuple[str, str] | None:
    if text not in ORIGINS:
        return f"{one_line(text)!r} is no origin", nearest(text, ORIGINS)
    return None


def _date_problem(text: str) -> tuple[str, str] | None:
    try:
        good = date.fromisoformat(text).isoformat() == text
    except ValueError:
        good = False
    return None if good else (f"{one_line(text)!r} is not a day", "write it as 2026-01-31")


def _source_problem(text: str) -> tuple[str, str] | None:
    if not text.strip():
        return "empty", "write the function there"
    if len(text) > MAX_SOURCE:
        return f"{len(text)} characters", f"use at most {MAX_SOURCE}"
    if "'''" in text:
        return "three apostrophes in a row", 'use """ in the source; TOML ends the text at them'
    return _unprintable(text)
