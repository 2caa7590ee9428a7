"""The client against engines that die, hang and babble: small programs on real pipes."""

import queue
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ld_tui.engine.client import EngineClient
from ld_tui.engine.supervise import AGAIN, Patience, SupervisedEngine

ECHO = """
import json, sys
print(json.dumps({"id": None, "event": "ready"}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    event = {"ping": "ok", "stop": "ok", "decide": "decided"}.get(request["type"], "ok")
    print(json.dumps({"id": request["id"], "event": event, "saw": request}), flush=True)
"""


def program(source: str) -> list[str]:
    return [sys.executable, "-c", source]


class Heard:
    """What callbacks were told, to be waited for."""

    def __init__(self) -> None:
        self.told: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def __call__(self, what: Any) -> None:
        self.told.put(what)

    def next(self) -> Any:
        return self.told.get(timeout=20)

    def until(self, wanted: Callable[[Any], bool]) -> list[Any]:
        seen = []
        while not seen or not wanted(seen[-1]):
            seen.append(self.next())
        return seen


@pytest.fixture
def messages() -> Heard:
    return Heard()


@pytest.fixture
def lines() -> Heard:
    return Heard()


Start = Callable[[str], EngineClient]
Supervise = Callable[..., SupervisedEngine]


@pytest.fixture
def start(messages: Heard, lines: Heard) -> Iterator[Start]:
    clients = []

    def start(source: str) -> EngineClient:
        client = EngineClient(program(source), messages, lines)
        clients.append(client)
        client.start()
        return client

    yield start
    for client in clients:
        client.close()


@pytest.fixture
def supervise(messages: Heard, lines: Heard) -> Iterator[Supervise]:
    engines = []

    def supervise(source: str, **patience: float) -> SupervisedEngine:
        engine = SupervisedEngine(
            program(source),
            messages,
            lines,
            Patience(**patience),  # type: ignore[arg-type]
        )
        engines.append(engine)
        engine.start()
        return engine

    yield supervise
    for engine in engines:
        engine.close()


def test_requests_are_numbered_and_answered(start: Start, messages: Heard) -> None:
    client = start(ECHO)
    assert messages.next() == {"id": None, "event": "ready"}
    number = client.request("decide", position="8 a1,c4,h8 f5 b 0 0,0 -", player="ld")
    answer = messages.next()
    assert answer["id"] == number
    assert answer["saw"]["position"] == "8 a1,c4,h8 f5 b 0 0,0 -"
    assert client.request("ping") == number + 1
    assert client.is_running


def test_garbage_is_told_and_the_rest_is_heard(start: Start, messages: Heard) -> None:
    start("""if True:
        import sys
        sys.stdout.buffer.write(b"hello\\n\\n[1]\\n{\\"no\\": 1}\\n\\xff\\xfe\\n")
        print('{"id": 1, "event": "ok"}', flush=True)
        sys.stdin.read()
    """)
    heard = messages.until(lambda message: message["event"] == "ok")
    assert [message["event"] for message in heard] == ["garbage"] * 4 + ["ok"]
    assert heard[0]["message"] == "the engine wrote something that is no message: 'hello'"


def test_an_exit_is_told_with_its_code_and_last_words(start: Start, lines: Heard) -> None:
    client = start("import sys; print('no weights', file=sys.stderr); sys.exit(3)")
    assert lines.next() == "the engine ended with exit code 3: no weights"
    assert client.stderr_tail() == ("no weights",)
    assert not client.is_running


def test_a_crash_is_told_with_its_signal(start: Start, lines: Heard) -> None:
    start("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert lines.next() == "the engine was killed by SIGSEGV"


def test_an_engine_that_closes_its_output_is_over(start: Start, lines: Heard) -> None:
    start("import os, time; os.close(1); time.sleep(60)")
    assert lines.next() == "the engine was killed by SIGKILL"


def test_a_command_that_does_not_exist_is_told(messages: Heard, lines: Heard) -> None:
    client = EngineClient(["no-such-engine"], messages, lines)
    client.start()
    client.request("ping")
    told = lines.next()
    assert told == "the engine can't be started: no-such-engine: No such file or directory"


def test_nothing_is_heard_after_close(start: Start, messages: Heard, lines: Heard) -> None:
    client = start(ECHO)
    messages.next()
    pid = client.pid
    assert pid is not None
    client.close()
    client.close()
    client.request("ping")
    assert client.pid is None
    _gone(pid)
    assert messages.told.empty()
    assert lines.told.empty()


def test_closing_waits_for_no_engine_however_deaf(start: Start, messages: Heard) -> None:
    client = start("""if True:
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print('{"id": null, "event": "ready"}', flush=True)
        time.sleep(600)
    """)
    messages.next()
    # More than a pipe holds: the engine never reads.
    client.request("decide", position="x" * 1_000_000)
    pid = client.pid
    assert pid is not None
    client.close()
    _gone(pid)


def test_what_an_engine_started_dies_with_it(start: Start, messages: Heard) -> None:
    client = start("""if True:
        import json, subprocess, sys, time
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        print(json.dumps({"id": child.pid, "event": "ok"}), flush=True)
        time.sleep(600)
    """)
    child = messages.next()["id"]
    client.close()
    _gone(child)


def test_a_restart_begins_afresh(start: Start, messages: Heard, lines: Heard) -> None:
    client = start(ECHO)
    messages.next()
    first = client.pid
    client.restart()
    assert messages.next() == {"id": None, "event": "ready"}
    assert client.pid != first
    assert lines.told.empty()


def test_a_dead_engine_is_replaced_and_asked_again(
    supervise: Supervise, messages: Heard, lines: Heard, tmp_path: Any
) -> None:
    # Dies on its first decision, in mid-thought; its successor decides.
    mark = tmp_path / "died"
    engine = supervise(f"""if True:
        import json, os, pathlib, signal, sys
        print(json.dumps({{"id": None, "event": "ready"}}), flush=True)
        mark = pathlib.Path({str(mark)!r})
        for line in sys.stdin:
            request = json.loads(line)
            number = request["id"]
            if not mark.exists():
                mark.touch()
                print(json.dumps({{"id": number, "event": "stage"}}), flush=True)
                os.kill(os.getpid(), signal.SIGKILL)
            print(json.dumps({{"id": number, "event": "decided", "move": "f5f6"}}), flush=True)
    """)
    number = engine.decide("8 a1,c4,h8 f5 o 0 0,0 -", "ld", {"k": 5}, [("here", ("a", "b"))])
    heard = messages.until(lambda message: message["event"] == "decided")
    events = [(message["id"], message["event"]) for message in heard]
    assert events == [
        (None, "ready"),
        (number, "stage"),
        (number, AGAIN),
        (None, "ready"),
        (number, "decided"),
    ]
    assert lines.next() == "the engine was killed by SIGKILL; restarted"


def test_requests_made_before_the_start_are_answered(messages: Heard, lines: Heard) -> None:
    engine = SupervisedEngine(program(ECHO), messages, lines)
    number = engine.analyze("8 a1,c4,h8 f5 o 0 0,0 -")
    engine.start()
    assert messages.until(lambda message: message["event"] == "ok")[-1]["id"] == number
    engine.close()


def test_a_request_that_kills_every_engine_ends_in_an_error(
    supervise: Supervise, messages: Heard, lines: Heard
) -> None:
    engine = supervise(
        """if True:
        import json, sys
        print('{"id": null, "event": "ready"}', flush=True)
        for line in sys.stdin:
            request = json.loads(line)
            if request["type"] == "decide":
                sys.exit(9)
            print(json.dumps({"id": request["id"], "event": "ok"}), flush=True)
    """,
        attempts=2,
    )
    bad = engine.decide("anything", "ld")
    heard = messages.until(lambda message: message["event"] == "error")
    assert heard[-1] == {
        "id": bad,
        "event": "error",
        "message": "the engine ended with exit code 9",
    }
    good = engine.request("reload")
    messages.until(lambda message: message == {"id": good, "event": "ok"})


def test_an_engine_that_never_starts_is_given_up_until_asked_again(
    supervise: Supervise, messages: Heard, lines: Heard
) -> None:
    engine = supervise("import sys; sys.exit('no module named engine')", attempts=2)
    number = engine.decide("anything", "ld")
    assert messages.until(lambda message: message["event"] == "error")[-1]["id"] == number
    told = lines.until(lambda line: line.endswith("asked of it again"))
    assert told[-1] == (
        "the engine ended with exit code 1: no module named engine; "
        "not restarted until something is asked of it again"
    )
    again = engine.decide("anything", "ld")
    assert messages.until(lambda message: message["event"] == "error")[-1]["id"] == again


def test_a_frozen_engine_is_replaced(supervise: Supervise, messages: Heard, lines: Heard) -> None:
    engine = supervise(ECHO, ping=0.3)
    messages.next()
    pid = engine.pid
    assert pid is not None
    _signal(pid, signal.SIGSTOP)
    number = engine.analyze("8 a1,c4,h8 f5 o 0 0,0 -")
    assert lines.next() == "the engine didn't answer for 0.3 s; restarted"
    assert messages.until(lambda message: message["event"] == "ok")[-1]["id"] == number
    _gone(pid)


def test_an_engine_that_thinks_for_ever_is_replaced(
    supervise: Supervise, messages: Heard, lines: Heard
) -> None:
    # It answers pings all the while.
    engine = supervise(
        ECHO.replace('"decide": "decided"', '"decide": "stage"'),
        thinking=0.4,
        ping=30,
        attempts=2,
    )
    number = engine.decide("8 a1,c4,h8 f5 o 0 0,0 -", "ld")
    heard = messages.until(lambda message: message["event"] == "error")
    assert lines.next() == "the engine thought for 0.4 s without a word; restarted"
    assert heard[-1]["id"] == number


def test_an_engine_that_gets_never_ready_is_replaced(supervise: Supervise, lines: Heard) -> None:
    supervise("import time; time.sleep(600)", start=0.3, attempts=2)
    assert lines.next() == "the engine didn't get ready in 0.3 s; restarted"
    assert lines.next() == (
        "the engine didn't get ready in 0.3 s; not restarted until something is asked of it again"
    )


def test_garbage_and_late_answers_reach_nobody_as_events(
    supervise: Supervise, messages: Heard, lines: Heard
) -> None:
    engine = supervise("""if True:
        print('{"id": null, "event": "ready"}')
        print('{"id": 99, "event": "decided"}')
        print('babble', flush=True)
        import time
        time.sleep(600)
    """)
    assert lines.next() == "the engine wrote something that is no message: 'babble'"
    assert engine.is_ready
    assert messages.next()["event"] == "ready"
    assert messages.told.empty()


def _signal(pid: int, number: signal.Signals) -> None:
    import os

    os.kill(pid, number)


def _gone(pid: int) -> None:
    """Wait until a process is gone, or dead and not yet reaped."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return
        except OSError:
            return
        time.sleep(0.01)
    raise AssertionError(f"process {pid} lives on")


def test_another_engine_gets_what_is_open(
    supervise: Supervise, messages: Heard, lines: Heard
) -> None:
    silent = 'import sys, json\nprint(json.dumps({"id": None, "event": "ready"}), flush=True)\n'
    engine = supervise(silent + "sys.stdin.read()")
    assert messages.next()["event"] == "ready"
    old = engine.pid
    number = engine.decide("position", "ld")
    engine.use(program(ECHO))
    told = messages.until(lambda message: message["event"] == "decided")
    assert [message["event"] for message in told] == [AGAIN, "ready", "decided"]
    assert told[-1]["id"] == number
    assert engine.pid != old
    assert lines.told.empty()


def test_another_engine_mends_one_that_was_given_up(
    supervise: Supervise, messages: Heard, lines: Heard
) -> None:
    engine = supervise("import sys; sys.exit(3)", attempts=1)
    assert "not restarted" in lines.next()
    engine.use(program(ECHO))
    assert messages.next()["event"] == "ready"
    engine.decide("position", "ld")
    assert messages.next()["event"] == "decided"
