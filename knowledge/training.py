"""Learns from the corpus' own questions how search weighs its evidence.

Only documents that the encoder was not tuned on teach and judge: on the others the vectors know too much. Every figure
is of held-out questions: a question never sees its own vector, and weights are judged on documents that they were not
learned from. scipy is imported when training only; serving does without.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.clauses import Clause
from knowledge.embedding import Encoder, Matrix
from knowledge.encoder.lessons import held_out
from knowledge.passages import passages_of
from knowledge.search import Parts, Weights, searchable_text
from knowledge.space import Space, language_of, learn_space
from knowledge.vectors import VectorFile
from knowledge.words import WordIndex

FOLDS = 5
"""How many parts the documents are dealt into; each is judged by what the others teach."""

Floats = NDArray[np.floating[Any]]
Places = NDArray[np.int64]


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
    """Clauses, their questions (`asked`, each with its clause's place) and the questions' vectors, in one space.

    `judged` are the places of the questions whose documents the encoder was not tuned on.
    """

    def __init__(self, clauses: Sequence[Clause], vectors: VectorFile, space: Space) -> None:
        self.clauses = clauses
        self.asked = [(q, column) for column, clause in enumerate(clauses) for q in clause.questions]
        self.owner = np.array([column for _, column in self.asked])
        self.judged: Places = np.flatnonzero([held_out(clauses[column].document) for column in self.owner])
        self.space = space
        self._texts, self._text_owner = self._placed(vectors, "text")
        self.vectors, _ = self._placed(vectors, "question")
        self._words = WordIndex([searchable_text(clause) for clause in clauses])

    @property
    def questions(self) -> list[str]:
        """The questions that teach and judge."""
        return [self.asked[place][0] for place in self.judged]

    @property
    def right(self) -> Places:
        """The place of the clause that each of them asks for."""
        places: Places = self.owner[self.judged]
        return places

    def _placed(self, vectors: VectorFile, kind: str) -> tuple[Matrix, Places]:
        """The vectors of all passages of one kind, and the clause of each."""
        found = [(c, p) for c, clause in enumerate(self.clauses) for p in passages_of(clause) if p.kind == kind]
        rows = [self.space.place(vectors.rows[p.digest], p.kind, language_of(p.text)) for _, p in found]
        return np.stack(rows), np.array([c for c, _ in found])

    def folds(self) -> Places:
        """The part that each of these questions belongs to; the questions of one document are in one part."""
        documents = [self.clauses[column].document for column in self.right]
        known = sorted(set(documents))
        return np.array([known.index(document) % FOLDS for document in documents])

    def held_out(self) -> Evidence:
        """The evidence for each of these questions, as if it had not been written for its clause."""
        return self._evidence(self.vectors[self.judged], self.questions, self.judged)

    def outside(self, questions: Sequence[str], encoder: Encoder) -> Evidence:
        """The evidence for questions that are not of the corpus."""
        return self._evidence(self.placed(questions, encoder), questions, None)

    def placed(self, questions: Sequence[str], encoder: Encoder) -> Matrix:
        """The vectors of questions that are not of the corpus."""
        return np.stack([self.space.place(encoder.query(q), "question", language_of(q)) for q in questions])

    def _evidence(self, asked: Matrix, texts: Sequence[str], own: Places | None) -> Evidence:
        columns = range(len(self.clauses))
        to_text, to_question = asked @ self._texts.T, asked @ self.vectors.T
        if own is not None:
            to_question[np.arange(len(own)), own] = -1.0
        text = np.stack([to_text[:, self._text_owner == c].max(axis=1) for c in columns], axis=1)
        question = np.stack([to_question[:, self.owner == c].max(axis=1) for c in columns], axis=1)
        words = np.stack([self._words.scores(t) for t in texts])
        return Evidence(text, self._middles(asked, own), question, words)

    def _middles(self, asked: Matrix, own: Places | None) -> Floats:
        """Cosines to the middle of each clause's questions; `own` tells which of them each is, to leave it out."""
        sums = np.stack([self.vectors[self.owner == c].sum(axis=0) for c in range(len(self.clauses))])
        cosines: Floats = asked @ (sums / np.linalg.norm(sums, axis=1, keepdims=True)).T
        if own is not None:
            rest = sums[self.owner[own]] - asked
            norms = np.maximum(np.linalg.norm(rest, axis=1), 1e-9)
            cosines[np.arange(len(asked)), self.owner[own]] = (asked * rest).sum(axis=1) / norms
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
    fold = data.folds()
    judged = np.zeros_like(evidence.text)
    for part in range(FOLDS):
        learned = _fit_weights(evidence, data.right, fold != part)
        judged[fold == part] = scores(evidence, learned)[fold == part]
    weights = _fit_weights(evidence, data.right, np.ones(len(fold), bool))
    figures = _retrieval("", judged, data) | _retrieval("text_only_", evidence.text, data)
    bare = evidence.without_questions()
    return weights, figures | _retrieval("no_questions_", scores(bare, weights), data)


def scores(evidence: Evidence, weights: Weights) -> Floats:
    """The sum of the evidence for each question and clause."""
    near = np.maximum(evidence.question - weights.near_from, 0) * weights.near
    total: Floats = evidence.text + weights.questions * evidence.questions + weights.words * evidence.words + near
    return total


def _fit_weights(evidence: Evidence, owner: Places, rows: NDArray[np.bool_]) -> Weights:
    """Softmax regression: the weights under which the right clauses are likeliest, the text's being 1."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

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
    right = scores[np.arange(len(data.right)), data.right]
    rank = (scores > right[:, None]).sum(axis=1)
    languages = np.array([language_of(question) for question in data.questions])
    figures: dict[str, float] = {}
    for language in ("zh", "en"):
        own = rank[languages == language]
        figures[f"{name}{language}_n"] = len(own)
        figures[f"{name}{language}_r1"] = round(float((own < 1).mean()), 3)
        figures[f"{name}{language}_r3"] = round(float((own < 3).mean()), 3)
        figures[f"{name}{language}_mrr"] = round(float((1 / (own + 1)).mean()), 3)
    return figures
