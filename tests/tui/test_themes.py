"""All text can be read on whatever it stands on, and hues are told apart by color-blind eyes."""

import itertools

import pytest
from textual.theme import Theme

from ld_tui.config.schema import THEMES as NAMES
from ld_tui.tui.palette import INKS
from ld_tui.tui.themes import DEFAULT, THEMES

GROUNDS = ("background", "surface", "panel")
CELLS = ("cell-even", "cell-odd", "cell-cursor")
DRAWN = {"blue-faint", "orange-faint", "rule", "cell-point", "cell-closed"}
"""Colors of lines and of signs on the board, not of text."""
DOTS = {"blue-dot", "orange-dot", "warning"}
"""What stands on cells."""
# Machado, Oliveira and Fernandes 2009, at full strength, on linear light.
BLINDNESS = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def color(theme: Theme, name: str) -> str:
    found = theme.variables.get(name) or getattr(theme, name.replace("-", "_"))
    assert isinstance(found, str)
    return found


def linear(text: str) -> tuple[float, ...]:
    parts = [int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)


def luminance(light: tuple[float, ...]) -> float:
    return sum(part * weight for part, weight in zip(light, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(linear(one)), luminance(linear(other))))
    return (high + 0.05) / (low + 0.05)


def seen(text: str, eyes: str) -> tuple[float, float, float]:
    """Return a color in CIE L*a*b* as eyes see it."""
    light = linear(text)
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, light, strict=True))))
        for row in BLINDNESS[eyes]
    )
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def text_colors() -> set[str]:
    """Return the variables that styles write text in."""
    return {ink.color for ink in INKS.values() if ink.color} - DRAWN - {"background"}


def test_known_contrasts() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_text_can_be_read(name: str) -> None:
    theme = THEMES[name]
    for ink, ground in itertools.product({*text_colors(), "foreground"}, GROUNDS):
        assert contrast(color(theme, ink), color(theme, ground)) >= 4.5, (ink, ground)
    for ink, ground in itertools.product(DOTS, CELLS):
        assert contrast(color(theme, ink), color(theme, ground)) >= 4.5, (ink, ground)
    for ink in INKS.values():
        if ink.color == "background":
            assert contrast(color(theme, ink.background), theme.background or "") >= 4.5


@pytest.mark.parametrize("name", NAMES)
def test_trails_and_closed_cells_can_be_seen(name: str) -> None:
    theme = THEMES[name]
    for ink, ground in itertools.product(
        ("blue-faint", "orange-faint", "cell-closed"), ("cell-even", "cell-odd")
    ):
        assert contrast(color(theme, ink), color(theme, ground)) >= 2.5, (ink, ground)


@pytest.mark.parametrize("name", NAMES)
def test_a_theme_names_every_color_that_is_used(name: str) -> None:
    used = {part for ink in INKS.values() for part in (ink.color, ink.background) if part}
    for each in used | {"foreground"}:
        assert color(THEMES[name], each).startswith("#")


def test_there_are_the_themes_that_a_setting_names() -> None:
    assert tuple(THEMES) == NAMES
    assert THEMES["light"].dark is False


@pytest.mark.parametrize("eyes", BLINDNESS)
@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        ("blue-dot", "orange-dot", 60),
        ("success", "error", 25),
        ("success", "warning", 40),
        ("warning", "error", 25),
    ],
)
def test_the_default_is_safe_for_color_blind_eyes(
    eyes: str, one: str, other: str, least: float
) -> None:
    pair = (seen(color(DEFAULT, name), eyes) for name in (one, other))
    assert sum((a - b) ** 2 for a, b in zip(*pair, strict=True)) ** 0.5 >= least


def test_without_color_the_sides_differ_in_lightness() -> None:
    blue, orange = (seen(color(DEFAULT, name), "none")[0] for name in ("blue-dot", "orange-dot"))
    assert orange - blue >= 8
