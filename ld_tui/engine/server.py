"""The engine process: reads requests, thinks in threads of its own, writes events.

One thread reads and answers what needs no thought; one loads the models and then decides for
`ld`, one decides for whoever asks no S-LLM, one analyzes, one serves editors. Only the one that
decides for `ld` touches the S-LLM, so that a decision without it waits neither for its loading nor
for a prompt that it reads. Slow imports happen in those threads, so that the reader is there from
the start.
"""

import contextlib
import os
import queue
import select
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any

from ld_tui import __version__
from ld_tui.arena.resources import Resources, Sources
from ld_tui.engine.desk import Desk
from ld_tui.engine.protocol import (
    LINE_LIMIT,
    PROTOCOL,
    Analyze,
    Check,
    Decide,
    Malformed,
    Ping,
    Reload,
    Review,
    Search,
    Stop,
    Usage,
    format_line,
    parse_request,
)
from ld_tui.errors import LdTuiError
from ld_tui.game.notation import format_move, format_position
from ld_tui.game.record import PlayerSpec
from ld_tui.game.rules import outcome

if TYPE_CHECKING:
    from ld_tui.tablebase.table import MoveValue, Table

_SIGN_EVERY = 5.0
"""Seconds of a language model's reading between signs of life; without one it would seem hung."""

Message = dict[str, Any]
Job = Decide | Analyze | Review | Reload | Check | Search | Usage


class _Stopped(Exception):
    """The request at work was stopped."""


class _Gone(Exception):
    """Nobody reads the engine's output any more."""


def serve_command(sources: Sources) -> int:
    """Serve on this process's stdin and stdout until the input ends; doesn't return.

    The real stdout is kept for the protocol: whatever a library prints goes to stderr.
    """
    output = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    status = serve(sys.stdin.buffer, output, Resources(sources))
    sys.stderr.flush()
    # A thread may be deep in native code; an ordinary exit would wait for it, or crash in it.
    os._exit(status)


def serve(requests: IO[bytes], answers: IO[bytes], resources: Resources) -> int:
    """Serve until the requests end and all of them are answered; return the exit status.

    `answers` has to be unbuffered, or its `write` to pass everything on at once.
    """
    server = _Server(answers, resources)
    try:
        server.run(requests)
    finally:
        server.close()
        resources.close()
    return 0


class _Server:
    """What the threads share: the output, the open requests, the models."""

    def __init__(self, answers: IO[bytes], resources: Resources) -> None:
        self._answers = answers
        self._resources = resources
        self._writing = threading.Lock()
        self._gone = threading.Event()
        self._lock = threading.Condition()
        """Guards what is below; notified when a request is answered."""
        self._open: set[int] = set()
        self._stopped: set[int] = set()
        self._waiting: dict[int, Job] = {}
        """Requests that no thread is at yet."""
        self._agent: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._players: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._analysis: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._editing: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._desk = Desk(resources)

    def run(self, requests: IO[bytes]) -> None:
        """Read until the end, then until all that was asked is answered."""
        self._start(self._agent, self._load)
        self._start(self._players, None)
        self._start(self._analysis, None)
        self._start(self._editing, None)
        with contextlib.suppress(_Gone):
            for line in _lines(requests):
                if line.strip():
                    self._handle(line)
        with self._lock:
            while self._open and not self._gone.is_set():
                self._lock.wait(0.25)
                if _is_broken(self._answers):
                    return

    def close(self) -> None:
        """End the processes of its own."""
        self._desk.close()

    def _start(self, jobs: "queue.SimpleQueue[Job]", first: Callable[[], None] | None) -> None:
        """Start a thread that does jobs one after the other, for as long as the process lives."""

        def work() -> None:
            with contextlib.suppress(_Gone):
                if first is not None:
                    first()
                while True:
                    self._do(jobs.get())

        threading.Thread(target=work, daemon=True).start()

    def _handle(self, line: bytes) -> None:
        """Answer a line at once, or hand it to the thread whose work it is."""
        match parse_request(line):
            case Malformed(id=number, problem=problem):
                self._error(number, problem)
            case Ping(id=number):
                self._send({"id": number, "event": "ok"})
            case Stop(id=number, target=target):
                with self._lock:
                    if target in self._open:
                        self._stopped.add(target)
                    waited = self._waiting.pop(target, None)
                self._send({"id": number, "event": "ok"})
                if waited is not None:
                    self._finish({"id": target, "event": "stopped"})
            case job:
                with self._lock:
                    known = job.id in self._open
                    self._open.add(job.id)
                    if not known:
                        self._waiting[job.id] = job
                if known:
                    self._error(job.id, f"request {job.id} is open already; count ids up")
                    return
                self._queue(job).put(job)

    def _queue(self, job: Job) -> "queue.SimpleQueue[Job]":
        match job:
            case Analyze() | Usage():
                return self._analysis
            case Review(events=()):
                return self._analysis
            case Check() | Search():
                return self._editing
            case Decide(player=player) if player != "ld" or job.asks_nobody:
                return self._players
        return self._agent

    def _do(self, job: Job) -> None:
        """Do a job to its terminal event, whatever happens; one that was stopped before has it."""
        with self._lock:
            if self._waiting.get(job.id) is not job:
                return
            del self._waiting[job.id]
        try:
            self._check(job.id)
            match job:
                case Decide():
                    self._decide(job)
                case Analyze():
                    self._analyze(job)
                case Review():
                    self._review(job)
                case Reload():
                    self._resources.reload()
                    self._load_agent()
                    self._finish({"id": job.id, "event": "ok"})
                case Check():
                    self._finish(self._desk.check(job))
                case Search():
                    self._finish(self._desk.search(job))
                case Usage():
                    self._finish(self._desk.usage(job, lambda: self._check(job.id)))
        except _Stopped:
            self._finish({"id": job.id, "event": "stopped"})
        except _Gone:
            raise
        except LdTuiError as error:
            self._fail(job.id, str(error))
        except Exception as error:
            traceback.print_exc()
            self._fail(job.id, f"the engine failed: {type(error).__name__}: {error}")

    def _load(self) -> None:
        """Load the models and say that all is ready, or why it isn't."""
        try:
            self._load_agent()
            agent = self._resources.agent()
            self._send(
                {
                    "id": None,
                    "event": "ready",
                    "protocol": PROTOCOL,
                    "version": __version__,
                    "functions": len(self._resources.functionbase().manuals),
                    "selector": self._resources.selector().name,
                    "embedder": agent.retriever.embedder.name,
                    "notices": list(self._resources.notices),
                }
            )
        except LdTuiError as error:
            self._error(None, str(error))
        except _Gone:
            raise
        except Exception as error:
            traceback.print_exc()
            self._error(None, f"the models can't be loaded: {type(error).__name__}: {error}")

    def _load_agent(self) -> None:
        self._resources.agent()

    def _decide(self, job: Decide) -> None:
        from ld_tui.agent.events import TERMINAL, event_to_dict
        from ld_tui.arena.players import make_player
        from ld_tui.llm.call import interruptible

        if (over := outcome(job.position)) is not None:
            self._fail(job.id, f"the game is over: {over.winner} won by {over.reason}")
            return
        seed = job.settings.get("seed", 0)
        if not isinstance(seed, int) or isinstance(seed, bool):
            self._fail(job.id, f"'seed' has to be a whole number, not {seed!r:.60}")
            return
        player = make_player(PlayerSpec(job.player, job.settings), self._resources)
        told = time.monotonic()

        def going_on() -> None:
            nonlocal told
            self._check(job.id)
            if time.monotonic() - told > _SIGN_EVERY:
                told = time.monotonic()
                self._send({"id": job.id, "event": "progress", "what": "reading"})

        going_on()
        with interruptible(going_on):
            for event in player.decide(job.position, job.history, seed):
                self._check(job.id)
                message = {"id": job.id, **event_to_dict(event)}
                if isinstance(event, TERMINAL):
                    self._finish(message)
                else:
                    self._send(message)

    def _solved(self, job: Analyze | Review) -> "Table":
        """Return the table of a job's position, telling how far it is solved."""
        told = -1.0

        def solving(done: float) -> None:
            nonlocal told
            self._check(job.id)
            if done - told >= 0.01 or done >= 1.0:
                told = done
                self._send(
                    {"id": job.id, "event": "progress", "what": "solving", "done": round(done, 3)}
                )

        table = self._resources.table(job.position, solving)
        self._check(job.id)
        return table

    def _analyze(self, job: Analyze) -> None:
        table = self._solved(job)
        moves: list[Message] = []
        if job.moves:
            moves = [_move_value(item) for item in table.analysis(job.position).moves]
        self._finish(
            {
                "id": job.id,
                "event": "analysis",
                "position": format_position(job.position),
                "value": table.value(job.position),
                "moves": moves,
            }
        )

    def _review(self, job: Review) -> None:
        from ld_tui.agent.events import event_from_dict
        from ld_tui.arena.turning import blame, judge, verdict_to_dict

        self._solved(job)
        found = judge(job.position, job.move, self._resources, job.seed)
        message: Message = {
            "id": job.id,
            "event": "reviewed",
            **verdict_to_dict(found),
            "blame": [],
        }
        if job.events and found.is_turning_point:
            events = [event_from_dict(event) for event in job.events]
            losses = blame(job.position, job.move, events, job.functions, self._resources)
            message["blame"] = [
                {"stage": loss.stage, "blame": loss.blame, "steps": loss.steps} for loss in losses
            ]
        self._finish(message)

    def _check(self, number: int) -> None:
        """Raise where a request was stopped, or nobody listens any more."""
        if self._gone.is_set():
            raise _Gone
        with self._lock:
            if number in self._stopped:
                raise _Stopped

    def _finish(self, message: Message) -> None:
        """Write a request's terminal event."""
        self._send(message)
        with self._lock:
            self._open.discard(message["id"])
            self._stopped.discard(message["id"])
            self._lock.notify_all()

    def _fail(self, number: int, problem: str) -> None:
        self._finish({"id": number, "event": "error", "message": _line(problem)})

    def _error(self, number: int | None, problem: str) -> None:
        self._send({"id": number, "event": "error", "message": _line(problem)})

    def _send(self, message: Message) -> None:
        try:
            with self._writing:
                self._answers.write(format_line(message))
        except (OSError, ValueError) as error:
            self._gone.set()
            raise _Gone from error


def _lines(requests: IO[bytes]) -> Iterator[bytes]:
    """Yield lines; one over the limit comes cut off, so that it is refused, and its rest not."""
    whole = True
    while line := requests.readline(LINE_LIMIT):
        if whole:
            yield line
        whole = line.endswith(b"\n")


def _is_broken(pipe: IO[bytes]) -> bool:
    """Tell whether nobody can read a pipe any more; False for what is no pipe."""
    try:
        poll = select.poll()
        poll.register(pipe.fileno(), 0)
        return bool(poll.poll(0))
    except (OSError, ValueError):
        return False


def _move_value(item: "MoveValue") -> Message:
    return {"move": format_move(item.move), "value": item.value, "regret": item.regret}


def _line(text: str) -> str:
    """Return a text as one line."""
    return " ".join(text.split())
