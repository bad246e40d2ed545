"""Figures of eval runs and their intervals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics import (
    auroc,
    macro_f1,
    mean,
    mean_reciprocal_rank,
    paired_difference,
    pass_hat,
    recall_at,
    share,
    wilson,
)

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_wilson_agrees_with_the_textbook() -> None:
    """8 right of 10 gives the interval that statistics texts print: 0.490 to 0.943."""
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)


@given(COUNTS)
def test_an_interval_holds_its_share(counts: tuple[int, int]) -> None:
    """The share lies within its interval, and the interval within 0 and 1."""
    right, n = counts
    low, high = wilson(right, n)
    assert 0 <= low <= right / n <= high <= 1


@given(COUNTS)
def test_more_cases_make_the_interval_narrower(counts: tuple[int, int]) -> None:
    """Ten times the cases at the same share leave less doubt."""
    right, n = counts
    (low, high), (low10, high10) = wilson(right, n), wilson(10 * right, 10 * n)
    assert high10 - low10 < high - low


def test_nothing_counted_is_not_a_number() -> None:
    """A share of no cases is NaN, which fails a run, never 0 or 1."""
    figure = share(0, 0)
    assert math.isnan(figure.value)
    assert not figure.is_number
    assert (figure.low, figure.high) == (0, 1)
    assert not mean([]).is_number
    assert not macro_f1([], []).is_number
    assert not auroc([], [0.5]).is_number


def test_pass_hat_asks_all_k_tries_to_pass() -> None:
    """With 3 of 4 tries passed, two drawn tries both pass half of the time."""
    assert pass_hat([[True, True, True, False]], 1) == 0.75
    assert pass_hat([[True, True, True, False]], 2) == 0.5
    assert pass_hat([[True, True, True, False]], 4) == 0.0


@pytest.mark.parametrize("trials", [[], [[True]], [[True, True], [True]]])
def test_pass_hat_needs_k_tries_of_every_case(trials: list[list[bool]]) -> None:
    """Too few tries give no figure rather than a flattering one."""
    assert math.isnan(pass_hat(trials, 2))


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=20))
def test_pass_hat_falls_with_k(trials: list[list[bool]]) -> None:
    """To pass more often in a row is never easier."""
    rates = [pass_hat(trials, k) for k in (1, 2, 3, 4)]
    assert rates == sorted(rates, reverse=True)


def test_search_is_measured_by_the_rank_of_the_first_right_clause() -> None:
    """Ranks 1 and 4 and a miss: a third within the first three, a mean reciprocal rank of 5/12."""
    ranks = [1, 4, None]
    assert recall_at(ranks, 3).value == pytest.approx(1 / 3)
    assert recall_at(ranks, 5).value == pytest.approx(2 / 3)
    assert mean_reciprocal_rank(ranks).value == pytest.approx(5 / 12)


def test_macro_f1_weighs_rare_labels_like_common_ones() -> None:
    """A label that is never found halves the figure of two labels, however often the other is right."""
    truths, guesses = [["a"]] * 9 + [["b"]], ["a"] * 10
    assert macro_f1(truths, guesses).value == pytest.approx((2 * 9 / (18 + 1)) / 2)


def test_any_of_several_right_labels_counts() -> None:
    """A guess that is one of the right labels is right."""
    assert macro_f1([["a", "b"], ["b"]], ["b", "b"]).value == 1.0


def test_auroc_counts_won_comparisons() -> None:
    """Separated scores give 1, equal ones a half."""
    assert auroc([0.8, 0.9], [0.1, 0.7]).value == 1.0
    assert auroc([0.5], [0.5]).value == 0.5


def test_the_bootstrap_gives_the_same_interval_every_time() -> None:
    """The same values give the same interval, which holds their mean."""
    values = [0.0, 1.0, 0.5, 1.0, 1.0]
    first = mean(values)
    assert first == mean(values)
    assert first.low is not None
    assert first.high is not None
    assert first.low <= first.value <= first.high


def test_a_change_without_flips_is_nothing_with_some_doubt() -> None:
    """No flips mean no change, and the interval still admits a small one."""
    change, low, high = paired_difference(0, 0, 100)
    assert change == 0
    assert low < 0 < high


@given(st.integers(0, 30), st.integers(0, 30), st.integers(60, 300))
def test_swapping_the_runs_turns_the_change_around(broken: int, fixed: int, n: int) -> None:
    """What one run gained over the other, the other lost."""
    forth, back = paired_difference(broken, fixed, n), paired_difference(fixed, broken, n)
    assert forth[0] == pytest.approx(-back[0])
    assert (forth[1], forth[2]) == pytest.approx((-back[2], -back[1]))
