"""The platform as a protocol: what Fairdesk reads from it, and the one door through which it acts.

The demo shop and the HTTP connector implement it; tests use a fake that shares it. Reads that not every platform has
come with an answer of their own, for connectors that derive from the protocol.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assistant.commerce.model import Buyer, Order, PaymentMethod, Product, Shop
from assistant.scope import Scope


@dataclass(frozen=True, slots=True)
class Line:
    """So many units of a product to be bought, of an order's item to be given back, or of one for the other."""

    product_id: str = ""
    quantity: int = 1
    item_id: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """Something for the platform to do: `name` is the action's, `amount_fen` comes from a Decision.

    `order_id` is empty where an order is to be placed. `lines` are the goods, where it is about several or about new
    ones; `arguments` is whatever else is needed: an address, a day, a payment method.
    """

    name: str
    order_id: str
    item_id: str | None = None
    amount_fen: int = 0
    arguments: Mapping[str, str | int | bool] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What the platform did. `reference` is the platform's own number for it, the same for the same key."""

    reference: str
    done: bool = True


class Platform(Protocol):
    """What a platform can be asked. Reads see only what the scope may see: a buyer, the buyer's own orders."""

    async def buyer(self, scope: Scope, buyer_id: str) -> Buyer | None:
        """The buyer, or None when there is none or it isn't this scope's to see."""
        ...

    async def orders(self, scope: Scope, buyer_id: str) -> Sequence[Order]:
        """The buyer's orders, newest first; empty when they aren't this scope's to see."""
        ...

    async def order(self, scope: Scope, order_id: str) -> Order | None:
        """One order, or None when it does not exist or isn't this scope's to see."""
        ...

    async def product(self, scope: Scope, product_id: str) -> Product | None:
        """A product by id."""
        ...

    async def shop(self, scope: Scope, shop_id: str) -> Shop | None:
        """A shop by id."""
        ...

    async def search_products(  # an answer for platforms that can't search
        self, scope: Scope, words: str, limit: int = 8,  # noqa: ARG002
    ) -> Sequence[Product]:
        """The products on sale that fit the words best."""
        return ()

    async def payment_methods(  # an answer for platforms that don't tell
        self, scope: Scope, buyer_id: str,  # noqa: ARG002
    ) -> Sequence[PaymentMethod]:
        """How the buyer can pay, with balances; empty when it isn't this scope's to see."""
        return ()

    async def outcome(  # an answer for platforms that are asked with the key again
        self, scope: Scope, command: Command, key: str,  # noqa: ARG002
    ) -> Effect | None:
        """What was done under a key that may have been sent before; None when the platform doesn't know the key.

        Raises:
            Unavailable: the platform did not answer, or is at work on it.
            Conflict: it said no then.
        """
        return None

    async def perform(self, scope: Scope, command: Command, key: str) -> Effect:
        """Do it once: the same key gives the same effect again, whatever happened in between.

        Raises:
            Unavailable: the platform did not answer; the command may or may not have been done, ask again with the key.
            Conflict: the platform says no (already refunded, cancelled meanwhile).
        """
        ...
