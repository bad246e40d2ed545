"""Platforms over a world in memory: for given orders, and as the ground that the demo shop stands on."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence

from assistant.commerce.effects import EffectStore, InMemoryEffects, Performed
from assistant.commerce.model import Buyer, Order, Product, Shop
from assistant.commerce.overlay import check, replay
from assistant.commerce.platform import Command, Effect
from assistant.commerce.world import World
from assistant.scope import Scope
from knowledge.errors import Conflict, NotFound


class WorldPlatform:
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
        seen = [o for o in self._seen_world(scope).orders if o.buyer_id == buyer_id and _may_see(scope, o)]
        done = [performed.command for performed in await self._effects.all(self._tenant)] if seen else []
        return [replay(order, done) for order in seen]

    async def order(self, scope: Scope, order_id: str) -> Order | None:
        """One order, or None when it does not exist or isn't this scope's to see."""
        order = self._seen_world(scope).order(order_id)
        if order is None or not _may_see(scope, order):
            return None
        return replay(order, await self._done_to(order_id))

    async def product(self, scope: Scope, product_id: str) -> Product | None:
        """A product by id."""
        return self._seen_world(scope).product(product_id)

    async def shop(self, scope: Scope, shop_id: str) -> Shop | None:
        """A shop by id."""
        return self._seen_world(scope).shop(shop_id)

    async def perform(self, scope: Scope, command: Command, key: str) -> Effect:
        """Do it once: the same key gives the same effect again.

        Raises:
            NotFound: the order or the item isn't there, or isn't this scope's to see.
            Conflict: the platform says no, or the key was used for another command.
            BadInput: there is no such command.
        """
        async with self._acting:
            order = await self.order(scope, command.order_id)
            if order is None:
                raise NotFound(f"there is no order {command.order_id}")
            if (before := await self._effects.get(self._tenant, key)) is not None:
                return _same(before, command)
            check(order, await self._done_to(order.id), command)
            return await self._done_once(command, key)

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
    """The platform's number for what is done under a key: two letters of the command, twelve digits."""
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    return f"{command.name[:2].upper()}{digest % 10**12:012d}"
