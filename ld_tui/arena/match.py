"""Matches: many games between programs, headless, the same for the same seed however often killed.

A game depends on its start, its players and its seed alone. With a folder for saves each game is
written after every turn; a match that was killed goes on where it was.
"""

import contextlib
import hashlib
import multiprocessing
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from ld_tui import __version__
from ld_tui.agent.events import event_to_dict
from ld_tui.arena.game import Changed, Game
from ld_tui.arena.levels import Strength
from ld_tui.arena.players import (
    PROGRAMS,
    Player,
    decision_seed,
    is_program,
    ld_settings,
    make_player,
)
from ld_tui.arena.resources import Progress, Resources, Sources
from ld_tui.arena.saves import read_save, write_save
from ld_tui.arena.scores import GameScore, score
from ld_tui.errors import NotationError, RulesError, SaveError, TablebaseError, UsageError, why
from ld_tui.game.emergencies import Emergency
from ld_tui.game.maps import read_map
from ld_tui.game.notation import format_emergency, format_position, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Position, Rules, Side
from ld_tui.game.schedule import Due, parse_schedule, random_emergency
from ld_tui.game.starts import starts

Message = dict[str, Any]
"""What happened, as plain data."""
Heard = Callable[[int, Message], None]
"""Told the game's 0-based number and what happened in it."""


@dataclass(frozen=True, slots=True)
class MatchOptions:
    """A match to be played."""

    blue: str = "ld"
    """Kind of player: `ld`, `perfect`, `greedy`, `random` or `kd`."""
    orange: str = "perfect"
    games: int = 20
    """Games from random starts; without meaning where `starts` is given."""
    size: int = 10
    """Board of the random starts."""
    map: str | None = None
    """A shipped map, of that size, on which they lie; None: the open board."""
    seed: int = 1
    starts: Path | None = None
    """A file of positions to start from, one a line; `#` begins a comment."""
    select: str = "s-llm"
    """Who selects for `ld`: `s-llm`, `random` or `first`."""
    k: int = 5
    """Candidates K for `ld`, unless `strength` is given."""
    strength: Strength | None = None
    """How strong `ld` plays; None: as it is, with `k` candidates."""
    emergencies: str | None = None
    """When what strikes: `storm@5,roadblock@8` or `random`, as `game/schedule.py` reads it."""
    saves: Path | None = None
    """Folder in which each game is saved after every turn."""
    resume: bool = False
    """Whether the folder holds a part of this very match, to be finished."""
    workers: int = 1
    """Processes that play games."""
    sources: Sources = field(default_factory=Sources)

    @property
    def ld(self) -> Strength:
        """How strong `ld` plays."""
        return self.strength or Strength(self.k)

    def player(self, side: Side) -> PlayerSpec:
        """Return the player of a side. Raises UsageError for one that doesn't exist."""
        kind = self.blue if side is Side.BLUE else self.orange
        if not is_program(kind):
            raise UsageError(
                f"{kind!r} plays no matches; there are {', '.join(PROGRAMS)}, llm:FILE and llm:URL"
            )
        settings: dict[str, object] = {}
        if kind == "ld":
            settings = {**self.ld.settings(), "select": self.select}
            ld_settings(settings)
            for what in ("functionbase", "model", "embedder"):
                if (source := getattr(self.sources, what)) is not None:
                    settings[what] = str(source)
        return PlayerSpec(kind, settings)


@dataclass(frozen=True, slots=True)
class Fixture:
    """One game of a match, before it is played."""

    index: int
    """0-based."""
    record: GameRecord
    """The game as it begins."""
    path: Path | None
    """Its save."""
    due: tuple[Due, ...] = ()
    """Emergencies to come."""


def game_seed(seed: int, index: int) -> int:
    """Return the seed of a match's game, 0 to 2**31 - 1."""
    digest = hashlib.sha256(f"match {seed} game {index}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def fixtures(options: MatchOptions) -> tuple[Fixture, ...]:
    """Return the games of a match, in order.

    Raises UsageError, NotationError or SaveError where the options, the file of starts or the
    folder of saves can't be used.
    """
    if options.starts is not None:
        positions = read_starts(options.starts)
    elif options.map is not None:
        positions = read_map(options.map, options.size).starts(options.games, options.seed)
    else:
        positions = starts(options.games, options.seed, Rules(size=options.size))
    blue, orange = options.player(Side.BLUE), options.player(Side.ORANGE)
    _check_folder(options)
    return tuple(
        Fixture(
            index,
            GameRecord(start, blue, orange, game_seed(options.seed, index), __version__),
            options.saves / f"game-{index + 1:04d}.toml" if options.saves else None,
            parse_schedule(options.emergencies, game_seed(options.seed, index))
            if options.emergencies is not None
            else (),
        )
        for index, start in enumerate(positions)
    )


def read_starts(path: Path) -> tuple[Position, ...]:
    """Read positions, one a line. Raises UsageError, or NotationError that names the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: can't be read: {why(error)}") from error
    found = []
    for number, line in enumerate(lines, 1):
        if text := line.partition("#")[0].strip():
            try:
                found.append(parse_position(text))
            except NotationError as error:
                raise NotationError(f"{path}, line {number}: {error}") from error
    if not found:
        raise UsageError(f"{path}: no position in it; write one a line: 10 a1,c4,h8 f5 b 0 0,0 -")
    return tuple(found)


def _check_folder(options: MatchOptions) -> None:
    if options.resume and options.saves is None:
        raise UsageError("--resume goes with --saves DIR, the folder of the match to finish")
    if options.saves and not options.resume and any(options.saves.glob("game-*.toml")):
        raise UsageError(f"{options.saves} holds a match; add --resume, or choose another folder")


def run_match(
    options: MatchOptions,
    resources: Resources | None = None,
    progress: Progress | None = None,
    heard: Heard | None = None,
) -> Iterator[GameScore]:
    """Play a match and yield each game's score in order, as soon as it and those before are done.

    `progress` is told how far a board is solved, where that has to be done first. `heard` is told
    of everything that happens, as it happens, in games that this process plays. Raises what
    `fixtures` and the players' parts raise.
    """
    games = fixtures(options)
    own = resources or Resources(options.sources)
    try:
        for world in {game.record.start.rules: game.record.start for game in games}.values():
            _solve(own, world, progress)
        if options.workers > 1:
            yield from _in_processes(games, options)
        else:
            players = _players(options, own)
            for game in games:
                yield play_fixture(game, players, own, heard)
    finally:
        if resources is None:
            own.close()


def _solve(resources: Resources, start: Position, progress: Progress | None) -> None:
    """Have a start's board solved, if it can be, before any game waits for it."""
    try:
        resources.table(start, progress)
    except TablebaseError:
        return


def _players(options: MatchOptions, resources: Resources) -> dict[Side, Player]:
    return {side: make_player(options.player(side), resources) for side in Side}


def play_fixture(
    fixture: Fixture,
    players: Mapping[Side, Player],
    resources: Resources,
    heard: Heard | None = None,
) -> GameScore:
    """Play a game of a match, or what is left of it, to its end."""
    path = fixture.path
    changed: Changed | None = None
    record = fixture.record
    if path is not None:
        record = _resumed(fixture, path)

        def changed(record: GameRecord) -> None:
            write_save(path, record)

    game = Game(record, changed)
    play_out(game, players, fixture.due, heard and partial(heard, fixture.index))
    return score(fixture.index, game, resources)


def _resumed(fixture: Fixture, path: Path) -> GameRecord:
    """Return a game as far as it was played. Raises SaveError for a game of another match."""
    if not path.exists():
        return fixture.record
    found, wanted = read_save(path), fixture.record
    for what, here, there in (
        ("blue", found.blue, wanted.blue),
        ("orange", found.orange, wanted.orange),
        ("seed", found.seed, wanted.seed),
        ("start", format_position(found.start), format_position(wanted.start)),
    ):
        if here != there:
            raise SaveError(f"{path}: a game of another match: {what} is {here}, not {there}")
    return found


def play_out(
    game: Game,
    players: Mapping[Side, Player],
    due: Sequence[Due] = (),
    tell: Callable[[Message], None] | None = None,
    until: int | None = None,
) -> None:
    """Let players take turns until the game is over, or `until` so many steps are finished.

    `tell` hears each event as plain data.
    """
    while game.outcome is None and (until is None or game.position.steps < until):
        for emergency in strike_due(game, due):
            if tell:
                struck = {"event": "struck", "what": format_emergency(emergency)}
                tell({"ply": game.ply, **struck, "text": emergency.describe()})
        if game.record.result is not None:
            return  # a storm ended it
        seed = decision_seed(game.record.seed, game.ply, game.attempt)
        side, ply, events = game.position.to_move, game.ply, []
        for event in players[side].decide(game.position, game.history, seed):
            events.append(event)
            if tell:
                tell({"ply": ply, "side": str(side), **event_to_dict(event)})
        game.take(tuple(events))


def strike_due(game: Game, due: Sequence[Due]) -> Iterator[Emergency]:
    """Let the emergencies of a schedule strike whose time it is; yield those that did.

    What exactly strikes depends on the game's seed and the position. One that can't strike there
    is passed over. In a game that goes on, what has struck already is not let strike again.
    """
    position = game.position
    if position.to_move is not Side.BLUE or game.attempt:
        return
    struck = [item.emergency for item in game.record.struck if item.ply == game.ply]
    for at, item in enumerate(due):
        if item.step != position.steps or game.outcome is not None:
            continue
        if struck:
            if struck[0].kind == item.kind:
                struck.pop(0)
            continue
        rng = random.Random(f"{game.record.seed} emergency {at}")
        with contextlib.suppress(RulesError):
            emergency = random_emergency(item.kind, game.position, rng)
            game.strike(emergency)
            yield emergency


@dataclass(slots=True)
class _Worker:
    """What one process of a pool plays with."""

    players: Mapping[Side, Player]
    resources: Resources


_worker: list[_Worker] = []
"""This process's worker, set by the pool's initializer."""


def _begin_worker(options: MatchOptions) -> None:
    resources = Resources(options.sources)
    _worker[:] = [_Worker(_players(options, resources), resources)]


def _play_in_worker(fixture: Fixture) -> GameScore:
    return play_fixture(fixture, _worker[0].players, _worker[0].resources)


def _in_processes(games: Iterable[Fixture], options: MatchOptions) -> Iterator[GameScore]:
    """Play games in processes of their own; native libraries don't survive a fork, so spawn."""
    with ProcessPoolExecutor(
        options.workers, multiprocessing.get_context("spawn"), _begin_worker, (options,)
    ) as pool:
        yield from pool.map(_play_in_worker, games)
