"""An engine that is always there: one that died or hangs is replaced and asked again.

It knows which requests are open and for how long the engine has been silent, not what they mean.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ld_tui.engine.client import EngineClient, Message

FINAL = frozenset(
    {
        "decided",
        "gave_up",
        "analysis",
        "reviewed",
        "report",
        "found",
        "usage",
        "stopped",
        "ok",
        "error",
    }
)
"""Events that end a request."""
AGAIN = "again"
"""Event told in the engine's stead when a request was put to a new engine: forget its events."""
_IDLE = "not restarted until something is asked of it again"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an engine may be silent before it counts as hung, in seconds."""

    start: float = 60.0
    """From its start to `ready`, or to the error that says why the models can't be loaded."""
    thinking: float = 20.0
    """With a decision open and not a line written."""
    ping: float = 5.0
    """With a ping unanswered."""
    attempts: int = 3
    """How often a request is put to an engine, and an engine started in vain, before giving up."""


@dataclass(slots=True)
class _Open:
    """A request without its final event."""

    message: Message
    attempts: int = 1
    since: float = field(default_factory=time.monotonic)


class SupervisedEngine:
    """An `EngineClient` that restarts its engine and repeats what it was asked.

    `on_event` gets every message of the engine with the id of the request, `on_notice` one line
    whenever something went wrong. Both are called from threads of this object, never after
    `close`. A request that fails `Patience.attempts` times ends with an `error` event.
    """

    def __init__(
        self,
        command: Sequence[str],
        on_event: Callable[[Message], None],
        on_notice: Callable[[str], None],
        patience: Patience | None = None,
    ) -> None:
        self._on_event = on_event
        self._on_notice = on_notice
        self._patience = patience or Patience()
        self._client = EngineClient(command, self._heard, self._recover)
        self._lock = threading.RLock()
        self._open: dict[int, _Open] = {}
        self._pings: dict[int, float] = {}
        self._last_id = 0
        self._last_line = time.monotonic()
        self._ready = False
        self._lost = False
        self._failed_starts = 0
        self._closed = threading.Event()

    def start(self) -> None:
        """Start the engine and watch over it; requests made before are put to it now."""
        with self._lock:
            self._restart()
        threading.Thread(target=self._watch, name="engine-watch", daemon=True).start()

    def use(self, command: Sequence[str]) -> None:
        """Replace the engine by another command's, and ask that what is still open."""
        with self._lock:
            if self._closed.is_set():
                return
            self._client.close()
            self._client.use(command)
            self._lost, self._failed_starts = False, 0
            stops = [n for n, item in self._open.items() if item.message["type"] == "stop"]
            for number in stops:
                del self._open[number]
            repeated = list(self._open)
        for number in repeated:
            self._pass_on({"id": number, "event": AGAIN})
        with self._lock:
            if not self._closed.is_set():
                self._restart()

    @property
    def pid(self) -> int | None:
        """The engine's process id, while it runs."""
        return self._client.pid

    @property
    def is_ready(self) -> bool:
        """Tell whether the engine has loaded its models, or said that it can't."""
        return self._ready

    def decide(
        self,
        position: str,
        player: str,
        settings: Mapping[str, object] | None = None,
        history: Sequence[Sequence[object]] = (),
    ) -> int:
        """Ask for a decision; return the request's id."""
        return self.request(
            "decide",
            position=position,
            player=player,
            settings=dict(settings or {}),
            history=list(history),
        )

    def analyze(self, position: str, moves: bool = True) -> int:
        """Ask for a position's value, and its moves'; return the request's id."""
        return self.request("analyze", position=position, moves=moves)

    def stop(self, target: int) -> None:
        """Ask to end a request; `stopped` comes for it, unless its last event was on its way."""
        self.request("stop", target=target)

    def request(self, kind: str, /, **fields: object) -> int:
        """Send a request; return its id. Starts an engine anew after it was given up."""
        with self._lock:
            self._last_id += 1
            message = {"id": self._last_id, "type": kind, **fields}
            self._open[self._last_id] = _Open(message)
            if self._lost and not self._closed.is_set():
                self._lost, self._failed_starts = False, 0
                self._restart()
            else:
                self._client.send(message)
            return self._last_id

    def close(self) -> None:
        """Kill the engine at once; doesn't wait for it."""
        self._closed.set()
        self._client.close()

    def _heard(self, message: Message) -> None:
        """Pass a message on, unless it answers a ping or a request that is closed."""
        number = message.get("id")
        event = message["event"]
        with self._lock:
            self._last_line = time.monotonic()
            if number is None and event in ("ready", "error"):
                self._ready, self._failed_starts = True, 0
            if number in self._pings:
                del self._pings[number]
                return
            if isinstance(number, int):
                if number not in self._open:
                    return
                if event in FINAL:
                    del self._open[number]
        if event == "garbage":
            self._tell(str(message["message"]))
        else:
            self._pass_on(message)

    def _recover(self, reason: str) -> None:
        """Replace an engine that ended or hangs, and ask the new one what is still open.

        The callbacks run between the two engines, so that they see one after the other.
        """
        with self._lock:
            if self._closed.is_set():
                return
            self._client.close()
            if not self._ready:
                self._failed_starts += 1
            self._lost = lost = self._failed_starts >= self._patience.attempts
            dropped = self._drop_hopeless(everything=lost)
            repeated = list(self._open)
        self._tell(f"{reason}; {_IDLE if lost else 'restarted'}")
        for number in dropped:
            self._pass_on({"id": number, "event": "error", "message": reason})
        for number in repeated:
            self._pass_on({"id": number, "event": AGAIN})
        with self._lock:
            if not (lost or self._closed.is_set()):
                self._restart()

    def _restart(self) -> None:
        """Start a new engine and put every open request to it."""
        self._ready = False
        self._pings.clear()
        self._last_line = time.monotonic()
        self._client.restart()
        for item in self._open.values():
            item.since = self._last_line
            self._client.send(item.message)
        if self._closed.is_set():
            self._client.close()

    def _drop_hopeless(self, everything: bool) -> list[int]:
        """Give up requests that too many engines have failed; return their ids."""
        hopeless = []
        for number, item in list(self._open.items()):
            item.attempts += 1
            gone = item.message["type"] == "stop"
            if everything or gone or item.attempts > self._patience.attempts:
                del self._open[number]
                if not gone:
                    hopeless.append(number)
        return hopeless

    def _pass_on(self, message: Message) -> None:
        if not self._closed.is_set():
            self._on_event(message)

    def _tell(self, line: str) -> None:
        if not self._closed.is_set():
            self._on_notice(line)

    def _watch(self) -> None:
        """Look every now and then whether the engine is still there."""
        pause = min(0.25, self._patience.ping / 4, self._patience.thinking / 4)
        while not self._closed.wait(pause):
            if reason := self._silence():
                self._recover(reason)

    def _silence(self) -> str | None:
        """Say in one line why the engine counts as hung; None while it doesn't.

        An engine that ended is not hung: its end is told by itself.
        """
        now = time.monotonic()
        with self._lock:
            if not self._client.is_running:
                return None
            silent = now - self._last_line
            if not self._ready and silent > self._patience.start:
                return f"the engine didn't get ready in {self._patience.start:g} s"
            if any(now - asked > self._patience.ping for asked in self._pings.values()):
                return f"the engine didn't answer for {self._patience.ping:g} s"
            deciding = [o for o in self._open.values() if o.message["type"] == "decide"]
            waited = min([silent, *(now - item.since for item in deciding)])
            if self._ready and deciding and waited > self._patience.thinking:
                return f"the engine thought for {self._patience.thinking:g} s without a word"
            if self._open and not self._pings and silent > self._patience.ping:
                self._last_id += 1
                self._pings[self._last_id] = now
                self._client.send({"id": self._last_id, "type": "ping"})
        return None
