"""File work for a screen: one thing after the other, in a thread, so that no disk holds it up."""

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from ld_tui.errors import LdTuiError

Result = TypeVar("Result")


class Clerk:
    """Does what it is given in order. `tell` passes a call on to the screen's own thread."""

    def __init__(self, tell: Callable[[Callable[[], None]], None]) -> None:
        self._tell = tell
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="clerk", daemon=True)
        self._is_closed = False
        self._thread.start()

    def do(
        self,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Callable[[LdTuiError], None],
    ) -> None:
        """Have something done; `then` gets what it returned, `failed` what was wrong."""

        def job() -> None:
            try:
                result = work()
            except LdTuiError as error:
                problem = error
                self._tell(lambda: failed(problem))
            else:
                self._tell(lambda: then(result))

        if not self._is_closed:
            self._jobs.put(job)

    def close(self, seconds: float) -> None:
        """Let it finish what it was given, waiting so long at most."""
        if not self._is_closed:
            self._is_closed = True
            self._jobs.put(None)
        self._thread.join(seconds)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
