"""Refunds: whole, by units, one after the other, with freight, gifts, wear and price differences between them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assistant.decisions.decision import Amount
from assistant.decisions.facts import NestedFacts
from assistant.decisions.money.differences import price_difference
from assistant.decisions.money.formulas import FORMULAS
from assistant.decisions.money.refunds import (
    item_depreciated,
    item_refundable,
    item_refundable_with_freight,
    order_refundable,
)
from tests.unit.decisions.money.known import NOW, facts

FEN = st.integers(0, 10_000_000)
COUNTS = st.integers(1, 50)


def split(amount: Amount) -> dict[tuple[str, str], int]:
    """All that moves, by payee and route."""
    return {(share.to, share.route): share.fen for share in amount.split}


class Account:
    """One item of an order of several, as a platform keeps it while claims on it are paid out."""

    def __init__(self, paid: int, quantity: int, freight: int, **borne: int) -> None:
        self.paid, self.quantity, self.freight, self.borne = paid, quantity, freight, borne
        self.refunded = self.units = self.freight_back = 0
        self.back: dict[tuple[str, str], int] = {}

    def known(self, **more: Any) -> NestedFacts:
        """The facts as they stand; another item of 90.00 is in the order."""
        return facts(
            paid_fen=self.paid, quantity=self.quantity, refunded_fen=self.refunded, refunded_quantity=self.units,
            freight_share_fen=self.freight, order_freight_fen=self.freight + 700, order_delivered_days=10,
            order_paid_fen=self.paid + 9000 + self.freight + 700, order_freight_refunded_fen=self.freight_back,
            order_refunded_fen=self.refunded + self.freight_back, **self.borne, **more,
        )

    def pay(self, amount: Amount, units: int) -> None:
        """Book an amount that was paid for so many units going back."""
        freight = sum(line.fen for line in amount.lines if line.label.en == "Freight")
        self.refunded, self.freight_back = self.refunded + amount.fen - freight, self.freight_back + freight
        self.units += units
        for key, fen in split(amount).items():
            self.back[key] = self.back.get(key, 0) + fen


CLAIMS = st.lists(st.tuples(st.sampled_from(sorted(FORMULAS)), st.integers(1, 4), FEN, st.booleans()), max_size=8)


@given(FEN, st.integers(1, 9), st.integers(0, 2000), CLAIMS)
def test_no_order_of_claims_pays_more_than_was_paid(
    paid: int, quantity: int, freight: int, claims: Sequence[tuple[str, int, int, bool]]
) -> None:
    """Units, differences, wear, freight and kept gifts in any order never pay more than was paid, nor others' money."""
    account = Account(paid, quantity, freight, points_fen=700, platform_fen=1301, state_fen=52)
    for formula, units, price, kept in claims:
        units = min(units, account.quantity - account.units)
        if not units or formula == "order.refundable":
            continue
        more = {"current_price_fen": price, "claim_gift_kept": kept, "gift_fen": 990, "claim_quantity": units}
        amount = FORMULAS[formula](account.known(**more))
        account.pay(amount, 0 if formula == "price_difference" else units)
        assert 0 <= amount.fen == sum(line.fen for line in amount.lines)
        assert account.refunded <= paid
        assert account.freight_back <= freight
    assert account.back.get(("buyer", "points"), 0) <= 700
    assert account.back.get(("platform", "subsidy"), 0) <= 1301
    assert account.back.get(("state", "subsidy"), 0) <= 52


@given(FEN, st.integers(1, 30), st.integers(0, 2000), st.integers(0, 5000), st.data())
def test_units_one_after_the_other_come_to_the_whole(
    paid: int, quantity: int, freight: int, points: int, data: st.DataObject
) -> None:
    """Sent back in any groups, the units bring what they would have brought together, points and freight too."""
    whole = item_refundable_with_freight(Account(paid, quantity, freight, points_fen=points).known())
    account = Account(paid, quantity, freight, points_fen=points)
    while account.units < quantity:
        units = data.draw(st.integers(1, quantity - account.units))
        account.pay(item_refundable_with_freight(account.known(claim_quantity=units)), units)
    assert account.refunded + account.freight_back == whole.fen == paid + freight
    assert account.back == split(whole)


@given(FEN, st.integers(1, 30))
def test_single_units_come_to_the_whole_without_a_count_from_the_platform(paid: int, quantity: int) -> None:
    """Where the platform tells only the money that is back, n refunds of one unit still come to the price."""
    refunded = 0
    for _ in range(quantity):
        known = facts(paid_fen=paid, quantity=quantity, refunded_fen=refunded, claim_quantity=1)
        refunded += item_refundable(known).fen
    assert refunded == paid


@given(FEN, FEN, COUNTS, st.integers(0, 3), st.data())
def test_a_difference_is_not_paid_again_with_the_units(
    paid: int, price: int, quantity: int, points: int, data: st.DataObject
) -> None:
    """After a price difference the units bring what is left of the price, one by one or at once."""
    account = Account(paid, quantity, 0, points_fen=points)
    account.pay(price_difference(account.known(current_price_fen=price)), 0)
    while account.units < quantity:
        units = data.draw(st.integers(1, quantity - account.units))
        account.pay(item_refundable(account.known(claim_quantity=units)), units)
    assert account.refunded == paid


@given(FEN, st.integers(0, 1000), COUNTS, st.data())
def test_who_paid_more_gets_no_less_back(paid: int, more: int, quantity: int, data: st.DataObject) -> None:
    """Every refund is monotone in the price, for part of the units and for worn goods too."""
    units = data.draw(st.integers(1, quantity))
    rest = {"quantity": quantity, "claim_quantity": units, "order_delivered_days": 100}
    for formula in (item_refundable, item_refundable_with_freight, item_depreciated):
        less = formula(facts(paid_fen=paid, **rest)).fen
        assert formula(facts(paid_fen=paid + more * quantity, **rest)).fen >= less


@given(FEN, FEN, FEN, COUNTS, COUNTS, st.sampled_from(sorted(FORMULAS)))
def test_every_amount_is_the_sum_of_its_lines_and_within_what_was_paid(
    paid: int, refunded: int, freight: int, quantity: int, claimed: int, formula: str
) -> None:
    """Whatever the formula, the arithmetic adds up, the buyer's share is the amount, and it is within what is left."""
    refunded = min(refunded, paid)
    known = facts(
        paid_fen=paid, refunded_fen=refunded, quantity=quantity, current_price_fen=paid // quantity // 2,
        order_freight_fen=freight, order_refunded_fen=refunded, claim_quantity=claimed, order_delivered_days=40,
    )
    amount = FORMULAS[formula](known)
    assert amount.fen == sum(line.fen for line in amount.lines) == split(amount).get(("buyer", "original"), 0)
    assert 0 <= amount.fen <= paid + freight - refunded


def test_freight_is_refunded_once() -> None:
    """What is left on the order bounds the freight that goes with an item, and so does the freight that is back."""
    once = facts(paid_fen=10000, order_freight_fen=800, order_refunded_fen=800)
    assert item_refundable_with_freight(once).fen == 10000
    beside = facts(paid_fen=10000, order_freight_fen=800, order_paid_fen=30800, order_freight_refunded_fen=800)
    assert item_refundable_with_freight(beside).fen == 10000


def test_one_unit_brings_its_own_part_of_the_freight() -> None:
    """Two refunds of one of two don't bring the item's freight twice."""
    half = facts(paid_fen=10000, quantity=2, claim_quantity=1, order_freight_fen=800, order_paid_fen=10800)
    assert item_refundable_with_freight(half).fen == 5400


def test_the_whole_order_is_what_was_paid_less_what_went_back() -> None:
    """An order's refund counts freight and earlier refunds, and sends everybody's part back to them."""
    amount = order_refundable(facts(
        paid_fen=10000, order_freight_fen=800, order_refunded_fen=300, order_points_fen=500, order_state_fen=1500,
        order_coupon_fen=2000,
    ))
    assert split(amount) == {
        ("buyer", "original"): 10500, ("buyer", "points"): 500, ("state", "subsidy"): 1500, ("buyer", "coupon"): 2000,
    }


def test_a_coupon_comes_back_only_when_nothing_of_the_order_is_kept() -> None:
    """A coupon for the whole order is not given back for a part of it."""
    order = {"paid_fen": 10000, "quantity": 2, "order_coupon_fen": 500}
    part = item_refundable(facts(**order, claim_quantity=1, order_units_left=2))
    last = item_refundable(facts(**order, refunded_quantity=1, refunded_fen=5000, order_units_left=1))
    assert ("buyer", "coupon") not in split(part)
    assert split(last)[("buyer", "coupon")] == 500


def test_subsidies_go_back_to_who_paid_them() -> None:
    """A trade-in bought for 8000 of 10000, 1500 from the state and 500 from the platform: the buyer gets the 8000."""
    amount = item_refundable(facts(paid_fen=800000, state_fen=150000, platform_fen=50000))
    assert split(amount) == {
        ("buyer", "original"): 800000, ("state", "subsidy"): 150000, ("platform", "subsidy"): 50000,
    }


def test_a_kept_gift_costs_what_checkout_showed() -> None:
    """The gift's price comes off when it stays and all of the item goes back; not with the gift, nor for a part."""
    gift: dict[str, Any] = {"paid_fen": 10000, "quantity": 2, "gift_fen": 1500}
    assert item_refundable(facts(**gift, claim_gift_kept=True)).fen == 8500
    assert item_refundable(facts(**gift, claim_gift_kept=False)).fen == 10000
    assert item_refundable(facts(**gift, claim_gift_kept=True, claim_quantity=1)).fen == 5000
    assert item_refundable(facts(paid_fen=1000, gift_fen=1500, claim_gift_kept=True)).fen == 0


def test_depreciation_grows_by_the_day_and_never_passes_the_price() -> None:
    """A hundred days at 25 basis points take a quarter; ten thousand take all, not more."""
    def after(days: int) -> int:
        return item_depreciated(facts(paid_fen=300000, order_delivered_at=NOW - timedelta(days=days))).fen

    assert [after(0), after(100), after(10000)] == [300000, 225000, 0]


@given(FEN, COUNTS, st.integers(0, 5000), st.integers(0, 10_000), st.data())
def test_wear_is_charged_on_the_units_claimed_and_never_below_nothing(
    paid: int, quantity: int, days: int, rate: int, data: st.DataObject
) -> None:
    """What worn goods bring lies between nothing and what they cost, for any part of them."""
    units = data.draw(st.integers(1, quantity))
    known = facts(
        paid_fen=paid, quantity=quantity, claim_quantity=units, order_delivered_days=days,
        depreciation_bp_per_day=rate,
    )
    assert 0 <= item_depreciated(known).fen <= item_refundable(known).fen


@given(FEN, st.integers(0, 20000), st.integers(0, 5000))
def test_a_coupon_that_covered_the_fall_is_not_paid_twice(unit: int, fall: int, coupon: int) -> None:
    """The difference is never more than the fall in price beyond the coupon used when buying."""
    fall, coupon = min(fall, unit), min(coupon, unit)
    known = facts(paid_fen=unit - coupon, unit_price_fen=unit, current_price_fen=unit - fall)
    assert price_difference(known).fen == max(0, fall - coupon)


@given(FEN, FEN, FEN, COUNTS, FEN)
def test_a_difference_is_at_most_what_is_left_of_the_price(
    paid: int, price: int, coupon: int, quantity: int, refunded: int
) -> None:
    """Price protection pays no more than was paid and not refunded, whatever the price has become."""
    refunded = min(refunded, paid)
    known = facts(
        paid_fen=paid, quantity=quantity, refunded_fen=refunded, current_price_fen=price, current_coupon_fen=coupon,
    )
    assert 0 <= price_difference(known).fen <= paid - refunded


def test_a_difference_counts_the_units_kept() -> None:
    """After one of two came back, only the other's difference is due."""
    known = facts(paid_fen=20000, quantity=2, refunded_fen=10000, current_price_fen=8000, claim_quantity=1)
    assert price_difference(known).fen == 2000


def test_an_earlier_difference_comes_off() -> None:
    """A second fall in price pays only what the first has not."""
    known = facts(paid_fen=10000, refunded_fen=1000, current_price_fen=8000)
    assert price_difference(known).fen == 1000
