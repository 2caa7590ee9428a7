"""The engine process as the app sees it: messages in, nothing waited for."""

import sys
import time
from collections.abc import Callable

from textual.message import Message

from ld_tui.tui.bridge import Bridge
from ld_tui.tui.messages import EngineNotice, EngineSaid

ECHO = """
import json, sys
print(json.dumps({"id": None, "event": "ready", "notices": []}), flush=True)
print("this is no message", flush=True)
for line in sys.stdin:
    request = json.loads(line)
    answer = {"id": request["id"], "event": "decided", "move": "f5f6", "ms": 1}
    print(json.dumps(answer), flush=True)
"""


class Listener:
    """Keeps what it is posted, while it runs."""

    def __init__(self) -> None:
        self.is_running = True
        self.heard: list[Message] = []

    def post_message(self, message: Message) -> bool:
        self.heard.append(message)
        return True

    def wait(self, found: Callable[[Message], bool]) -> Message:
        """Return the first message of a kind, once it is there."""
        for _ in range(1000):
            for message in list(self.heard):
                if found(message):
                    return message
            time.sleep(0.01)
        raise AssertionError(f"not among {self.heard}")


def test_answers_notices_and_garbage_are_posted() -> None:
    listener = Listener()
    bridge = Bridge(listener, [sys.executable, "-c", ECHO])
    number = bridge.decide("10 a1,c4,h8 f5 o 0 0,0 -", "ld", {}, [])
    bridge.start()
    try:
        said = listener.wait(lambda m: isinstance(m, EngineSaid) and m.content["id"] == number)
        assert isinstance(said, EngineSaid)
        assert said.content["move"] == "f5f6"
        notice = listener.wait(lambda m: isinstance(m, EngineNotice))
        assert isinstance(notice, EngineNotice)
        assert "no message" in notice.line
    finally:
        bridge.close()


def test_nothing_is_posted_to_an_app_that_has_ended() -> None:
    listener = Listener()
    listener.is_running = False
    bridge = Bridge(listener, ["/nowhere/engine"])
    bridge.start()
    bridge.close()
    bridge.start()
    assert listener.heard == []
    assert bridge.pid is None
