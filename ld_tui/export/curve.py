"""What a game was worth, turn by turn, as a line in SVG with a link to each turn."""

from itertools import pairwise

from ld_tui.export.markup import Markup, tag, void
from ld_tui.export.story import Scene, Story
from ld_tui.export.svg import BAD, BLUE, ORANGE, QUIET, RULE, text
from ld_tui.export.worth import mark_of, value_text
from ld_tui.game.rules import Side

_WIDTH, _HEIGHT = 800, 130
_LEFT, _RIGHT, _TOP, _FOOT = 30, 12, 20, 12


def curve(story: Story) -> Markup:
    """Return the values after each turn; turns of unknown worth leave a gap."""
    known = [scene for scene in story.scenes if scene.after is not None]
    steps = [s.after.value for s in known if s.after is not None and s.after.value is not None]
    most = max(steps, default=1) or 1
    has_escape = len(steps) < len(known)
    top = most + has_escape
    each = (_WIDTH - _LEFT - _RIGHT) / max(1, len(story.scenes) - 1)

    def place(at: int, scene: Scene) -> tuple[float, float]:
        value = scene.after.value if scene.after is not None else None
        high = top if value is None else value
        return _LEFT + at * each, _HEIGHT - _FOOT - high * (_HEIGHT - _TOP - _FOOT) / top

    parts = [_axis(0, _HEIGHT - _FOOT, "0")]
    parts.append(_axis(most, _HEIGHT - _FOOT - most * (_HEIGHT - _TOP - _FOOT) / top, str(most)))
    if has_escape:
        parts.append(_axis(top, _TOP, "∞"))
    scenes = [(place(at, scene), scene) for at, scene in enumerate(story.scenes)]
    for (one, before), (other, after) in pairwise(scenes):
        if before.after is not None and after.after is not None:
            path = f"M{one[0]:.1f} {one[1]:.1f}L{other[0]:.1f} {other[1]:.1f}"
            parts.append(void("path", class_="curve", d=path, stroke=QUIET, stroke_width=1.5))
    parts += [_point(where, scene) for where, scene in scenes if scene.after is not None]
    return tag(
        "svg",
        *parts,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="group",
        aria_label="what the game was worth",
    )


def _axis(value: int, y: float, words: str) -> Markup:
    line = void(
        "path", class_="axis", d=f"M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}", stroke=RULE, stroke_width=1
    )
    return tag("g", line, text(words, _LEFT - 8, y + 4, fill=QUIET, anchor="end", class_="label"))


def _point(where: tuple[float, float], scene: Scene) -> Markup:
    x, y = where
    mark = mark_of(scene.worth) if scene.worth is not None else ""
    value = value_text(scene.after.value) if scene.after is not None else ""
    shape = void("circle", class_="label", cx=x, cy=y, r=3, fill=QUIET)
    if scene.side is Side.BLUE:
        shape = void("circle", class_="blue", cx=x, cy=y, r=4, fill=BLUE)
    elif scene.side is Side.ORANGE:
        path = f"M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z"
        shape = void("path", class_="orange", d=path, fill=ORANGE)
    sign = "!" * bool(scene.struck) + (" " if scene.struck and mark else "") + mark
    parts = [
        tag("title", f"{scene.title} {mark}: {value}"),
        void("circle", class_="halo", cx=x, cy=y, r=8, fill="none"),
        shape,
    ]
    if sign:
        high = y - 9
        parts.append(text(sign, x, high, fill=BAD, anchor="middle", weight="bold", class_="mark"))
    return tag("a", *parts, href=f"#t{scene.number}", class_="point")
