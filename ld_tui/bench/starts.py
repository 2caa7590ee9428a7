"""The 200 starts of every benchmark: a fixed file, so that numbers of any two runs compare.

    python -m ld_tui.bench.starts [--against .training/labels]

writes it anew, the same as it is, and with `--against` first makes sure that none of its boards,
whichever way turned or mirrored, is among a training's labeled states.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from ld_tui import paths
from ld_tui.arena.match import read_starts
from ld_tui.errors import UsageError
from ld_tui.game.notation import format_position, parse_position
from ld_tui.game.rules import Position, Rules
from ld_tui.game.starts import starts
from ld_tui.game.symmetry import board_class
from ld_tui.paths import atomic_write

FILE = paths.BENCHMARK_STARTS
COUNT = 200
SIZE = 10
SEED = 20_289
"""Of the starts; the first from 20,260 on with which no board is among the training's states."""


def benchmark_starts(count: int = COUNT) -> tuple[Position, ...]:
    """Return the first `count` starts of the file. Raises UsageError where it has fewer."""
    found = read_starts(FILE)
    if not 1 <= count <= len(found):
        raise UsageError(f"--games goes from 1 to {len(found)}, the starts there are; not {count}")
    return found[:count]


def overlap(found: Iterable[Position], others: Iterable[Position]) -> list[Position]:
    """Return those of `found` whose board is, up to symmetry, among `others`."""
    known = {(position.base.size, board_class(position)) for position in others}
    return [each for each in found if (each.base.size, board_class(each)) in known]


def labeled_states(folder: Path) -> list[Position]:
    """Return every state of the labels that a training wrote. Raises UsageError without any."""
    import numpy as np

    files = sorted(folder.glob("*.npz"))
    if not files:
        raise UsageError(f"{folder}: no labels in it; write them: python -m ld_tui.training labels")
    texts: set[str] = set()
    for path in files:
        with np.load(path) as data:
            texts.update(map(str, data["positions"]))
    return [parse_position(text) for text in sorted(texts)]


def text_of(found: Iterable[Position]) -> str:
    """Return starts as the text of the file."""
    lines = [
        f"# {COUNT} starts on a {SIZE}x{SIZE} board, seed {SEED}; made by",
        "# python -m ld_tui.bench.starts",
        *map(format_position, found),
    ]
    return "\n".join(lines) + "\n"


def main(argv: list[str]) -> int:
    """Write the file; return 1, writing nothing, where a board is among a training's states."""
    parser = argparse.ArgumentParser(prog="python -m ld_tui.bench.starts", description=__doc__)
    parser.add_argument("--against", type=Path, help="a folder of training labels")
    options = parser.parse_args(argv)
    found = starts(COUNT, SEED, Rules(size=SIZE))
    if options.against is not None:
        states = labeled_states(options.against)
        if common := overlap(found, states):
            shown = ", ".join(map(format_position, common))
            print(f"{len(common)} of the starts are among the labels: {shown}", file=sys.stderr)
            return 1
        print(f"none of {COUNT} starts is among {len(states)} labeled states")
    atomic_write(FILE, text_of(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
