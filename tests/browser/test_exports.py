"""Exports in a real browser: the page steps through the game, and nothing outside is asked for."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ld_tui.arena.saves import read_save
from ld_tui.export.command import export_game
from ld_tui.export.worth import worths_of

pytestmark = pytest.mark.slow
EXAMPLE = Path(__file__).parents[2] / "saves" / "examples" / "roadblock.toml"
SHOWN = (
    "return [...document.querySelectorAll('.scene')]"
    ".filter(scene => scene.checkVisibility()).map(scene => scene.id)"
)
CLICK_ON_T8 = (
    "document.querySelector('a.point[href=\"#t8\"]')"
    ".dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))"
)
ATTACK = (
    "</code></title></style><script>document.title = 'run'</script>"
    "<img src=http://evil.example/x onerror=alert(2)>\" onload='alert(3)' ]]>"
)
RIGHT, LEFT, HOME, END = "\ue014", "\ue012", "\ue011", "\ue010"
"""Keys as WebDriver names them."""


@pytest.fixture
def game(tmp_path: Path) -> Path:
    return export_game(EXAMPLE, "html", tmp_path, worths=worths_of(read_save(EXAMPLE)))


def test_the_page_steps_through_the_game(browser: Callable[..., Any], game: Path) -> None:
    page = browser()
    page.open(game.as_uri())
    assert page.js(SHOWN) == ["t0"]
    assert page.js("return document.getElementById('back').disabled")
    page.press(RIGHT)
    assert page.js(SHOWN) == ["t1"]
    page.press(END)
    assert page.js(SHOWN) == ["t15"]
    page.press(LEFT)
    assert page.js(SHOWN) == ["t14"]
    page.press(HOME, "n")
    assert page.js(SHOWN) == ["t3"]
    page.js("document.getElementById('next').click()")
    assert page.js(SHOWN) == ["t4"]
    assert "?!" in page.js("return document.getElementById('where').textContent")
    page.js(CLICK_ON_T8)
    assert page.js(SHOWN) == ["t8"]
    page.js("document.activeElement.blur()")
    page.press(" ")
    page.until(lambda: page.js(SHOWN) != ["t8"], "it plays on")
    page.press(" ")
    assert page.js("return document.getElementById('play').textContent") == "Play"
    assert page.asked() == [game.as_uri()]
    assert page.complaints() == []


def test_a_link_leads_to_a_turn(browser: Callable[..., Any], game: Path) -> None:
    page = browser()
    page.open(f"{game.as_uri()}#t5")
    assert page.js(SHOWN) == ["t5"]


def test_without_scripts_it_is_a_list(browser: Callable[..., Any], game: Path) -> None:
    page = browser(javascript=False)
    page.open(game.as_uri())
    from selenium.webdriver.common.by import By

    scenes = page.driver.find_elements(By.CLASS_NAME, "scene")
    assert len(scenes) == 16
    assert all(scene.is_displayed() for scene in scenes)
    assert not page.driver.find_element(By.ID, "controls").is_displayed()
    assert "share_targets" in scenes[1].text


def test_an_attack_by_a_save_neither_runs_nor_loads(
    browser: Callable[..., Any], tmp_path: Path
) -> None:
    save, text = tmp_path / "sent.toml", EXAMPLE.read_text(encoding="utf-8")
    for harmless in ('"ld"', '"share_targets"', '"f6 f6 f6"', '"plan"'):
        text = text.replace(harmless, json.dumps(ATTACK))
    save.write_text(text, encoding="utf-8")
    page = browser()
    html, svg = (export_game(save, kind, tmp_path) for kind in ("html", "svg"))
    page.open(html.as_uri())
    assert page.js("return document.scripts.length") == 1
    assert page.js("return document.images.length") == 0
    assert page.driver.title.startswith(ATTACK)
    page.open(svg.as_uri())
    assert page.js("return document.documentElement.tagName") == "svg"
    assert set(page.asked()) == {html.as_uri(), svg.as_uri()}
    assert page.complaints() == []


def test_the_strip_is_drawn(browser: Callable[..., Any], tmp_path: Path) -> None:
    page = browser()
    svg = export_game(EXAMPLE, "svg", tmp_path)
    page.open(svg.as_uri())
    assert page.js("return document.querySelectorAll('circle.blue').length") == 3 * 9
    box = page.js("const b = document.documentElement.getBBox(); return [b.width, b.height]")
    assert min(box) > 500
    assert page.asked() == [svg.as_uri()]
