"""The board as SVG. Sides are told by shape: blue is round, orange a diamond.

Colors are attributes, so that a file needs no style sheet; a page may override them by the
classes. Letters are in whatever plain font is there. Nothing outside is ever asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ld_tui.export.markup import Markup, joined, tag, void
from ld_tui.game.board import Cell, cells, format_cell
from ld_tui.game.emergencies import storm_cells
from ld_tui.game.rules import Move, Position, Rules, Side, is_in_sight, last_seen
from ld_tui.game.trails import between

CELL = 24
"""Edge of a cell."""
EDGE = 18
"""What the row numbers take on the left, and the column letters below."""
PAPER, INK, QUIET, RULE = "#f7f8fa", "#1b2430", "#5f6e82", "#c3ccd8"
EVEN, ODD, WALL = "#e9edf3", "#d6dee9", "#8a94a3"
BLUE, ORANGE, BAD = "#0b6cb8", "#c25e00", "#c22f2f"
SANS = "sans-serif"
MONO = "monospace"
_COLORS = {Side.BLUE: BLUE, Side.ORANGE: ORANGE}
# Where up to four things stand in a cell, from its middle, in cells.
_PLACES = (
    ((0.0, 0.0),),
    ((-0.22, 0.0), (0.22, 0.0)),
    ((-0.22, 0.2), (0.22, 0.2), (0.0, -0.2)),
    ((-0.23, -0.23), (0.23, -0.23), (-0.23, 0.23), (0.23, 0.23)),
)
_RADII = (0.37, 0.24, 0.23, 0.21)


@dataclass(frozen=True, slots=True)
class Trail:
    """A move to be drawn on the board it led to."""

    side: Side
    move: Move
    rules: Rules
    """Those in which it was made."""


def board_extent(size: int) -> int:
    """Return the width of a drawn board, which is its height, too."""
    return EDGE + size * CELL + 2


def definitions(size: int) -> Markup:
    """Return what drawings of boards of a size refer to; a file has it once."""
    dark = [cell for cell in cells(size) if (cell.col + cell.row) % 2]
    path = "".join(f"M{_left(c)} {_top(c, size)}h{CELL}v{CELL}h-{CELL}z" for c in dark)
    edge = size * CELL
    grid = tag(
        "g",
        void("rect", class_="even", x=EDGE, y=1, width=edge, height=edge, fill=EVEN),
        void("path", class_="odd", d=path, fill=ODD),
        *(_label(chr(ord("a") + at), EDGE + (at + 0.5) * CELL, edge + 14) for at in range(size)),
        *(_label(str(at + 1), EDGE / 2 - 1, edge - (at + 0.5) * CELL + 4) for at in range(size)),
        id="grid",
    )
    return tag("defs", grid, _hatch("wall", "M0 6L6 0M-1 1L1 -1M5 7L7 5"), _hatch("storm", _WAVES))


_WAVES = "M0 2q1.5 -2 3 0t3 0M0 5q1.5 -2 3 0t3 0"


def _hatch(name: str, path: str) -> Markup:
    return tag(
        "pattern",
        void("rect", class_="even", width=6, height=6, fill=EVEN),
        void("path", class_="hatch", d=path, stroke=WALL, stroke_width=1.6, fill="none"),
        id=name,
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
    )


def board(position: Position, trails: Sequence[Trail] = ()) -> Markup:
    """Return a board as a group; `definitions` of its size stand elsewhere in the file."""
    size, rules = position.base.size, position.rules
    storm = storm_cells(position)
    parts = [void("use", href="#grid")]
    for cell in sorted(rules.closed):
        name = "storm" if cell in storm else "wall"
        where = {"x": _left(cell), "y": _top(cell, size), "width": CELL, "height": CELL}
        parts.append(
            void("rect", class_=name, fill=f"url(#{name})", stroke=WALL, stroke_width=0.5, **where)
        )
    for trail in trails:
        parts += _trail(trail, size)
    seen = last_seen(position)
    if seen is not None and not is_in_sight(position):
        parts.append(_ghost(seen, size))
    return tag("g", *parts, *_dots(position, size))


def board_text(position: Position) -> str:
    """Return what a drawn board shows, in words."""
    blue = ", ".join(map(format_cell, position.blue))
    return f"blue dots on {blue}; orange on {format_cell(position.orange)}"


def text(
    words: str,
    x: float,
    y: float,
    *,
    size: float = 10,
    fill: str = INK,
    family: str = SANS,
    weight: str | None = None,
    anchor: str | None = None,
    class_: str | None = None,
) -> Markup:
    """Return a line of text with its foot at a height."""
    return tag(
        "text",
        words,
        x=x,
        y=y,
        font_size=size,
        fill=fill,
        font_family=family,
        font_weight=weight,
        text_anchor=anchor,
        class_=class_,
    )


def _dots(position: Position, size: int) -> list[Markup]:
    found = []
    for cell in sorted({*position.blue, position.orange}):
        here = [dot for dot, at in enumerate(position.blue) if at == cell]
        count = len(here) + (cell == position.orange)
        places = [_middle(cell, size, *place) for place in _PLACES[count - 1]]
        radius = _RADII[count - 1] * CELL
        if cell == position.orange:
            # Last among those of its cell: it stands above them where there are two of them.
            found.append(_orange(position, *places.pop(), radius))
        for dot, place in zip(here, places, strict=True):
            found.append(_blue(dot, dot in position.rules.frozen, *place, radius))
    return found


def _blue(dot: int, is_jammed: bool, x: float, y: float, radius: float) -> Markup:
    parts = [void("circle", class_="blue", cx=x, cy=y, r=radius, fill=BLUE)]
    parts.append(_sign(str(dot + 1), x, y, radius))
    if is_jammed:
        reach = radius + 1.5
        path = f"M{x - reach:.1f} {y - reach:.1f}l{2 * reach:.1f} {2 * reach:.1f}"
        path += f"M{x + reach:.1f} {y - reach:.1f}l{-2 * reach:.1f} {2 * reach:.1f}"
        parts.append(
            void("path", class_="jam", d=path, stroke=BAD, stroke_width=2, stroke_linecap="round")
        )
    return tag("g", *parts)


def _orange(position: Position, x: float, y: float, radius: float) -> Markup:
    reach = radius * 1.2
    is_unseen = not is_in_sight(position)
    sprints = position.rules.orange_units > position.base.orange_units
    diamond = void(
        "path",
        class_="orange",
        d=_diamond(x, y, reach),
        fill=ORANGE,
        stroke=INK if is_unseen else None,
        stroke_dasharray="2 2" if is_unseen else None,
    )
    sign = ("»" if sprints else "") + ("?" if is_unseen else "")
    return tag("g", diamond, _sign(sign, x, y, radius) if sign else "")


def _ghost(cell: Cell, size: int) -> Markup:
    x, y = _middle(cell, size)
    outline = void(
        "path",
        class_="ghost",
        d=_diamond(x, y, CELL * 0.4),
        fill="none",
        stroke=ORANGE,
        stroke_width=1.5,
        stroke_dasharray="3 2",
    )
    return joined(outline, text("?", x, y + 4, fill=ORANGE, anchor="middle", class_="o-text"))


def _trail(trail: Trail, size: int) -> list[Markup]:
    """Draw where a side's dots came from: blue's way is a line, orange's is dashed."""
    found = []
    is_blue = trail.side is Side.BLUE
    line = {"fill": "none", "stroke_width": 2.5, "stroke_opacity": 0.5}
    for source, target in zip(trail.move.sources, trail.move.targets, strict=True):
        if source == target:
            continue
        way = [source, *between(source, target, trail.rules), target]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_middle(c, size) for c in way))
        color = _COLORS[trail.side]
        look: dict[str, object] = {"class_": f"{trail.side}-trail", "stroke": color}
        dashes = None if is_blue else "3 3"
        found.append(void("polyline", points=points, stroke_dasharray=dashes, **look, **line))
        x, y = _middle(source, size)
        # Filled, or the line would be seen in it.
        look |= {"class_": f"{trail.side}-trail from", "fill": EVEN, "stroke_width": 1.5}
        if is_blue:
            found.append(void("circle", cx=x, cy=y, r=CELL * 0.2, **look))
        else:
            found.append(void("path", d=_diamond(x, y, CELL * 0.25), **look))
    return found


def _diamond(x: float, y: float, reach: float) -> str:
    corners = ((x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y))
    return "M" + "L".join(f"{right:.1f} {down:.1f}" for right, down in corners) + "z"


def _sign(sign: str, x: float, y: float, radius: float) -> Markup:
    size = max(6.0, radius * 1.25)
    foot = y + size * 0.36
    look = {"weight": "bold", "anchor": "middle", "class_": "sign"}
    return text(sign, x, foot, size=size, fill=PAPER, **look)


def _label(words: str, x: float, y: float) -> Markup:
    return text(words, x, y, size=9, fill=QUIET, anchor="middle", class_="label")


def _left(cell: Cell) -> int:
    return EDGE + cell.col * CELL


def _top(cell: Cell, size: int) -> int:
    return 1 + (size - 1 - cell.row) * CELL


def _middle(cell: Cell, size: int, right: float = 0.0, down: float = 0.0) -> tuple[float, float]:
    return (
        _left(cell) + (0.5 + right) * CELL,
        _top(cell, size) + (0.5 + down) * CELL,
    )
