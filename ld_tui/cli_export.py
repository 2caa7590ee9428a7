"""The options of `export` and `serve`, and what they call."""

import argparse
from pathlib import Path
from urllib.parse import urlsplit

from ld_tui.cli_options import add_author, add_folders, check_paths, engine_options, whole

_Commands = argparse._SubParsersAction
_KINDS = ("text", "svg", "cast", "html")


def add_export(commands: "_Commands[argparse.ArgumentParser]") -> None:
    """Add the `export` command."""
    command = commands.add_parser(
        "export",
        help="write a saved game as text, SVG, asciicast or an HTML page",
        description="Write a saved game in another form: text (each decision on lines), svg (a "
        "panel for each step), cast (a recording that asciinema plays), or html (one page with "
        "controls, whole in itself). See docs/export.md.",
    )
    command.add_argument("file", type=Path, help="a saved game")
    command.add_argument("--to", choices=_KINDS, required=True, help="the form")
    command.add_argument(
        "-o",
        dest="out",
        type=Path,
        metavar="OUT",
        help="the file, a folder, or - for standard output (default: the save's name, here)",
    )
    command.add_argument(
        "--steps",
        type=_steps,
        metavar="LIST",
        help="of an SVG, only these steps, such as 0,3-5 (0: the start)",
    )
    command.add_argument(
        "--no-values",
        dest="values",
        action="store_false",
        help="leave out what moves were worth; nothing is solved then",
    )
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    command.set_defaults(run=_export)


def _steps(text: str) -> frozenset[int]:
    """Read a list of steps, for argparse."""
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        ends = (first, last if dash else first)
        if not all(end.isascii() and end.isdigit() and len(end) < 4 for end in ends):
            raise argparse.ArgumentTypeError(f"{part!r} is no step; write a list such as 0,3-5")
        found.update(range(int(ends[0]), int(ends[1]) + 1))
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} names no step; write a list such as 0,3-5")
    return frozenset(found)


def _export(options: argparse.Namespace) -> int:
    from ld_tui.export.command import export_command

    return export_command(
        options.file,
        options.to,
        options.out,
        steps=options.steps,
        values=options.values,
        force=options.force,
    )


def add_serve(commands: "_Commands[argparse.ArgumentParser]") -> None:
    """Add the `serve` command."""
    command = commands.add_parser(
        "serve",
        help="open the client in a browser",
        description="Serve the client to browsers, a session of its own for each. It listens on "
        "this machine only unless another host is given. Needs the extra: pip install "
        "'ld-tui[serve]'. See docs/browser.md.",
    )
    command.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)"
    )
    command.add_argument("--port", type=whole(1, 65535), default=8000, help="default: 8000")
    command.add_argument(
        "--public-url",
        type=_url,
        metavar="URL",
        help="the address from outside, where another server passes requests on",
    )
    add_folders(command, "functionbase", "saves", "model", "embedder")
    add_author(command)
    command.set_defaults(run=_serve)


def _url(text: str) -> str:
    """Read the address of a page, for argparse."""
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        is_good = False
    if not is_good:
        raise argparse.ArgumentTypeError(f"{text!r} is no URL; write https://HOST or http://HOST")
    return text


def _serve(options: argparse.Namespace) -> int:
    from ld_tui.web.command import serve_command

    check_paths(options)
    words = ["play", *engine_options(options)]
    if options.saves is not None:
        words += ["--saves", str(options.saves.absolute())]
    return serve_command(words, options.host, options.port, options.public_url)
