"""A completer goes on as its model would, the same each time, and stops where it is told."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from ld_tui.errors import ModelError
from ld_tui.llm.completer import Completer, load_completer
from ld_tui.llm.ctransformers_backend import CTransformersCompleter, CTransformersSelector
from ld_tui.training.export import export_gguf
from ld_tui.training.model import Llama, ModelConfig

PROMPTS = ("where should the dots head ?", "near far near far wall", "state : N3 S12 d4 . answer :")
LONG = " ".join(["where should the far near dots head ; wall is state"] * 6)


@pytest.fixture(scope="module")
def completer(weights: Path) -> CTransformersCompleter:
    return CTransformersCompleter(weights)


@pytest.fixture(scope="module")
def ending(vocabulary: Path, tmp_path_factory: pytest.TempPathFactory) -> Completer:
    """A model that ends its text at once, whatever the prompt."""
    config = ModelConfig(vocab=340, width=32, layers=1, heads=2, feed_forward=64, context=128)
    torch.manual_seed(1)
    model = Llama(config)
    with torch.no_grad():
        model.embedding.weight.fill_(1.0)
        for block in model.blocks:
            block.attention.out.weight.zero_()
            block.feed_forward.down.weight.zero_()
        model.output.weight.zero_()
        model.output.weight[2] = 1.0
    path = tmp_path_factory.mktemp("ending") / "ending.gguf"
    export_gguf(model.state_dict(), config, vocabulary, path, name="ending")
    return load_completer(path)


@pytest.mark.parametrize("prompt", PROMPTS, ids=range(len(PROMPTS)))
def test_without_a_seed_it_writes_the_most_probable_tokens(
    completer: CTransformersCompleter, weights: Path, prompt: str
) -> None:
    """Each token is the one that a selector on the same file finds best for the text so far."""
    reader = CTransformersSelector(weights)
    tokens = reader.tokenize(prompt)
    written = b""
    for _ in range(6):
        reader._llm._context.clear()
        reader._llm.eval(tokens)
        logits = list(reader._llm.logits)
        tokens.append(logits.index(max(logits)))
        written += reader._llm.detokenize(tokens[-1:], decode=False)
    assert completer.complete(prompt, 6) == written.decode("utf-8", "replace")


def test_the_same_seed_writes_the_same_and_another_does_not(
    completer: CTransformersCompleter,
) -> None:
    texts = [completer.complete(PROMPTS[0], 12, seed=seed) for seed in "abcabc"]
    assert texts[:3] == texts[3:]
    assert len(set(texts)) == 3
    assert completer.complete(PROMPTS[0], 12) not in texts


def test_what_was_asked_before_does_not_change_an_answer(weights: Path) -> None:
    reusing = load_completer(weights)
    asked = [f"{LONG} {prompt}" for prompt in PROMPTS]
    for prompt in (*asked, asked[0] + reusing.complete(asked[0], 12), asked[1], asked[1]):
        fresh = load_completer(weights)
        assert reusing.complete(prompt, 8, seed="s") == fresh.complete(prompt, 8, seed="s")
        assert reusing.complete(prompt, 8) == fresh.complete(prompt, 8)


def test_it_stops_before_the_first_of_some_texts(completer: CTransformersCompleter) -> None:
    whole = completer.complete(PROMPTS[2], 12)
    later, sooner = whole[8:10], whole[3:5]
    assert completer.complete(PROMPTS[2], 12, (later, sooner)) == whole.partition(sooner)[0]
    assert completer.complete(PROMPTS[2], 12, ("never written",)) == whole


def test_it_ends_where_the_model_ends_and_after_the_tokens_allowed(
    completer: CTransformersCompleter, ending: Completer
) -> None:
    assert ending.complete(PROMPTS[0], 10) == ""
    assert completer.complete(PROMPTS[0], 0) == ""
    assert completer.complete(PROMPTS[0], 12).startswith(completer.complete(PROMPTS[0], 3))


def test_a_prompt_with_no_room_for_its_answer_is_refused(
    completer: CTransformersCompleter,
) -> None:
    prompt = " ".join(["far"] * 117)  # 118 tokens of 128
    completer.complete(prompt, 10)
    with pytest.raises(ModelError, match="118 tokens and 11 to answer are over the model's 128"):
        completer.complete(prompt, 11)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.gguf"):
        load_completer(tmp_path / "none.gguf")


def test_importing_the_seam_loads_no_library() -> None:
    code = "import sys, ld_tui.llm.completer; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"ctransformers", "numpy", "gguf"} & set(out.stdout.split())
