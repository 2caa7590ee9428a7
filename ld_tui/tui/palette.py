"""Named styles, from the theme's variables: what widgets that draw themselves color with.

Textual's component classes would do the same, but each costs a pass of the style sheet for every
widget, which the first frame can be seen to pay for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.style import Style


@dataclass(frozen=True, slots=True)
class Ink:
    """How a named style differs from what it is drawn on."""

    color: str = ""
    """Name of a theme variable; empty: unchanged."""
    background: str = ""
    bold: bool | None = None
    reverse: bool | None = None
    strike: bool | None = None
    underline: bool | None = None


INKS: Mapping[str, Ink] = {
    "blue": Ink("blue-dot"),
    "orange": Ink("orange-dot"),
    "blue-faint": Ink("blue-faint"),
    "orange-faint": Ink("orange-faint"),
    "on-blue": Ink("background", "blue-dot", bold=True),
    "on-orange": Ink("background", "orange-dot", bold=True),
    "quiet": Ink("quiet"),
    "rule": Ink("rule"),
    "strong": Ink(bold=True),
    "selected": Ink(bold=True),
    "good": Ink("success"),
    "warn": Ink("warning"),
    "bad": Ink("error"),
    "struck": Ink("quiet", strike=True),
    "unknown": Ink("warning", underline=True),
    "inverse": Ink(reverse=True),
    "title": Ink("secondary", bold=True),
    "key": Ink("warning", bold=True),
    # The board
    "even": Ink(background="cell-even"),
    "odd": Ink(background="cell-odd"),
    "here": Ink(background="cell-cursor"),
    "point": Ink("cell-point"),
    "closed": Ink("cell-closed"),
    "storm": Ink("cell-closed", bold=True),
    "marked": Ink("warning"),
    "cursor": Ink("warning", bold=True),
    "label": Ink("quiet"),
    "label-here": Ink("warning", bold=True),
}


class Palette:
    """The styles of one theme."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._styles: dict[str, Style] = {"": Style.null()}

    def style(self, names: str) -> Style:
        """Return the style of space-separated names; later ones win. Raises KeyError for others."""
        found = self._styles.get(names)
        if found is None:
            found = Style.null()
            for name in names.split():
                found += self._inked(INKS[name])
            self._styles[names] = found
        return found

    def _inked(self, ink: Ink) -> Style:
        return Style(
            color=self._variables[ink.color] if ink.color else None,
            bgcolor=self._variables[ink.background] if ink.background else None,
            bold=ink.bold,
            reverse=ink.reverse,
            strike=ink.strike,
            underline=ink.underline,
        )


_palettes: dict[str, Palette] = {}


def palette_of(theme: str, variables: Mapping[str, str]) -> Palette:
    """Return a theme's palette, made once."""
    if theme not in _palettes:
        _palettes[theme] = Palette(variables)
    return _palettes[theme]
