"""Answers of chat models behind OpenAI-compatible servers, piece by piece as they are written.

What is asked, and what becomes of the answer, is not known here. A thread of its own reads from
the server, so that whoever iterates is never kept waiting for long and can stop at any time:
closing the generator closes the connection.
"""

import http.client
import json
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ld_tui.errors import ModelError, why
from ld_tui.llm.connection import Cord
from ld_tui.llm.endpoint import Endpoint

TICK = 0.5
"""Seconds after which whoever waits hears that nothing has come."""
_CONNECT = 10.0
"""Seconds in which a connection has to stand."""
_BYTES = 100
"""Bytes that are read at most for each character that an answer may have: servers wrap every
piece of a few characters in some hundred bytes."""
_BUSY = (429, 503)
_TRIES = 4
_SECRET = 8
"""Characters from which a key is taken out of whatever a server says; shorter ones, such as
`none`, are made up for servers that want any key, and may well stand in an answer."""

Message = dict[str, str]
"""`role` and `content`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may take."""

    total: float = 60.0
    """Seconds from the question to the end of the answer, waiting for a busy server included."""
    idle: float = 15.0
    """Seconds between two pieces; the first may take longer, while the model reads."""
    tokens: int = 8_000
    """Tokens that are asked for at most."""
    characters: int = 100_000
    """Characters that are read at most, those of its reasoning too."""
    retry: float = 10.0
    """Seconds that a busy server may ask us to wait."""


class TooLongError(ModelError):
    """The answer is over its limit of characters."""


def chat(
    endpoint: Endpoint, messages: Sequence[Message], limits: Limits | None = None
) -> Generator[str, None, None]:
    """Ask for the next message of a chat and yield it in pieces, as they come.

    An empty piece says that nothing has come for `TICK` seconds, or only the model's reasoning,
    which is left out. A server that streams nothing gives its answer in one piece. Raises
    ModelError, in one line, where no answer can be had, TooLongError where it is too long.
    """
    line = _Line(endpoint, messages, limits or Limits())
    line.start()
    try:
        yield from line.pieces()
    finally:
        line.close()


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    is_answer: bool
    """False of reasoning."""


_SILENCE = _Piece("", is_answer=False)


class _Line(threading.Thread):
    """One question and its answer, read in a thread."""

    def __init__(self, endpoint: Endpoint, messages: Sequence[Message], limits: Limits) -> None:
        super().__init__(name="chat", daemon=True)
        self._endpoint, self._limits = endpoint, limits
        self._data: dict[str, Any] = {
            "model": endpoint.model,
            "messages": list(messages),
            "max_tokens": limits.tokens,
            "stream": True,
        }
        self._heard: queue.SimpleQueue[_Piece | ModelError | None] = queue.SimpleQueue()
        """Pieces, and at last None or why there are no more."""
        # Whoever iterates keeps the limits; this only ends the thread, should nobody close.
        self._cord = Cord(limits.total + _CONNECT)
        self._held = ""
        """The end of the answer so far, where a key may have begun in it."""

    def pieces(self) -> Iterator[str]:
        """Yield what the thread hears, within the limits."""
        limits = self._limits
        began = last = time.monotonic()
        read, told = 0, began
        while True:
            if time.monotonic() - began > limits.total:
                raise self._error(f"no whole answer within {limits.total:g} s")
            try:
                heard = self._heard.get(timeout=min(TICK, limits.idle, limits.total))
            except queue.Empty:
                heard = _SILENCE
            if heard is None:
                return
            if isinstance(heard, ModelError):
                raise heard
            now = time.monotonic()
            if heard is _SILENCE:
                if read and now - last > limits.idle:
                    raise self._error(f"the answer stopped for {limits.idle:g} s")
                told = now
                yield ""
                continue
            last = now
            read += len(heard.text)
            if read > limits.characters:
                raise self._too_long()
            if heard.is_answer or now - told > TICK:
                told = now
                yield heard.text if heard.is_answer else ""

    def close(self) -> None:
        """End the connection, whatever the thread is at."""
        self._cord.pull()

    def run(self) -> None:
        try:
            self._ask()
            self._say("", is_last=True)
            self._heard.put(None)
        except ModelError as error:
            self._heard.put(error)
        except (OSError, http.client.HTTPException) as error:
            told = self._line(why(getattr(error, "reason", error))) or type(error).__name__
            self._heard.put(self._error(f"no answer from the server: {told}"))
        except Exception as error:
            # Nothing of its text, which could hold the key.
            self._heard.put(self._error(f"can't be asked: {type(error).__name__}"))

    def _ask(self) -> None:
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if self._endpoint.key:
            headers["Authorization"] = f"Bearer {self._endpoint.key}"
        opener = self._cord.opener()
        for left in reversed(range(_TRIES)):
            body = json.dumps(self._data).encode()
            url = f"{self._endpoint.url}/chat/completions"
            request = urllib.request.Request(url, body, headers)
            try:
                with opener.open(request, timeout=_CONNECT) as answer:
                    return self._read(answer)
            except urllib.error.HTTPError as error:
                with error:
                    wait = self._wait(error, left)
            if self._cord.pulled.wait(wait):
                return None
        return None

    def _wait(self, error: urllib.error.HTTPError, left: int) -> float:
        """Return the seconds after which to ask again; raise ModelError where that is no use."""
        told = _error_of(_json(error.read(_BYTES * 100))) or error.reason
        why = self._line(told)
        if error.code == 400 and "max_completion_tokens" in why and "max_tokens" in self._data:
            self._data["max_completion_tokens"] = self._data.pop("max_tokens")
            return 0.0
        if error.code in _BUSY:
            wait = _seconds(error.headers.get("Retry-After"))
            if wait <= self._limits.retry and left:
                return wait
            if wait > self._limits.retry:
                why += f"; it asks to wait {wait:.0f} s"
        raise self._error(f"the server refused ({error.code}): {why}")

    def _read(self, answer: http.client.HTTPResponse) -> None:
        kind = answer.headers.get_content_type()
        if kind == "application/json":
            told = self._object(b"".join(self._chunks(answer)))
            if not told.get("choices"):
                raise self._error(
                    "the answer has no choices in it; is the server OpenAI-compatible?"
                )
            self._take(told)
        elif kind == "text/event-stream":
            for data in _events(self._chunks(answer)):
                if data.strip() == b"[DONE]":
                    return
                self._take(self._object(data))
        else:
            raise self._error(f"the answer is {self._line(kind)}, not a chat's; is the URL right?")

    def _chunks(self, answer: http.client.HTTPResponse) -> Iterator[bytes]:
        read = 0
        while chunk := answer.read1(65_536):
            read += len(chunk)
            if read > self._limits.characters * _BYTES:
                raise self._too_long()
            yield chunk

    def _object(self, data: bytes) -> Mapping[str, Any]:
        told = _json(data)
        if not isinstance(told, dict):
            raise self._error("the answer is no JSON object; is the URL right?")
        if told.get("error"):
            raise self._error(f"the server refused: {self._line(_error_of(told))}")
        return told

    def _take(self, told: Mapping[str, Any]) -> None:
        """Pass on what a chunk, or a whole answer, says; much of both may be missing."""
        choices = told.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        said = (choice.get("delta") or choice.get("message")) if isinstance(choice, dict) else None
        if not isinstance(said, dict):
            return
        for key in ("reasoning_content", "reasoning"):
            if isinstance(text := said.get(key), str) and text:
                self._heard.put(_Piece(text, is_answer=False))
        if isinstance(text := said.get("content"), str):
            self._say(text)

    def _say(self, text: str, is_last: bool = False) -> None:
        """Pass a piece of the answer on, but for the key, in one piece or in several."""
        text, key = self._open_text(self._held + text), self._endpoint.key
        keep = 0
        if len(key) >= _SECRET and not is_last:
            keep = next((n for n in range(len(key) - 1, 0, -1) if text.endswith(key[:n])), 0)
        self._held = text[len(text) - keep :]
        if text := text[: len(text) - keep]:
            self._heard.put(_Piece(text, is_answer=True))

    def _open_text(self, text: str) -> str:
        key = self._endpoint.key
        return text.replace(key, "***") if len(key) >= _SECRET else text

    def _line(self, told: object) -> str:
        """Return what a server says on one printable line of bounded length, without the key."""
        text = self._open_text(str(told))
        words = "".join(char if char.isprintable() else " " for char in text).split()
        return " ".join(words)[:200]

    def _error(self, why: str) -> ModelError:
        return ModelError(f"{self._endpoint.host}: {why}")

    def _too_long(self) -> TooLongError:
        limit = self._limits.characters
        return TooLongError(f"the answer was cut off: it is over {limit:,} characters")


def _events(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the data of server-sent events, wherever the bytes were split."""
    held = bytearray()
    data: list[bytes] = []
    for chunk in chunks:
        held += chunk
        if b"\n" not in chunk:
            continue
        *lines, rest = held.split(b"\n")
        held = rest
        for line in lines:
            line = line.removesuffix(b"\r")
            if line.startswith(b"data:"):
                data.append(bytes(line[5:]))
            elif not line and data:
                yield b"\n".join(data)
                data.clear()
    if held.startswith(b"data:"):
        data.append(bytes(held[5:]))
    if data:
        yield b"\n".join(data)


def _json(data: bytes) -> Any:
    """Return what JSON holds; None where it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _error_of(told: object) -> object:
    """Return what a server says is wrong, in any of the ways in which servers do."""
    if not isinstance(told, dict):
        return None
    found = told.get("error") or told.get("detail") or told.get("message")
    return found.get("message", found) if isinstance(found, dict) else found


def _seconds(named: str | None) -> float:
    """Return how long a Retry-After asks to wait; a second where there is none, or no sense in it.

    It is a number of seconds, or a date.
    """
    if named is None:
        return 1.0
    if named.strip().replace(".", "", 1).isdigit():
        return float(named)
    try:
        return max(0.0, (parsedate_to_datetime(named) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 1.0
