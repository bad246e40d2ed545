"""Trained heads: they name the labels of a text, or none of them.

Two parts look at a text and their outputs are added. A network with one hidden layer reads the encoder's vector, for
meaning; a linear part reads hashed character pieces, for wording. The network is several members laid side by side,
each trained without one part of the data; what they said about the parts that they had not seen calibrates the whole
(see `training.py`). Inference needs numpy alone and takes about a millisecond.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.features import pieces, weighed
from assistant.understanding.reading import IntentScore, Vector
from knowledge.errors import BadInput, Unavailable

NONE = "none"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How raw outputs become probabilities and choices.

    `wording` is the weight of the linear part beside the network. `temperature` softens the outputs. `slope` and
    `offset` turn the margin (best label minus none) into the probability
    that any label holds, and texts whose margin is below `threshold` have none. A further label counts when its
    share is at least `second` of the best one's.
    """

    wording: float = 0.0
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
class Wording:
    """The linear part: the rarity (idf) of each column of pieces, and its weight for each label, then none."""

    rarity: Floats
    weights: Floats
    bias: Floats

    def outputs(self, text: str) -> Floats:
        """Raw outputs for one text."""
        columns, counts = pieces(text, len(self.rarity))
        return np.asarray(weighed(columns, counts, self.rarity) @ self.weights[columns] + self.bias, np.float32)


@dataclass(frozen=True, slots=True)
class Heads:
    """Both trained parts with their labels; `fingerprint` is the hash of what they were trained on."""

    labels: tuple[str, ...]
    network: Network
    wording: Wording
    calibration: Calibration
    has_none: bool
    encoder: str
    fingerprint: str = ""

    def scores(self, text: str, vector: Vector) -> tuple[IntentScore, ...]:
        """The labels that hold, best first with their probabilities; empty for none of these."""
        return self.choose(self.outputs(text, vector))

    def outputs(self, text: str, vector: Vector) -> Floats:
        """Raw outputs for one text: a number for each label, and one for none if it was trained."""
        outputs = self.network.outputs(vector)
        return outputs + np.float32(self.calibration.wording) * self.wording.outputs(text)

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


_NETWORK = ("mean", "scale", "w1", "b1", "w2", "b2")
_WORDING = ("rarity", "weights", "bias")


def softmax(rows: Floats) -> Floats:
    """Rows of outputs as shares that add up to 1."""
    raised = np.exp(rows - rows.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float32)


def save_heads(heads: Heads, folder: Path, name: str = "heads") -> None:
    """Write `name.npz` (numbers as float16) and `name.json` (the rest); the same heads, the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {key: getattr(heads.network, key) for key in _NETWORK} | {
        key: getattr(heads.wording, key) for key in _WORDING
    }
    half = {key: array.astype(np.float16) for key, array in arrays.items()}
    np.savez_compressed(folder / f"{name}.npz", **half)
    about = {
        "encoder": heads.encoder, "fingerprint": heads.fingerprint, "has_none": heads.has_none,
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
            network = Network(*(arrays[key].astype(np.float32) for key in _NETWORK))
            wording = Wording(*(arrays[key].astype(np.float32) for key in _WORDING))
        return Heads(
            tuple(about["labels"]), network, wording, Calibration(**about["calibration"]),
            bool(about["has_none"]), str(about["encoder"]), str(about["fingerprint"]),
        )  # fmt: skip
    except FileNotFoundError as missing:
        raise Unavailable(f"no trained heads at {folder / name}; train them first") from missing
    except (KeyError, TypeError, ValueError) as broken:
        raise BadInput(f"{folder / name} holds no trained heads: {broken}") from broken
