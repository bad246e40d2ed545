"""Orders in words and as JSON."""

import json
from datetime import UTC, datetime
from typing import get_args

import pytest

from assistant.commerce.demo.world import demo_world
from assistant.commerce.inline import parse_orders
from assistant.commerce.model import OrderState, ParcelState
from assistant.commerce.views import (
    ORDER_STATES,
    PARCEL_STATES,
    order_line,
    order_view,
    total_fen,
)
from knowledge.text import Language

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
WORLD = demo_world(NOW)


def test_every_state_has_words() -> None:
    """No state of an order or a parcel is ever shown as a bare code."""
    assert set(ORDER_STATES) == set(get_args(OrderState))
    assert set(PARCEL_STATES) == set(get_args(ParcelState))
    assert all(text.zh and text.en for text in (*ORDER_STATES.values(), *PARCEL_STATES.values()))


def test_an_order_is_told_in_one_line() -> None:
    """The line says what, how many, in which state and for how much, in the reader's language."""
    items = [
        {"title": {"zh": "毛衣", "en": "Sweater"}, "category": "apparel", "price": 1159, "quantity": 2,
         "options": {"颜色": "藏青", "尺码": "XL"}},
        {"title": "袜子", "category": "apparel", "price": 10},
    ]
    (order,) = parse_orders([{"items": items, "delivered": "-3d"}], NOW)
    assert order_line(order, "zh") == "毛衣（藏青、XL） ×2 等2件商品 · 已签收 · ¥2,328.00"
    assert order_line(order, "en") == "Sweater (藏青, XL) ×2 and 1 more · Delivered · ¥2,328.00"


def test_an_unpaid_order_shows_what_it_will_cost() -> None:
    """Nothing was paid for it, and yet its total is what the buyer would pay."""
    row = {"title": "书", "category": "books", "price": 50, "discounts": {"points": 2}, "state": "unpaid"}
    (order,) = parse_orders([row], NOW)
    assert (order.paid_fen, total_fen(order)) == (0, 4800)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_demo_order_goes_out_as_json(language: Language) -> None:
    """Each order has the fields of the HTTP contract, in JSON, with the buyer's own id left out."""
    wanted = {
        "id", "state", "state_label", "shop", "created_at", "paid_fen", "refunded_fen", "currency", "items",
        "parcels",
    }
    for order in WORLD.orders:
        view = order_view(order, WORLD.shop(order.shop_id), language)
        assert wanted <= set(view)
        assert "buyer_id" not in json.dumps(view)
        assert view["shop"] != {"id": order.shop_id, "name": order.shop_id}
        for item in json.loads(json.dumps(view))["items"]:
            assert item["image"] == f"/static/products/{item['category']}.svg"


def test_a_shop_that_is_gone_is_shown_by_its_id() -> None:
    """An order of a shop that no longer exists can still be shown."""
    order = WORLD.orders[0]
    assert order_view(order, None, "zh")["shop"] == {"id": order.shop_id, "name": order.shop_id}
