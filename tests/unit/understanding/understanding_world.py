"""What the tests of understanding share: a tiny encoder of the same protocol, and a few facts."""

import zlib
from functools import lru_cache

import numpy as np

from assistant.understanding.facts import AnswerOption, AskedQuestion
from assistant.understanding.reader import EmbeddedReader, FactWords, shipped_heads
from assistant.understanding.reading import FactValue, Vector
from knowledge.embedding import embedded_encoder


class SmallEncoder:
    """An encoder whose vectors say which characters a text has; enough to learn from, and instant."""

    name = "characters"

    def query(self, text: str) -> Vector:
        """A unit vector of 32 numbers."""
        sums = np.zeros(32, np.float32)
        for character in text:
            sums[zlib.crc32(character.encode("utf-8", "surrogatepass")) % 32] += 1
        return sums / max(1.0, float(np.linalg.norm(sums)))


PHRASES: dict[str, dict[FactValue, tuple[str, ...]]] = {
    "item.condition": {"unopened": ("没拆", "unopened"), "opened_intact": ("拆了", "opened"), "used": ("用过", "used")},
    "claim.reason": {"quality": ("质量问题", "坏了", "broken"), "size": ("太大", "太小", "too small")},
    "claim.has_photo": {True: ("有照片",), False: ("没有照片",)},
}
TYPES = {"item.condition": "enum", "claim.reason": "enum", "claim.has_photo": "bool"}
WORDS = FactWords(
    PHRASES,
    {
        name: AskedQuestion(name, TYPES[name], tuple(AnswerOption(v, words) for v, words in values.items()))
        for name, values in PHRASES.items()
    },
)


@lru_cache(maxsize=1)
def reader() -> EmbeddedReader:
    """The shipped reader, over these facts; made once."""
    return EmbeddedReader(embedded_encoder(), shipped_heads(), WORDS)
