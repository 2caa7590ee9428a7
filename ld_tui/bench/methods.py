"""What is measured: each method by its name, and how it becomes a player.

A method is the LD agent with one way of choosing, one function of the base, or a program that
plays by itself. A new kind of method is a name here and a case in `Cast.player`.
"""

from dataclasses import dataclass, field, replace

from ld_tui.agent.loop import Settings
from ld_tui.arena.chains import Chains
from ld_tui.arena.players import DIRECT, LdPlayer, Player, is_program, make_player
from ld_tui.arena.resources import Resources
from ld_tui.arena.roster import ALONE, FUNCTIONS
from ld_tui.bench.oracle import ALL, FixedPlayer, OraclePlayer
from ld_tui.errors import UsageError
from ld_tui.functionbase.store import FunctionBase
from ld_tui.game.record import PlayerSpec
from ld_tui.game.rules import Side
from ld_tui.llm.selector import load_selector

OTHER = "ld@"
"""Begins a method that is the agent with another S-LLM: `ld@FILE`, `ld@URL`."""


def single_functions(base: FunctionBase, side: Side) -> tuple[str, ...]:
    """Return the functions that are played as methods: those of a side's first stage."""
    stages = base.stages_of(str(side))
    return tuple(manual.name for manual in base.manuals_of(str(side), stages[0].name))


def methods_of(wanted: tuple[str, ...], base: FunctionBase, side: Side) -> tuple[str, ...]:
    """Return a side's methods among those wanted, in the order of tables, each once.

    Raises UsageError for a name that is a method of no side.
    """
    known = {each: single_functions(base, each) for each in Side}
    for name in wanted:
        if is_named_model(name):
            continue
        if name not in (*ALONE, FUNCTIONS, *known[Side.BLUE], *known[Side.ORANGE]):
            raise UsageError(
                f"{name!r} is no method; there are {', '.join((*ALONE, FUNCTIONS))}, "
                "every function of a first stage by its name, and models by file or URL: "
                f"{OTHER}MODEL to select, {DIRECT}MODEL to be asked for moves"
            )
    names = {*wanted, *(known[side] if FUNCTIONS in wanted else ())}
    models = (name for name in wanted if is_named_model(name))
    return tuple(dict.fromkeys((*(n for n in (*ALONE, *known[side]) if n in names), *models)))


def is_named_model(name: str) -> bool:
    """Tell whether a method is a language model by file or URL."""
    return any(name.startswith(kind) and name != kind for kind in (OTHER, DIRECT))


@dataclass(slots=True)
class Cast:
    """The players of one process, each made on first use."""

    resources: Resources
    k: int
    _players: dict[tuple[str, Side], Player] = field(default_factory=dict)
    _chains: dict[Side, Chains] = field(default_factory=dict)

    def player(self, method: str, side: Side) -> Player:
        """Return the player of a method. Raises what loading its parts raises."""
        if (method, side) not in self._players:
            self._players[method, side] = self._make(method, side)
        return self._players[method, side]

    def chains(self, side: Side) -> Chains:
        """Return the side's functions, to be run one stage after another."""
        if side not in self._chains:
            sandbox = self.resources.agent(with_llm=False).sandbox
            self._chains[side] = Chains(self.resources.functionbase(), side, sandbox)
        return self._chains[side]

    def _make(self, method: str, side: Side) -> Player:
        match method:
            case "ld":
                return LdPlayer(self.resources.agent(), Settings(k=self.k))
            case "ld-random" | "ld-first":
                settings = Settings(k=self.k, select=method.removeprefix("ld-"))
                return LdPlayer(self.resources.agent(with_llm=False), settings)
            case "ld-oracle" | "ld-oracle-k":
                agent = self.resources.agent(with_llm=False)
                k = ALL if method == "ld-oracle" else self.k
                return OraclePlayer(agent, self.chains(side), self.resources, k)
            case _ if method.startswith(OTHER):
                selector = load_selector(method.removeprefix(OTHER))
                agent = replace(self.resources.agent(with_llm=False), selector=selector)
                return LdPlayer(agent, Settings(k=self.k))
            case _ if is_program(method):
                return make_player(PlayerSpec(method), self.resources)
            case _:
                return FixedPlayer(self.resources.agent(), method, self.k)
