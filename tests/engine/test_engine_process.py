"""The real engine as a process of its own: damaged weights, sudden death, a whole game."""

import json
import os
import queue
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ld_tui.agent.events import TERMINAL, event_from_dict
from ld_tui.arena.game import Game
from ld_tui.engine.client import engine_command
from ld_tui.engine.protocol import format_history
from ld_tui.engine.supervise import AGAIN, SupervisedEngine
from ld_tui.game.notation import format_position, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec

Engines = Callable[..., tuple[SupervisedEngine, "queue.SimpleQueue[Any]"]]


@pytest.fixture
def engines() -> Iterator[Engines]:
    """Start supervised engines; their events and notices come in one queue."""
    running = []

    def start(*options: str) -> tuple[SupervisedEngine, "queue.SimpleQueue[Any]"]:
        told: queue.SimpleQueue[Any] = queue.SimpleQueue()
        engine = SupervisedEngine(engine_command(*options), told.put, told.put)
        running.append(engine)
        engine.start()
        return engine, told

    yield start
    for engine in running:
        engine.close()


def until(told: "queue.SimpleQueue[Any]", number: int | None, *events: str) -> list[Any]:
    """Return everything told up to one of some events of a request."""
    seen = []
    while True:
        seen.append(told.get(timeout=60))
        if isinstance(seen[-1], dict) and (seen[-1]["id"], seen[-1]["event"]) in [
            (number, event) for event in events
        ]:
            return seen


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    path = tmp_path / "damaged.gguf"
    path.write_bytes(b"GGUF\x03\0\0\0" + bytes(range(256)) * 400)
    return path


def test_damaged_weights_are_one_line_and_the_other_players_play_on(
    engines: Engines, damaged: Path
) -> None:
    engine, told = engines("--model", str(damaged))
    problem = until(told, None, "ready", "error")[-1]
    assert problem["event"] == "error"
    assert str(damaged) in problem["message"]
    assert "\n" not in problem["message"]
    number = engine.decide("6 a1,c4,f6 d5 b 0 0,0 -", "ld")
    assert str(damaged) in until(told, number, "decided", "error")[-1]["message"]
    for player in ("greedy", "perfect", "random"):
        number = engine.decide("6 a1,c4,f6 d5 b 0 0,0 -", player)
        assert until(told, number, "decided", "error")[-1]["event"] == "decided"


def test_an_engine_killed_in_mid_thought_is_replaced_and_answers(engines: Engines) -> None:
    engine, told = engines()
    number = engine.analyze("10 a1,c4,h8 f5 b 0 0,0 -")
    until(told, number, "progress")
    pid = engine.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    seen = until(told, number, "analysis")
    assert "the engine was killed by SIGKILL; restarted" in seen
    assert {"id": number, "event": AGAIN} in seen
    assert seen[-1]["value"] == 7
    assert engine.pid != pid


def test_a_thought_can_be_stopped(engines: Engines) -> None:
    engine, told = engines()
    number = engine.analyze("10 a1,c4,h8 f5 b 0 0,0 -")
    until(told, number, "progress")
    engine.stop(number)
    assert until(told, number, "stopped", "analysis")[-1]["event"] == "stopped"


def test_a_game_is_played_through_the_engine(engines: Engines) -> None:
    engine, told = engines()
    spec = {"k": 5, "select": "s-llm"}
    start = parse_position("8 a1,c4,h8 f5 b 0 0,0 -")
    game = Game(GameRecord(start, PlayerSpec("ld", spec), PlayerSpec("perfect")))
    while game.outcome is None and game.ply < 6:
        player = game.record.player(game.position.to_move)
        past = format_history(game.history)
        settings = {**player.settings, "seed": game.ply}
        number = engine.decide(format_position(game.position), player.kind, settings, past)
        answers = [item for item in until(told, number, "decided", "error") if item["id"] == number]
        events = [
            event_from_dict({key: value for key, value in answer.items() if key != "id"})
            for answer in answers
        ]
        assert isinstance(events[-1], TERMINAL)
        assert game.take(events) is None
    assert all(turn.events for turn in game.record.turns)


def test_requests_through_a_plain_pipe_are_answered_to_the_end() -> None:
    lines = [
        {"id": 1, "type": "decide", "position": "6 a1,c4,f6 d5 b 0 0,0 -", "player": "greedy"},
        {"id": 2, "type": "analyze", "position": "6 a1,c4,f6 d5 b 0 0,0 -"},
    ]
    done = subprocess.run(
        engine_command(),
        input="\n".join(map(json.dumps, lines)).encode(),
        capture_output=True,
        timeout=60,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"decided", "analysis"} <= {answer["event"] for answer in answers}


def test_an_engine_nobody_listens_to_ends() -> None:
    engine = subprocess.Popen(
        engine_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert engine.stdin
    assert engine.stdout
    engine.stdout.close()
    with engine.stdin:
        engine.stdin.write(
            b'{"id": 1, "type": "analyze", "position": "10 a1,c4,h8 f5 b 0 0,0 -"}\n'
        )
        engine.stdin.flush()
        engine.stdin.close()
        assert engine.wait(20) == 0
