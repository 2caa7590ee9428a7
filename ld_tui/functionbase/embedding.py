"""Sentence embeddings: texts in, unit vectors out.

A folder that sentence-transformers saved with a StaticEmbedding (a vector a token, and their
mean) is read with numpy alone, which takes a fraction of a second; any other model, by folder or
name, goes through sentence-transformers itself. Nothing is downloaded unless the user sets
`HF_HUB_OFFLINE=0`. This module knows nothing of manuals or stages.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from tokenizers import Tokenizer

from ld_tui.errors import ModelError, why

Vectors = npt.NDArray[np.float32]
"""[n, dims]; each row is of unit length, or zero where a text has no known word."""

_PROBES = ("blue dots close in from the open side", "0123 state : near far ;", "")


class Embedder(Protocol):
    """A model that places texts on the unit sphere, near to what means the same."""

    @property
    def name(self) -> str:
        """What to call the model in settings, manifests and on screen."""
        ...

    @property
    def dims(self) -> int:
        """The length of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """A hash that differs wherever the model's vectors would."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each text, [n, dims]; the same text gives the same vector."""
        ...


class StaticEmbedder:
    """The mean of a text's token vectors, scaled to unit length."""

    def __init__(self, name: str, tokenizer: Tokenizer, table: Vectors, fingerprint: str) -> None:
        """`table` holds a row for each token id of the tokenizer."""
        self.name = name
        self.dims = int(table.shape[1])
        self.fingerprint = fingerprint
        self._tokenizer = tokenizer
        self._table = table

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each text; that of a text without tokens is zero."""
        vectors = np.zeros((len(texts), self.dims), dtype=np.float32)
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        for row, encoding in enumerate(encodings):
            if encoding.ids:
                vectors[row] = self._table[encoding.ids].mean(axis=0)
        return _unit(vectors)


class SentenceTransformersEmbedder:
    """Any model that sentence-transformers can load, on the CPU."""

    def __init__(self, spec: str) -> None:
        """Load a folder or a name; raise ModelError in one line where that can't be done."""
        offline = os.environ.setdefault("HF_HUB_OFFLINE", "1").lower() not in ("0", "false", "no")
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as progress

            progress.disable_progress_bar()  # type: ignore[no-untyped-call]
            self._model: Any = SentenceTransformer(spec, device="cpu", local_files_only=offline)
        # The library raises whatever its readers, torch and the hub raise.
        except Exception as error:
            first = str(error).strip().partition("\n")[0] or type(error).__name__
            mend = "; give a saved model's folder, or allow a download by HF_HUB_OFFLINE=0"
            raise ModelError(
                f"embedding model {spec!r} can't be loaded: {first}{mend if offline else ''}"
            ) from error
        self.name = Path(spec).name if Path(spec).is_dir() else spec
        probe = self.embed(_PROBES)
        self.dims = int(probe.shape[1])
        # Rounded, since the last bits may differ from run to run on another processor.
        self.fingerprint = hashlib.sha256(np.round(probe, 2).tobytes()).hexdigest()[:32]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each text."""
        try:
            found = self._model.encode(
                list(texts), convert_to_numpy=True, show_progress_bar=False, batch_size=32
            )
        except Exception as error:
            first = str(error).strip().partition("\n")[0]
            raise ModelError(f"embedding model {self.name!r} failed: {first}") from error
        return _unit(np.asarray(found, dtype=np.float32).reshape(len(texts), -1))


def load_embedder(spec: str | Path) -> Embedder:
    """Load an embedding model: a folder, or a name that sentence-transformers knows.

    Raises ModelError in one line where there is no such model, or it is damaged.
    """
    # Or tokenizers starts threads, and complains on standard error when the process forks.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    folder = Path(spec)
    if isinstance(spec, Path) and not folder.is_dir():
        raise ModelError(f"{folder}: there is no such folder of an embedding model")
    if folder.is_dir():
        tensors = _static_tensors(folder)
        if tensors is not None:
            return _load_static(folder, tensors)
    return SentenceTransformersEmbedder(str(spec))


def _static_tensors(folder: Path) -> Path | None:
    """Return the folder of a plain StaticEmbedding's files; None where the model is another."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        kinds = [module["type"].rpartition(".")[2] for module in modules]
        place = folder / modules[0]["path"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ModelError(f"{folder / 'modules.json'}: not readable: {error!r}") from error
    if kinds[0] != "StaticEmbedding" or set(kinds[1:]) - {"Normalize"}:
        return None
    return place if (place / "model.safetensors").is_file() else None


def _load_static(folder: Path, place: Path) -> StaticEmbedder:
    weights, words = place / "model.safetensors", place / "tokenizer.json"
    try:
        raw, text = weights.read_bytes(), words.read_bytes()
    except OSError as error:
        raise ModelError(f"{error.filename}: can't be read: {error.strerror}") from error
    _check_sums(place, {weights.name: raw, words.name: text})
    try:
        table = _table(load_tensors(raw))
    except (SafetensorError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"{weights}: not the weights of a static embedding: {error}") from error
    try:
        tokenizer = Tokenizer.from_buffer(text)
    # The library raises a bare Exception.
    except Exception as error:
        raise ModelError(f"{words}: not a tokenizer: {error}") from error
    tokenizer.no_padding()
    if tokenizer.get_vocab_size() > len(table):
        raise ModelError(
            f"{weights}: {len(table)} vectors for {tokenizer.get_vocab_size()} tokens;"
            " the folder's files don't belong together"
        )
    fingerprint = hashlib.sha256(raw + text).hexdigest()[:32]
    return StaticEmbedder(folder.resolve().name, tokenizer, table, fingerprint)


def _check_sums(folder: Path, contents: dict[str, bytes]) -> None:
    """Compare files with the folder's SHA256SUMS, if it has one, as `sha256sum -c` would.

    A weight with a flipped bit doesn't announce itself otherwise.
    """
    try:
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder / 'SHA256SUMS'}: can't be read: {why(error)}") from error
    for line in lines:
        wanted, _, name = line.partition("  ")
        if name in contents and hashlib.sha256(contents[name]).hexdigest() != wanted:
            raise ModelError(f"{folder / name}: damaged (SHA256SUMS differs); get it again")


def _table(tensors: dict[str, npt.NDArray[Any]]) -> Vectors:
    """Return a row a token id from either of the layouts that sentence-transformers reads.

    They are one matrix, or model2vec's: distinct rows, which of them each token has, and a
    weight a token, the last two left out where they change nothing.
    """
    if "embedding.weight" in tensors:
        table = tensors["embedding.weight"]
    else:
        table = tensors["embeddings"]
        if "mapping" in tensors:
            table = table[tensors["mapping"].astype(np.int64)]
    table = table.astype(np.float32)
    if "weights" in tensors:
        table = table * tensors["weights"].astype(np.float32)[:, None]
    if table.ndim != 2 or not table.shape[1] or not np.isfinite(table).all():
        raise ValueError("it holds no finite matrix")
    return np.ascontiguousarray(table)


def _unit(vectors: Vectors) -> Vectors:
    """Scale each row to unit length; zero stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit
