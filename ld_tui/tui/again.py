"""Deciding again: the last decision of the LD agent in a game, put to the engine once more."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ld_tui.agent.emergency import authored_in
from ld_tui.agent.events import event_from_dict
from ld_tui.arena.game import Game, Past, executed
from ld_tui.engine.protocol import format_history
from ld_tui.errors import LdTuiError
from ld_tui.functionbase.shelf import Place
from ld_tui.game.notation import format_move, format_position
from ld_tui.game.rules import Position
from ld_tui.tui.players import decision_seed_of, seed_of
from ld_tui.tui.ports import Engine
from ld_tui.tui.trace import Trace, trace_of


@dataclass(slots=True)
class Again:
    """A decision before and after the function base changed."""

    ply: int
    """The turn that it was made for, from 0."""
    position: Position
    before: Trace
    after: Trace
    problem: str = ""
    """Why there is no decision after."""
    request: int | None = None

    def heard(self, message: Mapping[str, Any]) -> bool:
        """Take a message of the engine; tell whether it was about this."""
        if self.request is None or message.get("id") != self.request:
            return False
        event = message.get("event")
        if event == "again":
            self.after = Trace(self.before.side, self.before.step, self.before.player)
        elif event in ("error", "stopped"):
            self.problem = str(message.get("message", "it was stopped"))
        elif event != "progress":
            data = {name: value for name, value in message.items() if name != "id"}
            try:
                self.after.add(event_from_dict(data))
            except (LdTuiError, TypeError, ValueError) as error:
                self.problem = str(error)
        return True

    @property
    def is_done(self) -> bool:
        return bool(self.after.is_done or self.problem)

    @property
    def verdict(self) -> str:
        """Say in one line what is different."""
        if self.problem:
            return f"not decided again: {self.problem}"
        if not self.after.is_done:
            return "deciding again…"
        names = [
            tuple(stage.chosen.name if stage.chosen else "" for stage in trace.stages)
            for trace in (self.before, self.after)
        ]
        if names[0] != names[1]:
            told = [f"{old} → {new}" for old, new in zip(*names, strict=False) if old != new]
            line = f"another choice: {', '.join(told)}"
        elif self.shares(self.before) != self.shares(self.after):
            line = "the same choice, with other probabilities"
        else:
            line = "the same choice"
        moves = "another move" if self.before.move != self.after.move else "the same move"
        return f"{line}; {moves}"

    def passed_over(self, applied: Collection[Place]) -> list[str]:
        """Return the functions, of those that were applied, that the retriever did not find."""
        if not self.after.is_done:
            return []
        asked = {stage.name: {row.name for row in stage.rows} for stage in self.after.stages}
        return [
            each.name
            for each in dict.fromkeys(applied)
            if each.side == self.after.side.value
            and each.stage in asked
            and each.name not in asked[each.stage]
        ]

    @staticmethod
    def shares(trace: Trace) -> list[list[tuple[str, int]]]:
        """Return the candidates of each stage with their probabilities in percent."""
        return [
            [(row.name, round(100 * (row.probability or 0.0))) for row in stage.rows]
            for stage in trace.stages
        ]


def again(game: Game, shown: Trace | None) -> Again | None:
    """Return the LD agent's decision that is shown but not played yet, or its last one in a game.

    None where it made none.
    """
    position = game.position
    is_held = (
        shown is not None
        and (shown.side, shown.step) == (position.to_move, position.steps + 1)
        and game.outcome is None
    )
    if shown is not None and is_held and shown.player == "ld" and shown.is_done and shown.stages:
        return Again(game.ply, position, shown, Trace(shown.side, shown.step, "ld"))
    turns = game.record.turns
    for ply in range(len(turns) - 1, -1, -1):
        turn = turns[ply]
        kind = game.record.player(turn.side).kind
        if kind == "ld" and executed(turn.events):
            move, position = format_move(turn.move), game.positions[ply]
            step = position.steps + 1
            before = trace_of(turn.events, turn.side, step, kind, move, turn.ms)
            return Again(ply, position, before, Trace(turn.side, step, kind))
    return None


def newest(one: Again | None, other: Again | None, game: Game) -> Again | None:
    """Return what was decided in the later turn, `one` if in the same; what was undone is none."""
    found = [
        each
        for each in (other, one)
        if each is not None and game.positions[each.ply : each.ply + 1] == (each.position,)
    ]
    return max(reversed(found), key=lambda each: each.ply, default=None)


def ask_again(found: Again, game: Game, engine: Engine) -> None:
    """Put a decision to the engine as it was put before."""
    turns, ply = game.record.turns, found.ply
    spec = game.record.player(found.before.side)
    past = [
        Past(position, executed(turn.events), authored_in(turn.events))
        for position, turn in zip(game.positions[:ply], turns[:ply], strict=True)
    ]
    history = format_history(tuple(each for each in past if each.names or each.authored))
    seed = decision_seed_of(game, ply) if ply < len(turns) else seed_of(game)
    settings = {**spec.settings, "seed": seed, "author": "none"}
    found.after = Trace(found.before.side, found.before.step, found.before.player)
    found.request = engine.decide(format_position(found.position), "ld", settings, history)
