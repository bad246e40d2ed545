"""The demo shop as a platform: who sees what, and things done once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from assistant.commerce.demo.platform import DemoPlatform
from assistant.commerce.demo.world import demo_world
from assistant.commerce.effects import InMemoryEffects, Performed
from assistant.commerce.inline import parse_orders
from assistant.commerce.model import Order
from assistant.commerce.platform import Command, Effect, Platform
from assistant.commerce.static import StaticPlatform
from assistant.commerce.world import World
from assistant.scope import Scope
from knowledge.errors import Conflict, NotFound

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
WORLD = demo_world(NOW)
BUYER = Scope("demo", "buyer", "xiaolin")
AGENT = Scope("demo", "agent", "lin")
NOT_THERE = "260000000000000000"


class WaitingEffects(InMemoryEffects):
    """Effects behind a database: every call lets others run before it answers."""

    async def get(self, tenant: str, key: str) -> Performed | None:
        """What was done under this key, after a wait."""
        found = await super().get(tenant, key)
        await asyncio.sleep(0)
        return found

    async def all(self, tenant: str) -> Sequence[Performed]:
        """All that was done, as it stood before a wait."""
        done = await super().all(tenant)
        await asyncio.sleep(0)
        return done


def shop_of(name: str) -> Scope:
    """A merchant's scope."""
    return Scope("demo", "merchant", "owner", name)


def phone_order() -> Order:
    """Xiaolin's delivered phone, with a charger beside it."""
    return next(o for o in WORLD.orders if o.buyer_id == "xiaolin" and o.items[0].product_id == "nova-12")


@pytest.fixture
def effects() -> InMemoryEffects:
    """What was done so far: nothing."""
    return WaitingEffects()


@pytest.fixture
def platform(effects: InMemoryEffects) -> Platform:
    """A fresh demo shop."""
    return DemoPlatform(lambda: NOW, effects)


def refund(order: Order, amount: int, item: int | None = None) -> Command:
    """A refund on an order, or on its item of a number from 1."""
    return Command("refund", order.id, f"{order.id}-{item}" if item else None, amount)


async def test_every_buyer_sees_their_own_orders_and_nobody_elses(platform: Platform) -> None:
    """For each of the demo's buyers and orders: the order is there for its buyer and for nobody else."""
    for buyer in WORLD.buyers:
        scope = Scope("demo", "buyer", buyer.id)
        own = [order.id for order in WORLD.orders if order.buyer_id == buyer.id]
        assert [order.id for order in await platform.orders(scope, buyer.id)] == own
        seen = [order.id for order in WORLD.orders if await platform.order(scope, order.id)]
        assert seen == own
        others = [other.id for other in WORLD.buyers if other.id != buyer.id]
        assert [await platform.orders(scope, other) for other in others] == [[] for _ in others]
        assert [await platform.buyer(scope, other) for other in others] == [None for _ in others]
        assert await platform.buyer(scope, buyer.id) == buyer


async def test_a_merchant_sees_only_what_their_shop_sold(platform: Platform) -> None:
    """For each shop: its merchant sees its orders and those buyers, and nothing of other shops."""
    for shop in WORLD.shops:
        scope = shop_of(shop.id)
        seen = {order.id for order in WORLD.orders if await platform.order(scope, order.id)}
        assert seen == {order.id for order in WORLD.orders if order.shop_id == shop.id}
        customers = {buyer.id for buyer in WORLD.buyers if await platform.buyer(scope, buyer.id)}
        assert customers == {order.buyer_id for order in WORLD.orders if order.shop_id == shop.id}
        listed = [o for buyer in WORLD.buyers for o in await platform.orders(scope, buyer.id)]
        assert {order.id for order in listed} == seen


async def test_a_merchant_without_a_shop_sees_no_order(platform: Platform) -> None:
    """A merchant's scope that names no shop is nobody's, not everybody's."""
    scope = Scope("demo", "merchant", "owner")
    assert await platform.order(scope, phone_order().id) is None
    assert await platform.orders(scope, "xiaolin") == []


async def test_staff_see_all_of_it(platform: Platform) -> None:
    """An agent can open any order and any buyer of the tenant."""
    assert all([await platform.order(AGENT, order.id) for order in WORLD.orders])
    assert all([await platform.buyer(AGENT, buyer.id) for buyer in WORLD.buyers])


@pytest.mark.parametrize("role", ["buyer", "merchant", "agent", "admin", "system"])
async def test_another_tenant_sees_nothing_and_does_nothing(platform: Platform, role: str) -> None:
    """The same identities of another tenant find an empty platform."""
    scope = Scope("other", role, "xiaolin", "nova-store")  # type: ignore[arg-type]
    order = phone_order()
    assert await platform.order(scope, order.id) is None
    assert await platform.orders(scope, "xiaolin") == []
    assert await platform.buyer(scope, "xiaolin") is None
    assert await platform.product(scope, "nova-12") is None
    assert await platform.shop(scope, "nova-store") is None
    with pytest.raises(NotFound):
        await platform.perform(scope, refund(order, 100), "k1")


async def test_not_yours_is_the_same_as_not_there(platform: Platform) -> None:
    """A command on somebody else's order fails in the words of one on an order that does not exist."""
    messages = []
    for order_id in (next(o.id for o in WORLD.orders if o.buyer_id == "emma"), NOT_THERE):
        with pytest.raises(NotFound) as error:
            await platform.perform(BUYER, Command("refund", order_id, None, 100), "k1")
        messages.append(str(error.value).replace(order_id, "ID"))
    assert messages[0] == messages[1]


async def test_the_catalogue_is_public(platform: Platform) -> None:
    """Any buyer can look at any product and shop; what isn't there is None."""
    product = await platform.product(BUYER, "hearth-fridge")
    assert product is not None
    assert (await platform.shop(BUYER, product.shop_id)) == WORLD.shop("hearth")
    assert await platform.product(BUYER, "nope") is None
    assert await platform.shop(BUYER, "nope") is None


async def test_a_refund_stays_in_the_order(platform: Platform, effects: InMemoryEffects) -> None:
    """After a refund the order says so, also on the next day and to a platform that was started anew."""
    order = phone_order()
    await platform.perform(BUYER, refund(order, order.items[1].paid_fen, item=2), "k1")
    later = DemoPlatform(lambda: NOW + timedelta(days=1), effects)
    for shop in (platform, later):
        seen = await shop.order(BUYER, order.id)
        assert seen is not None
        assert (seen.state, seen.refunded_fen) == ("partly_refunded", order.items[1].paid_fen)
        assert seen in await shop.orders(BUYER, "xiaolin")


async def test_the_same_key_does_it_once(platform: Platform, effects: InMemoryEffects) -> None:
    """Asking again with the key gives the same effect, even when the money would not allow it twice."""
    order = phone_order()
    first = await platform.perform(BUYER, refund(order, order.paid_fen), "k1")
    again = await DemoPlatform(lambda: NOW, effects).perform(BUYER, refund(order, order.paid_fen), "k1")
    assert first == again
    assert len(await effects.all("demo")) == 1
    assert (await effects.all("other")) == []


async def test_a_key_belongs_to_one_command(platform: Platform) -> None:
    """The same key with another amount is a mistake and is refused, not done and not ignored."""
    order = phone_order()
    await platform.perform(BUYER, refund(order, 100), "k1")
    with pytest.raises(Conflict, match="another command"):
        await platform.perform(BUYER, refund(order, 200), "k1")


async def test_twenty_at_once_with_one_key_are_one(platform: Platform, effects: InMemoryEffects) -> None:
    """Concurrent calls with one key come to one effect and one answer."""
    order = phone_order()
    calls = [platform.perform(BUYER, refund(order, order.paid_fen), "k1") for _ in range(20)]
    assert len(set(await asyncio.gather(*calls))) == 1
    assert len(await effects.all("demo")) == 1


async def test_concurrent_refunds_never_exceed_what_was_paid(platform: Platform) -> None:
    """Of twenty refunds of a third of the order under keys of their own, three go through."""
    order = phone_order()
    third = order.paid_fen // 3
    calls = [platform.perform(BUYER, refund(order, third), f"k{n}") for n in range(20)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(result, Effect) for result in results) == 3
    assert sum(isinstance(result, Conflict) for result in results) == 17
    seen = await platform.order(BUYER, order.id)
    assert seen is not None
    assert seen.refunded_fen == 3 * third <= order.paid_fen


async def test_what_is_refused_leaves_no_trace(platform: Platform, effects: InMemoryEffects) -> None:
    """A command that the platform refuses changes nothing, and its key stays free."""
    order = phone_order()
    with pytest.raises(Conflict):
        await platform.perform(BUYER, refund(order, order.paid_fen + 1), "k1")
    assert await effects.all("demo") == []
    assert await platform.order(BUYER, order.id) == order
    assert (await platform.perform(BUYER, refund(order, 100), "k1")).done


async def test_a_used_key_is_refused_by_the_store(effects: InMemoryEffects) -> None:
    """The store itself keeps keys unique within a tenant."""
    command, effect = Command("refund", "1", None, 1), Effect("RE1")
    await effects.add("demo", "k", command, effect)
    await effects.add("other", "k", command, effect)
    with pytest.raises(Conflict):
        await effects.add("demo", "k", command, effect)


async def test_orders_from_a_script_behave_like_the_demos() -> None:
    """A platform over inline orders shows them, acts on them once, and refuses what the demo shop refuses."""
    rows = [{"title": "手机", "category": "digital", "paid": 1999, "buyer": "xiaolin"}]
    platform: Platform = StaticPlatform(World(orders=parse_orders(rows, NOW)))
    (order,) = await platform.orders(BUYER, "xiaolin")
    await platform.perform(BUYER, Command("cancel_order", order.id, None, 199900), "k1")
    (cancelled,) = await platform.orders(BUYER, "xiaolin")
    assert (cancelled.state, cancelled.refunded_fen) == ("cancelled", 199900)
    with pytest.raises(Conflict, match="is cancelled"):
        await platform.perform(BUYER, Command("cancel_order", order.id), "k2")
