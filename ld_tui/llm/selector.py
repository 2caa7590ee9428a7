"""The S-LLM's one seam: a prompt and labels in, the labels' probabilities out.

Importing this module is light; a backend and its library load with the first model.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


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
        for a label that is not one token of the model.
        """
        ...

    def prompt_tokens(self, prompt: str) -> int:
        """Return how much of `context_length` a prompt takes."""
        ...


def load_selector(path: Path, threads: int = 1) -> Selector:
    """Load a GGUF model to select with.

    The file is checked before the library sees it. Raises ModelError in one line if it is
    missing, damaged, or of a kind that can't be loaded.
    """
    from ld_tui.llm.ctransformers_backend import CTransformersSelector

    return CTransformersSelector(path, threads=threads)
