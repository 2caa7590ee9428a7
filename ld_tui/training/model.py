"""A nano Llama in PyTorch: the S-LLM while it learns.

It is llama.cpp's `llama` architecture and nothing else, so that `export.py` can write all of it:
RMS norms, rotary positions on adjacent pairs, SwiGLU, plain multi-head attention, no biases.
Heads that only help training hang on the hidden states and live with the trainer. The module
knows no game, no vocabulary and no file.

Shapes: B batch, T tokens, D width, H heads, P tokens of a shared prefix, V vocabulary.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The size of a model; all that an export needs besides the weights."""

    vocab: int = 1024
    width: int = 96
    layers: int = 5
    heads: int = 3
    feed_forward: int = 256
    context: int = 512
    """The longest prompt, in tokens, the beginning-of-sequence token counted."""
    rope_base: float = 10_000.0
    norm_epsilon: float = 1e-5
    is_tied: bool = False
    """Whether the output matrix is the embedding matrix."""

    def __post_init__(self) -> None:
        if self.width % self.heads or (self.width // self.heads) % 2:
            raise ValueError(f"width {self.width} gives no even head size for {self.heads} heads")

    @property
    def head_size(self) -> int:
        """Width of one attention head."""
        return self.width // self.heads


@dataclass(frozen=True, slots=True)
class KeysValues:
    """What one block's attention keeps of a prefix: rotated keys and values [B, H, P, D/H]."""

    keys: Tensor
    values: Tensor


@dataclass(frozen=True, slots=True)
class Past:
    """An evaluated prefix that later tokens may attend to; made by `Llama.run`."""

    blocks: tuple[KeysValues, ...]
    seen: Tensor | None = None
    """[B, P] bool, False where the prefix is padding; None when nothing is."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What one run of the model computed."""

    final: Tensor
    """[B, T, D] after the last norm: what `Llama.logits` reads."""
    hidden: tuple[Tensor, ...]
    """[B, T, D] each: the embeddings, then the residual stream after every block."""
    attention: Tensor | None
    """[B, H, T, P + T] attention weights of the last block, if asked for."""
    past: Past


class RMSNorm(nn.Module):
    """x / rms(x) * weight, over the last dimension."""

    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()  # the mean square is not safe in bf16
        normed = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.epsilon)
        return normed.to(x.dtype) * self.weight


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn adjacent pairs of x [B, H, T, D/H] by cos and sin [B or 1, 1, T, D/H/2].

    Pairs (0,1), (2,3), ... are llama.cpp's own layout: exported weights need no permutation.
    """
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


class Attention(nn.Module):
    """Causal multi-head attention, with an optional prefix shared by several sequences."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.q = nn.Linear(config.width, config.width, bias=False)
        self.k = nn.Linear(config.width, config.width, bias=False)
        self.v = nn.Linear(config.width, config.width, bias=False)
        self.out = nn.Linear(config.width, config.width, bias=False)

    def forward(
        self,
        x: Tensor,
        cos: Tensor,
        sin: Tensor,
        mask: Tensor | None,
        past: KeysValues | None,
        seen: Tensor | None,
        want_weights: bool,
    ) -> tuple[Tensor, Tensor | None, KeysValues]:
        batch, length, width = x.shape
        q, k, v = (
            linear(x).view(batch, length, self.heads, -1).transpose(1, 2)  # [B, H, T, D/H]
            for linear in (self.q, self.k, self.v)
        )
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        weights = None
        if past is None and not want_weights:
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
        else:
            mixed, weights = attend(q, k, v, mask, past, seen)
        joined = mixed.transpose(1, 2).reshape(batch, length, width)
        return self.out(joined), weights, KeysValues(k, v)


def attend(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None,
    past: KeysValues | None,
    seen: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Return (mixed values [B, H, T, D/H], weights [B, H, T, P + T]) of attention written out.

    A prefix of G sequences is shared by B = G * S of them, group by group: its scores are one
    matmul with no mask and no copy of the keys.
    """
    batch, heads, length, size = q.shape
    scale = 1 / math.sqrt(size)
    if mask is None:
        mask = torch.ones(length, length, dtype=torch.bool, device=q.device).tril()
    scores = (q @ k.transpose(-1, -2) * scale).masked_fill(~mask, -torch.inf)
    if past is None:
        weights = scores.float().softmax(-1).to(q.dtype)
        return weights @ v, weights
    groups, prefix = past.keys.shape[0], past.keys.shape[2]

    def grouped(x: Tensor) -> Tensor:  # [G*S, H, T, n] -> [G, H, S*T, n]
        x = x.view(groups, batch // groups, heads, length, -1).transpose(1, 2)
        return x.reshape(groups, heads, -1, x.shape[-1])

    def spread(x: Tensor) -> Tensor:  # and back
        x = x.view(groups, heads, batch // groups, length, -1).transpose(1, 2)
        return x.reshape(batch, heads, length, -1)

    prefix_scores = grouped(q) @ past.keys.transpose(-1, -2) * scale
    if seen is not None:
        prefix_scores = prefix_scores.masked_fill(~seen[:, None, None, :], -torch.inf)
    both = torch.cat((spread(prefix_scores), scores), dim=-1)
    weights = both.float().softmax(-1).to(q.dtype)
    mixed = spread(grouped(weights[..., :prefix]) @ past.values) + weights[..., prefix:] @ v
    return mixed, weights


class FeedForward(nn.Module):
    """SwiGLU: down(silu(gate(x)) * up(x))."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.gate = nn.Linear(config.width, config.feed_forward, bias=False)
        self.up = nn.Linear(config.width, config.feed_forward, bias=False)
        self.down = nn.Linear(config.feed_forward, config.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.down(F.silu(self.gate(x)) * self.up(x))
        return out


class Block(nn.Module):
    """One transformer block, norms first."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.attention_norm = RMSNorm(config.width, config.norm_epsilon)
        self.attention = Attention(config)
        self.feed_forward_norm = RMSNorm(config.width, config.norm_epsilon)
        self.feed_forward = FeedForward(config)

    def forward(
        self,
        x: Tensor,
        cos: Tensor,
        sin: Tensor,
        mask: Tensor | None,
        past: KeysValues | None,
        seen: Tensor | None,
        want_weights: bool,
    ) -> tuple[Tensor, Tensor | None, KeysValues]:
        mixed, weights, kept = self.attention(
            self.attention_norm(x), cos, sin, mask, past, seen, want_weights
        )
        x = x + mixed
        return x + self.feed_forward(self.feed_forward_norm(x)), weights, kept


class Llama(nn.Module):
    """The model: token ids in, next-token logits out."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocab, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = RMSNorm(config.width, config.norm_epsilon)
        self.output = nn.Linear(config.width, config.vocab, bias=False)
        if config.is_tied:
            self.output.weight = self.embedding.weight
        pairs = torch.arange(0, config.head_size, 2, dtype=torch.float64) / config.head_size
        angles = torch.outer(
            torch.arange(config.context, dtype=torch.float64), config.rope_base**-pairs
        )
        self.cos: Tensor
        self.sin: Tensor
        self.register_buffer("cos", angles.cos().float(), persistent=False)  # [context, D/H/2]
        self.register_buffer("sin", angles.sin().float(), persistent=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new weights from torch's default generator.

        Embeddings get standard deviation 1: with the usual 0.02 a label's identity drowns in
        what the blocks add, and the model learns nothing in the same time.
        """
        config = self.config
        for name, weight in self.named_parameters():
            if weight.dim() < 2:
                nn.init.ones_(weight)
            elif name == "embedding.weight":
                nn.init.normal_(weight, std=1.0)
            elif name == "output.weight":
                nn.init.normal_(weight, std=0.02)
            else:
                std = 1 / math.sqrt(weight.shape[1])
                if name.endswith(("attention.out.weight", "feed_forward.down.weight")):
                    std /= math.sqrt(2 * config.layers)  # keeps the residual stream's size
                nn.init.normal_(weight, std=std)

    def run(
        self,
        tokens: Tensor,
        *,
        positions: Tensor | None = None,
        mask: Tensor | None = None,
        past: Past | None = None,
        want_attention: bool = False,
    ) -> Trace:
        """Evaluate tokens [B, T] (int64) up to the last norm.

        `positions` are [B, T] or [T] below `config.context`; by default they count from the
        prefix's padded length, or from 0. `mask` is bool, True where a query may look at a key,
        broadcast to [B, H, T, T]; None is causal. `past` is a prefix of G sequences that
        B = G * S sequences continue, the S of one group side by side.
        """
        prefix = past.blocks[0].keys.shape[2] if past else 0
        if positions is None:
            positions = torch.arange(prefix, prefix + tokens.shape[1], device=tokens.device)
        cos, sin = (table[positions].unsqueeze(-3) for table in (self.cos, self.sin))
        if cos.dim() == 3:  # [1, T, D/H/2] -> [1, 1, T, D/H/2]
            cos, sin = cos.unsqueeze(0), sin.unsqueeze(0)
        x = self.embedding(tokens)
        hidden, kept, attention = [x], [], None
        for i, block in enumerate(self.blocks):
            x, attention, keys_values = block(
                x,
                cos,
                sin,
                mask,
                past.blocks[i] if past else None,
                past.seen if past else None,
                want_attention and i == len(self.blocks) - 1,
            )
            hidden.append(x)
            kept.append(keys_values)
        return Trace(self.norm(x), tuple(hidden), attention, Past(tuple(kept)))

    def logits(self, final: Tensor) -> Tensor:
        """Return logits [..., V] of `Trace.final` [..., D], or of the rows picked from it."""
        out: Tensor = self.output(final)
        return out

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return next-token logits [B, T, V] for tokens [B, T]; see `run` for `mask`."""
        return self.logits(self.run(tokens, mask=mask).final)
