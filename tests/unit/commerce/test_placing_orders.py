"""Orders placed for a buyer: at today's price, from what is there, paid from their own card, once."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.commerce.demo.world import demo_world
from assistant.commerce.finding import best_products
from assistant.commerce.placing import check_purchase, order_number
from assistant.commerce.platform import Command, Line
from assistant.commerce.static import StaticPlatform
from assistant.scope import Scope
from knowledge.errors import BadInput, Conflict, NotFound

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
WORLD = demo_world(NOW)
BUYER, OTHER = Scope("demo", "buyer", "xiaolin"), Scope("demo", "buyer", "laowang")
GATEWAY = Scope("demo", "system", "gateway")
METHODS = WORLD.payments["xiaolin"]
BUDS = 39900


def order_of(*lines: Line, amount: int = BUDS, payment: str = "gift_card", buyer: str = "xiaolin") -> Command:
    """A `place_order` as the gateway sends it."""
    arguments = {"payment": payment, "buyer_id": buyer, "asked_at": NOW.isoformat()}
    return Command("place_order", "", None, amount, arguments, lines)


async def test_what_is_ordered_is_there() -> None:
    """The order is the buyer's, paid from the card, with the goods at today's price; the card has that much less."""
    platform = StaticPlatform(WORLD)
    effect = await platform.perform(GATEWAY, order_of(Line("nova-buds", 2), amount=2 * BUDS), "k1")
    newest = (await platform.orders(BUYER, "xiaolin"))[0]
    assert newest.id == effect.reference == order_number("k1")
    assert (newest.state, newest.paid_fen, newest.items[0].quantity) == ("paid", 2 * BUDS, 2)
    assert [one.balance_fen for one in await platform.payment_methods(BUYER, "xiaolin")] == [100000 - 2 * BUDS, None]
    assert await platform.order(OTHER, newest.id) is None


async def test_placed_twice_under_one_key_is_one_order() -> None:
    """The same key gives the same order again, and is paid once."""
    platform = StaticPlatform(WORLD)
    before = len(await platform.orders(BUYER, "xiaolin"))
    for _ in range(3):
        await platform.perform(GATEWAY, order_of(Line("nova-buds")), "k1")
    assert len(await platform.orders(BUYER, "xiaolin")) == before + 1
    assert (await platform.payment_methods(BUYER, "xiaolin"))[0].balance_fen == 100000 - BUDS


async def test_cancelled_again_the_card_has_it_back() -> None:
    """A placed order is an order like any other: cancelled before dispatch, what was paid is back on the card."""
    platform = StaticPlatform(WORLD)
    placed = await platform.perform(GATEWAY, order_of(Line("nova-buds")), "k1")
    await platform.perform(GATEWAY, Command("cancel_order", placed.reference, None, BUDS), "k2")
    assert (await platform.payment_methods(BUYER, "xiaolin"))[0].balance_fen == 100000


async def test_other_ways_to_pay_leave_it_unpaid() -> None:
    """With a bank card the order waits for payment: nobody's money moves through the assistant."""
    platform = StaticPlatform(WORLD)
    await platform.perform(GATEWAY, order_of(Line("nova-buds"), payment="bank_card"), "k1")
    newest = (await platform.orders(BUYER, "xiaolin"))[0]
    assert (newest.state, newest.paid_fen, newest.paid_at) == ("unpaid", 0, None)


REFUSED = [
    ("a price of one's own", order_of(Line("nova-buds"), amount=1), Conflict, "comes to 39900"),
    ("nothing at all", order_of(amount=0), BadInput, "at least one"),
    ("none of something", order_of(Line("nova-buds", 0), amount=0), BadInput, "at least one"),
    ("what nobody sells", order_of(Line("moon-rock")), NotFound, "moon-rock"),
    ("what is sold out", order_of(Line("hearth-dryer"), amount=24900), Conflict, "0 of hearth-dryer"),
    ("more than there are", order_of(Line("nova-buds", 51), amount=51 * BUDS), Conflict, "50 of nova-buds"),
    ("somebody else's card", order_of(Line("nova-buds"), payment="vip"), Conflict, "no payment method"),
    ("more than is on the card", order_of(Line("nova-pad"), amount=189900), Conflict, "100000 fen are left"),
]


@pytest.mark.parametrize(("_what", "command", "error", "message"), REFUSED, ids=[one[0] for one in REFUSED])
def test_the_platform_refuses(_what: str, command: Command, error: type[Exception], message: str) -> None:
    """The platform checks for itself what it is asked to sell, whatever was decided before."""
    with pytest.raises(error, match=message):
        check_purchase(command, WORLD, METHODS)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["buy", "cancel"]), st.integers(1, 3)), max_size=8))
async def test_a_card_never_pays_more_than_it_had(steps: list[tuple[str, int]]) -> None:
    """Whatever is bought and cancelled in whatever order, card and paid orders together are what the card had."""
    platform, placed = StaticPlatform(WORLD), []
    for n, (what, units) in enumerate(steps):
        try:
            if what == "buy":
                command = order_of(Line("nova-buds", units), amount=units * BUDS)
                placed.append((await platform.perform(GATEWAY, command, f"k{n}")).reference)
            elif placed:
                order = await platform.order(GATEWAY, placed.pop())
                assert order is not None
                await platform.perform(GATEWAY, Command("cancel_order", order.id, None, order.paid_fen), f"k{n}")
        except Conflict:
            continue
    kept = [await platform.order(GATEWAY, one) for one in placed]
    left = (await platform.payment_methods(BUYER, "xiaolin"))[0].balance_fen
    assert left is not None
    assert left >= 0
    assert left + sum(order.paid_fen - order.refunded_fen for order in kept if order) == 100000


async def test_balances_are_nobody_elses_to_see() -> None:
    """A buyer sees the own ways to pay; another buyer, a merchant and another tenant see none."""
    platform = StaticPlatform(WORLD)
    for scope in (OTHER, Scope("demo", "merchant", "x", "nova-store"), Scope("elsewhere", "agent", "x")):
        assert not await platform.payment_methods(scope, "xiaolin")


@pytest.mark.parametrize(("words", "first"), [
    ("有没有降噪的蓝牙耳机", "nova-buds"), ("10公斤的洗衣机", "hearth-washer"), ("air fryer", "hearth-fryer"),
])
def test_products_are_found_by_words(words: str, first: str) -> None:
    """What people call a thing, or a line of its specification, finds it."""
    assert best_products(WORLD.products, words, 3)[0].id == first


def test_words_that_fit_nothing_find_nothing() -> None:
    """A search that has nothing to do with the shop's goods comes back empty."""
    assert best_products(WORLD.products, "zzzz qqqq", 3) == ()
