"""The page: whole in itself, readable without its script, and no text of a game is markup."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ld_tui.arena.saves import read_save
from ld_tui.export.page import page
from ld_tui.export.story import story_of
from ld_tui.export.worth import Worths
from ld_tui.game.record import GameRecord

EXAMPLE = Path(__file__).parents[2] / "saves" / "examples" / "roadblock.toml"
EMPTY = {"meta", "link", "rect", "path", "circle", "polyline", "use"}


class Page(HTMLParser):
    """What a browser would make of a page, as far as the tests ask."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)

    def text(self, *tags: str) -> str:
        return "\n".join(line for tag in tags for line in self.texts.get(tag, []))


def test_every_turn_is_there_to_read(eventful: GameRecord) -> None:
    read = Page(page(story_of(eventful)))
    assert not read.open
    turns = [attrs["id"] for tag, attrs in read.tags if attrs.get("class") == "scene"]
    assert turns == ["t0", "t1", "t2", "t3", "t4", "t5"]
    code = read.text("code")
    for name in ("encircle", "corner", "march", "round_the_block"):
        assert name in code
    assert "def f(state):\n    return 1" in code
    cells = read.text("td")
    assert "0.610" in cells
    assert "75 % " in cells
    words = read.text("p")
    assert "⚠ roadblock: e4 closed until step 9" in words
    assert "first_try was refused: loses 2 steps" in words
    assert ["figure" for tag, _ in read.tags if tag == "figure"] == []


def test_values_are_a_line_that_leads_to_each_turn(known: Worths) -> None:
    record = read_save(EXAMPLE)
    read = Page(page(story_of(record, known)))
    links = [attrs["href"] for tag, attrs in read.tags if attrs.get("class") == "point"]
    assert links == [f"#t{at}" for at in range(len(record.turns) + 1)]
    assert "lost 1 step; best was" in read.text("p")
    notable = [attrs["id"] for _, attrs in read.tags if "data-notable" in attrs]
    assert notable == ["t3", "t4"]


@pytest.mark.parametrize("game", ["eventful", "hostile"])
def test_nothing_is_asked_for_and_only_our_own_script_runs(
    game: str, request: pytest.FixtureRequest
) -> None:
    text = page(story_of(request.getfixturevalue(game)))
    read = Page(text)
    assert not read.open
    for tag, attrs in read.tags:
        assert tag not in ("img", "iframe", "object", "embed", "audio", "video", "base", "form")
        for name, value in attrs.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in ("src", "style", "action", "srcset")
            if name == "href":
                assert value is not None
                assert re.match(r"#|data:,$", value)
            elif name != "title":
                assert "://" not in (value or ""), (tag, name, value)
    assert [tag for tag, _ in read.tags].count("script") == 1
    policy = next(a["content"] for t, a in read.tags if "http-equiv" in a) or ""
    assert policy.startswith("default-src 'none'; ")
    for name in ("script", "style"):
        digest = hashlib.sha256(read.text(name).encode()).digest()
        assert f"{name}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert "://" not in read.text("script", "style")


def test_an_attack_is_shown_as_the_text_it_is(hostile: GameRecord) -> None:
    text = page(story_of(hostile))
    read = Page(text)
    attack = "<script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>"
    for tag in ("title", "h1", "code", "small", "p"):
        assert attack in read.text(tag), tag
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", text)
