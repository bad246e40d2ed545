"""What commands do to orders, and which are refused."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.commerce.inline import parse_orders
from assistant.commerce.model import Order
from assistant.commerce.overlay import AFTER_SALES, COMMANDS, check, refundable, replay
from assistant.commerce.platform import Command
from assistant.commerce.returning import open_returns
from knowledge.errors import BadInput, Conflict, NotFound

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def order(**keys: object) -> Order:
    """Two books for 30 and 20 yuan with 5 yuan freight, delivered unless `keys` say otherwise."""
    items = [
        {"title": "书", "category": "books", "price": 30}, {"title": "笔", "category": "books", "price": 20},
    ]
    return parse_orders([{"items": items, "freight": 5, "delivered": "-3d", **keys}], NOW)[0]


def undispatched(**keys: object) -> Order:
    """The same two books, paid yesterday, still in the shop."""
    return order(delivered=None, created="-1d", **keys)


def command(name: str, of: Order, amount: int = 0, item: int | None = None, **arguments: str) -> Command:
    """A command on an order, or on its item of a number from 1."""
    return Command(name, of.id, f"{of.id}-{item}" if item else None, amount, arguments)


def after(of: Order, commands: Sequence[Command]) -> Order:
    """The order after commands, each of which must be allowed when its turn comes."""
    for place, one in enumerate(commands):
        check(replay(of, commands[:place]), commands[:place], one)
    return replay(of, commands)


def test_a_refund_of_one_item_leaves_the_other() -> None:
    """The money of one item comes back, the order is partly refunded, the other item keeps its own."""
    result = after(order(), [command("refund", order(), 3000, item=1)])
    assert (result.state, result.refunded_fen) == ("partly_refunded", 3000)
    assert [item.refunded_fen for item in result.items] == [3000, 0]


def test_freight_comes_back_after_the_item_itself() -> None:
    """What a refund of an item has beyond the item's price is the order's freight, once."""
    result = after(order(), [command("refund", order(), 3500, item=1)])
    assert (result.refunded_fen, refundable(result)) == (3500, 2000)
    assert refundable(result, result.items[1].id) == 2000


def test_a_refund_of_units_leaves_the_other_units_their_price() -> None:
    """Of three cups, two refunds of one each with its freight: item, freight and units are counted apart."""
    cups = {"title": "杯", "category": "home", "price": 10, "quantity": 3, "freight": 5, "delivered": "-3d"}
    (bought,) = parse_orders([cups], NOW)
    one = Command("refund", bought.id, bought.items[0].id, 1167, {"quantity": 1})
    result = after(bought, [one])
    assert (result.items[0].refunded_fen, result.items[0].refunded_quantity, result.refunded_fen) == (1000, 1, 1167)
    result = after(bought, [one, one])
    assert (result.items[0].refunded_fen, result.items[0].refunded_quantity, result.refunded_fen) == (2000, 2, 2334)


def test_everything_back_is_refunded() -> None:
    """A refund of the whole order gives every item's money and the freight back."""
    result = after(order(), [command("refund", order(), 5500)])
    assert (result.state, result.refunded_fen) == ("refunded", 5500)
    assert [item.refunded_fen for item in result.items] == [3000, 2000]


def test_a_price_difference_leaves_the_order_delivered() -> None:
    """Money back for a lower price changes what can still be refunded, not where the order stands."""
    result = after(order(), [command("price_difference", order(), 400, item=2)])
    assert (result.state, refundable(result)) == ("delivered", 5100)


def test_cancelling_gives_everything_back() -> None:
    """What is cancelled before dispatch gives back all that was paid; for an unpaid order, nothing."""
    paid = undispatched()
    result = after(paid, [command("cancel_order", paid, 5500)])
    assert (result.state, result.refunded_fen) == ("cancelled", 5500)
    result = after(paid, [command("refund", paid, 1000), command("cancel_order", paid, 4500)])
    assert (result.state, result.refunded_fen) == ("cancelled", 5500)
    unpaid = undispatched(state="unpaid")
    result = after(unpaid, [command("cancel_order", unpaid)])
    assert (result.state, result.refunded_fen) == ("cancelled", 0)


def test_a_new_address_is_shown_masked() -> None:
    """The address changes before dispatch and is never shown in full."""
    paid = undispatched()
    result = after(paid, [command("change_address", paid, address="浙江省杭州市西湖区文三路100号3幢501室")])
    assert result.address_masked == "浙江省杭州市西湖区***"
    result = after(paid, [command("change_address", paid, address="501, 3 Wensan Road, Hangzhou")])
    assert result.address_masked == "***, * We***"


@pytest.mark.parametrize("name", ["return", "exchange", "repair"])
def test_goods_in_after_sales_say_so(name: str) -> None:
    """An open return, exchange or repair is seen on its item, and only there."""
    result = after(order(), [command(name, order(), item=1)])
    assert [item.traits.get(AFTER_SALES) for item in result.items] == [name, None]


@pytest.mark.parametrize("name", ["complaint", "invoice", "compensation"])
def test_what_is_only_recorded_leaves_the_order_alone(name: str) -> None:
    """A complaint, an invoice or compensation changes nothing about the order itself."""
    amount = 500 if name == "compensation" else 0
    assert after(order(), [command(name, order(), amount)]) == order()


REFUSED: list[tuple[str, list[tuple[str, int, int | None]], str]] = [
    ("more than was paid", [("refund", 5501, None)], "5500 fen"),
    ("more than the item and freight", [("refund", 3501, 1)], "3500 fen"),
    ("nothing", [("refund", 0, 1)], "of nothing"),
    ("what is back already", [("refund", 3000, 1), ("refund", 3000, 1)], "500 fen"),
    ("anything once all is back", [("refund", 5500, None), ("return", 0, 1)], "is refunded"),
    ("two returns of one item", [("return", 3000, 1), ("return", 3000, 1)], "a return is open"),
    ("a refund beside the item's return", [("return", 3000, 1), ("refund", 3000, 1)], "a return is open"),
    ("what an open return will give back", [("return", 3000, 1), ("refund", 5500, None)], "2500 fen"),
    ("the freight twice", [("return", 3500, 1), ("return", 2500, 2)], "2000 fen"),
    ("a repair beside an exchange", [("exchange", 0, 1), ("repair", 0, 1)], "an? exchange is open"),
    ("cancelling after dispatch", [("cancel_order", 0, None)], "is delivered"),
    ("a new address after dispatch", [("change_address", 0, None)], "is delivered"),
    ("urging what has arrived", [("urge", 0, None)], "is delivered"),
    ("two invoices", [("invoice", 0, None), ("invoice", 0, None)], "done already"),
    ("compensation twice", [("compensation", 500, None), ("compensation", 500, None)], "done already"),
    ("compensation of nothing", [("compensation", 0, None)], "of 0 fen"),
]


@pytest.mark.parametrize(("_what", "steps", "message"), REFUSED, ids=[what for what, _, _ in REFUSED])
def test_the_impossible_is_refused(
    _what: str, steps: list[tuple[str, int, int | None]], message: str
) -> None:
    """The platform says no, and why, to what the order no longer allows."""
    delivered = order()
    *done, last = [command(name, delivered, amount, item) for name, amount, item in steps]
    now = after(delivered, done)
    with pytest.raises(Conflict, match=message):
        check(now, done, last)


@pytest.mark.parametrize("name", ["return", "exchange", "repair"])
def test_goods_on_their_way_cannot_be_sent_back(name: str) -> None:
    """What has not been delivered is cancelled or refunded, not returned."""
    on_its_way = order(delivered=None, dispatched="-1d")
    with pytest.raises(Conflict, match="has not been delivered"):
        check(on_its_way, [], command(name, on_its_way, item=1))


@pytest.mark.parametrize("name", ["refund", "price_difference", "compensation", "invoice", "urge"])
def test_an_unpaid_order_gives_nothing(name: str) -> None:
    """Nothing comes back for what nobody paid."""
    unpaid = undispatched(state="unpaid")
    with pytest.raises(Conflict, match="is unpaid"):
        check(unpaid, [], command(name, unpaid, 1))


def test_nonsense_is_named() -> None:
    """An unknown command, an item of another order, a negative amount and an empty address are told apart."""
    delivered, paid = order(), undispatched()
    with pytest.raises(BadInput, match="no command 'gift'; there are refund"):
        check(delivered, [], command("gift", delivered))
    with pytest.raises(NotFound, match="has no item"):
        check(delivered, [], command("refund", delivered, 1, item=3))
    with pytest.raises(BadInput, match="negative"):
        check(delivered, [], command("refund", delivered, -1))
    with pytest.raises(BadInput, match="address"):
        check(paid, [], command("change_address", paid, address=" "))


@given(st.lists(
    st.tuples(st.sampled_from(COMMANDS), st.integers(0, 6000), st.sampled_from([None, 1, 2])), max_size=12,
), st.booleans())
def test_no_sequence_of_commands_gives_back_more_than_was_paid(
    steps: list[tuple[str, int, int | None]], delivered: bool
) -> None:
    """Whatever is asked in whatever order, refunds and open returns together stay within what was paid."""
    start = order() if delivered else undispatched()
    done: list[Command] = []
    for name, amount, item in steps:
        one = command(name, start, amount, item, address="somewhere", service="repair", visit_day="2026-11-25")
        with suppress(Conflict):
            check(replay(start, done), done, one)
            done.append(one)
    end = replay(start, done)
    held = sum(one.amount_fen for one in open_returns(done))
    assert end.refunded_fen + held <= end.paid_fen
    assert all(item.refunded_fen <= item.paid_fen for item in end.items)
    assert 0 <= end.refunded_fen - sum(item.refunded_fen for item in end.items) <= end.freight_fen
    assert (end.state == "refunded") <= (end.refunded_fen == end.paid_fen)
