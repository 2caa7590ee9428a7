"""Embeddings: equal to sentence-transformers' own, quick without it, plain about what is wrong."""

import json
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from ld_tui.errors import ModelError
from ld_tui.functionbase.embedding import (
    SentenceTransformersEmbedder,
    StaticEmbedder,
    load_embedder,
)
from ld_tui.paths import SHIPPED_EMBEDDER

TEXTS = [
    "Send the far dot ahead of orange's flight.",
    "orange center walls N4 E5 S5 W4 ; near N1 E0 d1 ; mid S2 W3 d5 ; far S4 W4 d8",
    "Straggler, straggler: héllo wörld 漢字 zzyzx!",
    "",
]


def words_only(folder: Path, tensors: dict[str, np.ndarray], normalize: bool = False) -> Path:
    """Write a tiny StaticEmbedding folder with a vocabulary of three words and an unknown."""
    folder.mkdir()
    vocab = {"[UNK]": 0, "near": 1, "far": 2, "d2": 3}
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocab, "unk_token": "[UNK]"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    kinds = ["StaticEmbedding", *["Normalize"][: int(normalize)]]
    modules = [
        {"idx": i, "name": str(i), "path": "", "type": f"sentence_transformers.models.{kind}"}
        for i, kind in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    save_file(tensors, folder / "model.safetensors")
    return folder


ROWS = np.array([[1, 0, 0], [0, 3, 0], [0, 0, 4], [5, 0, 0]], dtype=np.float32)


def test_a_text_is_the_unit_mean_of_its_words(tmp_path: Path) -> None:
    embedder = load_embedder(words_only(tmp_path / "tiny", {"embedding.weight": ROWS}))
    assert isinstance(embedder, StaticEmbedder)
    assert (embedder.name, embedder.dims) == ("tiny", 3)
    found = embedder.embed(["far near", "NEAR near near", "d2 zebra near", ""])
    expected = [[0, 0.6, 0.8], [0, 1, 0], np.array([6, 3, 0]) / 45**0.5, [0, 0, 0]]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.dtype == np.float32
    assert embedder.embed([]).shape == (0, 3)


def test_model2vec_layout_is_read(tmp_path: Path) -> None:
    tensors = {
        "embeddings": ROWS[1:3].astype(np.float16),
        "mapping": np.array([0, 1, 0, 1], dtype=np.int32),
        "weights": np.array([1, 2, 1, 0.5], dtype=np.float32),
    }
    embedder = load_embedder(words_only(tmp_path / "tiny", tensors))
    # near is twice row 1, far row 0.
    expected = [[0, 3 / 73**0.5, 8 / 73**0.5]]
    np.testing.assert_allclose(embedder.embed(["near far"]), expected, atol=1e-6)


def test_fingerprint_tells_models_apart(tmp_path: Path) -> None:
    one = load_embedder(words_only(tmp_path / "one", {"embedding.weight": ROWS}))
    same = load_embedder(words_only(tmp_path / "same", {"embedding.weight": ROWS}))
    other = load_embedder(words_only(tmp_path / "other", {"embedding.weight": ROWS + 1}))
    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_shipped_model_equals_sentence_transformers() -> None:
    ours = load_embedder(SHIPPED_EMBEDDER)
    assert isinstance(ours, StaticEmbedder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = SentenceTransformersEmbedder(str(SHIPPED_EMBEDDER))
        raw = theirs._model.encode(TEXTS, show_progress_bar=False)
    np.testing.assert_allclose(ours.embed(TEXTS), raw, atol=1e-5)
    np.testing.assert_allclose(ours.embed(TEXTS), theirs.embed(TEXTS), atol=1e-5)
    assert (theirs.name, theirs.dims) == (ours.name, ours.dims)


def test_shipped_model_loads_without_torch() -> None:
    code = (
        "import sys; from ld_tui.functionbase.embedding import load_embedder; "
        "from ld_tui.paths import SHIPPED_EMBEDDER; "
        "load_embedder(SHIPPED_EMBEDDER).embed(['far dot']); "
        "print('torch' in sys.modules, 'sentence_transformers' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", "False"]


def test_shipped_model_has_the_games_words_whole() -> None:
    embedder = load_embedder(SHIPPED_EMBEDDER)
    assert isinstance(embedder, StaticEmbedder)
    words = ["N3", "w19", "d38", "E0", "s7", "d2"]
    encoded = embedder._tokenizer.encode(" ".join(words), add_special_tokens=False)
    assert encoded.tokens == [word.lower() for word in words]


def test_unseen_words_land_near_their_neighbors() -> None:
    embedder = load_embedder(SHIPPED_EMBEDDER)
    boat, ship, guitar = embedder.embed(["a sailing boat", "a ship", "a guitar"])
    assert boat @ ship > boat @ guitar + 0.1


def cut(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-7])


def scramble_header(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(b"\xff" * 12 + weights.read_bytes()[12:])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut, "model.safetensors"),
        (scramble_header, "model.safetensors"),
        (lambda folder: (folder / "tokenizer.json").write_text("{"), "tokenizer.json"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "tokenizer.json"),
        (lambda folder: (folder / "modules.json").write_text("[]"), "modules.json"),
        (lambda folder: (folder / "modules.json").write_text('{"a": 1}'), "modules.json"),
        (
            lambda folder: save_file({"embedding.weight": ROWS[:2]}, folder / "model.safetensors"),
            "2 vectors for 4 tokens",
        ),
        (
            lambda folder: save_file(
                {"embedding.weight": ROWS * np.float32("nan")}, folder / "model.safetensors"
            ),
            "no finite matrix",
        ),
        (lambda folder: save_file({"x": ROWS}, folder / "model.safetensors"), "embeddings"),
    ],
    ids=[
        "cut",
        "header",
        "tokenizer",
        "no tokenizer",
        "no modules",
        "odd modules",
        "too few rows",
        "not numbers",
        "other tensors",
    ],
)
def test_damaged_folder_is_one_line(tmp_path: Path, damage, said: str) -> None:  # type: ignore[no-untyped-def]
    folder = words_only(tmp_path / "tiny", {"embedding.weight": ROWS})
    damage(folder)
    with pytest.raises(ModelError, match=said) as caught:
        load_embedder(folder)
    assert "\n" not in str(caught.value)


def test_missing_folder_and_unknown_name_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        load_embedder(tmp_path / "nowhere")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ModelError, match=r"no-such-model.*HF_HUB_OFFLINE=0") as caught:
            load_embedder("no-such-model-anywhere")
    assert "\n" not in str(caught.value)


def test_folder_that_is_no_model_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ModelError, match="can't be loaded") as caught:
            load_embedder(tmp_path / "empty")
    assert "\n" not in str(caught.value)


def test_shipped_weights_are_checked_by_their_hash(tmp_path: Path) -> None:
    copy = shutil.copytree(SHIPPED_EMBEDDER, tmp_path / "copy")
    data = bytearray((copy / "model.safetensors").read_bytes())
    data[-1000] ^= 1
    (copy / "model.safetensors").write_bytes(data)
    with pytest.raises(ModelError, match=r"model.safetensors: damaged"):
        load_embedder(copy)


def test_copied_model_gives_the_same_vectors(tmp_path: Path) -> None:
    copy = shutil.copytree(SHIPPED_EMBEDDER, tmp_path / "copy")
    one, two = load_embedder(SHIPPED_EMBEDDER), load_embedder(str(copy))
    assert np.array_equal(one.embed(TEXTS), two.embed(TEXTS))
    assert one.fingerprint == two.fingerprint
