"""A small world of clauses and an encoder that needs no model, for tests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from zlib import crc32

import numpy as np

from knowledge.clauses import Clause, Source
from knowledge.embedding import Matrix, Vector
from knowledge.text import Text
from knowledge.words import terms

TODAY = date(2026, 11, 21)


class BagEncoder:
    """Texts with words in common lie near each other: a bag of hashed words."""

    name = "bag"
    dim = 64

    def query(self, text: str) -> Vector:
        """The bag of one text."""
        bag = np.zeros(self.dim, np.float32)
        for term in terms(text):
            bag[crc32(term.encode()) % self.dim] += 1
        return bag / max(float(np.linalg.norm(bag)), 1e-9)

    def passages(self, texts: Sequence[str]) -> Matrix:
        """The bags of many texts."""
        return np.array([self.query(text) for text in texts], np.float32).reshape(len(texts), self.dim)


def clause(clause_id: str, zh: str = "退货运费由买家承担。", **changes: Any) -> Clause:
    """A clause that says `zh`, in force since ever, changed in the fields named."""
    plain = Clause(clause_id, Text("标题", "Title"), Text(zh, f"English of {clause_id}"), Source("测试"))
    return replace(plain, **changes)
