"""An engine that answers at once and by the book, so that screens can be tested without models."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ld_tui.engine.desk import Desk
from ld_tui.engine.protocol import Check, Search
from ld_tui.game.notation import format_move, parse_move, parse_position
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
        self.settings: list[Mapping[str, object]] = []
        """Of each decision asked for."""
        self.reloads = 0
        self.open: list[int] = []
        self.stopped: list[int] = []
        self.new: tuple[str, ...] = ()
        """Functions of the move stage that an author wrote."""
        self.is_closed = False
        self.starts = 0
        self.commands: list[list[str]] = []
        """What was to be run in its place."""
        self.late_reviews: list[dict[str, Any]] | None = None
        """Reviews that are held back; None: they are told at once."""
        self.desk: Desk | None = None
        """Answers what editors ask for; without one nothing is."""
        self.analyze_error = ""
        """What every analysis fails with; empty: none does."""

    def start(self) -> None:
        self.starts += 1
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
        self.settings.append(settings)
        number = len(self.requests)
        self.open.append(number)
        if not self.is_busy:
            self.answer(number, player)
        return number

    def tell(self, *events: Mapping[str, Any]) -> None:
        """Post events of the latest decision asked for."""
        for event in events:
            self.post({"id": self.open[-1], **event})

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

    def review(self, turn: Mapping[str, Any]) -> int:
        self.requests.append(("review", str(turn["position"])))
        number = len(self.requests)
        here = parse_position(str(turn["position"]))
        moves = [format_move(move) for move in legal_moves(here)]
        worth = _worth(parse_move(turn["move"]), moves.index(str(turn["move"])))
        lost = worth["regret"]
        blame = [{"stage": "plan", "blame": "selector", "steps": lost}]
        answer = {"id": number, "event": "reviewed", "value": 4, "reached": worth["value"],
                  "regret": lost, "best": moves[0], "only": False,
                  "mark": ["", "?!", "?", "??"][lost],
                  "blame": blame * bool(turn.get("events"))}  # fmt: skip
        if self.late_reviews is None:
            self.post(answer)
        else:
            self.late_reviews.append(answer)
        return number

    def reload(self) -> int:
        self.requests.append(("reload", ""))
        self.reloads += 1
        self.post({"id": len(self.requests), "event": "ok"})
        return len(self.requests)

    def ask(self, kind: str, **fields: Any) -> int:
        self.requests.append((kind, str(fields.get("text", ""))))
        number = len(self.requests)
        if self.desk is not None and kind == "check":
            self.post(self.desk.check(Check(number, **fields)))
        elif self.desk is not None and kind == "search":
            self.post(self.desk.search(Search(number, **fields)))
        elif kind == "usage":
            use = {"retrieved": 9, "chosen": 4, "regret": 0.25}
            self.post({"id": number, "event": "usage", "functions": {"advance": use}})
        return number

    def stop(self, target: int) -> None:
        self.stopped.append(target)

    def use(self, command: Sequence[str]) -> None:
        self.commands.append(list(command))

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
            *_stage(2, "move", f"How should {side} step?", MOVES, "dodge", move, struck, self.new),
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
    new: Sequence[str] = (),
) -> list[dict[str, Any]]:
    names = (*names, *new)
    distances = [0.8 + 0.03 * at for at in range(len(names))]
    shares = [0.7 if one == chosen else 0.3 / (len(names) - 1) for one in names]
    summaries = [f"Does what {one} does." for one in names]
    begin = {"event": "stage", "stage": number, "stages": 2, "name": name, "question": question}
    return [
        {**begin, "state": "orange center walls N4 E4 S5 W5 ; near N1 E0 d1"},
        {"event": "retrieved", "stage": number, "names": list(names), "distances": distances,
         "summaries": summaries, "ms": 2.0, "new": list(new)},
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


WRITTEN = "jam_move_1a2b"
SOURCE = f'''def {WRITTEN}(state, previous):
    """Goes around what is closed."""
    found = []
    for dot, target in zip(state["blue"], previous):
        found.append(nearest(dot, target))  # never further
    return found


def nearest(dot, target):
    ways = [(dot[0] + cols, dot[1] + rows) for cols, rows in WAYS]
    return min(ways, key=lambda way: gap(way, target))


def gap(a, b):
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


WAYS = [(2, 0), (0, 2), (-2, 0), (0, -2), (1, 1), (1, -1), (-1, 1), (-1, -1)]
'''
MEASURED = (
    "loses 0.21 steps a turn in 24 positions near this one; the best of 5 others, dodge, 0.52"
)


class ScriptedAuthor:
    """What an author's events look like on the wire."""

    name = WRITTEN

    @staticmethod
    def manual(name: str = WRITTEN, side: str = "blue") -> str:
        """Return a manual as an author writes it."""
        source = SOURCE.replace(WRITTEN, name)
        return f"""name = "{name}"
side = "{side}"
stage = "move"
summary = "Every dot goes around what is closed."
when = "In any state."
origin = "emergency"
source = '''
{source}'''

[provenance]
author = "composer"
date = "2026-01-31"
rules = "0123456789abcdef"
parent = ""

[[examples]]
position = "10 c7,b4,h8 e5 b 0 0,0 jam:1@8"
previous = [[4, 4], [4, 4], [4, 4]]
result = [[2, 6], [3, 3], [6, 6]]
"""

    @staticmethod
    def raised(text: str = "jam: blue dot 1 can't move until step 8") -> dict[str, Any]:
        return {"event": "emergency", "cause": "rules", "text": text, "author": "composer"}

    @staticmethod
    def worked(text: str, is_piece: bool = False) -> dict[str, Any]:
        return {"event": "author", "stage": 2, "author": "composer", "text": text,
                "is_piece": is_piece}  # fmt: skip

    @staticmethod
    def drafted(source: str = SOURCE, attempt: int = 1, name: str = WRITTEN) -> dict[str, Any]:
        return {"event": "drafted", "stage": 2, "name": name, "author": "composer",
                "summary": "Every dot goes around what is closed.", "when": "In any state.",
                "source": source, "attempt": attempt}  # fmt: skip

    @staticmethod
    def checked(check: str, passed: bool = True, detail: str = "on 24 positions") -> dict[str, Any]:
        return {"event": "checked", "stage": 2, "name": WRITTEN, "check": check, "passed": passed,
                "detail": detail}  # fmt: skip

    @staticmethod
    def refused(reason: str, attempt: int = 1) -> dict[str, Any]:
        return {
            "event": "refused",
            "stage": 2,
            "name": WRITTEN,
            "reason": reason,
            "attempt": attempt,
        }

    @staticmethod
    def admitted(name: str = WRITTEN) -> dict[str, Any]:
        return {"event": "admitted", "stage": 2, "name": name, "emergency": "jam:1@8",
                "measured": MEASURED, "text": ScriptedAuthor.manual(name), "ms": 900.0}  # fmt: skip

    @staticmethod
    def gave_up(reason: str) -> dict[str, Any]:
        return {"event": "author_gave_up", "stage": 2, "emergency": "jam:1@8", "reason": reason,
                "ms": 900.0}  # fmt: skip

    @classmethod
    def failed(cls) -> list[dict[str, Any]]:
        """Return the events of a first draft that isn't taken."""
        why = "in 10 c7,b4,h8 e5 b 0 0,0 jam:1@8 it moves the jammed dot"
        return [
            cls.raised(),
            cls.drafted(),
            cls.checked("source"),
            cls.checked("loads"),
            cls.checked("legal", False, why),
            cls.refused(f"legal: {why}"),
        ]

    @classmethod
    def done(cls) -> list[dict[str, Any]]:
        """Return the events of a first draft that isn't taken, and of a second that is."""
        return [
            *cls.failed(),
            cls.drafted(attempt=2),
            *(cls.checked(check) for check in ("source", "loads", "legal")),
            cls.checked("play", True, MEASURED),
            cls.admitted(),
        ]


@pytest.fixture
def author() -> type[ScriptedAuthor]:
    return ScriptedAuthor


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
        folder = more.pop("functionbase", tmp_path / "functionbase")
        setup = Setup(mode, size, seed, tmp_path / "saves", (), folder, reply_delay=0.0, **more)
        app = LdTuiApp(setup, lambda app: engine)
        engine = ScriptedEngine(lambda message: app.post_message(EngineSaid(message)) and None)
        return Opened(app, engine)

    return make


@pytest.fixture
def rules6() -> Rules:
    return Rules(size=6)


__all__ = ["Opened", "ScriptedAuthor", "ScriptedEngine", "Side"]
