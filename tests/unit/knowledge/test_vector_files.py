"""Vectors in files, and the space they lie in."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.content import all_passages, index_content
from knowledge.errors import Unavailable
from knowledge.space import Space, language_of, learn_space
from knowledge.vectors import VectorFile, with_passages
from tests.unit.knowledge.knowledge_world import BagEncoder, clause

CLAUSES = [clause("a#1", "退货运费由买家承担。", questions=("邮费谁出", "运费算谁的")), clause("a#2", "可以换货。")]


class CountingEncoder(BagEncoder):
    """Remembers what it was asked to encode."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def passages(self, texts):  # type: ignore[no-untyped-def]
        """The bags of the texts."""
        self.seen += texts
        return super().passages(texts)


def test_vectors_survive_the_file(tmp_path: Path) -> None:
    """What was saved is loaded again, number by number, and the file is the same every time."""
    vectors = with_passages(None, all_passages(CLAUSES), BagEncoder())
    first, second = tmp_path / "a.npz", tmp_path / "b.npz"
    vectors.save(first)
    loaded = VectorFile.load(first)
    loaded.save(second)
    assert loaded.encoder == "bag"
    assert all(np.array_equal(loaded.rows[d], row) for d, row in vectors.rows.items())
    assert first.read_bytes() == second.read_bytes()


def test_only_new_texts_are_encoded() -> None:
    """When one clause changes, one clause is computed, and what is gone is forgotten."""
    encoder = CountingEncoder()
    before = with_passages(None, all_passages(CLAUSES), encoder)
    encoder.seen.clear()
    changed = [CLAUSES[0], clause("a#2", "不可以换货。")]
    after = with_passages(before, all_passages(changed), encoder)
    assert [text for text in encoder.seen if "English" not in text] == ["标题\n不可以换货。"]
    assert set(after.rows) == {p.digest for p in all_passages(changed)}


def test_vectors_of_another_encoder_are_not_used() -> None:
    """A file made by another encoder is as good as none."""
    other = VectorFile("other", with_passages(None, all_passages(CLAUSES), BagEncoder()).rows)
    encoder = CountingEncoder()
    with_passages(other, all_passages(CLAUSES), encoder)
    assert encoder.seen


@pytest.mark.parametrize("content", [None, b"", b"not a zip", b"PK\x03\x04broken"])
def test_a_broken_file_is_unavailable(tmp_path: Path, content: bytes | None) -> None:
    """A file that is missing or damaged is reported as one error, whatever is wrong with it."""
    path = tmp_path / "vectors.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Unavailable):
        VectorFile.load(path)


def test_the_space_takes_away_what_a_language_has_in_common(tmp_path: Path) -> None:
    """Seen from their means, Chinese and English vectors lie around the same zero; the space survives its file."""
    rng = np.random.default_rng(7)
    shift = {"zh": np.float32(3), "en": np.float32(-2)}
    languages = ["zh", "en"] * 50
    vectors = np.array([rng.standard_normal(8) + shift[language] for language in languages], np.float32)
    space = learn_space("bag", vectors, ["text"] * 100, languages)  # type: ignore[arg-type]
    placed = np.array([space.place(v, "text", lang) for v, lang in zip(vectors, languages, strict=True)])  # type: ignore[arg-type]
    assert np.abs(placed[::2].mean(axis=0) - placed[1::2].mean(axis=0)).max() < 0.2
    assert np.allclose(np.linalg.norm(placed, axis=1), 1, atol=1e-5)
    space.save(tmp_path / "space.npz")
    assert Space.load(tmp_path / "space.npz").name == space.name


def test_an_index_is_stale_when_anything_in_it_changes() -> None:
    """The fingerprint changes with a text, a date, an audience and the space, and with nothing else."""
    encoder = BagEncoder()

    def fingerprint(*clauses, space: Space = Space("bag")):  # type: ignore[no-untyped-def]  # noqa: B008
        return index_content(clauses, with_passages(None, all_passages(clauses), encoder), space).fingerprint

    same = fingerprint(*CLAUSES)
    assert fingerprint(*reversed(CLAUSES)) == same
    others = [
        fingerprint(CLAUSES[0]),
        fingerprint(CLAUSES[0], clause("a#2", "不换。")),
        fingerprint(CLAUSES[0], clause("a#2", "可以换货。", audience=("merchant",))),
        fingerprint(*CLAUSES, space=Space("bag", {"text-zh": np.ones(64, np.float32)})),
    ]
    assert len({same, *others}) == 5


@pytest.mark.parametrize(
    ("text", "language"), [("退货", "zh"), ("return it", "en"), ("iPhone 坏了怎么退", "zh"), ("", "en"), ("123", "en")]
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    """A text is Chinese as soon as a tenth of it is."""
    assert language_of(text) == language
