"""What the trained heads look at: the encoder's vector of a text beside its hashed character pieces.

The vector carries the meaning, the pieces carry the wording (a typo, a product's name, a turn of phrase). Pieces are
hashed with CRC-32 into a fixed number of signed sums, so nothing needs to be fitted and any language will do.
"""

import zlib

import numpy as np

from assistant.understanding.reading import Vector

PIECE_LENGTHS = (1, 2, 3, 4)


def pieces(text: str, size: int) -> Vector:
    """A unit vector of `size` hashed character 1- to 4-grams; all zeros for an empty text or `size` 0."""
    sums = np.zeros(max(size, 1), np.float32)
    framed = f" {text.lower().strip()} " if text.strip() else ""
    for length in PIECE_LENGTHS:
        for start in range(len(framed) - length + 1):
            code = zlib.crc32(framed[start : start + length].encode("utf-8", "surrogatepass"))
            sums[code % len(sums)] += 1.0 if code & 0x80000000 else -1.0
    damped = np.sign(sums) * np.sqrt(np.abs(sums))  # a piece said four times counts twice
    norm = float(np.linalg.norm(damped))
    return (damped / norm if norm else damped)[:size]


def features(text: str, vector: Vector, size: int) -> Vector:
    """The encoder's vector followed by the pieces; the pieces' scale is that of a vector with `size` unit entries."""
    return np.concatenate([vector, pieces(text, size) * np.float32(np.sqrt(size))])
