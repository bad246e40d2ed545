"""What a vector index is built from: one row for each text and each question of a clause, and one for their middle.

The middle of a clause's questions says better than any single one what people who ask for it have in common.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from knowledge.clauses import Clause
from knowledge.embedding import Matrix, Vector
from knowledge.passages import Passage, passages_of
from knowledge.space import Space, language_of
from knowledge.vectors import VectorFile

RowKind = Literal["text", "question", "questions"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it stands for, and an id that changes with anything that the row holds."""

    id: str
    clause_key: str
    kind: RowKind


@dataclass(frozen=True, slots=True)
class IndexContent:
    """Rows with their vectors, the clauses that they stand for, and the name of the space that they lie in."""

    rows: Sequence[Row]
    matrix: Matrix
    clauses: Mapping[str, Clause]
    space: str

    @property
    def fingerprint(self) -> str:
        """Changes with any row and with the space: an index with another fingerprint is stale."""
        return _digest(self.space, *sorted(row.id for row in self.rows))


def index_content(clauses: Iterable[Clause], vectors: VectorFile, space: Space) -> IndexContent:
    """The rows of `clauses`, whose passages all have their vectors in `vectors`."""
    rows: list[Row] = []
    placed: list[Vector] = []
    known = {clause.key: clause for clause in clauses}
    for clause in known.values():
        for row, vector in _rows(clause, vectors, space):
            rows.append(row)
            placed.append(vector)
    matrix = np.stack(placed) if placed else np.empty((0, 0), np.float32)
    return IndexContent(rows, matrix, known, space.name)


def _rows(clause: Clause, vectors: VectorFile, space: Space) -> list[tuple[Row, Vector]]:
    """The rows of one clause."""
    passages = passages_of(clause)
    placed = [space.place(vectors.rows[p.digest], p.kind, language_of(p.text)) for p in passages]
    rows = [(_row(clause, p.kind, p.digest), v) for p, v in zip(passages, placed, strict=True)]
    asked = [(p, v) for p, v in zip(passages, placed, strict=True) if p.kind == "question"]
    if asked:
        middle = np.sum([v for _, v in asked], axis=0)
        middle /= max(float(np.linalg.norm(middle)), 1e-9)
        rows.append((_row(clause, "questions", *(p.digest for p, _ in asked)), middle))
    return rows


def _row(clause: Clause, kind: RowKind, *digests: str) -> Row:
    filters = (str(clause.in_force_to), ",".join(sorted(clause.audience)))
    return Row(_digest(clause.key, kind, *filters, *digests), clause.key, kind)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


def all_passages(clauses: Iterable[Clause]) -> list[Passage]:
    """The passages of all these clauses, in their order."""
    return [passage for clause in clauses for passage in passages_of(clause)]
