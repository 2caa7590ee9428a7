"""A game as a recording for asciinema: asciicast v2, with a marker at each turn."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from ld_tui.export.ansi import (
    HEIGHT,
    WIDTH,
    Frame,
    emergency,
    frame,
    mind,
    room_beside,
    written,
)
from ld_tui.export.story import Scene, Story
from ld_tui.export.worth import mark_of

_START, _STAGE, _MOVE, _EMERGENCY, _WRITTEN, _END = 1.5, 0.8, 1.2, 2.0, 2.5, 3.0
"""Seconds for which a frame stands."""


@dataclass(frozen=True, slots=True)
class _Shot:
    """A frame and the seconds for which it stands."""

    frame: Frame
    seconds: float


def cast(story: Story) -> str:
    """Return a game as an asciicast v2 file, for a terminal of 80 x 24."""
    header = {
        "version": 2,
        "width": WIDTH,
        "height": HEIGHT,
        "title": f"{story.title}. {story.ending}",
        "env": {"TERM": "xterm-256color"},
    }
    lines = [json.dumps(header, ensure_ascii=False)]
    shown: Frame = ()
    clock = 0.0

    def event(kind: str, data: str) -> None:
        lines.append(json.dumps([round(clock, 3), kind, data], ensure_ascii=False))

    for scene in story.scenes:
        if scene.number:
            event("m", label(scene))
        for shot in _shots(story, scene):
            event("o", _change(shown, shot.frame))
            shown, clock = shot.frame, clock + shot.seconds
    clock += _END
    # Below the frame, with the cursor seen again: as a program leaves the terminal.
    event("o", f"\x1b[{HEIGHT};1H\x1b[?25h\r\n")
    return "\n".join(lines) + "\n"


def label(scene: Scene) -> str:
    """Return a turn's marker."""
    mark = mark_of(scene.worth) if scene.worth is not None else ""
    struck = f" ({'; '.join(scene.struck)})" if scene.struck else ""
    return f"{scene.title} {mark}".rstrip() + struck


def _shots(story: Story, scene: Scene) -> Iterator[_Shot]:
    """Yield what is seen of a turn: what struck and was written, the stages, the move."""
    width = room_beside(scene.position.base.size)
    before = scene.before
    if scene.struck:
        yield _Shot(frame(story, scene, before, emergency(scene, width)), _EMERGENCY)
    for one in scene.written:
        yield _Shot(frame(story, scene, before, written(one, width)), _WRITTEN)
    for count in range(1, len(scene.stages) + 1):
        yield _Shot(frame(story, scene, before, mind(scene, count, False, width)), _STAGE)
    told = mind(scene, len(scene.stages), True, width)
    seconds = _MOVE if scene.number else _START
    yield _Shot(frame(story, scene, scene.position, told), seconds)


def _change(old: Frame, new: Frame) -> str:
    """Return what turns one frame on the terminal into another; the first one clears it."""
    if not old:
        old = ("",) * len(new)
        start = "\x1b[0m\x1b[?25l\x1b[2J"
    else:
        start = ""
    rows = [
        f"\x1b[{at};1H{line}\x1b[K"
        for at, (was, line) in enumerate(zip(old, new, strict=True), 1)
        if was != line
    ]
    return start + "".join(rows)
