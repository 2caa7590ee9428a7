"""An exported model is the trained one: same tokens, same answers, every size of matrix."""

import dataclasses
import random
from pathlib import Path

import gguf
import pytest
import sentencepiece
import torch

from ld_tui.errors import ModelError
from ld_tui.llm.ctransformers_backend import CTransformersSelector
from ld_tui.llm.manifest import check_manifest
from ld_tui.training.export import TOKENIZER_OPTIONS, MatrixType, check_export, export_gguf
from ld_tui.training.model import Llama, ModelConfig

TEXT = "where should the far near dots head ; : , is state answer A B C D N3 S12 d4"
LABELS = ("A", "B", "C", "D")


def sentences(count: int) -> list[str]:
    draw = random.Random(5)
    return [" ".join(draw.choices(TEXT.split(), k=20)) for _ in range(count)]


def train_vocabulary(path: Path, size: int = 340, **options: object) -> Path:
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences(300)),
        model_prefix=str(path),
        vocab_size=size,
        minloglevel=2,
        **TOKENIZER_OPTIONS | options,
    )
    return path.with_suffix(".model")


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_vocabulary(tmp_path_factory.mktemp("vocabulary") / "words")


@pytest.fixture(scope="module")
def model() -> Llama:
    torch.manual_seed(3)
    model = Llama(ModelConfig(vocab=340, width=96, layers=2, heads=3, feed_forward=128)).eval()
    torch.nn.init.normal_(model.output.weight, std=0.1)
    for name, weight in model.named_parameters():
        if "norm" in name:  # ones would hide a norm that is not applied
            torch.nn.init.uniform_(weight, 0.5, 1.5)
    return model


@pytest.mark.parametrize(
    ("matrices", "tolerance"), [("f32", 1e-3), ("f16", 2e-3), ("q8_0", 0.05)], ids=str
)
def test_an_export_answers_as_the_model_does(
    model: Llama, vocabulary: Path, tmp_path: Path, matrices: MatrixType, tolerance: float
) -> None:
    path = tmp_path / "selector.gguf"
    export_gguf(model.state_dict(), model.config, vocabulary, path, matrices=matrices)
    assert check_export(path, model, vocabulary, sentences(12), LABELS) < tolerance


@torch.no_grad()
def test_every_logit_equals_the_models(model: Llama, vocabulary: Path, tmp_path: Path) -> None:
    path = tmp_path / "selector.gguf"
    export_gguf(model.state_dict(), model.config, vocabulary, path, matrices="f32")
    selector = CTransformersSelector(path)
    prompt = sentences(1)[0]
    selector.probabilities(prompt, LABELS)
    theirs = torch.tensor(list(selector._llm.logits))
    ours = model(torch.tensor([selector.tokenize(prompt)]))[0, -1]
    assert ours.std() > 0.5
    assert torch.allclose(ours, theirs, atol=5e-3)  # the library keeps keys and values as f16


def test_a_tied_model_exports_its_output(vocabulary: Path, tmp_path: Path) -> None:
    torch.manual_seed(4)
    config = ModelConfig(vocab=340, width=32, layers=1, heads=2, feed_forward=64, is_tied=True)
    model = Llama(config).eval()
    export_gguf(model.state_dict(), config, vocabulary, tmp_path / "tied.gguf", matrices="f32")
    assert check_export(tmp_path / "tied.gguf", model, vocabulary, sentences(3), LABELS) < 5e-3


def test_an_export_is_the_same_bytes_each_time_and_carries_its_hash(
    model: Llama, vocabulary: Path, tmp_path: Path
) -> None:
    paths = [tmp_path / "a.gguf", tmp_path / "b.gguf"]
    for path in paths:
        export_gguf(model.state_dict(), model.config, vocabulary, path)
        assert check_manifest(path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_norms_are_f32_and_matrices_f16(model: Llama, vocabulary: Path, tmp_path: Path) -> None:
    path = tmp_path / "selector.gguf"
    export_gguf(model.state_dict(), model.config, vocabulary, path)
    for tensor in gguf.GGUFReader(path).tensors:
        kind = gguf.GGMLQuantizationType
        assert tensor.tensor_type == (kind.F32 if "norm" in tensor.name else kind.F16)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"byte_fallback": False, "size": 100}, "0 byte tokens"),
        ({"normalization_rule_name": "nmt_nfkc"}, "normalizes"),
        ({"add_dummy_prefix": False}, "no space before"),
        ({"bos_id": 2, "eos_id": 1}, "not 0, 1, 2"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_vocabulary_that_would_be_read_differently_is_refused(
    model: Llama, tmp_path: Path, options: dict[str, object], reason: str
) -> None:
    size = int(str(options.get("size", 340)))
    rest = {key: value for key, value in options.items() if key != "size"}
    vocabulary = train_vocabulary(tmp_path / "odd", size, **rest)
    with pytest.raises(ModelError, match=reason):
        export_gguf(
            model.state_dict(),
            dataclasses.replace(model.config, vocab=size),
            vocabulary,
            tmp_path / "odd.gguf",
        )
    assert not (tmp_path / "odd.gguf").exists()


@pytest.mark.parametrize(
    ("change", "vocab", "reason"),
    [
        ({"head.weight": torch.ones(2)}, 340, r"head\.weight"),
        ({"norm.weight": torch.full((96,), torch.nan)}, 340, "not finite"),
        ({"output.weight": torch.full((340, 96), 1e6)}, 340, "too large for f16"),
        ({}, 341, "340 tokens for a model of 341"),
    ],
    ids=["left over", "not finite", "too large", "another vocabulary"],
)
def test_weights_that_do_not_fit_are_refused(
    model: Llama,
    vocabulary: Path,
    tmp_path: Path,
    change: dict[str, torch.Tensor],
    vocab: int,
    reason: str,
) -> None:
    config = dataclasses.replace(model.config, vocab=vocab)
    with pytest.raises(ModelError, match=reason):
        export_gguf(model.state_dict() | change, config, vocabulary, tmp_path / "odd.gguf")
