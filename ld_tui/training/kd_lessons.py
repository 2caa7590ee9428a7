"""What the KD baseline is taught: the teacher's moves, and a vocabulary to write them in.

As in the paper, the teacher is asked in what play reaches from 221 starts, 103,355 times. An
output is a whole turn: the tablebase's best move in a position, 75,000 of blue's (of three dots
each) and 28,355 of orange's.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ld_tui.arena.direct import situation_text, task_text
from ld_tui.game.board import Cell, cells, distance, format_cell
from ld_tui.game.notation import format_move, format_position, parse_position
from ld_tui.game.rules import Move, Position, Rules, Side, apply, dot_destinations, outcome
from ld_tui.game.starts import random_start
from ld_tui.paths import atomic_write
from ld_tui.tablebase.table import Table
from ld_tui.tablebase.tables import Tables
from ld_tui.training.taboo import benchmark_boards, is_benchmark
from ld_tui.training.tokenizer import train_vocabulary

STARTS = 221
OUTPUTS = {Side.BLUE: 75_000, Side.ORANGE: 28_355}
"""The teacher's outputs by side: 103,355, as many as the paper's KD learns from."""
HELD_OUT_STARTS = 60
HELD_OUT = {Side.BLUE: 1500, Side.ORANGE: 1000}
"""Lessons from other starts, for measuring."""
SIZES = ((10, 0.9), (9, 0.05), (8, 0.05))
"""Board sizes and the share of starts on each."""
VOCABULARY = 768
"""So many that words and cells are tokens, and so few that pairs of cells are not."""
_TURNS = 36
_SKILLS = (0.2, 0.6, 0.9)
"""The share of best moves in a game, drawn for each side of it."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One output of the teacher."""

    position: str
    """In notation."""
    move: str
    """A best move, in notation."""


def teach(position: Position, table: Table) -> Move:
    """Return the teacher's move: a best one by the tablebase, always the same of equals.

    Of best moves blue takes the one that leaves its dots nearest to orange in sum, orange the
    one farthest from the dots; then the first in ascending order. A teacher that drew among
    equals would be harder to imitate.
    """
    side = position.to_move
    sources = position.dots(side)
    choices = [dot_destinations(position, dot) for dot in range(len(sources))]
    moves = list(product(*choices))
    values = _values(position, moves, table)
    best = np.flatnonzero(values == (values.min() if side is Side.BLUE else values.max()))

    def gap(at: int) -> int:
        if side is Side.BLUE:
            return sum(distance(cell, position.orange) for cell in moves[at])
        return -sum(distance(moves[at][0], dot) for dot in position.blue)

    return Move(sources, moves[min(map(int, best), key=lambda at: (gap(at), at))])


def _values(
    position: Position, moves: Sequence[tuple[Cell, ...]], table: Table
) -> npt.NDArray[np.uint8]:
    """Return the value of each move to the side that makes it, [moves]; see `Table`."""
    place = np.array([position.base.size, 1])
    targets = np.array(moves) @ place  # [moves, dots]
    if position.to_move is Side.BLUE:
        orange = np.full(len(moves), np.array(position.orange) @ place)
        return table.values_orange(targets, orange)
    dots = np.tile(np.array(position.blue) @ place, (len(moves), 1))
    return table.values_blue(dots, targets[:, 0])


def make_lessons(
    tables: Tables, seed: int, starts: int, outputs: dict[Side, int], what: str = "training"
) -> list[Lesson]:
    """Ask the teacher in positions that games of mixed strength reach from a few starts.

    The same arguments give the same lessons; another `what` gives other starts. No board is
    taught twice, and none that a benchmark starts from.
    """
    rng = random.Random(f"kd {what} {seed}")
    sizes = [size for size, share in SIZES for _ in range(round(starts * share))]
    begins = [random_start(rng, Rules(size=size)) for size in sizes]
    left, seen, found = dict(outputs), set[str](), list[Lesson]()
    taboo = benchmark_boards()
    while any(left.values()):
        for begin in begins:
            table = tables.for_rules(begin.rules)
            for lesson, side in _play(begin, table, rng):
                board = _board(lesson)
                if is_benchmark(parse_position(lesson.position), taboo):
                    continue
                if left[side] and board not in seen:
                    seen.add(board)
                    left[side] -= 1
                    found.append(lesson)
    return found


def _play(position: Position, table: Table, rng: random.Random) -> Iterator[tuple[Lesson, Side]]:
    """Play one game by best and random moves, and yield what the teacher says to each turn."""
    skill = {side: rng.choice(_SKILLS) for side in Side}
    for _ in range(_TURNS):
        if outcome(position) is not None:
            return
        side = position.to_move
        move = teach(position, table)
        yield Lesson(format_position(position), format_move(move)), side
        if rng.random() > skill[side]:
            dots = range(len(position.dots(side)))
            targets = tuple(rng.choice(dot_destinations(position, dot)) for dot in dots)
            move = Move(move.sources, targets)
        position = apply(position, move)


def train_tokenizer(lessons: Sequence[Lesson], path: Path) -> None:
    """Write a SentencePiece model in which a from-to pair is two tokens, one a cell.

    Raises ValueError where a pair on the largest board of the lessons is not.
    """
    size = max(each for each, _ in SIZES)
    board = [format_cell(cell) for cell in cells(size)]
    pairs = [one + other for one in board for other in board]
    processor = train_vocabulary(_corpus(lessons, board, pairs), VOCABULARY, path)
    odd = [pair for pair in pairs if len(processor.encode(pair)) != 2]
    odd += [cell for cell in board if len(processor.encode(cell)) != 1]
    if odd:
        raise ValueError(f"not a token a cell: {', '.join(odd[:20])}; change VOCABULARY")


def _corpus(lessons: Sequence[Lesson], board: Sequence[str], pairs: Sequence[str]) -> Iterator[str]:
    """Yield what a vocabulary has to know: situations, tasks, cells, from-to pairs."""
    for lesson in random.Random("kd corpus").sample(lessons, min(4000, len(lessons))):
        yield situation_text(parse_position(lesson.position))
    for side, (each, _) in product(Side, SIZES):
        yield from [task_text(Rules(size=each), side)] * 50
    for words, times in ((board, 400), (pairs, 4)):
        for word in words:
            yield from [word] * times


def lessons_at(
    folder: Path, tables: Tables, seed: int, report: Callable[[str], None] = lambda line: None
) -> tuple[list[Lesson], list[Lesson]]:
    """Return the lessons to train on and those held out, made once and then read from a folder.

    Held-out lessons are from other starts, and no board of theirs is taught, in any order of the
    dots.
    """
    taught, kept = folder / f"lessons-{seed}.tsv", folder / f"held-out-{seed}.tsv"
    if not kept.is_file():
        report(f"asking the teacher {sum(OUTPUTS.values()):,} times")
        lessons = make_lessons(tables, seed, STARTS, OUTPUTS)
        boards = {_dots(lesson) for lesson in lessons}
        others = make_lessons(tables, seed, HELD_OUT_STARTS, HELD_OUT, "held out")
        write_lessons(taught, lessons)
        write_lessons(kept, [lesson for lesson in others if _dots(lesson) not in boards])
    return read_lessons(taught), read_lessons(kept)


def write_lessons(path: Path, lessons: Sequence[Lesson]) -> None:
    """Write a line a lesson: the position, a tab, the move."""
    atomic_write(path, "".join(f"{each.position}\t{each.move}\n" for each in lessons))


def read_lessons(path: Path) -> list[Lesson]:
    """Read what `write_lessons` wrote."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Lesson(*line.split("\t")) for line in lines]


def digest(lessons: Sequence[Lesson], tokenizer: Path) -> str:
    """Return a hash of what a model is taught: the vocabulary and the lessons."""
    found = sha256(tokenizer.read_bytes())
    for lesson in lessons:
        found.update(f"{lesson.position}\t{lesson.move}\n".encode())
    return found.hexdigest()


def _board(lesson: Lesson) -> str:
    """Return what makes two positions the same lesson: the counters don't."""
    return " ".join(lesson.position.split(" ")[:4])


def _dots(lesson: Lesson) -> tuple[str, ...]:
    """Return what makes two lessons the same whatever the order of blue's dots."""
    size, blue, orange, side = lesson.position.split(" ")[:4]
    return (size, *sorted(blue.split(",")), orange, side)
