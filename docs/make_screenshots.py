"""Take the user guide's pictures: the app itself, its real engine, driven key by key.

    python docs/make_screenshots.py               # all of them, into docs/screens
    python docs/make_screenshots.py play bench    # some
    python docs/make_screenshots.py --list

A picture is a `Shot`: how the program is opened, and what is pressed. Needs the extra `[bench]`:
cells are drawn by Pillow in the DejaVu Sans Mono that comes with matplotlib.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.color import Color
from rich.terminal_theme import TerminalTheme

FOLDER = Path(__file__).resolve().parent / "screens"
EXAMPLE = Path(__file__).resolve().parents[1] / "saves" / "examples" / "roadblock.toml"
NARROW, MIDDLE, WIDE = (80, 24), (100, 30), (120, 36)
FONT_SIZE = 15
PATIENCE = 120.0
"""Seconds that a step waits for what it waits for."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture."""

    name: str
    about: str
    mode: str
    """How the program is opened: start, blue, orange, watch, bench."""
    steps: Sequence[str] = ()
    """Keys by their names in Textual; `type:TEXT`, letter by letter; `until:TEXT`, until that is on
    the screen; `not:TEXT`, until it isn't; `wait:SECONDS`."""
    size: tuple[int, int] = WIDE
    setup: dict[str, Any] = field(default_factory=dict)
    """More fields of the app's `Setup`."""


SOLVED = ("until:step 1/100", "not:par …")
"""Until the first position's value is known."""
EDITED = (
    "until:step 3",
    "space",
    "until:capture in",
    "f",
    "until:retrieved",
    "enter",
    "down",
    "down",
    "down",
    "down",
    "ctrl+shift+k",
)
"""Into the manual of the function that was chosen; its line `when` is taken out."""
SHOTS = (
    Shot("start", "the start screen", "start", ("until:no unfinished", "m", "m"), NARROW),
    Shot(
        "play",
        "a turn of yours, half done",
        "blue",
        (
            *SOLVED,
            "h",
            "wait:1",
            "enter",
            "until:step 2/100",
            "until:LD decided",
            "h",
            "wait:1",
            "u",
        ),
        NARROW,
        {"seed": 7},
    ),
    Shot(
        "decision",
        "both stages of a decision",
        "watch",
        ("until:step 3", "space", "until:capture in", "wait:1"),
        setup={"seed": 7},
    ),
    Shot(
        "emergency",
        "a function written while the game is on",
        "watch",
        ("until:step 2", "space", "e", "until:storm", "t", "full_stop", "until:admitted", "wait:1"),
        setup={"seed": 5},
    ),
    Shot(
        "tutorial",
        "the first game's guide",
        "tutorial",
        ("until:1/12", "enter", "until:2/12", "tab", "until:3/12", "wait:1"),
        NARROW,
    ),
    Shot(
        "functions",
        "a manual that is being edited, with a word that the S-LLM was not taught",
        "watch",
        (
            *EDITED,
            'type:when = "When orange is in a foggy corner."',
            "enter",
            "until:not taught",
            "wait:1",
        ),
        setup={"seed": 7},
    ),
    Shot(
        "again",
        "the same turn decided before and after an edit",
        "watch",
        (
            *EDITED,
            'type:when = "When orange is cornered and all three dots are far."',
            "enter",
            "ctrl+s",
            "until:applied",
            "escape",
            "escape",
            "wait:1",
            "D",
            "until:decided again",
            "wait:3",
        ),
        MIDDLE,
        {"seed": 7},
    ),
    Shot(
        "replay",
        "a saved game, at a turning point",
        "start",
        ("until:turn  0/15", "t", "until:1 by the functions", "wait:1"),
        MIDDLE,
        {"replay": EXAMPLE},
    ),
    Shot(
        "what-if",
        "a game gone on with otherwise, beside what was",
        "start",
        (
            "until:turn  0/15",
            "right",
            "right",
            "x",
            "until:What if",
            "e",
            "k",
            "k",
            "until:K 2, no emergency",
            "g",
            "until:as it was",
            "until:differs first",
            "wait:1",
        ),
        MIDDLE,
        {"replay": EXAMPLE},
    ),
    Shot(
        "summary",
        "how a game went",
        "watch",
        ("until: wins", "wait:1"),
        MIDDLE,
        {
            "seed": 7,
            "size": 8,
            "turn_seconds": 0.0,
            "ld": {"k": 8, "select": "s-llm", "temperature": 3.0},
        },
    ),
    Shot(
        "settings",
        "the settings",
        "start",
        ("until:Play blue", "comma", *["down"] * 7, "enter", "wait:1"),
        MIDDLE,
    ),
    Shot("help", "the keys", "blue", (*SOLVED, "question_mark", "wait:0.5"), NARROW),
    Shot(
        "bench",
        "a benchmark, done",
        "bench",
        ("s", "until:done", "wait:1"),
        setup={
            "bench": {
                "games": 10,
                "sides": ("blue",),
                "methods": ("ld", "ld-first", "ld-random", "greedy", "perfect"),
                "opponents": ("perfect",),
            }
        },
    ),
    Shot("bench-options", "what is measured", "bench", ("until:workers", "down", "down"), NARROW),
)


async def take(shot: Shot, folder: Path) -> Path:
    """Open the app, do a shot's steps, and write its picture."""
    from ld_tui.tui.app import LdTuiApp
    from ld_tui.tui.settings import Setup

    more: dict[str, Any] = {
        "size": 10,
        "seed": 3,
        "saves": Path(os.environ["LD_TUI_HOME"], "saves"),
    }
    app = LdTuiApp(Setup(mode=shot.mode, **(more | shot.setup)))  # type: ignore[arg-type]
    async with app.run_test(size=shot.size) as pilot:
        try:
            await pilot.pause(0.3)
            for step in shot.steps:
                await _do(pilot, step)
            await pilot.pause(0.2)
            path = folder / f"{shot.name}.png"
            draw(app.screen._compositor.render_strips(), shot.size, path)
        finally:
            app.kill_engine()
    return path


async def _do(pilot: Any, step: str) -> None:
    kind, colon, value = step.partition(":")
    if not colon:
        await pilot.press(step)
    elif kind == "type":
        await pilot.press(*(" " if letter == " " else letter for letter in value))
    elif kind == "wait":
        await pilot.pause(float(value))
    elif kind in ("until", "not"):
        for _ in range(round(PATIENCE / 0.1)):
            strips = pilot.app.screen._compositor.render_strips()
            if (value in "\n".join(strip.text for strip in strips)) is (kind == "until"):
                return
            await pilot.pause(0.1)
        raise TimeoutError(f"{step} never came")
    else:
        raise ValueError(f"{step!r} is no step")


def draw(strips: Sequence[Any], size: tuple[int, int], path: Path) -> None:
    """Draw a screen's cells to a PNG file."""
    from matplotlib import get_data_path
    from PIL import Image, ImageDraw, ImageFont

    faces = {
        bold: ImageFont.truetype(str(Path(get_data_path(), "fonts", "ttf", name)), FONT_SIZE)
        for bold, name in ((False, "DejaVuSansMono.ttf"), (True, "DejaVuSansMono-Bold.ttf"))
    }
    ascent, descent = faces[False].getmetrics()
    wide, high = round(faces[False].getlength("█")), ascent + descent
    image = Image.new("RGB", (size[0] * wide, size[1] * high))
    brush = ImageDraw.Draw(image)
    for row, strip in enumerate(strips[: size[1]]):
        column = 0
        for segment in strip:
            style = segment.style
            front, back = _rgb(style.color, (223, 230, 240)), _rgb(style.bgcolor, (13, 18, 25))
            if style.reverse:
                front, back = back, front
            if style.dim:
                front = _mixed(front, back)
            for letter in segment.text:
                cells = cell_len(letter)
                left, top = column * wide, row * high
                right = left + cells * wide - 1
                brush.rectangle((left, top, right, top + high - 1), fill=back)
                if letter.strip():
                    brush.text((left, top), letter, font=faces[bool(style.bold)], fill=front)
                for is_there, at in ((style.underline, high - 2), (style.strike, high // 2)):
                    if is_there:
                        brush.line((left, top + at, right, top + at), fill=front)
                column += cells
    path.parent.mkdir(parents=True, exist_ok=True)
    image.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path)


_THEME = TerminalTheme((13, 18, 25), (223, 230, 240), [(0, 0, 0)] * 8)


def _rgb(color: Color | None, usual: tuple[int, int, int]) -> tuple[int, int, int]:
    if color is None or color.is_default:
        return usual
    found = color.get_truecolor(_THEME)
    return found.red, found.green, found.blue


def _mixed(one: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, int, int]:
    red, green, blue = ((a + b) // 2 for a, b in zip(one, other, strict=True))
    return red, green, blue


def main(argv: list[str]) -> int:
    """Take the pictures that are named; all where none is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="print the names")
    parser.add_argument("--into", type=Path, default=FOLDER, metavar="DIR")
    options = parser.parse_args(argv)
    known = {shot.name: shot for shot in SHOTS}
    if options.list:
        print("\n".join(f"{shot.name}: {shot.about}" for shot in SHOTS))
        return 0
    if unknown := [name for name in options.names if name not in known]:
        parser.error(f"no such picture: {', '.join(unknown)}; there are {', '.join(known)}")
    failed, into, before = 0, options.into.resolve(), Path.cwd()
    for name in options.names or known:
        # A home of its own for each: no picture shows another's games.
        with tempfile.TemporaryDirectory() as home:
            # Named from there, so that no picture shows a path of this machine.
            os.chdir(home)
            os.environ["LD_TUI_HOME"] = "ld-tui"
            try:
                print(asyncio.run(take(known[name], into)), flush=True)
            except TimeoutError as error:
                print(f"{name}: {error}", file=sys.stderr)
                failed = 1
            finally:
                os.chdir(before)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
