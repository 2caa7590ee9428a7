"""Opens a game in words, and sees to it that everything ends with it."""

import os
import queue
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from ld_tui.errors import UsageError
from ld_tui.game.record import GameRecord
from ld_tui.plain.commands import Commands
from ld_tui.plain.console import Voice, read_in_thread, without_escapes
from ld_tui.plain.games import SEATS, Keeper, Seat, latest, new_record, open_game, read_game
from ld_tui.plain.session import EngineLink, Item, Session
from ld_tui.plain.thoughts import Detail
from ld_tui.plain.words import listed, opening
from ld_tui.tui.settings import LD

_SEATS_EXPLAINED = (
    "Say blue to hunt with three dots, orange to flee with one, both to move for both sides, or "
    "watch to let programs play. Enter alone is blue; quit leaves."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to play."""

    mode: str
    """A seat, `start` to ask for one, or `resume`."""
    opponent: str
    size: int
    seed: int | None
    map_name: str | None
    saves: Path
    engine_command: Sequence[str]
    functionbase: Path | None
    detail: Detail = "normal"
    ld: Mapping[str, object] = field(default_factory=lambda: dict(LD))
    """How strong LD plays in a new game."""
    clock: int = 0
    """Seconds a side in a new game; 0: no clock."""


def play_plain(plan: Plan) -> int:
    """Play on standard input and output until the person leaves; return the exit status."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    is_terminal = os.isatty(0)
    voice = Voice(sys.stdout, sys.stdout.isatty())
    inbox: queue.SimpleQueue[Item] = queue.SimpleQueue()

    def interrupted(number: int, frame: FrameType | None) -> None:
        inbox.put(("interrupt", None))

    before = signal.signal(signal.SIGINT, interrupted)
    engine = EngineLink(plan.engine_command, inbox)
    try:
        engine.start()
        read_in_thread(0, lambda line: inbox.put(("line", line)))
        opened = _opened(plan, voice, inbox)
        if opened is None:
            return 0
        record, keeper = opened
        game = open_game(record, keeper.save)
        session = Session(game, keeper, engine, inbox, voice, is_terminal)
        session.news.detail = plan.detail
        session.command = Commands(session, plan.functionbase).hear
        session.say(*opening(game))
        session.say("help lists what can be said; quit leaves, the game is saved.")
        session.run()
        if keeper.problem:
            session.say(f"The game was not saved: {keeper.problem}.")
        elif keeper.is_written and game.outcome is None:
            session.say("The game is saved; ld-tui resume --plain goes on with it.")
    finally:
        engine.close()
        signal.signal(signal.SIGINT, before)
    return 0


def _opened(
    plan: Plan, voice: Voice, inbox: "queue.SimpleQueue[Item]"
) -> tuple[GameRecord, Keeper] | None:
    """Return the game to be played and what saves it; None where the person leaves instead."""

    def failed(line: str) -> None:
        inbox.put(("notice", line))

    if plan.mode == "resume":
        path = latest(plan.saves)
        return read_game(path), Keeper(path, failed)
    seat = next((each for each in SEATS if each == plan.mode), None) or _asked(voice, inbox)
    if seat is None:
        return None
    if plan.opponent == "human":
        if seat == "watch":
            raise UsageError("watching, both sides are programs; choose another opponent")
        seat = "both"
    board = (plan.size, plan.seed, plan.map_name)
    record = new_record(seat, plan.opponent, *board, plan.ld, plan.clock)
    return record, Keeper(plan.saves, failed, seat)


def _asked(voice: Voice, inbox: "queue.SimpleQueue[Item]") -> Seat | None:
    """Ask which side is the person's; None where there is no answer."""
    held: list[Item] = []
    try:
        while True:
            voice.prompt(f"Play {listed(SEATS, 'or')}? [blue] ")
            kind, content = inbox.get()
            if kind == "interrupt" or (kind == "line" and content in (None, "quit", "q")):
                return None
            if kind != "line":
                held.append((kind, content))
                continue
            voice.answered()
            said = without_escapes(content).lower()
            seat = next((each for each in SEATS if each == (said if content else "blue")), None)
            if seat is not None:
                return seat
            if said and said not in ("help", "?"):
                voice.say(f"{said!r} is none of these: {listed(SEATS, 'or')}; help explains them.")
            else:
                voice.say(_SEATS_EXPLAINED)
    finally:
        for item in held:
            inbox.put(item)
