"""Training of heads from labelled utterances: the shipped intents, a platform's own, moods and guards alike.

Several members are trained, each without one fold of the data (whole voices where the utterances name them), and laid
side by side. Each member's outputs on its own unseen fold are the honest material from which probabilities, the
threshold of none, and the acceptance of a second label are set, and from which the report is made. With the same data,
seed and numpy the result is the same bit for bit: one thread of linear algebra, a seeded generator, no clock.

The network is trained by Adam (Kingma and Ba 2014) on softened cross-entropy with dropout on inputs and hidden units;
a message with two labels is a target of one half each. The linear part is a support vector machine for each label
(LIBLINEAR).
"""

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.evaluation import Evaluation, evaluate_outputs
from assistant.understanding.features import pieces, weighed
from assistant.understanding.heads import Calibration, Floats, Heads, Network, Wording, save_heads, softmax
from assistant.understanding.language import plain
from assistant.understanding.reading import Vector
from assistant.understanding.utterances import Utterance, fingerprint, read_utterances
from knowledge.errors import BadInput

Integers = NDArray[np.int64]


class QueryEncoder(Protocol):
    """What training and reading need of an encoder; `knowledge.embedding.Encoder` has it."""

    name: str

    def query(self, text: str) -> Vector:
        """The unit vector of something that a person says."""
        ...


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. `hidden` units and `epochs` are a member's.

    `willing_to_lose` is the share of rightly read in-scope messages that may be called none for the sake of
    finding none;
    `false_alarms`, where given, sets the threshold instead: the share of none that may get a label (for guards).
    """

    hidden: int = 1024
    members: int = 8
    epochs: int = 30
    pieces: int = 2**14
    seed: int = 7
    willing_to_lose: float = 0.002
    false_alarms: float | None = None
    learning_rate: float = 1e-3
    batch: int = 64


@dataclass(frozen=True, slots=True)
class Trained:
    """Heads, and what their members said of the folds that they had not seen."""

    heads: Heads
    evaluation: Evaluation


def train_file(path: Path, out_dir: Path, encoder: QueryEncoder, recipe: Recipe | None = None) -> Evaluation:
    """Train heads on a file of utterances and write them, with the report, to a folder.

    Labels are any strings; an empty list of labels means out of scope. Raises BadInput for a file that can't be used.
    """
    trained = train(read_utterances(path), encoder, recipe or Recipe(), fingerprint([path]))
    save_heads(trained.heads, out_dir)
    (out_dir / "report.json").write_text(trained.evaluation.as_json(), encoding="utf-8")
    (out_dir / "confusion.csv").write_text(trained.evaluation.confusion_csv(), encoding="utf-8")
    return trained.evaluation


def train(
    utterances: Sequence[Utterance], encoder: QueryEncoder, recipe: Recipe, hashed: str = "",
    judges: Callable[[Utterance], bool] | None = None,
) -> Trained:
    """Train heads; `hashed` is kept with them as their fingerprint.

    Where the encoder was tuned on some of the utterances, `judges` names the others: they alone calibrate, and make
    the report.

    Raises:
        BadInput: fewer than two labels, or fewer utterances than members.
    """
    labels = tuple(sorted({label for u in utterances for label in u.labels}))
    if len(labels) < 2 or len(utterances) < 2 * recipe.members:
        raise BadInput(f"training needs at least 2 labels and {2 * recipe.members} utterances")
    from threadpoolctl import threadpool_limits  # comes with scikit-learn; sums in one order give the same bits

    with threadpool_limits(1):
        data = _data(utterances, labels, encoder, recipe)
        network, meant = _members(data, recipe)
        wording, worded = _wording(data, recipe)
        rows = np.flatnonzero([judges is None or judges(u) for u in utterances])
        calibration = _calibrate(data.only(rows), meant[rows], worded[rows], recipe)
    heads = Heads(labels, network, wording, calibration, data.has_none, encoder.name, hashed)
    unseen = meant + np.float32(calibration.wording) * worded
    return Trained(heads, evaluate_outputs(heads, [utterances[row] for row in rows.tolist()], unseen[rows]))


def evaluate(heads: Heads, utterances: Sequence[Utterance], encoder: QueryEncoder) -> Evaluation:
    """How heads read utterances that they were not trained on."""
    texts = [plain(u.text).text for u in utterances]
    return evaluate_outputs(heads, utterances, np.stack([heads.outputs(t, encoder.query(t)) for t in texts]))


# --- the data as numbers --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Data:
    """The utterances as numbers.

    `inputs` are the encoder's vectors and `counts` the pieces (a sparse matrix), one row an utterance. `targets`
    share 1
    among an utterance's labels; their last column is none. `folds` says which member does not see it.
    """

    inputs: Floats
    counts: Any
    targets: Floats
    folds: Integers

    def only(self, rows: Integers) -> "_Data":
        """These utterances alone."""
        return replace(
            self, inputs=self.inputs[rows], counts=self.counts[rows], targets=self.targets[rows], folds=self.folds[rows]
        )

    @property
    def has_none(self) -> bool:
        return bool(self.targets[:, -1].any())

    @property
    def inside(self) -> NDArray[np.bool_]:
        return np.asarray(self.targets[:, -1] == 0)

    @property
    def outputs(self) -> int:
        return int(self.targets.shape[1]) - (not self.has_none)


def _data(utterances: Sequence[Utterance], labels: tuple[str, ...], encoder: QueryEncoder, recipe: Recipe) -> _Data:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # comes with scikit-learn

    texts = [plain(u.text).text for u in utterances]
    rows = [pieces(text, recipe.pieces) for text in texts]
    starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns, counts = (np.concatenate([row[part] for row in rows]) for part in (0, 1))
    matrix = csr_matrix((counts, columns, starts), shape=(len(texts), recipe.pieces))
    vectors = np.stack([encoder.query(text) for text in texts])
    return _Data(vectors, matrix, _targets(utterances, labels), _folds(utterances, recipe.members))


def _targets(utterances: Sequence[Utterance], labels: tuple[str, ...]) -> Floats:
    """One row an utterance; its labels share 1, and none has a column of its own."""
    place = {label: i for i, label in enumerate(labels)}
    targets = np.zeros((len(utterances), len(labels) + 1), np.float32)
    for row, utterance in zip(targets, utterances, strict=True):
        for label in utterance.labels:
            row[place[label]] = 1 / len(utterance.labels)
        row[-1] = not utterance.labels
    return targets


def _folds(utterances: Sequence[Utterance], members: int) -> Integers:
    """A fold for each utterance; a voice is never split, and voiceless ones go by the hash of their text."""
    sizes = Counter(u.voice for u in utterances if u.voice)
    of_voice: dict[str, int] = {}
    filled = [0] * members
    if len(sizes) >= members:
        for voice, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
            of_voice[voice] = filled.index(min(filled))
            filled[of_voice[voice]] += size
    hashed = (zlib.crc32(u.text.encode("utf-8", "surrogatepass")) % members for u in utterances)
    return np.array([of_voice.get(u.voice, h) for u, h in zip(utterances, hashed, strict=True)], np.int64)


# --- the members ----------------------------------------------------------------------------------


def _members(data: _Data, recipe: Recipe) -> tuple[Network, Floats]:
    """Train each member on all folds but its own; side by side they are one network. Also their unseen outputs."""
    mean, scale = data.inputs.mean(0), 1 / np.maximum(data.inputs.std(0), np.float32(1e-3))
    standard = (data.inputs - mean) * scale
    targets = data.targets[:, : data.outputs]
    unseen = np.zeros_like(targets)
    parts: list[list[Floats]] = []
    for member in range(recipe.members):
        mine = data.folds == member
        rows = _repeat_none(np.flatnonzero(~mine), data)
        weights = _train_member(standard, targets, rows, recipe, member)
        unseen[mine] = np.maximum(standard[mine] @ weights[0] + weights[1], 0) @ weights[2] + weights[3]
        parts.append(weights)
    w1, b1 = np.concatenate([p[0] for p in parts], 1), np.concatenate([p[1] for p in parts])
    w2, b2 = np.concatenate([p[2] for p in parts]) / recipe.members, np.mean([p[3] for p in parts], 0)
    return Network(mean, scale, *(np.asarray(a, np.float32) for a in (w1, b1, w2, b2))), unseen


def _repeat_none(rows: Integers, data: _Data) -> Integers:
    """None is wider than any label, so where its utterances are few they are shown up to five times."""
    none = rows[data.targets[rows, -1] > 0]
    labels = data.targets.shape[1] - 1
    if not len(none):
        return rows
    times = round(5 * (len(rows) - len(none)) / labels / len(none))
    return np.concatenate([rows, *([none] * min(4, max(0, times - 1)))])


_KEEP_INPUT, _KEEP_HIDDEN, _SMOOTHING, _DECAY = 0.8, 0.7, 0.1, 1e-2


def _train_member(inputs: Floats, targets: Floats, rows: Integers, recipe: Recipe, member: int) -> list[Floats]:
    """One hidden layer by Adam: `[w1, b1, w2, b2]`."""
    random = np.random.default_rng([recipe.seed, member])
    weights = _first_weights(random, inputs.shape[1], recipe.hidden, targets.shape[1])
    adam = _Adam(weights, recipe.learning_rate, recipe.epochs * max(1, len(rows) // recipe.batch))
    smooth = targets * np.float32(1 - _SMOOTHING) + np.float32(_SMOOTHING / targets.shape[1])
    for _ in range(recipe.epochs):
        for batch in np.array_split(random.permutation(rows), max(1, len(rows) // recipe.batch)):
            adam.step(_gradients(weights, inputs[batch], smooth[batch], random))
    return weights


def _first_weights(random: np.random.Generator, inputs: int, hidden: int, outputs: int) -> list[Floats]:
    # The scale of He et al. 2015 for rectified units; the last layer begins smaller, near even shares.
    w1 = random.standard_normal((inputs, hidden), np.float32) * np.float32(np.sqrt(2 / inputs))
    w2 = random.standard_normal((hidden, outputs), np.float32) * np.float32(np.sqrt(0.5 / hidden))
    return [w1, np.zeros(hidden, np.float32), w2, np.zeros(outputs, np.float32)]


def _mask(random: np.random.Generator, shape: tuple[int, ...], keep: float) -> Floats:
    return np.asarray(random.random(shape, np.float32) < keep, np.float32) / np.float32(keep)


def _gradients(weights: list[Floats], x: Floats, target: Floats, random: np.random.Generator) -> list[Floats]:
    """The gradients of cross-entropy for one batch, with fresh dropout masks."""
    w1, b1, w2, b2 = weights
    x = x * _mask(random, x.shape, _KEEP_INPUT)
    hidden = np.maximum(x @ w1 + b1, 0)
    mask = _mask(random, hidden.shape, _KEEP_HIDDEN)
    dropped = hidden * mask
    error = (softmax(dropped @ w2 + b2) - target) / np.float32(len(x))
    back = (error @ w2.T) * mask * (hidden > 0)
    return [x.T @ back, back.sum(0), dropped.T @ error, error.sum(0)]


class _Adam:
    """Adam with decoupled weight decay and a rate that falls to zero; changes the weights in place."""

    def __init__(self, weights: list[Floats], rate: float, steps: int) -> None:
        self.weights, self.rate, self.steps, self.done = weights, rate, steps, 0
        self.first = [np.zeros_like(w) for w in weights]
        self.second = [np.zeros_like(w) for w in weights]

    def step(self, gradients: list[Floats]) -> None:
        self.done += 1
        rate = np.float32(self.rate * (1 - self.done / (self.steps + 1)))
        fix1, fix2 = np.float32(1 - 0.9**self.done), np.float32(1 - 0.999**self.done)
        for weight, gradient, first, second in zip(self.weights, gradients, self.first, self.second, strict=True):
            first += np.float32(0.1) * (gradient - first)
            second += np.float32(0.001) * (gradient * gradient - second)
            step = (first / fix1) / (np.sqrt(second / fix2) + np.float32(1e-8))
            weight -= rate * (step + np.float32(_DECAY) * weight)


# --- the linear part over pieces ------------------------------------------------------------------


def _wording(data: _Data, recipe: Recipe) -> tuple[Wording, Floats]:
    """The linear part trained on all, and outputs for each fold from one trained without it."""
    unseen = np.zeros((len(data.targets), data.outputs), np.float32)
    for fold in range(recipe.members):
        mine = data.folds == fold
        unseen[mine] = _wording_outputs(_fit_wording(data, ~mine, recipe), data.counts[mine])
    return _fit_wording(data, np.ones(len(data.targets), bool), recipe), unseen


def _fit_wording(data: _Data, chosen: NDArray[np.bool_], recipe: Recipe) -> Wording:
    from sklearn.svm import LinearSVC  # needed when training only

    counts = data.counts[chosen]
    seen_in = np.bincount(counts.indices, minlength=recipe.pieces)
    rarity = np.asarray(np.log((1 + counts.shape[0]) / (1 + seen_in)) + 1, np.float32)
    rows, labels = np.nonzero(data.targets[chosen])  # a message with two labels is an example of each
    machine = LinearSVC(C=1.0, random_state=recipe.seed).fit(_scaled(counts, rarity)[rows], labels)
    weights = np.zeros((recipe.pieces, data.outputs), np.float32)
    bias = np.full(data.outputs, -1, np.float32)  # a label without an example among these rows is unlikely
    signs = (-1, 1) if len(machine.classes_) == 2 else (1,)  # of two labels, the machine keeps the second one only
    weights[:, machine.classes_] = np.concatenate([s * machine.coef_ for s in signs]).T
    bias[machine.classes_] = np.concatenate([s * machine.intercept_ for s in signs])
    return Wording(rarity, weights, bias)


def _scaled(counts: Any, rarity: Floats) -> Any:
    """The same matrix with each row weighed by rarity and of length 1."""
    scaled = counts.copy()
    for start, end in zip(counts.indptr, counts.indptr[1:], strict=False):
        scaled.data[start:end] = weighed(counts.indices[start:end], counts.data[start:end], rarity)
    return scaled


def _wording_outputs(wording: Wording, counts: Any) -> Floats:
    return np.asarray(_scaled(counts, wording.rarity) @ wording.weights + wording.bias, np.float32)


# --- calibration ----------------------------------------------------------------------------------

_WORDING_WEIGHTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)


def _calibrate(data: _Data, meant: Floats, worded: Floats, recipe: Recipe) -> Calibration:
    """Set weight, temperature, presence, threshold and second label from outputs on unseen folds."""
    inside, count = data.inside, data.targets.shape[1] - 1
    wanted = data.targets[:, :count]
    weight = _weight(meant, worded, data.targets[:, : data.outputs])
    unseen = meant + np.float32(weight) * worded
    labelled = unseen[:, :count]
    temperature, _ = _temperature(labelled[inside], wanted[inside])
    second = _second(softmax(_f32(labelled[inside] / temperature)), wanted[inside] > 0)
    if inside.all():
        return Calibration(weight, temperature, second=second)
    margin = labelled.max(1) - unseen[:, count]
    right = inside & (wanted[np.arange(len(wanted)), labelled.argmax(1)] > 0)
    if recipe.false_alarms is None:
        threshold = float(np.quantile(margin[right], recipe.willing_to_lose))
    else:
        threshold = float(np.quantile(margin[~inside], 1 - recipe.false_alarms))
    slope, offset = _presence(margin, inside)
    return Calibration(weight, temperature, slope, offset, threshold, second)


def _weight(meant: Floats, worded: Floats, targets: Floats) -> float:
    """The weight of the linear part beside the network with the least cross-entropy at its best temperature."""
    losses = [_temperature(meant + np.float32(w) * worded, targets)[1] for w in _WORDING_WEIGHTS]
    return _WORDING_WEIGHTS[int(np.argmin(losses))]


def _temperature(outputs: Floats, wanted: Floats) -> tuple[float, float]:
    """The temperature with the least cross-entropy on unseen outputs (Guo et al. 2017), and that cross-entropy."""
    grid = [round(0.1 * n, 1) for n in range(2, 31)]
    losses = [-float((wanted * np.log(softmax(_f32(outputs / t)) + 1e-9)).sum()) for t in grid]
    best = int(np.argmin(losses))
    return grid[best], losses[best]


def _f32(values: Any) -> Floats:
    return np.asarray(values, np.float32)


def _second(shares: Floats, wanted: NDArray[np.bool_]) -> float:
    """The ratio to the best label from which a further label counts: the one with the most hits for its misses (F1)."""
    relative = shares / shares.max(1, keepdims=True)
    best_f1, best = 0.0, 1.01
    for ratio in (1.01, *(round(0.05 * n, 2) for n in range(19, 1, -1))):
        chosen = (relative >= min(ratio, 1.0)) if ratio <= 1 else relative == 1
        f1 = 2 * float((chosen & wanted).sum()) / float(chosen.sum() + wanted.sum())
        if f1 > best_f1 + 1e-9:
            best_f1, best = f1, ratio
    return best


def _presence(margin: Floats, inside: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset of the probability that any label holds, given the margin (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression  # needed when training only

    fitted = LogisticRegression(C=100.0).fit(margin[:, None].astype(np.float64), inside)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


__all__ = ["QueryEncoder", "Recipe", "Trained", "evaluate", "train", "train_file"]
