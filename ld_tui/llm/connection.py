"""Connections to servers that another thread can end, whatever they are at.

What is asked, and of whom, is not known here.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import urllib.request
from collections.abc import Callable
from typing import Any

from ld_tui.llm.endpoint import Stay


class Cord:
    """What pulls the plug of a question that is put to a server."""

    def __init__(self, seconds: float | None = None) -> None:
        """Take for how long a connection may say nothing; None for what the opener is told."""
        self.pulled = threading.Event()
        self._seconds = seconds
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def opener(self) -> urllib.request.OpenerDirector:
        """Return what opens connections that end with this cord; it follows no redirection."""
        return urllib.request.build_opener(Stay, _Http(self._opened), _Https(self._opened))

    def pull(self) -> None:
        """End the connection, whatever whoever reads from it is at; one not made yet won't be."""
        self.pulled.set()
        with self._lock:
            made, self._socket = self._socket, None
        if made is not None:
            with contextlib.suppress(OSError):
                # TLS would first say goodbye, in the midst of the other thread's reading.
                socket.socket.shutdown(made, socket.SHUT_RDWR)

    def _opened(self, made: socket.socket) -> None:
        if self._seconds is not None:
            made.settimeout(self._seconds)
        with self._lock:
            self._socket = made
        if self.pulled.is_set():
            raise ConnectionAbortedError


Opened = Callable[[socket.socket], None]


class _Plain(http.client.HTTPConnection):
    opened: Opened

    def connect(self) -> None:
        super().connect()
        self.opened(self.sock)


class _Secure(http.client.HTTPSConnection):
    opened: Opened

    def connect(self) -> None:
        super().connect()
        self.opened(self.sock)


class _Http(urllib.request.HTTPHandler):
    """Opens connections that can be ended from another thread."""

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self._opened = opened

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        def made(host: str, **options: Any) -> _Plain:
            connection = _Plain(host, **options)
            connection.opened = self._opened
            return connection

        return self.do_open(made, req)


class _Https(urllib.request.HTTPSHandler):
    """The same by TLS."""

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self._opened = opened

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        def made(host: str, **options: Any) -> _Secure:
            connection = _Secure(host, context=ssl.create_default_context(), **options)
            connection.opened = self._opened
            return connection

        return self.do_open(made, req)
