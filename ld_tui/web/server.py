"""textual-serve, told to keep to itself: a page of our own, and nobody's requests but ours.

The page that textual-serve comes with takes its font from another host. This one takes everything
from the same server, and a policy keeps it to that. What reaches a terminal program must come from
that page: any other that the person has open could otherwise play, and edit functions, behind
their back.
"""

import asyncio
import logging
import shlex
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

POLICY = (
    "default-src 'self'; connect-src {socket}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
VISITORS = 8
"""Sessions at once; each is a client and an engine with its models."""
PATIENCE = 5.0
"""Seconds that a session has to end by itself."""
_HERE = Path(__file__).parent
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def is_loopback(host: str) -> bool:
    """Tell whether only programs on this machine reach a host."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Session(AppService):
    """The process of one session, which is gone once it was stopped.

    It is in a session of its own as the system sees it: ctrl+c at the server's terminal is the
    server's alone, which ends its processes in turn.
    """

    _has_drawn = False

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        self._process = await asyncio.create_subprocess_exec(
            *shlex.split(self.command),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width=width, height=height),
            start_new_session=True,
        )
        self._stdin = self._process.stdin
        return self._process

    async def on_data(self, payload: bytes) -> None:
        """Pass on what is drawn; what comes once the page is gone has to be taken, too."""
        self._has_drawn = True
        with suppress(ConnectionError):
            await super().on_data(payload)

    async def stop(self) -> None:
        """End the process and wait until it is gone."""
        if self._process is None:
            return
        if not self._has_drawn:
            # It is still starting: nothing is to be kept, and it would hear of the end late.
            if self._task is not None:
                self._task.cancel()
            with suppress(ProcessLookupError):
                self._process.terminate()
        try:
            async with asyncio.timeout(PATIENCE):
                await super().stop()
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


class OwnServer(Server):
    """Serves one command to whoever opens the page, a process each."""

    def __init__(self, command: str, host: str, port: int, public_url: str | None) -> None:
        """Take the command line, where to listen, and the address from outside if it is another."""
        super().__init__(
            command,
            host=host,
            port=port,
            title="ld-tui",
            public_url=public_url,
            templates_path=_HERE,
        )
        self._is_behind = public_url is not None
        self._sockets: set[web.WebSocketResponse] = set()

    def serve(self, debug: bool = False) -> None:
        """Serve until a signal ends it. Raises OSError where the address can't be listened on."""
        self.initialize_logging()
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        runner = web.AppRunner(await self._make_app(), shutdown_timeout=3 * PATIENCE)
        with _signals() as ended:
            await runner.setup()
            try:
                await web.TCPSite(runner, self.host, self.port).start()
                print(f"ld-tui in a browser: {self.public_url}  (ctrl+c ends it)", flush=True)
                await ended.wait()
            finally:
                await runner.cleanup()

    def initialize_logging(self) -> None:
        """Log warnings only."""
        logging.basicConfig(level="WARNING", format="ld-tui: %(message)s")

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: it doesn't listen yet."""

    async def on_shutdown(self, app: web.Application) -> None:
        """Close every session's connection, so that the session ends."""
        closing = (each.close(code=WSCloseCode.GOING_AWAY) for each in self._sockets)
        await asyncio.gather(*closing, return_exceptions=True)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        app.router.add_get("/focus.js", self._handle_focus)
        return app

    async def _handle_focus(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(_HERE / "focus.js")

    @property
    def _names(self) -> set[str] | None:
        """The hosts, with ports, that requests may name; None: any.

        On the loopback only its own names will do: a page of a host whose address was changed to
        the loopback's is not ours.
        """
        if self._is_behind:
            return {urlsplit(self.public_url).netloc}
        if not is_loopback(self.host):
            return None
        return {f"{name}:{self.port}" for name in ("localhost", "127.0.0.1", "[::1]", self.host)}

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        names = self._names
        if names is not None and request.host not in names:
            raise web.HTTPForbidden(text=f"this is not {request.host}\n")
        return await handler(request)

    def _address(self, request: web.Request, scheme: str) -> str:
        """Return the address that a browser knows this server by."""
        if not self._is_behind:
            return f"{scheme}://{request.host}"
        there = urlsplit(self.public_url)
        return f"{scheme}{'s' * (there.scheme == 'https')}://{there.netloc}{there.path.rstrip('/')}"

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """Answer with the page."""
        import aiohttp_jinja2

        socket, here = self._address(request, "ws"), self._address(request, "http")
        size = request.query.get("fontsize", "16")
        response = aiohttp_jinja2.render_template(
            "app_index.html",
            request,
            {
                "application": {"name": self.title},
                "config": {"static": {"url": f"{here}/static/"}},
                "focus_url": f"{here}/focus.js",
                "app_websocket_url": f"{socket}/ws",
                "font_size": size if size.isascii() and size.isdigit() else "16",
            },
        )
        response.headers["Content-Security-Policy"] = POLICY.format(socket=socket)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run the command for a page of ours."""
        origin = request.headers.get("Origin")
        if (
            origin is None
            or urlsplit(origin).netloc != urlsplit(self._address(request, "http")).netloc
        ):
            raise web.HTTPForbidden(text="only the page of this server may open it\n")
        if len(self._sockets) >= VISITORS:
            raise web.HTTPServiceUnavailable(text=f"{VISITORS} sessions are open already\n")
        socket = web.WebSocketResponse(heartbeat=15, timeout=2)
        self._sockets.add(socket)
        try:
            await socket.prepare(request)
            await self._run_session(request, socket)
        finally:
            self._sockets.discard(socket)
        return socket

    async def _run_session(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        async def close() -> None:
            await socket.close()

        session = Session(
            self.command,
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=close,
            download_manager=self.download_manager,
        )
        width, height = (
            to_int(request.query.get(name, ""), usual)
            for name, usual in (("width", 80), ("height", 24))
        )
        try:
            await session.start(width, height)
            with suppress(ConnectionError):
                await self._process_messages(socket, session)
        finally:
            await session.stop()


@contextmanager
def _signals() -> Iterator[asyncio.Event]:
    """Give what is set by the first signal to end; more of them change nothing."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    listened = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for each in listened:
        loop.add_signal_handler(each, ended.set)
    try:
        yield ended
    finally:
        for each in listened:
            loop.remove_signal_handler(each)
