"""The terminal: its size, colors, encoding, and whether the glyphs fit their cells."""

import locale
import os
import sys
from collections.abc import Iterator, Mapping

from rich.console import Console

from ld_tui.doctor.finding import Finding
from ld_tui.doctor.glyphs import glyphs, measured, reckoned
from ld_tui.tui.settings import MIN_HEIGHT, MIN_WIDTH, wants_ascii

_DEPTHS = {"truecolor": "16.7 million colors", "256": "256 colors", "standard": "16 colors"}


def color_depth(environ: Mapping[str, str]) -> str | None:
    """Return the color system that Textual will choose; None: no colors."""
    wanted = environ.get("TEXTUAL_COLOR_SYSTEM", "auto")
    seen = {name: value for name, value in environ.items() if name != "NO_COLOR"}
    console = Console(
        color_system=wanted if wanted in ("auto", *_DEPTHS) else "auto",  # type: ignore[arg-type]
        force_terminal=True,
        legacy_windows=False,
        _environ=seen,
    )
    return console.color_system


def look_at_terminal(screen: str | None = None) -> Iterator[Finding]:
    """Yield what is found of the terminal; of one that a screen draws on, it says the size."""
    is_terminal = screen is None and sys.stdin.isatty() and sys.stdout.isatty()
    yield _kind(is_terminal or screen is not None)
    if is_terminal:
        screen = "{}x{}".format(*os.get_terminal_size(sys.stdout.fileno()))
    if screen is not None:
        yield _size(screen)
    yield _encoding()
    yield _colors()
    switches = [
        f"{name}={os.environ[name]}"
        for name in ("NO_COLOR", "LD_TUI_ASCII", "TEXTUAL_ANIMATIONS", "TEXTUAL_COLOR_SYSTEM",
                     "TEXTUAL_THEME")
        if name in os.environ
    ]  # fmt: skip
    yield Finding("terminal", "switches", "ok", ", ".join(switches) or "none set")
    yield _glyphs(is_terminal)


def _size(size: str) -> Finding:
    width, _, height = size.partition("x")
    small = int(width) < MIN_WIDTH or int(height) < MIN_HEIGHT
    mend = f"make it at least {MIN_WIDTH}x{MIN_HEIGHT}, or use --plain" if small else ""
    return Finding("terminal", "size", "warn" if small else "ok", size, mend)


def _kind(is_terminal: bool) -> Finding:
    term, color = os.environ.get("TERM", ""), os.environ.get("COLORTERM", "")
    text = f"TERM={term or 'not set'}, COLORTERM={color or 'not set'}"
    if not is_terminal:
        return Finding("terminal", "kind", "ok", f"{text}; this output is not a terminal")
    if term in ("", "dumb"):
        return Finding("terminal", "kind", "warn", text, "it can't draw; use --plain")
    return Finding("terminal", "kind", "ok", text)


def _encoding() -> Finding:
    text = f"{sys.stdout.encoding}, locale {locale.setlocale(locale.LC_CTYPE)}"
    if wants_ascii() and not os.environ.get("LD_TUI_ASCII"):
        if os.environ.get("TERM") == "linux":
            mend = "its fonts lack most glyphs, so letters are drawn; LD_TUI_ASCII=0 draws glyphs"
            return Finding("terminal", "encoding", "ok", text, mend)
        mend = "the board is drawn with letters; set LC_ALL to a UTF-8 locale for glyphs"
        return Finding("terminal", "encoding", "warn", text, mend)
    return Finding("terminal", "encoding", "ok", text)


def _colors() -> Finding:
    depth = color_depth(os.environ)
    text = "no colors" if depth is None else _DEPTHS.get(depth, depth)
    if "NO_COLOR" in os.environ:
        return Finding("terminal", "colors", "ok", f"{text}, shown as grays by NO_COLOR")
    if depth in ("standard", "256") and not os.environ.get("COLORTERM"):
        mend = "if the terminal has more, set COLORTERM=truecolor"
        return Finding("terminal", "colors", "ok", text, mend)
    return Finding("terminal", "colors", "ok", text)


def _glyphs(is_terminal: bool) -> Finding:
    chars = glyphs()
    want = reckoned(chars)
    can_encode = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    have = measured(sys.stdin.fileno(), chars) if is_terminal and can_encode else None
    if have is None:
        wide = [char for char in chars if want[char] != 1]
        text = f"{len(chars)} glyphs, each one cell wide by Unicode's tables"
        if wide:
            text = f"not one cell wide by Unicode's tables: {' '.join(wide)}"
        why = "; the terminal was not asked" if not is_terminal else "; the terminal doesn't answer"
        return Finding("terminal", "glyphs", "fail" if wide else "ok", text + why)
    wrong = [f"{char} takes {have[char]}" for char in chars if have[char] != want[char]]
    if wrong:
        mend = "set LD_TUI_ASCII=1, or have the terminal treat ambiguous widths as narrow"
        text = f"{len(wrong)} of {len(chars)} have another width here: {', '.join(wrong[:8])}"
        return Finding("terminal", "glyphs", "fail", text, mend)
    text = f"{len(chars)} glyphs measured in this terminal, each as wide as reckoned"
    return Finding("terminal", "glyphs", "ok", text)
