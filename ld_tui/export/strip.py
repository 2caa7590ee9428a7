"""A game as one SVG: a panel for each step, its board and the functions that were chosen."""

from collections.abc import Collection, Sequence
from itertools import groupby
from textwrap import wrap

from ld_tui.errors import UsageError
from ld_tui.export.markup import Markup, joined, tag, void
from ld_tui.export.story import Scene, Story
from ld_tui.export.svg import (
    BLUE,
    INK,
    MONO,
    ORANGE,
    PAPER,
    QUIET,
    Trail,
    board,
    board_extent,
    board_text,
    definitions,
    text,
)
from ld_tui.export.worth import mark_of, value_text
from ld_tui.game.rules import Side

COLUMNS = 5
"""Panels beside each other at most."""
_GAP = 20
_TITLE = 46
_LINE = 12
_SMALL = 9
"""Size of the letters under a board."""
_MOST = 3
"""Lines that one thing which struck gets."""
_GLYPHS = {Side.BLUE: "●", Side.ORANGE: "◆"}
_COLORS = {Side.BLUE: BLUE, Side.ORANGE: ORANGE}


def strip(story: Story, steps: Collection[int] | None = None) -> str:
    """Return a game as an SVG file: the start and every step, or only some steps (0: the start).

    Raises UsageError where the game has none of `steps`.
    """
    panels = [list(group) for _, group in groupby(story.scenes, lambda scene: scene.step)]
    if steps is not None:
        panels = [panel for panel in panels if panel[0].step in steps]
        if not panels:
            last = story.scenes[-1].step
            raise UsageError(f"the game has none of these steps; it has 0 (the start) to {last}")
    size = story.scenes[0].position.base.size
    width = max(board_extent(size), 200)
    below = [_below(panel, width) for panel in panels]
    rows = [
        max(map(len, below[at : at + COLUMNS])) for at in range(0, len(panels), COLUMNS)
    ]  # lines of text under each row of boards
    columns = min(COLUMNS, len(panels))
    drawn, top = [], _TITLE
    for at, panel in enumerate(panels):
        row, column = divmod(at, COLUMNS)
        if at and not column:
            top += _height(size, rows[row - 1])
        left = _GAP + column * (width + _GAP)
        drawn.append(
            tag("g", _panel(panel, below[at], size, width), transform=f"translate({left} {top})")
        )
    whole = columns * (width + _GAP) + _GAP
    high = top + _height(size, rows[-1])
    head = _head(story, whole)
    picture = tag(
        "svg",
        tag("title", f"{story.title}. {story.ending}"),
        definitions(size),
        void("rect", width=whole, height=high, fill=PAPER),
        *head,
        *drawn,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {whole} {high}",
        width=whole,
        height=high,
        role="img",
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{picture}\n'


def _height(size: int, lines: int) -> int:
    return 18 + board_extent(size) + lines * _LINE + _GAP


def _head(story: Story, width: int) -> list[Markup]:
    par = f", par {story.par.value}" if story.par is not None and story.par.value else ""
    room = int((width - 2 * _GAP) / 8.5)
    return [
        text(_cut(story.title, room), _GAP, 24, size=15, weight="bold"),
        text(_cut(f"{story.ending}{par}", room + 20), _GAP, 38, size=11, fill=QUIET),
    ]


def _panel(panel: Sequence[Scene], lines: Sequence[Markup], size: int, width: int) -> Markup:
    last = panel[-1]
    name = f"step {last.step}" if last.step else "start"
    parts = [text(name, 2, 12, size=12, weight="bold")]
    if last.after is not None:
        parts.append(text(value_text(last.after.value), width, 12, fill=QUIET, anchor="end"))
    moves = [scene for scene in panel if scene.move is not None and scene.side is not None]
    trails = [Trail(s.side, s.move, s.before.rules) for s in moves if s.side and s.move]
    label = f"{name}: {board_text(last.position)}"
    drawing = tag("g", tag("title", label), board(last.position, trails))
    parts.append(tag("g", drawing, transform="translate(0 18)"))
    foot = 18 + board_extent(size) + 4
    for at, line in enumerate(lines):
        parts.append(tag("g", line, transform=f"translate(2 {foot + (at + 1) * _LINE})"))
    return joined(*parts)


def _below(panel: Sequence[Scene], width: int) -> list[Markup]:
    """Return the lines under a board: what struck, who moved how, and by which functions."""
    room = int(width / (_SMALL * 0.61))
    lines: list[Markup] = []
    for scene in panel:
        for words in (*scene.struck, *scene.troubles):
            told = wrap(words, room - 2)
            if len(told) > _MOST:
                told = [*told[: _MOST - 1], _cut(f"{told[_MOST - 1]} …", room - 2)]
            for at, line in enumerate(told):
                lines.append(_line(("! " if at == 0 else "  ") + line, INK, bold=True))
        for one in scene.written:
            lines.append(_line(_cut(f"+ {one.name}, by {one.author}", room), INK, bold=True))
        if scene.side is None:
            continue
        mark = mark_of(scene.worth) if scene.worth is not None else ""
        move = f"{_GLYPHS[scene.side]} {scene.player} {scene.moved} {mark}".rstrip()
        lines.append(_line(_cut(move, room), _COLORS[scene.side], bold=True))
        for stage in scene.stages:
            chosen = stage.chosen or stage.note or "none"
            shown = f" → {stage.shown}" if stage.shown not in ("", scene.moved) else ""
            lines.append(_line(_cut(f"  {stage.name}: {chosen}{shown}", room), INK))
    return lines


def _line(words: str, fill: str, bold: bool = False) -> Markup:
    # Spaces at the beginning are swallowed, so they are put into the place.
    indent = (len(words) - len(words.lstrip())) * _SMALL * 0.6
    weight = "bold" if bold else None
    return text(words.lstrip(), indent, 0, size=_SMALL, fill=fill, family=MONO, weight=weight)


def _cut(words: str, room: int) -> str:
    return words if len(words) <= room else words[: room - 1] + "…"
