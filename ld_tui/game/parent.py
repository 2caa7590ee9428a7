"""Where a game branched off from another one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ld_tui.errors import SaveError


@dataclass(frozen=True, slots=True)
class Parent:
    """The game that a branch's first turns are of."""

    game: str
    """The name of its file; empty where it is not known."""
    ply: int
    """Turns that both have."""
    change: str = ""
    """What is otherwise since, such as `k 5 to 3`; empty: only who plays."""

    @property
    def text(self) -> str:
        """Say it in one line."""
        change = f"; {self.change}" if self.change else ""
        return f"{self.game or 'another game'} after turn {self.ply}{change}"


def parent_to_dict(parent: Parent | None) -> dict[str, Any]:
    """Return it as the scalars of a save; none for a game that is no branch."""
    if parent is None:
        return {}
    change = {"parent_change": parent.change} if parent.change else {}
    return {"parent": parent.game, "parent_ply": parent.ply, **change}


def parent_from_dict(data: Mapping[str, Any]) -> Parent | None:
    """Read what `parent_to_dict` wrote. Raises SaveError for a value of another type."""
    if "parent" not in data:
        return None
    game, ply, change = data["parent"], data.get("parent_ply"), data.get("parent_change", "")
    if not isinstance(game, str) or not isinstance(change, str):
        raise SaveError("'parent' and 'parent_change' are texts")
    if not isinstance(ply, int) or isinstance(ply, bool) or ply < 0:
        raise SaveError(f"'parent_ply' has to be a whole number, not {ply!r:.60}")
    return Parent(game, ply, change)
