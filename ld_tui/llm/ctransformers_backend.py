"""GGUF models through ctransformers, kept away from what makes that library end the process.

Files are checked before it loads them, prompts before it evaluates them, and one lock guards it,
for it is not thread-safe.
"""

import ctypes
import math
import random
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from ctransformers.llm import LLM, Config

from ld_tui.errors import ModelError
from ld_tui.llm.call import go_on, note_tokens
from ld_tui.llm.gguf_file import read_header
from ld_tui.llm.gguf_llama import check_llama
from ld_tui.llm.manifest import check_manifest

CONTEXT_LIMIT = 4096
"""Memory for the context is taken whole at loading; prompts are far shorter than this."""
BATCH = 64
"""Tokens evaluated at once: a 200-token prompt of the nano model takes less than with 8 or 512."""
MAPPED_FROM = 2**26
"""Smaller files are read whole: a mapped one that is cut while in use ends the process."""

_LIBRARY = threading.Lock()
"""Held around every call into the library, by all models."""


class _Model:
    """A loaded GGUF file of architecture `llama`, and what all uses of it share."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        """Check and load the file; raise ModelError in one line if that can't be done."""
        header = read_header(path)
        check_manifest(path)
        file = check_llama(header)
        self.name = file.name or path.stem
        self._path = path
        self._vocabulary = file.vocabulary
        config = Config(
            context_length=min(file.context_length, CONTEXT_LIMIT),
            batch_size=BATCH,
            threads=threads,
            mmap=header.size >= MAPPED_FROM,
        )
        try:
            with _LIBRARY:
                self._llm = LLM(str(path), config=config, lib=library())
        except (OSError, RuntimeError, ValueError) as error:
            raise ModelError(f"{path}: ctransformers can't load it: {error}") from error
        self.context_length = int(self._llm.context_length)

    def prompt_tokens(self, prompt: str) -> int:
        """Return how many tokens a prompt is, the beginning-of-sequence token counted."""
        return len(self.tokenize(prompt))

    def tokenize(self, text: str) -> list[int]:
        """Return the tokens of a text, the beginning-of-sequence token first.

        As SentencePiece does, the library puts a space before the text. Raises ModelError for a
        NUL character, at which it would stop reading.
        """
        with _LIBRARY:
            return self._tokenize(text)

    def _tokenize(self, text: str) -> list[int]:
        raw = text.encode("utf-8", "replace")
        if b"\0" in raw:
            raise ModelError("a prompt can't hold the NUL character; remove it")
        # LLM.tokenize gives a buffer of one token a character, and the library writes past it
        # where characters fall back to bytes; a space is three bytes to it.
        buffer = (ctypes.c_int * (len(raw) + 2 * raw.count(b" ") + 8))()
        count = self._llm.ctransformers_llm_tokenize(raw, True, buffer)
        tokens = list(buffer[:count])
        if not tokens or not all(0 <= token < self._vocabulary for token in tokens):
            raise ModelError(f"{self._path}: its vocabulary gives tokens it doesn't have")
        return tokens

    def _evaluate(self, tokens: Sequence[int]) -> None:
        """Evaluate a prompt, so that the logits are those of its next token.

        What it shares with the last one evaluated is not evaluated again, in whole batches: then
        the answer is the same to the last bit as that of a fresh model, and a resumed game goes on
        as the one that was cut off. Between batches whoever asked may end it: what was evaluated
        until then is whole batches too.
        """
        evaluated = self._llm._context
        kept = _shared(evaluated, tokens) // BATCH * BATCH
        del evaluated[kept:]
        for start in range(kept, len(tokens), BATCH):
            go_on()
            self._feed(tokens[start : start + BATCH])

    def _feed(self, tokens: Sequence[int]) -> None:
        try:
            self._llm.eval(tokens)
        except RuntimeError as error:
            raise ModelError(f"{self._path}: the model failed: {error}") from error

    def _check_finite(self, logits: Sequence[float]) -> None:
        if not all(map(math.isfinite, logits)):
            raise ModelError(f"{self._path}: the model answers no numbers; its weights are damaged")


class CTransformersSelector(_Model):
    """A `Selector` on a GGUF file of architecture `llama`."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        """Check and load the file; raise ModelError in one line if that can't be done."""
        super().__init__(path, threads)
        self._labels: dict[str, int] = {}

    def probabilities(self, prompt: str, labels: Sequence[str]) -> tuple[float, ...]:
        """Return the softmax over the labels' next-token logits; see `Selector`."""
        if not labels:
            raise ValueError("no labels to choose from")
        with _LIBRARY:
            wanted = [self._label(label) for label in labels]
            tokens = self._tokenize(prompt)
            if len(tokens) > self.context_length:
                raise ModelError(
                    f"{self._path}: a prompt of {len(tokens)} tokens is over the model's"
                    f" {self.context_length}; offer fewer or shorter candidates"
                )
            self._evaluate(tokens)
            logits = self._llm.logits
            chosen = [float(logits[token]) for token in wanted]
        self._check_finite(chosen)
        note_tokens(len(tokens), 0)
        return tuple(_softmax(chosen))

    def _label(self, label: str) -> int:
        """Return the one token of a label as the next word."""
        if label not in self._labels:
            tokens = self._tokenize(label)[1:]
            if len(tokens) != 1:
                raise ModelError(
                    f"{self._path}: the label {label!r} is {len(tokens)} tokens of this model;"
                    " it must be one"
                )
            self._labels[label] = tokens[0]
        return self._labels[label]


class CTransformersCompleter(_Model):
    """A `Completer` on a GGUF file of architecture `llama`."""

    def complete(
        self, prompt: str, max_tokens: int, stop: Sequence[str] = (), seed: str | None = None
    ) -> str:
        """Return what the model writes after a prompt; see `Completer`."""
        rng = None if seed is None else random.Random(seed)
        written, count = b"", 0
        with _LIBRARY:
            tokens = self._tokenize(prompt)
            if len(tokens) + max_tokens > self.context_length:
                raise ModelError(
                    f"{self._path}: a prompt of {len(tokens)} tokens and {max_tokens} to answer are"
                    f" over the model's {self.context_length}; shorten the prompt"
                )
            self._evaluate(tokens)
            try:
                for _ in range(max_tokens):
                    token = self._next(rng)
                    count += 1
                    if self._llm.is_eos_token(token):
                        break
                    written += self._llm.detokenize([token], decode=False)
                    if any(text.encode() in written for text in stop):
                        break
                    go_on()
                    self._feed([token])
            finally:
                # What was evaluated token by token differs in its last bits from whole batches.
                del self._llm._context[len(tokens) :]
        note_tokens(len(tokens), count)
        answer = written.decode("utf-8", "replace")
        return min((answer.partition(text)[0] for text in stop), key=len, default=answer)

    def _next(self, rng: random.Random | None) -> int:
        """Return the most probable next token, or one drawn by its probability."""
        logits = [float(logit) for logit in self._llm.logits]
        self._check_finite(logits)
        if rng is None:
            return logits.index(max(logits))
        return rng.choices(range(len(logits)), _softmax(logits))[0]


def _softmax(logits: Sequence[float]) -> list[float]:
    most = max(logits)
    weights = [math.exp(logit - most) for logit in logits]
    total = sum(weights)
    return [weight / total for weight in weights]


def _shared(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many tokens two prompts begin with in common; at most all of `other` but one."""
    count = 0
    for mine, theirs in zip(one, other[:-1], strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def library(
    cpuinfo: Path = Path("/proc/cpuinfo"), platform: str = sys.platform
) -> Literal["avx2", "avx", "basic"] | None:
    """Return which of ctransformers' builds suits this processor; None lets ctransformers ask.

    It would ask py-cpuinfo, which takes a second to answer. Only Linux on x86 shows its flags.
    """
    if platform != "linux":
        return None
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("flags"):
            flags = set(line.partition(":")[2].split())
            if {"avx2", "fma", "f16c"} <= flags:
                return "avx2"
            return "avx" if {"avx", "f16c"} <= flags else "basic"
    return None
