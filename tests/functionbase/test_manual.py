"""Manuals round-trip, and every mistake in one is named with its place and mend."""

import string
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import (
    Example,
    Manual,
    Provenance,
    format_manual,
    parse_manual,
    read_manual,
    text_digest,
)

GOOD = """\
# A comment that stays.
name = "ring"
side = "blue"
stage = "plan"
summary = "Send the dots to three sides of orange."
when = "Use it when orange stands in the open."
origin = "base"
source = '''
def ring(state, previous):
    "It's \\"raw\\": \\\\d is kept."
    return [state["orange"]] * 3
'''

[provenance]
author = "ld-tui"
date = "2026-01-31"
rules = "standard"

[[examples]]
position = "10 a1,c4,h8 f5 b 0 0,0 -"
result = [[5, 4], [5, 4], [5, 4]]

[[examples]]
position = "10 a1,c4,h8 f6 b 0 0,0 -"
previous = [[1, 2]]
result = [5, 5]
"""


def problems(text: str) -> list[str]:
    manual, found = read_manual(text, "x.toml")
    assert (manual is None) == bool(found)
    return [str(problem) for problem in found]


def test_a_manual_is_read_whole() -> None:
    manual = parse_manual(GOOD)
    assert (manual.name, manual.side, manual.stage, manual.origin) == (
        "ring",
        "blue",
        "plan",
        "base",
    )
    assert manual.text == f"{manual.summary} {manual.when}"
    assert manual.source.startswith('def ring(state, previous):\n    "It\'s \\"raw\\"')
    assert manual.provenance == Provenance("ld-tui", "2026-01-31")
    assert manual.examples[1] == Example("10 a1,c4,h8 f6 b 0 0,0 -", (5, 5), ((1, 2),))
    assert manual.digest == text_digest(GOOD)


def test_a_manual_round_trips() -> None:
    manual = parse_manual(GOOD)
    text = format_manual(manual)
    assert parse_manual(text) == manual
    assert format_manual(parse_manual(text)) == text
    assert "'''\ndef ring(state, previous):\n" in text


def test_windows_line_ends_and_toml_dates_are_read() -> None:
    changed = GOOD.replace('date = "2026-01-31"', "date = 2026-01-31").replace("\n", "\r\n")
    assert parse_manual(changed) == parse_manual(GOOD)


printable = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"))
line = st.text(printable, min_size=1, max_size=60)
sentence = st.lists(line, min_size=1, max_size=3).map(" ".join).filter(lambda s: len(s) <= 200)
cell = st.tuples(st.integers(0, 19), st.integers(0, 19))
plain = st.one_of(cell, st.lists(cell, max_size=3).map(tuple), st.booleans(), line)
source = (
    st.lists(st.text(printable | st.sampled_from(" \t'\"\\"), max_size=40), min_size=1, max_size=6)
    .map("\n".join)
    .filter(lambda text: text.strip() and "'''" not in text)
)
word = st.text(string.ascii_lowercase, min_size=3, max_size=10).map(lambda text: f"f_{text}")
manuals = st.builds(
    Manual,
    name=word,
    side=word,
    stage=word,
    summary=sentence,
    when=sentence,
    origin=st.sampled_from(["base", "emergency", "user"]),
    provenance=st.builds(
        Provenance,
        author=sentence,
        date=st.dates().map(lambda day: day.isoformat()),
        rules=line,
        parent=st.just("") | line,
    ),
    source=source,
    examples=st.lists(
        st.builds(Example, position=sentence, result=plain, previous=st.none() | plain),
        min_size=1,
        max_size=3,
    ).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(manuals)
def test_every_manual_that_can_be_written_reads_back(manual: Manual) -> None:
    assert parse_manual(format_manual(manual)) == manual


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.text(max_size=30).map(lambda text: GOOD[:200] + text))
def test_no_text_is_too_broken_to_be_reported(text: str) -> None:
    assert all(each.isprintable() for each in problems(text))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "ring"', 'name = "Ring"', "x.toml, name: 'Ring' is not a name"),
        ('name = "ring"', 'name = "r"', "name: 'r' is not a name"),
        ('name = "ring"', 'name = "../up"', "is not a name"),
        ('name = "ring"', 'name = "lambda"', "a word of Python's own"),
        ('name = "ring"', "name = 3", "name: a number, not text; put it in quotes"),
        ('name = "ring"\n', "", "name: missing; add name"),
        ('side = "blue"', 'side = "../blue"', "side: '../blue' names nothing"),
        ("summary =", "sumary =", "sumary: unknown key; did you mean 'summary'?"),
        ('author = "', 'autor = "', "provenance.autor: unknown key; did you mean 'author'?"),
        ("position =", "positon =", "positon: unknown key; did you mean 'position'?"),
        ('origin = "base"', 'origin = "bass"', "origin: 'bass' is no origin; did you mean 'base'?"),
        ("2026-01-31", "2026-02-30", "provenance.date: '2026-02-30' is not a day"),
        ("2026-01-31", "20260131", "provenance.date: '20260131' is not a day"),
        ("in the open", r"in \u001b[31mred", "when: U+001B in line 1 is not printable"),
        ("in the open", r"in \u202ethe open", "when: U+202E in line 1 is not printable"),
        ("in the open", r"in\nthe open", "when: more than one line"),
        ("in the open", "far " * 30, "words; say it in at most 20"),
        ("Send the dots to three sides of orange.", "", "empty"),
        ("    return", "    # \u200b\n    return", "source: U+200B in line 3 is not printable"),
        ("result = [5, 5]", "result = [5, 5.5]", "examples[2].result: holds a number"),
        ("result = [5, 5]", "result = 1979-05-27", "examples[2].result: holds a date"),
        ("result = [5, 5]\n", "", "examples[2].result: missing"),
        ("[provenance]", "[[provenance]]", "provenance: an array, not a table"),
        (
            'name = "ring"',
            "name = ",
            "not TOML: not a value; a text stands in quotes (at line 2, column 8)",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place_and_mend(old: str, new: str, says: str) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new))
    assert any(says in each for each in found), found
    assert all(each.startswith("x.toml") and "; " in each for each in found)


def test_every_problem_is_reported_at_once() -> None:
    broken = GOOD.replace("summary", "sumary").replace('"base"', '"bas"').replace("[5, 5]", "5.5")
    keys = [problem.key for problem in read_manual(broken, "x.toml")[1]]
    assert keys == ["sumary", "summary", "origin", "examples[2].result"]
    with pytest.raises(FunctionBaseError, match=r"sumary.* \| .*missing.* \| .*origin.* \| "):
        parse_manual(broken, "x.toml")


def test_a_manual_needs_provenance_and_an_example() -> None:
    text = GOOD[: GOOD.index("[provenance]")]
    assert [problem.key for problem in read_manual(text)[1]] == ["provenance", "examples"]


@pytest.mark.parametrize(
    "change",
    [
        {"source": "x = '''a'''\n"},
        {"source": "\x1b[2J\n"},
        {"summary": "two\nlines"},
        {"examples": ()},
    ],
)
def test_what_could_not_be_read_back_is_not_written(change: dict[str, object]) -> None:
    with pytest.raises(FunctionBaseError):
        format_manual(replace(parse_manual(GOOD), **change))  # type: ignore[arg-type]


def test_huge_and_deep_files_are_refused() -> None:
    assert "characters" in problems("#" * 200_000)[0]
    assert "not TOML" in problems("a = " + "[" * 30_000)[0]
