"""The demo shop."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.commerce.categories import categories, image_path
from assistant.commerce.dates import SHOP_ZONE, local_midnight
from assistant.commerce.demo import world as demo
from assistant.commerce.demo.world import demo_products, demo_world
from assistant.commerce.model import Category, Order, OrderState, ParcelState
from assistant.commerce.rows import load_yaml
from assistant.commerce.world import World

TODAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
WEB = Path(__file__).parents[3] / "api" / "web"
HAPPENED = ("created_at", "paid_at", "dispatched_at", "delivered_at", "completed_at")


@pytest.fixture(scope="module")
def world() -> World:
    """The demo shop on one day."""
    return demo_world(TODAY)


def test_the_demo_is_big_enough(world: World) -> None:
    """There are 8 shops, 48 products, 10 buyers of every tier and both languages, 72 orders, or more."""
    assert len(world.shops) >= 8
    assert len(world.products) >= 48
    assert len(world.buyers) >= 10
    assert len(world.orders) >= 72
    assert {buyer.credit_tier for buyer in world.buyers} == {1, 2, 3, 4, 5}
    assert {buyer.language for buyer in world.buyers} == {"zh", "en"}
    assert all(buyer.id.isalpha() and buyer.id.islower() for buyer in world.buyers)


def test_every_state_and_category_is_there(world: World) -> None:
    """Each state of an order and a parcel, and each category of goods, can be seen in the demo."""
    assert {order.state for order in world.orders} == set(get_args(OrderState))
    parcels = {parcel.state for order in world.orders for parcel in order.parcels}
    assert parcels >= set(get_args(ParcelState)) - {"packed"}
    sold = {item.category for order in world.orders for item in order.items}
    assert sold == set(get_args(Category)) == {product.category for product in demo_products()}


@pytest.mark.parametrize("days", [1, 5, 8, 13, 20, 40, 200])
def test_deliveries_of_every_age_are_there(world: World, days: int) -> None:
    """Windows of all lengths can be tried, on orders delivered from yesterday to 200 days ago."""
    today = TODAY.astimezone(SHOP_ZONE).date()
    delivered = [order.delivered_at for order in world.orders if order.delivered_at]
    assert today - timedelta(days=days) in {at.astimezone(SHOP_ZONE).date() for at in delivered}


def test_what_was_paid_adds_up_in_every_order(world: World) -> None:
    """Items and freight add up to what was paid, so do goods less discounts, and no refund exceeds it."""
    for order in world.orders:
        assert sum(item.paid_fen for item in order.items) + order.freight_fen == order.paid_fen, order.id
        goods = sum(item.unit_price_fen * item.quantity for item in order.items)
        off = sum(discount.fen for discount in order.discounts)
        assert order.paid_fen == (goods - off + order.freight_fen if order.paid_at else 0), order.id
        assert sum(item.refunded_fen for item in order.items) <= order.refunded_fen <= order.paid_fen
        assert all(0 <= item.refunded_fen <= item.paid_fen for item in order.items)


def test_states_agree_with_money_and_dates(world: World) -> None:
    """A refunded order has its money back, a delivered one its date, one in the shop has no parcel."""
    for order in world.orders:
        assert (order.state == "unpaid") <= (order.paid_at is None)
        if order.state in ("delivered", "completed"):
            assert order.delivered_at is not None
        if order.state == "refunded":
            assert order.refunded_fen == order.paid_fen > 0
        if order.state == "partly_refunded":
            assert 0 < order.refunded_fen < order.paid_fen
        if order.state == "paid":
            assert order.dispatched_at is None
            assert not order.parcels


@settings(max_examples=25, deadline=None)
@given(st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)))
def test_on_every_day_all_of_it_lies_in_the_past(now: datetime) -> None:
    """Whenever the demo is opened, what happened happened in order and before the day began."""
    midnight = local_midnight(now)
    for order in demo_world(now).orders:
        steps = [at for name in HAPPENED if (at := getattr(order, name)) is not None]
        assert steps == sorted(steps)
        assert steps[-1] <= midnight
        scans = [event.at for parcel in order.parcels for event in parcel.events]
        assert all(at <= midnight for at in scans)


def test_another_day_moves_dates_and_nothing_else(world: World) -> None:
    """Order ids, prices and states are the same tomorrow; every date is one day later."""
    tomorrow = demo_world(TODAY + timedelta(days=1))
    assert [o.id for o in tomorrow.orders] == [o.id for o in world.orders]
    for today_s, next_s in zip(world.orders, tomorrow.orders, strict=True):
        assert (next_s.state, next_s.items) == (today_s.state, today_s.items)
        for name in (*HAPPENED, "dispatch_due_at", "delivery_due_at"):
            before, after = getattr(today_s, name), getattr(next_s, name)
            assert after == (before and before + timedelta(days=1))


def test_one_day_gives_one_world_even_when_read_anew(world: World) -> None:
    """From morning to evening, and in another process, the demo is the same to the last field."""
    assert demo_world(TODAY) is demo_world(TODAY + timedelta(hours=5))
    demo._world.cache_clear()
    demo._catalogue.cache_clear()
    demo._order_rows.cache_clear()
    assert demo_world(TODAY) == world


def test_order_ids_are_eighteen_digits_and_unique(world: World) -> None:
    """An order number can be told from other numbers and names one order."""
    ids = [order.id for order in world.orders]
    assert len(set(ids)) == len(ids)
    assert all(len(order_id) == 18 and order_id.isdigit() for order_id in ids)
    items = [item.id for order in world.orders for item in order.items]
    assert len(set(items)) == len(items)


def test_items_carry_every_trait_that_rules_count_on(world: World) -> None:
    """No rule needs to ask the buyer what the platform knows: each item has every usual trait."""
    usual = set(categories()["books"].traits)
    for order in world.orders:
        for item in order.items:
            assert usual <= set(item.traits)
            if item.category == "fresh":
                assert item.traits["perishable"] is True


def test_shops_promise_only_what_has_a_name(world: World) -> None:
    """Each promise of a shop is one that the platform can name in both languages."""
    named = load_yaml(Path(demo.__file__).with_name("promises.yaml"))
    assert {promise for shop in world.shops for promise in shop.promises} <= set(named)
    assert all(set(words) == {"zh", "en"} for words in named.values())


def test_every_buyer_has_a_story_of_their_own(world: World) -> None:
    """Whoever is chosen in the demo has at least five orders, and some goods to claim for."""
    counts = Counter(order.buyer_id for order in world.orders)
    assert all(counts[buyer.id] >= 5 for buyer in world.buyers)
    delivered = {order.buyer_id for order in world.orders if order.delivered_at}
    assert delivered == {buyer.id for buyer in world.buyers}


def test_prices_have_dropped_and_coupons_were_shared(world: World) -> None:
    """Price protection can be tried: goods within their days cost less today, with and without coupons."""
    dropped = [order for order in world.orders if _dropped(world, order)]
    assert len(dropped) >= 4
    assert {bool(order.discounts) for order in dropped} == {True, False}


def _dropped(world: World, order: Order) -> bool:
    """True when an item of the order is price-protected and cheaper today."""
    products = [(item, world.product(item.product_id)) for item in order.items]
    protected = [(item, product) for item, product in products if item.traits["price_protection_days"]]
    return any(product and product.price_fen < item.unit_price_fen for item, product in protected)


@pytest.mark.parametrize("category", get_args(Category))
def test_every_category_has_a_small_picture(category: Category) -> None:
    """Each category's picture exists, is plain SVG without scripts or links, and is at most 2 KB."""
    picture = (WEB / image_path(category).removeprefix("/")).read_text(encoding="utf-8")
    assert len(picture.encode()) <= 2048
    assert picture.startswith("<svg ")
    assert "script" not in picture
    assert "href" not in picture
