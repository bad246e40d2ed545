"""Trained heads: a small network over a text's features that names labels, or none of them.

The network has one hidden layer. It is several members, each trained without one part of the data, laid side by side:
the mean of their outputs is one wide network. What the members said about the parts that they had not seen calibrates
the whole (see `training.py`). Inference needs numpy alone and takes well under a millisecond.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.features import features
from assistant.understanding.reading import IntentScore, Vector
from knowledge.errors import BadInput, Unavailable

NONE = "none"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How raw outputs become probabilities and choices.

    `temperature` softens the outputs. `slope` and `offset` turn the margin (best label minus none) into the probability
    that any label holds, and texts whose margin is below `threshold` have none. A further label counts when its
    share is at least `second` of the best one's.
    """

    temperature: float = 1.0
    slope: float = 1.0
    offset: float = 0.0
    threshold: float = -1e9
    second: float = 1.01


@dataclass(frozen=True, slots=True)
class Network:
    """Weights. Inputs are standardised by `mean` and `scale`; columns of `w2` are the labels, then none if trained."""

    mean: Floats
    scale: Floats
    w1: Floats
    b1: Floats
    w2: Floats
    b2: Floats

    def outputs(self, inputs: Floats) -> Floats:
        """Raw outputs for one row or many."""
        hidden = np.maximum((inputs - self.mean) * self.scale @ self.w1 + self.b1, 0)
        return np.asarray(hidden @ self.w2 + self.b2, np.float32)


@dataclass(frozen=True, slots=True)
class Heads:
    """A trained network with its labels; `fingerprint` is the hash of what it was trained on."""

    labels: tuple[str, ...]
    network: Network
    calibration: Calibration
    has_none: bool
    pieces: int
    encoder: str
    fingerprint: str = ""

    def scores(self, text: str, vector: Vector) -> tuple[IntentScore, ...]:
        """The labels that hold, best first with their probabilities; empty for none of these."""
        return self.choose(self.network.outputs(features(text, vector, self.pieces)))

    def choose(self, outputs: Floats) -> tuple[IntentScore, ...]:
        """The labels that raw outputs of one text stand for."""
        if self.margin(outputs) < self.calibration.threshold:
            return ()
        present = self.presence(outputs)
        shares = self.shares(outputs)
        order = np.argsort(-shares, kind="stable")
        best = shares[order[0]]
        kept = [i for i in order[:3] if i == order[0] or shares[i] >= self.calibration.second * best]
        return tuple(IntentScore(self.labels[i], round(float(shares[i]) * present, 4)) for i in kept)

    def margin(self, outputs: Floats) -> float:
        """How far the best label is above none; without a none class, how far above the mean of all labels."""
        labelled = outputs[: len(self.labels)]
        against = outputs[len(self.labels)] if self.has_none else labelled.mean()
        return float(labelled.max() - against)

    def presence(self, outputs: Floats) -> float:
        """The probability that any label holds."""
        if not self.has_none:
            return 1.0
        return float(1 / (1 + np.exp(-self.calibration.slope * self.margin(outputs) - self.calibration.offset)))

    def shares(self, outputs: Floats) -> Floats:
        """What each label has of the whole, given that one holds; they add up to 1."""
        return softmax(outputs[: len(self.labels)] / np.float32(self.calibration.temperature))


def softmax(rows: Floats) -> Floats:
    """Rows of outputs as shares that add up to 1."""
    raised = np.exp(rows - rows.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float32)


def save_heads(heads: Heads, folder: Path, name: str = "heads") -> None:
    """Write `name.npz` (weights as float16) and `name.json` (labels and calibration); the same heads, the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    network = heads.network
    weights = {"w1": network.w1.astype(np.float16), "w2": network.w2.astype(np.float16)}
    np.savez(folder / f"{name}.npz", mean=network.mean, scale=network.scale, b1=network.b1, b2=network.b2, **weights)
    about = {
        "encoder": heads.encoder, "fingerprint": heads.fingerprint, "pieces": heads.pieces, "has_none": heads.has_none,
        "calibration": asdict(heads.calibration), "labels": list(heads.labels),
    }  # fmt: skip
    (folder / f"{name}.json").write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load_heads(folder: Path, name: str = "heads") -> Heads:
    """Read what `save_heads` wrote.

    Raises:
        Unavailable: the files are missing.
        BadInput: they are not heads.
    """
    try:
        about = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        with np.load(folder / f"{name}.npz") as arrays:
            network = Network(*(arrays[key].astype(np.float32) for key in ("mean", "scale", "w1", "b1", "w2", "b2")))
        return Heads(
            tuple(about["labels"]), network, Calibration(**about["calibration"]),
            bool(about["has_none"]), int(about["pieces"]), str(about["encoder"]), str(about["fingerprint"]),
        )  # fmt: skip
    except FileNotFoundError as missing:
        raise Unavailable(f"no trained heads at {folder / name}; train them first") from missing
    except (KeyError, TypeError, ValueError) as broken:
        raise BadInput(f"{folder / name} holds no trained heads: {broken}") from broken
