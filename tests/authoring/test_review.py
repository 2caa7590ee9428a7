"""A text looked at whole: each problem once, on its line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ld_tui.authoring.review import Review, review
from ld_tui.authoring.templates import duplicate, template
from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.store import Stage, load
from ld_tui.sandbox.run import Sandbox

BASE = load(Path(__file__).parents[2] / "functionbase")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


@pytest.fixture
def look(sandbox: Sandbox):
    def at(text: str, opened: str = "pincer_row", count: int = 0) -> Review:
        return review(text, BASE, sandbox, opened, count)

    return at


def shown(found: Review) -> list[tuple[int, str]]:
    return [(each.line, each.check) for each in found.problems]


TEXT = BASE.text_of("pincer_row")


def line_of(text: str, part: str) -> int:
    return next(at for at, line in enumerate(text.split("\n"), 1) if part in line)


@pytest.mark.parametrize(
    ("old", "new", "part", "check"),
    [
        ('when = "', "when = ", "when =", "manual"),
        ('origin = "base"', 'origin = "bse"', "origin", "manual"),
        ('date = "2026-', 'date = "026-', "date =", "manual"),
        ("[5, 6], [7, 6]", "[5, 6], [7, 7]", "[7, 7]", "examples"),
        ('"8 h1', '"7 h1', '"7 h1', "examples"),
        ("    top =", "    top = =", "top = =", "source"),
        ("    top =", "    import os\n    top =", "import os", "source"),
        ('side = "blue"', 'side = "green"', "stage =", "manual"),
        ('name = "pincer_row"', 'name = "chase"', 'name = "chase"', "manual"),
    ],
)
def test_a_problem_stands_on_its_line(look, old: str, new: str, part: str, check: str) -> None:
    text = TEXT.replace(old, new)
    assert (line_of(text, part), check) in shown(look(text))


def test_what_is_wrong_with_fields_source_and_examples_is_told_at_once(look) -> None:
    text = TEXT.replace('origin = "base"', "origin = 3").replace(
        "    top =", "    import os\n    top ="
    )
    found = look(text.replace("summary =", "sumary ="))
    assert found.manual is None
    assert {each.check for each in found.problems} == {"manual", "source"}
    assert [each.line for each in found.problems] == sorted(each.line for each in found.problems)
    assert len(found.problems) == 4


def test_a_failure_of_play_names_the_line_of_the_file(look) -> None:
    text = TEXT.replace("    top =", "    state[3]\n    top =")
    found = look(text, count=3)
    line = line_of(text, "state[3]")
    runs = next(each for each in found.problems if each.check == "runs")
    assert runs.line == line
    assert f"(line {line})" in runs.detail


def test_a_good_text_passes_every_check(look) -> None:
    found = look(TEXT, count=60)
    assert found.is_good
    assert {each.check for each in found.findings} >= {"source", "loads", "examples", "runs"}
    assert "runs" not in {each.check for each in look(TEXT).findings}


def test_words_that_nobody_taught_are_told(look) -> None:
    found = look(TEXT.replace("has dots on both", "is besieged on both"))
    assert found.unknown == ("besieged",)
    assert found.is_good


@pytest.mark.parametrize("stage", BASE.stages, ids=lambda each: f"{each.side}-{each.name}")
def test_every_template_passes_and_is_in_known_words(look, stage: Stage) -> None:
    found = look(template("my_own", stage), "", 20)
    assert found.is_good, found.problems
    assert found.unknown == ()


def test_a_stage_of_another_kind_has_no_template() -> None:
    with pytest.raises(FunctionBaseError, match="duplicate one of its functions"):
        template("my_own", Stage("blue", "dream", "?", "poem"))


def test_a_duplicate_keeps_comments_and_passes(look) -> None:
    old = BASE.get("pincer_row")
    assert old is not None
    text = duplicate(TEXT.replace("[provenance]", "# a comment\n[provenance]"), old, "twin")
    found = look(text, "")
    assert found.is_good, found.problems
    assert found.manual is not None
    assert (found.manual.origin, found.manual.provenance.parent) == ("user", "pincer_row")
    assert found.manual.source == old.source.replace("pincer_row", "twin")
    assert "# a comment" in text
