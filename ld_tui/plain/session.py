"""One game in lines: takes what the engine, the clock and the person say, one after the other.

Everything comes through one queue and is done in one thread. A person at a terminal may say
something at any time; from a pipe lines are taken when there is something to answer, so that the
same lines make the same game.
"""

import heapq
import itertools
import queue
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ld_tui.agent.events import AuthorWorked, event_from_dict
from ld_tui.arena.game import Game
from ld_tui.engine.supervise import SupervisedEngine
from ld_tui.errors import LdTuiError
from ld_tui.game.rules import Side
from ld_tui.plain.console import Voice, without_escapes
from ld_tui.plain.games import Keeper
from ld_tui.plain.news import News
from ld_tui.plain.thoughts import Detail, author_line
from ld_tui.tui.conductor import Conductor
from ld_tui.tui.pace import SPEEDS

Item = tuple[str, Any]
"""`said` and a message, `notice`, `line`, or `interrupt`."""
_SIGNS_OF_LIFE = (3.0, 10.0, 30.0, 60.0, 120.0)
"""Seconds after which a decision that takes that long is told to go on."""
_SOLVING_EVERY = _WORK_EVERY = 5.0
"""Seconds between lines on how far a board, or an author's search, has come."""
_TWICE = 1.5
"""Seconds within which a second ctrl+c quits."""


class EngineLink:
    """The engine as a conductor asks it; what it answers goes into the queue."""

    def __init__(self, command: Sequence[str], inbox: "queue.SimpleQueue[Item]") -> None:
        self._engine = SupervisedEngine(
            command,
            lambda message: inbox.put(("said", message)),
            lambda line: inbox.put(("notice", line)),
        )
        self._decision: int | None = None

    def start(self) -> None:
        self._engine.start()

    def close(self) -> None:
        """Kill the engine at once."""
        self._engine.close()

    @property
    def pid(self) -> int | None:
        return self._engine.pid

    def decide(
        self,
        position: str,
        player: str,
        settings: Mapping[str, object],
        history: Sequence[Sequence[object]],
    ) -> int:
        self._decision = self._engine.decide(position, player, settings, history)
        return self._decision

    def analyze(self, position: str, moves: bool) -> int:
        return self._engine.analyze(position, moves)

    def reload(self) -> int:
        return self._engine.request("reload")

    def stop(self, target: int) -> None:
        self._engine.stop(target)

    def stop_thinking(self) -> None:
        """Have the decision under way ended; `stopped` comes for it."""
        if self._decision is not None:
            self._engine.stop(self._decision)

    def is_decision(self, number: object) -> bool:
        return number is not None and number == self._decision


class Session:
    """A game in words, until the person leaves it."""

    def __init__(
        self,
        game: Game,
        keeper: Keeper,
        engine: EngineLink,
        inbox: "queue.SimpleQueue[Item]",
        voice: Voice,
        is_terminal: bool,
    ) -> None:
        self.keeper = keeper
        self.engine = engine
        self.voice = voice
        self.conductor = Conductor(
            game, engine, self, reply_delay=0.0, speed=0 if is_terminal else len(SPEEDS) - 1
        )
        self.news = News(self.conductor)
        self.is_done = False
        self.command: Callable[[str], None] = lambda line: None
        """What a line from the person does; set by whoever knows the commands."""
        self.waiting: Callable[[], bool] | None = None
        """What the person waits for; called until it says that it is done."""
        self._inbox = inbox
        self._is_terminal = is_terminal
        self._lines: deque[str | None] = deque()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._has_input = True
        self._life_told = 0
        self._solving_told = self._work_told = 0.0
        self._interrupted = 0.0

    # What the conductor wants of its screen

    def changed(self) -> None:
        """Nothing: what is new is told after each thing that happens."""

    def streamed(self) -> None:
        """Nothing: authors are heard as they write."""

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call back after a while."""
        due = time.monotonic() + seconds
        heapq.heappush(self._timers, (due, next(self._numbers), call))

    # What commands want

    @property
    def detail(self) -> Detail:
        return self.news.detail

    def say(self, *texts: str) -> None:
        for text in texts:
            self.voice.say(text)

    def wait_for(self, is_done: Callable[[], bool]) -> None:
        """Call `is_done` now, and after whatever happens until it is true."""
        self.waiting = None if is_done() else is_done

    def quit(self) -> None:
        self.is_done = True

    # The flow

    def run(self) -> None:
        """Play until the person leaves."""
        if self.conductor.is_watching and not self._is_terminal:
            self.conductor.toggle_pause()
            self.news.skip()
        self.conductor.begin()
        while not self.is_done:
            self._tell()
            if self._lines and self._takes_lines():
                self._hear_line(self._lines.popleft())
            else:
                self._ask()
                self._next()

    def _tell(self) -> None:
        self.say(*self.news.tell())
        if self.waiting is not None and self.waiting():
            self.waiting = None
            self.say(*self.news.tell())
        self.say(*self.news.tell_turn())
        if self.conductor.is_over and not self._has_input:
            self.quit()

    def _takes_lines(self) -> bool:
        game = self.conductor
        if self._is_terminal:
            return True
        if self.waiting is not None:
            return False
        at_rest = not game.is_thinking and not self._timers
        return at_rest and (
            game.is_over or game.is_persons_turn or bool(game.trouble) or game.is_paused
        )

    def _ask(self) -> None:
        game = self.conductor
        if self.waiting is not None:
            return
        if game.is_over or game.is_persons_turn or game.is_paused or game.trouble:
            own = [side for side in Side if game.is_human(side)]
            side = own[0] if len(own) == 1 else game.position.to_move
            self.voice.prompt("> " if game.is_over else f"{side}> ")

    def _next(self) -> None:
        """Do the next thing that happens."""
        wait = self._timers[0][0] - time.monotonic() if self._timers else 1.0
        try:
            kind, content = self._inbox.get(timeout=min(1.0, max(0.0, wait)))
        except queue.Empty:
            self._signs_of_life()
        else:
            self._hear(kind, content)
        while self._timers and self._timers[0][0] <= time.monotonic():
            heapq.heappop(self._timers)[2]()

    def _hear(self, kind: str, content: Any) -> None:
        match kind:
            case "said":
                self._hear_author(content)
                self.conductor.heard(content)
            case "notice":
                self.conductor.note(content, trouble=True)
            case "line":
                self._lines.append(content)
            case "interrupt":
                self._interrupt()

    def _hear_line(self, line: str | None) -> None:
        self.voice.answered()
        if line is not None:
            said = without_escapes(line)
            if line and not said:
                self.say("Arrows and the like do nothing here; help lists what can be said.")
            else:
                self.command(said)
            return
        self._has_input = False
        if self.conductor.is_watching and not self.conductor.is_over and not self._is_terminal:
            if self.conductor.is_paused:
                self.conductor.toggle_pause()
        else:
            self.quit()

    def _hear_author(self, message: Mapping[str, Any]) -> None:
        """Tell what an author does as it does it; the rest of a decision is told with its turn."""
        if not self.engine.is_decision(message.get("id")):
            return
        trace = self.conductor.trace
        if trace is not None and trace.side is Side.ORANGE and self.conductor.sight.is_hidden:
            return
        data = {name: value for name, value in message.items() if name != "id"}
        try:
            event = event_from_dict(data)
        except (LdTuiError, TypeError, ValueError):
            return  # progress, or an end; the conductor says what is wrong with others
        if isinstance(event, AuthorWorked) and self.detail != "full":
            if time.monotonic() - self._work_told < _WORK_EVERY:
                return
            self._work_told = time.monotonic()
        if text := author_line(event, self.conductor.game.record.start, self.detail):
            self.say(text)

    def _interrupt(self) -> None:
        """Stop what goes on: a wait, the thinking, programs' play; twice: leave."""
        now, game = time.monotonic(), self.conductor
        if now - self._interrupted < _TWICE:
            self.quit()
            return
        self._interrupted = now
        if self.waiting is not None:
            self.waiting = None
            self.say("Not waited for any more.")
        elif game.is_watching and not (game.is_paused or game.is_over or game.trouble):
            game.toggle_pause()
            self.say("Paused. go plays on, step plays one turn.")
        elif game.is_thinking:
            self.say("Stopping.")
            self.engine.stop_thinking()
        else:
            saved = "not saved" if self.keeper.problem else "saved"
            self.say(f"quit leaves; so does ctrl+c, pressed twice. The game is {saved}.")

    def _signs_of_life(self) -> None:
        game, now = self.conductor, time.monotonic()
        since = game.thinking_since
        if since is None:
            self._life_told = 0
        elif (
            self._life_told < len(_SIGNS_OF_LIFE) and now - since >= _SIGNS_OF_LIFE[self._life_told]
        ):
            self._life_told += 1
            self.say(f"Still thinking, {now - since:.0f} seconds.")
        solving = game.analyst.solving
        if self.waiting is not None and solving and now - self._solving_told > _SOLVING_EVERY:
            self._solving_told = now
            self.say(f"The board is being solved, {100 * solving:.0f} %.")
