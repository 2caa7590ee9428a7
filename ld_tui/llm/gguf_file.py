"""The header of a GGUF file, read without trusting a byte of it.

The libraries that load GGUF files believe the lengths and offsets in them and end the process
where those are wrong, so a file is read here first. `gguf.GGUFReader` is no guard: it runs
through whatever array length a damaged file claims. This module knows the container format, no
architecture.
"""

import math
import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ld_tui.errors import ModelError

MAGIC: Final = b"GGUF"
VERSIONS: Final = (2, 3)
"""Version 1 counted in 32 bits; a big-endian file shows another number."""

_STRING: Final = 8
_ARRAY: Final = 9
_SCALARS: Final = {
    0: ("uint8", "B"),
    1: ("int8", "b"),
    2: ("uint16", "H"),
    3: ("int16", "h"),
    4: ("uint32", "I"),
    5: ("int32", "i"),
    6: ("float32", "f"),
    7: ("bool", "?"),
    10: ("uint64", "Q"),
    11: ("int64", "q"),
    12: ("float64", "d"),
}
"""Value type -> (its name, its struct code)."""

BLOCKS: Final = {
    0: (1, 4),  # F32
    1: (1, 2),  # F16
    2: (32, 18),  # Q4_0
    3: (32, 20),  # Q4_1
    6: (32, 22),  # Q5_0
    7: (32, 24),  # Q5_1
    8: (32, 34),  # Q8_0
    10: (256, 84),  # Q2_K
    11: (256, 110),  # Q3_K
    12: (256, 144),  # Q4_K
    13: (256, 176),  # Q5_K
    14: (256, 210),  # Q6_K
}
"""Tensor type -> (values in a block, bytes of a block): the types that weights can be stored in."""

F32: Final = 0
MAX_DIMENSIONS: Final = 4
MAX_NAME_BYTES: Final = 63
"""Longer tensor names are cut by the library, which then doesn't find them."""

Scalar = int | float | bool | bytes


@dataclass(frozen=True, slots=True)
class Value:
    """One entry of the header's metadata."""

    kind: str
    """The type's name; of an array, its elements' type."""
    items: tuple[Scalar, ...]
    """The elements; exactly one unless `is_array`. Strings are bytes as they lie in the file."""
    is_array: bool


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """Where a tensor lies."""

    kind: int
    """A key of `BLOCKS`."""
    shape: tuple[int, ...]
    """Sizes as GGUF writes them: the length of a row first."""


@dataclass(frozen=True, slots=True)
class Header:
    """All of a GGUF file but its weights; every tensor is known to lie within the file."""

    path: Path
    size: int
    """Bytes of the whole file."""
    values: Mapping[str, Value]
    tensors: Mapping[str, TensorInfo]


def read_header(path: Path) -> Header:
    """Read and check the header of a GGUF file.

    Raises ModelError in one line if the file can't be read, is not GGUF version 2 or 3, ends too
    early, or says something that can't be.
    """
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                raise ModelError(f"{path}: the file is empty; get it again")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _Reader(path, data).header()
    except OSError as error:
        reason = error.strerror or error
        raise ModelError(f"{path}: can't read the model file: {reason}") from error


class _Reader:
    """A cursor over the file that refuses to leave it."""

    def __init__(self, path: Path, data: mmap.mmap) -> None:
        self.path = path
        self.data = data
        self.size = len(data)
        self.at = 0

    def damaged(self, what: str) -> ModelError:
        return ModelError(f"{self.path}: damaged GGUF file: {what}; get it again")

    def take(self, count: int) -> int:
        """Return where the next `count` bytes begin and move past them."""
        start = self.at
        if count > self.size - start:
            raise self.damaged(f"it ends within its header, at byte {self.size}")
        self.at = start + count
        return start

    def numbers(self, code: str, count: int = 1) -> tuple[Scalar, ...]:
        """Read `count` little-endian numbers of one struct code."""
        start = self.take(count * struct.calcsize(f"<{code}"))
        numbers: tuple[Scalar, ...] = struct.unpack_from(f"<{count}{code}", self.data, start)
        return numbers

    def count(self, code: str = "Q") -> int:
        """Read one unsigned number."""
        return int(self.numbers(code)[0])

    def text(self) -> bytes:
        """Read a string: its length in bytes, then the bytes."""
        length = self.count()
        start = self.take(length)
        return self.data[start : start + length]

    def name(self, what: str) -> str:
        raw = self.text()
        name = raw.decode("latin-1")
        if not (name.isascii() and name.isprintable()):
            raise self.damaged(f"the name of a {what} is not plain text")
        return name

    def value(self, key: str) -> Value:
        kind = self.count("I")
        is_array = kind == _ARRAY
        if is_array:
            kind = self.count("I")
        count = self.count() if is_array else 1
        if kind == _STRING:
            if count > self.size - self.at:  # each takes at least its length's 8 bytes
                raise self.damaged(f"{key} claims {count} strings")
            return Value("string", tuple(self.text() for _ in range(count)), is_array)
        if kind not in _SCALARS:
            raise self.damaged(f"{key} is of a type that GGUF doesn't have ({kind})")
        name, code = _SCALARS[kind]
        return Value(name, self.numbers(code, count), is_array)

    def header(self) -> Header:
        if self.data[: len(MAGIC)] != MAGIC:
            raise ModelError(f"{self.path}: not a GGUF file; give a model in that format")
        self.take(len(MAGIC))
        if (version := self.count("I")) not in VERSIONS:
            raise ModelError(
                f"{self.path}: GGUF version {version}; only 2 and 3 (little-endian) can be read"
            )
        tensor_count, value_count = self.count(), self.count()
        values: dict[str, Value] = {}
        for _ in range(value_count):
            key = self.name("metadata key")
            if key in values:
                raise self.damaged(f"{key} is there twice")
            values[key] = self.value(key)
        alignment = self.alignment(values)
        tensors: dict[str, TensorInfo] = {}
        ends = [0]
        for _ in range(tensor_count):
            name = self.name("tensor")
            if name in tensors or not 0 < len(name) <= MAX_NAME_BYTES:
                raise self.damaged(f"a tensor's name is there twice, empty or too long: {name!r}")
            tensors[name], end = self.tensor(name, alignment)
            ends.append(end)
        weights_start = -(-self.at // alignment) * alignment
        if weights_start + max(ends) > self.size:
            raise self.damaged(
                f"{self.size} bytes long, but its tensors reach to {weights_start + max(ends)}"
            )
        return Header(self.path, self.size, values, tensors)

    def alignment(self, values: Mapping[str, Value]) -> int:
        value = values.get("general.alignment")
        if value is None:
            return 32
        alignment = value.items[0] if value.kind == "uint32" and not value.is_array else 0
        if not isinstance(alignment, int) or alignment < 8 or alignment & (alignment - 1):
            raise self.damaged("general.alignment is not a power of two from 8")
        return alignment

    def tensor(self, name: str, alignment: int) -> tuple[TensorInfo, int]:
        """Read one tensor's entry; return it and where it ends, counted from the first tensor."""
        dimensions = self.count("I")
        if not 1 <= dimensions <= MAX_DIMENSIONS:
            raise self.damaged(f"{name} has {dimensions} dimensions")
        shape = tuple(int(side) for side in self.numbers("Q", dimensions))
        kind, offset = self.count("I"), self.count()
        if kind not in BLOCKS:
            raise ModelError(f"{self.path}: {name} is stored in a type that can't be read ({kind})")
        per_block, block_bytes = BLOCKS[kind]
        if not all(shape) or shape[0] % per_block:
            raise self.damaged(f"{name} has the impossible shape {shape}")
        if offset % alignment:
            raise self.damaged(f"{name} lies at the unaligned place {offset}")
        return TensorInfo(kind, shape), offset + math.prod(shape) // per_block * block_bytes
