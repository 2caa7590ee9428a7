"""Text for the screen: made harmless, and cut to a width in cells."""

from functools import lru_cache

from rich.cells import cell_len, set_cell_size

Piece = tuple[str, str]
"""A text and the names of its styles, separated by spaces."""
Line = list[Piece]

_EIGHTHS = " ▏▎▍▌▋▊▉█"


@lru_cache(maxsize=2048)
def plain(text: str) -> str:
    """Return a text as one line of printable characters: models and files may say anything."""
    return "".join(char if char.isprintable() else " " for char in text)


@lru_cache(maxsize=4096)
def fit(text: str, width: int) -> str:
    """Return a text cut with an ellipsis, or filled with spaces, to a width in cells."""
    text = plain(text)
    if width <= 0:
        return ""
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    return set_cell_size(text, width)


def cut(text: str, width: int) -> str:
    """Return a text cut with an ellipsis to a width in cells, not filled."""
    return fit(text, width) if cell_len(plain(text)) > width else plain(text)


def wrap(text: str, width: int, lines: int) -> list[str]:
    """Break a text into at most so many lines at spaces; the last one is cut."""
    words, found = plain(text).split(), [""]
    for at, word in enumerate(words):
        longer = f"{found[-1]} {word}".strip()
        if cell_len(longer) <= width:
            found[-1] = longer
        elif len(found) == lines:
            found[-1] = cut(" ".join([found[-1], *words[at:]]), width)
            break
        else:
            found.append(word)
    return [cut(line, width) for line in found]


def bar(share: float, width: int) -> str:
    """Return a bar of a share of a width, in eighths of a cell; something if there is anything."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    if share > 0:
        eighths = max(1, eighths)
    full, rest = divmod(eighths, 8)
    return fit("█" * full + (_EIGHTHS[rest] if rest else ""), width)


def width_of(line: Line) -> int:
    """Return a line's width in cells."""
    return sum(cell_len(text) for text, _ in line)


def spread(left: Line, right: Line, width: int) -> Line:
    """Return a line with its two parts at either end of a width."""
    gap = max(1, width - width_of(left) - width_of(right))
    return [*left, (" " * gap, ""), *right]
