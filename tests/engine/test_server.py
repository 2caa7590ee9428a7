"""The server: every request answered by one terminal event, whatever else is on the pipe."""

import io
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import pytest

from ld_tui.arena.resources import Resources, Sources
from ld_tui.engine.server import serve
from ld_tui.errors import ModelError
from ld_tui.game.notation import parse_move, parse_position
from ld_tui.game.rules import illegality

BLUE = "6 a1,c4,f6 d5 b 0 0,0 -"
ORANGE = "6 a1,c4,f6 d5 o 0 0,0 -"
FINAL = {"decided", "gave_up", "analysis", "reviewed", "stopped", "ok", "error"}


@pytest.fixture
def without_models(tmp_path: Path) -> Resources:
    return Resources(Sources(model=tmp_path / "none.gguf", cache=tmp_path))


def ask(resources: Resources, *lines: bytes | dict[str, Any]) -> list[dict[str, Any]]:
    """Serve some requests to the end and return everything that was answered."""
    sent = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    answers = io.BytesIO()
    assert serve(io.BytesIO(b"\n".join(sent) + b"\n"), answers, resources) == 0
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def of(number: int | None, answers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [answer for answer in answers if answer["id"] == number]


@pytest.mark.parametrize("player", ["random", "greedy", "perfect"])
@pytest.mark.parametrize("position", [BLUE, ORANGE])
def test_players_without_models_decide(
    without_models: Resources, player: str, position: str
) -> None:
    request = {"id": 1, "type": "decide", "position": position, "player": player}
    (decided,) = of(1, ask(without_models, request))
    assert decided["event"] == "decided"
    assert illegality(parse_position(position), parse_move(decided["move"])) is None


def test_a_seed_decides_the_same_again(without_models: Resources) -> None:
    requests = [
        {"id": n, "type": "decide", "position": BLUE, "player": "random", "settings": {"seed": 7}}
        for n in (1, 2)
    ]
    answers = ask(without_models, *requests)
    assert of(1, answers)[-1]["move"] == of(2, answers)[-1]["move"]


def test_a_position_is_analyzed_with_progress(without_models: Resources) -> None:
    answers = ask(without_models, {"id": 1, "type": "analyze", "position": ORANGE})
    *progress, analysis = of(1, answers)
    assert {item["what"] for item in progress} == {"solving"}
    assert [item["done"] for item in progress] == sorted(item["done"] for item in progress)
    assert analysis["position"] == ORANGE
    assert analysis["value"] == 5
    assert {item["regret"] for item in analysis["moves"]} == {0}


def test_moves_are_left_out_when_not_wanted(without_models: Resources) -> None:
    request = {"id": 1, "type": "analyze", "position": ORANGE, "moves": False}
    assert of(1, ask(without_models, request))[-1]["moves"] == []


def test_a_turn_is_reviewed(without_models: Resources) -> None:
    position = "7 a1,c4,g7 f5 o 0 0,0 -"
    requests = [
        {"id": at, "type": "review", "position": position, "move": move}
        for at, move in enumerate(["f5e5", "f5g5"], 1)
    ]
    analysis = of(9, ask(without_models, {"id": 9, "type": "analyze", "position": position}))[-1]
    worth = {item["move"]: item for item in analysis["moves"]}
    answers = ask(without_models, *requests)
    for request in requests:
        (found,) = of(request["id"], answers)
        assert found["event"] == "reviewed"
        assert found["value"] == analysis["value"]
        assert found["reached"] == worth[request["move"]]["value"]
        assert found["regret"] == worth[request["move"]]["regret"]
        assert found["blame"] == []


def test_a_review_of_a_move_that_could_not_be_is_refused(without_models: Resources) -> None:
    request = {"id": 1, "type": "review", "position": BLUE, "move": "a1a2 c4c5 f6f5"}
    (answer,) = of(1, ask(without_models, request))
    assert answer["event"] == "error"
    assert "illegal in that position" in answer["message"]


def test_garbage_is_answered_and_the_rest_too(without_models: Resources) -> None:
    answers = ask(
        without_models,
        b"hello",
        b"",
        b"\xff\x00",
        {"id": 7, "type": "think"},
        b'{"id": 8, "type": "ping", "more": "' + b"x" * 2_000_000 + b'"}',
        {"id": 9, "type": "ping"},
    )
    problems = [a["message"] for a in answers if a["event"] == "error" and a["id"] is None]
    problems = [problem for problem in problems if "none.gguf" not in problem]
    assert problems[:2] == ["not a line of JSON: 'hello'", "a request is UTF-8 text"]
    assert problems[2].startswith("not a line of JSON: ")
    assert len(problems) == 3
    assert of(7, answers)[0]["event"] == "error"
    assert of(8, answers) == []
    assert of(9, answers) == [{"id": 9, "event": "ok"}]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"player": "magnus"}, "'magnus' is no player"),
        ({"player": "random", "settings": {"seed": "x"}}, "'seed' has to be a whole number"),
        ({"player": "ld", "settings": {"k": 9}}, "k has to be a whole number from 1 to 8"),
        ({"player": "ld", "settings": {"select": "me"}}, "select is one of s-llm, random, first"),
        ({"player": "ld"}, "none.gguf"),
        ({"player": "random", "position": "6 a1,c1,b2 b1 b 0 0,0 -"}, "the game is over"),
    ],
)
def test_what_cannot_be_decided_is_told_in_one_line(
    without_models: Resources, fields: dict[str, Any], message: str
) -> None:
    request = {"id": 1, "type": "decide", "position": BLUE, **fields}
    (answer,) = of(1, ask(without_models, request))
    assert answer["event"] == "error"
    assert message in answer["message"]
    assert "\n" not in answer["message"]


def test_a_board_too_large_is_told_and_others_are_still_solved(without_models: Resources) -> None:
    large = "20 a1,c4,f6 d5 b 0 0,0 -"
    answers = ask(
        without_models,
        {"id": 1, "type": "analyze", "position": large},
        {"id": 2, "type": "analyze", "position": BLUE},
    )
    assert of(1, answers)[-1]["event"] == "error"
    assert of(2, answers)[-1]["event"] == "analysis"


def test_missing_models_are_told_once_and_by_each_decision_that_needs_them(
    without_models: Resources,
) -> None:
    answers = ask(
        without_models,
        {"id": 1, "type": "decide", "position": BLUE, "player": "ld"},
        {"id": 2, "type": "decide", "position": BLUE, "player": "greedy"},
        {"id": 3, "type": "reload"},
    )
    assert "ready" not in [answer["event"] for answer in answers]
    assert of(1, answers)[-1]["event"] == "error"
    assert of(2, answers)[-1]["event"] == "decided"
    assert of(3, answers)[-1]["event"] == "error"


class Blocked(Resources):
    """Parts whose loading waits for the test's leave."""

    def __init__(self, sources: Sources) -> None:
        super().__init__(sources)
        self.leave = threading.Event()

    def agent(self, with_llm: bool = True) -> Any:
        assert self.leave.wait(20)
        raise ModelError("there are no models here")


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Callable[..., "Talk"]]:
    talks: list[Talk] = []

    def begin() -> Talk:
        talks.append(Talk(Blocked(Sources(cache=tmp_path))))
        return talks[-1]

    yield begin
    for one in talks:
        one.end()


class Talk:
    """A server in a thread, spoken to line by line over pipes."""

    def __init__(self, resources: Blocked) -> None:
        self.resources = resources
        read, write = os.pipe()
        self._requests: IO[bytes] = os.fdopen(write, "wb", buffering=0)
        back, out = os.pipe()
        self._answers: IO[bytes] = os.fdopen(back, "rb")
        source, sink = os.fdopen(read, "rb"), os.fdopen(out, "wb", buffering=0)

        def work() -> None:
            with source, sink:
                serve(source, sink, resources)

        self._thread = threading.Thread(target=work)
        self._thread.start()

    def say(self, **fields: Any) -> None:
        self._requests.write(json.dumps(fields).encode() + b"\n")

    def hear(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._answers.readline())
        return message

    def end(self) -> None:
        self.resources.leave.set()
        self._requests.close()
        self._thread.join(20)
        self._answers.close()
        assert not self._thread.is_alive()


def test_a_request_that_waits_can_be_stopped(talk: Callable[..., Talk]) -> None:
    one = talk()
    one.say(id=1, type="decide", position=BLUE, player="ld")
    one.say(id=2, type="stop", target=1)
    assert one.hear() == {"id": 2, "event": "ok"}
    one.resources.leave.set()
    told = [one.hear(), one.hear()]
    assert {"id": 1, "event": "stopped"} in told
    assert {"id": None, "event": "error", "message": "there are no models here"} in told


def test_pings_and_other_players_do_not_wait_for_the_models(talk: Callable[..., Talk]) -> None:
    one = talk()
    one.say(id=1, type="decide", position=BLUE, player="ld")
    one.say(id=2, type="ping")
    assert one.hear() == {"id": 2, "event": "ok"}
    one.say(id=3, type="decide", position=BLUE, player="greedy")
    assert one.hear()["event"] == "decided"


def test_an_id_in_use_is_refused_without_ending_its_request(talk: Callable[..., Talk]) -> None:
    one = talk()
    one.say(id=1, type="decide", position=BLUE, player="ld")
    one.say(id=1, type="decide", position=BLUE, player="ld")
    refused = one.hear()
    assert (refused["id"], refused["event"]) == (1, "error")


def test_stopping_what_is_over_is_fine(without_models: Resources) -> None:
    answers = ask(without_models, {"id": 1, "type": "stop", "target": 99})
    assert of(1, answers) == [{"id": 1, "event": "ok"}]


def test_a_level_is_told_in_the_request(tmp_path: Path) -> None:
    settings = {"level": "beginner", "seed": 5}
    requests = [
        {"id": number, "type": "decide", "position": BLUE, "settings": more}
        for number, more in enumerate(
            (settings, settings, {"k": 9}, {"level": "godlike"}, {"perfect": 1.0}), 1
        )
    ]
    answers = ask(Resources(Sources(cache=tmp_path)), *requests)
    chosen = [
        [each["name"] for each in of(n, answers) if each["event"] == "selected"] for n in (1, 2)
    ]
    assert chosen[0] == chosen[1]
    assert len(chosen[0]) == 2
    assert "k has to be" in of(3, answers)[-1]["message"]
    assert "no level 'godlike'" in of(4, answers)[-1]["message"]
    assert [each["event"] for each in of(5, answers)] == ["decided"]
