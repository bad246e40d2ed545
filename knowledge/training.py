"""Learns what search needs from the corpus' own questions: the space, the weights of the evidence, the coverage heads.

Every figure is of held-out questions: a question never sees its own vector, and weights are judged on documents that
they were not learned from. scikit-learn and scipy are imported here only; serving needs neither.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.clauses import Clause
from knowledge.coverage import FEATURES, features
from knowledge.embedding import Encoder, Matrix
from knowledge.passages import passages_of
from knowledge.search import Hit, Parts, Weights, searchable_text
from knowledge.space import Space, language_of, learn_space
from knowledge.vectors import VectorFile
from knowledge.words import WordIndex

OFF_TOPIC = Path(__file__).parent / "data" / "offtopic.jsonl"
FOLDS = 5
WRONG = 0.02
"""The share of uncovered questions that may be answered."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """For questions (rows) and clauses (columns): the parts of the score."""

    text: Floats
    questions: Floats
    question: Floats
    words: Floats

    def without_questions(self) -> "Evidence":
        """The evidence as it would be had nobody written questions for the clauses."""
        return replace(self, questions=self.text, question=np.zeros_like(self.text))

    def without_vectors(self) -> "Evidence":
        """The evidence of words alone."""
        none = np.zeros_like(self.text)
        return Evidence(none, none, none, self.words)

    def parts(self, row: int, column: int) -> Parts:
        """The parts of one score."""
        cells = (self.text, self.questions, self.question, self.words)
        return Parts(*(float(cell[row, column]) for cell in cells))


class TrainingSet:
    """The clauses in force today, their questions, and every cosine between them, in one space."""

    def __init__(self, clauses: Sequence[Clause], vectors: VectorFile, space: Space) -> None:
        self.clauses = clauses
        self.asked = [(q, column) for column, clause in enumerate(clauses) for q in clause.questions]
        self.owner = np.array([column for _, column in self.asked])
        self.space = space
        self._texts, self._text_owner = self._placed(vectors, "text")
        self._questions, _ = self._placed(vectors, "question")
        self._words = WordIndex([searchable_text(clause) for clause in clauses])

    def _placed(self, vectors: VectorFile, kind: str) -> tuple[Matrix, NDArray[np.int64]]:
        """The vectors of all passages of one kind, and the clause of each."""
        found = [(c, p) for c, clause in enumerate(self.clauses) for p in passages_of(clause) if p.kind == kind]
        rows = [self.space.place(vectors.rows[p.digest], p.kind, language_of(p.text)) for _, p in found]
        return np.stack(rows), np.array([c for c, _ in found])

    def held_out(self) -> Evidence:
        """The evidence for each question of the corpus, as if it had not been written for its clause."""
        return self._evidence(self._questions, [q for q, _ in self.asked], own=True)

    def outside(self, questions: Sequence[str], encoder: Encoder) -> Evidence:
        """The evidence for questions that are not of the corpus."""
        rows = [self.space.place(encoder.query(q), "question", language_of(q)) for q in questions]
        return self._evidence(np.stack(rows), questions, own=False)

    def _evidence(self, asked: Matrix, texts: Sequence[str], own: bool) -> Evidence:
        columns = range(len(self.clauses))
        to_text, to_question = asked @ self._texts.T, asked @ self._questions.T
        if own:
            np.fill_diagonal(to_question, -1.0)
        text = np.stack([to_text[:, self._text_owner == c].max(axis=1) for c in columns], axis=1)
        question = np.stack([to_question[:, self.owner == c].max(axis=1) for c in columns], axis=1)
        words = np.stack([self._words.scores(t) for t in texts])
        return Evidence(text, self._middles(asked, own), question, words)

    def _middles(self, asked: Matrix, own: bool) -> Floats:
        """Cosines to the middle of each clause's questions; `own` leaves the asked question out of its own."""
        sums = np.stack([self._questions[self.owner == c].sum(axis=0) for c in range(len(self.clauses))])
        cosines: Floats = asked @ (sums / np.linalg.norm(sums, axis=1, keepdims=True)).T
        if own:
            rest = sums[self.owner] - asked
            norms = np.maximum(np.linalg.norm(rest, axis=1), 1e-9)
            cosines[np.arange(len(asked)), self.owner] = (asked * rest).sum(axis=1) / norms
        return cosines


def training_set(clauses: Sequence[Clause], vectors: VectorFile) -> TrainingSet:
    """The training set of a corpus, in a space learned from it. Clauses without questions teach nothing here."""
    asked = [clause for clause in clauses if len(clause.questions) > 1]
    passages = [passage for clause in asked for passage in passages_of(clause)]
    languages = [language_of(p.text) for p in passages]
    space = learn_space(vectors.encoder, vectors.matrix(passages), [p.kind for p in passages], languages)
    return TrainingSet(asked, vectors, space)


def learn_weights(data: TrainingSet) -> tuple[Weights, dict[str, float]]:
    """Weights for questions and words, and the figures of weights learned the same way on other documents."""
    evidence = data.held_out()
    documents = sorted({clause.document for clause in data.clauses})
    fold = np.array([documents.index(clause.document) % FOLDS for clause in data.clauses])[data.owner]
    judged = np.zeros_like(evidence.text)
    for part in range(FOLDS):
        learned = _fit_weights(evidence, data.owner, fold != part)
        judged[fold == part] = _scores(evidence, learned)[fold == part]
    weights = _fit_weights(evidence, data.owner, np.ones(len(fold), bool))
    figures = _retrieval("", judged, data) | _retrieval("text_only_", evidence.text, data)
    bare = evidence.without_questions()
    return weights, figures | _retrieval("no_questions_", _scores(bare, weights), data)


def _scores(evidence: Evidence, weights: Weights) -> Floats:
    near = np.maximum(evidence.question - weights.near_from, 0) * weights.near
    return evidence.text + weights.questions * evidence.questions + weights.words * evidence.words + near


def _fit_weights(evidence: Evidence, owner: NDArray[np.int64], rows: NDArray[np.bool_]) -> Weights:
    """Softmax regression: the weights under which the right clauses are likeliest, the text's being 1."""
    from scipy.optimize import minimize

    stack = np.stack([evidence.text, evidence.questions, evidence.words], axis=2)[rows]
    right, count = owner[rows], np.arange(int(rows.sum()))

    def loss(scale: Floats) -> tuple[float, Floats]:
        logits = stack @ scale
        logits -= logits.max(axis=1, keepdims=True)
        share = np.exp(logits)
        share /= share.sum(axis=1, keepdims=True)
        slope = (share[:, :, None] * stack).sum(axis=1) - stack[count, right]
        return float(-np.log(share[count, right] + 1e-12).mean()), slope.mean(axis=0)

    found = minimize(loss, np.full(3, 5.0), jac=True, method="L-BFGS-B").x
    return Weights(questions=round(found[1] / found[0], 2), words=round(found[2] / found[0], 2))


def _retrieval(name: str, scores: Floats, data: TrainingSet) -> dict[str, float]:
    """R@1, R@3 and MRR in each language; the number of questions with it."""
    right = scores[np.arange(len(data.owner)), data.owner]
    rank = (scores > right[:, None]).sum(axis=1)
    languages = np.array([language_of(q) for q, _ in data.asked])
    figures: dict[str, float] = {}
    for language in ("zh", "en"):
        own = rank[languages == language]
        figures[f"{name}{language}_n"] = len(own)
        figures[f"{name}{language}_r1"] = round(float((own < 1).mean()), 3)
        figures[f"{name}{language}_r3"] = round(float((own < 3).mean()), 3)
        figures[f"{name}{language}_mrr"] = round(float((1 / (own + 1)).mean()), 3)
    return figures


def learn_coverage(data: TrainingSet, weights: Weights, encoder: Encoder) -> dict[str, object]:
    """The coverage heads and their figures, in the form of `artifacts/coverage.json`."""
    off = [json.loads(line)["text"] for line in OFF_TOPIC.read_text(encoding="utf-8").splitlines()]
    inside, outside = data.held_out(), data.outside(off, encoder)
    on = [q for q, _ in data.asked]
    views = {
        "vectors": [(inside, outside), (inside.without_questions(), outside.without_questions())],
        "words": [(inside.without_vectors(), outside.without_vectors())],
    }
    heads: dict[str, object] = {}
    figures: dict[str, float] = {}
    for name, pairs in views.items():
        rows = [_features(data, weights, e, q) for pair in pairs for e, q in zip(pair, (on, off), strict=True)]
        labels = [np.full(len(r), float(i % 2 == 0)) for i, r in enumerate(rows)]
        groups = np.concatenate([_groups(data, off) for _ in pairs])
        heads[name], own = _fit_head(np.concatenate(rows), np.concatenate(labels), groups)
        figures |= {f"{name}_{key}": value for key, value in own.items()}
    return {"heads": heads, "figures": figures}


def _features(data: TrainingSet, weights: Weights, evidence: Evidence, questions: Sequence[str]) -> Floats:
    """The features of each question's five best hits."""
    scores = _scores(evidence, weights)
    rows = []
    for row, question in enumerate(questions):
        best = np.argsort(-scores[row], kind="stable")[:5]
        parts = [evidence.parts(row, int(column)) for column in best]
        hits = [Hit(data.clauses[c], weights.score(p), p) for c, p in zip(best, parts, strict=True)]
        rows.append(features(question, hits))
    return np.array(rows)


def _groups(data: TrainingSet, off: Sequence[str]) -> NDArray[np.int64]:
    """The fold of each question: those of one document together, uncovered ones in turn."""
    documents = sorted({clause.document for clause in data.clauses})
    inside = [documents.index(data.clauses[column].document) % FOLDS for _, column in data.asked]
    return np.array([*inside, *(i % FOLDS for i in range(len(off)))])


def _fit_head(
    rows: Floats, labels: Floats, groups: NDArray[np.int64]
) -> tuple[dict[str, object], dict[str, float]]:
    """One head, its threshold set on held-out probabilities, and its figures."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    spread = rows.std(axis=0) + 1e-9
    judged = np.zeros(len(labels))
    for part in range(FOLDS):
        model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=2000)
        model.fit(rows[groups != part] / spread, labels[groups != part])
        judged[groups == part] = model.predict_proba(rows[groups == part] / spread)[:, 1]
    whole = LogisticRegression(C=1.0, class_weight="balanced", max_iter=2000).fit(rows / spread, labels)
    threshold = round(float(np.quantile(judged[labels == 0], 1 - WRONG)), 4)
    weights = dict(zip(FEATURES, np.round(whole.coef_[0] / spread, 4).tolist(), strict=True))
    head = {"weights": weights, "bias": round(float(whole.intercept_[0]), 4), "threshold": threshold}
    return head, {
        "auc": round(float(roc_auc_score(labels, judged)), 4),
        "answered_at_2_percent_wrong": round(float((judged[labels == 1] >= threshold).mean()), 3),
        "covered_n": int(labels.sum()),
        "uncovered_n": int((1 - labels).sum()),
    }
