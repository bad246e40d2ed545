"""Builds the committed artifacts of search: `python -m knowledge.build_artifacts`, or `make artifacts`.

Vectors of the shipped corpus, the space, the weights, and the coverage heads, from the corpus and `data/offtopic.jsonl`
alone; the same input gives the same files, bit for bit. `--vectors-only` leaves what was learned as it is.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from knowledge.content import all_passages
from knowledge.corpus import Corpus, load_corpus
from knowledge.coverage import SHIPPED_COVERAGE, SHIPPED_TOPIC
from knowledge.embedding import EmbeddedEncoder, Encoder
from knowledge.errors import Unavailable
from knowledge.search import SHIPPED_WEIGHTS
from knowledge.space import SHIPPED_SPACE
from knowledge.training import learn_weights, training_set
from knowledge.training_coverage import CoverageTraining, heads_as_json, learn_coverage
from knowledge.vectors import SHIPPED_VECTORS, VectorFile, with_passages


def build_vectors(corpus: Corpus, encoder: Encoder, path: Path = SHIPPED_VECTORS) -> VectorFile:
    """Writes the vectors of all clauses of `corpus`; those already in the file are kept."""
    try:
        known: VectorFile | None = VectorFile.load(path)
    except Unavailable:
        known = None
    vectors = with_passages(known, all_passages(corpus), encoder)
    vectors.save(path)
    return vectors


def main() -> None:
    """Builds all artifacts and prints the figures of what was learned."""
    encoder = EmbeddedEncoder()
    corpus = load_corpus()
    vectors = build_vectors(corpus, encoder)
    print(f"{len(corpus)} clauses, {len(vectors.rows)} vectors")
    if "--vectors-only" in sys.argv:
        return
    data = training_set([c for c in corpus if c.in_force_to is None], vectors)
    data.space.save(SHIPPED_SPACE)
    weights, figures = learn_weights(data)
    _write(SHIPPED_WEIGHTS, asdict(weights))
    topic, heads, coverage_figures = learn_coverage(CoverageTraining(data, weights, encoder))
    topic.save(SHIPPED_TOPIC)
    _write(SHIPPED_COVERAGE, heads_as_json(heads, coverage_figures))
    print(json.dumps({"retrieval": figures, "coverage": coverage_figures}, indent=1))


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
