"""From the platform's values to facts."""

from dataclasses import replace
from datetime import datetime, timedelta

from assistant.commerce.model import Buyer, Order, OrderItem, Parcel, ParcelEvent, Product, Shop
from assistant.decisions.book import RuleBook
from assistant.decisions.engine import decide
from assistant.decisions.gather import facts_of
from assistant.decisions.workdays import SHANGHAI
from knowledge.text import Text

NOW = datetime(2026, 6, 16, 12, 0, tzinfo=SHANGHAI)
NAME = Text("物", "Thing")
ITEM = OrderItem("i1", "p1", NAME, "digital", 2, 10000, 19000, traits={"price_protection_days": 15, "glows": True})
OTHER = OrderItem("i2", "p2", NAME, "books", 1, 1000, 1000)
ORDER = Order(
    "o1", "b1", "s1", "delivered", NOW - timedelta(days=5), (ITEM, OTHER), 20800, 800,
    paid_at=NOW - timedelta(days=5), dispatched_at=NOW - timedelta(days=4), delivered_at=NOW - timedelta(days=3),
)
BUYER, SHOP = Buyer("b1", "Lin", 4), Shop("s1", NAME, 4.9, ("size_swap",))
PRODUCT = Product("p1", "s1", NAME, "digital", 9000, traits={"price_protection_days": 30, "warranty_months": 12})


def test_all_that_the_platform_knows_becomes_facts() -> None:
    """Order, item, buyer, shop and product are there without anybody being asked."""
    facts = facts_of(ORDER, ITEM, BUYER, SHOP, PRODUCT, NOW)
    assert facts["order"]["delivered"] is True
    assert facts["item"]["current_price_fen"] == 9000
    assert facts["item"]["warranty_months"] == 12
    assert facts["buyer"] == {"credit_tier": 4}
    assert facts["shop"] == {"promises": ["size_swap"], "score": 4.9}


def test_the_item_as_it_was_bought_overrides_the_product_today() -> None:
    """A label changed after the order doesn't change the buyer's rights."""
    assert facts_of(ORDER, ITEM, None, None, PRODUCT, NOW)["item"]["price_protection_days"] == 15


def test_a_trait_that_no_rule_can_ask_is_left_out() -> None:
    """A shop's own trait is no error."""
    assert "glows" not in facts_of(ORDER, ITEM, None, None, None, NOW)["item"]


def test_freight_is_shared_over_the_items_to_the_fen() -> None:
    """The items' shares of the freight add up to it."""
    shares = [facts_of(ORDER, item, None, None, None, NOW)["item"]["freight_share_fen"] for item in ORDER.items]
    assert sum(shares) == 800
    assert shares == [760, 40]


def test_a_lost_parcel_speaks_for_the_order() -> None:
    """Of two parcels the lost one decides, and its silence is counted in days."""
    scan = ParcelEvent(NOW - timedelta(days=9), NAME)
    parcels = (Parcel("1", NAME, "T1", "lost", (scan,)), Parcel("2", NAME, "T2", "in_transit", (scan,)))
    facts = facts_of(replace(ORDER, parcels=parcels), ITEM, None, None, None, NOW)
    assert facts["parcel"] == {"state": "lost", "quiet_days": 9, "held_by_weather": False}


def test_a_parcel_that_the_carrier_reports_held_by_weather_says_so() -> None:
    """Force majeure is the carrier's word, never the shop's or the buyer's."""
    held = Parcel("1", NAME, "T1", "delayed", held_by_weather=True)
    facts = facts_of(replace(ORDER, parcels=(held,)), ITEM, None, None, None, NOW)
    assert facts["parcel"]["held_by_weather"] is True


def test_an_order_without_a_product_can_still_be_decided(book: RuleBook) -> None:
    """A product that is no longer sold takes nothing from the buyer's rights."""
    facts = facts_of(ORDER, ITEM, BUYER, SHOP, None, NOW)
    facts["claim"] |= {"kind": "return", "reason": "quality"}
    decision = decide(book, facts, NOW)
    assert (decision.outcome, decision.amount and decision.amount.fen) == ("grant", 19760)


def test_a_price_that_fell_is_computed_from_what_was_really_paid(book: RuleBook) -> None:
    """Two units paid 190.00 after a coupon, 90.00 each today: 10.00 are due."""
    facts = facts_of(ORDER, ITEM, BUYER, SHOP, PRODUCT, NOW)
    facts["claim"]["kind"] = "price_protection"
    decision = decide(book, facts, NOW)
    assert (decision.outcome, decision.amount and decision.amount.fen) == ("grant", 1000)
