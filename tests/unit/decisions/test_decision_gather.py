"""From the platform's values to facts."""

from dataclasses import replace
from datetime import datetime, timedelta

from assistant.clock import SHANGHAI
from assistant.commerce.model import Buyer, Discount, Order, OrderItem, Parcel, ParcelEvent, Product, Shop
from assistant.decisions.book import RuleBook
from assistant.decisions.engine import decide
from assistant.decisions.gather import facts_of
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
    assert facts["shop"] == {"id": "s1", "promises": ["size_swap"], "score": 4.9}


def test_the_item_as_it_was_bought_overrides_the_product_today() -> None:
    """A label changed after the order doesn't change the buyer's rights."""
    assert facts_of(ORDER, ITEM, None, None, PRODUCT, NOW)["item"]["price_protection_days"] == 15


def test_a_trait_that_no_rule_can_ask_is_left_out() -> None:
    """A shop's own trait is no error."""
    assert "glows" not in facts_of(ORDER, ITEM, None, None, None, NOW)["item"]


def test_further_facts_of_the_platform_are_there_and_its_plain_fields_win() -> None:
    """What a platform knows beyond the usual fields can be asked by rules, unless it contradicts those fields."""
    order = replace(ORDER, facts={"presale": True, "paid_fen": 1, "unheard_of": True})
    facts = facts_of(
        order, ITEM, replace(BUYER, facts={"advanced_open_fen": 500}), replace(SHOP, facts={"retention": ["coupon"]}),
        None, NOW,
    )
    assert facts["order"]["presale"] is True
    assert facts["order"]["paid_fen"] == ORDER.paid_fen
    assert "unheard_of" not in facts["order"]
    assert facts["buyer"]["advanced_open_fen"] == 500
    assert facts["shop"]["retention"] == ["coupon"]


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


def test_who_paid_what_becomes_facts_by_item_and_by_order() -> None:
    """Points, the platform's and the state's shares are told of the item, and of the order what is not back of them."""
    shares = (Discount("points", 300, "buyer"), Discount("subsidy", 1001, "state"), Discount("coupon", 700))
    one_back = replace(ITEM, discounts=shares, refunded_quantity=1, refunded_fen=9500, gift_fen=500)
    order = replace(ORDER, items=(one_back, OTHER), refunded_fen=9500)
    facts = facts_of(order, one_back, None, None, None, NOW)
    told = ("points_fen", "platform_fen", "state_fen", "gift_fen", "refunded_quantity")
    assert [facts["item"][name] for name in told] == [300, 0, 1001, 500, 1]
    left = ("points_fen", "platform_fen", "state_fen", "units_left", "freight_refunded_fen")
    assert [facts["order"][name] for name in left] == [150, 0, 500, 2, 0]


def test_only_coupons_that_still_hold_come_back() -> None:
    """A coupon that has ended, or whose end isn't known, is not promised to anybody."""
    ends = (NOW + timedelta(days=1), NOW - timedelta(days=1), None)
    order = replace(ORDER, discounts=tuple(Discount("shop_coupon", 500, expires_at=end) for end in ends))
    assert facts_of(order, ITEM, None, None, None, NOW)["order"]["coupon_fen"] == 500


def test_a_refunded_unit_is_known_by_its_price() -> None:
    """Where the platform tells only the money, the price of one of two is one of them; freight is what is beyond."""
    item = replace(ITEM, refunded_fen=9500)
    facts = facts_of(replace(ORDER, items=(item, OTHER), refunded_fen=9900), item, None, None, None, NOW)
    assert facts["item"]["refunded_quantity"] == 1
    assert facts["order"]["freight_refunded_fen"] == 400
