"""Whether what was found answers what was asked: a small logistic regression over a search's evidence.

Trained on the corpus' own questions, each held out, against questions that no clause covers (`data/offtopic.jsonl`);
see `knowledge.training`. The threshold is the one at which 2 of 100 uncovered questions would be answered.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.search import Hit, searchable_text
from knowledge.space import language_of
from knowledge.words import overlap, terms

SHIPPED_COVERAGE = Path(__file__).parent / "artifacts" / "coverage.json"

FEATURES = (
    "score", "margin", "text", "questions", "question", "words", "exact", "overlap", "third", "agreement", "length",
    "english",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coverage:
    """How likely it is that the hits hold the answer, and whether that is enough to answer."""

    probability: float
    covered: bool


@dataclass(frozen=True, slots=True)
class CoverageHead:
    """One trained head: a weight for each feature, and the probability from which a question counts as covered."""

    weights: tuple[float, ...]
    bias: float
    threshold: float

    def probability(self, features: Sequence[float]) -> float:
        """The calibrated probability that the question is covered."""
        total = self.bias + sum(w * f for w, f in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def features(question: str, hits: Sequence[Hit]) -> tuple[float, ...]:
    """The evidence by the names in `FEATURES`; `hits` is not empty."""
    best, parts = hits[0], hits[0].parts
    clause_words = searchable_text(best.clause) + "\n" + "\n".join(best.clause.questions)
    return (
        best.score,
        best.score - hits[1].score if len(hits) > 1 else best.score,
        parts.text,
        parts.questions,
        parts.question,
        parts.words,
        parts.exact,
        overlap(question, clause_words),
        hits[2].score if len(hits) > 2 else 0.0,
        sum(hit.clause.document == best.clause.document for hit in hits[1:4]) / 3,
        math.log1p(len(terms(question))) / 4,
        float(language_of(question) == "en"),
    )


@lru_cache(maxsize=1)
def shipped_heads() -> Mapping[str, CoverageHead]:
    """The heads that come with Fairdesk: `vectors`, and `words` for search without an encoder."""
    stored = json.loads(SHIPPED_COVERAGE.read_text(encoding="utf-8"))
    return {
        name: CoverageHead(tuple(head["weights"][f] for f in FEATURES), head["bias"], head["threshold"])
        for name, head in stored["heads"].items()
    }


def covered(question: str, hits: Sequence[Hit]) -> Coverage:
    """Whether `hits`, best first, cover `question`. Nothing found is never covered; an article named always is."""
    if not hits:
        return Coverage(0.0, False)
    by_vectors = any(hit.parts.text for hit in hits)
    head = shipped_heads()["vectors" if by_vectors else "words"]
    probability = head.probability(features(question, hits))
    if hits[0].parts.exact == 1.0:
        probability = max(probability, head.threshold)
    return Coverage(probability, probability >= head.threshold)
