"""What the encoder learns from, and what is kept from it for measuring."""

import json
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.encoder.batches import draw
from knowledge.encoder.graph import BLOCK, rounded
from knowledge.encoder.lessons import Lesson, Said, held_out, lessons_of, read_pairs, read_said, to_learn, to_measure
from knowledge.encoder.weights import averaged, mixed
from tests.unit.knowledge.knowledge_world import clause

GROUPS = st.lists(st.sampled_from([f"group {n}" for n in range(12)]), max_size=40)


def lesson(group: str, number: int = 0) -> Lesson:
    """A lesson with texts of its own."""
    name = f"{group} {number}"
    return Lesson(group, (f"zh of {name}", f"en of {name}"), tuple(f"question {n} of {name}" for n in range(5)))


@given(GROUPS)
def test_whole_groups_are_held_out(groups: list[str]) -> None:
    """A document or an industry is learned from or measured with, never both, and nothing is lost."""
    lessons = [lesson(group, n) for n, group in enumerate(groups)]
    learned, measured = to_learn(lessons), to_measure(lessons)
    assert not {x.group for x in learned} & {x.group for x in measured}
    assert len(learned) + len(measured) == len(lessons)
    assert all(held_out(x.group) for x in measured)


def test_some_groups_are_held_out_and_most_are_not() -> None:
    """About one group of five is kept for measuring."""
    share = np.mean([held_out(f"group {n}") for n in range(500)])
    assert 0.12 < share < 0.28


def test_clauses_of_the_past_and_without_questions_teach_nothing() -> None:
    """A clause that is no longer in force, or that nobody wrote questions for, is no lesson."""
    asked = clause("a#1", questions=("邮费谁出",))
    past = clause("a#1", questions=("邮费谁出",), in_force_to=date(2020, 1, 1))
    found = lessons_of([asked, past, clause("a#2")])
    assert [(x.group, x.questions) for x in found] == [("a", ("邮费谁出",))]
    assert len(found[0].wordings) == 2


def test_pairs_and_utterances_are_read(tmp_path: Path) -> None:
    """Files of pairs become lessons; an utterance with two labels says nothing about which are alike."""
    pair = {"id": "gym-1", "domain": "gym", "text": "停卡", "zh": ["能停吗"], "en": ["can I pause"]}
    (tmp_path / "gym.jsonl").write_text(json.dumps(pair) + "\n\n", encoding="utf-8")
    assert read_pairs(tmp_path) == [Lesson("gym", ("停卡",), ("能停吗", "can I pause"))]
    said = tmp_path / "said.jsonl"
    rows = [{"text": "退", "intents": ["a"]}, {"text": "嗨", "intents": []}, {"text": "退换", "intents": ["a", "b"]}]
    said.write_text("\n".join(json.dumps(row | {"voice": "v1"}) for row in rows), encoding="utf-8")
    assert read_said([said]) == [Said("退", "a", "v1"), Said("嗨", "", "v1")]


@given(GROUPS.filter(bool), st.integers(0, 99))
def test_a_batch_says_which_passage_a_question_asks_for(groups: list[str], seed: int) -> None:
    """Each question points at a wording of its own lesson, and no passage is there twice."""
    lessons = [lesson(group, n) for n, group in enumerate(groups)]
    said = [Said(f"utterance {n}", f"label {n % 5}" if n % 6 else "", "v1") for n in range(60)]
    batch = draw(lessons, said, Random(seed))
    assert len(set(batch.passages)) == len(batch.passages)
    for question, place in zip(batch.questions, batch.asks, strict=True):
        assert question.split(" of ")[1] == batch.passages[place].split(" of ")[1]
    labels = {text: int(text.split()[1]) for text in batch.said}
    assert all((means < 0) == (labels[text] % 6 == 0) for text, means in zip(batch.said, batch.means, strict=True))
    assert batch == draw(lessons, said, Random(seed)), "the same seed draws the same batch"


def test_rounded_weights_are_near_the_true_ones() -> None:
    """No weight moves by more than half a step of its block."""
    weights = np.random.default_rng(1).standard_normal((6, 2 * BLOCK)).astype(np.float32)
    weights[2] = 0
    steps, scales = rounded(weights)
    back = (steps.astype(np.float32) - 128) * scales.reshape(6, 2, 1)
    assert np.all(np.abs(back.reshape(weights.shape) - weights) <= scales.max() / 2 + 1e-6)
    assert not back[2].any()


def test_averaged_weights_are_the_mean_of_the_members() -> None:
    """No run counts more than another."""
    members = [{"w": np.array([1.0, 4.0], np.float32)}, {"w": np.array([3.0, 0.0], np.float32)}]
    assert averaged(members)["w"].tolist() == [2.0, 2.0]


@given(st.floats(0, 1, width=32))
def test_mixed_weights_lie_between(share: float) -> None:
    """Share 0 is the original, share 1 the tuned weights, and everything else is between them."""
    original, tuned = {"w": np.array([0.0, 2.0], np.float32)}, {"w": np.array([1.0, -2.0], np.float32)}
    assert np.allclose(mixed(original, tuned, share)["w"], [share, 2 - 4 * share], atol=1e-6)
