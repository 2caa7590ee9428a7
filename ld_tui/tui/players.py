"""Who plays a side, as the records name them."""

from ld_tui.arena.game import Game
from ld_tui.game.record import PlayerSpec
from ld_tui.game.rules import Side
from ld_tui.tui.settings import Mode

HUMAN = "human"


def program(kind: str, k: int = 5) -> PlayerSpec:
    """Return a program as a player; `k` is how many candidates LD chooses among."""
    return PlayerSpec(kind, {"k": k, "select": "s-llm"} if kind == "ld" else {})


def human() -> PlayerSpec:
    return PlayerSpec(HUMAN)


def player(side: Side, mode: Mode, kind: str, k: int = 5) -> PlayerSpec:
    """Return who plays a side in a mode: the person, or a program of a kind."""
    return human() if mode == side else program(kind, k)


def seed_of(game: Game) -> int:
    """Return the seed of the decision that is due."""
    # Late: it brings along what the agent is made of, and the first frame needs none.
    from ld_tui.arena.players import decision_seed

    return decision_seed(game.record.seed, game.ply, game.attempt)


def decision_seed_of(game: Game, ply: int) -> int:
    """Return the seed of the decision that a turn came of, from 0."""
    from ld_tui.arena.players import decision_seed

    return decision_seed(game.record.seed, ply, len(game.record.turns[ply].illegal))


class Seats:
    """Who sits where in one game, and who did before a person took over."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._programs = {side: self._program_of(side) for side in Side}

    def is_human(self, side: Side) -> bool:
        return self._game.record.player(side).kind == HUMAN

    @property
    def is_watching(self) -> bool:
        """Tell whether programs play both sides."""
        return not any(self.is_human(side) for side in Side)

    def take_over(self, side: Side) -> str:
        """Hand a side from its program to the person, or back; say so."""
        to_program = self.is_human(side)
        self._hand(side, self._programs[side] if to_program else human())
        return f"{side} is {'a program' if to_program else 'yours'} now"

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
        self._game.replace_player(side, player.kind, dict(player.settings))

    def _program_of(self, side: Side) -> PlayerSpec:
        """Return the program that a side is handed to: its own, the other's, or LD."""
        record = self._game.record
        own, other = record.player(side), record.player(side.other)
        return next((spec for spec in (own, other) if spec.kind != HUMAN), program("ld"))
