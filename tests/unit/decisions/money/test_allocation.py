"""Sharing money out: over lines, over shops, over units."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.decisions.money.allocation import (
    Deduction,
    allocate,
    allocate_deductions,
    units_covered,
    units_share,
)
from knowledge.errors import BadInput

FEN = st.integers(0, 10_000_000)
COUNTS = st.integers(1, 50)
LINES = st.lists(st.integers(0, 1_000_000), min_size=1, max_size=8)


@given(FEN, st.lists(FEN, min_size=1, max_size=12))
def test_shares_add_up_to_the_whole(total: int, weights: list[int]) -> None:
    """Not a fen is lost or made when a sum is shared."""
    shares = allocate(total, weights)
    assert sum(shares) == total
    assert all(share >= 0 for share in shares)


@given(FEN, st.lists(FEN, min_size=1, max_size=12))
def test_no_share_is_a_fen_or_more_off_its_exact_part(total: int, weights: list[int]) -> None:
    """Rounding moves nobody's share by a whole fen."""
    assume(any(weights))
    for share, weight in zip(allocate(total, weights), weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(weights)


@given(LINES, st.data())
def test_stacked_discounts_come_off_whole_and_no_line_costs_less_than_nothing(
    prices: list[int], data: st.DataObject
) -> None:
    """Shop coupon, platform coupon, subsidy and points, one after the other, add up over the lines to the fen."""
    left, deductions = sum(prices), []
    for _ in range(data.draw(st.integers(0, 5))):
        deductions.append(Deduction(data.draw(st.integers(0, left))))
        left -= deductions[-1].fen
    shared = allocate_deductions(prices, deductions)
    assert [sum(shares) for shares in shared] == [one.fen for one in deductions]
    paid = [price - sum(shares[place] for shares in shared) for place, price in enumerate(prices)]
    assert sum(paid) == left
    assert all(0 <= cost <= price for cost, price in zip(paid, prices, strict=True))


@given(LINES, st.data())
def test_a_discount_touches_only_the_lines_that_it_covers(prices: list[int], data: st.DataObject) -> None:
    """A shop's coupon used in a payment to several shops leaves the other shops' goods at their price."""
    covers = frozenset(data.draw(st.sets(st.integers(0, len(prices) - 1), min_size=1)))
    worth = sum(prices[place] for place in covers)
    (shares,) = allocate_deductions(prices, [Deduction(data.draw(st.integers(0, worth)), covers)])
    assert not any(share for place, share in enumerate(shares) if place not in covers)


def test_a_discount_across_shops_is_shared_by_price_after_each_shops_own() -> None:
    """30 off for spending 200 over two shops: each shop's goods bear it by what they cost after the shop's coupon."""
    prices = [12000, 4000, 8000]  # two lines of one shop, one of another
    coupon, across = Deduction(4000, frozenset({0, 1})), Deduction(3000)
    assert allocate_deductions(prices, [coupon, across]) == [[3000, 1000, 0], [1350, 450, 1200]]


@pytest.mark.parametrize(
    ("prices", "deductions"),
    [
        ([1000], [Deduction(1001)]),
        ([1000, 1000], [Deduction(1500, frozenset({0}))]),
        ([1000], [Deduction(600), Deduction(600)]),
        ([1000], [Deduction(-1)]),
        ([-1000, 3000], [Deduction(100)]),
    ],
)
def test_impossible_discounts_are_refused(prices: list[int], deductions: list[Deduction]) -> None:
    """More off than the goods cost, and negative amounts, are errors and not money."""
    with pytest.raises(BadInput):
        allocate_deductions(prices, deductions)


@given(FEN, COUNTS, st.data())
def test_the_first_units_never_cost_more_than_all(fen: int, quantity: int, data: st.DataObject) -> None:
    """A part of the units is worth no more than one unit more, and all of them exactly the whole."""
    first = data.draw(st.integers(0, quantity))
    assert units_share(fen, quantity, first) <= units_share(fen, quantity, min(quantity, first + 1)) <= fen
    assert units_share(fen, quantity, quantity) == fen
    assert units_share(fen, quantity, first) == sum(allocate(fen, [1] * quantity)[:first])


@pytest.mark.parametrize(("fen", "quantity"), [(100, 0), (100, -1), (-1, 2)])
def test_units_of_nothing_are_refused(fen: int, quantity: int) -> None:
    """No quantity, or a negative one, has no price."""
    with pytest.raises(BadInput):
        units_share(fen, quantity, 1)


@given(st.integers(1, 10_000_000), COUNTS, st.data())
def test_refunds_of_whole_units_are_recognised(fen: int, quantity: int, data: st.DataObject) -> None:
    """Where the platform doesn't say for how many units a refund was, its exact price tells."""
    units = data.draw(st.integers(1, quantity))
    found = units_covered(fen, quantity, units_share(fen, quantity, units))
    assert units_share(fen, quantity, found) == units_share(fen, quantity, units)


def test_other_refunds_are_no_units() -> None:
    """A price difference on two is not one of them sent back."""
    assert [units_covered(20000, 2, back) for back in (0, 500, 9999, 10000, 20000)] == [0, 0, 0, 1, 2]
    assert units_covered(0, 3, 0) == 0
