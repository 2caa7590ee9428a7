"""A trained model and its SentencePiece vocabulary as one GGUF file that ctransformers can load.

GGUF version 3, architecture `llama`. The model rotates adjacent pairs, as llama.cpp does, so no
matrix is permuted. What training added (heads, supervision) is not part of `Llama` and so never
gets here.
"""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import gguf
import numpy as np
import sentencepiece
import torch
from torch import Tensor

from ld_tui.errors import ModelError
from ld_tui.llm.ctransformers_backend import CTransformersSelector
from ld_tui.llm.manifest import write_manifest
from ld_tui.paths import atomic_write
from ld_tui.training.model import Llama, ModelConfig

MatrixType = Literal["f32", "f16", "q8_0"]

TOKENIZER_OPTIONS: dict[str, object] = {
    "model_type": "bpe",
    "byte_fallback": True,
    "normalization_rule_name": "identity",
    "remove_extra_whitespaces": False,
    "add_dummy_prefix": True,
    "split_digits": False,
    "split_by_number": False,  # or `N3` could never be one token
    "split_by_unicode_script": False,
    "unk_id": 0,
    "bos_id": 1,
    "eos_id": 2,
    "pad_id": -1,
    "hard_vocab_limit": True,
    "num_threads": 1,
}
"""How to train a SentencePiece model that llama.cpp reads in the same way.

llama.cpp neither normalizes nor knows user-defined symbols: a word that must be one token
(`N3`, ` A`) has to be common enough in the training text for BPE to merge it.
"""

_NAMES = {
    "attention_norm.weight": "attn_norm.weight",
    "attention.q.weight": "attn_q.weight",
    "attention.k.weight": "attn_k.weight",
    "attention.v.weight": "attn_v.weight",
    "attention.out.weight": "attn_output.weight",
    "feed_forward_norm.weight": "ffn_norm.weight",
    "feed_forward.gate.weight": "ffn_gate.weight",
    "feed_forward.up.weight": "ffn_up.weight",
    "feed_forward.down.weight": "ffn_down.weight",
}
"""Ours -> GGUF's, within one block."""

_FILE_TYPES = {
    "f32": gguf.LlamaFileType.ALL_F32,
    "f16": gguf.LlamaFileType.MOSTLY_F16,
    "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0,
}


def export_gguf(
    state: Mapping[str, Tensor],
    config: ModelConfig,
    tokenizer: Path,
    path: Path,
    *,
    matrices: MatrixType = "f16",
    name: str = "ld-tui selector",
) -> None:
    """Write weights and vocabulary to `path`, then its manifest (size and hash) beside it.

    `state` is `Llama.state_dict()`; `tokenizer` a SentencePiece model trained with
    `TOKENIZER_OPTIONS`. Matrices are stored as `matrices` says, norms always as f32. The same
    input gives the same bytes. Raises ModelError where the vocabulary can't be read by llama.cpp
    as training read it, or doesn't fit the model.
    """
    vocabulary = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer))
    _check_vocabulary(vocabulary, config, tokenizer)
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "model.gguf"
        writer = gguf.GGUFWriter(raw, "llama")
        _add_header(writer, config, name, matrices)
        _add_vocabulary(writer, vocabulary)
        for tensor_name, tensor in _tensors(state, config).items():
            _add_tensor(writer, tensor_name, tensor, matrices)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        atomic_write(path, raw.read_bytes())
    write_manifest(path)


def check_export(
    path: Path, model: Llama, tokenizer: Path, prompts: Iterable[str], labels: Sequence[str]
) -> float:
    """Return the largest difference of a label's probability between the file and the model.

    Raises ModelError, naming the prompt, if the file's vocabulary reads one differently.
    """
    vocabulary = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer))
    selector = CTransformersSelector(path)
    label_tokens = [vocabulary.encode(label)[0] for label in labels]
    largest = 0.0
    for prompt in prompts:
        tokens = [vocabulary.bos_id(), *vocabulary.encode(prompt)]
        if selector.tokenize(prompt) != tokens:
            raise ModelError(f"{path}: reads a prompt in other tokens than training: {prompt!r}")
        with torch.no_grad():
            logits = model(torch.tensor([tokens]))[0, -1, label_tokens]
        ours = logits.float().softmax(-1).tolist()
        theirs = selector.probabilities(prompt, labels)
        largest = max(largest, *(abs(a - b) for a, b in zip(ours, theirs, strict=True)))
    return largest


def _check_vocabulary(vocabulary: Any, config: ModelConfig, where: Path) -> None:
    """Raise ModelError naming everything that llama.cpp would read differently."""
    problems = []
    if vocabulary.vocab_size() != config.vocab:
        problems.append(f"{vocabulary.vocab_size()} tokens for a model of {config.vocab}")
    byte_tokens = sum(map(vocabulary.is_byte, range(vocabulary.vocab_size())))
    if byte_tokens != 256:
        problems.append(f"{byte_tokens} byte tokens instead of 256 (byte_fallback=True)")
    if (vocabulary.unk_id(), vocabulary.bos_id(), vocabulary.eos_id()) != (0, 1, 2):
        problems.append("unknown, beginning and end tokens are not 0, 1, 2")
    if vocabulary.decode(vocabulary.encode("ﬁ  x")) != "ﬁ  x":
        problems.append("it normalizes text (normalization_rule_name, remove_extra_whitespaces)")
    if not vocabulary.encode("x", out_type=str)[0].startswith("▁"):
        problems.append("it puts no space before a text (add_dummy_prefix=True)")
    if problems:
        raise ModelError(f"{where}: {'; '.join(problems)}; train it with TOKENIZER_OPTIONS")


def _add_header(
    writer: gguf.GGUFWriter, config: ModelConfig, name: str, matrices: MatrixType
) -> None:
    writer.add_name(name)
    writer.add_file_type(_FILE_TYPES[matrices])
    if matrices == "q8_0":
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(config.context)
    writer.add_embedding_length(config.width)
    writer.add_block_count(config.layers)
    writer.add_feed_forward_length(config.feed_forward)
    writer.add_head_count(config.heads)
    writer.add_head_count_kv(config.heads)
    writer.add_layer_norm_rms_eps(config.norm_epsilon)
    writer.add_rope_dimension_count(config.head_size)
    writer.add_rope_freq_base(config.rope_base)


def _add_vocabulary(writer: gguf.GGUFWriter, vocabulary: Any) -> None:
    def token_type(token: int) -> gguf.TokenType:
        if vocabulary.is_unknown(token):
            return gguf.TokenType.UNKNOWN
        if vocabulary.is_control(token):
            return gguf.TokenType.CONTROL
        if vocabulary.is_byte(token):
            return gguf.TokenType.BYTE
        return gguf.TokenType.UNUSED if vocabulary.is_unused(token) else gguf.TokenType.NORMAL

    tokens = range(vocabulary.vocab_size())
    writer.add_tokenizer_model("llama")
    writer.add_token_list([vocabulary.id_to_piece(token).encode() for token in tokens])
    writer.add_token_scores([vocabulary.get_score(token) for token in tokens])
    writer.add_token_types([token_type(token) for token in tokens])
    writer.add_bos_token_id(vocabulary.bos_id())
    writer.add_eos_token_id(vocabulary.eos_id())
    writer.add_unk_token_id(vocabulary.unk_id())
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)


def _tensors(state: Mapping[str, Tensor], config: ModelConfig) -> dict[str, Tensor]:
    """Return the weights under GGUF's names; raise ModelError if one is missing or left over."""
    wanted = {
        "embedding.weight": "token_embd.weight",
        "norm.weight": "output_norm.weight",
        # Always written: the llama.cpp inside ctransformers knows no tied output.
        "output.weight": "output.weight",
    } | {
        f"blocks.{i}.{ours}": f"blk.{i}.{theirs}"
        for i in range(config.layers)
        for ours, theirs in _NAMES.items()
    }
    if odd := sorted(wanted.keys() ^ state.keys()):
        raise ModelError(f"weights don't fit the configuration; missing or left over: {odd[0]}")
    return {theirs: state[ours] for ours, theirs in wanted.items()}


def _add_tensor(writer: gguf.GGUFWriter, name: str, tensor: Tensor, matrices: MatrixType) -> None:
    values: np.ndarray[Any, Any] = tensor.detach().cpu().float().numpy()
    if not np.isfinite(values).all():
        raise ModelError(f"{name} holds values that are not finite; the training run failed")
    if values.ndim == 1 or matrices == "f32":
        writer.add_tensor(name, np.ascontiguousarray(values))
    elif matrices == "f16":
        if np.abs(values).max() > np.finfo(np.float16).max:
            raise ModelError(f"{name} holds values too large for f16; export it as f32")
        writer.add_tensor(name, np.ascontiguousarray(values.astype(np.float16)))
    else:
        if values.shape[-1] % 32:
            raise ModelError(f"{name} has rows of {values.shape[-1]}; q8_0 needs multiples of 32")
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)
