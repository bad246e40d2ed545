"""Finds the nearest vectors: the protocol, and an index in memory. `knowledge.chroma` is the one on disk.

An index filters by date and audience, and a clause out of force takes nobody's place among the nearest.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from knowledge.content import IndexContent, RowKind
from knowledge.embedding import Vector

AUDIENCES = ("buyer", "merchant")
"""Those that clauses are written for; agents see the clauses of both."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A row near the query: the clause version that it stands for, and the cosine."""

    clause_key: str
    kind: RowKind
    similarity: float


class VectorIndex(Protocol):
    """Finds the rows nearest to a vector, best first."""

    def nearest(self, vector: Vector, limit: int, on: date, audience: str) -> list[Neighbour]:
        """At most `limit` rows of clauses in force `on` that day and meant for `audience`."""
        ...


class MemoryIndex:
    """All vectors in one matrix. A few thousand take less time than a call to any database."""

    def __init__(self, content: IndexContent) -> None:
        self._rows, self._matrix = content.rows, content.matrix
        clauses = [content.clauses[row.clause_key] for row in content.rows]
        self._from = np.array([c.in_force_from.toordinal() for c in clauses])
        self._to = np.array([(c.in_force_to or date.max).toordinal() for c in clauses])
        self._meant = {a: np.array([c.concerns(a) for c in clauses], bool) for a in (*AUDIENCES, "agent")}

    def nearest(self, vector: Vector, limit: int, on: date, audience: str) -> list[Neighbour]:
        """At most `limit` rows of clauses in force `on` that day and meant for `audience`."""
        if not self._rows or audience not in self._meant:
            return []
        day = on.toordinal()
        allowed = np.flatnonzero((self._from <= day) & (day < self._to) & self._meant[audience])
        similarities = self._matrix[allowed] @ vector
        best = np.argsort(-similarities, kind="stable")[:limit]
        return [self._neighbour(int(allowed[i]), float(similarities[i])) for i in best]

    def _neighbour(self, row: int, similarity: float) -> Neighbour:
        return Neighbour(self._rows[row].clause_key, self._rows[row].kind, similarity)
