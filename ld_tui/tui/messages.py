"""What reaches the screen from other threads."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from pathlib import Path

    from ld_tui.arena.game import Game
    from ld_tui.arena.saves import SaveEntry
    from ld_tui.game.record import GameRecord
    from ld_tui.tui.saving import Saver
    from ld_tui.tui.trial import Trial


class EngineSaid(Message):
    """The engine wrote a line of its protocol."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        super().__init__()
        self.content = content


class EngineNotice(Message):
    """Something went wrong with the engine itself, and was mended or not."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line


class FirstTime(Message):
    """The program was opened for the first time."""


class FunctionsKept(Message):
    """Functions were put into the function base, or couldn't be; a line for each."""

    def __init__(self, kept: tuple[str, ...], problems: tuple[str, ...]) -> None:
        super().__init__()
        self.kept = kept
        self.problems = problems


class WorkDone(Message):
    """A clerk has done some file work; `call` is to be called with what came of it."""

    def __init__(self, call: Callable[[], None]) -> None:
        super().__init__()
        self.call = call


class BaseChanged(Message):
    """Files of the function base were changed by another program; these functions."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self.names = names


class SaveFailed(Message):
    """The game couldn't be saved."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line


class SavesListed(Message):
    """The folder of saves was read."""

    def __init__(
        self, unfinished: "tuple[SaveEntry, ...]", broken: "tuple[SaveEntry, ...]"
    ) -> None:
        super().__init__()
        self.unfinished = unfinished
        self.broken = broken


class GameLoaded(Message):
    """A saved game was read, and goes on in its file."""

    def __init__(self, game: "Game", saver: "Saver") -> None:
        super().__init__()
        self.game = game
        self.saver = saver


class LoadFailed(Message):
    """A saved game can't be gone on with."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line


class GameExported(Message):
    """A game was written in another form, or couldn't be."""

    def __init__(self, name: str, text: str = "", problem: str = "") -> None:
        super().__init__()
        self.name = name
        """The file."""
        self.text = text
        """What is to be downloaded; empty where the file is there."""
        self.problem = problem
        """Why there is none, in one line."""


class SettingsSaved(Message):
    """Settings were written, or couldn't be."""

    def __init__(self, names: tuple[str, ...], problem: str) -> None:
        super().__init__()
        self.names = names
        self.problem = problem
        """One line; empty where all went well."""


class KeysChecked(Message):
    """The keymap was looked through."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__()
        self.problems = problems


class TrialSaid(Message):
    """A model on trial got somewhere, or is done."""

    def __init__(self, number: int, trial: "Trial") -> None:
        super().__init__()
        self.number = number
        """Which trial: one that was left still talks."""
        self.trial = trial


class ReplayLoaded(Message):
    """A saved game was read, to be looked at."""

    def __init__(self, record: "GameRecord", path: "Path") -> None:
        super().__init__()
        self.record = record
        self.path = path


class GamesListed(Message):
    """A folder of games was read, to choose one to look at."""

    def __init__(self, folder: "Path", entries: "tuple[SaveEntry, ...]") -> None:
        super().__init__()
        self.folder = folder
        self.entries = entries
