"""A nano Llama in PyTorch: the S-LLM while it learns.

It is llama.cpp's `llama` architecture and nothing else, so that `export.py` can write all of it:
RMS norms, rotary positions on adjacent pairs, SwiGLU, plain multi-head attention, no biases.
Heads that only help training hang on the hidden states and live with the trainer. The module
knows no game, no vocabulary and no file.

Shapes: B batch, T tokens, D width, H heads, P tokens of a shared prefix, V vocabulary.
"""

import math
from dataclasses import dataclass
from typing import Any

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


def rotate(x: Tensor, turn: Tensor) -> Tensor:
    """Turn adjacent pairs of x [B, H, T, D/H] by unit complex numbers [B or 1, 1, T, D/H/2].

    Pairs (0,1), (2,3), ... are llama.cpp's own layout: exported weights need no permutation.
    """
    pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * turn).flatten(-2).to(x.dtype)


@dataclass(frozen=True, slots=True)
class Sight:
    """What every block of one run needs to know besides its input."""

    turn: Tensor
    """[B or 1, 1, T, D/H/2] complex, what a position rotates by."""
    mask: Tensor | None
    """Which own tokens a query may look at; None is causal."""
    seen: Tensor | None
    """[B, P] where the prefix is real."""
    joint: Tensor | None
    """[B, 1, T, P + T] both masks, as numbers to add; None without a prefix."""

    def at(self, rows: Tensor) -> "Sight":
        """Return the sight of one query a sequence, at position `rows` [B]."""
        every = torch.arange(len(rows), device=rows.device)
        length = self.turn.shape[2]
        turn = self.turn.expand(len(rows), -1, -1, -1)[every, :, rows][:, :, None]
        if self.mask is None:
            mask = torch.arange(length, device=rows.device) <= rows[:, None, None, None]
        else:
            mask = self.mask.expand(len(rows), -1, length, length)[every, :, rows][:, :, None]
        return Sight(turn, mask, self.seen, None)


class Attention(nn.Module):
    """Causal multi-head attention, with an optional prefix shared by several sequences."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.q = nn.Linear(config.width, config.width, bias=False)
        self.k = nn.Linear(config.width, config.width, bias=False)
        self.v = nn.Linear(config.width, config.width, bias=False)
        self.out = nn.Linear(config.width, config.width, bias=False)

    def keys_values(self, x: Tensor, turn: Tensor) -> KeysValues:
        """Return what later tokens look at, of x [B, T, D]."""
        return KeysValues(rotate(self._split(self.k(x)), turn), self._split(self.v(x)))

    def forward(
        self,
        x: Tensor,
        own: KeysValues,
        sight: Sight,
        past: KeysValues | None,
        want_weights: bool,
    ) -> tuple[Tensor, Tensor | None]:
        """Return what queries x [B, T, D] find [B, T, D], and how they looked if asked for."""
        q, k, v = rotate(self._split(self.q(x)), sight.turn), own.keys, own.values
        weights, fused = None, F.scaled_dot_product_attention
        if want_weights or (past is not None and sight.joint is None):
            mixed, weights = attend(q, k, v, sight.mask, past, sight.seen)
        elif past is not None:
            each = len(q) // len(past.keys)
            k = torch.cat((past.keys.repeat_interleave(each, 0), k), dim=2)
            v = torch.cat((past.values.repeat_interleave(each, 0), v), dim=2)
            mixed = fused(q, k, v, attn_mask=sight.joint)
        else:
            mixed = fused(q, k, v, attn_mask=sight.mask, is_causal=sight.mask is None)
        found: Tensor = self.out(mixed.transpose(1, 2).reshape(x.shape))
        return found, weights

    def _split(self, x: Tensor) -> Tensor:
        heads: Tensor = x.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # [B, H, T, D/H]
        return heads


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


def joint_mask(tokens: Tensor, mask: Tensor | None, past: Past, dtype: torch.dtype) -> Tensor:
    """Return [B, 1, T, P + T], -inf where a query of `tokens` [B, T] may not look, else 0.

    Made once for all blocks: the fused attention wants it as numbers.
    """
    batch, length = tokens.shape
    prefix = past.blocks[0].keys.shape[2]
    if mask is None:
        mask = torch.ones(length, length, dtype=torch.bool, device=tokens.device).tril()
    own = mask.expand(batch, 1, length, length)
    seen = torch.ones(batch, 1, length, prefix, dtype=torch.bool, device=tokens.device)
    if past.seen is not None:
        seen &= past.seen.repeat_interleave(batch // len(past.seen), 0)[:, None, None]
    blank = torch.zeros(batch, 1, length, prefix + length, dtype=dtype, device=tokens.device)
    return blank.masked_fill(~torch.cat((seen, own), dim=-1), -torch.inf)


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

    def keys_values(self, x: Tensor, sight: Sight) -> KeysValues:
        """Return what later tokens look at in this block."""
        return self.attention.keys_values(self.attention_norm(x), sight.turn)

    def forward(
        self,
        x: Tensor,
        sight: Sight,
        past: KeysValues | None,
        want_weights: bool,
        only: Tensor | None,
    ) -> tuple[Tensor, Tensor | None, KeysValues]:
        normed = self.attention_norm(x)
        own = self.attention.keys_values(normed, sight.turn)
        if only is not None:
            rows = torch.arange(len(x), device=x.device)
            x, normed, sight = x[rows, only][:, None], normed[rows, only][:, None], sight.at(only)
        mixed, weights = self.attention(normed, own, sight, past, want_weights)
        x = x + mixed
        out: Tensor = x + self.feed_forward(self.feed_forward_norm(x))
        return out, weights, own


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
        only: Tensor | None = None,
    ) -> Trace:
        """Evaluate tokens [B, T] (int64) up to the last norm.

        `positions` are [B, T] or [T] below `config.context`; by default they count from the
        prefix's padded length, or from 0. `mask` is bool, True where a query may look at a key,
        broadcast to [B, H, T, T]; None is causal. `past` is a prefix of G sequences that
        B = G * S sequences continue, the S of one group side by side. With `only` [B] the last
        block works at that one position of each sequence: T is 1 in what it gives.
        """
        prefix = past.blocks[0].keys.shape[2] if past else 0
        if positions is None:
            positions = torch.arange(prefix, prefix + tokens.shape[1], device=tokens.device)
        cos, sin = (table[positions].unsqueeze(-3) for table in (self.cos, self.sin))
        turn = torch.complex(cos, sin)
        if turn.dim() == 3:  # [1, T, D/H/2] -> [1, 1, T, D/H/2]
            turn = turn.unsqueeze(0)
        x = self.embedding(tokens)
        joint = joint_mask(tokens, mask, past, x.dtype) if past else None
        sight = Sight(turn, mask, past.seen if past else None, joint)
        hidden, kept, attention = [x], [], None
        for i, block in enumerate(self.blocks):
            is_last = i == len(self.blocks) - 1
            x, attention, keys_values = block(
                x,
                sight,
                past.blocks[i] if past else None,
                want_attention and is_last,
                only if is_last else None,
            )
            hidden.append(x)
            kept.append(keys_values)
        return Trace(self.norm(x), tuple(hidden), attention, Past(tuple(kept)))

    def prefix(self, tokens: Tensor) -> tuple[Past, Tensor]:
        """Return tokens [G, P] as a prefix, and [G, P, D] the stream before the last block.

        Nobody reads what comes after it, so the last block's keys and values are all it computes.
        """
        positions = torch.arange(tokens.shape[1], device=tokens.device)
        turn = torch.complex(self.cos[positions], self.sin[positions])[None, None]
        sight = Sight(turn, None, None, None)
        x = self.embedding(tokens)
        kept = []
        for block in self.blocks[:-1]:
            x, _, keys_values = block(x, sight, None, False, None)
            kept.append(keys_values)
        last: Any = self.blocks[-1]
        return Past((*kept, last.keys_values(x, sight))), x

    def logits(self, final: Tensor) -> Tensor:
        """Return logits [..., V] of `Trace.final` [..., D], or of the rows picked from it."""
        out: Tensor = self.output(final)
        return out

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return next-token logits [B, T, V] for tokens [B, T]; see `run` for `mask`."""
        return self.logits(self.run(tokens, mask=mask).final)
