"""The games of a benchmark: which there are, how one is played, and what is kept of it.

A game depends on its start, its players and its seed alone; the seed is that of the start, so
that all methods meet the same luck and can be compared pair by pair.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ld_tui import __version__
from ld_tui.agent.events import decision_tokens
from ld_tui.arena.game import Game
from ld_tui.arena.match import game_seed, play_out
from ld_tui.arena.roster import LD
from ld_tui.arena.scores import score
from ld_tui.arena.study import StageStudy, study_from_dict, study_game, study_to_dict
from ld_tui.bench.methods import Cast
from ld_tui.game.notation import format_position, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Reason, Side
from ld_tui.llm.call import Tokens


@dataclass(frozen=True, slots=True)
class Pairing:
    """A method on its side against an opponent on the other."""

    side: Side
    method: str
    opponent: str


@dataclass(frozen=True, slots=True)
class Task:
    """One game, before it is played."""

    pairing: Pairing
    index: int
    """0-based place of its start in the file of starts."""
    start: str
    """Position notation."""
    seed: int


@dataclass(frozen=True, slots=True)
class Played:
    """A finished game, from its method's side."""

    pairing: Pairing
    index: int
    start: str
    seed: int
    won: bool
    """Whether the method's side won: blue by capture, orange by not being captured, or either by
    the other's illegal choices."""
    reason: Reason
    steps: int
    """Steps until blue won; the step limit where it did not."""
    par: int
    """Steps under best play of both."""
    illegal: int
    """The method's illegal choices."""
    ms: tuple[float, ...]
    """Milliseconds of each of the method's decisions."""
    tokens: int | None = 0
    """Tokens that the method's language model read and wrote in all of them; None where a server
    doesn't tell."""
    stages: tuple[StageStudy, ...] = field(default=())
    """Every stage of every decision, where the method is `ld`."""

    @property
    def forfeited(self) -> bool:
        """Tell whether the method lost by illegal choices."""
        return self.reason is Reason.ILLEGAL and not self.won


def tasks_of(pairing: Pairing, starts: tuple[str, ...], seed: int) -> list[Task]:
    """Return a pairing's games, one for each start."""
    return [Task(pairing, at, start, game_seed(seed, at)) for at, start in enumerate(starts)]


def play_task(task: Task, cast: Cast) -> Played:
    """Play a game to its end and look at what its method did."""
    pairing, start = task.pairing, parse_position(task.start)
    names = {pairing.side: pairing.method, pairing.side.other: pairing.opponent}
    specs = {side: PlayerSpec(name) for side, name in names.items()}
    game = Game(GameRecord(start, specs[Side.BLUE], specs[Side.ORANGE], task.seed, __version__))
    players = {side: cast.player(name, side) for side, name in names.items()}
    play_out(game, players)
    found = score(task.index, game, cast.resources)
    own = found.blue if pairing.side is Side.BLUE else found.orange
    assert found.par is not None  # on an open board blue always wins in the end
    stages: list[StageStudy] = []
    if pairing.method == LD:
        stages = study_game(game, pairing.side, cast.chains(pairing.side), cast.resources)
    return Played(
        pairing,
        task.index,
        format_position(start),
        task.seed,
        won=found.winner is pairing.side,
        reason=found.reason,
        steps=found.counted,
        par=found.par,
        illegal=own.illegal,
        ms=own.ms,
        tokens=tokens_spent(game, pairing.side),
        stages=tuple(stages),
    )


def tokens_spent(game: Game, side: Side) -> int | None:
    """Return the tokens that language models read and wrote in a side's decisions."""
    record = game.record
    decisions = [turn.events for turn in record.turns if turn.side is side]
    if record.last_events and game.position.to_move is side:
        decisions.append(record.last_events)
    return sum(map(decision_tokens, decisions), Tokens()).total


def played_to_dict(played: Played) -> dict[str, Any]:
    """Return a game as plain data for a line of JSON."""
    return {
        "side": str(played.pairing.side),
        "method": played.pairing.method,
        "opponent": played.pairing.opponent,
        "index": played.index,
        "start": played.start,
        "seed": played.seed,
        "won": played.won,
        "reason": str(played.reason),
        "steps": played.steps,
        "par": played.par,
        "illegal": played.illegal,
        "ms": list(played.ms),
        "tokens": played.tokens,
        "stages": [study_to_dict(study) for study in played.stages],
    }


def played_from_dict(data: Mapping[str, Any]) -> Played:
    """Read what `played_to_dict` wrote. Raises KeyError, TypeError or ValueError for other data."""
    return Played(
        Pairing(Side(data["side"]), str(data["method"]), str(data["opponent"])),
        int(data["index"]),
        str(data["start"]),
        int(data["seed"]),
        bool(data["won"]),
        Reason(data["reason"]),
        int(data["steps"]),
        int(data["par"]),
        int(data["illegal"]),
        tuple(map(float, data["ms"])),
        None if data["tokens"] is None else int(data["tokens"]),
        tuple(study_from_dict(study) for study in data["stages"]),
    )
