"""Whether what was found answers what was asked: a small logistic regression over a search's evidence.

Trained on the corpus' own questions, each held out, against questions that no clause covers; see
`knowledge.training_coverage`. The threshold is where 2 of 100 such questions would be answered.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge.embedding import Vector
from knowledge.search import Hit, searchable_text
from knowledge.space import language_of
from knowledge.words import overlap

SHIPPED_COVERAGE = Path(__file__).parent / "artifacts" / "coverage.json"
SHIPPED_TOPIC = Path(__file__).parent / "artifacts" / "topic.npz"

FEATURES = ("score", "margin", "text", "questions", "words", "overlap", "third", "agreement", "english", "topic")
"""What a head looks at, in this order; see `features`."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How likely it is that the hits hold the answer, and whether that is enough to answer."""

    probability: float
    covered: bool


@dataclass(frozen=True, slots=True)
class CoverageHead:
    """A trained head: a weight for each feature, and the probability from which a question counts as covered."""

    weights: tuple[float, ...]
    bias: float
    threshold: float

    def probability(self, values: Sequence[float]) -> float:
        """The probability that the question is covered."""
        total = self.bias + sum(w * v for w, v in zip(self.weights, values, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Topic:
    """The direction that leads from all the world's questions to those that the shipped policies are about."""

    weights: Vector
    bias: float

    def logit(self, placed: Vector) -> float:
        """How far along a question lies, above zero when it is on topic; `placed` is its vector in the space."""
        return float(self.weights @ placed) + self.bias

    def save(self, path: Path) -> None:
        """Writes the direction, half precision."""
        np.savez_compressed(path, weights=self.weights.astype(np.float16), bias=np.float64(self.bias))


def features(question: str, hits: Sequence[Hit], topic: float = 0.0) -> tuple[float, ...]:
    """The evidence by the names in `FEATURES`; `hits` is not empty."""
    best, parts = hits[0], hits[0].parts
    clause_words = searchable_text(best.clause) + "\n" + "\n".join(best.clause.questions)
    return (
        best.score,
        best.score - hits[1].score if len(hits) > 1 else best.score,
        parts.text,
        parts.questions,
        parts.words,
        overlap(question, clause_words),
        hits[2].score if len(hits) > 2 else 0.0,
        sum(hit.clause.document == best.clause.document for hit in hits[1:4]) / 3,
        float(language_of(question) == "en"),
        topic,
    )


def covered(question: str, hits: Sequence[Hit], topic: float | None = None) -> Coverage:
    """Whether `hits`, best first, cover `question`.

    `topic` is the question's logit under `shipped_topic`, given when it was asked of the shipped policies. Nothing
    found is never covered; an article that the question names always is.
    """
    if not hits:
        return Coverage(0.0, False)
    by_vectors = any(hit.parts.text for hit in hits)
    view = "words" if not by_vectors else "vectors" if topic is None else "policies"
    head = shipped_heads()[view]
    probability = head.probability(features(question, hits, topic or 0.0))
    if hits[0].parts.exact == 1.0:
        probability = max(probability, head.threshold)
    return Coverage(probability, probability >= head.threshold)


@lru_cache(maxsize=1)
def shipped_heads() -> Mapping[str, CoverageHead]:
    """The heads that come with Fairdesk: for the `policies`, for other collections by `vectors`, and by `words`."""
    stored = json.loads(SHIPPED_COVERAGE.read_text(encoding="utf-8"))["heads"]
    return {
        name: CoverageHead(tuple(head["weights"][f] for f in FEATURES), head["bias"], head["threshold"])
        for name, head in stored.items()
    }


@lru_cache(maxsize=1)
def shipped_topic() -> Topic:
    """The topic of the shipped policies."""
    with np.load(SHIPPED_TOPIC, allow_pickle=False) as file:
        return Topic(file["weights"].astype(np.float32), float(file["bias"]))
