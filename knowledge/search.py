"""Search: vectors first, words as weighted evidence, exact numbers and codes above both.

Equal-weight fusion of ranks lowers the result of the vectors (short questions share few words with the policy that
answers them), so evidence is added as scores. `knowledge.training` finds the weights on the corpus' own questions.
"""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge.clauses import Clause
from knowledge.embedding import Encoder, Vector
from knowledge.errors import Unavailable
from knowledge.index import Neighbour, VectorIndex
from knowledge.references import Reference, reference
from knowledge.space import Space, language_of, space_for
from knowledge.text import Language
from knowledge.words import WordIndex, codes

log = logging.getLogger(__name__)

POLICIES = "policies"
"""The collection of the policies that Fairdesk ships."""

SHIPPED_WEIGHTS = Path(__file__).parent / "artifacts" / "ranking.json"

NEIGHBOURS = 200
"""How many rows are fetched at least: a clause has about nine, so this is twenty clauses or more."""

WORD_CANDIDATES = 10
"""How many clauses are looked at for their words alone."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What to look for, for whom, and as of which day.

    `vector` is the encoder's query vector, where it is known already. `categories` of goods narrow the search to
    clauses about them and clauses about all goods. `shop` is the shop whose own promises count too.
    """

    text: str
    on: date
    language: Language = "zh"
    tenant: str = "default"
    collection: str = POLICIES
    audience: str = "buyer"
    categories: tuple[str, ...] = ()
    shop: str = ""
    vector: Vector | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a score is made of.

    `text`, `questions` and `question` are cosines: to the nearest wording of the clause, to the middle of the
    questions written for it, and to the nearest of them. `words` is the share of the query's weight that the
    clause's words earn, `exact` the share of the numbers and codes in the query that it has.
    """

    text: float = 0.0
    questions: float = 0.0
    question: float = 0.0
    words: float = 0.0
    exact: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause found; `score` is 0 to 1 and comparable between queries."""

    clause: Clause
    score: float
    parts: Parts


@dataclass(frozen=True, slots=True)
class Weights:
    """How the parts count beside the text's cosine, which counts 1; `near` rewards a question asked almost as written.

    `best` is the sum that is worth a score of 1.
    """

    questions: float = 0.6
    words: float = 0.8
    exact: float = 0.8
    near: float = 1.0
    near_from: float = 0.5
    best: float = 2.2

    def score(self, parts: Parts) -> float:
        """The score of a clause, 0 to 1."""
        near = max(0.0, parts.question - self.near_from) * self.near
        total = parts.text + self.questions * parts.questions + self.words * parts.words + self.exact * parts.exact
        return min(1.0, max(0.0, (total + near) / self.best))


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """The weights that come with Fairdesk."""
    return Weights(**json.loads(SHIPPED_WEIGHTS.read_text(encoding="utf-8")))


class Searcher:
    """Searches one collection. Without an index or an encoder it goes by words alone."""

    def __init__(
        self,
        clauses: Iterable[Clause],
        index: VectorIndex | None,
        encoder: Encoder | None,
        space: Space | None = None,
        weights: Weights | None = None,
    ) -> None:
        self._clauses = tuple(clauses)
        self._rows = {clause.key: row for row, clause in enumerate(self._clauses)}
        self._documents = sorted({clause.document for clause in self._clauses})
        self._codes = [codes(f"{searchable_text(c)} {c.anchor}") for c in self._clauses]
        self._words = WordIndex([searchable_text(clause) for clause in self._clauses])
        self._index, self._encoder = index, encoder
        self._space = space or space_for(encoder.name if encoder else "")
        self._weights = weights or shipped_weights()

    def search(self, query: SearchQuery, k: int = 5) -> list[Hit]:
        """The `k` best clauses, best first, each in one version. Nothing is found for an empty text."""
        if not query.text.strip():
            return []
        hits = []
        for row, parts in self._candidates(query, max(NEIGHBOURS, 10 * k)).items():
            clause = self._clauses[row]
            if clause.in_force(query.on) and clause.concerns(query.audience, query.categories):
                hits.append(Hit(clause, self._weights.score(parts), parts))
        return _one_version_each(hits)[:k]

    def _candidates(self, query: SearchQuery, limit: int) -> dict[int, Parts]:
        """The evidence for each clause worth a look, by its place."""
        cosines = _Cosines(self._neighbours(query, limit), self._rows)
        words = self._words.scores(query.text)
        by_words = [int(row) for row in np.argsort(-words, kind="stable")[:WORD_CANDIDATES] if words[row] > 0]
        exact = self._exact(query.text)
        return {
            row: Parts(*cosines.of(row, bool(self._clauses[row].questions)), float(words[row]), exact.get(row, 0.0))
            for row in {*cosines.rows, *by_words, *exact}
        }

    def _neighbours(self, query: SearchQuery, limit: int) -> Sequence[Neighbour]:
        """The rows nearest to the query; none when there is no vector to be had."""
        if self._index is None or self._encoder is None:
            return ()
        try:
            vector = self._encoder.query(query.text) if query.vector is None else query.vector
        except Unavailable as error:
            log.warning("search goes by words alone: %s", error)
            return ()
        placed = self._space.place(vector, "question", language_of(query.text))
        return self._index.nearest(placed, limit, query.on, query.audience)

    def _exact(self, text: str) -> dict[int, float]:
        """How well clauses fit the numbers and codes in `text`: 1 for the article named, else the share of codes."""
        named, wanted = reference(text, self._documents), codes(text)
        if not named.numbers and not wanted:
            return {}
        fits = {row: self._fit(row, named, wanted) for row in range(len(self._clauses))}
        return {row: fit for row, fit in fits.items() if fit}

    def _fit(self, row: int, named: Reference, wanted: frozenset[str]) -> float:
        if named.names(self._clauses[row]):
            return 1.0
        return len(wanted & self._codes[row]) / len(wanted) if wanted else 0.0


class _Cosines:
    """The best cosines of each clause among the neighbours of a query."""

    def __init__(self, near: Sequence[Neighbour], rows: dict[str, int]) -> None:
        self._best: dict[tuple[int, str], float] = {}
        for neighbour in near:
            place = (rows[neighbour.clause_key], neighbour.kind)
            self._best[place] = max(neighbour.similarity, self._best.get(place, -1.0))
        self.rows = {row for row, _ in self._best}
        self._lowest = min(self._best.values(), default=0.0)

    def of(self, row: int, has_questions: bool) -> tuple[float, float, float]:
        """Text, questions, question. What is not among the neighbours is no nearer than the last of them.

        For a clause without questions its text stands in, or it would be behind those that have some.
        """
        text = self._best.get((row, "text"), self._lowest)
        if not has_questions:
            return text, text, 0.0
        questions = self._best.get((row, "questions"), self._lowest)
        return text, questions, self._best.get((row, "question"), self._lowest)


def searchable_text(clause: Clause) -> str:
    """The words that a clause is found by; its title stands twice because it says what the clause is about.

    Its questions are left out: their words are everybody's, and with them the right clause came first less often.
    """
    return "\n".join((clause.title.zh, clause.title.en) * 2 + (clause.text.zh, clause.text.en))


def _one_version_each(hits: Sequence[Hit]) -> list[Hit]:
    """Best first; where the dates of two versions overlap, the newer one stands for the clause."""
    newest: dict[str, Hit] = {}
    for hit in hits:
        other = newest.get(hit.clause.base_id)
        if other is None or hit.clause.in_force_from > other.clause.in_force_from:
            newest[hit.clause.base_id] = hit
    return sorted(newest.values(), key=lambda hit: (-hit.score, hit.clause.key))
