"""The `ld-tui functions` verbs that change the function base, as the command line has them."""

import argparse
from collections.abc import Callable

from ld_tui.cli_options import add_folders, check_paths, whole

_NUMBER = whole(1, 1_000_000)
Verb = Callable[[str, str], argparse.ArgumentParser]


def add_editing(verb: Verb) -> None:
    """Add the verbs; `verb` makes the parser of one from its name and summary."""

    def changing(name: str, summary: str) -> argparse.ArgumentParser:
        made = verb(name, summary)
        made.add_argument("name")
        add_folders(made, "embedder")
        made.set_defaults(run=_change)
        return made

    edit = changing("edit", "edit a manual in $VISUAL or $EDITOR; what fails stays a draft")
    new = changing("new", "begin a function from a template and edit it")
    new.add_argument(
        "--stage", default="blue/plan", metavar="SIDE/STAGE", help="default: blue/plan"
    )
    new.add_argument("--like", metavar="NAME", help="begin from this function's text instead")
    for one in (edit, new):
        one.add_argument("--file", help="take the text from a file, - for standard input")
    usage = verb("usage", "count what saved games tell of each function")
    add_folders(usage, "saves")
    usage.set_defaults(run=_usage)
    changing("history", "list the versions of a manual")
    diff = changing("diff", "show what changed since a version")
    restore = changing("restore", "make an old version the manual again")
    diff.add_argument("version", nargs="?", type=_NUMBER, help="default: the one before")
    restore.add_argument("version", type=_NUMBER)
    changing("disable", "take a function out of use; its file stays")
    changing("enable", "take a disabled function into use again")
    changing("delete", "take a function away; its versions stay")


def _change(options: argparse.Namespace) -> int:
    from ld_tui.authoring import editing

    options.model = None
    check_paths(options)
    folder, name, embedder = options.functionbase, options.name, options.embedder
    match options.verb:
        case "edit":
            return editing.edit_function(folder, name, options.file, embedder)
        case "new":
            begin = (options.stage, options.like, options.file)
            return editing.new_function(folder, name, *begin, embedder)
        case "history":
            return editing.show_history(folder, name)
        case "diff":
            return editing.show_diff(folder, name, options.version)
        case "restore":
            return editing.restore_function(folder, name, options.version, embedder)
        case "delete":
            return editing.delete_function(folder, name, embedder)
        case switch:
            return editing.switch_function(folder, name, switch == "enable", embedder)


def _usage(options: argparse.Namespace) -> int:
    from ld_tui import paths
    from ld_tui.arena.resources import Resources
    from ld_tui.arena.usage import usage_command

    return usage_command(options.saves or paths.saves_dir(), Resources())
