"""Games of the agent in which an emergency strikes, with an author and without: played and read.

A game is one of blue's agent against perfect play up to step `STRIKE`; there an emergency strikes,
for good as a rule, so that par under the new rules is exact. Everything counts from there.
"""

import contextlib
import random
from dataclasses import dataclass, replace

from ld_tui import __version__
from ld_tui.agent.emergency import NOBODY
from ld_tui.agent.events import (
    AuthorGaveUp,
    FellBack,
    FunctionAdmitted,
    Rejected,
    event_from_dict,
)
from ld_tui.agent.loop import Agent, Settings
from ld_tui.arena.game import Game
from ld_tui.arena.match import play_out
from ld_tui.arena.players import LdPlayer, Player, make_player
from ld_tui.arena.resources import Resources
from ld_tui.bench.emergency_look import Look, Pick
from ld_tui.errors import RulesError
from ld_tui.functionbase.manual import parse_manual
from ld_tui.game.emergencies import DURATION
from ld_tui.game.notation import parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Position, Side
from ld_tui.game.schedule import random_emergency

STRIKE = 2
"""Steps finished when the emergency strikes."""
PASSING = frozenset({"jam"})
"""Kinds that pass after `DURATION` steps: a dot that is stuck for good lets orange escape for ever.
Their par is that of the same position without them, which nobody can reach."""


@dataclass(frozen=True, slots=True)
class Task:
    """A game to be played."""

    kind: str
    """Of the emergency."""
    author: str
    index: int
    """0-based place of its start."""
    start: str
    seed: int


@dataclass(slots=True)
class Struck:
    """What came of a game after the emergency."""

    task: Task
    won: bool = False
    steps: int = 0
    """From the emergency on; to the step limit where blue didn't capture."""
    par: int | None = None
    """Under the new rules, from where the emergency struck; None: orange can escape for ever."""
    illegal: int = 0
    fallbacks: int = 0
    recover: int = 0
    """Steps up to the last one in which a function was struck, or nothing was left."""
    seconds: float = 0.0
    """From the emergency until the author was done; 0 where nobody was asked."""
    written: int = 0
    """Functions admitted."""
    picks: tuple[Pick, ...] = ()
    retrieved: int = 0
    """Functions of the base retrieved for moves."""
    stale: int = 0
    """Those of them that fail, or propose what the rules now refuse."""


def play_struck(task: Task, k: int, resources: Resources) -> Struck | None:
    """Play one game; None where it ended before anything could strike.

    The same task gives the same game but for timings; up to the emergency it is the same whoever
    writes.
    """
    agent = resources.agent()
    if task.author == NOBODY:
        agent = replace(agent, author=None)
    players: dict[Side, Player] = {
        Side.BLUE: LdPlayer(agent, Settings(k=k)),
        Side.ORANGE: make_player(PlayerSpec("perfect"), resources),
    }
    specs = (PlayerSpec("ld"), PlayerSpec("perfect"))
    game = Game(GameRecord(parse_position(task.start), *specs, task.seed, __version__))
    play_out(game, players, until=STRIKE)
    if not _strike(game, task):
        return None
    ply, before = game.ply, game.position
    play_out(game, players)
    return _read(task, game, ply, before, agent, resources)


def _strike(game: Game, task: Task) -> bool:
    """Let the task's emergency strike; tell whether there is a game to play after it."""
    if game.outcome is None:
        rng = random.Random(f"{task.kind} {task.seed}")
        duration = DURATION if task.kind in PASSING else None
        with contextlib.suppress(RulesError):
            game.strike(random_emergency(task.kind, game.position, rng, duration))
            return game.outcome_now() is None
    return False


def _par(struck: Position, resources: Resources) -> int | None:
    """Return the steps from where an emergency struck, under best play of both."""
    if any(change.kind in PASSING for change in struck.changes):
        struck = replace(struck, changes=())
    return resources.table(struck).value(struck)


def _read(
    task: Task, game: Game, ply: int, struck: Position, agent: Agent, resources: Resources
) -> Struck:
    """Read what happened from a ply on, where `struck` was reached, from the game's own events."""
    found = Struck(task, par=_par(struck, resources))
    manuals = {manual.name: manual for manual in resources.functionbase().manuals}
    turns = zip(game.record.turns[ply:], game.positions[ply:], strict=False)
    for turn, position in turns:
        if turn.side is not Side.BLUE:
            continue
        events = [event_from_dict(event) for event in turn.events]
        for event in events:
            match event:
                case FunctionAdmitted():
                    manuals[event.name] = parse_manual(event.text)
                    found.written += 1
                    found.seconds = event.ms / 1000
                case AuthorGaveUp():
                    found.seconds = event.ms / 1000
                case Rejected() | FellBack():
                    found.fallbacks += isinstance(event, FellBack)
                    found.recover = position.steps - struck.steps + 1
                case _:
                    pass
        look = Look(position, events, manuals, agent, resources)
        found.picks = (*found.picks, *look.picks())
        retrieved, stale = look.stale()
        found.retrieved, found.stale = found.retrieved + retrieved, found.stale + stale
    assert game.outcome is not None
    found.won = game.outcome.winner is Side.BLUE
    # A step that capture cut short counts as a whole one.
    done = (len(game.record.turns) - ply + 1) // 2
    found.steps = done if found.won else struck.rules.max_steps - struck.steps
    found.illegal = game.position.illegal.blue - struck.illegal.blue
    return found
