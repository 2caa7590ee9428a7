"""Training: prompts are those of play, wordings keep the meaning's words apart, losses fall."""

import random
from pathlib import Path

import pytest
import sentencepiece
import torch

from ld_tui import paths
from ld_tui.agent.prompt import LABELS, selection_prompt
from ld_tui.authoring.space import Program
from ld_tui.functionbase.retriever import open_retriever
from ld_tui.functionbase.store import FunctionBase, load
from ld_tui.game.describe import state_text
from ld_tui.tablebase.tables import Tables
from ld_tui.training import teacher as teacher_module
from ld_tui.training.composed import COMBINATION, SEEN, Composed, compose, features
from ld_tui.training.evaluate import held_out_wording, score, shipped_wording
from ld_tui.training.labels import Labels
from ld_tui.training.model import Llama, ModelConfig
from ld_tui.training.prompts import (
    Encoder,
    StageData,
    choose_candidates,
    choose_written,
    make_batch,
    stage_data,
    world_data,
)
from ld_tui.training.selector import Heads, Recipe, batches, feature_numbers, losses, train
from ld_tui.training.teacher import make_labels
from ld_tui.training.texts import HELD_OUT_STRUCTURES, SYNONYMS, reworded, training_text
from ld_tui.training.tokenizer import SINGLE, train_tokenizer
from ld_tui.training.written import write_functions


@pytest.fixture(scope="module")
def base() -> FunctionBase:
    return load(paths.packaged_functionbase())


@pytest.fixture(scope="module")
def labels(base: FunctionBase) -> list[Labels]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(teacher_module, "SIZES", ((6, 1.0),))
        patch.setattr(teacher_module, "CHANGED", 0.0)
        patch.setattr(teacher_module, "CHUNK", 10)
        return make_labels(base, Tables(), {"blue": 150, "orange": 120}, seed=2)


@pytest.fixture(scope="module")
def composed(labels: list[Labels]) -> list[Composed]:
    return [compose(each, Tables(), programs=60, states=150, seed=1) for each in labels]


@pytest.fixture(scope="module")
def tokenizer(
    base: FunctionBase,
    labels: list[Labels],
    composed: list[Composed],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.model"
    train_tokenizer(base, labels, composed, seed=1, path=path)
    return path


@pytest.fixture(scope="module")
def encoder(tokenizer: Path) -> Encoder:
    return Encoder(sentencepiece.SentencePieceProcessor(model_file=str(tokenizer)))


@pytest.fixture(scope="module")
def stages(
    base: FunctionBase, labels: list[Labels], composed: list[Composed], encoder: Encoder
) -> list[StageData]:
    return stage_data(base, labels, encoder, composed)


def test_labels_and_directions_are_single_tokens(encoder: Encoder) -> None:
    assert all(len(encoder.words(word)) == 1 for word in SINGLE)
    assert len(set(encoder.labels)) == len(LABELS)


def test_a_prompt_in_pieces_is_the_prompt_of_play(
    stages: list[StageData], labels: list[Labels], encoder: Encoder
) -> None:
    rng = random.Random(4)
    for data, each in zip(stages, labels, strict=False):
        for row in rng.sample(range(len(data.states)), 5):
            texts = [training_text(manual, rng) for manual in data.manuals[:5]]
            state = state_text(each.position(row), each.stage, each.plain_previous(row))
            whole = encoder.tokenizer.encode(selection_prompt(data.question, texts, state))
            prefix, ends = encoder.prefix(data.question, texts)
            assert prefix + data.states[row] == [encoder.tokenizer.bos_id(), *whole]
            assert [prefix[end] for end in ends] == encoder.labels[: len(texts)]


def test_targets_follow_the_regrets(stages: list[StageData], encoder: Encoder) -> None:
    data = stages[0]
    rows, chosen = [3, 5, 8, 9], [4, 0, 7, 2, 9]
    texts = [data.manuals[at].text for at in chosen]
    batch = make_batch([(data, rows, chosen, texts)], encoder, functions=32)
    assert torch.allclose(batch.targets.sum(-1), torch.ones(4))
    assert torch.allclose(batch.preferences.sum(-1), torch.ones(4))
    for at, row in enumerate(rows):
        own = data.regrets[row, chosen]
        assert batch.regrets[at].tolist() == (own - own.min()).tolist()
        assert batch.targets[at].argmax() in (own == own.min()).nonzero()[0]


def test_held_out_ways_of_saying_are_in_no_training_text(base: FunctionBase) -> None:
    rng = random.Random(1)
    marks = [structure.split("{")[0].strip() for structure in HELD_OUT_STRUCTURES]
    for manual in base.manuals:
        texts = [reworded(manual, rng) for _ in range(8)]
        assert not any(text.startswith(mark) for text in texts for mark in marks if mark)
        assert not any(" helps if " in text for text in texts)
    last = SYNONYMS["ahead of"][-1]
    assert any(last in held_out_wording(manual, rng) for manual in base.manuals)


def test_candidates_are_distinct_and_hold_a_best_one(stages: list[StageData]) -> None:
    rng = random.Random(2)
    for data in stages[:4]:
        for _ in range(20):
            row = rng.randrange(len(data.states))
            chosen = choose_candidates(data, [row], 5, rng)
            assert len(set(chosen)) == len(chosen) == min(5, len(data.manuals))
            assert data.regrets[row, chosen].min() == 0


def test_the_last_cycle_shows_what_was_written_for_a_world(
    base: FunctionBase, stages: list[StageData], encoder: Encoder, tmp_path: Path
) -> None:
    retriever = open_retriever(base, paths.SHIPPED_EMBEDDER, tmp_path)
    written = write_functions(base, Tables(tmp_path), [1, 2, 10], 1, tmp_path / "written")
    worlds = world_data(retriever, stages[:4], encoder, written)
    plan, move = worlds[0], worlds[1]
    assert (len(plan.worlds), len(plan.held_out)) == (len(move.worlds), len(move.held_out))
    assert len(plan.worlds) + len(worlds[2].worlds) == 2
    rng = random.Random(1)
    found = next(each for each in worlds if each.worlds)
    count = len(found.data.manuals)
    for _ in range(20):
        rows, chosen = choose_written(found, found.worlds, 4, 5, rng)
        (world,) = {each for each in found.worlds if set(rows) <= set(each.rows)}
        assert len([at for at in chosen if at >= count]) == 1
        assert {at for at in chosen if at >= count} <= set(world.programs)
        assert len(set(chosen)) == len(chosen)
    recipe = Recipe(steps=1, last=1, groups=8, states=2, last_shares=(0, 0, 0, 0, 1, 1, 0, 0))
    first, last = batches(stages, encoder, recipe, 0, worlds)
    assert recipe.total == 2
    assert not torch.equal(first.states, last.states)


def test_a_batch_depends_only_on_seed_and_step(stages: list[StageData], encoder: Encoder) -> None:
    recipe = Recipe(steps=4, groups=2, states=3)
    every = list(batches(stages, encoder, recipe, 0))
    later = list(batches(stages, encoder, recipe, 2))
    assert torch.equal(every[2].states, later[0].states)
    assert torch.equal(every[3].prefix, later[1].prefix)


def test_no_batch_holds_a_program_that_is_held_out(
    stages: list[StageData], encoder: Encoder
) -> None:
    """The features of a held-out program's text never come up in the batches as its own."""
    recipe = Recipe(steps=30, groups=4, states=2, shares=(0, 0, 0, 0, 1, 1, 1, 1))
    parts = feature_numbers(stages)
    shown = {
        tuple(row.nonzero().flatten().tolist())
        for batch in batches(stages, encoder, recipe, 0)
        for row in batch.features.flatten(0, 1)
    }
    for data in stages[4:]:
        for entry, kind in zip(data.entries, data.kinds, strict=True):
            if isinstance(entry, Program):
                own = tuple(sorted({parts[each] for each in features(entry)}))
                assert kind == SEEN or own not in shown
    assert shown


@pytest.mark.slow
def test_training_learns_and_a_checkpoint_goes_on_alike(
    stages: list[StageData], encoder: Encoder, tmp_path: Path
) -> None:
    config = ModelConfig(encoder.tokenizer.vocab_size(), 48, layers=2, feed_forward=64)
    recipe = Recipe(steps=16, groups=2, states=4)
    first = next(batches(stages, encoder, recipe, 0))
    targets = torch.tensor(encoder.labels)
    torch.manual_seed(recipe.seed)
    heads = Heads(48, 32, len(LABELS), len(feature_numbers(stages)))
    fresh = Llama(config)
    kept, quiet = tmp_path / "a.pt", lambda line: None
    model = train(stages, encoder, config, recipe, kept, "these", quiet)
    before = losses(fresh, heads, first, targets)["answer"].item()
    assert losses(model, heads, first, targets)["answer"].item() < before
    steps: list[str] = []
    again = train(stages, encoder, config, recipe, kept, "these", steps.append)
    assert steps == []
    for one, other in zip(model.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)
    other_lessons = Recipe(steps=1, groups=2, states=4)
    train(stages, encoder, config, other_lessons, kept, "others", quiet)
    assert torch.load(kept, weights_only=True)["step"] == 1


def test_scores_count_only_states_where_candidates_differ(
    stages: list[StageData], encoder: Encoder
) -> None:
    config = ModelConfig(encoder.tokenizer.vocab_size(), 48, layers=2, feed_forward=64)
    torch.manual_seed(0)
    found = score(Llama(config), stages[0], encoder, shipped_wording, groups=3)
    assert 0 <= found.top1 <= 1
    assert 0 < found.random_top1 < 1
    assert found.random_regret > 0
    assert 0 < found.states <= 24


def test_never_seen_programs_are_scored_on_held_out_states(
    stages: list[StageData], encoder: Encoder
) -> None:
    config = ModelConfig(encoder.tokenizer.vocab_size(), 48, layers=2, feed_forward=64)
    torch.manual_seed(0)
    data = stages[4]
    assert (data.kinds == COMBINATION).any()
    found = score(Llama(config), data, encoder, shipped_wording, groups=3, kind=COMBINATION)
    assert 0 <= found.unique <= 1
    assert 0 < found.states <= 24
