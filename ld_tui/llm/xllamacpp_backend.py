"""GGUF models of any architecture, through today's llama.cpp (the extra `[llamacpp]`).

The library is a server of its own: it is started on a free port of the loopback, with a key that
nobody else has, and talked to as any other server. A file that it can't bear may end the process,
so each is loaded in a child process first.
"""

import secrets
import subprocess
import sys
from pathlib import Path

import xllamacpp

from ld_tui.errors import ModelError
from ld_tui.llm.server_backend import Server

CONTEXT_LIMIT = 4096
"""Memory for the context is taken whole at loading; prompts are far shorter than this."""
BATCH = 64
"""Tokens evaluated at once: between batches it looks whether anybody still waits for the answer."""
_TRIAL = (
    "import os, sys; from ld_tui.llm.xllamacpp_backend import start; "
    "server = start(sys.argv[1], 1, 'trial'); os._exit(0)"
)
"""It ends without stopping the server: one stopped as soon as it is started waits for ever."""
_TRIAL_SECONDS = 120.0


def load_server(path: Path, threads: int = 1, refusal: str | None = None) -> Server:
    """Serve a GGUF file to this process, which ends it with itself.

    Raises ModelError in one line where llama.cpp can't load the file; `refusal` is why
    ctransformers couldn't, to be told as well.
    """
    try:
        trial = subprocess.run(
            [sys.executable, "-c", _TRIAL, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TRIAL_SECONDS,
            check=False,
        )
        is_loaded = trial.returncode == 0
    except subprocess.TimeoutExpired:
        is_loaded = False
    if not is_loaded:
        told = f"{refusal}, and llama.cpp" if refusal else f"{path}: llama.cpp"
        raise ModelError(f"{told} can't load it; get the file again, or another model")
    return _Loaded(path, threads)


class _Loaded(Server):
    """A GGUF file in a llama.cpp server of this process."""

    def __init__(self, path: Path, threads: int) -> None:
        key = secrets.token_hex(16)
        self._library = start(str(path), threads, key)
        super().__init__(f"{self._library.listening_address}/v1#{path.stem}", key)
        # Once it has answered it can be stopped; see `_TRIAL`.
        self.tokenize("")


def start(path: str, threads: int, key: str) -> xllamacpp.Server:
    """Start llama.cpp's server on a free port of the loopback; it asks for a key."""
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.n_ctx = CONTEXT_LIMIT
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = BATCH
    params.cpuparams.n_threads = threads
    params.warmup = False
    params.verbosity = -1
    params.api_keys = [key]
    return xllamacpp.Server(params)
