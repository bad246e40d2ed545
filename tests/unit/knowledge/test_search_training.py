"""What search learns from the corpus, and what it is not shown."""

import numpy as np

from knowledge.content import all_passages
from knowledge.encoder.lessons import held_out
from knowledge.training import FOLDS, TrainingSet, learn_weights, training_set
from knowledge.vectors import with_passages
from tests.unit.knowledge.knowledge_world import BagEncoder, clause

SUBJECTS = ("运费", "退款", "换货", "发票", "保修", "价保", "投诉", "赔付", "快递", "预售", "定金", "会员")
KEPT = [name for name in (f"doc{n}" for n in range(200)) if held_out(name)][:FOLDS]
SHOWN = [name for name in (f"doc{n}" for n in range(200)) if not held_out(name)][:3]


def asked(subject: str, number: int) -> tuple[str, str]:
    """Two questions about a subject, one in each language."""
    return f"{subject}{number}咋办", f"what about rule {number}"


def small_set() -> TrainingSet:
    """A corpus of eight documents, five of which the encoder was not tuned on."""
    clauses = [
        clause(f"{document}#{n}", f"{subject}规则第{n}条{document}", questions=asked(subject, n))
        for document in KEPT + SHOWN
        for n, subject in enumerate(SUBJECTS[:4])
    ]
    return training_set(clauses, with_passages(None, all_passages(clauses), BagEncoder()))


def test_only_documents_that_the_encoder_never_saw_teach_and_judge() -> None:
    """Vectors of documents that the encoder was tuned on would make search look better than it is."""
    data = small_set()
    judged = {data.clauses[column].document for column in data.right}
    assert judged == set(KEPT)
    assert len(data.questions) == len(KEPT) * 4 * 2
    assert len(data.asked) == (len(KEPT) + len(SHOWN)) * 4 * 2, "the others are still there to be found"


def test_a_question_never_finds_itself() -> None:
    """A question is judged as if it had not been written: neither it nor its part of the middle counts."""
    data = small_set()
    evidence = data.held_out()
    own = evidence.question[np.arange(len(data.right)), data.right]
    twin = data.vectors.reshape(-1, 2, data.vectors.shape[1])
    expected = (twin[:, 0] * twin[:, 1]).sum(axis=1)[data.right]
    assert np.allclose(own, expected, atol=1e-5)
    assert np.allclose(evidence.questions[np.arange(len(data.right)), data.right], expected, atol=1e-5)


def test_the_questions_of_a_document_are_in_one_part() -> None:
    """Weights are judged on documents that they were not learned from."""
    data = small_set()
    parts = {(data.clauses[c].document, part) for c, part in zip(data.right, data.folds(), strict=True)}
    assert len(parts) == len(KEPT)


def test_figures_come_with_how_many_questions_they_are_of() -> None:
    """Questions of documents that the encoder knows are not counted."""
    _, figures = learn_weights(small_set())
    assert figures["zh_n"] == figures["en_n"] == len(KEPT) * 4
    assert 0 <= figures["zh_r1"] <= figures["zh_r3"] <= 1
