"""What a setting's value may be, and how it is read, written and named. Pure.

A value is read from TOML (`read`) or from text, as flags and the environment have it (`parse`);
`show` writes it so that `parse` gives it again. What can't be read raises ValueError with the mend.
"""

import math
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

TRUE, FALSE = ("on", "true", "yes", "1"), ("off", "false", "no", "0")
_ID = re.compile(r"[A-Za-z0-9_.+()'-]+")
_KEY = re.compile(r"[!-~]+")


class Kind(Protocol):
    """One kind of value."""

    @property
    def says(self) -> str:
        """What may be written, for help and errors."""
        ...

    def read(self, value: object) -> Any:
        """Return the value that TOML holds. Raises ValueError."""
        ...

    def parse(self, text: str) -> Any:
        """Return the value of a text. Raises ValueError."""
        ...

    def show(self, value: Any) -> str:
        """Return a value as text that `parse` reads."""
        ...

    def schema(self) -> dict[str, Any]:
        """Return the value's JSON Schema."""
        ...


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""

    @property
    def says(self) -> str:
        return "true or false"

    def read(self, value: object) -> bool:
        if isinstance(value, bool):
            return value
        raise ValueError(f"{value!r:.60} is not {self.says}")

    def parse(self, text: str) -> bool:
        word = text.strip().lower()
        if word not in TRUE + FALSE:
            raise ValueError(f"{text!r:.60} is not on or off")
        return word in TRUE

    def show(self, value: bool) -> str:
        return "on" if value else "off"

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    choices: tuple[str, ...]

    @property
    def says(self) -> str:
        return f"one of {', '.join(self.choices)}"

    def read(self, value: object) -> str:
        if isinstance(value, bool):
            value = self._switched(value) or value
        if isinstance(value, str) and value in self.choices:
            return value
        raise ValueError(f"{value!r:.60} is not {self.says}")

    def parse(self, text: str) -> str:
        word = text.strip().lower()
        if word not in self.choices and word in TRUE + FALSE:
            word = self._switched(word in TRUE) or word
        return self.read(word)

    def show(self, value: str) -> str:
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.choices)}

    def _switched(self, on: bool) -> str | None:
        """Return the word that a switch means where there are such words."""
        word = "on" if on else "off"
        return word if word in self.choices else None


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a range, both ends included."""

    low: float
    high: float
    step: float = 1
    """By how much the screen changes it."""
    is_whole: bool = True

    @property
    def says(self) -> str:
        what = "a whole number" if self.is_whole else "a number"
        return f"{what} from {self.low:g} to {self.high:g}"

    def read(self, value: object) -> int | float:
        kinds = (int,) if self.is_whole else (int, float)
        if isinstance(value, kinds) and not isinstance(value, bool):
            number: int | float = value
            if math.isfinite(number) and self.low <= number <= self.high:
                return number if self.is_whole else float(number)
        raise ValueError(f"{value!r:.60} is not {self.says}")

    def parse(self, text: str) -> int | float:
        try:
            if not text.isascii():
                raise ValueError
            return self.read(int(text) if self.is_whole else float(text))
        except ValueError:
            raise ValueError(f"{text!r:.60} is not {self.says}") from None

    def show(self, value: float) -> str:
        return repr(value)

    def schema(self) -> dict[str, Any]:
        name = "integer" if self.is_whole else "number"
        return {"type": name, "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; empty for the default."""

    what: str
    """What it names: file, folder, model or name."""

    @property
    def says(self) -> str:
        return self.what

    def read(self, value: object) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{value!r:.60} is not {self.what}, in quotes")
        if not all(char.isprintable() for char in value):
            raise ValueError("it holds characters that can't be shown")
        if self.what == MODEL_TEXT and value.startswith(("http://", "https://")):
            _check_url(value)
        return value

    def parse(self, text: str) -> str:
        return self.read(text)

    def show(self, value: str) -> str:
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


@dataclass(frozen=True, slots=True)
class Keys:
    """A keymap: the keys, separated by commas, of each binding that has others than its own."""

    @property
    def says(self) -> str:
        return 'a table of keys by binding, as "play.hint.h" = "i"'

    def read(self, value: object) -> Mapping[str, str]:
        if not isinstance(value, Mapping):
            raise ValueError(f"{value!r:.60} is not {self.says}")
        return {name: self.read_keys(keys) for name, keys in flat(value).items()}

    def read_keys(self, value: object) -> str:
        """Return the keys of one binding. Raises ValueError."""
        if not isinstance(value, str):
            raise ValueError(f"{value!r:.60} is no key; write one as 'i', 'ctrl+t' or 'f3,i'")
        found = [key.strip() for key in value.split(",")]
        if not all(_KEY.fullmatch(key) for key in found):
            raise ValueError(f"{value!r:.60} is no key; write one as 'i', 'ctrl+t' or 'f3,i'")
        for key in found:
            if key.lower() in RESERVED:
                raise ValueError(f"{key} is {RESERVED[key.lower()]}, whatever the keymap says")
        return ",".join(found)

    def parse(self, text: str) -> Mapping[str, str]:
        found = {}
        for pair in text.split():
            name, equals, keys = pair.partition("=")
            if not (equals and _ID.fullmatch(name)):
                raise ValueError(f"{pair!r:.60} is not BINDING=KEYS, as play.hint.h=i")
            found[name] = self.read_keys(keys)
        return found

    def show(self, value: Mapping[str, str]) -> str:
        return " ".join(f"{name}={keys}" for name, keys in sorted(value.items()))

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {"type": "string"}}


RESERVED = {
    "ctrl+q": "Quit",
    "f10": "Quit",
    "ctrl+c": "the line that tells what quits",
    "ctrl+p": "the palette",
}
"""Keys that no keymap takes away: Quit can't be lost."""
MODEL_TEXT = "a GGUF file, or a server as http://HOST:PORT/v1"


def flat(table: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return nested tables as one, names joined by dots: TOML nests names with unquoted dots."""
    found: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{before}{name}.")
        else:
            found[f"{before}{name}"] = value
    return found


def is_path(text: str) -> bool:
    """Tell whether an embedding model's name is a path: names on a hub have slashes, too."""
    return text.startswith(("/", "./", "../", "~"))


def _check_url(text: str) -> None:
    """Raise ValueError for a URL that isn't one, without repeating it: it may hold a secret."""
    try:
        parts = urllib.parse.urlsplit(text)
        is_good = bool(parts.hostname)
        _ = parts.port
    except ValueError:
        is_good = False
    if "@" in text.partition("//")[2].partition("/")[0]:
        raise ValueError("a password in a URL would be shown; a key goes into LD_TUI_API_KEY")
    if not is_good or not text.isascii():
        raise ValueError(f"it is not {MODEL_TEXT}")
