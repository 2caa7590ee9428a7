"""Every test keeps to a home of its own; nothing of a user's is read or written."""

import contextlib
import json
import select
import threading
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A busy machine makes no test fail.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put all of a user's files under a temporary folder, and forbid model downloads."""
    home = tmp_path / "home"
    monkeypatch.setenv("LD_TUI_HOME", str(home))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return home


class ChatServer:
    """A scripted server of chats on the loopback, which speaks HTTP as badly as it is told to."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.script: list[Any] = []
        """Answers, made by `answer`, `stream` or `says`, or functions from what was asked to one;
        the last again."""
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.gone = threading.Event()
        """Set once the other side has ended a connection that was not yet answered whole."""
        self.stopping = threading.Event()
        self.protocol = "HTTP/1.0"
        """HTTP/1.1 for chunks."""

    def answer(
        self, *parts: bytes | float, status: int = 200, kind: str = "application/json", **more: str
    ) -> tuple[int, dict[str, str], Iterable[bytes | float]]:
        """Answer with bytes, pausing for so many seconds where there are numbers among them."""
        headers = {"Content-Type": kind} | {key.replace("_", "-"): more[key] for key in more}
        return status, headers, parts

    def stream(self, *parts: bytes | float, **more: str) -> Any:
        return self.answer(*parts, kind="text/event-stream; charset=utf-8", **more)

    def says(self, text: str, size: int = 40) -> Any:
        """Stream a text as servers do, in pieces of so many characters."""
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        return self.stream(*map(self.event, pieces), b"data: [DONE]\n\n")

    @staticmethod
    def event(text: str) -> bytes:
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
        return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


@pytest.fixture
def chat_server() -> Iterator[ChatServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.headers.append(dict(self.headers))
            self.send_error(404)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.asked.append({"path": self.path, **body})
            told.headers.append(dict(self.headers))
            found = told.script.pop(0) if len(told.script) > 1 else told.script[0]
            status, headers, parts = found(body) if isinstance(found, Callable) else found
            self.protocol_version, self.close_connection = told.protocol, True
            with contextlib.suppress(OSError):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for part in parts:
                    if told.stopping.is_set() or self._is_gone(part):
                        return
                    if isinstance(part, bytes):
                        self.wfile.write(part)

        def _is_gone(self, part: bytes | float) -> bool:
            wait = 0.0 if isinstance(part, bytes) else part
            is_gone = bool(select.select([self.connection], [], [], wait)[0])
            if is_gone:
                told.gone.set()
            return is_gone

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told = ChatServer(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield told
    told.stopping.set()
    server.shutdown()
    server.server_close()
    thread.join()
