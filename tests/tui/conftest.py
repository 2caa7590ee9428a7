"""An engine that answers at once and by the book, so that screens can be tested without models."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ld_tui.game.notation import format_move, parse_position
from ld_tui.game.rules import Position, Rules, Side, distance, legal_moves, outcome
from ld_tui.tui.app import LdTuiApp
from ld_tui.tui.messages import EngineSaid
from ld_tui.tui.settings import Mode, Setup

PLANS = ("slip_past", "far_corner", "hug_wall", "keep_center", "open_side")
MOVES = ("dodge", "clear_of_far", "short_leg_first")


class ScriptedEngine:
    """Decides by two scripted stages and the first legal move; values a position by distance."""

    def __init__(self, post: Callable[[Mapping[str, Any]], None]) -> None:
        self.post = post
        self.is_busy = False
        """Whether decisions are left unanswered."""
        self.strikes: list[tuple[str, str]] = []
        """Functions, with reasons, that the next decision has struck as illegal."""
        self.requests: list[tuple[str, str]] = []
        self.open: list[int] = []
        self.stopped: list[int] = []
        self.is_closed = False
        self.analyze_error = ""
        """What every analysis fails with; empty: none does."""

    def start(self) -> None:
        self.post({"id": None, "event": "ready", "functions": 32, "selector": "nano",
                   "embedder": "static", "notices": []})  # fmt: skip

    def decide(
        self,
        position: str,
        player: str,
        settings: Mapping[str, object],
        history: Sequence[tuple[str, Sequence[str]]],
    ) -> int:
        self.requests.append(("decide", position))
        number = len(self.requests)
        self.open.append(number)
        if not self.is_busy:
            self.answer(number, player)
        return number

    def answer(self, number: int, player: str = "ld") -> None:
        """Answer a request for a decision."""
        _, position = self.requests[number - 1]
        for event in self._decision(parse_position(position), player):
            self.post({"id": number, **event})

    def analyze(self, position: str, moves: bool) -> int:
        self.requests.append(("analyze", position))
        number = len(self.requests)
        here = parse_position(position)
        if self.analyze_error:
            self.post({"id": number, "event": "error", "message": self.analyze_error})
            return number
        self.post({"id": number, "event": "progress", "what": "solving", "done": 1.0})
        values = (
            [] if outcome(here) else [_worth(move, at) for at, move in enumerate(legal_moves(here))]
        )
        answer = {"id": number, "event": "analysis", "position": position, "value": _value(here)}
        self.post({**answer, "moves": values})
        return number

    def stop(self, target: int) -> None:
        self.stopped.append(target)

    def close(self) -> None:
        self.is_closed = True

    def _decision(self, position: Position, player: str) -> list[dict[str, Any]]:
        move = format_move(legal_moves(position)[0])
        decided = {"event": "decided", "move": move, "ms": 40.0}
        if player != "ld":
            return [decided]
        side = position.to_move
        struck, self.strikes = self.strikes, []
        return [
            *_stage(1, "plan", f"Where should {side} go?", PLANS, "far_corner", "j8", []),
            *_stage(2, "move", f"How should {side} step?", MOVES, "dodge", move, struck),
            decided,
        ]


def _stage(
    number: int,
    name: str,
    question: str,
    names: Sequence[str],
    chosen: str,
    shown: str,
    struck: Sequence[tuple[str, str]],
) -> list[dict[str, Any]]:
    distances = [0.8 + 0.03 * at for at in range(len(names))]
    shares = [0.7 if one == chosen else 0.3 / (len(names) - 1) for one in names]
    summaries = [f"Does what {one} does." for one in names]
    begin = {"event": "stage", "stage": number, "stages": 2, "name": name, "question": question}
    return [
        {**begin, "state": "orange center walls N4 E4 S5 W5 ; near N1 E0 d1"},
        {"event": "retrieved", "stage": number, "names": list(names), "distances": distances,
         "summaries": summaries, "ms": 2.0},
        *({"event": "rejected", "stage": number, "name": one, "reason": why, "illegal": True}
          for one, why in struck),
        {"event": "selected", "stage": number, "name": chosen, "candidates": list(names),
         "probabilities": shares, "by": "s-llm", "ms": 12.0},
        {"event": "executed", "stage": number, "name": chosen, "result": [], "shown": shown,
         "ms": 1.0},
    ]  # fmt: skip


def _value(position: Position) -> int:
    return max(0, max(distance(dot, position.orange) for dot in position.blue) - 1)


def _worth(move: Any, at: int) -> dict[str, Any]:
    return {"move": format_move(move), "value": 4 + min(at, 3), "regret": min(at, 3)}


class Opened:
    """An app with its scripted engine."""

    def __init__(self, app: LdTuiApp, engine: ScriptedEngine) -> None:
        self.app = app
        self.engine = engine

    @property
    def game(self) -> Any:
        """The game on the screen, with its conductor."""
        return self.app.screen.conductor  # type: ignore[attr-defined]

    @property
    def position(self) -> Position:
        return self.game.position

    def text(self) -> str:
        """What the screen shows, as plain text."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in strips)


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Opened]:
    """Return a function that makes an app; run it with `app.run_test`."""

    def make(mode: Mode = "blue", size: int = 6, seed: int = 3, **more: Any) -> Opened:
        setup = Setup(mode, size, seed, tmp_path / "saves", (), reply_delay=0.0, **more)
        app = LdTuiApp(setup, lambda app: engine)
        engine = ScriptedEngine(lambda message: app.post_message(EngineSaid(message)) and None)
        return Opened(app, engine)

    return make


@pytest.fixture
def rules6() -> Rules:
    return Rules(size=6)


__all__ = ["Opened", "ScriptedEngine", "Side"]
