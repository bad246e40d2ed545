"""A platform in memory that shares the protocol, counts what it really did, and can be made to fail."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from assistant.commerce.model import Buyer, Order, Product, Shop
from assistant.commerce.platform import Command, Effect, Platform
from assistant.commerce.world import World
from assistant.scope import Scope
from knowledge.errors import Conflict, NotFound, Unavailable

Fault = Literal["silent", "done_but_silent", "refuses", "knows_no_order", "breaks", "slow", "doubled"]
"""What happens to one request.

silent            lost on the way: nothing is done, no answer
done_but_silent   done, but the answer is lost
refuses           the platform says no, and says the same to this key for ever
knows_no_order    the platform has no such order
breaks            the connector has a bug
slow              others run before it answers
doubled           the network delivers the request twice
"""


class FakePlatform(Platform):
    """The platform protocol over a given world. `faults` are used up by the next requests, first one first.

    `asked` lists every request that came (by key), `done` counts what was really carried out for each key. Answers
    wait while `gate` is shut; `arrivals` gives one key for each request, as it comes; `when_asked` is awaited then.
    """

    def __init__(self, world: World | None = None, *faults: Fault) -> None:
        self.world = world or World()
        self.faults: list[Fault] = list(faults)
        self.asked: list[str] = []
        self.done: Counter[str] = Counter()
        self.commands: dict[str, Command] = {}
        self.arrivals: asyncio.Queue[str] = asyncio.Queue()
        self.gate = asyncio.Event()
        self.gate.set()
        self.when_asked: Callable[[], Awaitable[None]] | None = None
        self._refused: set[str] = set()

    async def buyer(self, scope: Scope, buyer_id: str) -> Buyer | None:
        """The buyer, when the scope may see them."""
        return self.world.buyer(buyer_id) if scope.is_staff or scope.buyer_id == buyer_id else None

    async def orders(self, scope: Scope, buyer_id: str) -> Sequence[Order]:
        """The buyer's orders, when the scope may see them."""
        mine = scope.is_staff or scope.buyer_id == buyer_id
        return [order for order in self.world.orders if order.buyer_id == buyer_id] if mine else []

    async def order(self, scope: Scope, order_id: str) -> Order | None:
        """One order, when the scope may see it."""
        found = self.world.order(order_id)
        return found if found and (scope.is_staff or scope.buyer_id == found.buyer_id) else None

    async def product(self, scope: Scope, product_id: str) -> Product | None:
        """A product by id."""
        return self.world.product(product_id)

    async def shop(self, scope: Scope, shop_id: str) -> Shop | None:
        """A shop by id."""
        return self.world.shop(shop_id)

    async def perform(self, scope: Scope, command: Command, key: str) -> Effect:
        """Do it once for each key, unless a fault comes in between."""
        self.asked.append(key)
        self.arrivals.put_nowait(key)
        if self.when_asked:
            await self.when_asked()
        fault = self.faults.pop(0) if self.faults else None
        if fault == "silent":
            raise Unavailable("the platform did not answer")
        if fault == "breaks":
            raise KeyError("refund_id")
        if fault == "knows_no_order":
            raise NotFound(f"there is no order {command.order_id}")
        if fault == "slow":
            await asyncio.sleep(0.002)
        if fault == "refuses":
            self._refused.add(key)
        for _ in range(2 if fault == "doubled" else 1):
            effect = self._carry_out(command, key)
        await self.gate.wait()
        if fault == "done_but_silent":
            raise Unavailable("the platform did not answer")
        return effect

    def _carry_out(self, command: Command, key: str) -> Effect:
        if key in self._refused and not self.done[key]:
            raise Conflict("already refunded at the counter")
        if not self.done[key]:
            self.done[key] += 1
            self.commands[key] = command
        elif self.commands[key] != command:
            raise Conflict("the key was used for something else")
        return Effect(f"PF-{key[:8]}")
