"""No file, however damaged, ends the process: it is refused in one line, or it loads."""

import json
import random
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import gguf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld_tui.errors import ModelError
from ld_tui.llm.gguf_file import read_header
from ld_tui.llm.gguf_llama import check_llama
from ld_tui.llm.manifest import check_manifest, manifest_path, write_manifest
from ld_tui.llm.selector import load_selector


@pytest.fixture(scope="session")
def sound(weights: Path) -> bytes:
    return weights.read_bytes()


def after(data: bytes, key: bytes) -> int:
    """Return where the value of a metadata key, its type first, or a tensor's entry begins."""
    return data.index(key) + len(key)


def with_u32(data: bytes, at: int, number: int) -> bytes:
    return data[:at] + struct.pack("<I", number) + data[at + 4 :]


def with_u64(data: bytes, at: int, number: int) -> bytes:
    return data[:at] + struct.pack("<Q", number) + data[at + 8 :]


def with_number(key: bytes, number: int) -> Callable[[bytes], bytes]:
    return lambda data: with_u32(data, after(data, key) + 4, number)


def with_array_length(key: bytes, length: int) -> Callable[[bytes], bytes]:
    return lambda data: with_u64(data, after(data, key) + 8, length)


def replacing(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    assert len(old) == len(new)
    return lambda data: data.replace(old, new, 1)


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda data: b"", "empty"),
    "another format": (lambda data: b"PK\3\4" + data[4:], "not a GGUF file"),
    "version 1": (lambda data: with_u32(data, 4, 1), "version 1"),
    "big-endian": (lambda data: data[:4] + data[7:3:-1] + data[8:], "version 50331648"),
    "cut in the header": (lambda data: data[:3000], "ends within its header"),
    "cut in the weights": (lambda data: data[: len(data) * 2 // 3], "tensors reach to"),
    "cut by a byte": (lambda data: data[:-1], "tensors reach to"),
    "tensors without end": (lambda data: with_u64(data, 8, 2**60), "damaged"),
    "metadata without end": (lambda data: with_u64(data, 16, 2**60), "damaged"),
    "strings without end": (with_array_length(b"ggml.tokens", 2**61), "claims 2305843009213693952"),
    "scores without end": (with_array_length(b"ggml.scores", 2**40), "ends within"),
    "too few scores": (with_array_length(b"ggml.scores", 3), "damaged"),
    "a type that is none": (
        lambda data: with_u32(data, after(data, b"llama.block_count"), 77),
        "damaged",
    ),
    "another type": (replacing(b"\6\0\0\0\x54\1", b"\5\0\0\0\x54\1"), "wrong type"),
    "another architecture": (
        replacing(b"\5\0\0\0\0\0\0\0llama", b"\5\0\0\0\0\0\0\0gemma"),
        "gemma",
    ),
    "another vocabulary": (
        replacing(
            b"ggml.model\x08\0\0\0\5\0\0\0\0\0\0\0llama",
            b"ggml.model\x08\0\0\0\5\0\0\0\0\0\0\0gpt-2",
        ),
        "'gpt-2'; ctransformers reads only",
    ),
    "a byte token short": (replacing(b"<0x41>", b"<0x4I>"), "<0x41>"),
    "a token twice": (replacing(b"<0x41>", b"<0x42>"), "repeated"),
    "a beginning out of range": (with_number(b"bos_token_id", 340), "bos_token_id is 340"),
    "no heads": (with_number(b"attention.head_count", 0), "head_count is 0"),
    "heads that do not divide": (with_number(b"attention.head_count", 3), "3 heads"),
    "more layers": (with_number(b"block_count", 3), "blk.2"),
    "fewer layers": (with_number(b"block_count", 1), "blk.1"),
    "another width": (with_number(b"embedding_length", 64), "rope.dimension_count"),
    "no context": (with_number(b"context_length", 0), "context_length is 0"),
    "epsilon of 0": (with_number(b"rms_epsilon", 0), "epsilon is 0.0"),
    "five dimensions": (
        lambda data: with_u32(data, after(data, b"blk.0.attn_q.weight"), 5),
        "5 dimensions",
    ),
    "a shape that is empty": (
        lambda data: with_u64(data, after(data, b"blk.0.attn_q.weight") + 4, 0),
        "impossible shape",
    ),
    "a shape beyond all bounds": (
        lambda data: with_u64(data, after(data, b"blk.0.attn_q.weight") + 4, 2**62),
        "tensors reach to",
    ),
    "another shape": (
        lambda data: with_u64(data, after(data, b"blk.0.attn_q.weight") + 4, 16),
        r"attn_q.weight is \(16, 32\)",
    ),
    "a tensor type that is none": (
        lambda data: with_u32(data, after(data, b"blk.0.attn_q.weight") + 20, 99),
        r"\(99\)",
    ),
    "a norm as f16": (
        lambda data: with_u32(data, after(data, b"blk.0.attn_norm.weight") + 12, 1),
        "not stored as f32",
    ),
    "an offset beyond the file": (
        lambda data: with_u64(data, after(data, b"blk.0.attn_q.weight") + 24, 2**63),
        "tensors reach to",
    ),
    "an offset askew": (
        lambda data: with_u64(data, after(data, b"blk.0.attn_q.weight") + 24, 33),
        "unaligned",
    ),
    "a tensor's name over two lines": (replacing(b"blk.1.ffn_up", b"blk.1\nffn_up"), "plain text"),
    "a tensor of another name": (replacing(b"blk.1.ffn_up", b"blk.1.ffn_ux"), "ffn_up"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused_in_one_line(sound: bytes, tmp_path: Path, damage: str) -> None:
    spoil, reason = DAMAGES[damage]
    path = tmp_path / "selector.gguf"
    spoiled = spoil(sound)
    assert spoiled != sound
    path.write_bytes(spoiled)
    with pytest.raises(ModelError, match=reason) as caught:
        load_selector(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No such file"):
        load_selector(tmp_path / "none.gguf")
    with pytest.raises(ModelError, match="directory"):
        load_selector(tmp_path)


def test_a_file_cut_anywhere_is_refused(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "cut.gguf"

    @given(st.integers(0, len(sound) - 1))
    def refuses(length: int) -> None:
        path.write_bytes(sound[:length])
        with pytest.raises(ModelError):
            read_header(path)

    refuses()


SURVIVOR = """
import sys
from pathlib import Path
from ld_tui.errors import ModelError
from ld_tui.llm.selector import load_selector
for path in sys.argv[1:]:
    try:
        selector = load_selector(Path(path))
        selector.probabilities("where \\u2603 far : \\xff \\n" * 4, ["A", "B"])
    except ModelError:
        pass
    print(path, flush=True)
"""


def test_what_passes_the_check_with_a_damaged_header_never_ends_the_process(
    sound: bytes, weights: Path, tmp_path: Path
) -> None:
    """Such files load in a child process, so that one that ended it would be named."""
    draw = random.Random(11)
    header = gguf.GGUFReader(weights).data_offset
    passed, refusals = [], []
    for number in range(600):
        data = bytearray(sound)
        for _ in range(draw.choice((1, 1, 2))):
            data[draw.randrange(header)] ^= 1 << draw.randrange(8)
        path = tmp_path / f"{number}.gguf"
        path.write_bytes(data)
        try:
            check_llama(read_header(path))
        except ModelError as error:
            refusals.append(str(error))
        else:
            passed.append(str(path))
    assert len(passed) > 20
    assert not any("\n" in refusal for refusal in refusals)
    child = subprocess.run(
        [sys.executable, "-c", SURVIVOR, *passed], capture_output=True, text=True, check=False
    )
    assert child.stdout.split() == passed, child.stderr[-500:]
    assert child.returncode == 0


def test_weights_that_are_no_numbers_are_noticed(
    sound: bytes, weights: Path, tmp_path: Path
) -> None:
    norm = next(t for t in gguf.GGUFReader(weights).tensors if t.name == "output_norm.weight")
    at = int(norm.data_offset)
    path = tmp_path / "nan.gguf"
    path.write_bytes(sound[:at] + b"\xff" * 4 + sound[at + 4 :])
    with pytest.raises(ModelError, match="no numbers"):
        load_selector(path).probabilities("where", ["A", "B"])


def test_the_header_reads_as_the_gguf_package_reads_it(weights: Path) -> None:
    ours, theirs = read_header(weights), gguf.GGUFReader(weights)
    assert {t.name: (t.tensor_type.value, tuple(t.shape.tolist())) for t in theirs.tensors} == {
        name: (tensor.kind, tensor.shape) for name, tensor in ours.tensors.items()
    }
    for key, value in ours.values.items():
        contents = theirs.fields[key].contents()
        items = contents if isinstance(contents, list) else [contents]
        assert [i.decode() if isinstance(i, bytes) else i for i in value.items] == items


@pytest.fixture
def shipped(sound: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "selector.gguf"
    path.write_bytes(sound)
    write_manifest(path)
    return path


def test_a_file_that_matches_its_manifest_loads(shipped: Path) -> None:
    assert check_manifest(shipped)
    assert load_selector(shipped).context_length == 128


def test_a_flipped_weight_is_caught_by_the_manifest(shipped: Path) -> None:
    data = bytearray(shipped.read_bytes())
    data[-100] ^= 1
    shipped.write_bytes(data)
    check_llama(read_header(shipped))
    with pytest.raises(ModelError, match="damaged"):
        load_selector(shipped)


def test_a_longer_file_is_caught_by_the_manifest(shipped: Path) -> None:
    shipped.write_bytes(shipped.read_bytes() + b"\0")
    with pytest.raises(ModelError, match="where its manifest says"):
        load_selector(shipped)


def test_a_broken_manifest_is_named(shipped: Path) -> None:
    manifest_path(shipped).write_text("{")
    with pytest.raises(ModelError, match=r"selector\.json: not a readable manifest"):
        load_selector(shipped)


@pytest.mark.parametrize("other", [None, [], {"name": "x"}, {"file": "x.gguf", "sha256": ""}])
def test_a_file_without_a_manifest_of_its_own_loads(shipped: Path, other: object) -> None:
    manifest_path(shipped).unlink()
    if other is not None:
        manifest_path(shipped).write_text(json.dumps(other))
    assert not check_manifest(shipped)
    load_selector(shipped)
