"""The engine, as the app sees it: requests go out at once, answers come as messages.

Starting and watching over the process happens in other threads; nothing here waits for it.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from textual.message import Message

from ld_tui.tui.messages import EngineNotice, EngineSaid

if TYPE_CHECKING:
    from ld_tui.engine.supervise import SupervisedEngine


class Listener(Protocol):
    """The app, as far as the bridge knows it."""

    @property
    def is_running(self) -> bool: ...

    def post_message(self, message: Message) -> bool: ...


class Bridge:
    """A supervised engine that posts what it hears."""

    def __init__(self, listener: Listener, command: Sequence[str] | None) -> None:
        self._listener = listener
        self._command = command
        self._made: SupervisedEngine | None = None
        self._lock = threading.RLock()
        self._is_closed = False

    def start(self) -> None:
        """Start the engine, from a thread of its own."""
        threading.Thread(target=self._start, name="bridge-start", daemon=True).start()

    def use(self, command: Sequence[str]) -> None:
        """Run another command as the engine, from a thread; what is open is put to it."""
        threading.Thread(target=self._use, args=(command,), name="bridge-use", daemon=True).start()

    @property
    def _engine(self) -> "SupervisedEngine":
        with self._lock:
            if self._made is None:
                # Late: the first frame needs none of it.
                from ld_tui.engine.client import engine_command
                from ld_tui.engine.supervise import SupervisedEngine

                command = self._command or engine_command()
                self._made = SupervisedEngine(command, self._event, self._notice)
            return self._made

    @property
    def pid(self) -> int | None:
        """The engine's process id, while it runs."""
        return self._engine.pid

    def decide(
        self,
        position: str,
        player: str,
        settings: Mapping[str, object],
        history: Sequence[Sequence[object]],
    ) -> int:
        """Ask for a decision; return the request's id."""
        return self._engine.decide(position, player, settings, history)

    def analyze(self, position: str, moves: bool) -> int:
        """Ask for a position's value; return the request's id."""
        return self._engine.analyze(position, moves)

    def review(self, turn: Mapping[str, object]) -> int:
        """Ask what a turn was worth, with the protocol's keys; return the request's id."""
        return self._engine.request("review", **turn)

    def reload(self) -> int:
        """Have the function base read again; return the request's id."""
        return self._engine.request("reload")

    def ask(self, kind: str, **fields: object) -> int:
        """Send a request of another kind; return its id."""
        return self._engine.request(kind, **fields)

    def stop(self, target: int) -> None:
        """Ask to end a request."""
        self._engine.stop(target)

    def close(self) -> None:
        """Kill the engine at once."""
        with self._lock:
            self._is_closed = True
            self._engine.close()

    def _start(self) -> None:
        with self._lock:
            if not self._is_closed:
                self._engine.start()

    def _use(self, command: Sequence[str]) -> None:
        with self._lock:
            self._command = command
            if self._made is not None and not self._is_closed:
                self._made.use(command)

    def _event(self, message: Mapping[str, Any]) -> None:
        self._post(EngineSaid(message))

    def _notice(self, line: str) -> None:
        self._post(EngineNotice(line))

    def _post(self, message: Message) -> None:
        if self._listener.is_running:
            self._listener.post_message(message)
