"""A model on trial: an engine of its own decides one position with it, and tells of it."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ld_tui.arena.game import Game
from ld_tui.engine.client import EngineClient
from ld_tui.game.notation import format_position
from ld_tui.game.rules import Rules
from ld_tui.game.starts import starts

LIMIT = 120.0
"""Seconds after which a trial is given up."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One stage of the decision."""

    question: str
    names: tuple[str, ...]
    probabilities: tuple[float, ...]
    chosen: str
    ms: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What is known of a trial so far."""

    position: str
    selector: str = ""
    """What the model calls itself; empty until it is loaded."""
    load_seconds: float = 0.0
    stages: tuple[Tried, ...] = ()
    move: str = ""
    ms: float = 0.0
    """Of the whole decision."""
    problem: str = ""
    """Why it came to nothing, in one line."""

    @property
    def is_done(self) -> bool:
        return bool(self.move or self.problem)


class Examiner:
    """Runs one trial; nothing here waits for it."""

    def __init__(
        self, command: Sequence[str], position: str, k: int, said: Callable[[Trial], None]
    ) -> None:
        """Take what to run as the engine; `said` gets every news, from other threads."""
        self._said = said
        self._k = k
        self._trial = Trial(position)
        self._client = EngineClient(command, self._heard, self._ended)
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._limit = threading.Timer(LIMIT, self._fail, [f"no answer within {LIMIT:g} s"])
        self._limit.daemon = True
        self._question = ""

    def start(self) -> None:
        """Begin, in threads of its own."""
        self._limit.start()
        threading.Thread(target=self._client.start, daemon=True).start()

    def close(self) -> None:
        """Give the trial up."""
        self._limit.cancel()
        self._client.close()

    def _heard(self, message: Mapping[str, Any]) -> None:
        with self._lock:
            if not self._trial.is_done:
                self._take(message)

    def _take(self, message: Mapping[str, Any]) -> None:
        trial = self._trial
        match message["event"]:
            case "ready":
                seconds = time.monotonic() - self._began
                self._tell(
                    replace(trial, selector=str(message.get("selector")), load_seconds=seconds)
                )
                settings = {"k": self._k, "select": "s-llm", "seed": 1}
                self._client.request(
                    "decide", position=trial.position, player="ld", settings=settings, history=[]
                )
            case "stage":
                self._question = str(message.get("question", ""))
            case "selected":
                tried = Tried(
                    self._question,
                    tuple(map(str, message.get("candidates", ()))),
                    tuple(map(float, message.get("probabilities", ()))),
                    str(message.get("name")),
                    float(message.get("ms", 0.0)),
                )
                self._tell(replace(trial, stages=(*trial.stages, tried)))
            case "decided":
                self._finish(
                    replace(trial, move=str(message.get("move")), ms=float(message.get("ms", 0.0)))
                )
            case "gave_up":
                why = message.get("reason") or message.get("message") or "no decision"
                self._finish(replace(trial, problem=f"it came to no move: {why}"))
            case "error" | "garbage":
                self._finish(replace(trial, problem=str(message.get("message"))))

    def _ended(self, reason: str) -> None:
        # What the engine said last is the reason; that it ended is known.
        self._fail(reason.rpartition("ld-tui: ")[2])

    def _fail(self, reason: str) -> None:
        with self._lock:
            if not self._trial.is_done:
                self._finish(replace(self._trial, problem=reason))

    def _finish(self, trial: Trial) -> None:
        self._tell(trial)
        self.close()

    def _tell(self, trial: Trial) -> None:
        self._trial = trial
        self._said(trial)


def position_of(game: Game | None) -> str:
    """Return the position to try a model on: that of a game that goes on, or the same start."""
    if game is not None and game.outcome is None:
        return format_position(game.position)
    return format_position(starts(1, 1, Rules())[0])


def engine_options(command: Sequence[str], options: Mapping[str, str]) -> list[str]:
    """Return an engine's command with other options; empty ones are left out."""
    kept: list[str] = []
    words = iter(command)
    for word in words:
        if word.removeprefix("--") in options and word.startswith("--"):
            next(words, None)
        else:
            kept.append(word)
    return kept + [
        word for name, value in options.items() if value for word in (f"--{name}", value)
    ]
