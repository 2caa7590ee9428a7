"""What makes an agent weaker than it could be: which functions it may use, and how it draws. Pure.

Everything here depends on its arguments alone, so that the same seed plays the same game.
"""

import random
from collections.abc import Sequence
from fnmatch import fnmatchcase


def is_allowed(name: str, patterns: Sequence[str]) -> bool:
    """Tell whether a function may be used.

    Patterns are names with `*` and `?`; one that begins with `!` forbids. Without one that allows,
    everything is allowed that none forbids.
    """
    forbidding = [each[1:] for each in patterns if each.startswith("!")]
    allowing = [each for each in patterns if not each.startswith("!")]
    if any(fnmatchcase(name, each) for each in forbidding):
        return False
    return not allowing or any(fnmatchcase(name, each) for each in allowing)


def draw(shares: Sequence[float], temperature: float, seed: str) -> int:
    """Return the place of a candidate: the likeliest at temperature 0, else drawn by the seed.

    At temperature t each is drawn in proportion to its probability to the power 1/t: at 1 by the
    probabilities themselves, the higher the more evenly. Among equals at 0 the first is taken.
    """
    if temperature <= 0:
        return max(range(len(shares)), key=lambda at: (shares[at], -at))
    top = max(shares)
    if top <= 0:
        return 0
    weights = [(share / top) ** (1 / temperature) for share in shares]
    return random.Random(seed).choices(range(len(shares)), weights)[0]
