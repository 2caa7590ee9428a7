"""The `config` command, and how the terminal client's options meet the settings.

A flag that was not given leaves room for the environment, the file and the default, in that order.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ld_tui import paths
from ld_tui.cli_options import file_or_url
from ld_tui.config.kinds import Switch
from ld_tui.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from ld_tui.config.load import Loaded
    from ld_tui.config.schema import Setting

_OWN = ("side", "size", "map", "model", "embedder", "author", "functionbase", "saves", "level",
        "clock")  # fmt: skip
"""Settings whose flags the client's commands define themselves."""
_SCREEN = ("opponent", "reply_delay", "turn_seconds", "theme", "ascii", "motion", "sound", "k",
           "model_name")  # fmt: skip
"""Settings whose flags come from the schema."""


def add_settings(command: argparse.ArgumentParser) -> None:
    """Add flags for settings to a command of the terminal client; unset ones stay None."""
    from ld_tui.config.schema import BY_NAME

    group = command.add_argument_group("settings", "for this time; `ld-tui config` keeps them")
    taken = command._option_string_actions
    for name in _SCREEN:
        setting = BY_NAME[name]
        if setting.flag in taken:
            continue
        if isinstance(setting.kind, Switch) or name == "ascii":
            group.add_argument(
                setting.flag, dest=name, action=argparse.BooleanOptionalAction, help=setting.help
            )
        else:
            says = setting.kind.says.upper() if name == "k" else name.upper()
            group.add_argument(
                setting.flag,
                dest=name,
                type=_reader(setting),
                metavar=says.split(" ")[-1] if name != "k" else "K",
                help=f"{setting.help} ({setting.kind.says})",
            )
    names = {action.dest for action in command._actions} & {*_OWN, *_SCREEN}
    command.set_defaults(has_settings=True, **dict.fromkeys(names))


def _reader(setting: "Setting") -> Any:
    def read(text: str) -> Any:
        try:
            return setting.parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


def settle(options: argparse.Namespace) -> "Loaded":
    """Settle every setting, flags of `options` included, and put what wins into `options`.

    Afterwards `options` has what counts, whatever it came from, as if flags had said it: paths as
    paths, None for the open map and for what ships; and `mode`, where a game is played.
    """
    from ld_tui.config.load import Source, load
    from ld_tui.config.schema import OPEN

    loaded = load(_flags(options))
    config = loaded.config
    for name in ("size", "author", "level", "clock", *_SCREEN):
        setattr(options, name, getattr(config, name))
    ranks = list(Source)
    k, level = (ranks.index(loaded.origins[key].source) if key in loaded.origins else 0
                for key in ("agent.k", "agent.level"))  # fmt: skip
    if not k or k < level:
        # A level of strength has a K of its own.
        options.k = None
    options.map = None if config.map == OPEN else config.map
    options.embedder = config.embedder or None
    options.model = model_of(config.model, config.model_name)
    for name in ("functionbase", "saves"):
        setattr(options, name, Path(value) if (value := getattr(config, name)) else None)
    if options.map is not None and str(loaded.origins["game.map"]) != "--map":
        from ld_tui.game.maps import map_sizes

        # A map that a file names is a wish, and the board's size may come from elsewhere.
        options.map = options.map if options.size in map_sizes(options.map) else None
    if getattr(options, "asks_side", False) and options.mode == "start" and config.side != "ask":
        options.mode = config.side
    return loaded


def model_of(model: str, name: str) -> Path | str | None:
    """Return how an engine is told its model; None for the shipped one."""
    if not model:
        return None
    if name and model.startswith(("http://", "https://")) and "#" not in model:
        model = f"{model}#{name}"
    return file_or_url(model)


def _flags(options: argparse.Namespace) -> dict[str, object]:
    """Return the settings that flags were given for, by name."""
    found: dict[str, object] = {}
    if not getattr(options, "has_settings", False):
        return found
    for name in (*_OWN, *_SCREEN):
        value = getattr(options, name, None)
        if name == "side":
            value = options.mode if options.mode in ("blue", "orange", "random") else None
        elif isinstance(value, Path):
            value = str(value)
        elif name == "ascii" and value is not None:
            value = "on" if value else "off"
        found[name] = value
    return found


def add_config(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    about = "show, check and change the settings"
    command = commands.add_parser(
        "config", help=about, description=f"{about.capitalize()}; see docs/settings.md."
    )
    verbs = command.add_subparsers(title="verbs", metavar="VERB", required=True)

    def verb(name: str, summary: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=summary, description=summary.capitalize() + ".")
        made.set_defaults(run=_config, verb=name)
        return made

    show = verb("show", "print every setting and where its value comes from")
    show.add_argument("--json", action="store_true", help="JSON on standard output")
    validate = verb("validate", "list what is wrong with the settings; exit status 1 if anything")
    validate.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: yours")
    verb("schema", "print the JSON Schema of the file")
    verb("locate", "print where the file of settings is, or would be")
    change = verb("set", "change one setting in the file; comments in it stay")
    change.add_argument("key", metavar="KEY", help="as `ld-tui config show` names it")
    change.add_argument(
        "value", metavar="VALUE", help="'' takes it out, so that the default counts"
    )
    verb("edit", "open the file in $VISUAL or $EDITOR, then check it")


def _config(options: argparse.Namespace) -> int:
    match options.verb:
        case "show":
            return _show(options.json)
        case "validate":
            return _validate(options.file)
        case "schema":
            from ld_tui.config.schema import json_schema

            print(json.dumps(json_schema(), indent=2))
            return 0
        case "locate":
            print(paths.config_path())
            return 0
        case "set":
            return _set(options.key, options.value)
        case _:
            return _edit(paths.config_path())


def _show(as_json: bool) -> int:
    from ld_tui.arena.levels import value_in_force
    from ld_tui.config.load import load
    from ld_tui.config.schema import SETTINGS

    loaded = load()
    if as_json:
        print(json.dumps(shown(loaded), indent=2, ensure_ascii=False))
    else:
        print(f"# {loaded.path}{'' if loaded.path.exists() else ' (not there yet)'}")
        for setting in SETTINGS.values():
            value, origin = value_in_force(loaded, setting)
            text = setting.show(value) or '""'
            print(f"{setting.key:<21} {text:<24} {origin}")
    for problem in loaded.problems:
        print(f"ld-tui: {problem}", file=sys.stderr)
    return 0


def shown(loaded: "Loaded") -> dict[str, object]:
    """Return what is settled, as plain data."""
    from ld_tui.config.schema import SETTINGS

    def one(setting: "Setting") -> Mapping[str, object]:
        value, origin = loaded.value(setting), loaded.origin(setting)
        return {
            "value": dict(value) if isinstance(value, Mapping) else value,
            "source": str(origin.source),
            "where": origin.where,
            "default": setting.default,
            "environment": setting.environ,
            "flag": setting.flag,
            "help": setting.help,
        }

    return {
        "path": str(loaded.path),
        "settings": {key: one(setting) for key, setting in SETTINGS.items()},
        "problems": [str(problem) for problem in loaded.problems],
    }


def _validate(path: Path | None) -> int:
    from ld_tui.config.load import check, load

    if path is None:
        loaded = load()
        path, problems = loaded.path, loaded.problems
    else:
        try:
            problems = check(path)
        except OSError as error:
            raise ConfigError(f"{path}: can't be read ({error.strerror or error})") from error
    keys = _key_problems(path)
    for line in [*map(str, problems), *keys]:
        print(line)
    if not (problems or keys):
        print(f"{path}: {'nothing wrong' if path.exists() else 'not there; defaults are used'}")
    return 1 if problems or keys else 0


def _key_problems(path: Path) -> list[str]:
    """Return what is wrong with a file's keymap, which only the screens can tell."""
    from ld_tui.config.load import load

    keys = load(environ={}, path=path).config.keys
    if not keys:
        return []
    from ld_tui.tui.keymap import problems_of

    return [f"{path.name}: keys: {line}" for line in problems_of(keys)]


def _set(key: str, text: str) -> int:
    from ld_tui.config.load import nearest, placed
    from ld_tui.config.schema import SETTINGS
    from ld_tui.config.store import write

    setting = SETTINGS.get(key)
    if setting is None:
        meant = nearest(key)
        raise UsageError(
            f"{key}: there is no such setting; "
            + (f"the nearest is {meant}" if meant else "`ld-tui config show` lists all")
        )
    file = paths.config_path()
    try:
        value = setting.parse(text) if text else None
        placed(setting, value, file.parent)
    except ValueError as error:
        raise UsageError(f"{key}: {error}") from None
    write(file, setting, value)
    print(f"{key} = {setting.show(setting.default if value is None else value)}")
    if setting.environ in os.environ:
        print(f"ld-tui: {setting.environ} is set and wins over the file", file=sys.stderr)
    return 0


def _edit(path: Path) -> int:
    from ld_tui.authoring.handoff import editor_command
    from ld_tui.config.store import make

    command = editor_command()
    make(path)
    try:
        status = subprocess.call([*command, str(path)])
    except OSError as error:
        raise UsageError(f"{command[0]} can't be started: {error.strerror}") from error
    if status:
        raise UsageError(f"{command[0]} ended with status {status}")
    return _validate(None)
