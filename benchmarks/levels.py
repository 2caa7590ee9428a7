"""Measure what each level of LD loses, as blue and as orange, against the tablebase.

    python benchmarks/levels.py [--games 40] [--seed 1] [--workers 2] [--only NAME,...]

Plays `ld-tui match --level NAME` for each level on both sides, from random starts on 10x10, and
writes ld_tui/arena/levels.toml, which the start
screen and docs/playing.md quote. Levels that are not played keep what is known of them. 40 games
of five levels take some 15 minutes on two cores.
"""

import argparse
import random
import statistics
from collections.abc import Sequence
from typing import Any

import tomli_w

from ld_tui.arena import levels
from ld_tui.arena.match import MatchOptions, run_match
from ld_tui.game.rules import Side
from ld_tui.paths import atomic_write

_SAMPLES = 4000
"""Resamplings of the interval."""


def main() -> int:
    """Measure, write and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--games", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default="", help="names of levels, separated by commas")
    options = parser.parse_args()
    wanted = [name for name in options.only.split(",") if name] or list(levels.LEVELS)
    found: dict[str, Any] = {name: dict(table) for name, table in levels._table().items()}
    for name in wanted:
        strength = levels.LEVELS[name]
        found[name] = {"settings": strength.settings()}
        for side in Side:
            found[name][str(side)] = _measure(side, strength, options)
            print(name, side, found[name][str(side)], flush=True)
    ordered = {name: found[name] for name in levels.LEVELS if name in found}
    head = "# Written by `python benchmarks/levels.py`; see ld_tui/arena/levels.py.\n\n"
    atomic_write(levels.MEASURED, head + tomli_w.dumps(ordered))
    return 0


def _measure(side: Side, strength: levels.Strength, options: argparse.Namespace) -> dict[str, Any]:
    """Play one side against the tablebase; return what it lost."""
    blue, orange = ("ld", "perfect") if side is Side.BLUE else ("perfect", "ld")
    match = MatchOptions(
        blue=blue,
        orange=orange,
        games=options.games,
        seed=options.seed,
        strength=strength,
        workers=options.workers,
    )
    scores = list(run_match(match))
    over = [score.counted - (score.par or 0) for score in scores]
    lost = over if side is Side.BLUE else [-each for each in over]
    low, high = _interval(lost)
    return {
        "games": len(scores),
        "won": sum(score.winner is side for score in scores),
        "lost": round(statistics.fmean(lost), 2),
        "low": low,
        "high": high,
    }


def _interval(numbers: Sequence[int]) -> tuple[float, float]:
    """Return the mean's 95 % interval, by resampling with a fixed seed."""
    rng = random.Random(1)
    means = sorted(statistics.fmean(rng.choices(numbers, k=len(numbers))) for _ in range(_SAMPLES))
    return round(means[_SAMPLES // 40], 2), round(means[-_SAMPLES // 40], 2)


if __name__ == "__main__":
    raise SystemExit(main())
