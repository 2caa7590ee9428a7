"""The finished games of the emergency suite in a file, so that one cut off goes on there."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ld_tui.bench.emergency_games import Struck, Task
from ld_tui.bench.emergency_look import Pick
from ld_tui.bench.journal import GamesFile, Measured


@dataclass(frozen=True, slots=True)
class Ended:
    """A finished game."""

    task: Task
    struck: Struck | None
    """None where it ended before anything could strike."""


class EmergencyJournal(GamesFile[Task, Ended]):
    """Finished games of emergencies, by task."""

    def __init__(self, path: Path | None, what: Measured) -> None:
        """Open or begin a journal; as `GamesFile`."""
        super().__init__(path, what, lambda ended: ended.task, ended_to_dict, ended_from_dict)


def ended_to_dict(ended: Ended) -> dict[str, Any]:
    """Return a game as plain data for a line of JSON."""
    struck = None
    if ended.struck is not None:
        struck = asdict(ended.struck)
        del struck["task"]
    return {"task": asdict(ended.task), "struck": struck}


def ended_from_dict(data: Mapping[str, Any]) -> Ended:
    """Read what `ended_to_dict` wrote. Raises KeyError, TypeError or ValueError for other data."""
    task = Task(**data["task"])
    if data["struck"] is None:
        return Ended(task, None)
    fields = dict(data["struck"])
    picks = tuple(Pick(**each) for each in fields.pop("picks"))
    return Ended(task, Struck(task, picks=picks, **fields))
