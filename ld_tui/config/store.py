"""Change the file of settings: one value at a time, a person's comments and order kept.

A file that isn't to be written (by its mode, or because it is a link into what can't be) is left
as it is: that is a ConfigError, and the change may still count until the program ends.
"""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ld_tui import paths
from ld_tui.config.kinds import Keys
from ld_tui.config.schema import SETTINGS, Setting
from ld_tui.errors import ConfigError

_HEAD = (
    "# Settings of ld-tui; `ld-tui config show` lists them all, docs/settings.md tells of each.\n"
)
_writing = threading.Lock()


def write(path: Path, setting: Setting, value: Any | None) -> None:
    """Put a value into the file; None takes it out, so that its default counts.

    Raises ConfigError where the file can't be written, or is no TOML.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    with _writing:
        try:
            target = path.resolve()
            text = target.read_text(encoding="utf-8") if target.exists() else _HEAD
            if target.exists() and not target.stat().st_mode & 0o222:
                raise ConfigError(f"{path}: is read-only, so nothing is saved")
            document = tomlkit.parse(text)
            if isinstance(setting.kind, Keys):
                _put_keys(document, value or {})
            else:
                _put(document, setting, value)
            changed = tomlkit.dumps(document)
            if changed != text:
                paths.atomic_write(target, changed)
        except (TOMLKitError, UnicodeDecodeError) as error:
            problem = " ".join(str(error).split())
            raise ConfigError(f"{path}: no TOML ({problem}); mend it, then save again") from error
        except (OSError, RuntimeError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise ConfigError(f"{path}: can't be written ({why}), so nothing is saved") from error


def make(path: Path) -> None:
    """Write a file that tells of every setting, each with its default, commented out.

    A file that is there stays. Raises ConfigError where it can't be written.
    """
    if path.exists():
        return
    try:
        paths.atomic_write(path, template())
    except OSError as error:
        raise ConfigError(f"{path}: can't be written ({error.strerror or error})") from error


def template() -> str:
    """Return a file in which every setting stands as a comment."""
    import tomlkit

    lines, section = [_HEAD.rstrip()], ""
    for setting in SETTINGS.values():
        if setting.section != section:
            section = setting.section
            lines += ["", f"[{section}]"]
        if isinstance(setting.kind, Keys):
            lines += [f"# {setting.help}.", '# "play.hint.h" = "i"']
        else:
            name = setting.key.partition(".")[2]
            value = tomlkit.item(setting.default).as_string()
            lines.append(f"# {name} = {value}  # {setting.help}")
    return "\n".join(lines) + "\n"


def _put(document: Any, setting: Setting, value: Any | None) -> None:
    import tomlkit

    section, _, name = setting.key.partition(".")
    table = document.get(section)
    if table is None:
        if value is None:
            return
        document[section] = table = tomlkit.table()
    if not isinstance(table, Mapping):
        raise ConfigError(f"{section} has to be a table; write [{section}] on a line of its own")
    if value is None:
        table.pop(name, None)  # type: ignore[attr-defined]
    else:
        table[name] = value  # type: ignore[index]


def _put_keys(document: Any, keys: Mapping[str, str]) -> None:
    import tomlkit

    table = document.get("keys")
    if table is None:
        if not keys:
            return
        document["keys"] = table = tomlkit.table()
    if not isinstance(table, Mapping):
        raise ConfigError("keys has to be a table; write [keys] on a line of its own")
    there = _places(table)
    for name, (inside, last) in there.items():
        if name not in keys:
            del inside[last]
    for name, value in keys.items():
        inside, last = there.get(name, (table, name))
        if inside.get(last) != value:
            inside[last] = value


def _places(table: Any, before: str = "") -> dict[str, tuple[Any, str]]:
    """Return where each binding of a keymap stands: unquoted dots make tables of its name."""
    found: dict[str, tuple[Any, str]] = {}
    for name in list(table):
        if isinstance(table[name], Mapping):
            found |= _places(table[name], f"{before}{name}.")
        else:
            found[f"{before}{name}"] = (table, name)
    return found
