"""Measures encoders on what they did not learn from: `python -m knowledge.encoder.figures [FILE.onnx ...]`.

Two collections of held-out groups: industries, whose questions are asked among the passages of all held-out industries,
and documents of the shipped corpus, whose questions are asked among all clauses. By cosine alone, without questions
written for a passage, words, or anything learned by search: as on a customer's first day. The untuned encoder to
compare with is `python -m knowledge.encoder.train --steps 0 --out FILE.onnx`.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.corpus import load_corpus
from knowledge.encoder.lessons import Lesson, held_out, lessons_of, read_pairs, to_measure
from knowledge.encoder.onnx import SHIPPED_ENCODER, Model, load_model, vectors
from knowledge.space import language_of

Ranks = NDArray[np.int64]


def ranks(model: Model, asked: Sequence[Lesson], among: Sequence[Lesson]) -> dict[str, Ranks]:
    """For each language, the rank of the right passage for each question of `asked`; 0 is first.

    A passage is as near as the nearest of its wordings. `asked` are some of `among`.
    """
    wordings = [(text, place) for place, lesson in enumerate(among) for text in lesson.wordings]
    questions = [(text, among.index(lesson)) for lesson in asked for text in lesson.questions]
    asking = vectors(model, [f"query: {text}" for text, _ in questions])
    near = asking @ vectors(model, [f"passage: {text}" for text, _ in wordings]).T
    owner = np.array([place for _, place in wordings])
    best = np.stack([near[:, owner == place].max(axis=1) for place in range(len(among))], axis=1)
    right = best[np.arange(len(questions)), [place for _, place in questions]]
    rank = (best > right[:, None]).sum(axis=1)
    languages = np.array([language_of(text) for text, _ in questions])
    return {language: rank[languages == language] for language in ("zh", "en")}


def told(name: str, by_language: dict[str, Ranks]) -> str:
    """One line of figures."""
    parts = [f"{language} {_figures(rank)}" for language, rank in by_language.items() if len(rank)]
    return f"  {name:12}" + "   ".join(parts)


def _figures(rank: Ranks) -> str:
    first, third, reciprocal = (rank < 1).mean(), (rank < 3).mean(), (1 / (rank + 1)).mean()
    return f"n {len(rank)} R@1 {first:.3f} R@3 {third:.3f} MRR {reciprocal:.3f}"


def main() -> None:
    """Prints the figures of each file given, or of the shipped artifact."""
    industries, documents = to_measure(read_pairs()), lessons_of(load_corpus())
    for file in [Path(name) for name in sys.argv[1:]] or [SHIPPED_ENCODER]:
        print(file)
        model = load_model(file)
        print(told("industries", ranks(model, industries, industries)))
        print(told("documents", ranks(model, [d for d in documents if held_out(d.group)], documents)))


if __name__ == "__main__":
    main()
