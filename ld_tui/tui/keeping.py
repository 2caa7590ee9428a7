"""Keeping functions that were written in a game: they are put into the function base.

A thread of its own does it, so that no disk holds up the screen.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ld_tui.agent.events import FunctionAdmitted
from ld_tui.errors import FunctionBaseError

if TYPE_CHECKING:
    from ld_tui.tui.messages import FunctionsKept


def keep_in_thread(
    functions: Sequence[FunctionAdmitted],
    folder: Path | None,
    tell: "Callable[[FunctionsKept], None]",
) -> None:
    """Keep functions; `tell` is called from the thread. `folder`: None for the user's own."""

    def work() -> None:
        tell(keep([event.text for event in functions], folder))

    threading.Thread(target=work, name="keeper", daemon=True).start()


def keep(texts: Sequence[str], folder: Path | None) -> "FunctionsKept":
    """Put manuals into a function base, as a message for the screen."""
    # Late: what plays without a screen imports this module without Textual.
    from ld_tui.tui.messages import FunctionsKept

    return FunctionsKept(*keep_texts(texts, folder))


def keep_texts(
    texts: Sequence[str], folder: Path | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Put manuals into a function base; return a line for each kept, and for each that wasn't."""
    from ld_tui import paths

    try:
        place = folder or paths.writable_functionbase_dir()
    except OSError as error:
        line = f"no function can be kept: {error.filename}: {error.strerror or error}"
        return (), (line,)
    kept, problems = [], []
    for text in texts:
        try:
            # The folder last: where there is no room for all of it, that is cut.
            kept.append(f"kept: {_keep(text, place).relative_to(place)} in {place}")
        except FunctionBaseError as error:
            problems.append(f"not kept: {error}")
    return tuple(kept), tuple(problems)


def _keep(text: str, folder: Path) -> Path:
    """Write one manual; return where it is. Raises FunctionBaseError."""
    from ld_tui.functionbase.manual import parse_manual
    from ld_tui.functionbase.store import load, write

    manual, base = parse_manual(text), load(folder)
    path, old = base.path_of(manual), base.get(manual.name)
    if old is not None and old.digest == manual.digest:
        raise FunctionBaseError(f"it is kept already: {path}")
    if old is not None or path.exists():
        raise FunctionBaseError(f"{path}: there is another function of this name")
    write(base, text)
    return path
