"""What the platform does and refuses when an order is released, or goods are kept for a coupon or part of the money."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.commerce.model import Order, OrderItem
from assistant.commerce.overlay import check, replay
from assistant.commerce.platform import Command
from knowledge.errors import Conflict
from knowledge.text import Text
from tests.fakes.clock import NOW

ITEM = OrderItem("O-1-1", "p1", Text("裙", "Dress"), "apparel", 1, 9900, 9900)
PAID = Order("O-1", "b", "s", "paid", NOW - timedelta(days=3), (ITEM,), 10900, 1000, paid_at=NOW - timedelta(days=3))
HERE = replace(PAID, state="delivered", dispatched_at=NOW - timedelta(days=2), delivered_at=NOW - timedelta(days=1))
RELEASE, COUPON, PART = (
    Command("release_order", "O-1", "O-1-1", 990), Command("coupon", "O-1", "O-1-1", 500),
    Command("partial_refund", "O-1", "O-1-1", 1980),
)


def test_a_release_gives_back_everything() -> None:
    """The order is cancelled and all that was paid comes back, freight too."""
    check(PAID, (), RELEASE)
    released = replay(PAID, (RELEASE,))
    assert (released.state, released.refunded_fen) == ("cancelled", 10900)


@pytest.mark.parametrize(
    ("order", "earlier", "command"),
    [
        (HERE, (), RELEASE), (replay(PAID, (RELEASE,)), (RELEASE,), RELEASE),
        (PAID, (), replace(RELEASE, amount_fen=0)),
        (HERE, (COUPON,), COUPON), (HERE, (), replace(COUPON, amount_fen=0)),
        (HERE, (PART,), replace(PART, amount_fen=1)), (HERE, (), replace(PART, amount_fen=11000)),
    ],
)
def test_what_is_sent_given_or_too_much_is_refused(
    order: Order, earlier: tuple[Command, ...], command: Command
) -> None:
    """No release after dispatch or twice, no gift of nothing or twice, no more than was paid."""
    with pytest.raises(Conflict):
        check(order, earlier, command)


def test_part_of_the_money_leaves_the_goods_and_the_rest() -> None:
    """The goods stay, and a later refund can give back no more than what is left."""
    check(HERE, (), PART)
    kept = replay(HERE, (PART,))
    assert (kept.state, kept.refunded_fen) == ("delivered", 1980)
    with pytest.raises(Conflict):
        check(kept, (PART,), Command("refund", "O-1", "O-1-1", 9900))


def test_a_coupon_changes_no_money() -> None:
    """The coupon is the shop's; what was paid for the order stays as it is."""
    check(HERE, (), COUPON)
    assert replay(HERE, (COUPON,)) == HERE
