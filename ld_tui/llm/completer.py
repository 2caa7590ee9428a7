"""Text from a language model: a prompt in, what follows it out.

Importing this module is light; a backend and its library load with the first model.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ld_tui.llm.selector import refused_by_ctransformers


class Completer(Protocol):
    """A language model that goes on with a text."""

    @property
    def name(self) -> str:
        """What to call the model in settings, saves and on screen."""
        ...

    @property
    def context_length(self) -> int:
        """The longest prompt with its answer, in tokens."""
        ...

    def prompt_tokens(self, prompt: str) -> int:
        """Return how much of `context_length` a prompt takes."""
        ...

    def complete(
        self, prompt: str, max_tokens: int, stop: Sequence[str] = (), seed: str | None = None
    ) -> str:
        """Return what the model writes after a prompt.

        It ends before the first of the texts in `stop`, where the model ends it, or after
        `max_tokens` tokens. Without a seed each token is the most probable one (of equals, the
        first); with one, each is drawn by its probability. The same arguments give the same
        answer whatever was asked before. Raises ModelError where the prompt with `max_tokens`
        tokens is over the context length. Cost and going on are as with a `Selector`.
        """
        ...


def load_completer(spec: Path | str, threads: int = 1) -> Completer:
    """Load a GGUF model to complete with, or name a server's by its URL; as `load_selector` does.

    Raises ModelError in one line where that can't be done.
    """
    from ld_tui.llm.server_backend import Server, ServerCompleter, is_url

    if is_url(spec):
        return ServerCompleter(Server(str(spec)))
    path = Path(spec)
    if (refusal := refused_by_ctransformers(path)) is not None:
        from ld_tui.llm.xllamacpp_backend import load_server

        return ServerCompleter(load_server(path, threads, refusal))
    from ld_tui.llm.ctransformers_backend import CTransformersCompleter

    return CTransformersCompleter(path, threads=threads)
