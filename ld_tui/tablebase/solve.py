"""Retrograde analysis: from the captures back to every position from which blue can force one.

A won set is an array of bits [words, multisets]: a column for each multiset of the free dots'
cells, a bit of its words for each cell of the board that orange may stand on (column by column).
Orange's turn is then a handful of shifts of whole words. Blue's joint move factorizes: one dot
after another is moved, as a union over its destinations (see moves.py).
"""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from ld_tui.errors import TablebaseError
from ld_tui.game.board import Cell, distance
from ld_tui.game.rules import CAPTURE_DISTANCE, Side
from ld_tui.tablebase import multisets
from ld_tui.tablebase.moves import BlueMoves
from ld_tui.tablebase.world import World

NEVER = 255
"""The stored value of a position from which orange escapes for ever."""
MAX_VALUE = 253
"""Most steps that are told from never, for blue to move; orange to move has one more at most."""

_ROWS = 16384
"""Multisets looked at together where a whole array would take too much memory."""

Words = npt.NDArray[np.uint64]
Values = npt.NDArray[np.uint8]


def solve(world: World, progress: Callable[[float], None] | None = None) -> Values:
    """Return every position's value with blue to move: [multisets of free dots, open cells].

    A value is the steps to capture under best play of both, the step in hand counted: 0 where
    orange is captured, NEVER where it can escape for ever. `progress` is called after each round
    with the part of the positions found won so far, and with 1.0 at the end.

    Raises TablebaseError where the board is too large or a capture takes over MAX_VALUE steps.
    """
    world.check_size()
    blue = BlueMoves(len(world.cells), world.free, world.destinations(Side.BLUE))
    orange = _OrangeMoves(world)
    captured = _captured(world)
    won, rounds = captured, 0
    tally = np.zeros((captured.shape[1], 64 * len(captured)), np.uint8)
    while True:
        part = _count(tally, won) / world.entries
        rounds += 1
        if rounds > MAX_VALUE + 1:
            raise TablebaseError(f"a capture on this board takes more than {MAX_VALUE} steps")
        if progress:
            progress(part)
        into = captured | orange.forced(won)
        larger = captured | np.stack([blue.reach(plane) for plane in into])
        if np.array_equal(larger, won):
            break
        won = larger
    if progress:
        progress(1.0)
    return _values(world, tally, rounds)


def _bit(world: World, cell: Cell) -> int:
    return cell.col * world.size + cell.row


def _words(world: World, cells: Iterable[Cell]) -> Words:
    """Return cells as a set of bits: [words]."""
    bits = np.zeros(-(-(world.size**2) // 64) * 64, np.bool_)
    bits[[_bit(world, cell) for cell in cells]] = True
    return np.packbits(bits, bitorder="little").view("<u8").astype(np.uint64)


def _captured(world: World) -> Words:
    """Return where orange is captured: every dot, free or stuck, is near it."""
    cells = world.cells
    near = np.stack(
        [_words(world, (c for c in cells if distance(c, dot) <= CAPTURE_DISTANCE)) for dot in cells]
    ).T  # [words, cells]
    fixed = _words(world, cells)
    for dot in world.stuck:
        fixed = fixed & near[:, cells.index(dot)]
    members = multisets.listing(len(cells), world.free)
    captured = np.repeat(fixed[:, None], len(members), axis=1)
    for column in members.T:
        captured &= near[:, column]
    return captured


def _count(tally: Values, won: Words) -> int:
    """Add a set's bits to `tally` [multisets, bits] and return how many there are."""
    total = 0
    for start in range(0, len(tally), _ROWS):
        part = np.ascontiguousarray(won[:, start : start + _ROWS].T, dtype="<u8").view(np.uint8)
        bits = np.unpackbits(part, axis=1, bitorder="little")
        tally[start : start + _ROWS] += bits
        total += int(np.count_nonzero(bits))
    return total


def _values(world: World, tally: Values, rounds: int) -> Values:
    """Return the steps to capture, where `tally` counts the rounds' sets that hold a position.

    The sets grow, so a position in the last k of them was first won in round `rounds - k`.
    """
    steps = (rounds - np.arange(rounds + 1)).astype(np.uint8)
    steps[0] = NEVER
    bits = [_bit(world, cell) for cell in world.cells]
    values = np.empty((len(tally), len(bits)), np.uint8)
    for start in range(0, len(tally), _ROWS):
        values[start : start + _ROWS] = steps[tally[start : start + _ROWS, bits]]
    return values


class _OrangeMoves:
    """Orange's turn on sets of bits."""

    def __init__(self, world: World) -> None:
        cells = world.cells
        sources: dict[int, list[Cell]] = {}
        for source, targets in zip(cells, world.destinations(Side.ORANGE), strict=True):
            for target in targets:
                shift = _bit(world, cells[target]) - _bit(world, source)
                sources.setdefault(shift, []).append(source)
        self._open = _words(world, cells)[:, None]
        self._illegal = {
            shift: ~_words(world, legal)[:, None] for shift, legal in sorted(sources.items())
        }

    def forced(self, won: Words) -> Words:
        """Return the positions from which each of orange's moves leads into `won`."""
        result = np.repeat(self._open, won.shape[1], axis=1)
        for shift, illegal in self._illegal.items():
            result &= _shifted(won, shift) | illegal
        return result


def _shifted(words: Words, shift: int) -> Words:
    """Return the sets with each bit taken from `shift` places above it (below if negative)."""
    result = np.zeros_like(words)
    whole, rest = divmod(shift, 64)
    for place in range(len(words)):
        low, high = place + whole, place + whole + 1
        if 0 <= low < len(words):
            result[place] = words[low] >> np.uint64(rest)
        if rest and 0 <= high < len(words):
            result[place] |= words[high] << np.uint64(64 - rest)
    return result
