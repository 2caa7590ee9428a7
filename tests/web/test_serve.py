"""Serving, without a browser: who is let in, what the page asks for, and what is said."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from ld_tui.cli import main

pytest.importorskip("textual_serve")
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer

from ld_tui.web import server as web_server
from ld_tui.web.server import OwnServer, is_loopback

OURS = {"Host": "127.0.0.1:8000"}
SOCKET = {
    **OURS,
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
Serving = Callable[..., Awaitable[TestClient]]


@pytest.fixture
async def serving() -> AsyncIterator[Serving]:
    """Return what serves a command that ends at once, and a client that names the port 8000."""
    opened = []

    async def make(host: str = "127.0.0.1", public_url: str | None = None) -> TestClient:
        app = await OwnServer("false", host, 8000, public_url)._make_app()
        client = TestClient(TestServer(app))
        await client.start_server()
        opened.append(client)
        return client

    yield make
    for client in opened:
        await client.close()


async def test_all_that_the_page_asks_for_is_here(serving: Serving) -> None:
    client = await serving()
    answer = await client.get("/", headers=OURS)
    text = await answer.text()
    addresses = re.findall(r'(?:src|href)="([^"]+)"|url\("([^"]+)"\)', text)
    wanted = [one or other for one, other in addresses if (one or other) != "data:,"]
    assert len(wanted) == 4
    for address in wanted:
        there = address.removeprefix("http://127.0.0.1:8000")
        assert there.startswith("/"), address
        assert (await client.get(there, headers=OURS)).status == 200
    assert text.count("://") == len(wanted) + 1  # And the web socket.
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; connect-src ws://127.0.0.1:8000; ")


@pytest.mark.parametrize("size", ["20", "<b>", '"', ""])
async def test_a_font_size_is_a_number(size: str, serving: Serving) -> None:
    client = await serving()
    text = await (await client.get("/", params={"fontsize": size}, headers=OURS)).text()
    assert f'data-font-size="{size if size == "20" else 16}"' in text


@pytest.mark.parametrize(
    ("host", "public_url", "named", "status"),
    [
        ("127.0.0.1", None, "127.0.0.1:8000", 200),
        ("127.0.0.1", None, "localhost:8000", 200),
        ("127.0.0.1", None, "evil.example:8000", 403),
        ("127.0.0.1", "https://play.example", "play.example", 200),
        ("127.0.0.1", "https://play.example", "127.0.0.1:8000", 403),
        ("0.0.0.0", None, "box.local:8000", 200),
    ],
)
async def test_on_the_loopback_only_its_own_names_will_do(
    host: str, public_url: str | None, named: str, status: int, serving: Serving
) -> None:
    client = await serving(host, public_url)
    assert (await client.get("/", headers={"Host": named})).status == status


async def test_a_server_behind_another_is_known_by_that_ones_address(serving: Serving) -> None:
    client = await serving(public_url="https://play.example/ld/")
    text = await (await client.get("/", headers={"Host": "play.example"})).text()
    assert 'data-session-websocket-url="wss://play.example/ld/ws"' in text
    assert 'src="https://play.example/ld/static/js/textual.js"' in text


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:8000", 101),
        ("http://evil.example", 403),
        ("http://127.0.0.1:9000", 403),
        ("null", 403),
        (None, 403),
    ],
)
async def test_no_other_page_opens_a_session(
    origin: str | None, status: int, serving: Serving
) -> None:
    client = await serving()
    headers = SOCKET | ({"Origin": origin} if origin else {})
    assert (await client.get("/ws", headers=headers)).status == status


async def test_no_more_sessions_than_there_may_be(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_server, "VISITORS", 0)
    client = await serving()
    headers = {**SOCKET, "Origin": "http://127.0.0.1:8000"}
    assert (await client.get("/ws", headers=headers)).status == 503


@pytest.mark.parametrize(
    ("host", "found"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("box", False)],
)
def test_a_loopback_is_known(host: str, found: bool) -> None:
    assert is_loopback(host) is found


@pytest.mark.parametrize(("host", "warns"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_a_port_that_is_taken_is_told_in_one_line_and_an_open_host_warned_of(
    host: str, warns: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind((host, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--host", host, "--port", str(port)]) == 2
    said = capsys.readouterr()
    assert not said.out
    *warnings, line = said.err.splitlines()
    assert line.startswith(f"ld-tui: {host}:{port} can't be served (Address already in use)")
    assert [f"whoever reaches {host}:{port} can play" in each for each in warnings] == [
        True
    ] * warns


@pytest.mark.parametrize(
    ("host", "line"),
    [
        ("nosuch.invalid", "ld-tui: nosuch.invalid: there is no such host; --host takes another"),
        ("192.0.2.1", "--host takes another"),
    ],
)
def test_a_host_that_is_not_here_is_told(
    host: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--host", host]) == 2
    said = capsys.readouterr()
    assert not said.out
    assert said.err.endswith(f"{line}\n")


@pytest.mark.parametrize("url", ["foo", "ftp://play.example", "https://", "http://a:b", ""])
def test_an_address_from_outside_is_a_url(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["serve", "--public-url", url])
    assert f"{url!r} is no URL" in capsys.readouterr().err


@pytest.mark.parametrize("waits", [0, 0.3, None], ids=["at once", "starting", "drawn"])
async def test_an_interrupt_ends_it_without_a_word(waits: float | None, own_home: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ld_tui", "serve", "--port", str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "LD_TUI_HOME": str(own_home)},
        start_new_session=True,
    )
    assert server.stdout is not None
    assert (await server.stdout.readline()).startswith(b"ld-tui in a browser: ")
    here = f"http://127.0.0.1:{port}"
    async with (
        ClientSession() as client,
        client.ws_connect(f"{here}/ws", headers={"Origin": here}) as page,
    ):
        if waits is None:
            await page.receive_bytes(timeout=60)
        else:
            await asyncio.sleep(waits)
        found = subprocess.run(["pgrep", "-P", str(server.pid)], capture_output=True, text=True)
        # As a terminal does it: to all that are in its foreground.
        os.killpg(server.pid, signal.SIGINT)
        while not page.closed:
            await page.receive(timeout=30)
    said, _ = await asyncio.wait_for(server.communicate(), 30)
    assert (server.returncode, said) == (0, b"")
    assert len(found.stdout.split()) <= 1
    assert not [pid for pid in found.stdout.split() if Path(f"/proc/{pid}").exists()]


def test_where_the_extra_is_missing_it_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    monkeypatch.delitem(sys.modules, "ld_tui.web.server")
    assert main(["serve"]) == 2
    assert "pip install 'ld-tui[serve]'" in capsys.readouterr().err
