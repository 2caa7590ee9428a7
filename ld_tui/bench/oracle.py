"""The LD agent with somebody else choosing: the tablebase, or one and the same function.

Only the choice differs from the shipped agent: retrieval, stages, sandbox and referee are the
same, so that what another choice would have gained can be told apart from the rest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ld_tui.agent.events import Event, Executed
from ld_tui.agent.loop import Agent, Select, Settings, select_by_llm
from ld_tui.arena.chains import Chains, Costs, move_costs, place_of, stage_costs
from ld_tui.arena.game import History
from ld_tui.arena.pursuit import PursuitSituation, situation_of
from ld_tui.arena.resources import Resources
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.store import Stage
from ld_tui.game.rules import Position

ALL = 10_000
"""A K that no function base has so many functions for: every one is a candidate."""
_KNOWN = 4096
"""Answers of the S-LLM that are remembered at most."""


@dataclass(frozen=True, slots=True)
class OraclePlayer:
    """An agent whose choice is the candidate worth most by the tablebase, ties to the nearest.

    A function of an earlier stage is worth what the best functions after it make of it.
    """

    agent: Agent
    chains: Chains
    resources: Resources
    k: int
    """Candidates that the retriever hands over; `ALL` for all of a stage."""

    def decide(self, position: Position, history: History, seed: int) -> Iterator[Event]:
        costs = decision_costs(self.chains, position, self.resources)
        path: list[int] = []

        def select(stage: Stage, state: str, candidates: Sequence[Manual]) -> list[float]:
            worth = stage_costs(costs, path)
            places = {manual.name: at for at, manual in enumerate(self.chains.manuals[len(path)])}
            found = [float(worth[places[each.name]]) for each in candidates]
            best = found.index(min(found))
            return [float(at == best) for at in range(len(candidates))]

        situation = situation_of(position, history, seed)
        agent = replace(self.agent, chooser=select)
        for event in agent.decide(situation, Settings(self.k, "oracle", seed)):
            if isinstance(event, Executed):
                path.append(place_of(self.chains, len(path), event.name))
            yield event


@dataclass(frozen=True, slots=True)
class FixedPlayer:
    """An agent that takes one and the same function of its stage; the S-LLM selects the others."""

    agent: Agent
    name: str
    k: int
    """Candidates for the stages in which the S-LLM selects."""
    known: dict[tuple[str, ...], Sequence[float]] = field(default_factory=dict)
    """What the S-LLM answered to which state and candidates: most games go round in circles."""

    def decide(self, position: Position, history: History, seed: int) -> Iterator[Event]:
        agent = replace(self.agent, chooser=fixed_choice(self.name, self._ask, self.k))
        # Without the history: a repeated board must not talk it into another function.
        yield from agent.decide(PursuitSituation(position, seed), Settings(ALL, "fixed", seed))

    def _ask(self, stage: Stage, state: str, candidates: Sequence[Manual]) -> Sequence[float]:
        assert self.agent.selector is not None
        prompt = (stage.question, state, *(manual.text for manual in candidates))
        if prompt not in self.known:
            if len(self.known) >= _KNOWN:
                self.known.clear()
            self.known[prompt] = select_by_llm(self.agent.selector)(stage, state, candidates)
        return self.known[prompt]


def fixed_choice(name: str, others: Select, k: int) -> Select:
    """Choose the function `name` where it is a candidate, else let `others` among the nearest k."""

    def select(stage: Stage, state: str, candidates: Sequence[Manual]) -> Sequence[float]:
        names = [manual.name for manual in candidates]
        if name in names:
            return [float(each == name) for each in names]
        near = candidates[:k]
        shares = others(stage, state, near) if len(near) > 1 else (1.0,)
        return [*shares, *[0.0] * (len(candidates) - len(near))]

    return select


def decision_costs(chains: Chains, position: Position, resources: Resources) -> Costs:
    """Return what every chain costs in a position, one axis a stage; see `move_costs`."""
    found: Costs = move_costs(resources.table(position), [position], chains.moves([position]))[0]
    return found
