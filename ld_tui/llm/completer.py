"""Text from a language model: a prompt in, what follows it out.

Importing this module is light; a backend and its library load with the first model.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


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

    def complete(
        self, prompt: str, max_tokens: int, stop: Sequence[str] = (), seed: str | None = None
    ) -> str:
        """Return what the model writes after a prompt.

        It ends before the first of the texts in `stop`, where the model ends it, or after
        `max_tokens` tokens. Without a seed each token is the most probable one (of equals, the
        first); with one, each is drawn by its probability. The same arguments give the same
        answer whatever was asked before. Raises ModelError where the prompt with `max_tokens`
        tokens is over the context length.
        """
        ...


def load_completer(path: Path, threads: int = 1) -> Completer:
    """Load a GGUF model to complete with.

    The file is checked before the library sees it. Raises ModelError in one line if it is
    missing, damaged, or of a kind that can't be loaded.
    """
    from ld_tui.llm.ctransformers_backend import CTransformersCompleter

    return CTransformersCompleter(path, threads=threads)
