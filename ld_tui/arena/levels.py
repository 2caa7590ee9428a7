"""Levels: how strong LD plays, as named sets of its settings, and what each was measured to lose.

A level is nothing but settings of a player (`k`, `temperature`, `functions`, `perfect`), and those
are what a request and a save hold; its name is found again from them. What a level loses stands
in levels.toml, which `python benchmarks/levels.py` writes; where the settings there are not those
here, nothing is claimed.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ld_tui.config.load import Loaded
from ld_tui.config.schema import Setting
from ld_tui.errors import UsageError
from ld_tui.game.rules import Side

MEASURED = Path(__file__).with_name("levels.toml")
"""What each level loses, as measured."""
MEASURED_SIZE = 10
"""The open board that it was measured on."""
CUSTOM = "custom"
"""How settings are called that are no level's."""
MAX_TEMPERATURE = 100.0
MAX_K = 8


@dataclass(frozen=True, slots=True)
class Strength:
    """The settings that make LD stronger or weaker; the defaults are LD as it is."""

    k: int = 5
    """Candidates that the retriever hands to the S-LLM."""
    temperature: float = 0.0
    """0: the likeliest candidate; else drawn by the S-LLM's probabilities at this temperature."""
    functions: tuple[str, ...] = ()
    """Which functions it may use, as patterns of names (see agent/strength.py); empty: all."""
    perfect: float = 0.0
    """Share of its turns that the tablebase plays, drawn by the seed; where the board can't be
    solved, or the side is in fog, LD decides them itself."""

    def settings(self) -> dict[str, Any]:
        """Return them as a player's settings; what is as usual is left out, but for `k`."""
        found: dict[str, Any] = {"k": self.k, "select": "s-llm"}
        if self.temperature:
            found["temperature"] = self.temperature
        if self.functions:
            found["functions"] = list(self.functions)
        if self.perfect:
            found["perfect"] = self.perfect
        return found


FULL = "full"
"""The level that is LD as it is; the default."""
LEVELS: dict[str, Strength] = {
    "beginner": Strength(8, 3.0, ("!outrun_pair", "!slip_past", "!flee_far", "!open_side")),
    "casual": Strength(6, 1.5, ("!outrun_pair", "!slip_past", "!flee_far")),
    "club": Strength(temperature=0.5),
    FULL: Strength(),
    "expert": Strength(perfect=0.5),
}
"""By name, weakest first."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a level was measured to lose on one side, against perfect play of the other."""

    games: int
    won: int
    """Games in which blue captured, or orange got away."""
    lost: float
    """Steps lost a game, in the mean: over par for blue, short of it for orange."""
    low: float
    """The mean's 95 % interval."""
    high: float


def strength_of(settings: Mapping[str, Any]) -> Strength:
    """Read an LD player's settings; `level` stands for what that level sets.

    Raises UsageError, in one line, for a level or a value that there is none of.
    """
    base = Strength()
    if (name := settings.get("level")) is not None:
        if name not in LEVELS:
            raise UsageError(f"there is no level {name!r:.60}; there are {', '.join(LEVELS)}")
        base = LEVELS[name]
    return Strength(
        _k(settings.get("k", base.k)),
        _number(settings.get("temperature", base.temperature), "temperature", MAX_TEMPERATURE),
        _patterns(settings.get("functions", base.functions)),
        _number(settings.get("perfect", base.perfect), "perfect", 1.0),
    )


def level_of(settings: Mapping[str, Any]) -> str:
    """Return the name of the level that settings are, or `custom`; never fails."""
    try:
        found = strength_of(settings)
    except UsageError:
        return CUSTOM
    if settings.get("select", "s-llm") != "s-llm":
        return CUSTOM
    return next((name for name, each in LEVELS.items() if each == found), CUSTOM)


def told_level(kind: str, settings: Mapping[str, Any]) -> str:
    """Return how strong a player is where that is to be told: empty for LD as it is, and others."""
    if kind != "ld":
        return ""
    level = level_of(settings)
    return "" if level == FULL else level


def value_in_force(loaded: Loaded, setting: Setting) -> tuple[Any, str]:
    """Return a setting's value that counts, and where it is from: of a K not set, the level's."""
    value = loaded.value(setting)
    if setting.name == "k" and setting.key not in loaded.origins:
        counts = LEVELS[loaded.config.level].k
        if counts != value:
            return counts, f"level {loaded.config.level}"
    return value, str(loaded.origin(setting))


def _k(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_K:
        raise UsageError(f"k has to be a whole number from 1 to {MAX_K}, not {value!r:.60}")
    return value


def _number(value: object, name: str, most: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number and isinstance(value, int | float) and 0 <= value <= most):
        raise UsageError(f"{name} has to be a number from 0 to {most:g}, not {value!r:.60}")
    return float(value)


def _patterns(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or any(not isinstance(each, str) for each in value):
        raise UsageError(f"functions is a list of names or patterns of names, not {value!r:.60}")
    return tuple(value)


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Any]:
    try:
        return tomllib.loads(MEASURED.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return {}


def loss_of(name: str, side: Side) -> Loss | None:
    """Return what a level was measured to lose; None where these settings never were."""
    found = _table().get(name)
    if not isinstance(found, dict) or name not in LEVELS:
        return None
    try:
        if strength_of(found.get("settings", {})) != LEVELS[name]:
            return None
        return Loss(**found[side])
    except (KeyError, TypeError, UsageError):
        return None


def in_words(name: str) -> str:
    """Say what a level was measured to lose a game, in one line; empty where it never was.

    That is so on the open board of `MEASURED_SIZE`.
    """
    blue, orange = loss_of(name, Side.BLUE), loss_of(name, Side.ORANGE)
    if blue is None or orange is None:
        return ""
    text = f"loses {_steps(blue.lost)} (blue), {orange.lost:.1f} (orange)"
    if blue.won < blue.games:
        text = f"catches {blue.won} of {blue.games} (blue), loses {orange.lost:.1f} (orange)"
    return text


def _steps(lost: float) -> str:
    return f"{lost:.1f} step{'' if f'{lost:.1f}' == '1.0' else 's'}"


def check_patterns(patterns: Sequence[str], names: Sequence[str]) -> None:
    """Raise UsageError where a pattern names no function that there is."""
    from ld_tui.agent.strength import is_allowed

    for each in patterns:
        if not any(is_allowed(name, [each.removeprefix("!")]) for name in names):
            raise UsageError(f"functions: {each!r:.60} is the name of none; see `functions list`")
