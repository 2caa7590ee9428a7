"""The `serve` command."""

import errno
import os
import shlex
import socket
import sys
from collections.abc import Sequence

from ld_tui.errors import UsageError

_ABOUT_PORTS = (errno.EADDRINUSE, errno.EACCES)


def serve_command(
    arguments: Sequence[str], host: str, port: int, public_url: str | None = None
) -> int:
    """Serve `ld-tui` with `arguments` to browsers until it is ended.

    Raises UsageError where textual-serve isn't installed, or the host or port can't be listened on.
    """
    try:
        from ld_tui.web.server import OwnServer, is_loopback
    except ModuleNotFoundError as error:
        raise UsageError(
            f"serving needs the package {error.name}; install the extra: "
            "pip install 'ld-tui[serve]'"
        ) from error
    if not is_loopback(host):
        print(
            f"ld-tui: warning: whoever reaches {host}:{port} can play, and change your games and "
            "functions; there is no password",
            file=sys.stderr,
        )
    command = shlex.join([sys.executable, "-m", "ld_tui", *arguments])
    try:
        OwnServer(command, host, port, public_url).serve()
    except socket.gaierror as error:
        raise UsageError(f"{host}: there is no such host; --host takes another") from error
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        other = "--port" if error.errno in _ABOUT_PORTS else "--host"
        raise UsageError(f"{host}:{port} can't be served ({why}); {other} takes another") from error
    return 0
