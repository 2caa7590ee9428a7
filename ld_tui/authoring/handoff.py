"""Handing a text to the person's own editor: $VISUAL, $EDITOR, or the first one there is."""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ld_tui.errors import UsageError
from ld_tui.functionbase.versions import read_text

_USUAL = ("sensible-editor", "nano", "vi")


def editor_command(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the command that opens a file. Raises UsageError where there is no editor."""
    for name in ("VISUAL", "EDITOR"):
        if command := shlex.split(environment.get(name, "")):
            if shutil.which(command[0]) is None:
                raise UsageError(f"${name} is {command[0]!r}, which is no program here")
            return command
    for usual in _USUAL:
        if (found := shutil.which(usual)) is not None:
            return [found]
    raise UsageError("there is no editor; set VISUAL or EDITOR to one")


def edit_outside(text: str, name: str) -> str:
    """Let the person edit a text in their editor; return what they left there.

    Raises UsageError where the editor can't be started or ends with a failure, and
    FunctionBaseError where what it left is no text.
    """
    command = editor_command()
    with tempfile.TemporaryDirectory(prefix="ld-tui-") as folder:
        path = Path(folder) / f"{name}.toml"
        path.write_bytes(text.encode())
        try:
            status = subprocess.call([*command, str(path)])
        except OSError as error:
            raise UsageError(f"{command[0]} can't be started: {error.strerror}") from error
        if status:
            raise UsageError(f"{command[0]} ended with status {status}; nothing is applied")
        return read_text(path)
