"""Where the keys of a manual's text stand, so that a problem can be shown on its line.

It reads text that is TOML or nearly so; where nothing is found, the nearest table above or line 1
is the answer.
"""

import re
from bisect import bisect_right

_KEY = re.compile(
    r"[ \t]*((?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')(?:[ \t]*\.[ \t]*(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*'))*)"
    r"[ \t]*="
)
_HEADER = re.compile(r"[ \t]*(\[\[?)[ \t]*([^\]\n]*?)[ \t]*\]\]?")
_AT = re.compile(r"\(at line (\d+), column \d+\)")
_END = "(at end of document)"
_NUMBER = re.compile(r"\bline (\d+)\b")


class Places:
    """The lines, from 1, on which the keys of one text stand."""

    def __init__(self, text: str) -> None:
        self._breaks = [at for at, char in enumerate(text) if char == "\n"]
        self.count = len(self._breaks) + (not text.endswith("\n"))
        """Lines of the text."""
        self._lines: dict[str, int] = {}
        self.source = 0
        """The line on which the first line of `source` stands; 0 where there is none."""
        self._read(text)

    def line(self, key: str) -> int:
        """Return the line of a key such as `examples[2].result`, or of the table it lacks in."""
        while key:
            if key in self._lines:
                return self._lines[key]
            head = key.rpartition(".")[0] if "." in key else key.partition("[")[0]
            key = "" if head == key else head
        return 1

    def in_source(self, what: str) -> int:
        """Return the line that a text about `source` names by `line N`; its key's where none."""
        found = _NUMBER.search(what)
        if found is None or not self.source:
            return self.line("source")
        return min(self.source + int(found[1]) - 1, self.count)

    def renumbered(self, what: str) -> str:
        """Return a text about `source` in which `line N` counts the lines of the file."""
        if not self.source:
            return what
        return _NUMBER.sub(lambda found: f"line {self.source + int(found[1]) - 1}", what)

    def of_error(self, what: str) -> int:
        """Return the line that a TOML error names."""
        if found := _AT.search(what):
            return int(found[1])
        return self.count if _END in what else 1

    def _line_at(self, at: int) -> int:
        return bisect_right(self._breaks, at - 1) + 1

    def _read(self, text: str) -> None:
        prefix, at = "", 0
        tables: dict[str, int] = {}
        while at < len(text):
            if text[at] in " \t\r\n":
                at += 1
            elif found := _HEADER.match(text, at):
                name = found[2]
                if found[1] == "[[":
                    tables[name] = tables.get(name, 0) + 1
                    self._lines.setdefault(name, self._line_at(at))
                    name = f"{name}[{tables[name]}]"
                self._lines.setdefault(name, self._line_at(at))
                prefix, at = f"{name}.", _line_end(text, found.end())
            elif found := _KEY.match(text, at):
                parts = [part.strip().strip("\"'") for part in found[1].split(".")]
                for end in range(1, len(parts) + 1):
                    key = prefix + ".".join(parts[:end])
                    self._lines.setdefault(key, self._line_at(at))
                if prefix == "" and parts == ["source"]:
                    self.source = self._source_line(text, found.end())
                at = _value_end(text, found.end())
            else:
                at = _line_end(text, at)

    def _source_line(self, text: str, at: int) -> int:
        """Return where a value's content begins; a break right after the quotes is no content."""
        while at < len(text) and text[at] in " \t":
            at += 1
        line = self._line_at(at)
        is_multiline = text[at : at + 3] in ("'''", '"""')
        return (
            line + 1 if is_multiline and text[at + 3 : at + 5].startswith(("\n", "\r\n")) else line
        )


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _value_end(text: str, at: int) -> int:
    """Return where a value ends: at a line's end outside of strings and brackets."""
    depth = 0
    while at < len(text):
        char = text[at]
        if text[at : at + 3] in ("'''", '"""'):
            at = _string_end(text, at + 3, text[at : at + 3])
            continue
        if char in "\"'":
            at = _string_end(text, at + 1, char)
            continue
        if char == "#":
            at = _line_end(text, at)
            continue
        if char == "\n" and depth <= 0:
            return at
        depth += (char in "[{") - (char in "]}")
        at += 1
    return at


def _string_end(text: str, at: int, quotes: str) -> int:
    """Return the place after a string's closing quotes; a short one ends with its line at last."""
    while at < len(text):
        if quotes[0] == '"' and text[at] == "\\":
            at += 2
        elif text.startswith(quotes, at):
            return at + len(quotes)
        elif text[at] == "\n" and len(quotes) == 1:
            return at
        else:
            at += 1
    return len(text)
