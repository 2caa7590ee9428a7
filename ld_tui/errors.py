"""Every error that ld-tui raises on purpose.

    LdTuiError
    ├── UsageError             the command line asks for something that does not exist     exit 2
    ├── NotationError          a text is not a cell, move, position or emergency           exit 2
    ├── RulesError             rules or an emergency that no board can have                exit 2
    ├── IllegalMove            a well-formed move that the rules refuse                    exit 2
    ├── SaveError              a saved game that is broken, newer, or can't be written     exit 3
    ├── ConfigError            settings that can't be read or written                      exit 3
    ├── FunctionBaseError      a function base, manual or index that can't be used         exit 3
    ├── ModelError             weights that can't be loaded or asked                       exit 4
    ├── SandboxError           the sandbox itself (never the code in it) failed            exit 4
    ├── TablebaseError         a board that can't be solved, or a table that is corrupt    exit 4
    └── EngineError            the engine process died, hung or spoke garbage              exit 5

A message is one line: what is wrong, where, and the mend. ``cli.py`` prints it and exits with
``exit_code``; no traceback reaches a user.
"""

from typing import ClassVar


class LdTuiError(Exception):
    """The root: anything ld-tui raises on purpose."""

    exit_code: ClassVar[int] = 1


class UsageError(LdTuiError, ValueError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class NotationError(LdTuiError, ValueError):
    """A text is not a cell, a move, a position or an emergency."""

    exit_code = 2


class RulesError(LdTuiError, ValueError):
    """Rules, or an emergency, that no board can have."""

    exit_code = 2


class IllegalMove(LdTuiError, ValueError):
    """A well-formed move that the rules refuse in this position."""

    exit_code = 2


class SaveError(LdTuiError, ValueError):
    """A saved game is broken, newer than this program, or can't be written."""

    exit_code = 3


class ConfigError(LdTuiError, ValueError):
    """The file of settings can't be read or written."""

    exit_code = 3


class FunctionBaseError(LdTuiError, ValueError):
    """A function base, a manual or its index can't be used."""

    exit_code = 3


class ModelError(LdTuiError, RuntimeError):
    """Weights can't be loaded, or a loaded model can't answer."""

    exit_code = 4


class SandboxError(LdTuiError, RuntimeError):
    """The sandbox itself failed; what the code in it does wrong is a result, not an error."""

    exit_code = 4


class TablebaseError(LdTuiError, RuntimeError):
    """A board can't be solved exactly, or a stored table is corrupt."""

    exit_code = 4


class EngineError(LdTuiError, RuntimeError):
    """The engine process died, hung or spoke garbage."""

    exit_code = 5


def why(error: object) -> str:
    """Say in words why a file or server can't be had, without numbers and a path again."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
