"""What a base authored for a map is worth there, beside the base for the open board.

    python benchmarks/maps.py [--maps ring,halls] [--size 10] [--games 100] [--bases DIR]

The agent plays each map with both bases from the same starts against perfect play, nobody writing
functions meanwhile. Bases are composed into DIR where they aren't there yet. Success is to win: by
a capture for blue, by lasting without a forfeit for orange. Blue plays from starts from which it
can capture, orange from the map's first ones; where it can escape for ever, steps over par don't
apply. Differences are authored minus open, paired by start, with 95 % bootstrap intervals.
"""

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from ld_tui import paths
from ld_tui.arena.match import MatchOptions, run_match
from ld_tui.arena.resources import Resources, Sources
from ld_tui.arena.scores import GameScore
from ld_tui.authoring.base import Filed, Order, Tools, compose
from ld_tui.authoring.sampling import TRIES, capturable
from ld_tui.authoring.trial import reader_of
from ld_tui.bench.summary import estimate
from ld_tui.functionbase.store import load
from ld_tui.game.maps import map_names, map_sizes, read_map
from ld_tui.game.notation import format_position
from ld_tui.game.rules import Side

HEAD = (
    "| map | side | games | success, open | authored | steps over par, open | authored "
    "| difference | illegal a game, open | authored | difference |\n"
    "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def base_for(name: str, size: int, folder: Path) -> Path:
    """Return a map's base, composed first where it isn't complete; say how long that took."""
    into = folder / f"{name}-{size}"
    order = Order(read_map(name, size), into, load(paths.packaged_functionbase()))
    resources = Resources()
    began = time.perf_counter()
    with contextlib.closing(resources):
        tools = Tools(resources.sandbox(), resources.table_of, reader_of(resources))
        news = compose(order, tools)
        made = [each for each in news if isinstance(each, Filed)]
    new = sum(each.is_new for each in made)
    took = time.perf_counter() - began
    print(f"{into}: {len(made)} functions, {new} composed in {took:.0f} s", file=sys.stderr)
    return into


def starts_of(name: str, size: int, count: int, seed: int) -> str:
    """Return the first starts of a map from which blue can capture, in notation, one a line."""
    every = read_map(name, size).starts(count * TRIES, seed)
    with contextlib.closing(Resources()) as resources:
        found = list(islice(capturable(every, resources.table_of), count))
    return "".join(f"{format_position(each)}\n" for each in found)


def games(
    name: str, side: Side, base: Path, starts: Path, options: argparse.Namespace
) -> list[GameScore]:
    """Play one side with a base: blue from the file of starts, orange from the map's own."""
    is_blue = side is Side.BLUE
    match = MatchOptions(
        blue="ld" if is_blue else "perfect",
        orange="perfect" if is_blue else "ld",
        games=options.games,
        size=options.size,
        map=None if is_blue else name,
        starts=starts if is_blue else None,
        seed=options.seed,
        workers=options.workers,
        sources=Sources(functionbase=base, author=None),
    )
    return list(run_match(match))


def row(name: str, side: Side, opened: Sequence[GameScore], authored: Sequence[GameScore]) -> str:
    """Return a map's line of the table, for one side."""
    applies = [at for at, each in enumerate(opened) if each.par is not None]
    counted = applies if side is Side.BLUE else range(len(opened))
    cells = [name, str(side), str(len(opened))]
    for scores in (opened, authored):
        won = sum(scores[at].winner is side for at in counted)
        cells.append(f"{won} of {len(counted)}")
    over = [
        [scores[at].counted - (scores[at].par or 0) for at in applies]
        for scores in (opened, authored)
    ]
    illegal = [
        [(each.blue if side is Side.BLUE else each.orange).illegal for each in scores]
        for scores in (opened, authored)
    ]
    for before, after in (over, illegal):
        if not before:
            cells += ["-", "-", "-"]
            continue
        found = estimate([np.subtract(after, before).tolist()], lambda mean: mean)
        cells += [f"{np.mean(before):.2f}", f"{np.mean(after):.2f}"]
        cells.append(f"{found.mean:+.2f} [{found.low:+.2f}, {found.high:+.2f}]")
    return f"| {' | '.join(cells)} |"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--maps", default=",".join(map_names()))
    parser.add_argument("--size", type=int, default=10)
    parser.add_argument("--games", type=int, default=100)
    parser.add_argument("--sides", default="blue,orange")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--bases", type=Path, default=Path(tempfile.gettempdir()) / "ld-tui-bases")
    options = parser.parse_args(argv)
    print(HEAD)
    for name in options.maps.split(","):
        if options.size not in map_sizes(name):
            continue
        base = base_for(name, options.size, options.bases)
        starts = options.bases / f"{name}-{options.size}-starts.txt"
        paths.atomic_write(starts, starts_of(name, options.size, options.games, options.seed))
        for side in map(Side, options.sides.split(",")):
            opened, authored = (
                games(name, side, each, starts, options)
                for each in (paths.packaged_functionbase(), base)
            )
            print(row(name, side, opened, authored), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
