"""The S-LLM's one seam: a prompt and labels in, the labels' probabilities out.

Importing this module is light; a backend and its library load with the first model.
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ld_tui.errors import ModelError


class Selector(Protocol):
    """A language model that names one of a few labels."""

    @property
    def name(self) -> str:
        """What to call the model in settings, saves and on screen."""
        ...

    @property
    def context_length(self) -> int:
        """The longest prompt, in tokens, that `probabilities` takes."""
        ...

    def probabilities(self, prompt: str, labels: Sequence[str]) -> tuple[float, ...]:
        """Return each label's probability of being the next word, given that one of them is.

        Same order as `labels`; the sum is 1. The same prompt gives the same answer whatever was
        asked before, to within 1e-3. Raises ModelError for a prompt over the context length and
        for a label that is not one token of the model. What it cost, and whether to go on, is
        the business of call.py.
        """
        ...

    def prompt_tokens(self, prompt: str) -> int:
        """Return how much of `context_length` a prompt takes."""
        ...


def load_selector(spec: Path | str, threads: int = 1) -> Selector:
    """Load a GGUF model to select with, or name a server's by its URL.

    A file is checked before a library sees it; one that ctransformers can't load goes to
    llama.cpp, where the extra `[llamacpp]` is installed. Raises ModelError in one line if it is
    missing, damaged, or of a kind that can't be loaded, or where the server doesn't answer.
    """
    from ld_tui.llm.server_backend import Server, ServerSelector, is_url

    if is_url(spec):
        return ServerSelector(Server(str(spec)))
    path = Path(spec)
    if (refusal := refused_by_ctransformers(path)) is not None:
        from ld_tui.llm.xllamacpp_backend import load_server

        return ServerSelector(load_server(path, threads, refusal))
    from ld_tui.llm.ctransformers_backend import CTransformersSelector

    return CTransformersSelector(path, threads=threads)


def refused_by_ctransformers(path: Path) -> str | None:
    """Return why ctransformers can't load a GGUF file that llama.cpp may; None where it can.

    Raises ModelError for a file that no library may see, and, naming the extra, where llama.cpp
    is needed but not installed.
    """
    from ld_tui.llm.gguf_file import read_header
    from ld_tui.llm.gguf_llama import OtherKind, check_llama

    try:
        check_llama(read_header(path))
    except OtherKind as error:
        if importlib.util.find_spec("xllamacpp") is None:
            raise ModelError(f"{error}; llama.cpp may: pip install 'ld-tui[llamacpp]'") from error
        return str(error)
    return None
