"""Training heads, writing and reading them, and what they then say."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from assistant.understanding.evaluation import evaluate_outputs
from assistant.understanding.heads import load_heads, save_heads
from assistant.understanding.training import Recipe, evaluate, train, train_file
from assistant.understanding.utterances import Utterance, read_utterances
from knowledge.errors import BadInput, Unavailable
from tests.unit.understanding.understanding_world import SmallEncoder

RECIPE = Recipe(hidden=32, members=3, epochs=25, pieces=512, willing_to_lose=0.02)
TEXTS = {
    "parcel": [
        "快递到哪了", "包裹到哪里了", "物流信息呢", "我的快递呢", "包裹什么时候到", "物流怎么不动了", "快递几天到",
        "查物流",
    ],
    "refund": ["我要退款", "钱退给我", "退钱", "把钱退回来", "申请退款", "退款吧", "钱什么时候退", "给我退钱"],
    "": ["今天天气好", "讲个笑话", "你喜欢猫吗", "唱首歌", "明天下雨吗", "猫真可爱", "天气冷", "笑话真好笑"],
}
UTTERANCES = tuple(
    Utterance(text, (label,) if label else (),
    f"v{n % 4}") for label, texts in TEXTS.items() for n, text in enumerate(texts)
)


def test_trained_heads_tell_labels_apart_and_none_from_some() -> None:
    """A platform's own intents can be learned from a few lines each."""
    heads = train(UTTERANCES, SmallEncoder(), RECIPE).heads
    encoder = SmallEncoder()
    read = {t: [s.name for s in heads.scores(t, encoder.query(t))] for t in ("我的包裹到哪了", "快退钱给我", "讲笑话")}
    assert read == {"我的包裹到哪了": ["parcel"], "快退钱给我": ["refund"], "讲笑话": []}


def test_training_is_the_same_bit_for_bit(tmp_path: Path) -> None:
    """Who trains on the same lines gets the same artifact."""
    for name in ("one", "two"):
        save_heads(train(UTTERANCES, SmallEncoder(), RECIPE).heads, tmp_path / name)
    for file in ("heads.npz", "heads.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_only_utterances_that_the_encoder_does_not_know_are_judged() -> None:
    """Figures are of voices that neither member nor encoder learned from; the others teach all the same."""
    trained = train(UTTERANCES, SmallEncoder(), RECIPE, judges=lambda u: u.voice in ("v0", "v1"))
    assert trained.evaluation.messages == sum(u.voice in ("v0", "v1") for u in UTTERANCES)
    assert np.array_equal(trained.heads.network.w1, train(UTTERANCES, SmallEncoder(), RECIPE).heads.network.w1)


def test_heads_survive_writing_and_reading(tmp_path: Path) -> None:
    """What was trained is what is served, but for the last digits of half precision."""
    heads = train(UTTERANCES, SmallEncoder(), RECIPE, "abc").heads
    save_heads(heads, tmp_path)
    loaded = load_heads(tmp_path)
    assert (loaded.labels, loaded.calibration, loaded.fingerprint) == (heads.labels, heads.calibration, "abc")
    vector = SmallEncoder().query("我要退款")
    assert np.allclose(loaded.outputs("我要退款", vector), heads.outputs("我要退款", vector), atol=0.05)


def test_probabilities_add_up_to_at_most_one() -> None:
    """Intents' probabilities share what is certain about the message."""
    heads = train(UTTERANCES, SmallEncoder(), RECIPE).heads
    for utterance in UTTERANCES:
        scores = heads.scores(utterance.text, SmallEncoder().query(utterance.text))
        assert sum(s.probability for s in scores) <= 1.0001
        assert [s.probability for s in scores] == sorted((s.probability for s in scores), reverse=True)


def test_a_message_with_two_wishes_gets_both_labels() -> None:
    """Two wishes in one message are both read, when such messages were among the lines."""
    pairs = [f"{a}，{b}" for a, b in zip(TEXTS["parcel"], TEXTS["refund"], strict=True)]
    both = tuple(Utterance(text, ("parcel", "refund"), f"v{n % 4}") for n, text in enumerate(pairs))
    heads = train(UTTERANCES + both, SmallEncoder(), RECIPE).heads
    read = [{s.name for s in heads.scores(t, SmallEncoder().query(t))} for t in pairs]
    assert sum(names == {"parcel", "refund"} for names in read) >= 6


def test_a_file_is_trained_into_a_folder_with_its_report(tmp_path: Path) -> None:
    """One command turns a file of utterances into heads, figures and a table of confusions."""
    file = tmp_path / "mine.jsonl"
    rows = ({"text": u.text, "intents": list(u.labels), "voice": u.voice, "lang": "zh"} for u in UTTERANCES)
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    evaluation = train_file(file, tmp_path / "out", SmallEncoder(), RECIPE)
    assert evaluation.messages == 24
    assert evaluation.outside == 8
    assert load_heads(tmp_path / "out").labels == ("parcel", "refund")
    assert json.loads((tmp_path / "out" / "report.json").read_text())["messages"] == 24
    table = list(csv.reader(io.StringIO((tmp_path / "out" / "confusion.csv").read_text())))
    assert table[0] == ["true", "read", "count"]
    assert all(row[0] != row[1] for row in table[1:])


def test_csv_files_and_files_without_none_work_too(tmp_path: Path) -> None:
    """Public sets come as CSV with one label a line, and nothing out of scope."""
    file = tmp_path / "set.csv"
    lines = [f"{u.text},{u.labels[0]}" for u in UTTERANCES if u.labels]
    file.write_text("text,category\n" + "\n".join(lines), encoding="utf-8")
    evaluation = train_file(file, tmp_path, SmallEncoder(), RECIPE)
    assert evaluation.none_recall is None
    assert not load_heads(tmp_path).has_none
    assert evaluate(load_heads(tmp_path), read_utterances(file), SmallEncoder()).accuracy >= 0.9


def test_voices_are_never_split_between_learning_and_measuring() -> None:
    """Figures are about writers whom the member never read: a label that one voice alone has can't be known."""
    lonely = tuple(Utterance(f"特别的话{n}", ("secret",), "v9") for n in range(8))
    evaluation = train(UTTERANCES + lonely, SmallEncoder(), RECIPE).evaluation
    assert evaluation.by_label["secret"] == 0


@pytest.mark.parametrize(
    "line",
    [
        '{"text": "a"}', '{"intents": ["x"]}', '{"text": 1, "intents": []}', "not json",
        '{"text": "a", "intents": [1]}', "[]",
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    """A faulty line of utterances is refused with its file and number."""
    file = tmp_path / "bad.jsonl"
    file.write_text('{"text": "好", "intents": []}\n' + line, encoding="utf-8")
    with pytest.raises(BadInput, match=r"bad\.jsonl:2"):
        read_utterances(file)


def test_too_little_to_learn_from_is_refused() -> None:
    """One label, or a handful of lines, trains nothing."""
    with pytest.raises(BadInput, match="at least 2 labels"):
        train(UTTERANCES[:6], SmallEncoder(), RECIPE)


def test_missing_or_broken_heads_are_said_plainly(tmp_path: Path) -> None:
    """A missing artifact is unavailable; a file that is something else is bad input."""
    with pytest.raises(Unavailable, match="train them first"):
        load_heads(tmp_path)
    (tmp_path / "heads.json").write_text("{}")
    np.savez(tmp_path / "heads.npz", x=np.zeros(1))
    with pytest.raises(BadInput):
        load_heads(tmp_path)


def test_figures_count_what_they_say() -> None:
    """Accuracy, none recall and F1 are right on a case worked by hand."""
    heads = train(UTTERANCES, SmallEncoder(), RECIPE).heads
    utterances = [Utterance("a", ("parcel",)), Utterance("b", ("refund",)), Utterance("c", ()),
    Utterance("d", ("parcel",))]
    far, low = 50.0, -50.0
    outputs = np.array([[far, low, low], [far, low, low], [low, low, far], [far, low, low]], np.float32)
    figures = evaluate_outputs(heads, utterances, outputs)
    assert figures.accuracy == pytest.approx(2 / 3, abs=1e-4)
    assert figures.none_recall == 1.0
    assert figures.none_auroc == 1.0
    assert figures.by_label == {"parcel": 0.8, "refund": 0.0}
    assert figures.confused[("refund", "parcel")] == 1
