"""Python source as lines with named styles: a look at each line alone, and nothing is run. Pure.

Not rich's Syntax: its lexers take a while to load, and its colors aren't the theme's.
"""

import keyword
import re

from ld_tui.tui.text import Line, plain

_TOKEN = re.compile(
    r"(?P<comment>\#.*)"
    r"|(?P<text>\"(?:\\.|[^\"\\])*\"?|'(?:\\.|[^'\\])*'?)"
    r"|(?P<word>[^\W\d]\w*)"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<other>\s+|.)"
)
_STYLES = {"comment": "quiet", "text": "good", "number": "warn"}


def source_lines(source: str) -> list[Line]:
    """Return a source's lines; whatever it holds besides printable text becomes spaces."""
    return [colored(plain(line.expandtabs(4))) for line in source.splitlines()]


def colored(text: str) -> Line:
    """Return one line of source, printable and without tabs, with its styles."""
    line: Line = []
    is_named = False
    for found in _TOKEN.finditer(text):
        kind, token = found.lastgroup or "", found[0]
        style = _STYLES.get(kind, "")
        if kind == "word":
            style = "title" if keyword.iskeyword(token) else "strong" if is_named else ""
            is_named = token in ("def", "class")
        if line and line[-1][1] == style:
            line[-1] = (line[-1][0] + token, style)
        else:
            line.append((token, style))
    return line
