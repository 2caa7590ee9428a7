"""Streamed chats: every corner in which servers differ, over real sockets."""

import itertools
import json
import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from ld_tui.errors import ModelError, UsageError
from ld_tui.llm.chat_stream import Limits, TooLongError, chat
from ld_tui.llm.endpoint import Endpoint, endpoint_from_environment

KEY = "sk-0123456789abcdef"
ASKED = [{"role": "user", "content": "Why?"}]
TEXT = "Because é → 🙂, \\u0041 and\nso on.\n"
DONE = b"data: [DONE]\n\n"


def event(**chunk: Any) -> bytes:
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


def says(text: str, **more: Any) -> bytes:
    return event(choices=[{"delta": {"content": text, **more}, "logprobs": None}])


def heard(server: Any, key: str = "", **limits: Any) -> list[str]:
    """Return the pieces of an answer, those that only say that time passes left out."""
    found = chat(Endpoint(server.url, "some-model", key), ASKED, Limits(**limits))
    return [piece for piece in found if piece]


def refusal(server: Any, key: str = "", **limits: Any) -> str:
    with pytest.raises(ModelError) as caught:
        heard(server, key, **limits)
    told = str(caught.value)
    assert told.isprintable()
    assert len(told) < 400
    return told


def test_pieces_come_as_the_server_writes_them(chat_server: Any) -> None:
    chat_server.script = [chat_server.says("one two three", size=4)]
    assert heard(chat_server, KEY, tokens=77) == ["one ", "two ", "thre", "e"]
    asked = chat_server.asked[0]
    assert asked["path"] == "/v1/chat/completions"
    assert asked["model"] == "some-model"
    assert asked["messages"] == ASKED
    assert asked["stream"] is True
    assert asked["max_tokens"] == 77
    assert chat_server.headers[0]["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_it_does_not_matter_where_bytes_are_split(chat_server: Any, size: int) -> None:
    stream = b": a comment\r\n\r\n" + b"".join(map(says, TEXT)).replace(b"\n", b"\r\n") + DONE
    parts: list[Any] = [stream[at : at + size] for at in range(0, len(stream), size)]
    for at in range(1, 20):
        parts.insert(at * 2, 0.002)
    chat_server.script = [chat_server.stream(*parts)]
    assert "".join(heard(chat_server)) == TEXT


def test_bytes_come_in_http_chunks_too(chat_server: Any) -> None:
    body = [says("a"), says("b")[:9], says("b")[9:], DONE]
    parts = [b"%x\r\n%b\r\n" % (len(each), each) for each in body]
    chunked = chat_server.stream(*parts, b"0\r\n\r\n", Transfer_Encoding="chunked")
    broken = chat_server.stream(parts[0], parts[1][:7], Transfer_Encoding="chunked")
    chat_server.script = [chunked, broken]
    chat_server.protocol = "HTTP/1.1"
    assert heard(chat_server) == ["a", "b"]
    assert "no answer from the server" in refusal(chat_server)


@pytest.mark.parametrize(
    "chunk",
    [
        {},
        {"choices": []},
        {"choices": None, "usage": {"total_tokens": 4}},
        {"choices": [None]},
        {"choices": [{}]},
        {"choices": [{"delta": None, "finish_reason": "stop"}]},
        {"choices": [{"delta": {"role": "assistant", "content": None}}]},
        {"choices": [{"delta": {"content": ""}, "logprobs": None}], "error": None},
        {"choices": [{"delta": {"content": None, "reasoning_content": "hm"}}]},
        {"choices": [{"delta": {"reasoning": "hm"}}]},
        {"choices": [{"delta": {"content": [{"type": "odd"}]}}]},
    ],
)
def test_chunks_without_an_answer_are_passed_over(chat_server: Any, chunk: Any) -> None:
    chat_server.script = [chat_server.stream(event(**chunk), says("a"), event(**chunk), DONE)]
    assert heard(chat_server) == ["a"]


def test_nothing_is_read_after_the_end(chat_server: Any) -> None:
    chat_server.script = [chat_server.stream(says("a"), DONE, says("b"), 30.0)]
    assert heard(chat_server) == ["a"]


def test_an_end_without_a_word_is_one_too(chat_server: Any) -> None:
    chat_server.script = [chat_server.stream(b"event: chunk\n", says("a"), says("b").rstrip())]
    assert heard(chat_server) == ["a", "b"]


@pytest.mark.parametrize(
    "message", [{"content": "all at once"}, {"content": "all at once", "reasoning": "hm"}]
)
def test_an_answer_that_is_not_streamed_is_one_piece(chat_server: Any, message: Any) -> None:
    whole = json.dumps({"choices": [{"message": message, "logprobs": None}]}).encode()
    chat_server.script = [chat_server.answer(whole[:30], 0.01, whole[30:])]
    assert heard(chat_server) == ["all at once"]


@pytest.mark.parametrize(
    ("status", "kind", "body", "told"),
    [
        (401, "application/json", b'{"error": {"message": "no\\nsuch key"}}', r"\(401\): no such"),
        (404, "application/json", b'{"error": "no model \\u001b[31m"}', r"\(404\): no model \[31m"),
        (422, "application/json", b'{"detail": [{"loc": 1}]}', r"\(422\): \[\{'loc': 1\}\]"),
        (500, "text/html", b"<html>", r"\(500\): Internal Server Error"),
        (200, "application/json", b'{"error": {"message": "overloaded"}}', "refused: overloaded"),
        (200, "application/json", b'{"choices": []}', "no choices"),
        (200, "application/json", b"{}", "no choices"),
        (200, "application/json", b"[1]", "no JSON object"),
        (200, "application/json", b"[" * 100_000, "no JSON object"),
        (200, "application/json", b"", "no JSON object"),
        (200, "text/html", b"<html>hello</html>", "is text/html, not a chat's"),
        (200, "text/event-stream", b"data: {oops\n\n", "no JSON object"),
        (200, "text/event-stream", b"data: \xff\xfe\n\n", "no JSON object"),
        (200, "text/event-stream", b'data: {"error": {"code": 1}}\n\n', "refused: {'code': 1}"),
    ],
    ids=[
        *("key", "model", "detail", "html-500", "error-200", "empty-choices", "no-choices"),
        *("array", "deep", "nothing", "html", "torn-json", "not-utf8", "error-in-stream"),
    ],
)
def test_what_is_no_answer_is_told_in_one_line(
    chat_server: Any, status: int, kind: str, body: bytes, told: str
) -> None:
    chat_server.script = [chat_server.answer(body, status=status, kind=kind)]
    found = refusal(chat_server)
    assert re.search(told, found), found
    assert found.startswith("127.0.0.1:")
    assert len(chat_server.asked) == 1


def test_a_server_that_is_down_is_named() -> None:
    with pytest.raises(
        ModelError, match=r"^127\.0\.0\.1:9: no answer from the server: Connection refused"
    ):
        list(chat(Endpoint("http://127.0.0.1:9/v1", "m"), ASKED))


def test_a_busy_server_is_asked_again_when_it_says_so(chat_server: Any) -> None:
    loading = b'{"error": {"message": "Loading model"}}'
    soon = format_datetime(datetime.now(UTC) - timedelta(minutes=1), usegmt=True)
    chat_server.script = [
        chat_server.answer(loading, status=503, Retry_After="0.02"),
        chat_server.answer(b"", status=429, Retry_After=soon),
        chat_server.says("at last"),
    ]
    assert heard(chat_server) == ["at last"]
    chat_server.script = [chat_server.answer(loading, status=503, Retry_After="0")]
    assert "refused (503): Loading model" in refusal(chat_server)
    assert len(chat_server.asked) == 3 + 4


def test_a_server_that_is_busy_for_long_is_not_waited_for(chat_server: Any) -> None:
    late = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    for named in ("900", late):
        chat_server.script = [chat_server.answer(b"{}", status=429, Retry_After=named)]
        assert re.search(r"refused \(429\): .*; it asks to wait \d+ s", refusal(chat_server))
    assert len(chat_server.asked) == 2


def test_a_server_that_knows_another_name_for_the_limit_is_given_that(chat_server: Any) -> None:
    told = b'{"error": {"message": "Unsupported: max_tokens. Use max_completion_tokens."}}'
    chat_server.script = [chat_server.answer(told, status=400), chat_server.says("a")]
    assert heard(chat_server, tokens=5) == ["a"]
    assert "max_tokens" not in chat_server.asked[1]
    assert chat_server.asked[1]["max_completion_tokens"] == 5


def test_a_redirection_is_not_followed(chat_server: Any) -> None:
    elsewhere = chat_server.url.replace("127.0.0.1", "localhost") + "/other"
    chat_server.script = [chat_server.answer(b"", status=302, Location=elsewhere)]
    assert "refused (302)" in refusal(chat_server, KEY)
    assert len(chat_server.headers) == 1


def test_a_drip_ends_at_the_limit_of_time(chat_server: Any) -> None:
    drip = itertools.chain.from_iterable(itertools.repeat((says("x"), 0.02)))
    chat_server.script = [(200, {"Content-Type": "text/event-stream"}, drip)]
    assert "no whole answer within 0.3 s" in refusal(chat_server, total=0.3)
    assert chat_server.gone.wait(5)


def test_an_answer_that_never_begins_ends_at_the_limit_of_time(chat_server: Any) -> None:
    chat_server.script = [chat_server.stream(30.0)]
    assert "no whole answer within 0.3 s" in refusal(chat_server, total=0.3, idle=0.05)
    assert chat_server.gone.wait(5)


def test_an_answer_that_stops_is_given_up(chat_server: Any) -> None:
    chat_server.script = [chat_server.stream(says("x"), 30.0)]
    assert "the answer stopped for 0.2 s" in refusal(chat_server, idle=0.2)
    assert chat_server.gone.wait(5)


@pytest.mark.parametrize(
    "part",
    [says("x" * 50), event(choices=[{"delta": {"reasoning": "x" * 50}}]), b"data: x" * 50, b":\n"],
    ids=["answer", "reasoning", "line", "comments"],
)
def test_an_answer_without_end_is_cut_off(chat_server: Any, part: bytes) -> None:
    endless = itertools.repeat(part * 20)
    chat_server.script = [(200, {"Content-Type": "text/event-stream"}, endless)]
    with pytest.raises(TooLongError, match=r"cut off: it is over 2,000 characters"):
        heard(chat_server, characters=2_000)


def test_ten_megabytes_at_once_are_not_taken(chat_server: Any) -> None:
    whole = json.dumps({"choices": [{"message": {"content": "x" * 10_000_000}}]}).encode()
    chat_server.script = [chat_server.answer(whole)]
    with pytest.raises(TooLongError, match=r"over 100,000 characters"):
        heard(chat_server)


def test_closing_ends_the_connection_in_the_midst(chat_server: Any) -> None:
    chat_server.script = [chat_server.stream(says("x"), 60.0)]
    pieces = chat(Endpoint(chat_server.url, "m"), ASKED)
    assert next(pieces) == "x"
    assert not chat_server.gone.is_set()
    pieces.close()
    assert chat_server.gone.wait(5)


def test_who_waits_hears_so_and_can_stop(chat_server: Any) -> None:
    chat_server.script = [chat_server.stream(60.0)]
    pieces = chat(Endpoint(chat_server.url, "m"), ASKED)
    assert [next(pieces), next(pieces)] == ["", ""]
    pieces.close()
    assert chat_server.gone.wait(5)


def test_reasoning_is_a_sign_of_life(chat_server: Any) -> None:
    thought = event(choices=[{"delta": {"reasoning": "hm"}}])
    chat_server.script = [chat_server.stream(*[thought, 0.1] * 8, says("x"), DONE)]
    pieces = list(chat(Endpoint(chat_server.url, "m"), ASKED, Limits(idle=30)))
    assert pieces[-1] == "x"
    assert set(pieces[:-1]) == {""}


def test_waiting_for_a_busy_server_can_be_stopped(chat_server: Any) -> None:
    chat_server.script = [chat_server.answer(b"{}", status=503, Retry_After="9")]
    began = time.monotonic()
    pieces = chat(Endpoint(chat_server.url, "m"), ASKED)
    assert next(pieces) == ""
    pieces.close()
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("size", [1, 5, 100])
def test_a_key_that_a_server_tells_is_not_passed_on(chat_server: Any, size: int) -> None:
    text = f"s sk-01 your key is {KEY}{KEY}, sk-0123"
    chat_server.script = [chat_server.says(text, size)]
    assert "".join(heard(chat_server, KEY)) == "s sk-01 your key is ******, sk-0123"
    told = json.dumps({"error": {"message": f"{KEY} is no key"}}).encode()
    chat_server.script = [chat_server.answer(told, status=401)]
    assert "*** is no key" in refusal(chat_server, KEY)
    assert KEY not in repr(Endpoint(chat_server.url, "m", KEY))


def test_a_made_up_key_may_stand_in_an_answer(chat_server: Any) -> None:
    chat_server.script = [chat_server.says("none of it")]
    assert "".join(heard(chat_server, "none")) == "none of it"


def test_the_environment_names_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_TUI_LLM_URL", " https://host:81/v1/#named ")
    monkeypatch.delenv("LD_TUI_LLM_MODEL", raising=False)
    monkeypatch.delenv("LD_TUI_LLM_KEY", raising=False)
    assert endpoint_from_environment() == Endpoint("https://host:81/v1", "named")
    monkeypatch.setenv("LD_TUI_LLM_MODEL", "qwen")
    monkeypatch.setenv("LD_TUI_LLM_KEY", KEY + "\n")
    found = endpoint_from_environment()
    assert found == Endpoint("https://host:81/v1", "qwen", KEY)
    assert found.host == "host:81"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LD_TUI_LLM_URL", "", "needs a server: set LD_TUI_LLM_URL"),
        ("LD_TUI_LLM_URL", "host:80/v1", "has to be a URL"),
        ("LD_TUI_LLM_URL", "http:///v1", "has to be a URL"),
        ("LD_TUI_LLM_URL", "http://[::1/v1", "has to be a URL"),
        ("LD_TUI_LLM_URL", "http://host:port/v1", "has to be a URL"),
        ("LD_TUI_LLM_URL", f"http://me:{KEY}@host/v1", "has to be a URL"),
        ("LD_TUI_LLM_URL", "http://host/\x1b[31m", "has to be a URL"),
        ("LD_TUI_LLM_KEY", f"{KEY}\n{KEY}", "holds characters that no key has"),
        ("LD_TUI_LLM_KEY", f"{KEY}é", "holds characters that no key has"),
    ],
)
def test_an_environment_that_is_wrong_is_told_without_its_secrets(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv("LD_TUI_LLM_URL", "http://host/v1")
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=told) as caught:
        endpoint_from_environment()
    assert KEY not in str(caught.value)
