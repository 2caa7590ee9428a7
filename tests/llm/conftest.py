"""A tiny selector of random weights, made once: it answers nonsense, but always the same."""

import random
from pathlib import Path

import pytest
import sentencepiece
import torch

from ld_tui.llm.ctransformers_backend import CTransformersSelector
from ld_tui.training.export import TOKENIZER_OPTIONS, export_gguf
from ld_tui.training.model import Llama, ModelConfig

TEXT = "where should the far near dots head ; : , ? is state answer A B C D E N3 S12 d4 wall"


@pytest.fixture(scope="session")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    draw = random.Random(5)
    path = tmp_path_factory.mktemp("vocabulary") / "words"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(" ".join(draw.choices(TEXT.split(), k=20)) for _ in range(300)),
        model_prefix=str(path),
        vocab_size=340,
        minloglevel=2,
        **TOKENIZER_OPTIONS,
    )
    return path.with_suffix(".model")


@pytest.fixture(scope="session")
def weights(vocabulary: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GGUF file with its manifest; context length 128."""
    torch.manual_seed(3)
    config = ModelConfig(
        vocab=340, width=32, layers=2, heads=2, feed_forward=64, context=128, is_tied=False
    )
    model = Llama(config)
    torch.nn.init.normal_(model.output.weight, std=0.3)
    path = tmp_path_factory.mktemp("weights") / "tiny.gguf"
    export_gguf(model.state_dict(), config, vocabulary, path, name="tiny")
    return path


@pytest.fixture(scope="session")
def selector(weights: Path) -> CTransformersSelector:
    return CTransformersSelector(weights)
