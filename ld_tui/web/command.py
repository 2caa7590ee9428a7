"""The `serve` command."""

import asyncio
import os
import shlex
import sys
from collections.abc import Sequence

from ld_tui.errors import UsageError


def serve_command(
    arguments: Sequence[str], host: str, port: int, public_url: str | None = None
) -> int:
    """Serve `ld-tui` with `arguments` to browsers until it is ended.

    Raises UsageError where textual-serve isn't installed or the port can't be listened on.
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
    # textual-serve takes the loop that is set, and closes it.
    asyncio.set_event_loop(asyncio.new_event_loop())
    try:
        OwnServer(command, host, port, public_url).serve()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise UsageError(f"{host}:{port} can't be served ({why}); --port takes another") from error
    return 0
