"""Who decides: players of either side, all behind the same one method.

A player sees a position, the game's history and a seed, and yields events; who counts illegal
choices and plays the move is the referee (see game.py). The same seed gives the same decision.
"""

import hashlib
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ld_tui.agent.emergency import NOBODY
from ld_tui.agent.events import Decided, Event, ms_since
from ld_tui.agent.loop import Agent, Settings
from ld_tui.arena.direct import DirectPlayer
from ld_tui.arena.game import History
from ld_tui.arena.levels import strength_of
from ld_tui.arena.pursuit import situation_of
from ld_tui.arena.resources import Resources, needs_llm
from ld_tui.errors import TablebaseError, UsageError
from ld_tui.game.board import Cell, distance
from ld_tui.game.notation import format_move
from ld_tui.game.record import PlayerSpec
from ld_tui.game.rules import (
    DOTS,
    Move,
    Position,
    Side,
    as_known,
    destinations,
    dot_destinations,
    legal_moves,
)

PROGRAMS = ("ld", "perfect", "greedy", "random", "kd")
"""Kinds of player that decide by themselves."""
DIRECT = "llm:"
"""Begins the kind of a player that is a language model asked for moves: `llm:FILE`, `llm:URL`."""
HUMAN = "human"
SELECTIONS = ("s-llm", "random", "first")


class Player(Protocol):
    """One who decides."""

    def decide(self, position: Position, history: History, seed: int) -> Iterator[Event]:
        """Yield what is done to decide; the last event, only, is `Decided` or `GaveUp`."""


def decision_seed(game_seed: int, ply: int, attempt: int = 0) -> int:
    """Return the seed of one decision, 0 to 2**31 - 1: a resumed game goes on as it would have.

    `attempt` counts the illegal answers that the decision has had so far.
    """
    digest = hashlib.sha256(f"{game_seed} {ply} {attempt}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def make_player(spec: PlayerSpec, resources: Resources) -> Player:
    """Return the player that a spec names, with its parts loaded.

    Raises UsageError for a kind or settings that don't exist, or what loading its parts raises.
    """
    match spec.kind:
        case "random":
            return RandomPlayer()
        case "greedy":
            return GreedyPlayer()
        case "perfect":
            return PerfectPlayer(resources)
        case "kd":
            return DirectPlayer(resources.kd(), "kd")
        case "ld":
            settings, share = ld_settings(spec.settings), strength_of(spec.settings).perfect
            agent = resources.agent(needs_llm(settings.select))
            if spec.settings.get("author") == NOBODY:
                agent = replace(agent, author=None)
            if share:
                return SharedPlayer(LdPlayer(agent, settings), PerfectPlayer(resources), share)
            return LdPlayer(agent, settings)
    if spec.kind.startswith(DIRECT):
        name = spec.kind.removeprefix(DIRECT)
        return DirectPlayer(resources.completer(name), spec.kind)
    raise UsageError(
        f"{spec.kind!r} is no player; there are {', '.join(PROGRAMS)}, {DIRECT}FILE and {DIRECT}URL"
    )


def is_program(kind: str) -> bool:
    """Tell whether a kind of player decides by itself."""
    return kind in PROGRAMS or (kind.startswith(DIRECT) and kind != DIRECT)


def ld_settings(data: Mapping[str, Any]) -> Settings:
    """Read how an LD player decides; other settings are none of the agent's business.

    Raises UsageError for a value that no agent can have.
    """
    select, chosen = data.get("select", Settings().select), data.get("chosen", [])
    if select not in SELECTIONS:
        raise UsageError(f"select is one of {', '.join(SELECTIONS)}, not {select!r}")
    if not isinstance(chosen, list) or any(not isinstance(name, str) for name in chosen):
        raise UsageError(f"chosen is a list of functions' names, not {chosen!r:.60}")
    strength = strength_of(data)
    return Settings(
        k=strength.k,
        select=select,
        temperature=strength.temperature,
        functions=strength.functions,
        chosen=tuple(chosen),
    )


@dataclass(frozen=True, slots=True)
class RandomPlayer:
    """Plays any legal move, each with equal probability."""

    def decide(self, position: Position, history: History, seed: int) -> Iterator[Event]:
        started = time.perf_counter()
        move = _rng(seed, "random").choice(legal_moves(position))
        yield _decided(move, started)


@dataclass(frozen=True, slots=True)
class GreedyPlayer:
    """Blue: every dot straight at orange. Orange: away from the nearest dot.

    Blue takes, for each dot by itself, the legal destination nearest to orange; among equals the
    one from which orange's next cells are nearer on average, then by the seed. Orange takes the
    legal cell whose nearest dot is farthest; among equals the one with the farther other dots,
    then with more ways on, then by the seed.
    """

    def decide(self, position: Position, history: History, seed: int) -> Iterator[Event]:
        started = time.perf_counter()
        rng = _rng(seed, "greedy")
        position = as_known(position)
        side = position.to_move
        choose = self._toward if side is Side.BLUE else self._away
        dots = range(DOTS if side is Side.BLUE else 1)
        targets = tuple(choose(position, dot_destinations(position, dot), rng) for dot in dots)
        yield _decided(Move(position.dots(side), targets), started)

    def _toward(self, position: Position, found: tuple[Cell, ...], rng: random.Random) -> Cell:
        rules, orange = position.rules, position.orange
        ways = destinations(rules, orange, rules.units(Side.ORANGE))

        def cost(cell: Cell) -> tuple[int, int]:
            return distance(cell, orange), sum(distance(cell, way) for way in ways)

        best = min(map(cost, found))
        return rng.choice([cell for cell in found if cost(cell) == best])

    def _away(self, position: Position, found: tuple[Cell, ...], rng: random.Random) -> Cell:
        rules = position.rules

        def worth(cell: Cell) -> tuple[list[int], int]:
            gaps = sorted(distance(cell, dot) for dot in position.blue)
            return gaps, len(destinations(rules, cell, rules.units(Side.ORANGE)))

        best = max(map(worth, found))
        return rng.choice([cell for cell in found if worth(cell) == best])


@dataclass(frozen=True, slots=True)
class PerfectPlayer:
    """Plays a best move by the tablebase, among equals by the seed."""

    resources: Resources

    def decide(self, position: Position, history: History, seed: int) -> Iterator[Event]:
        table = self.resources.table(position)
        started = time.perf_counter()
        yield _decided(table.best_move(position, _rng(seed, "perfect")), started)


@dataclass(frozen=True, slots=True)
class LdPlayer:
    """The agent: retrieves, selects and executes functions, stage by stage."""

    agent: Agent
    settings: Settings

    def decide(self, position: Position, history: History, seed: int) -> Iterator[Event]:
        written_for = self.agent.retriever.base.written_for
        situation = situation_of(position, history, seed, written_for)
        yield from self.agent.decide(situation, replace(self.settings, seed=seed))


@dataclass(frozen=True, slots=True)
class SharedPlayer:
    """The agent, with a share of its turns, drawn by the seed, played by the tablebase.

    The agent decides also these where the board is too large to be solved, or fog hides orange.
    """

    agent: LdPlayer
    perfect: PerfectPlayer
    share: float

    def decide(self, position: Position, history: History, seed: int) -> Iterator[Event]:
        knows_all = position.to_move is Side.ORANGE or position.rules.sight is None
        if knows_all and _rng(seed, "share").random() < self.share:
            try:
                yield from self.perfect.decide(position, history, seed)
                return
            except TablebaseError:
                pass
        yield from self.agent.decide(position, history, seed)


def _rng(seed: int, purpose: str) -> random.Random:
    return random.Random(f"{purpose} {seed}")


def _decided(move: Move, started: float) -> Decided:
    return Decided(format_move(move), ms_since(started), read=0, written=0)
