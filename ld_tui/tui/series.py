"""Several games of two programs, and how they stand: a small tournament. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ld_tui.game.maps import read_map
from ld_tui.game.rules import Position, Rules, Side
from ld_tui.game.starts import starts


@dataclass(frozen=True, slots=True)
class Bout:
    """A finished game."""

    blue: int
    """Which of the two players was blue: 0 or 1."""
    winner: Side
    steps: int
    """Until the end; of a game that blue didn't win, the step limit."""
    par: int | None
    """None: orange can escape, or not known."""

    @property
    def over(self) -> int | None:
        """Steps over par."""
        return None if self.par is None else self.steps - self.par


@dataclass(frozen=True, slots=True)
class Standing:
    """How one player has done."""

    name: str
    games: int
    won: int
    as_blue: float | None
    """Steps over par, on average: fewer are better."""
    as_orange: float | None
    """The same as orange: more are better."""


@dataclass(slots=True)
class Series:
    """Games of two players; those who differ change sides after each, from the same start."""

    first: str
    second: str
    games: int
    seed: int
    size: int
    map_name: str | None = None
    ld: Mapping[str, object] = field(default_factory=dict)
    """LD's settings, should it play; empty: as it is."""
    bouts: list[Bout] = field(default_factory=list)
    played: int = 0
    """Games that are over, those that don't count among them."""

    @property
    def changes_sides(self) -> bool:
        return self.first != self.second

    @property
    def is_over(self) -> bool:
        return self.played >= self.games

    @property
    def blue(self) -> int:
        """Which of the two is blue in the next game."""
        return self.played % 2 if self.changes_sides else 0

    def kind(self, side: Side) -> str:
        """Return who plays a side in the next game."""
        both = (self.first, self.second)
        return both[self.blue if side is Side.BLUE else 1 - self.blue]

    def start(self) -> Position:
        """Return where the next game begins: players who change sides get each start twice."""
        at = self.played // 2 if self.changes_sides else self.played
        if self.map_name is not None:
            return read_map(self.map_name, self.size).starts(at + 1, self.seed)[at]
        return starts(at + 1, self.seed, Rules(size=self.size))[at]

    def game_seed(self) -> int:
        """Return the next game's seed."""
        # Late: it brings along what plays without a screen.
        from ld_tui.arena.match import game_seed

        return game_seed(self.seed, self.played)

    def add(self, winner: Side, steps: int, par: int | None, counts: bool = True) -> None:
        """Take in how the game under way ended; one that a person took part in doesn't count."""
        if counts:
            self.bouts.append(Bout(self.blue, winner, steps, par))
        self.played += 1

    def standings(self) -> tuple[Standing, ...]:
        """Return how both stand; where a program plays itself, blue and orange apart."""
        return tuple(self._standing(player) for player in (0, 1))

    def _standing(self, player: int) -> Standing:
        name = (self.first, self.second)[player]
        if not self.changes_sides:
            name = f"{name} as {'orange' if player else 'blue'}"
        blue = [bout for bout in self.bouts if bout.blue == player]
        orange = [bout for bout in self.bouts if bout.blue != player]
        won = sum(bout.winner is Side.BLUE for bout in blue)
        won += sum(bout.winner is Side.ORANGE for bout in orange)
        return Standing(name, len(self.bouts), won, _over(blue), _over(orange))


def _over(bouts: list[Bout]) -> float | None:
    found = [bout.over for bout in bouts if bout.over is not None]
    return sum(found) / len(found) if found else None
