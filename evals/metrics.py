"""Figures and how sure they are. Shares run from 0 to 1; what can't be computed is NaN, and NaN fails a run."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random

Z95 = 1.959963984540054
"""The normal quantile of a two-sided 95% interval."""

RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over `n` cases, with the ends of its 95% interval where one is known."""

    value: float
    n: int
    low: float | None = None
    high: float | None = None

    @property
    def is_number(self) -> bool:
        """False when there was nothing to compute it from."""
        return math.isfinite(self.value)


def share(right: int, n: int) -> Figure:
    """A share with its Wilson interval; zero right of n gives the interval's upper end, not certainty."""
    low, high = wilson(right, n)
    return Figure(right / n if n else math.nan, n, low, high)


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95% score interval of `right` out of `n` (Wilson 1927); (0, 1) when n is 0."""
    if n == 0:
        return 0.0, 1.0
    p, z = right / n, Z95
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if right == 0 else max(0.0, middle - half)     # the ends are exact; the formula misses by rounding
    return low, 1.0 if right == n else min(1.0, middle + half)


def pass_hat(trials: Sequence[Sequence[bool]], k: int) -> float:
    """pass^k: the chance that k tries of a case all pass, averaged over cases (Yao et al. 2024, tau-bench).

    `trials` are each case's tries; cases tried fewer than k times make it NaN.
    """
    if not trials or any(len(one) < k for one in trials) or k < 1:
        return math.nan
    chances = [math.comb(sum(one), k) / math.comb(len(one), k) for one in trials]
    return sum(chances) / len(chances)


def recall_at(ranks: Sequence[int | None], k: int) -> Figure:
    """The share of questions whose right clause is among the first k; `ranks` count from 1, None is not found."""
    return share(sum(rank is not None and rank <= k for rank in ranks), len(ranks))


def mean_reciprocal_rank(ranks: Sequence[int | None]) -> Figure:
    """The mean of 1/rank, with 0 for what was not found; the interval is the bootstrap's."""
    return mean([1 / rank if rank else 0.0 for rank in ranks])


def mean(values: Sequence[float]) -> Figure:
    """The mean with its percentile bootstrap interval."""
    if not values:
        return Figure(math.nan, 0)
    low, high = bootstrap(values, lambda sample: sum(sample) / len(sample))
    return Figure(sum(values) / len(values), len(values), low, high)


def bootstrap(values: Sequence[float], statistic: Callable[[Sequence[float]], float]) -> tuple[float, float]:
    """The 95% percentile interval over resamples; the seed is fixed, so the same values give the same interval."""
    random = Random(0)  # noqa: S311  resampling needs no secrets
    drawn = sorted(statistic(random.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return drawn[int(0.025 * RESAMPLES)], drawn[int(0.975 * RESAMPLES) - 1]


def macro_f1(truths: Sequence[Collection[str]], guesses: Sequence[str]) -> Figure:
    """F1 by label, averaged over the labels that are true somewhere; a case may have several right labels.

    A guess among the right ones counts as that label; otherwise the first right label was missed.
    """
    aligned = [(guess if guess in truth else min(truth), guess) for truth, guess in zip(truths, guesses, strict=True)]
    labels = {truth for truth, _ in aligned}
    scores = [_f1(label, aligned) for label in labels]
    return Figure(sum(scores) / len(scores) if scores else math.nan, len(aligned))


def _f1(label: str, pairs: Sequence[tuple[str, str]]) -> float:
    hit = sum(truth == guess == label for truth, guess in pairs)
    missed = sum(truth == label != guess for truth, guess in pairs)
    wrong = sum(guess == label != truth for truth, guess in pairs)
    return 2 * hit / (2 * hit + missed + wrong)


def auroc(inside: Sequence[float], outside: Sequence[float]) -> Figure:
    """The chance that a score from `inside` is above one from `outside`; ties count half (Mann and Whitney 1947)."""
    if not inside or not outside:
        return Figure(math.nan, len(inside) + len(outside))
    won = sum((a > b) + 0.5 * (a == b) for a in inside for b in outside)
    return Figure(won / (len(inside) * len(outside)), len(inside) + len(outside))


def paired_difference(broken: int, fixed: int, n: int) -> tuple[float, float, float]:
    """The change of a pass rate between two runs of the same n cases, and the ends of its 95% interval.

    Wald's interval with half a case added to each of the four cells (Agresti and Min 2005); (0, -1, 1) when n is 0.
    """
    if n == 0:
        return 0.0, -1.0, 1.0
    b, f, m = broken + 0.5, fixed + 0.5, n + 2
    middle = (f - b) / m
    half = Z95 * math.sqrt((f + b) - (f - b) ** 2 / m) / m
    return (fixed - broken) / n, max(-1.0, middle - half), min(1.0, middle + half)
