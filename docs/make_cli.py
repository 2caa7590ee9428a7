"""Write docs/cli.md, the reference of every command, from the command line's own parser.

python docs/make_cli.py            # writes it anew
python docs/make_cli.py --check    # exits with 1 where it isn't what the parser says
"""

import argparse
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from ld_tui import cli

PAGE = Path(__file__).parent / "cli.md"
WIDTH = 78


def page() -> str:
    """Return the whole page; the same for every Python and terminal."""
    parser = cli.build_parser()
    lines = [
        "# ld-tui: the command line",
        "",
        "Written by `python docs/make_cli.py` from what `ld-tui --help` and `ld-tui COMMAND "
        "--help` say.",
        "",
    ]
    for command in _commands(parser):
        lines += _section(command)
    status = (cli.__doc__ or "").partition("Exit status:")[2].strip()
    lines += ["## Exit status", "", " ".join(status.split()), ""]
    return "\n".join(lines)


def _commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield a parser and all those below it."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in dict.fromkeys(action.choices.values()):
                yield from _commands(each)


def _section(command: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the lines on one command."""
    level = "##" if command.prog.count(" ") < 2 else "###"
    yield from (f"{level} {command.prog}", "")
    if command.description:
        yield from (command.description, "")
    yield from ("```", *_synopsis(command), "```", "")
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action._choices_actions:
                yield f"- `{each.dest}`: {each.help}"
        elif not isinstance(action, argparse._HelpAction):
            yield f"- `{_name(action)}`{_about(command, action)}"
    yield ""
    if command.epilog:
        yield from (command.epilog, "")


def _about(command: argparse.ArgumentParser, action: argparse.Action) -> str:
    if not action.help:
        return ""
    return ": " + action.help % {**vars(action), "prog": command.prog}


def _synopsis(command: argparse.ArgumentParser) -> list[str]:
    """Return how the command is typed, in lines that break between its parts."""
    options, operands = [], []
    for action in command._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        if action.option_strings:
            shown = _name(action)
            options.append(shown if action.required else f"[{shown}]")
        else:
            operands.append(f"[{_name(action)}]" if action.nargs == "*" else _name(action))
    # A part's own spaces must not be broken at.
    parts = [part.replace(" ", "\0") for part in (*options, *operands)]
    indent = " " * (len(command.prog) + 1)
    text = " ".join([command.prog.replace(" ", "\0"), *parts])
    lines = textwrap.wrap(
        text,
        WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\0", " ") for line in lines]


def _name(action: argparse.Action) -> str:
    """Return an option or operand with what stands for its value."""
    if isinstance(action, argparse._SubParsersAction):
        return f"{action.metavar} ..."
    value = action.metavar
    if value is None and action.choices is not None:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    if value is None:
        # A whole number or a text: the names of both are told by the help.
        value = action.dest if not action.option_strings else action.dest.upper()
    if not action.option_strings:
        return f"{value} ..." if action.nargs == "*" else str(value)
    flag = ", ".join(action.option_strings)
    return flag if action.nargs == 0 else f"{flag} {value}"


def main(argv: list[str]) -> int:
    """Write the page, or look whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(argv)
    if not options.check:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print(f"{PAGE} is out of date: python docs/make_cli.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
