"""The teacher: plays games, and says in each state what every function is worth there.

It is the tablebase. In each state every plan function is run, and every move function on every
plan's result; the outcome is worth the steps to capture that it leaves. A plan function's value is
that of the best move function after it; a move function's, that with the plan at hand.

Half of all functions tie in most states; those where every value is equal are left out, but for a
twentieth; under changed rules a move stage's are kept, for there composed functions differ. The
same seed gives the same labels.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ld_tui.arena.pursuit import function_state
from ld_tui.functionbase.store import FunctionBase
from ld_tui.game.board import Cell
from ld_tui.game.emergencies import Emergency, Fog, strike
from ld_tui.game.notation import format_position, parse_position
from ld_tui.game.rules import (
    DOTS,
    Move,
    Position,
    Rules,
    Side,
    apply,
    illegality,
    is_captured,
    outcome,
)
from ld_tui.game.schedule import random_emergency, random_roadblock
from ld_tui.game.starts import random_start
from ld_tui.tablebase.solve import NEVER
from ld_tui.tablebase.table import Table
from ld_tui.tablebase.tables import Tables
from ld_tui.training.labels import NOTE, Labels, Values, read_labels, write_labels
from ld_tui.training.taboo import benchmark_boards, is_benchmark

Function = Callable[[dict[str, Any], Any], Any]

SIZES = ((10, 0.68), (12, 0.05), (11, 0.05), (9, 0.06), (8, 0.08), (7, 0.04), (6, 0.04))
"""Board sizes and the share of games played on each."""
CHANGED = 0.22
"""Share of games under changed rules, on boards of `CHANGED_SIZES` whatever `SIZES` says."""
CHANGED_SIZES = ((8, 0.6), (10, 0.4))
KINDS = (("roadblock", 0.4), ("jam", 0.2), ("sprint", 0.15), ("fog", 0.15), ("storm", 0.1))
"""Emergencies and the share of changed games in which each strikes first."""
CHUNK = 100
"""Games that are played and kept together."""


def compile_functions(base: FunctionBase) -> dict[str, Function]:
    """Return the base's functions as CPython runs them, by name.

    For the shipped base only, whose sources are ours: nothing guards the interpreter here.
    """
    found: dict[str, Function] = {}
    for manual in base.manuals:
        space: dict[str, Any] = {}
        exec(manual.source, space)
        found[manual.name] = space[manual.name]
    return found


@dataclass(frozen=True, slots=True)
class Teacher:
    """Runs every plan and move function of a side in a state and values what comes out."""

    base: FunctionBase
    functions: dict[str, Function]

    def names(self, side: str, stage: str) -> tuple[str, ...]:
        return tuple(manual.name for manual in self.base.manuals_of(side, stage))

    def study(self, position: Position, table: Table) -> tuple[list[Any], list[list[Move]], Values]:
        """Return every plan's o_1 [P], every move [P][M] and its value [P, M].

        A value is the steps to capture once the move is played, the step in hand counted.
        """
        side = str(position.to_move)
        state = function_state(position, 0)
        plans, moves = [], []
        for plan in self.names(side, "plan"):
            result = self.functions[plan](state, None)
            cells = result if side == "blue" else [result]
            tidy: Any = [tuple(cell) for cell in cells]
            plans.append(tidy if side == "blue" else tidy[0])
            moves.append(
                [
                    self._move(position, self.functions[name](state, plans[-1]))
                    for name in self.names(side, "move")
                ]
            )
        flat = [move for row in moves for move in row]
        return plans, moves, self._values(position, flat, table).reshape(len(plans), -1)

    def _move(self, position: Position, result: Sequence[Sequence[int]]) -> Move:
        return Move(position.dots(position.to_move), tuple(Cell(*cell) for cell in result))

    def _values(self, position: Position, moves: Sequence[Move], table: Table) -> Values:
        """Return what moves are worth; an illegal one is two steps worse than the worst legal."""
        legal = np.array([illegality(position, move) is None for move in moves])
        found = np.zeros(len(moves), dtype=np.uint8)
        if legal.any():
            found[legal] = self._legal_values(
                position, [move for move, good in zip(moves, legal, strict=True) if good], table
            )
            blue = position.to_move is Side.BLUE
            if blue:
                found = np.minimum(found, NEVER - 2).astype(np.uint8)
            of_legal = found[legal]
            found[~legal] = of_legal.max() + 2 if blue else max(2, of_legal.min()) - 2
        else:
            found[:] = NEVER if position.to_move is Side.BLUE else 0
        return found

    def _legal_values(self, position: Position, moves: Sequence[Move], table: Table) -> Values:
        size = position.base.size
        after = [apply(position, move) for move in moves]
        free = [dot for dot in range(DOTS) if dot not in position.rules.frozen]
        dots = np.array(
            [[each.blue[dot].col * size + each.blue[dot].row for dot in free] for each in after]
        )
        orange = np.array([each.orange.col * size + each.orange.row for each in after])
        captured = np.array([is_captured(each) for each in after])
        if position.to_move is Side.BLUE:
            found = table.values_orange(dots, orange)
        else:
            later = table.values_blue(dots, orange)
            found = np.where(later == NEVER, later, later + np.uint8(1))
        return np.where(captured, np.uint8(1), found).astype(np.uint8)


@dataclass(slots=True)
class _Rows:
    """The labels of one stage while they are gathered."""

    positions: list[str] = field(default_factory=list)
    previous: list[Any] = field(default_factory=list)
    values: list[Values] = field(default_factory=list)
    games: list[int] = field(default_factory=list)

    def add(self, position: Position, previous: Any, values: Values, game: int) -> None:
        self.positions.append(format_position(position))
        self.previous.append(previous)
        self.values.append(values)
        self.games.append(game)

    def labels(self, side: str, stage: str, names: tuple[str, ...]) -> Labels:
        """Return what was gathered."""
        shape = {"blue": (3, 2), "orange": (2,)}[side] if stage == "move" else (0,)
        return Labels(
            side,
            stage,
            np.array(self.positions, dtype=np.str_),
            np.array(self.previous, dtype=np.int8).reshape(len(self.positions), *shape),
            np.array(self.values, dtype=np.uint8).reshape(len(self.positions), len(names)),
            names,
            np.array(self.games, dtype=np.int32),
        )


def make_labels(
    base: FunctionBase,
    tables: Tables,
    counts: dict[str, int],
    seed: int,
    progress: Callable[[str], None] = lambda line: None,
    folder: Path | None = None,
) -> list[Labels]:
    """Play games of mixed strength and label what comes up, `counts[side]` states a side.

    Games are played in chunks, each by its own seed. With a folder each chunk is kept there, and a
    run that was broken off goes on after the last one.
    """
    teacher = Teacher(base, compile_functions(base))
    chunks: list[list[Labels]] = []
    done = dict.fromkeys(counts, 0)
    while any(done[side] < counts[side] for side in counts):
        kept = folder / f"{len(chunks):04}" if folder else None
        if kept and (kept / NOTE).is_file():
            found = read_labels(kept)
        else:
            found = _chunk(teacher, tables, seed, len(chunks))
            if kept:
                write_labels(kept, found, seed)
        chunks.append(found)
        for each in found:
            if each.stage == "plan":
                done[each.side] += len(each.positions)
        progress(
            f"game {len(chunks) * CHUNK}: "
            + ", ".join(f"{side} {done[side]}/{counts[side]}" for side in counts)
        )
    return [
        _joined([chunk[at] for chunk in chunks], counts[chunks[0][at].side])
        for at in range(len(chunks[0]))
    ]


def _chunk(teacher: Teacher, tables: Tables, seed: int, number: int) -> list[Labels]:
    """Play the games of one chunk and return the labels of every stage."""
    rng = random.Random(f"labels {seed} {number}")
    rows = {(side, stage): _Rows() for side in ("blue", "orange") for stage in ("plan", "move")}
    seen: set[str] = set()
    for game in range(number * CHUNK + 1, (number + 1) * CHUNK + 1):
        (size,) = rng.choices([s for s, _ in SIZES], [share for _, share in SIZES])
        position = random_start(rng, Rules(size=size))
        if rng.random() < CHANGED:
            position = changed_start(rng)
            if outcome(position) is not None:
                continue  # a storm can push three dots beside orange
        _play(teacher, tables.for_position(position), position, rng, rows, seen, game)
    return [found.labels(*key, teacher.names(*key)) for key, found in rows.items()]


def changed_start(rng: random.Random) -> Position:
    """Return a start under one emergency for good, or, for one in four, under two or three."""
    (size,) = rng.choices([s for s, _ in CHANGED_SIZES], [share for _, share in CHANGED_SIZES])
    position = random_start(rng, Rules(size=size))
    count = rng.choices((1, 2, 3), (0.75, 0.2, 0.05))[0]
    for kind in rng.choices([k for k, _ in KINDS], [share for _, share in KINDS], k=count):
        if kind in {change.kind for change in position.changes} - {"roadblock"}:
            continue
        if kind == "roadblock":
            found: Emergency = random_roadblock(position, rng, rng.randint(1, 3))
        else:
            found = random_emergency(kind, position, rng, None)
        if isinstance(found, Fog):
            found = replace(found, sight=rng.randint(1, 4))
        position = strike(position, replace(found, until=None))
    return position


def _joined(chunks: Sequence[Labels], states: int) -> Labels:
    """Return chunks as one, each board once, at most `states` boards, none of the benchmark's."""
    first = chunks[0]
    seen: dict[str, int] = {}
    taboo = benchmark_boards()
    kept: list[npt.NDArray[np.bool_]] = []
    for at, chunk in enumerate(chunks):
        keep = np.zeros(len(chunk.positions), dtype=bool)
        for row, text in enumerate(map(str, chunk.positions)):
            if is_benchmark(parse_position(text), taboo):
                continue
            fields = text.split(" ")
            board = " ".join((*fields[:4], fields[-1]))
            if len(seen) < states or board in seen:
                keep[row] = seen.setdefault(board, at) == at
        kept.append(keep)
    pairs = list(zip(chunks, kept, strict=True))
    return Labels(
        first.side,
        first.stage,
        np.concatenate([chunk.positions[keep] for chunk, keep in pairs]),
        np.concatenate([chunk.previous[keep] for chunk, keep in pairs]),
        np.concatenate([chunk.values[keep] for chunk, keep in pairs]),
        first.names,
        np.concatenate([chunk.games[keep] for chunk, keep in pairs]),
    )


def _play(
    teacher: Teacher,
    table: Table,
    position: Position,
    rng: random.Random,
    rows: dict[tuple[str, str], _Rows],
    seen: set[str],
    game: int,
) -> None:
    """Play one game by random, good and perfect choices, labeling each new state."""
    skill = {side: rng.choice((0.2, 0.6, 0.9)) for side in Side}
    for _ in range(36):
        if outcome(position) is not None:
            return
        side = position.to_move
        plans, moves, values = teacher.study(position, table)
        signs = values if side is Side.BLUE else 255 - values
        best = np.unravel_index(int(signs.argmin()), signs.shape)
        key = format_position(position).split(" ")
        board = " ".join(key[:4])
        if board not in seen:
            seen.add(board)
            _label(position, plans, values, int(best[0]), rng, rows, game)
        best_by_functions = moves[best[0]][best[1]]
        if illegality(position, best_by_functions) is not None:
            best_by_functions = table.best_move(position, rng)
        if rng.random() > skill[side]:
            legal = [m for row in moves for m in row if illegality(position, m) is None]
            move = rng.choice(legal or [best_by_functions])
        else:
            move = rng.choice((table.best_move(position, rng), best_by_functions))
        position = apply(position, move)


def _label(
    position: Position,
    plans: Sequence[Any],
    values: Values,
    best: int,
    rng: random.Random,
    rows: dict[tuple[str, str], _Rows],
    game: int,
) -> None:
    side = str(position.to_move)
    of_plans = values.min(axis=1) if side == "blue" else values.max(axis=1)
    if _is_open(of_plans, rng):
        rows[side, "plan"].add(position, (), of_plans, game)
    for plan in sorted({best, *rng.sample(range(len(plans)), 2)}):
        if position.changes or _is_open(values[plan], rng):
            rows[side, "move"].add(position, plans[plan], values[plan], game)


def _is_open(values: Values, rng: random.Random) -> bool:
    """Tell whether a choice matters here; of the others one in twenty is kept."""
    return bool(values.min() != values.max()) or rng.random() < 0.05
