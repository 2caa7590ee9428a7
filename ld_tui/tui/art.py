"""Glyphs: how a cell's look is drawn at each scale, with letters too. Pure.

A cell is 2 x 1, 4 x 2 or 6 x 3 characters, its first column a gutter where the cursor shows, and
the sign of what ails a dot. Blue is round, orange a diamond, whatever the colors.
"""

from functools import lru_cache

from ld_tui.game.rules import Side
from ld_tui.tui.picture import Look
from ld_tui.tui.text import Line, Piece

SCALES = (1, 2, 3)
"""A cell of scale s is 2s columns wide and s rows high."""

_FAINT = {Side.BLUE: "blue-faint", Side.ORANGE: "orange-faint"}
_COLOR = {Side.BLUE: "blue", Side.ORANGE: "orange"}


@lru_cache(maxsize=4096)
def cell_art(look: Look, scale: int, letters: bool) -> tuple[Line, ...]:
    """Return a cell's rows, each of `2 * scale` columns; style names as Board defines them."""
    inner = 2 * scale - 1
    rows = _letters(look, scale, inner) if letters else _glyphs(look, scale, inner)
    return tuple([_gutter(look, row, scale, letters), *line] for row, line in enumerate(rows))


def _gutter(look: Look, row: int, scale: int, letters: bool) -> Piece:
    """Return a row's first column."""
    if look.cursor:
        if letters or scale == 1:
            return ("[" if letters else "▸"), "cursor"
        return ("┏" if row == 0 else "┗" if row == scale - 1 else "┃"), "cursor"
    if scale == 1 and not letters:
        if look.orange and look.blue:
            return ("●" if len(look.blue) == 1 else str(len(look.blue))), "blue"
        if len(look.blue) > 1:
            return str(len(look.blue)), "blue"
    if (sign := _sign(look, letters)) and row == (scale - 1) // 2:
        return sign
    if look.closed or look.marked:
        return _filled(look, letters)
    return " ", ""


def closing(row: int, scale: int, letters: bool) -> str:
    """Return what closes the cursor in the column after its cell; empty where nothing does."""
    if letters:
        return "]"
    if scale == 1:
        return ""
    return "┓" if row == 0 else "┛" if row == scale - 1 else "┃"


def _sign(look: Look, letters: bool) -> Piece | None:
    """Return the sign of what ails a dot: it is stuck, or fast, or unseen."""
    if look.jammed:
        return ("!" if letters else "╳"), "bad strong"
    if look.unseen:
        return "?", "warn strong"
    if look.sprints:
        return (">" if letters else "»"), "warn strong"
    return None


def _filled(look: Look, letters: bool) -> Piece:
    """Return what closed cells are filled with; those about to be closed too."""
    if look.storm:
        return ("%" if letters else "▓"), "storm"
    return ("#" if letters else "▒"), "closed" if look.closed else "marked"


def _glyphs(look: Look, scale: int, inner: int) -> list[Line]:
    if look.blue or look.orange:
        return _dots(look, scale)
    if look.ghost:
        return _ghost(scale)
    if look.closed or look.marked:
        text, style = _filled(look, letters=False)
        return [[(text * inner, style)]] * scale
    if look.legal is not None:
        color = _COLOR[look.legal]
        return [
            [[("◦", color)]],
            [[("╭─╮", color)], [("╰─╯", color)]],
            [[("╭   ╮", color)], [("  ◦  ", color)], [("╰   ╯", color)]],
        ][scale - 1]
    point, style = "·", "point"
    if look.trail is not None:
        style = _FAINT[look.trail]
        point = "•"
        if look.is_source:
            point = "○" if look.trail is Side.BLUE else "◇"
            style = _COLOR[look.trail]
    return _centered(point, style, scale, inner)


def _ghost(scale: int) -> list[Line]:
    """Draw an empty diamond with a question in it: where orange was seen last."""
    return [
        [[("?", "orange strong")]],
        [[("╱?╲", "orange")], [("╲ ╱", "orange")]],
        [[(" ╱ ╲ ", "orange")], [("╱ ? ╲", "orange")], [(" ╲ ╱ ", "orange")]],
    ][scale - 1]


def _centered(text: str, style: str, scale: int, inner: int) -> list[Line]:
    """Put a short text in the middle of a cell."""
    blank: Line = [(" " * inner, "")]
    rows = [blank] * scale
    rows[(scale - 1) // 2] = [(text.center(inner), style)]
    return rows


def _dots(look: Look, scale: int) -> list[Line]:
    """Draw the dots of a cell: discs for blue, numbered by dot, a diamond for orange."""
    ids = "".join(str(dot + 1) for dot in look.blue)
    blue = "blue selected" if look.selected and ids else "blue"
    orange = "orange selected" if look.selected and not ids else "orange"
    if scale == 1:
        # A dot that can't move has a hole in a block, not only a sign that a cursor may cover.
        disc = "◙" if look.jammed else "●"
        return [[("◆", orange)] if look.orange else [(disc, blue)]]
    heart = "»" if look.sprints else "?" if look.unseen else ""
    if scale == 2:
        top: Line = [("▟", blue), (ids, "on-blue"), ("▙", blue)]
        if len(ids) > 1:
            top = [(ids.ljust(3) if len(ids) == 3 else f"{ids[0]} {ids[1]}", "on-blue")]
        if look.orange:
            whole: Line = [("▗", orange), (heart or "█", "on-orange" if heart else orange)]
            return [top if ids else [*whole, ("▖", orange)], [("▝█▘", orange)]]
        if look.jammed:
            return [top, [("▜", blue), ("╳", "on-blue"), ("▛", blue)]]
        return [top, [("▜█▛", blue)]]
    return _large_dots(look, ids, blue, orange, heart or "◆")


def _large_dots(look: Look, ids: str, blue: str, orange: str, heart: str) -> list[Line]:
    label = {1: f" {ids} ", 2: " ".join(ids), 3: ids}.get(len(ids), "")
    disc: Line = [("█", blue), (label, "on-blue"), ("█", blue)]
    if look.orange:
        top: Line = [("▗", blue), (label, "on-blue"), ("▖", blue)] if ids else [(" ▗█▖ ", orange)]
        middle: Line = [("▐█", orange), (heart, "on-orange"), ("█▌", orange)]
        return [top, middle, [(" ▝█▘ ", orange)]]
    if look.jammed:
        return [[("▗███▖", blue)], disc, [("▝█", blue), ("╳", "on-blue"), ("█▘", blue)]]
    return [[("▗███▖", blue)], disc, [("▝███▘", blue)]]


def _letters(look: Look, scale: int, inner: int) -> list[Line]:
    """Draw with ASCII: dots by number, O for orange, ? where it was seen, # closed, + legal."""
    ids = "".join(str(dot + 1) for dot in look.blue)
    text, style = ".", "point"
    if ids or look.orange:
        text, style = _dot_letters(ids, look.orange, inner), "blue" if ids else "orange"
        if look.selected:
            style += " selected"
    elif look.ghost:
        text, style = "?", "orange strong"
    elif look.closed or look.marked:
        fill, style = _filled(look, letters=True)
        return [[(fill * inner, style)]] * scale
    elif look.legal is not None:
        text, style = "+", _COLOR[look.legal]
    elif look.trail is not None:
        text = ("o" if look.trail is Side.BLUE else "v") if look.is_source else ":"
        style = _COLOR[look.trail]
    return _centered(text, style, scale, inner)


def _dot_letters(ids: str, orange: bool, inner: int) -> str:
    """Name the dots of a cell in at most `inner` letters; B for several, X for both sides."""
    full = ids + ("O" if orange else "")
    if len(full) <= inner:
        return full
    return "X" if orange and ids else "B"
