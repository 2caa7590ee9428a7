"""Options that several commands have, and readers of their values."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ld_tui.config.kinds import is_path
from ld_tui.errors import UsageError
from ld_tui.game.board import MAX_SIZE, MIN_SIZE
from ld_tui.game.maps import map_names

if TYPE_CHECKING:
    from ld_tui.arena.resources import Sources


def add_size(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--size",
        type=whole(MIN_SIZE, MAX_SIZE),
        default=10,
        help=f"board size, {MIN_SIZE} to {MAX_SIZE} (default: 10)",
    )


def add_map(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--map",
        metavar="NAME",
        help=f"start on a map of that size: {', '.join(map_names())} (default: the open board)",
    )


def add_seed(command: argparse.ArgumentParser, default: int | None) -> None:
    shown = "random" if default is None else default
    command.add_argument("--seed", type=int, default=default, help=f"default: {shown}")


def add_selection(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--select",
        choices=("s-llm", "random", "first"),
        default="s-llm",
        help="who selects among the K candidates (default: s-llm)",
    )
    command.add_argument(
        "-k",
        type=whole(1, 8),
        help="candidates K, 1 to 8 (default: the level's, else 5)",
    )


def add_folders(command: argparse.ArgumentParser, *names: str) -> None:
    texts = {
        "functionbase": ("DIR", "a function base (default: the user's, else the shipped one)"),
        "saves": ("DIR", "where games are saved"),
        "model": (
            "FILE|URL",
            "the S-LLM: a GGUF file, or an OpenAI-compatible server as http://HOST:PORT/v1[#MODEL] "
            "(default: the shipped one)",
        ),
        "embedder": (
            "NAME",
            "the retriever's embedding model: a folder, or a name that sentence-transformers "
            "knows (default: the shipped one)",
        ),
    }
    for name in names:
        metavar, text = texts[name]
        kinds: dict[str, Callable[[str], str | Path]] = {"embedder": str, "model": file_or_url}
        kind = kinds.get(name, Path)
        command.add_argument(f"--{name}", type=kind, metavar=metavar, help=text)


def file_or_url(text: str) -> Path | str:
    """Read how a model is named, for argparse."""
    return text if text.startswith(("http://", "https://")) else Path(text)


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of whole numbers in a range, for argparse."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return read


def names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def add_author(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--author",
        default="composer",
        metavar="NAME",
        help="who writes functions in emergencies: composer (offline), l-llm (a language model; "
        "see docs/models.md) or none (default: composer)",
    )


def check_paths(options: argparse.Namespace) -> None:
    """Raise UsageError where a folder, file or author that was named doesn't exist."""
    for path, what in ((options.functionbase, "function base"), (options.model, "model")):
        if isinstance(path, Path) and not path.exists():
            raise UsageError(f"{path}: there is no such {what}")
    embedder = getattr(options, "embedder", None)
    if embedder is not None and is_path(embedder) and not Path(embedder).is_dir():
        raise UsageError(f"{embedder}: there is no such folder of an embedding model")
    author = getattr(options, "author", None)
    if author not in (None, "composer", "none"):  # These two need no look, which takes a while.
        from ld_tui.authoring.author import author_maker

        author_maker(author)


def check_terminal(instead: str) -> None:
    """Raise UsageError where there is no terminal to draw on; `instead` says what works then.

    A browser that textual-serve draws on is as good as one.
    """
    if "TEXTUAL_DRIVER" not in os.environ and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"there is no terminal to draw on; {instead}")


def engine_options(options: argparse.Namespace) -> list[str]:
    """Return the parts that options name, as options of an engine."""
    return [
        word
        for name in ("functionbase", "model", "embedder", "author")
        if (value := getattr(options, name)) is not None
        for word in (f"--{name}", str(value.absolute() if isinstance(value, Path) else value))
    ]


def engine_line(options: argparse.Namespace) -> list[str]:
    """Return the command of an engine with the parts that options name."""
    return [sys.executable, "-m", "ld_tui", "engine", *engine_options(options)]


def sources_of(options: argparse.Namespace) -> "Sources":
    """Return where the parts come from that options name. Raises UsageError as `check_paths`."""
    from ld_tui.arena.resources import Sources

    check_paths(options)
    author = None
    if (name := getattr(options, "author", None)) is not None:
        from ld_tui.authoring.author import author_maker

        author = author_maker(name)
    return Sources(
        functionbase=options.functionbase,
        model=options.model,
        embedder=options.embedder,
        author=author,
    )
