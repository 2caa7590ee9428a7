"""textual-serve, told to keep to itself: a page of our own, and nobody's requests but ours.

The page that textual-serve comes with takes its font from another host. This one takes everything
from the same server, and a policy keeps it to that. What reaches a terminal program must come from
that page: any other that the person has open could otherwise play, and edit functions, behind
their back.
"""

import logging
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

POLICY = (
    "default-src 'self'; connect-src {socket}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
VISITORS = 8
"""Sessions at once; each is a client and an engine with its models."""
_HERE = Path(__file__).parent
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def is_loopback(host: str) -> bool:
    """Tell whether only programs on this machine reach a host."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


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
        self._visitors = 0

    def initialize_logging(self) -> None:
        """Log warnings only."""
        logging.basicConfig(level="WARNING", format="ld-tui: %(message)s")

    async def on_startup(self, app: web.Application) -> None:
        """Say where it is."""
        print(f"ld-tui in a browser: {self.public_url}  (ctrl+c ends it)", flush=True)

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
        if self._visitors >= VISITORS:
            raise web.HTTPServiceUnavailable(text=f"{VISITORS} sessions are open already\n")
        self._visitors += 1
        try:
            return await super().handle_websocket(request)
        finally:
            self._visitors -= 1
