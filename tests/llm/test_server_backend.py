"""Models behind servers: a real llama.cpp one, and a scripted one for the protocol's corners."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ld_tui import paths
from ld_tui.agent.events import GaveUp, Rejected
from ld_tui.agent.prompt import LABELS, selection_prompt
from ld_tui.arena.direct import DirectPlayer, move_prompt
from ld_tui.arena.players import make_player
from ld_tui.arena.resources import Resources, Sources
from ld_tui.errors import ModelError
from ld_tui.functionbase.store import load
from ld_tui.game.describe import state_text
from ld_tui.game.record import PlayerSpec
from ld_tui.game.starts import starts
from ld_tui.llm.completer import load_completer
from ld_tui.llm.selector import load_selector
from ld_tui.llm.server_backend import Server, ServerCompleter, ServerSelector


@pytest.fixture(scope="module")
def llamacpp() -> Server:
    """Today's llama.cpp with its own HTTP server, serving the shipped S-LLM on the loopback."""
    from ld_tui.llm.xllamacpp_backend import load_server

    return load_server(paths.SHIPPED_SELECTOR)


def prompts(count: int) -> list[str]:
    base = load(paths.packaged_functionbase())
    stage = base.stages[0]
    manuals = base.manuals_of(stage.side, stage.name)
    return [
        selection_prompt(
            stage.question,
            [manual.text for manual in manuals[at % 8 : at % 8 + 5]],
            state_text(position, stage.name),
        )
        for at, position in enumerate(starts(count, 5))
    ]


def test_llamacpp_chooses_as_ctransformers_does(llamacpp: Server) -> None:
    """A second reader of the shipped export, and a server that nobody here wrote."""
    ours, theirs = load_selector(paths.SHIPPED_SELECTOR), ServerSelector(llamacpp)
    for prompt in prompts(12):
        one = ours.probabilities(prompt, LABELS[:5])
        other = theirs.probabilities(prompt, LABELS[:5])
        assert other == pytest.approx(one, abs=5e-3)
        assert sum(other) == pytest.approx(1)
        if sorted(one)[-1] - sorted(one)[-2] > 0.01:
            assert one.index(max(one)) == other.index(max(other))
        assert theirs.prompt_tokens(prompt) == ours.prompt_tokens(prompt)


def test_llamacpp_writes_as_ctransformers_does() -> None:
    from ld_tui.llm.xllamacpp_backend import load_server

    ours = load_completer(paths.SHIPPED_KD)
    theirs = ServerCompleter(load_server(paths.SHIPPED_KD))
    for position in starts(4, 6):
        prompt = move_prompt(position)
        assert theirs.complete(prompt, 32, ("\n",)) == ours.complete(prompt, 32, ("\n",))


def test_a_bare_s_llm_behind_a_server_gives_up_by_illegal_choices(llamacpp: Server) -> None:
    """It was trained to select; asked for moves it writes none, and nothing is mended."""
    player = DirectPlayer(ServerCompleter(llamacpp), "bare")
    events = list(player.decide(starts(1, 2)[0], (), 1))
    refused = [event for event in events if isinstance(event, Rejected)]
    assert len(refused) == 8
    assert all(event.illegal for event in refused)
    assert isinstance(events[-1], GaveUp)


def test_a_player_is_named_by_file_or_url(llamacpp: Server) -> None:
    resources = Resources(Sources())
    player = make_player(PlayerSpec(f"llm:{paths.SHIPPED_KD}"), resources)
    events = list(player.decide(starts(1, 2)[0], (), 1))
    assert not isinstance(events[-1], GaveUp)
    resources.close()


def test_a_prompt_over_the_context_is_refused_in_one_line(llamacpp: Server) -> None:
    with pytest.raises(ModelError, match="context") as caught:
        ServerSelector(llamacpp).probabilities(prompts(1)[0] * 30, LABELS[:5])
    assert "\n" not in str(caught.value)


def test_a_file_that_llamacpp_refuses_is_named_in_one_line(tmp_path: Any) -> None:
    from ld_tui.llm.xllamacpp_backend import load_server

    cut = tmp_path / "cut.gguf"
    cut.write_bytes(paths.SHIPPED_SELECTOR.read_bytes()[:90_000])
    with pytest.raises(ModelError, match=r"cut\.gguf: llama\.cpp can't load it"):
        load_server(cut)


class Scripted(BaseHTTPRequestHandler):
    """Answers with what stands in `script`: path -> (status, headers, body), the last again."""

    script: dict[str, list[tuple[int, dict[str, str], bytes]]]
    asked: list[tuple[str, dict[str, Any], str | None]]

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        data = json.loads(self.rfile.read(length))
        self.asked.append((self.path, data, self.headers.get("Authorization")))
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        left = self.script.get(self.path, [(404, {}, b"{}")])
        status, headers, body = left.pop(0) if len(left) > 1 else left[0]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # the other side may have had enough
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[tuple[str, type[Scripted]]]:
    class Handler(Scripted):
        script = {}  # noqa: RUF012
        asked = []  # noqa: RUF012

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1", Handler
    server.shutdown()
    server.server_close()
    thread.join()


def body(**choice: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, {}, json.dumps({"choices": [choice]}).encode()


TOP = {"top_logprobs": [{" B": -0.1, " A": -2.5, " the": -4.0}]}
CHAT = {
    "content": [
        {
            "token": "B",
            "top_logprobs": [{"token": "B", "logprob": -0.2}, {"token": "A", "logprob": -1.9}],
        }
    ]
}


def test_the_most_probable_tokens_serve_where_tokens_cannot_be_named(endpoint: Any) -> None:
    url, handler = endpoint
    handler.script["/v1/completions"] = [body(text=" B", logprobs=TOP)]
    shares = ServerSelector(Server(url)).probabilities("prompt", ("A", "B", "C"))
    assert shares[1] > shares[0] > shares[2] == 0
    assert sum(shares) == pytest.approx(1)


def test_a_server_with_chat_only_is_asked_by_chat(endpoint: Any) -> None:
    url, handler = endpoint
    handler.script["/v1/chat/completions"] = [body(message={"content": "B"}, logprobs=CHAT)]
    shares = ServerSelector(Server(f"{url}#some-model")).probabilities("prompt", ("A", "B"))
    assert shares[1] > 0.8
    path, asked, _ = handler.asked[-1]
    assert path == "/v1/chat/completions"
    assert asked["model"] == "some-model"
    handler.script["/v1/chat/completions"] = [body(message={"content": "e4 e5"})]
    assert ServerCompleter(Server(url)).complete("prompt", 8, ("\n",), "1") == "e4 e5"


def test_without_probabilities_the_label_written_is_taken_and_prose_is_refused(
    endpoint: Any,
) -> None:
    url, handler = endpoint
    handler.script["/v1/completions"] = [
        body(text=" A", logprobs=None),
        body(text=" I think A", logprobs=None),
    ]
    selector = ServerSelector(Server(url))
    assert selector.probabilities("prompt", ("A", "B")) == (1.0, 0.0)
    with pytest.raises(ModelError, match="none of the labels"):
        selector.probabilities("prompt", ("A", "B"))


def test_a_busy_server_is_asked_again(endpoint: Any) -> None:
    url, handler = endpoint
    handler.script["/v1/completions"] = [
        (429, {"Retry-After": "0.02"}, b"{}"),
        (503, {"Retry-After": "0"}, b'{"error": {"message": "loading model"}}'),
        body(text=" B", logprobs=TOP),
    ]
    assert ServerSelector(Server(url)).probabilities("prompt", ("A", "B"))[1] > 0.8
    handler.script["/v1/completions"] = [(429, {"Retry-After": "900"}, b'{"error": "slow down"}')]
    with pytest.raises(ModelError, match=r"429.*slow down"):
        ServerSelector(Server(url)).probabilities("prompt", ("A", "B"))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((200, {}, b"<html>"), "not JSON"),
        ((200, {}, b"[1]"), "no JSON object"),
        ((200, {}, b"{}"), "no choices"),
        ((200, {}, b" " * 9_000_000), "over 8,000,000 bytes"),
        ((400, {}, b'{"error": {"message": "bad\\nprompt"}}'), "refused \\(400\\): bad prompt"),
        ((500, {}, b""), "refused \\(500\\)"),
        (body(text=" B", logprobs={"top_logprobs": [{"x": -1.0}]}), None),
    ],
)
def test_a_poor_answer_is_one_line(endpoint: Any, answer: Any, told: str | None) -> None:
    url, handler = endpoint
    handler.script["/v1/completions"] = [answer]
    selector = ServerSelector(Server(url))
    if told is None:  # none of the labels among the most probable: the one written counts
        assert selector.probabilities("prompt", ("A", "B")) == (0.0, 1.0)
        return
    with pytest.raises(ModelError, match=told) as caught:
        selector.probabilities("prompt", ("A", "B"))
    assert "\n" not in str(caught.value)


def test_a_server_that_is_down_is_named() -> None:
    with pytest.raises(
        ModelError, match=r"127\.0\.0\.1:9: no answer from the server: Connection refused"
    ):
        Server("http://127.0.0.1:9/v1")
    with pytest.raises(ModelError, match="no server in it"):
        Server("http:///v1")


def test_a_key_comes_from_the_environment_and_is_never_shown(
    endpoint: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = endpoint
    monkeypatch.setenv("LD_TUI_API_KEY", "secret-1")
    handler.script["/v1/completions"] = [body(text=" A", logprobs=None), (401, {}, b"{}")]
    selector = load_selector(url)
    selector.probabilities("prompt", ("A", "B"))
    assert handler.asked[-1][2] == "Bearer secret-1"
    with pytest.raises(ModelError) as caught:
        selector.probabilities("prompt", ("A", "B"))
    assert "secret" not in str(caught.value)
    monkeypatch.delenv("LD_TUI_API_KEY")
    monkeypatch.setenv("OPENAI_API_KEY", "secret-2")
    handler.script["/v1/completions"] = [body(text=" A", logprobs=None)]
    load_selector(url).probabilities("prompt", ("A", "B"))
    assert handler.asked[-1][2] is None


def test_a_redirection_is_not_followed_for_the_key_would_go_along(
    endpoint: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = endpoint
    monkeypatch.setenv("LD_TUI_API_KEY", "secret-1")
    handler.script["/v1/completions"] = [(302, {"Location": "/v1/elsewhere"}, b"")]
    handler.script["/v1/elsewhere"] = [body(text=" A", logprobs=None)]
    with pytest.raises(ModelError, match=r"refused \(302\)"):
        ServerSelector(Server(url)).probabilities("prompt", ("A", "B"))
