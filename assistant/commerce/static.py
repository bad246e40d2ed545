"""Platforms over a world in memory: for given orders, and as the ground that the demo shop stands on."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence

from assistant.commerce.effects import EffectStore, InMemoryEffects, Performed
from assistant.commerce.finding import best_products
from assistant.commerce.model import Buyer, Order, PaymentMethod, Product, Shop
from assistant.commerce.overlay import check, replay
from assistant.commerce.placing import PLACE_ORDER, check_purchase, order_number, placed_order, with_balances
from assistant.commerce.platform import Command, Effect, Platform
from assistant.commerce.world import World
from assistant.scope import Scope
from knowledge.errors import Conflict, NotFound


class WorldPlatform(Platform):
    """The platform protocol over a World, with the effects of what was done laid over its orders.

    A scope of another tenant sees nothing. A buyer sees themself and their own orders; a merchant the orders
    of their shop and who placed them; staff and jobs all of it. The catalogue (products, shops) is public
    within the tenant.
    """

    def __init__(self, world: Callable[[], World], effects: EffectStore, tenant: str) -> None:
        self._world, self._effects, self._tenant = world, effects, tenant
        # Held from reading what was done until adding to it, or two refunds together could exceed the paid.
        self._acting = asyncio.Lock()

    async def buyer(self, scope: Scope, buyer_id: str) -> Buyer | None:
        """The buyer, or None when there is none or it isn't this scope's to see."""
        world = self._seen_world(scope)
        if scope.role == "merchant" and not any(
            order.buyer_id == buyer_id and _may_see(scope, order) for order in world.orders
        ):
            return None
        return world.buyer(buyer_id) if scope.buyer_id in (None, buyer_id) else None

    async def orders(self, scope: Scope, buyer_id: str) -> Sequence[Order]:
        """The buyer's orders, newest first; empty when they aren't this scope's to see."""
        world = self._seen_world(scope)
        done = await self._effects.all(self._tenant) if world.orders or world.payments else []
        theirs = [*_placed(done, world), *world.orders]
        seen = [order for order in theirs if order.buyer_id == buyer_id and _may_see(scope, order)]
        return [replay(order, [one.command for one in done]) for order in seen]

    async def order(self, scope: Scope, order_id: str) -> Order | None:
        """One order, or None when it does not exist or isn't this scope's to see."""
        world = self._seen_world(scope)
        done = await self._effects.all(self._tenant)
        order = world.order(order_id) or next((one for one in _placed(done, world) if one.id == order_id), None)
        return replay(order, [one.command for one in done]) if order and _may_see(scope, order) else None

    async def product(self, scope: Scope, product_id: str) -> Product | None:
        """A product by id."""
        return self._seen_world(scope).product(product_id)

    async def shop(self, scope: Scope, shop_id: str) -> Shop | None:
        """A shop by id."""
        return self._seen_world(scope).shop(shop_id)

    async def search_products(self, scope: Scope, words: str, limit: int = 8) -> Sequence[Product]:
        """The products on sale that fit the words best."""
        return best_products(self._seen_world(scope).products, words, limit)

    async def payment_methods(self, scope: Scope, buyer_id: str) -> Sequence[PaymentMethod]:
        """How the buyer can pay, with what is left; empty when it isn't this scope's to see."""
        if not (scope.is_staff or scope.buyer_id == buyer_id):
            return ()
        world = self._seen_world(scope)
        before = [order for order in world.orders if order.buyer_id == buyer_id]
        return with_balances(world.payments.get(buyer_id, ()), before, await self.orders(scope, buyer_id))

    async def perform(self, scope: Scope, command: Command, key: str) -> Effect:
        """Do it once: the same key gives the same effect again.

        Raises:
            NotFound: the order or the item isn't there, or isn't this scope's to see.
            Conflict: the platform says no, or the key was used for another command.
            BadInput: there is no such command.
        """
        async with self._acting:
            await self._check_there(scope, command)
            if (before := await self._effects.get(self._tenant, key)) is not None:
                return _same(before, command)
            await self._check(scope, command)
            return await self._done_once(command, key)

    async def _check_there(self, scope: Scope, command: Command) -> None:
        """Raise NotFound for an order that isn't there."""
        if command.name != PLACE_ORDER and await self.order(scope, command.order_id) is None:
            raise NotFound(f"there is no order {command.order_id}")

    async def _check(self, scope: Scope, command: Command) -> None:
        """Let through what can be done as things stand."""
        if command.name == PLACE_ORDER:
            buyer_id = str(command.arguments.get("buyer_id"))
            return check_purchase(command, self._seen_world(scope), await self.payment_methods(scope, buyer_id))
        order = await self.order(scope, command.order_id)
        assert order is not None, "looked up a moment ago, and orders never go away"
        check(order, await self._done_to(order.id), command)

    async def _done_once(self, command: Command, key: str) -> Effect:
        """The effect, kept; another process that was quicker with the same key has done it for us."""
        effect = Effect(reference=_reference(command, key))
        try:
            await self._effects.add(self._tenant, key, command, effect)
        except Conflict:
            if (before := await self._effects.get(self._tenant, key)) is not None:
                return _same(before, command)
            raise
        return effect

    async def _done_to(self, order_id: str) -> list[Command]:
        """The commands performed on an order, oldest first."""
        done = await self._effects.all(self._tenant)
        return [performed.command for performed in done if performed.command.order_id == order_id]

    def _seen_world(self, scope: Scope) -> World:
        """The world as another tenant sees it: empty."""
        return self._world() if scope.tenant == self._tenant else World()


class StaticPlatform(WorldPlatform):
    """A platform over given values, for scripts and tests; it remembers what was done as long as it lives."""

    def __init__(self, world: World, tenant: str = "demo", effects: EffectStore | None = None) -> None:
        super().__init__(lambda: world, effects or InMemoryEffects(), tenant)


def _placed(done: Sequence[Performed], world: World) -> list[Order]:
    """The orders that were placed here, newest first."""
    placing = [one for one in done if one.command.name == PLACE_ORDER]
    return [placed_order(one.command, one.key, world) for one in reversed(placing)]


def _may_see(scope: Scope, order: Order) -> bool:
    """True when the order is the scope's to see."""
    if scope.role == "merchant":
        return order.shop_id == scope.shop_id
    return scope.is_staff or order.buyer_id == scope.buyer_id


def _same(before: Performed, command: Command) -> Effect:
    """What was done under a key, once more; Conflict when something else is asked now."""
    if before.command != command:
        raise Conflict(f"the key {before.key!r} was used for another command")
    return before.effect


def _reference(command: Command, key: str) -> str:
    """The platform's number for what is done under a key: a new order's own, or two letters and twelve digits."""
    if command.name == PLACE_ORDER:
        return order_number(key)
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    return f"{command.name[:2].upper()}{digest % 10**12:012d}"
