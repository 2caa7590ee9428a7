"""How functions fared in saved games: how often retrieved and run, and what the turns lost."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ld_tui.arena.game import Game, executed
from ld_tui.arena.resources import Resources
from ld_tui.arena.saves import list_saves, read_save
from ld_tui.arena.scores import regret
from ld_tui.errors import LdTuiError
from ld_tui.game.rules import apply

NEWEST = 300
"""Games that are read, at most."""


@dataclass(slots=True)
class Use:
    """What is known of one function."""

    retrieved: int = 0
    """Decisions in which it was among the candidates."""
    chosen: int = 0
    """Decisions in which it ran."""
    known: int = 0
    """Turns among the latter of which the loss is known."""
    lost: int = 0
    """Steps lost in those turns."""

    @property
    def regret(self) -> float | None:
        """Mean steps lost when it ran; None where nothing is known."""
        return self.lost / self.known if self.known else None


def usage(
    folder: Path, resources: Resources, going_on: Callable[[], None] = lambda: None
) -> dict[str, Use]:
    """Return what saved games tell of each function, by name.

    Losses are known on boards that are solved already; none is solved for this. `going_on` is
    called between games and may raise to end it.
    """
    found: dict[str, Use] = {}
    for game in _games(folder):
        going_on()
        for ply, turn in enumerate(game.record.turns):
            names = executed(turn.events)
            if not names:
                continue
            for event in turn.events:
                if isinstance(event, dict) and event.get("event") == "retrieved":
                    for name in event.get("names", ()):
                        found.setdefault(str(name), Use()).retrieved += 1
            before = game.positions[ply]
            is_solved = resources.is_solved(before)
            lost = regret(before, apply(before, turn.move), resources) if is_solved else None
            for name in names:
                use = found.setdefault(name, Use())
                use.chosen += 1
                if lost is not None:
                    use.known += 1
                    use.lost += lost
    return found


def usage_command(folder: Path, resources: Resources) -> int:
    """Print what saved games tell of each function."""
    found = usage(folder, resources)
    resources.close()
    width = max((len(name) for name in found), default=8)
    print(f"{'function':{width}}  retrieved  chosen  steps lost when chosen")
    for name, use in sorted(found.items(), key=lambda item: (-item[1].chosen, item[0])):
        lost = "-" if use.regret is None else f"{use.regret:.2f} in {use.known}"
        print(f"{name:{width}}  {use.retrieved:9}  {use.chosen:6}  {lost}")
    return 0


def _games(folder: Path) -> Iterator[Game]:
    """Yield the newest saved games; those that can't be read are left out."""
    for at, entry in enumerate(list_saves(folder)):
        if at == NEWEST:
            return
        try:
            yield Game(read_save(entry.path))
        except LdTuiError:
            continue
