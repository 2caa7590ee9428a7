"""The line of a key: of TOML as people write it, and of what is nearly TOML."""

from pathlib import Path

import pytest

from ld_tui.functionbase.places import Places

TEXT = '''\
# a comment with name = "x"
name = "a"  # one
"when" = "b = c"

source = \'\'\'
def a():
    x = """
name = 3
"""
    return [1
\'\'\'
list = [
  "[[examples]]",  # ]
]

[provenance]
author = "me"

[[examples]]
position = "p"

[[examples]]
position = "q"
result = [[1,
  2], [3]]
previous = { a = 1 }
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("name", 2),
        ("when", 3),
        ("source", 5),
        ("list", 12),
        ("provenance", 16),
        ("provenance.author", 17),
        ("provenance.date", 16),
        ("examples", 19),
        ("examples[1]", 19),
        ("examples[1].position", 20),
        ("examples[1].result", 19),
        ("examples[2].result", 24),
        ("examples[2].previous", 26),
        ("examples[3].result", 19),
        ("summary", 1),
    ],
)
def test_a_key_stands_where_it_is_written(key: str, line: int) -> None:
    assert Places(TEXT).line(key) == line


def test_lines_of_the_source_are_lines_of_the_file() -> None:
    places = Places(TEXT)
    assert places.source == 6
    assert places.in_source("SyntaxError (line 3)") == 8
    assert places.in_source("not there") == 5
    assert places.renumbered("bad (line 3)") == "bad (line 8)"
    assert Places("source = '''x = 1\n'''\n").source == 1
    assert Places('source = "x = 1"\n').source == 1


def test_a_toml_error_has_its_line() -> None:
    places = Places("a\nb\nc\n")
    assert places.of_error("not TOML: Invalid value (at line 2, column 5)") == 2
    assert places.of_error("not TOML: Unterminated string (at end of document)") == 3


@pytest.mark.parametrize(
    "text", ["", "[", "= 3", "a = '''", 'a = "', "[[x", '"a\nb" = 1', "a = [["]
)
def test_what_is_no_toml_is_read_to_its_end(text: str) -> None:
    assert Places(text).line("a") == 1


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parents[2].glob("functionbase/*/*/*.toml")), ids=lambda p: p.stem
)
def test_the_keys_of_shipped_manuals_stand_where_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    places, lines = Places(text), text.split("\n")
    for key in ("name", "side", "stage", "summary", "when", "origin", "source"):
        assert lines[places.line(key) - 1].startswith(f"{key} =")
    assert lines[places.line("provenance.author") - 1].startswith("author =")
    assert lines[places.line("examples[1].result") - 1].startswith("result =")
    assert lines[places.source - 1].startswith(("def ", "import ", "from "))
