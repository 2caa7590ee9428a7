"""When emergencies strike: at random from a seed, or by a schedule such as `storm@5,roadblock@8`.

A schedule's entry names a kind and the steps finished when it strikes. What exactly strikes (which
cells, which dot) is chosen at random where it strikes, by the game's seed.
"""

import random
from dataclasses import dataclass, replace

from ld_tui.errors import RulesError, UsageError
from ld_tui.game.board import Cell, distance
from ld_tui.game.emergencies import (
    DURATION,
    KINDS,
    SIGHT,
    Emergency,
    Fog,
    Jam,
    Roadblock,
    Sprint,
    Storm,
    strike,
)
from ld_tui.game.rules import DOTS, Position, Rules, destinations, open_cells

RANDOM_STEPS = (2, 6)
"""The first and last step at which an emergency of the schedule `random` strikes."""


@dataclass(frozen=True, slots=True)
class Due:
    """An emergency to come: its kind, and the steps finished when it strikes."""

    kind: str
    step: int


def parse_schedule(text: str, seed: int) -> tuple[Due, ...]:
    """Read `storm@5,roadblock@8`, or `random`: one or two of any kind, by the seed.

    Raises UsageError where the text is no schedule.
    """
    if text == "random":
        rng = random.Random(f"schedule {seed}")
        found = [
            Due(rng.choice(KINDS), rng.randint(*RANDOM_STEPS)) for _ in range(rng.choice((1, 2)))
        ]
        return tuple(sorted(found, key=lambda due: due.step))
    due = []
    for entry in text.split(","):
        kind, at, step = entry.partition("@")
        if kind not in KINDS or not at or not (step.isascii() and step.isdigit()):
            raise UsageError(
                f"{entry!r} is no emergency to come; write kind@step, as in storm@5, with one of "
                f"{', '.join(KINDS)}, or random"
            )
        if int(step) >= Rules().max_steps:
            raise UsageError(f"{entry!r} comes too late: a game has {Rules().max_steps} steps")
        due.append(Due(kind, int(step)))
    return tuple(sorted(due, key=lambda each: each.step))


def random_emergency(
    kind: str, position: Position, rng: random.Random, duration: int | None = DURATION
) -> Emergency:
    """Return an emergency of a kind that can strike here; `duration` in steps, None: for good.

    Raises RulesError where there is none, such as a storm on a board that is too small.
    """
    until = None if duration is None else position.steps + duration
    found: Emergency
    match kind:
        case "roadblock":
            found = random_roadblock(position, rng)
        case "jam":
            free = sorted(set(range(DOTS)) - position.rules.frozen)
            if len(free) < 2:
                raise RulesError("no second dot is left to move; jam fewer")
            found = Jam(rng.choice(free))
        case "sprint":
            found = Sprint()
        case "fog":
            found = Fog(SIGHT, position.orange)
        case "storm":
            found = Storm()
        case _:
            raise RulesError(f"{kind!r} is no emergency; there are {', '.join(KINDS)}")
    found = replace(found, until=until)
    strike(position, found)
    return found


def random_roadblock(position: Position, rng: random.Random, count: int = 2) -> Roadblock:
    """Return a roadblock of `count` cells in a row, near orange, that walls nobody in.

    Raises RulesError where the board has no room for one.
    """
    rules = position.rules
    free = set(open_cells(rules)) - {*position.blue, position.orange}
    options = []
    for cell in sorted(free):
        for cols, rows in ((1, 0), (0, 1)):
            run = tuple(Cell(cell.col + cols * i, cell.row + rows * i) for i in range(count))
            if free.issuperset(run) and min(distance(c, position.orange) for c in run) <= 3:
                options.append(run)
    rng.shuffle(options)
    for run in options:
        blocked = replace(rules, closed=rules.closed | set(run))
        dots = (*position.blue, position.orange)
        if all(destinations(blocked, dot, 1) != (dot,) for dot in dots):
            return Roadblock(run, position.steps + DURATION)
    raise RulesError("there is no room for a roadblock here")
