"""Frames of a game for an 80 x 24 terminal: the board, a decision beside it, what it is worth.

A frame is 24 lines of styled pieces. Sides are told by shape; colors are of the 256 that every
player of recordings knows, on whatever background it has.
"""

import tomllib
from collections.abc import Mapping, Sequence
from textwrap import wrap

from rich.cells import cell_len, set_cell_size

from ld_tui.export.story import Candidate, Scene, StageStory, Story, Written
from ld_tui.export.worth import mark_of, value_text, verdict_of
from ld_tui.game.board import Cell
from ld_tui.game.emergencies import storm_cells
from ld_tui.game.rules import Position, Side, is_in_sight, last_seen
from ld_tui.game.trails import between

WIDTH, HEIGHT = 80, 24
Line = list[tuple[str, str]]
"""Texts, each with the name of its style."""
Frame = tuple[str, ...]
"""Lines with escape sequences, none longer than the terminal is wide."""

_CODES: Mapping[str, str] = {
    "": "0",
    "blue": "1;38;5;75",
    "orange": "1;38;5;214",
    "on-blue": "1;7;38;5;75",
    "on-orange": "1;7;38;5;214",
    "blue-faint": "38;5;67",
    "orange-faint": "38;5;136",
    "quiet": "38;5;245",
    "strong": "1",
    "warn": "1;38;5;221",
    "bad": "1;38;5;203",
    "struck": "9;38;5;245",
}
_GLYPHS = {Side.BLUE: "●", Side.ORANGE: "◆"}
_LARGE = 10
"""The largest board whose cells are 4 x 2 characters; those of others are 2 x 1."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def frame(story: Story, scene: Scene, position: Position, mind: Sequence[Line]) -> Frame:
    """Return a frame: a position, the way that led to it if it is the scene's, and what is told
    beside it."""
    size = position.base.size
    left = 4 + size * (4 if size <= _LARGE else 2)
    trails = _trails(scene) if position == scene.position else {}
    rows = _board(position, trails)
    lines = [_head(story, scene)]
    for at in range(HEIGHT - 3):
        told = mind[at] if at < len(mind) else []
        drawn = rows[at] if at < len(rows) else []
        gap = " " * max(0, left - _width(drawn))
        lines.append([*drawn, (gap, ""), *_cut_line(told, WIDTH - left)])
    lines.append(_value(scene, position))
    lines.append([(_fit(_foot(story, scene, position), WIDTH), "strong")])
    return tuple(map(_escaped, lines))


def _head(story: Story, scene: Scene) -> Line:
    right = f"step {scene.step}" if scene.step else "start"
    blue, orange = (_fit(story.names[side], 24).rstrip() for side in Side)
    left: Line = [("● ", "blue"), (f"{blue} (blue)  ", ""), ("◆ ", "orange")]
    left.append((f"{orange} (orange)", ""))
    return [*left, (right.rjust(WIDTH - _width(left)), "quiet")]


def _foot(story: Story, scene: Scene, position: Position) -> str:
    if scene is story.scenes[-1] and position == scene.position:
        return story.ending
    if scene.struck and position == scene.before:
        return f"! {scene.struck[-1]}"
    return ""


def _value(scene: Scene, position: Position) -> Line:
    """Return what the position is worth, as words and as a bar of steps."""
    worth = scene.after if position == scene.position else scene.worth
    if worth is None:
        return []
    words = _fit(value_text(worth.value), 28)
    steps = 0 if worth.value is None else min(worth.value, WIDTH - 34)
    return [("   ", ""), (words, "quiet"), ("■" * steps, "quiet")]


def mind(scene: Scene, stages: int, is_played: bool, width: int) -> list[Line]:
    """Return what stands beside the board: so many stages of the decision, then the move.

    Of earlier stages, and then of all, only the choice is told where there is no room for more.
    """
    if scene.side is None:
        return _told([*scene.struck, *scene.troubles], "warn", width)
    glyph = (f"{_GLYPHS[scene.side]} ", str(scene.side))
    head: list[Line] = [[glyph, (f"{scene.player} decides for {scene.side}", "strong")]]
    foot: list[Line] = []
    if is_played:
        mark = mark_of(scene.worth) if scene.worth is not None else ""
        foot = [[], [glyph, (scene.moved, "strong"), (f" {mark}", "bad")]]
        if scene.tokens.text and scene.stages:
            foot += _told([f"{scene.ms:.0f} ms, {scene.tokens.text}"], "quiet", width)
        if scene.worth is not None and (verdict := verdict_of(scene.worth)):
            foot += _told([verdict], "bad", width)
        foot += _told(scene.troubles, "bad", width)
    lines: list[Line] = []
    for brief in range(stages + 1):
        told = [_stage(one, width, at < brief) for at, one in enumerate(scene.stages[:stages])]
        lines = [*head, *(line for each in told for line in each), *foot]
        if len(lines) <= HEIGHT - 3:
            break
    return lines


def emergency(scene: Scene, width: int) -> list[Line]:
    """Return what struck."""
    return [[("the world changes", "warn")], [], *_told(scene.struck, "", width)]


def written(one: Written, width: int) -> list[Line]:
    """Return a function that was written, with as much of its source as there is room for."""
    lines: list[Line] = [[(f"{one.author} writes", "quiet")], [(one.name, "strong")]]
    lines += _told([one.measured], "quiet", width)
    lines.append([])
    return lines + [[(line, "")] for line in source_of(one).splitlines()]


def source_of(one: Written) -> str:
    """Return the program in a manual; the manual itself where it can't be read."""
    try:
        return str(tomllib.loads(one.text)["source"]).strip()
    except (tomllib.TOMLDecodeError, KeyError):
        return one.text


def room_beside(size: int) -> int:
    """Return the columns beside a board."""
    return WIDTH - (4 + size * (4 if size <= _LARGE else 2))


def _stage(stage: StageStory, width: int, is_brief: bool) -> list[Line]:
    lines: list[Line] = [[]]
    lines += _told([f"{stage.number} {stage.name}: {stage.question}"], "quiet", width)
    candidates = [one for one in stage.candidates if one.is_chosen or not is_brief]
    lines += [_candidate(one, width) for one in candidates]
    if stage.note:
        lines += _told([stage.note], "bad", width)
    if stage.shown:
        lines.append([(f"  → {stage.shown}", "strong")])
    return lines


def _candidate(one: Candidate, width: int) -> Line:
    """Return a row: name, distance, probability as number and bar."""
    far = "    " if one.distance is None else f"{one.distance:.2f}"
    share = "    " if one.probability is None else f"{100 * one.probability:3.0f}%"
    room = width - 2 - len(far) - len(share) - 2
    name = min(room, 21)
    bar = _bar(one.probability or 0.0, max(0, room - name - 1))
    style = "strong" if one.is_chosen else "struck" if one.struck else ""
    return [
        ("▸ " if one.is_chosen else "  ", "strong"),
        (_fit(one.name, name), style),
        (f" {far} {share} ", "quiet"),
        (bar, "strong" if one.is_chosen else "quiet"),
    ]


def _bar(share: float, width: int) -> str:
    full, rest = divmod(round(max(0.0, min(1.0, share)) * width * 8), 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")


def _told(texts: Sequence[str], style: str, width: int) -> list[Line]:
    return [[(line, style)] for words in texts for line in wrap(words, width)]


def _trails(scene: Scene) -> dict[Cell, tuple[Side, bool]]:
    """Return cells on the way of the scene's move: whose, and whether it begins there."""
    found: dict[Cell, tuple[Side, bool]] = {}
    if scene.move is None or scene.side is None:
        return found
    for source, target in zip(scene.move.sources, scene.move.targets, strict=True):
        if source != target:
            found[source] = (scene.side, True)
            for cell in between(source, target, scene.before.rules):
                found.setdefault(cell, (scene.side, False))
    return found


def _board(position: Position, trails: Mapping[Cell, tuple[Side, bool]]) -> list[Line]:
    size = position.base.size
    wide, high = (4, 2) if size <= _LARGE else (2, 1)
    letters = "".join(" " + chr(ord("a") + col).center(wide - 1) for col in range(size))
    rows: list[Line] = [[(f"   {letters}", "quiet")]]
    storm = storm_cells(position)
    for row in reversed(range(size)):
        cells = [_cell(position, storm, trails, Cell(col, row), wide) for col in range(size)]
        for at in range(high):
            label = f"{row + 1:>2} " if at == 0 else "   "
            rows.append([(label, "quiet"), *(piece for cell in cells for piece in cell[at])])
    return rows


def _cell(
    position: Position,
    storm: frozenset[Cell],
    trails: Mapping[Cell, tuple[Side, bool]],
    cell: Cell,
    wide: int,
) -> list[Line]:
    """Return the one or two rows of a cell."""
    rules = position.rules
    dots = [dot for dot, where in enumerate(position.blue) if where == cell]
    if dots or cell == position.orange:
        stuck = not rules.frozen.isdisjoint(dots)
        sign = "!" if stuck else " "
        return (_large if wide == 4 else _small)(position, dots, cell == position.orange, sign)
    if not is_in_sight(position) and cell == last_seen(position):
        return _point("?", "orange", wide)
    if cell in rules.closed:
        fill = ("▓" if cell in storm else "▒") * wide
        return [[(fill, "quiet")]] * (wide // 2)
    if cell in trails:
        side, is_source = trails[cell]
        hollow = "○" if side is Side.BLUE else "◇"
        return _point(hollow if is_source else "•", f"{side}-faint", wide)
    return _point("·", "quiet", wide)


def _point(glyph: str, style: str, wide: int) -> list[Line]:
    text = " " + glyph.center(wide - 1)
    return [[(text, style)], [(" " * wide, "")]][: wide // 2]


def _large(position: Position, dots: Sequence[int], has_orange: bool, sign: str) -> list[Line]:
    """Draw dots in 4 x 2: a disc with the dots' numbers, a diamond, or one above the other."""
    ids = "".join(str(dot + 1) for dot in dots)
    top: Line = [(sign, "bad"), ("▟", "blue"), (ids, "on-blue"), ("▙", "blue")]
    if len(ids) > 1:
        top = [(sign, "bad"), (ids if len(ids) == 3 else f"{ids[0]} {ids[1]}", "on-blue")]
    heart = _heart(position)
    if not has_orange:
        return [top, [(" ", ""), ("▜█▛", "blue")]]
    whole: Line = [(" ▗", "orange"), (heart or "█", "on-orange" if heart else "orange")]
    return [top if ids else [*whole, ("▖", "orange")], [(" ▝█▘", "orange")]]


def _small(position: Position, dots: Sequence[int], has_orange: bool, sign: str) -> list[Line]:
    if has_orange:
        before = (str(len(dots)), "blue") if dots else (_heart(position) or " ", "warn")
        return [[before, ("◆", "orange")]]
    before = (str(len(dots)), "blue") if len(dots) > 1 else (sign, "bad")
    return [[before, ("●", "blue")]]


def _heart(position: Position) -> str:
    if not is_in_sight(position):
        return "?"
    return "»" if position.rules.orange_units > position.base.orange_units else ""


def _width(line: Line) -> int:
    return sum(cell_len(text) for text, _ in line)


def _fit(text: str, width: int) -> str:
    return set_cell_size(text, width - 1) + "…" if cell_len(text) > width else text.ljust(width)


def _cut_line(line: Line, width: int) -> Line:
    """Cut a line where it would be wider."""
    found: Line = []
    for text, style in line:
        if (over := _width(found) + cell_len(text) - width) > 0:
            text = _fit(text, max(1, cell_len(text) - over)) if cell_len(text) > over else ""
        found.append((text, style))
    return found


def _escaped(line: Line) -> str:
    pieces = [f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style else text for text, style in line]
    return "".join(pieces).rstrip()
