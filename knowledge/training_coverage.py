"""Learns to tell a question that the clauses cover from one that they don't.

Covered questions are the corpus' own, each held out from its clause and from a document that the encoder was not tuned
on, and the troubles told in `data/ontopic.jsonl`.
Uncovered ones are those of `data/offtopic.jsonl`: small talk, other fields of life, and near misses, which a shop is
asked but no policy answers.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.coverage import FEATURES, CoverageHead, Topic, features
from knowledge.embedding import Encoder
from knowledge.search import Hit, Weights
from knowledge.training import FOLDS, Evidence, Floats, TrainingSet, scores

OFF_TOPIC = Path(__file__).parent / "data" / "offtopic.jsonl"
ON_TOPIC = Path(__file__).parent / "data" / "ontopic.jsonl"

WRONG = 0.02
"""The share of uncovered questions that may be answered: it sets the threshold."""

Folds = NDArray[np.int64]


class CoverageTraining:
    """Covered and uncovered questions side by side: labels, folds, and features in each of three views.

    `policies` is the shipped corpus, with its questions and with what the topic tells; `vectors` is a collection
    without questions, on any topic; `words` is search without an encoder.
    """

    def __init__(self, data: TrainingSet, weights: Weights, encoder: Encoder) -> None:
        self._data, self._weights = data, weights
        told, off = _questions(ON_TOPIC), _questions(OFF_TOPIC)
        inside, others = data.questions, told + off
        self._texts = inside + others
        self._evidence = (data.held_out(), data.outside(others, encoder))
        self._vectors = np.concatenate([data.vectors[data.judged], data.placed(others, encoder)])
        self.labels = np.array([1.0] * (len(inside) + len(told)) + [0.0] * len(off))
        self.folds: Folds = np.append(data.folds(), np.arange(len(others)) % FOLDS)

    def topic(self) -> tuple[Topic, Floats]:
        """The topic's direction, and the logits of each question under one learned without its fold.

        The corpus' other questions teach it too: what they are about does not depend on what the encoder knows.
        """
        others = np.delete(self._data.vectors, self._data.judged, axis=0)
        vectors = np.concatenate([self._vectors, others])
        labels, folds = np.append(self.labels, np.ones(len(others))), np.append(self.folds, np.full(len(others), -1))
        logits, weights, bias = _logistic(vectors, labels, folds)
        topic = Topic(np.asarray(weights, np.float16).astype(np.float32), round(bias, 4))
        return topic, logits[: len(self.labels)]

    def view(self, name: str, topic: Floats) -> Floats:
        """The features of every question in one view."""
        parts = list(self._evidence)
        if name == "vectors":
            parts = [evidence.without_questions() for evidence in parts]
        if name == "words":
            parts = [evidence.without_vectors() for evidence in parts]
        known = topic if name == "policies" else np.zeros_like(topic)
        split = len(self._data.questions)
        return np.concatenate(
            [
                self._features(parts[0], self._texts[:split], known[:split]),
                self._features(parts[1], self._texts[split:], known[split:]),
            ]
        )

    def _features(self, evidence: Evidence, questions: Sequence[str], topic: Floats) -> Floats:
        """The features of each question's five best hits."""
        total = scores(evidence, self._weights)
        rows = []
        for row, question in enumerate(questions):
            best = np.argsort(-total[row], kind="stable")[:5]
            parts = [evidence.parts(row, int(column)) for column in best]
            hits = [Hit(self._data.clauses[c], self._weights.score(p), p) for c, p in zip(best, parts, strict=True)]
            rows.append(features(question, hits, float(topic[row])))
        return np.array(rows)


def _questions(path: Path) -> list[str]:
    return [str(json.loads(line)["text"]) for line in path.read_text(encoding="utf-8").splitlines()]


def learn_coverage(training: CoverageTraining) -> tuple[Topic, dict[str, CoverageHead], dict[str, float]]:
    """The topic, the heads by view, and their figures."""
    topic, logits = training.topic()
    heads: dict[str, CoverageHead] = {}
    figures: dict[str, float] = {
        "covered_n": float(training.labels.sum()),
        "uncovered_n": float((1 - training.labels).sum()),
    }
    for name in ("policies", "vectors", "words"):
        rows = training.view(name, logits)
        heads[name], own = _head(rows, training.labels, training.folds)
        figures |= {f"{name}_{key}": value for key, value in own.items()}
    return topic, heads, figures


def _head(rows: Floats, labels: Floats, folds: Folds) -> tuple[CoverageHead, dict[str, float]]:
    """One head, its threshold set on held-out probabilities, and its figures."""
    from sklearn.metrics import roc_auc_score

    spread = rows.std(axis=0) + 1e-6
    logits, weights, bias = _logistic(rows / spread, labels, folds)
    judged = 1 / (1 + np.exp(-logits))
    threshold = round(float(np.quantile(judged[labels == 0], 1 - WRONG)), 4)
    head = CoverageHead(tuple(np.round(weights / spread, 4).tolist()), round(bias, 4), threshold)
    return head, {
        "auc": round(float(roc_auc_score(labels, judged)), 4),
        "answered_at_2_percent_wrong": round(float((judged[labels == 1] >= threshold).mean()), 3),
    }


def _logistic(rows: Floats, labels: Floats, folds: Folds) -> tuple[Floats, Floats, float]:
    """Logistic regression: the logits of each fold under a model learned without it; weights and bias of all.

    Rows of fold -1 teach every model.
    """
    from sklearn.linear_model import LogisticRegression

    logits = np.zeros(len(labels))
    for part in range(FOLDS):
        model = LogisticRegression(class_weight="balanced", max_iter=3000)
        model.fit(rows[folds != part], labels[folds != part])
        logits[folds == part] = model.decision_function(rows[folds == part])
    whole = LogisticRegression(class_weight="balanced", max_iter=3000).fit(rows, labels)
    return logits, whole.coef_[0], float(whole.intercept_[0])


def heads_as_json(heads: dict[str, CoverageHead], figures: dict[str, float]) -> dict[str, object]:
    """The heads in the form of `artifacts/coverage.json`."""
    stored = {
        name: {
            "weights": dict(zip(FEATURES, head.weights, strict=True)),
            "bias": head.bias,
            "threshold": head.threshold,
        }
        for name, head in heads.items()
    }
    return {"heads": stored, "figures": figures}
