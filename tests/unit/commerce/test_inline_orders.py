"""Orders written straight into scripts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.commerce.demo.world import demo_products
from assistant.commerce.inline import Cast, parse_orders
from assistant.commerce.rows import load_yaml
from knowledge.errors import BadInput

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PHONE = {"title": "手机", "category": "digital", "paid": 1999.0}
SHOP = Cast(buyer_id="xiaolin", products=demo_products())


def test_one_line_makes_an_order() -> None:
    """A title, a category, a price and a date are enough; earlier dates and usual traits are filled in."""
    (order,) = parse_orders([{**PHONE, "delivered": "-3d"}], NOW)
    assert (order.state, order.paid_fen, order.delivered_at) == ("delivered", 199900, NOW - timedelta(days=3))
    assert order.items[0].traits["three_guarantees"] is True
    assert order.dispatched_at is not None
    assert order.created_at < order.dispatched_at < NOW - timedelta(days=3)
    assert len(order.id) == 18
    assert [event.text.zh for event in order.parcels[0].events][-1] == "已签收"


def test_a_parcel_shows_only_what_has_happened() -> None:
    """A parcel that left an hour ago has not been scanned at hours that are yet to come."""
    (order,) = parse_orders([{**PHONE, "dispatched": "-1h"}], NOW)
    assert [event.text.zh for event in order.parcels[0].events] == ["商家已发货"]


@pytest.mark.parametrize(
    ("dates", "state"),
    [
        ({}, "paid"), ({"dispatched": "-1d"}, "dispatched"), ({"delivered": "-1d"}, "delivered"),
        ({"delivered": "-20d", "completed": "-10d"}, "completed"), ({"state": "unpaid"}, "unpaid"),
        ({"state": "cancelled"}, "cancelled"), ({"delivered": "-9d", "state": "completed"}, "completed"),
    ],
)
def test_the_state_follows_from_the_dates(dates: dict[str, str], state: str) -> None:
    """Saying when it was delivered is saying that it was; an order that says nothing waits for dispatch."""
    (order,) = parse_orders([{**PHONE, **dates}], NOW)
    assert order.state == state


def test_products_of_the_demo_can_be_named() -> None:
    """A script may use a demo product by its id and gets its title, price, traits and shop."""
    (order,) = parse_orders([{"product": "nova-buds", "price": 459, "delivered": "-6d"}], NOW, SHOP)
    assert (order.shop_id, order.buyer_id, order.items[0].unit_price_fen) == ("nova-store", "xiaolin", 45900)
    assert order.items[0].traits["price_protection_days"] == 15


def test_orders_come_newest_first() -> None:
    """The list is in the order in which a buyer sees it, with ids by place."""
    older, newer = {**PHONE, "delivered": "-30d"}, {**PHONE, "delivered": "-2d"}
    orders = parse_orders([older, newer], NOW)
    assert [order.id[-1] for order in orders] == ["2", "1"]


@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 5)), min_size=1, max_size=6),
    st.data(),
)
def test_discounts_are_shared_to_the_fen(lines: list[tuple[int, int]], data: st.DataObject) -> None:
    """However discounts fall over the items, their shares with the freight add up to what was paid."""
    goods = sum(price * quantity for price, quantity in lines)
    off, freight = data.draw(st.integers(0, goods)), data.draw(st.integers(0, 5000))
    items = [
        {"title": "书", "category": "books", "price": f"{price / 100:.2f}", "quantity": quantity}
        for price, quantity in lines
    ]
    coupon, carriage = f"{off / 100:.2f}", f"{freight / 100:.2f}"
    (order,) = parse_orders([{"items": items, "discounts": {"coupon": coupon}, "freight": carriage}], NOW)
    assert order.paid_fen == goods - off + freight
    assert sum(item.paid_fen for item in order.items) + order.freight_fen == order.paid_fen
    assert all(0 <= item.paid_fen <= item.unit_price_fen * item.quantity for item in order.items)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({**PHONE, "delivred": "-3d"}, r"orders\[0\]\.delivred: unknown key, did you mean 'delivered'\?"),
        ({**PHONE, "zzzz": 1}, r"orders\[0\]\.zzzz: unknown key$"),
        ({"title": "x", "category": "books", "paid": "free"}, r"paid: 'free' is not an amount such as"),
        ({"title": "x", "category": "cars", "paid": 1}, r"category: Input should be 'apparel'"),
        ({"title": "x", "category": "books"}, r"needs `paid`"),
        ({"title": "x", "paid": 1}, r"needs a `product`, or a `title` and a `category`"),
        ({"product": "nope"}, r"there is no product 'nope'"),
        ({**PHONE, "delivered": "someday"}, r"delivered: 'someday' is not a moment"),
        ({**PHONE, "delivered": "+3d"}, r"delivered_at .* lies in the future"),
        ({**PHONE, "created": "-1d", "delivered": "-3d"}, r"lies before"),
        ({**PHONE, "state": "delivered"}, r"needs `delivered`"),
        ({**PHONE, "state": "unpaid", "delivered": "-3d"}, r"has no `dispatched` or `delivered`"),
        ({**PHONE, "quantity": 0}, r"quantity"),
        ({**PHONE, "discounts": {"points": 5}}, r"write `discounts`, or `paid`"),
        ({"product": "nova-case", "discounts": {"points": 70}}, r"¥70\.00 off goods worth ¥69\.00"),
        ({**PHONE, "refunded": 2000}, r"more is refunded than was paid"),
        ({"items": []}, r"orders\[0\]\.items"),
        ("手机", r"orders\[0\]: an order is a mapping"),
    ],
)
def test_errors_name_the_order_and_the_key(row: dict[str, object], message: str) -> None:
    """A mistake in a script is answered with where it is and what is wrong with it."""
    with pytest.raises(BadInput, match=message):
        parse_orders([row], NOW, SHOP)


def test_a_file_that_is_not_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    """A syntax error in a shop's file names the file and the line."""
    file = tmp_path / "orders.yaml"
    file.write_text("- {id: 1\n- [", encoding="utf-8")
    with pytest.raises(BadInput, match=r"(?s)orders\.yaml is not YAML.*line 2"):
        load_yaml(file)
