"""Models behind OpenAI-compatible servers: llama.cpp, vLLM, Ollama, hosted ones.

A server is named by its base URL, with the model's name as fragment where it has several:
`http://127.0.0.1:8080/v1` or `http://127.0.0.1:11434/v1#qwen2.5:3b`. A key is read from the
environment only: LD_TUI_API_KEY, or OPENAI_API_KEY for api.openai.com; it is never shown.
"""

import contextlib
import hashlib
import http.client
import json
import math
import os
import queue
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ld_tui.errors import ModelError, why
from ld_tui.llm.call import go_on, note_tokens
from ld_tui.llm.connection import Cord

TIMEOUT = 60.0
"""Seconds in which an answer has to be there, waiting for a busy server included."""
LARGEST = 8_000_000
"""Bytes of an answer that are read at most."""
TOP = 20
"""Most probable tokens that are asked for where labels can't be asked for by token."""
CONTEXT = 32_768
"""What is taken for the context length: servers refuse longer prompts themselves."""
_BIAS = 200.0
"""Added to the labels' logits, so that they outweigh every other token whatever the text."""
_BUSY = (429, 503)
_TICK = 0.05
"""Seconds after which whoever waits for a server looks whether it is still to wait."""


def is_url(spec: object) -> bool:
    """Tell whether a model is named by the URL of a server."""
    return str(spec).startswith(("http://", "https://"))


class Server:
    """Talks to one server. Every failure is a ModelError of one line."""

    def __init__(self, spec: str, key: str | None = None) -> None:
        parts = urllib.parse.urlsplit(spec)
        if not parts.hostname:
            raise ModelError(f"{spec}: no server in it; write http://HOST:PORT/v1")
        self.url = urllib.parse.urlunsplit((*parts[:3], "", "")).rstrip("/")
        self.host = parts.netloc.rpartition("@")[2]
        self.key = key or _key_for(parts.hostname)
        self.model = parts.fragment or self._first_model()

    def post(self, path: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Send JSON to a path below the base URL and return the JSON that comes back.

        A busy server (429, 503) is asked again after the time it names. Raises `_Missing` where
        there is no such path.
        """
        return self._request(f"{self.url}{path}", {"model": self.model, **data})

    def tokenize(self, text: str) -> list[int] | None:
        """Return a text's tokens; None where the server doesn't tell (llama.cpp does)."""
        root = self.url.removesuffix("/v1")
        try:
            found = self._request(f"{root}/tokenize", {"content": text, "add_special": False})
        except ModelError:
            return None
        tokens = found.get("tokens")
        return [int(token) for token in tokens] if isinstance(tokens, list) else None

    def prompt_tokens(self, prompt: str) -> int:
        """Return the tokens of a prompt; its words where the server doesn't tell."""
        found = self.tokenize(prompt)
        return len(prompt.split()) if found is None else len(found) + 1

    def _first_model(self) -> str:
        try:
            found = self._request(f"{self.url}/models", None)
        except _Missing:
            return "default"
        listed = found.get("data")
        if isinstance(listed, list) and listed and isinstance(listed[0], dict):
            return str(listed[0].get("id", "default"))
        return "default"

    def _request(self, url: str, data: Mapping[str, Any] | None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(url, body, headers)
        return _while_wanted(lambda cord: self._answer(request, cord))

    def _answer(self, request: urllib.request.Request, cord: Cord) -> dict[str, Any]:
        last = time.monotonic() + TIMEOUT
        opener = cord.opener()
        while True:
            left = last - time.monotonic()
            try:
                with opener.open(request, timeout=max(left, 0.1)) as answer:
                    return self._read(answer, last)
            except urllib.error.HTTPError as error:
                with error:
                    wait = self._wait(error)
                    if wait is None or time.monotonic() + wait > last:
                        raise self._refused(error) from error
                cord.pulled.wait(wait)
            except (OSError, http.client.HTTPException) as error:
                reason = why(getattr(error, "reason", error))
                raise ModelError(f"{self.host}: no answer from the server: {reason}") from error

    def _read(self, answer: Any, last: float) -> dict[str, Any]:
        """Read a JSON object, not larger and not later than it may be."""
        text = b""
        while chunk := answer.read1(65_536):
            text += chunk
            if len(text) > LARGEST:
                raise ModelError(f"{self.host}: the answer is over {LARGEST:,} bytes; refused")
            if time.monotonic() > last:
                raise ModelError(f"{self.host}: no whole answer within {TIMEOUT:.0f} s")
        try:
            found = json.loads(text)
        except ValueError as error:
            raise ModelError(f"{self.host}: the answer is not JSON; is the URL right?") from error
        if not isinstance(found, dict):
            raise ModelError(f"{self.host}: the answer is no JSON object; is the URL right?")
        return found

    def _wait(self, error: urllib.error.HTTPError) -> float | None:
        """Return the seconds after which to ask a busy server again; None for other refusals."""
        if error.code not in _BUSY:
            return None
        named = error.headers.get("Retry-After", "")
        return float(named) if named.replace(".", "", 1).isdigit() else 1.0

    def _refused(self, error: urllib.error.HTTPError) -> ModelError:
        if error.code == 404:
            return _Missing(
                f"{self.host}: the server has no {urllib.parse.urlsplit(error.url).path}"
            )
        try:
            told = json.loads(error.read(LARGEST))["error"]
            reason = told["message"] if isinstance(told, dict) else told
        except (ValueError, KeyError, TypeError, OSError):
            reason = error.reason
        line = " ".join(str(reason).split())[:200]
        return ModelError(f"{self.host}: the server refused ({error.code}): {line}")


def _while_wanted(ask: Callable[[Cord], dict[str, Any]]) -> dict[str, Any]:
    """Return what `ask` does in a thread of its own; end its connection where it may not go on."""
    cord = Cord()
    found: queue.SimpleQueue[dict[str, Any] | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            found.put(ask(cord))
        except Exception as error:
            found.put(error)

    threading.Thread(target=work, name="ask", daemon=True).start()
    try:
        while True:
            go_on()
            with contextlib.suppress(queue.Empty):
                told = found.get(timeout=_TICK)
                if isinstance(told, Exception):
                    raise told
                return told
    finally:
        cord.pull()


class _Missing(ModelError):
    """The server has no such path."""


def _key_for(host: str) -> str | None:
    if key := os.environ.get("LD_TUI_API_KEY"):
        return key
    return os.environ.get("OPENAI_API_KEY") if host == "api.openai.com" else None


class _Served:
    """A model behind a server, whatever it is asked."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @property
    def name(self) -> str:
        """The model's name, as the server calls it."""
        return self._server.model

    @property
    def context_length(self) -> int:
        return CONTEXT

    def prompt_tokens(self, prompt: str) -> int:
        """Return the tokens of a prompt; its words where the server doesn't tell."""
        return self._server.prompt_tokens(prompt)


class ServerSelector(_Served):
    """A `Selector` behind a server.

    llama.cpp tells tokens and takes a bias: there the labels' probabilities are exact. Others tell
    their most probable next tokens, of a completion or a chat, in which a label that is not among
    them counts 0; and from one that tells no probabilities the label that it writes is taken.
    """

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._labels: dict[str, int | None] = {}

    def probabilities(self, prompt: str, labels: Sequence[str]) -> tuple[float, ...]:
        """Return each label's probability; see `Selector`."""
        if not labels:
            raise ValueError("no labels to choose from")
        tokens = [self._token(label) for label in labels]
        known = [token for token in tokens if token is not None]
        if len(known) == len(labels):
            return self._exact(prompt, known)
        try:
            told = self._server.post(
                "/completions",
                {"prompt": prompt, "max_tokens": 1, "temperature": 0, "logprobs": TOP},
            )
        except _Missing:
            told = self._chat(prompt, labels)
        _note_usage(told)
        return self._by_text(told, labels)

    def _token(self, label: str) -> int | None:
        """Return a label's one token as the next word; None where the server doesn't tell."""
        if label not in self._labels:
            # A vocabulary that puts a space before a text by itself needs none, others do.
            found = [self._server.tokenize(text) for text in (f" {label}", label)]
            single = [tokens[0] for tokens in found if tokens is not None and len(tokens) == 1]
            if found[0] is not None and not single:
                raise ModelError(f"{self.name}: the label {label!r} is several tokens of it")
            self._labels[label] = single[0] if single else None
        return self._labels[label]

    def _exact(self, prompt: str, tokens: Sequence[int]) -> tuple[float, ...]:
        found = self._server.post(
            "/completions",
            {
                "prompt": prompt,
                "max_tokens": 1,
                "temperature": 1.0,
                "samplers": ["temperature"],
                "logit_bias": [[token, _BIAS] for token in tokens],
                "logprobs": len(tokens),
                "post_sampling_probs": True,
                "seed": 0,
            },
        )
        _note_usage(found)
        top = _first(found, "top_probs")
        shares = {int(each["id"]): float(each["prob"]) for each in top}
        return _shared([shares.get(token, 0.0) for token in tokens], self.name)

    def _chat(self, prompt: str, labels: Sequence[str]) -> dict[str, Any]:
        return self._server.post(
            "/chat/completions",
            {
                "messages": [{"role": "user", "content": chat_question(prompt, labels)}],
                "max_tokens": 1,
                "temperature": 0,
                "logprobs": True,
                "top_logprobs": TOP,
            },
        )

    def _by_text(self, told: Mapping[str, Any], labels: Sequence[str]) -> tuple[float, ...]:
        shares = dict.fromkeys(labels, 0.0)
        for text, logprob in _top_logprobs(told):
            if text.strip() in shares:
                shares[text.strip()] += math.exp(min(0.0, logprob))
        if not any(shares.values()):
            written = _written(told).strip()
            if written not in shares:
                raise ModelError(f"{self.name}: it answered {written[:40]!r}, none of the labels")
            shares[written] = 1.0
        return _shared(list(shares.values()), self.name)


def chat_question(prompt: str, labels: Sequence[str]) -> str:
    """Return what a chat model is asked, that can't just go on with a prompt."""
    return f"{prompt}\nAnswer with one of {', '.join(labels)} and nothing else."


class ServerCompleter(_Served):
    """A `Completer` behind a server: completions, or chat where it has no other."""

    def complete(
        self, prompt: str, max_tokens: int, stop: Sequence[str] = (), seed: str | None = None
    ) -> str:
        """Return what the model writes after a prompt; see `Completer`."""
        data: dict[str, Any] = {
            "max_tokens": max_tokens,
            "temperature": 0.0 if seed is None else 1.0,
        }
        if stop:
            data["stop"] = list(stop)
        if seed is not None:
            data["seed"] = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") >> 1
        try:
            told = self._server.post("/completions", {"prompt": prompt, **data})
        except _Missing:
            messages = [{"role": "user", "content": prompt}]
            told = self._server.post("/chat/completions", {"messages": messages, **data})
        _note_usage(told)
        return _written(told)


def _note_usage(told: Mapping[str, Any]) -> None:
    """Pass on what an answer says that it cost; a server need not say it."""
    usage = told.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    read, written = (counts.get(f"{what}_tokens") for what in ("prompt", "completion"))
    note_tokens(read if type(read) is int else None, written if type(written) is int else None)


def _choice(told: Mapping[str, Any]) -> Mapping[str, Any]:
    choices = told.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise ModelError("the server's answer has no choices in it; is it OpenAI-compatible?")
    return choices[0]


def _written(told: Mapping[str, Any]) -> str:
    choice = _choice(told)
    message = choice.get("message")
    text = message.get("content") if isinstance(message, dict) else choice.get("text")
    return text if isinstance(text, str) else ""


def _first(told: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the alternatives to the first token written, as llama.cpp tells them."""
    logprobs = _choice(told).get("logprobs")
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    if not isinstance(content, list) or not content:
        return []
    found = content[0].get(key)
    return found if isinstance(found, list) else []


def _top_logprobs(told: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return the most probable first tokens and their log-probabilities, in either format."""
    found = [(str(e["token"]), float(e["logprob"])) for e in _first(told, "top_logprobs")]
    logprobs = _choice(told).get("logprobs")
    old = logprobs.get("top_logprobs") if isinstance(logprobs, dict) else None
    if not found and isinstance(old, list) and old and isinstance(old[0], dict):
        found = [(str(text), float(value)) for text, value in old[0].items()]
    return found


def _shared(shares: Sequence[float], name: str) -> tuple[float, ...]:
    total = sum(shares)
    if not total > 0 or not math.isfinite(total):
        raise ModelError(f"{name}: the server gave no probability to any label")
    return tuple(share / total for share in shares)
