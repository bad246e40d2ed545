"""An order's discounts: who bears them, which lines, and what becomes of them."""

from datetime import UTC, datetime, timedelta

import pytest

from assistant.commerce.inline import parse_orders
from assistant.commerce.model import Order, Payer
from knowledge.errors import BadInput

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LINES = [
    {"title": "冰箱", "category": "appliances", "price": 3000}, {"title": "茶杯", "category": "home", "price": 50},
]


def order(**keys: object) -> Order:
    """A fridge for 3,000 and a cup for 50 yuan, delivered, with what `keys` say."""
    return parse_orders([{"items": LINES, "delivered": "-3d", **keys}], NOW)[0]


def test_who_bears_a_discount_follows_from_its_kind() -> None:
    """The state's subsidy, the platform's coupon and the buyer's points are told from what the shop took off."""
    kinds = {"shop_coupon": 10, "platform_coupon": 20, "state_subsidy": 30, "points": 5, "new_kind": 1}
    bought = order(discounts=kinds)
    assert [one.payer for one in bought.discounts] == ["shop", "platform", "state", "buyer", "shop"]
    payers: tuple[Payer, ...] = ("shop", "platform", "state", "buyer")
    assert [sum(item.borne_by(payer) for item in bought.items) for payer in payers] == [1100, 2000, 3000, 500]


def test_a_file_can_say_who_bears_it_for_which_lines_and_until_when() -> None:
    """A subsidy is for the fridge alone, and a platform may pay for a discount across shops."""
    subsidy, across = {"amount": 300, "items": [1]}, {"amount": 61, "payer": "platform", "expires": "+5d"}
    bought = order(discounts={"state_subsidy": subsidy, "cross_shop": across})
    fridge, cup = bought.items
    assert [item.borne_by("state") for item in (fridge, cup)] == [30000, 0]
    assert [item.borne_by("platform") for item in (fridge, cup)] == [5989, 111]
    assert [item.paid_fen for item in (fridge, cup)] == [264011, 4889]
    assert bought.discounts[1].expires_at == NOW + timedelta(days=5)


def test_lines_that_cost_nothing_more_bear_nothing_more() -> None:
    """A coupon that makes the cup free leaves all later discounts to the fridge."""
    bought = order(discounts={"shop_coupon": {"amount": 50, "items": [2]}, "points": 100})
    assert [item.paid_fen for item in bought.items] == [290000, 0]


def test_amounts_are_read_in_the_orders_own_currency() -> None:
    """1,299 is 1299 yen, and 129900 cents."""
    yen = {"title": "本", "category": "books", "price": 1299, "discounts": {"points": 99}, "delivered": "-3d"}
    (in_yen,) = parse_orders([{**yen, "currency": "JPY"}], NOW)
    (in_euro,) = parse_orders([{**yen, "currency": "EUR"}], NOW)
    assert (in_yen.paid_fen, in_euro.paid_fen) == (1200, 120000)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"discounts": {"points": {"amount": 60, "items": [2]}}}, r"discounts: 6000 off goods that cost 5000"),
        ({"discounts": {"points": {"amount": 6, "items": [3]}}}, r"points\.items: the order has lines 1 to 2"),
        ({"discounts": {"points": {"amount": 6, "payer": "nobody"}}}, r"payer"),
        ({"discounts": {"points": 4000}}, r"¥4,000\.00 off goods worth ¥3,050\.00"),
        ({"discounts": {"points": -1}}, r"negative"),
        ({"currency": "JPY", "discounts": {"points": 0.5}}, r"smallest unit of JPY"),
    ],
)
def test_impossible_discounts_are_named(keys: dict[str, object], message: str) -> None:
    """More off than something costs, lines that aren't there, and strange payers are errors that say where."""
    with pytest.raises(BadInput, match=message):
        order(**keys)


def test_refunded_units_are_within_what_was_bought() -> None:
    """A file can say how many units a refund was for, and not more than there were."""
    cups = {"title": "茶杯", "category": "home", "price": 50, "quantity": 3, "delivered": "-3d", "refunded": 50}
    (bought,) = parse_orders([{**cups, "refunded_quantity": 1}], NOW)
    assert bought.items[0].refunded_quantity == 1
    with pytest.raises(BadInput, match="more units are refunded than were bought"):
        parse_orders([{**cups, "refunded_quantity": 4}], NOW)
