"""Which chat model writes, as the environment names it; what all who ask servers have in common."""

import os
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from ld_tui.errors import UsageError

URL, MODEL, KEY = "LD_TUI_LLM_URL", "LD_TUI_LLM_MODEL", "LD_TUI_LLM_KEY"
"""The environment variables that name the server; the key comes from nowhere else."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A chat model at a server."""

    url: str
    """The base URL, as http://HOST:PORT/v1."""
    model: str
    key: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """Return how the server is named to people."""
        return urllib.parse.urlsplit(self.url).netloc


def endpoint_from_environment() -> Endpoint:
    """Return the chat model that the environment names. Raises UsageError where it names none."""
    url = os.environ.get(URL, "").strip()
    if not url:
        raise UsageError(
            f"the author l-llm needs a server: set {URL} to the base URL of an OpenAI-compatible "
            f"one, as http://127.0.0.1:8080/v1, and {MODEL} and {KEY} where it wants them"
        )
    try:
        parts = urllib.parse.urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        is_good = False
    # A URL is shown in errors, and what stands before an @ in it is as secret as a key.
    if not is_good or "@" in parts.netloc or not (url.isascii() and url.isprintable()):
        raise UsageError(f"{URL} has to be a URL as http://HOST:PORT/v1; a key goes into {KEY}")
    key = os.environ.get(KEY, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise UsageError(f"{KEY} holds characters that no key has")
    model = os.environ.get(MODEL, "").strip() or parts.fragment or "default"
    base = urllib.parse.urlunsplit((*parts[:3], "", "")).rstrip("/")
    return Endpoint(base, model, key)


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: the key would go along to whatever host it names."""

    def redirect_request(self, *args: Any) -> None:
        return None
