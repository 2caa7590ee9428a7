"""What a change of a manual's words does: the same states and games before and after.

Nothing on disk changes. The states are those of saved games and of the games that are played
here before the change; in each the agent decides twice, with the old and the new manual.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ld_tui import __version__, paths
from ld_tui.agent.events import Event, Retrieved, Selected, StageBegan
from ld_tui.agent.loop import Settings
from ld_tui.agent.vocabulary import known_words, unknown_words
from ld_tui.arena.game import Game
from ld_tui.arena.match import game_seed, play_out
from ld_tui.arena.players import LdPlayer, PerfectPlayer
from ld_tui.arena.resources import Resources, Sources
from ld_tui.arena.saves import list_saves, read_save
from ld_tui.arena.scores import regret, score
from ld_tui.bench.starts import benchmark_starts
from ld_tui.bench.summary import Estimate, estimate
from ld_tui.errors import FunctionBaseError, LdTuiError
from ld_tui.functionbase.exact import ExactIndex
from ld_tui.functionbase.manual import Manual, nearest
from ld_tui.functionbase.retriever import Retriever, entries_of
from ld_tui.game.notation import parse_move
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Position, Side, apply

Means = tuple[float | None, float | None]
"""Means before and after a change; None where there was nothing to take one of."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an agent did in a state, at the manual's own stage."""

    retrieved: bool
    chosen: str
    """The function chosen first; '' where none was."""
    share: float
    """The manual's probability; 0 where it was not retrieved."""
    regret: int | None
    """Steps lost by the move, by the tablebase; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of one manual did."""

    name: str
    before: str
    """The manual's text as the S-LLM read it, and after the change."""
    after: str
    unknown: tuple[str, ...]
    """Words of the new text that the shipped S-LLM was not taught."""
    states: int
    retrieved: tuple[int, int]
    """States in which it was among the candidates, before and after."""
    chosen: tuple[int, int]
    switches: dict[str, int]
    """`old -> new`: how often the choice changed so, the most frequent first."""
    share: Means
    """The manual's mean probability where it was retrieved."""
    regret: Means
    """Mean steps lost a decision."""
    games: int
    steps: Means
    """Mean steps of the games against perfect play."""
    difference: Estimate | None
    """Steps more after the change, paired by start, with a 95 % interval; None without games."""


def measure_effect(
    name: str,
    when: str | None,
    summary: str | None,
    resources: Resources,
    saves: Path,
    states: int,
    games: int,
    seed: int = 1,
) -> Effect:
    """Measure what new words for a manual do. Raises FunctionBaseError for an unknown name."""
    base = resources.functionbase()
    old = base.get(name)
    if old is None:
        raise FunctionBaseError(f"there is no function {name!r}; {nearest(name, base.names)}")
    new = replace(old, when=when or old.when, summary=summary or old.summary)
    side = Side(old.side)
    before = LdPlayer(resources.agent(), Settings())
    agent = resources.agent()
    changed = base.plus(new)
    entries = entries_of(changed.manuals)
    vectors = agent.retriever.embedder.embed([entry.text for entry in entries])
    retriever = Retriever(changed, agent.retriever.embedder, ExactIndex(entries, vectors, None))
    after = LdPlayer(replace(agent, retriever=retriever), Settings())
    starts = benchmark_starts(max(1, games))
    played = [_play(player, side, starts[:games], seed, resources) for player in (before, after)]
    every = list(saved_positions(saves, side))
    for game, _ in played[0]:
        every += [each for each in game.positions[:-1] if each.to_move is side]
    found = list(dict.fromkeys(every))[:states]
    decided = [
        [_decide(player, each, old, resources) for each in found] for player in (before, after)
    ]
    one, two = decided
    switches = Counter(
        f"{a.chosen} -> {b.chosen}" for a, b in zip(one, two, strict=True) if a.chosen != b.chosen
    )
    known = known_words()
    steps = [[steps for _, steps in games_] for games_ in played]
    return Effect(
        name,
        old.text,
        new.text,
        unknown_words(new.text, known) if known is not None else (),
        len(found),
        _both(decided, lambda each: sum(d.retrieved for d in each)),
        _both(decided, lambda each: sum(d.chosen == name for d in each)),
        dict(switches.most_common()),
        _both(decided, lambda each: _mean([d.share for d in each if d.retrieved])),
        _both(decided, lambda each: _mean([d.regret for d in each if d.regret is not None])),
        games,
        (_mean(steps[0]), _mean(steps[1])),
        estimate([steps[1], steps[0]], lambda b, a: b - a) if games else None,
    )


def _play(
    player: LdPlayer, side: Side, starts: Sequence[Position], seed: int, resources: Resources
) -> list[tuple[Game, int]]:
    """Play from each start against perfect play; return the games and their steps."""
    found = []
    specs = {side: PlayerSpec("ld"), side.other: PlayerSpec("perfect")}
    for at, start in enumerate(starts):
        record = GameRecord(
            start, specs[Side.BLUE], specs[Side.ORANGE], game_seed(seed, at), __version__
        )
        game = Game(record)
        play_out(game, {side: player, side.other: PerfectPlayer(resources)})
        result = score(at, game, resources)
        found.append((game, result.counted))
    return found


def saved_positions(folder: Path, side: Side) -> Iterator[Position]:
    """Yield the positions of saved games in which a side was to move; skip unreadable saves."""
    for entry in list_saves(folder):
        try:
            game = Game(read_save(entry.path))
        except LdTuiError:
            continue
        yield from (each for each in game.positions[:-1] if each.to_move is side)


def _decide(player: LdPlayer, position: Position, manual: Manual, resources: Resources) -> Decision:
    """Decide a state and look at the manual's stage."""
    events: list[Event] = list(player.decide(position, (), 0))
    stages = {event.stage: event.name for event in events if isinstance(event, StageBegan)}
    own = [each for each in events if stages.get(getattr(each, "stage", 0)) == manual.stage]
    retrieved = any(manual.name in each.names for each in own if isinstance(each, Retrieved))
    first = next((each for each in own if isinstance(each, Selected)), None)
    share = 0.0
    if first is not None and manual.name in first.candidates:
        share = first.probabilities[first.candidates.index(manual.name)]
    lost = None
    if (move := getattr(events[-1], "move", None)) is not None:
        lost = regret(position, apply(position, parse_move(move)), resources)
    return Decision(retrieved, first.name if first else "", share, lost)


def _both(decided: Sequence[Sequence[Decision]], of: Any) -> tuple[Any, Any]:
    one, two = decided
    return of(one), of(two)


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None


def effect_command(
    sources: Sources,
    name: str,
    when: str | None,
    summary: str | None,
    saves: Path | None,
    states: int,
    games: int,
    as_json: bool,
) -> int:
    """Print what a change of manual does, for people or as JSON."""
    resources = Resources(sources)
    try:
        found = measure_effect(
            name, when, summary, resources, saves or paths.saves_dir(), states, games
        )
    finally:
        resources.close()
    if as_json:
        print(json.dumps(asdict(found), indent=2))
    else:
        _print(found)
    return 0


def _print(found: Effect) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    console.print(f"before: {found.before}", markup=False)
    console.print(f"after:  {found.after}", markup=False)
    if found.unknown:
        words = ", ".join(found.unknown)
        console.print(f"the shipped S-LLM was not taught: {words}", markup=False)
    table = Table("", "before", "after")
    table.add_row(f"retrieved, of {found.states} states", *map(str, found.retrieved))
    table.add_row("chosen", *map(str, found.chosen))
    table.add_row("its mean probability where retrieved", *_cells(found.share, 3))
    table.add_row("steps lost a decision", *_cells(found.regret, 3))
    if found.difference is not None:
        table.add_row(f"steps, {found.games} games against perfect", *_cells(found.steps, 2))
    console.print(table)
    if found.difference is not None:
        each = found.difference
        console.print(
            f"difference {each.mean:+.2f} steps a game [{each.low:+.2f}, {each.high:+.2f}]"
        )
    for switch, count in list(found.switches.items())[:12]:
        console.print(f"{count:4}  {switch}", markup=False)
    if not found.switches:
        console.print("no selection changes")


def _cells(means: Means, digits: int) -> list[str]:
    return ["-" if each is None else f"{each:.{digits}f}" for each in means]
