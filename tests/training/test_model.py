"""The S-LLM's architecture: causal, relative, and the same with or without a shared prefix."""

import pytest
import torch

from ld_tui.training.model import Llama, ModelConfig, Past

CONFIG = ModelConfig(vocab=50, width=32, layers=2, heads=2, feed_forward=48, context=64)


@pytest.fixture(scope="module")
def model() -> Llama:
    torch.manual_seed(1)
    return Llama(CONFIG).eval()


def tokens(*shape: int) -> torch.Tensor:
    return torch.randint(0, CONFIG.vocab, shape, generator=torch.Generator().manual_seed(2))


@torch.no_grad()
def test_a_token_sees_only_what_comes_before_it(model: Llama) -> None:
    whole = tokens(1, 20)
    changed = whole.clone()
    changed[0, 12] = (changed[0, 12] + 1) % CONFIG.vocab
    before, after = model(whole), model(changed)
    assert torch.equal(before[:, :12], after[:, :12])
    assert not torch.allclose(before[:, 12:], after[:, 12:])


@torch.no_grad()
def test_only_distances_between_tokens_matter(model: Llama) -> None:
    text = tokens(1, 20)
    shifted = model.run(text, positions=torch.arange(30, 50)).final
    assert torch.allclose(model.run(text).final, shifted, atol=1e-5)


@torch.no_grad()
def test_a_run_shows_hidden_states_and_attention(model: Llama) -> None:
    text = tokens(3, 20)
    trace = model.run(text, want_attention=True)
    assert [tuple(h.shape) for h in trace.hidden] == [(3, 20, 32)] * (CONFIG.layers + 1)
    assert trace.attention is not None
    assert trace.attention.shape == (3, 2, 20, 20)
    assert torch.allclose(trace.attention.sum(-1), torch.ones(3, 2, 20), atol=1e-5)
    assert torch.allclose(model.logits(trace.final), model(text), atol=1e-5)


@torch.no_grad()
def test_states_that_share_a_prefix_read_as_if_each_had_its_own(model: Llama) -> None:
    prefixes, states = tokens(2, 15), tokens(6, 7)  # three states to a prefix
    whole = model(torch.cat((prefixes.repeat_interleave(3, 0), states), 1))[:, 15:]
    shared = model.run(states, past=model.run(prefixes).past).final
    assert torch.allclose(model.logits(shared), whole, atol=1e-5)


@torch.no_grad()
def test_padding_of_a_shared_prefix_is_not_seen(model: Llama) -> None:
    prefix, state = tokens(1, 15), tokens(1, 7)
    whole = model(torch.cat((prefix, state), 1))[:, 15:]
    padded = torch.cat((prefix, torch.zeros(1, 4, dtype=torch.long)), 1)
    past = Past(model.run(padded).past.blocks, seen=torch.arange(19)[None] < 15)
    positions = torch.arange(15, 22)
    after = model.run(state, past=past, positions=positions).final
    assert torch.allclose(model.logits(after), whole, atol=1e-5)


@torch.no_grad()
def test_a_mask_hides_keys(model: Llama) -> None:
    text = tokens(1, 10)
    mask = torch.ones(10, 10, dtype=torch.bool).tril()
    mask[5:, :5] = False  # the second half is a text of its own
    alone = model.run(text[:, 5:]).final
    assert torch.allclose(model.run(text, mask=mask).final[:, 5:], alone, atol=1e-5)


def test_a_width_that_heads_do_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match="3 heads"):
        ModelConfig(width=64, heads=3)


def test_a_tied_model_has_one_matrix_fewer() -> None:
    tied = Llama(ModelConfig(vocab=50, width=32, layers=1, heads=2, is_tied=True))
    assert tied.output.weight is tied.embedding.weight


def test_one_position_alone_is_that_position_of_all() -> None:
    """Whatever is left out of the last block, what is read is the same."""
    model = Llama(CONFIG)
    text = torch.randint(0, CONFIG.vocab, (6, 12))
    prefixes = torch.randint(0, CONFIG.vocab, (2, 9))
    only = torch.tensor([11, 3, 0, 7, 5, 2])
    rows = torch.arange(6)
    past, stream = model.prefix(prefixes)
    whole = model.run(prefixes)
    assert torch.allclose(stream, whole.hidden[-2], atol=1e-5)
    for want in (False, True):
        every = model.run(text, past=whole.past, want_attention=want)
        one = model.run(text, past=past, want_attention=want, only=only)
        assert torch.allclose(one.final[:, 0], every.final[rows, only], atol=1e-5)
        if want:
            assert one.attention is not None
            assert every.attention is not None
            assert torch.allclose(one.attention[:, :, 0], every.attention[rows, :, only], atol=1e-5)
