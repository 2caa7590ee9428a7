"""Who plays a side, as the records name them."""

from collections.abc import Mapping

from ld_tui.arena.game import Game
from ld_tui.game.mapped import map_of
from ld_tui.game.record import PlayerSpec
from ld_tui.game.rules import Side
from ld_tui.tui.settings import LD, NAMES, Mode, Wanted

HUMAN = "human"
CLOCK = "clock"
"""The setting of either side that says how many seconds it has."""


def program(kind: str, ld: Mapping[str, object] = LD) -> PlayerSpec:
    """Return a program as a player; `ld`: its settings, should it be LD."""
    return PlayerSpec(kind, dict(ld) if kind == "ld" else {})


def human() -> PlayerSpec:
    return PlayerSpec(HUMAN)


def player(side: Side, wanted: Wanted) -> PlayerSpec:
    """Return who plays a side: the person, or a program of a kind."""
    kind = wanted.opponent
    if wanted.mode == "watch" and kind == HUMAN:
        kind = "ld"
    found = human() if wanted.mode == side or kind == HUMAN else program(kind, wanted.ld)
    if wanted.clock:
        return PlayerSpec(found.kind, {**found.settings, CLOCK: wanted.clock})
    return found


def wanted_again(game: Game, switched: bool = False) -> Wanted:
    """Return the game that would be another one like this, or with the sides switched."""
    record = game.record
    people = [side for side in Side if record.player(side).kind == HUMAN]
    programs = [record.player(side) for side in Side if record.player(side).kind != HUMAN]
    mode: Mode = "watch"
    if people:
        side = people[0].other if switched else people[0]
        mode = "blue" if side is Side.BLUE else "orange"
    rival = programs[0] if programs else human()
    clock = rival.settings.get(CLOCK, 0)
    ld = {name: value for name, value in rival.settings.items() if name != CLOCK}
    played = map_of(record.start)
    return Wanted(
        mode,
        record.start.base.size,
        played.name if played is not None else None,
        rival.kind,
        ld if rival.kind == "ld" else dict(LD),
        clock if isinstance(clock, int) else 0,
    )


def name_of(game: Game, side: Side) -> str:
    """Return how who plays a side is called on the screen."""
    spec = game.record.player(side)
    if spec.kind == HUMAN and game.record.player(side.other).kind == HUMAN:
        return str(side)
    # Late: the start screen has no need of it before it stands.
    from ld_tui.arena.levels import told_level

    return f"{NAMES.get(spec.kind, '?')} {told_level(spec.kind, spec.settings)}".rstrip()


def seed_of(game: Game) -> int:
    """Return the seed of the decision that is due."""
    # Late: it brings along what the agent is made of, and the first frame needs none.
    from ld_tui.arena.players import decision_seed

    return decision_seed(game.record.seed, game.ply, game.attempt)


def seed_at(game: Game, ply: int) -> int:
    """Return the seed of a turn's first decision."""
    from ld_tui.arena.players import decision_seed

    return decision_seed(game.record.seed, ply)


def decision_seed_of(game: Game, ply: int) -> int:
    """Return the seed of the decision that a turn came of, from 0."""
    from ld_tui.arena.players import decision_seed

    return decision_seed(game.record.seed, ply, len(game.record.turns[ply].illegal))


class Seats:
    """Who sits where in one game, and who did before a person took over."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._programs = {side: self._program_of(side) for side in Side}
        self._own = {side for side in Side if self.is_human(side)}

    def is_human(self, side: Side) -> bool:
        return self._game.record.player(side).kind == HUMAN

    def is_own(self, side: Side) -> bool:
        """Tell whether a side is the person's, and was when the game was opened."""
        return side in self._own and self.is_human(side)

    @property
    def is_watching(self) -> bool:
        """Tell whether programs play both sides."""
        return not any(self.is_human(side) for side in Side)

    def take_over(self, side: Side) -> str:
        """Hand a side from its program to the person, or back; say so."""
        to_program = self.is_human(side)
        self._hand(side, self._programs[side] if to_program else human())
        return f"{side} is {'a program' if to_program else 'yours'} now"

    def program_name(self, side: Side) -> str:
        """Return how the program is called that a side is handed to."""
        return NAMES.get(self._programs[side].kind, "a program")

    def substitute(self, side: Side, kind: str) -> str:
        """Let another program go on for a side's; say so."""
        self._programs[side] = program(kind)
        self._hand(side, self._programs[side])
        return f"{kind} plays {side} now"

    def watch(self) -> str:
        """Hand both sides to programs; where they are, the one to move to the person; say so."""
        if self.is_watching:
            side = self._game.position.to_move
            self._hand(side, human())
            return f"{side} is yours now"
        for side in Side:
            if self.is_human(side):
                self._hand(side, self._programs[side])
        return "programs play both sides now"

    def own_turns(self) -> list[int]:
        """Return when the person's sides moved."""
        turns = self._game.record.turns
        return [at for at, turn in enumerate(turns) if self.is_human(turn.side)]

    def _hand(self, side: Side, player: PlayerSpec) -> None:
        settings = dict(player.settings)
        if clock := self._game.record.player(side).settings.get(CLOCK):
            settings[CLOCK] = clock
        self._game.replace_player(side, player.kind, settings)

    def _program_of(self, side: Side) -> PlayerSpec:
        """Return the program that a side is handed to: its own, the other's, or LD."""
        record = self._game.record
        own, other = record.player(side), record.player(side.other)
        return next((spec for spec in (own, other) if spec.kind != HUMAN), program("ld"))
