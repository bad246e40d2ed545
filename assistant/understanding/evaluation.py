"""How well heads read: macro-F1 by language, none told from some, and what is confused with what."""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.heads import NONE, Floats, Heads
from assistant.understanding.utterances import Utterance


@dataclass(frozen=True, slots=True)
class LanguageScore:
    """One language's figures: N in-scope messages, macro-F1 over labels, and how often the best label is right."""

    messages: int
    macro_f1: float
    best_is_right: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of one evaluation; shares run from 0 to 1.

    `accuracy` is over in-scope messages: the best label is among the true ones and was not called none. `none_recall`
    and `none_auroc` are over out-of-scope ones, None when there are none. `exact` is the share of messages whose whole
    set of labels is right. `confused` counts (true, read) pairs of best labels.
    """

    messages: int
    accuracy: float
    exact: float
    calibration_error: float
    outside: int = 0
    none_recall: float | None = None
    none_auroc: float | None = None
    languages: dict[str, LanguageScore] = field(default_factory=dict)
    confused: dict[tuple[str, str], int] = field(default_factory=dict)
    by_label: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> str:
        """The figures as JSON, without the confusions."""
        figures = asdict(self)
        figures.pop("confused")
        return json.dumps(figures, ensure_ascii=False, indent=1) + "\n"

    def confusion_csv(self) -> str:
        """`true,read,count`, the most frequent mistakes first."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["true", "read", "count"])
        for (true, read), count in sorted(self.confused.items(), key=lambda item: (-item[1], item[0])):
            if true != read:
                writer.writerow([true, read, count])
        return out.getvalue()


def evaluate_outputs(heads: Heads, utterances: Sequence[Utterance], outputs: Floats) -> Evaluation:
    """The figures for raw outputs, one row an utterance."""
    chosen = [heads.choose(row) for row in outputs]
    read = [tuple(score.name for score in scores) for scores in chosen]
    inside = np.array([bool(u.labels) for u in utterances])
    right = np.array([bool(r) and r[0] in u.labels for r, u in zip(read, utterances, strict=True)])
    exact = np.array([set(r) == set(u.labels) for r, u in zip(read, utterances, strict=True)])
    sure = np.array([sum(s.probability for s in scores) for scores in chosen])
    empty = np.array([not r for r in read])
    margins = np.array([heads.margin(row) for row in outputs])
    outside = int((~inside).sum())
    return Evaluation(
        messages=len(utterances),
        accuracy=_mean(right[inside]),
        exact=_mean(exact),
        calibration_error=_calibration_error(sure[~empty], right[~empty]),
        outside=outside,
        none_recall=_mean(empty[~inside]) if outside else None,
        none_auroc=_auroc(margins, inside) if outside else None,
        languages=_languages(utterances, read, right, inside),
        confused=_confused(utterances, read),
        by_label=_f1_by_label(utterances, read),
    )


def _mean(values: NDArray[np.bool_]) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0


def _languages(
    utterances: Sequence[Utterance], read: list[tuple[str, ...]], right: NDArray[np.bool_], inside: NDArray[np.bool_]
) -> dict[str, LanguageScore]:
    scores = {}
    for language in sorted({u.language for u in utterances}):
        rows = [i for i, u in enumerate(utterances) if u.language == language]
        within = [i for i in rows if inside[i]]
        f1 = _f1_by_label([utterances[i] for i in rows], [read[i] for i in rows])
        macro = round(sum(f1.values()) / len(f1), 4) if f1 else 0.0
        scores[language] = LanguageScore(len(within), macro, _mean(right[within]))
    return scores


def _f1_by_label(utterances: Sequence[Utterance], read: Sequence[tuple[str, ...]]) -> dict[str, float]:
    """F1 of every label that is truly there at least once."""
    hits: Counter[str] = Counter()
    said: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for utterance, names in zip(utterances, read, strict=True):
        true.update(utterance.labels)
        said.update(names)
        hits.update(set(names) & set(utterance.labels))
    return {label: round(2 * hits[label] / (said[label] + true[label]), 4) for label in sorted(true)}


def _confused(utterances: Sequence[Utterance], read: Sequence[tuple[str, ...]]) -> dict[tuple[str, str], int]:
    pairs: Counter[tuple[str, str]] = Counter()
    for utterance, names in zip(utterances, read, strict=True):
        best = names[0] if names else NONE
        pairs[best if best in utterance.labels else (utterance.labels or (NONE,))[0], best] += 1
    return dict(pairs)


def _auroc(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """The chance that a positive scores above a negative (Mann-Whitney), ties counting half."""
    order = np.unique(scores, return_inverse=True)[1]
    counts = np.bincount(order)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[order]
    n = int(positive.sum())
    u = ranks[positive].sum() - n * (n + 1) / 2
    return round(float(u / (n * (len(scores) - n))), 4)


def _calibration_error(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins: how far stated probabilities are from how often they are right."""
    if not len(sure):
        return 0.0
    bins = np.minimum((sure * 10).astype(int), 9)
    members = [bins == b for b in range(10) if (bins == b).any()]
    gaps = [m.sum() * abs(sure[m].mean() - right[m].mean()) for m in members]
    return round(float(sum(gaps) / len(sure)), 4)
