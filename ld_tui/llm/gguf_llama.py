"""What ctransformers needs of a GGUF file of architecture `llama`.

The library asserts these things, which ends the process, or believes them, which is worse. It
is the llama.cpp of September 2023: no tied output, no vocabularies but SentencePiece's.
"""

import math
from dataclasses import dataclass
from typing import Final

from ld_tui.errors import ModelError
from ld_tui.llm.gguf_file import F32, Header, TensorInfo, Value

_SPECIAL: Final = ("bos", "eos", "unknown", "seperator", "separator", "padding")
"""Kinds of special tokens, one as GGUF misspells it; each entry is a token's number."""


@dataclass(frozen=True, slots=True)
class LlamaFile:
    """A GGUF file that ctransformers can load."""

    name: str
    """What the file calls itself; empty if it doesn't."""
    context_length: int
    """The longest prompt the model was made for, in tokens."""
    vocabulary: int
    """How many tokens there are."""


def check_llama(header: Header) -> LlamaFile:
    """Return what a loadable file says of itself; raise ModelError in one line if it is none."""
    return _Check(header).run()


class OtherKind(ModelError):
    """The file is of an architecture or has a vocabulary that ctransformers doesn't know."""


class _Check:
    """One file's questions, each answered or raised as ModelError."""

    def __init__(self, header: Header) -> None:
        self.header = header

    def refuse(self, what: str) -> ModelError:
        return ModelError(f"{self.header.path}: {what}")

    def run(self) -> LlamaFile:
        architecture = self.text("general.architecture")
        if architecture != "llama":
            raise OtherKind(
                f"{self.header.path}: architecture {architecture!r}; ctransformers loads only "
                "'llama' here"
            )
        vocabulary = self.vocabulary()
        context = self.number("llama.context_length", 1, 2**24)
        self.numbers_and_tensors(vocabulary)
        name = self.header.values.get("general.name")
        return LlamaFile(self.text("general.name") if name else "", context, vocabulary)

    def value(self, key: str, kind: str, is_array: bool = False) -> Value:
        value = self.header.values.get(key)
        if value is None:
            raise self.refuse(f"{key} is missing; get the file again, or another model")
        if value.kind != kind or value.is_array != is_array:
            raise self.refuse(f"{key} is of the wrong type; it should hold {kind}")
        return value

    def text(self, key: str) -> str:
        raw = self.value(key, "string").items[0]
        assert isinstance(raw, bytes)
        return "".join(c for c in raw.decode("utf-8", "replace") if c.isprintable())

    def number(self, key: str, least: int, most: int) -> int:
        number = int(self.value(key, "uint32").items[0])
        if not least <= number <= most:
            raise self.refuse(f"{key} is {number}; it should be from {least} to {most}")
        return number

    def fraction(self, key: str) -> None:
        number = float(self.value(key, "float32").items[0])
        if not (math.isfinite(number) and number > 0):
            raise self.refuse(f"{key} is {number}; it should be a number above 0")

    def vocabulary(self) -> int:
        """Check the tokens and return how many there are."""
        model = self.text("tokenizer.ggml.model")
        if model != "llama":
            raise OtherKind(
                f"{self.header.path}: its vocabulary is {model!r}; ctransformers reads only "
                "SentencePiece's ('llama')"
            )
        tokens = self.value("tokenizer.ggml.tokens", "string", is_array=True).items
        known = set(tokens)
        if len(known) != len(tokens) or b"" in known:
            raise self.refuse("its vocabulary has empty or repeated tokens; get the file again")
        if any(b"\0" in token for token in known if isinstance(token, bytes)):
            raise self.refuse("its vocabulary has a token with a NUL byte; get the file again")
        missing = [byte for byte in range(256) if b"<0x%02X>" % byte not in known]
        if missing:
            raise self.refuse(f"its vocabulary lacks byte tokens, such as <0x{missing[0]:02X}>")
        scores = self.value("tokenizer.ggml.scores", "float32", is_array=True).items
        kinds = self.value("tokenizer.ggml.token_type", "int32", is_array=True).items
        if not len(tokens) == len(scores) == len(kinds):
            raise self.refuse(
                f"{len(tokens)} tokens, {len(scores)} scores and {len(kinds)} token types"
            )
        if not all(map(math.isfinite, (float(score) for score in scores))):
            raise self.refuse("a token's score is no number; get the file again")
        for special in _SPECIAL:
            key = f"tokenizer.ggml.{special}_token_id"
            if key in self.header.values:
                self.number(key, 0, len(tokens) - 1)
        return len(tokens)

    def numbers_and_tensors(self, vocabulary: int) -> None:
        """Check that the tensors are those which the numbers in the header call for."""
        width = self.number("llama.embedding_length", 2, 2**20)
        layers = self.number("llama.block_count", 1, 2**12)
        inner = self.number("llama.feed_forward_length", 1, 2**24)
        heads = self.number("llama.attention.head_count", 1, width)
        self.fraction("llama.attention.layer_norm_rms_epsilon")
        for key in ("llama.rope.freq_base", "llama.rope.scale_linear"):
            if key in self.header.values:
                self.fraction(key)
        shared = heads
        if "llama.attention.head_count_kv" in self.header.values:
            shared = self.number("llama.attention.head_count_kv", 1, heads)
        if width % heads or heads % shared or width // heads % 2:
            raise self.refuse(f"{heads} heads ({shared} for keys) don't divide a width of {width}")
        if "llama.rope.dimension_count" in self.header.values:
            self.number("llama.rope.dimension_count", width // heads, width // heads)
        narrow = width // heads * shared
        expected = {
            "token_embd.weight": (width, vocabulary),
            "output_norm.weight": (width,),
            "output.weight": (width, vocabulary),
        }
        for layer in range(layers):
            expected |= {
                f"blk.{layer}.attn_norm.weight": (width,),
                f"blk.{layer}.attn_q.weight": (width, width),
                f"blk.{layer}.attn_k.weight": (width, narrow),
                f"blk.{layer}.attn_v.weight": (width, narrow),
                f"blk.{layer}.attn_output.weight": (width, width),
                f"blk.{layer}.ffn_norm.weight": (width,),
                f"blk.{layer}.ffn_gate.weight": (width, inner),
                f"blk.{layer}.ffn_up.weight": (width, inner),
                f"blk.{layer}.ffn_down.weight": (inner, width),
            }
        if odd := sorted(expected.keys() ^ self.header.tensors.keys()):
            raise self.refuse(f"tensor {odd[0]} is missing or unknown to ctransformers")
        for name, shape in expected.items():
            self.tensor(name, self.header.tensors[name], shape)

    def tensor(self, name: str, tensor: TensorInfo, shape: tuple[int, ...]) -> None:
        if tensor.shape != shape:
            raise self.refuse(f"tensor {name} is {tensor.shape}; the header calls for {shape}")
        if len(shape) == 1 and tensor.kind != F32:
            raise self.refuse(f"tensor {name} is not stored as f32, which ctransformers needs")
