"""Sessions whose engine is in this very process: real players and values, no models, no waiting."""

import io
import queue
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ld_tui.agent.events import event_to_dict
from ld_tui.arena.analyze import analysis_json
from ld_tui.arena.players import make_player
from ld_tui.arena.resources import Resources, Sources
from ld_tui.game.notation import parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.plain.commands import Commands
from ld_tui.plain.console import Voice
from ld_tui.plain.games import Keeper, Seat, new_record, open_game
from ld_tui.plain.session import Session


@pytest.fixture(scope="session")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    made = Resources(Sources(cache=tmp_path_factory.mktemp("cache")))
    yield made
    made.close()


class HereEngine:
    """Answers requests as the engine process does, at once."""

    def __init__(self, resources: Resources, inbox: "queue.SimpleQueue[Any]") -> None:
        self._resources = resources
        self._inbox = inbox
        self.is_busy = False
        """Whether decisions are left unanswered."""
        self.asked: list[str] = []
        self._decision = -1

    def say(self, event: Mapping[str, Any], number: int | None = None) -> None:
        self._inbox.put(("said", {"id": self._decision if number is None else number, **event}))

    def decide(
        self, position: str, player: str, settings: Mapping[str, Any], history: Sequence[Any]
    ) -> int:
        self.asked.append(position)
        self._decision = len(self.asked)
        if not self.is_busy:
            made = make_player(PlayerSpec(player), self._resources)
            for event in made.decide(parse_position(position), (), settings["seed"]):
                self.say(event_to_dict(event))
        return self._decision

    def analyze(self, position: str, moves: bool) -> int:
        self.asked.append(position)
        place = parse_position(position)
        found = analysis_json(place, self._resources.table(place).analysis(place))
        self.say({"event": "analysis", **found}, len(self.asked))
        return len(self.asked)

    def reload(self) -> int:
        return 0

    def stop(self, target: int) -> None:
        self.say({"event": "stopped"}, target)

    def stop_thinking(self) -> None:
        self.stop(self._decision)

    def is_decision(self, number: object) -> bool:
        return number == self._decision


class Played:
    """A session, and what came of it."""

    def __init__(self, record: GameRecord, place: Path, resources: Resources) -> None:
        self.inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.engine = HereEngine(resources, self.inbox)
        self.out = io.StringIO()
        self.keeper = Keeper(place, lambda line: self.inbox.put(("notice", line)))
        self.game = open_game(record, self.keeper.save)
        voice = Voice(self.out, is_terminal=False)
        self.session = Session(self.game, self.keeper, self.engine, self.inbox, voice, False)
        self.session.command = Commands(self.session, place.parent / "functionbase").hear

    def run(self, *lines: str) -> str:
        """Say lines, then end the input; return what was said in answer."""
        for line in (*lines, None):
            self.inbox.put(("line", line))
        self.session.run()
        return self.out.getvalue()


@pytest.fixture
def played(tmp_path: Path, resources: Resources) -> Callable[..., Played]:
    """Return a function that makes a session on a 6x6 board."""

    def make(seat: Seat = "blue", opponent: str = "greedy", seed: int = 3, **more: Any) -> Played:
        record = more.get("record") or new_record(seat, opponent, 6, seed, None)
        return Played(record, tmp_path / "saves", resources)

    return make
