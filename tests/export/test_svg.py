"""The strip: well-formed, whole in itself, sides by shape, whatever a save says."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ld_tui.arena.saves import read_save
from ld_tui.errors import UsageError
from ld_tui.export.story import story_of
from ld_tui.export.strip import strip
from ld_tui.export.worth import Worths
from ld_tui.game.record import GameRecord

SVG = "{http://www.w3.org/2000/svg}"
EXAMPLES = Path(__file__).parents[2] / "saves" / "examples"


def drawn(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def words_of(root: ElementTree.Element) -> list[str]:
    return ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]


def test_every_step_has_a_panel_with_its_choices(eventful: GameRecord) -> None:
    root = drawn(strip(story_of(eventful)))
    words = words_of(root)
    bold = [each.text for each in root.iter(f"{SVG}text") if each.get("font-size") == "12"]
    assert bold == ["start", "step 1", "step 2", "step 3"]
    shown = "\n".join(words)
    assert "! roadblock: e4 closed until step 9" in shown
    assert "+ round_the_block, by composer" in shown
    assert "● LD a2b3 c4d5 h7g6" in shown
    assert "plan: encircle → b3 d5 f7" in shown
    assert "◆ person f5g4" in shown


def test_sides_are_told_by_shape_and_emergencies_drawn(eventful: GameRecord) -> None:
    root = drawn(strip(story_of(eventful), {2}))
    kinds = [(each.tag.removeprefix(SVG), each.get("class")) for each in root.iter()]
    assert kinds.count(("circle", "blue")) == 3
    assert kinds.count(("path", "orange")) == 1
    assert kinds.count(("path", "jam")) == 1
    assert kinds.count(("rect", "wall")) == 1
    assert kinds.count(("rect", "storm")) == 28
    assert kinds.count(("path", "ghost")) == 1
    assert "»?" in words_of(root)


def test_dots_that_share_a_cell_stand_beside_each_other() -> None:
    record = read_save(EXAMPLES / "roadblock.toml")
    last = story_of(record).scenes[-1]
    assert len(set(last.position.blue)) < 3
    root = drawn(strip(story_of(record), {last.step}))
    blue = [(each.get("cx"), each.get("cy")) for each in root.iter() if each.get("class") == "blue"]
    assert len(set(blue)) == 3


def test_values_and_marks_are_told_where_they_are_known(known: Worths) -> None:
    record = read_save(EXAMPLES / "roadblock.toml")
    words = words_of(drawn(strip(story_of(record, known))))
    assert "Blue wins: captured in 8 steps, par 8" in words
    assert "captured" in words
    assert any(each.endswith(" ?!") for each in words)


def test_nothing_outside_is_asked_for_and_fonts_are_generic(hostile: GameRecord) -> None:
    root = drawn(strip(story_of(hostile)))
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
        "svg", "title", "defs", "g", "rect", "path", "circle", "polyline", "text", "use", "pattern",
    }  # fmt: skip
    for each in root.iter():
        for name, value in each.attrib.items():
            assert not name.startswith("on")
            assert "://" not in value
            assert "url(" not in value or value.startswith("url(#")
            assert name != "href" or value.startswith("#")
            assert name != "font-family" or value in ("sans-serif", "monospace")
    assert "<script>alert(1)</script>" in "".join(root.itertext())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", "".join(root.itertext()))


def test_some_steps_can_be_chosen(eventful: GameRecord) -> None:
    words = words_of(drawn(strip(story_of(eventful), {0, 2})))
    assert "start" in words
    assert "step 2" in words
    assert "step 1" not in words
    with pytest.raises(UsageError, match=r"it has 0 .* to 3"):
        strip(story_of(eventful), {7})


def test_a_strip_of_many_steps_goes_on_below() -> None:
    record = read_save(EXAMPLES / "perfect-against-ld.toml")
    root = drawn(strip(story_of(record)))
    tops = {
        match[1]
        for each in root
        if (match := re.match(r"translate\(\d+ (\d+)\)", each.get("transform", "")))
    }
    assert len(tops) == 2
