"""What the agent itself makes of a base: it retrieves and selects, and what it plays is valued.

A set of functions in which one is always good is worth little to a selector that can't tell which.
So the plans of a base that is composed are tried out with the retriever and the S-LLM which will
choose among them.
"""

import contextlib
import random
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ld_tui import __version__, paths
from ld_tui.agent.events import Decided, Event
from ld_tui.agent.loop import Agent, Select, Settings, select_by_llm
from ld_tui.arena.game import Game, History
from ld_tui.arena.match import play_out
from ld_tui.arena.players import LdPlayer, Player
from ld_tui.arena.pursuit import (
    PursuitSituation,
    function_state,
    result_cells,
    result_plain,
    situation_of,
)
from ld_tui.arena.resources import Resources
from ld_tui.authoring.judge import Judge, TableOf, Values
from ld_tui.authoring.measure import ILLEGAL, LONG, Lost
from ld_tui.functionbase.embedding import Embedder, Vectors
from ld_tui.functionbase.exact import ExactIndex
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.retriever import Retriever, entries_of
from ld_tui.functionbase.store import FunctionBase, Stage
from ld_tui.game.board import Cell
from ld_tui.game.notation import format_move
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Position, Side
from ld_tui.sandbox.run import Ran, Sandbox
from ld_tui.tablebase.world import World

Cells = tuple[Cell, ...]
FAR = 30
"""Steps after which a game that tries a base out is not played on."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who will choose among the functions: the retriever's embedding model and the S-LLM."""

    select: Select
    embedder: Embedder
    k: int = 5
    """Candidates that the retriever hands over."""


def reader_of(resources: Resources) -> Reader:
    """Return the retriever's model and the S-LLM in use. Raises ModelError where one can't load."""
    from ld_tui.functionbase.embedding import load_embedder

    embedder = load_embedder(resources.sources.embedder or paths.SHIPPED_EMBEDDER)
    return Reader(select_by_llm(resources.selector()), embedder)


class Trial:
    """Decisions of an agent with two stages, plan and move, in some positions of one side."""

    def __init__(
        self,
        stages: tuple[Stage, Stage],
        positions: Sequence[Position],
        reader: Reader,
        sandbox: Sandbox,
        table_of: TableOf,
        written_for: tuple[str, ...],
    ) -> None:
        """`written_for`: changes of the rules that are no emergency to the base."""
        self.stages, self.reader, self.sandbox = stages, reader, sandbox
        self.positions = positions
        none = np.zeros((0,), dtype=np.int64)
        self.judge = Judge(stages[0].side, "move", positions, none, table_of)
        self.best = _steps(self.judge.best())
        self._situations: list[PursuitSituation] = [
            situation_of(each, (), 0, written_for) for each in positions
        ]
        self._vectors: dict[str, Vectors] = {}
        self._chosen: dict[tuple[int, str, tuple[str, ...]], str] = {}
        self._results: dict[tuple[int, str, str], Cells | None] = {}

    def lost(self, plans: Sequence[Manual], moves: Sequence[Manual]) -> tuple[Lost, list[str]]:
        """Return [positions] the steps that the agent loses, and the plan it chose in each.

        A function that fails counts as a proposal that the rules refuse.
        """
        here = [each.dots(each.to_move) for each in self.positions]
        ends, names, fine = [], [], []
        for at in range(len(self.positions)):
            plan = self._choose(at, self.stages[0], plans, None)
            names.append(plan.name)
            found = self._run(at, self.stages[0], plan, None)
            if found is not None:
                given = result_plain(self.stages[0].result, found)
                move = self._choose(at, self.stages[1], moves, given)
                found = self._run(at, self.stages[1], move, given)
            fine.append(found is not None)
            ends.append(found or here[at])
        cells = np.array(ends)
        values, legal = self.judge.of_ends(cells if self._is_blue else cells[:, 0])
        more = _steps(values) - self.best
        lost = np.maximum(more if self._is_blue else -more, 0)
        return np.where(legal & np.array(fine), lost, ILLEGAL), names

    @property
    def _is_blue(self) -> bool:
        return self.stages[0].side == "blue"

    def _choose(self, at: int, stage: Stage, manuals: Sequence[Manual], given: object) -> Manual:
        """Return what the agent selects among the K manuals that are nearest."""
        text = self._situations[at].state_text(stage, given)
        query = self._vector(f"{stage.question} {text}")
        near = sorted(
            manuals, key=lambda each: (-float(query @ self._vector(each.text)), each.name)
        )[: self.reader.k]
        key = (at, text, tuple(sorted(each.name for each in near)))
        if key not in self._chosen:
            shares = self.reader.select(stage, text, near)
            self._chosen[key] = near[int(np.argmax(shares))].name
        return next(each for each in near if each.name == self._chosen[key])

    def _vector(self, text: str) -> Vectors:
        if text not in self._vectors:
            self._vectors[text] = self.reader.embedder.embed([text])[0]
        return self._vectors[text]

    def _run(self, at: int, stage: Stage, manual: Manual, given: object) -> Cells | None:
        key = (at, manual.name, str(given))
        if key not in self._results:
            position = self.positions[at]
            call = (function_state(position, 0), given)
            ran = self.sandbox.run(manual.name, manual.source, call)
            self._results[key] = None
            if isinstance(ran, Ran):
                with contextlib.suppress(ValueError):
                    self._results[key] = result_cells(stage.result, position, ran.value)
        return self._results[key]


@dataclass(frozen=True, slots=True)
class Tried:
    """A set of plans, and the steps that the agent loses with it in a decision."""

    plans: tuple[Manual, ...]
    lost: float


def climb(
    trial: Trial,
    sets: Sequence[Sequence[Manual]],
    pool: Sequence[Manual],
    moves: Sequence[Manual],
    kept: int,
    proposals: int,
    seed: str,
) -> Iterator[Tried]:
    """Yield the best of some sets of plans, then what it becomes; the last is the result.

    Each of a number of `proposals` puts one of the `pool` into the place of another: of those with
    which more is lost the sooner. It stays where the agent then loses less. The first `kept` of a
    set are never replaced.
    """
    rng = random.Random(f"trial {seed}")
    found = [(*trial.lost(plans, moves), list(plans)) for plans in sets]
    lost, chosen, plans = min(found, key=lambda each: float(each[0].mean()))
    yield Tried(tuple(plans), float(lost.mean()))
    for _ in range(proposals):
        names = {each.name for each in plans}
        others = [each for each in pool if each.name not in names]
        places = range(kept, len(plans))
        if not others or not places:
            return
        weights = [
            1.0
            + float(sum(lost[at] for at, name in enumerate(chosen) if name == plans[place].name))
            for place in places
        ]
        (place,) = rng.choices(places, weights)
        proposed = [*plans[:place], rng.choice(others), *plans[place + 1 :]]
        new, which = trial.lost(proposed, moves)
        if new.mean() < lost.mean():
            lost, chosen, plans = new, which, proposed
        yield Tried(tuple(plans), float(lost.mean()))


def steps_played(
    base: FunctionBase,
    manuals: Sequence[Manual],
    starts: Sequence[Position],
    reader: Reader,
    sandbox: Sandbox,
    table_of: TableOf,
) -> float:
    """Return the mean length of the agent's games with some functions, against perfect play.

    Blue begins. The side is that of the functions; `base` has its stages. A game without a capture
    counts, and is played to, `FAR` steps.
    """
    (side,) = {Side(manual.side) for manual in manuals}
    entries = entries_of(manuals)
    vectors = reader.embedder.embed([entry.text for entry in entries])
    held = replace(base, manuals=tuple(manuals))
    retriever = Retriever(held, reader.embedder, ExactIndex(entries, vectors, None))
    agent = Agent(held.stages_of, retriever, sandbox, None, chooser=reader.select)
    players: dict[Side, Player] = {
        side: LdPlayer(agent, Settings(reader.k)),
        side.other: _Perfect(table_of),
    }
    found = []
    for number, start in enumerate(starts):
        specs = (PlayerSpec("ld"), PlayerSpec("perfect"))
        blue, orange = specs if side is Side.BLUE else reversed(specs)
        game = Game(GameRecord(start, blue, orange, number, __version__))
        play_out(game, players, until=FAR)
        over = game.outcome
        captured = over is not None and over.winner is Side.BLUE
        found.append((game.ply + 1) // 2 if captured else FAR)
    return statistics.mean(found)


@dataclass(frozen=True, slots=True)
class _Perfect:
    table_of: TableOf

    def decide(self, position: Position, history: History, seed: int) -> Iterator[Event]:
        table = self.table_of(World.of(position))
        yield Decided(format_move(table.best_move(position, random.Random(seed))), 0.0, 0, 0)


def _steps(values: Values) -> Lost:
    return np.minimum(values, LONG).astype(np.float64)
