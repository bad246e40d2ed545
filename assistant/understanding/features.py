"""The wording of a text as numbers: hashed pieces of one to four characters.

The encoder's vector carries the meaning; the pieces carry the wording (a typo, a product's name, a turn of phrase).
They are hashed with CRC-32 into a fixed number of columns, so no vocabulary is kept and any language will do.
Punctuation is dropped: how people punctuate tells writers apart, not intents.
"""

import re
import zlib
from collections import Counter

import numpy as np
from numpy.typing import NDArray

PIECE_LENGTHS = (1, 2, 3, 4)
_BETWEEN_WORDS = re.compile(r"[\s，。！？；：、,.!?;:~～…]+")
Columns = NDArray[np.int64]
Weights = NDArray[np.float32]


def pieces(text: str, size: int) -> tuple[Columns, Weights]:
    """The columns (below `size`) of a text's pieces, ascending, and their damped counts `1 + ln n`."""
    words = _BETWEEN_WORDS.sub(" ", text.lower()).strip()
    framed = f" {words} " if words else ""
    counts: Counter[int] = Counter(
        zlib.crc32(framed[start : start + length].encode("utf-8", "surrogatepass")) % size
        for length in PIECE_LENGTHS
        for start in range(len(framed) - length + 1)
    )
    columns = sorted(counts)
    return np.array(columns, np.int64), np.array([1 + np.log(counts[c]) for c in columns], np.float32)


def weighed(columns: Columns, counts: Weights, rarity: Weights) -> Weights:
    """Counts times the rarity of their columns, scaled to length 1 (tf-idf)."""
    values = counts * rarity[columns]
    length = float(np.linalg.norm(values))
    return values / np.float32(length) if length else values
