"""What would have been: a game continued from one of its positions with something changed.

The seeds are the same, so what differs comes of the change alone. It draws nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ld_tui.arena.branch import branch_of
from ld_tui.arena.game import Game
from ld_tui.errors import RulesError
from ld_tui.game.record import GameRecord, PlayerSpec, Struck
from ld_tui.game.rules import Reason, Side
from ld_tui.tui.branching import program_for
from ld_tui.tui.conductor import Conductor
from ld_tui.tui.pace import SPEEDS
from ld_tui.tui.ports import Host, ReviewingEngine
from ld_tui.tui.reviews import Reviews


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be otherwise from a position on; None, and False, leave it as it was."""

    k: int | None = None
    """Candidates K of LD."""
    select: str | None = None
    """Who selects for LD: `s-llm`, `first`, `random`."""
    model: str | None = None
    """The S-LLM: a GGUF file, or a server's URL."""
    functionbase: str | None = None
    """Folder of the function base."""
    drops: bool = False
    """Whether the emergencies from here on don't strike."""

    @property
    def text(self) -> str:
        """Say it in a few words; empty where nothing is changed."""
        said = (
            f"K {self.k}" if self.k is not None else "",
            f"{self.select} selects" if self.select is not None else "",
            f"model {self.model}" if self.model is not None else "",
            f"functions of {self.functionbase}" if self.functionbase is not None else "",
            "no emergency" if self.drops else "",
        )
        return ", ".join(filter(None, said))

    @property
    def needs_engine(self) -> bool:
        """Tell whether another engine has to be started for it."""
        return self.model is not None or self.functionbase is not None

    def command(self, command: Sequence[str]) -> tuple[str, ...]:
        """Return an engine's command with the parts that are changed; the last word counts."""
        model = () if self.model is None else ("--model", self.model)
        base = () if self.functionbase is None else ("--functionbase", self.functionbase)
        return (*command, *model, *base)

    def player(self, spec: PlayerSpec) -> PlayerSpec:
        """Return who plays in a player's place."""
        if spec.kind != "ld":
            return spec
        settings = dict(spec.settings)
        if self.k is not None:
            settings["k"] = self.k
        if self.select is not None:
            settings["select"] = self.select
        if self.model is not None:
            settings["model"] = self.model
        if self.functionbase is not None:
            settings["functionbase"] = self.functionbase
        return PlayerSpec(spec.kind, settings)


def continued(record: GameRecord, ply: int, change: Change, name: str) -> GameRecord:
    """Return the game that begins with so many turns of another one, and goes on changed.

    Programs play both sides: for a person comes the other side's program, or LD. `name`: of the
    other game's file.
    """
    new = branch_of(record, ply, name, change.text)
    if change.drops:
        new = replace(new, struck=tuple(item for item in new.struck if item.ply < ply))
    blue, orange = (change.player(program_for(record, side)) for side in Side)
    return replace(new, blue=blue, orange=orange)


def still_due(record: GameRecord, ply: int, change: Change) -> tuple[Struck, ...]:
    """Return the emergencies that strike after a position, as they did in the game before."""
    if change.drops:
        return ()
    return tuple(item for item in record.struck if item.ply > ply)


class Continuation(Conductor):
    """A game that programs play out; emergencies strike again at the turns at which they did."""

    def __init__(
        self, game: Game, due: Sequence[Struck], engine: ReviewingEngine, host: Host
    ) -> None:
        super().__init__(game, engine, host, 0.0, len(SPEEDS) - 1)
        self.reviews = Reviews(engine)
        self.analyst = self.reviews
        self._due = list(due)

    def begin(self) -> None:
        """Play from here to the end."""
        self.reviews.look(self.game)
        self._go_on()

    def _go_on(self) -> None:
        due = [item for item in self._due if item.ply <= self.game.ply]
        for item in due:
            self._due.remove(item)
            try:
                self.emergencies.strike(item.emergency)
            except RulesError as error:
                self.notes.add(f"can't strike here: {error}", trouble=True)
        super()._go_on()

    def _turn_done(self) -> None:
        super()._turn_done()
        self.reviews.look(self.game)


def steps_of(game: Game) -> int:
    """Return how many steps a game took, one that capture cut short counted."""
    half = game.record.start.to_move is Side.ORANGE and game.ply > 0
    return game.record.start.steps + (game.ply + half + 1) // 2


def ended_text(game: Game) -> str:
    """Say in a few words how a game ended, or that it goes on."""
    result, steps = game.outcome, steps_of(game)
    if result is None:
        return f"unfinished, step {game.position.steps + 1}"
    loser = result.winner.other
    return {
        Reason.CAPTURE: f"captured in {steps}",
        Reason.STEPS: f"not captured in {steps}",
        Reason.ILLEGAL: f"{loser} forfeits in step {steps}",
        Reason.RESIGNED: f"{loser} gave up in step {steps}",
    }[result.reason]


def compared(old: Game, new: Game, at: int) -> str:
    """Say in one line how a game that was continued otherwise compares with what it was."""
    differs = next(
        (
            ply
            for ply in range(at, min(old.ply, new.ply))
            if old.record.turns[ply].move != new.record.turns[ply].move
        ),
        None,
    )
    if new.outcome is None:
        return "playing…"
    if differs is None and old.ply == new.ply:
        return "the same moves to the end"
    where = f"turn {(differs if differs is not None else min(old.ply, new.ply)) + 1} differs first"
    if old.outcome is None:
        return f"{where}; the game before was not finished"
    if old.outcome != new.outcome:
        return f"{where}; {ended_text(old)}, now {ended_text(new)}"
    more = steps_of(new) - steps_of(old)
    if more == 0:
        return f"{where}; as many steps"
    return f"{where}; {abs(more)} step{'s' * (abs(more) != 1)} {'more' if more > 0 else 'fewer'}"
