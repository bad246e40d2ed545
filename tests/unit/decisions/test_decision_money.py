"""Money: shares that add up, refunds that never exceed what was paid, differences with coupons."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.decisions.book import default_book
from assistant.decisions.derived import complete
from assistant.decisions.money import (
    FORMULAS,
    allocate,
    allocate_discounts,
    item_depreciated,
    item_refundable,
    item_refundable_with_freight,
    order_refundable,
    price_difference,
    units_share,
)
from assistant.decisions.workdays import SHANGHAI

NOW = datetime(2026, 6, 16, 12, 0, tzinfo=SHANGHAI)
FEN = st.integers(0, 10_000_000)
COUNTS = st.integers(1, 50)


def facts(**item: Any) -> dict[str, dict[str, Any]]:
    """Facts of one item in an order of its own."""
    order = {k.removeprefix("order_"): item.pop(k) for k in list(item) if k.startswith("order_")}
    claim = {k.removeprefix("claim_"): item.pop(k) for k in list(item) if k.startswith("claim_")}
    order.setdefault("paid_fen", item["paid_fen"] + order.get("freight_fen", 0))
    return complete(default_book().catalog, {"order": order, "claim": claim, "item": item}, NOW)


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


@given(st.lists(st.integers(1, 1_000_000), min_size=1, max_size=8), FEN)
def test_discounted_prices_add_up_and_never_go_below_nothing(prices: list[int], discount: int) -> None:
    """An order's discount comes off its items whole, and no item costs less than nothing."""
    paid = allocate_discounts(prices, discount)
    assert sum(paid) == max(0, sum(prices) - discount)
    assert all(0 <= cost <= price for cost, price in zip(paid, prices, strict=True))


@given(FEN, COUNTS, st.data())
def test_partial_refunds_never_exceed_the_full_one(paid: int, quantity: int, data: st.DataObject) -> None:
    """Returning units one group after the other gives back exactly what all of them cost."""
    first = data.draw(st.integers(0, quantity))
    assert units_share(paid, quantity, first) <= units_share(paid, quantity, quantity) == paid
    assert units_share(paid, quantity, first) <= units_share(paid, quantity, min(quantity, first + 1))


@given(FEN, st.integers(0, 1000), COUNTS)
def test_who_paid_more_gets_no_less_back(paid: int, more: int, quantity: int) -> None:
    """The refund is monotone in the price."""
    less = item_refundable(facts(paid_fen=paid, quantity=quantity)).fen
    assert item_refundable(facts(paid_fen=paid + more, quantity=quantity)).fen >= less


@given(FEN, FEN, FEN, COUNTS, COUNTS, st.sampled_from(sorted(FORMULAS)))
def test_every_amount_is_the_sum_of_its_lines_and_within_what_was_paid(
    paid: int, refunded: int, freight: int, quantity: int, claimed: int, formula: str
) -> None:
    """Whatever the formula, the arithmetic shown adds up, and no refund exceeds what is left."""
    refunded = min(refunded, paid)
    known = facts(
        paid_fen=paid, refunded_fen=refunded, quantity=quantity, current_price_fen=paid // quantity // 2,
        order_freight_fen=freight, order_refunded_fen=refunded, claim_quantity=claimed,
        order_delivered_at=NOW - timedelta(days=40),
    )
    amount = FORMULAS[formula](known)
    assert amount.fen == sum(line.fen for line in amount.lines)
    assert 0 <= amount.fen <= paid + freight - refunded


def test_freight_is_refunded_once() -> None:
    """What is left on the order bounds the freight that goes with an item."""
    amount = item_refundable_with_freight(
        facts(paid_fen=10000, order_freight_fen=800, order_refunded_fen=800)
    )
    assert amount.fen == 10000


def test_the_whole_order_is_what_was_paid_less_what_went_back() -> None:
    """An order's refund counts freight and earlier refunds."""
    assert order_refundable(facts(paid_fen=10000, order_freight_fen=800, order_refunded_fen=300)).fen == 10500


def test_depreciation_grows_by_the_day_and_never_passes_the_price() -> None:
    """A hundred days at 25 basis points take a quarter; ten thousand take all, not more."""
    def after(days: int) -> int:
        return item_depreciated(facts(paid_fen=300000, order_delivered_at=NOW - timedelta(days=days))).fen

    assert after(100) == 225000
    assert after(10000) == 0


@given(FEN, st.integers(0, 20000), st.integers(0, 5000))
def test_a_coupon_that_covered_the_fall_is_not_paid_twice(unit: int, fall: int, coupon: int) -> None:
    """The difference is never more than the fall in price beyond the coupon used when buying."""
    fall, coupon = min(fall, unit), min(coupon, unit)
    known = facts(paid_fen=unit - coupon, unit_price_fen=unit, current_price_fen=unit - fall)
    assert price_difference(known).fen == max(0, fall - coupon)


def test_a_difference_counts_the_units_kept() -> None:
    """After one of two came back, only the other's difference is due."""
    known = facts(paid_fen=20000, quantity=2, refunded_fen=10000, current_price_fen=8000, claim_quantity=1)
    assert price_difference(known).fen == 2000


def test_an_earlier_difference_comes_off() -> None:
    """A second fall in price pays only what the first has not."""
    known = facts(paid_fen=10000, refunded_fen=1000, current_price_fen=8000)
    assert price_difference(known).fen == 1000
