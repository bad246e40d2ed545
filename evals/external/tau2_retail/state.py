"""The shop's books as values: profiles, orders, payments. Money is integer cents.

Two ways to the same end give equal states: what was bought, returned or exchanged is kept in order of the items' ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Source = Literal["gift_card", "paypal", "credit_card"]
PENDING, CHANGED, DELIVERED = "pending", "pending (item modified)", "delivered"
Address = tuple[str, ...]
"""The two lines, city, state, country and zip code."""


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay; only gift cards have a balance."""

    id: str
    source: Source
    balance_cents: int = 0


@dataclass(frozen=True, slots=True)
class Profile:
    """A buyer: address, ways to pay, and whose orders they are."""

    id: str
    name: str
    address: Address
    methods: Mapping[str, Method]

    def with_balance(self, method_id: str, cents: int) -> "Profile":
        """With so many cents more (or fewer) on a gift card; other ways to pay hold nothing."""
        method = self.methods[method_id]
        if method.source != "gift_card":
            return self
        changed = replace(method, balance_cents=method.balance_cents + cents)
        return replace(self, methods={**self.methods, method_id: changed})


@dataclass(frozen=True, slots=True)
class Variant:
    """One version of a product that can be ordered."""

    id: str
    product_id: str
    price_cents: int
    available: bool
    options: Mapping[str, str] = field(compare=False, default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Bought:
    """One unit in an order."""

    item_id: str
    product_id: str
    price_cents: int
    title: str = field(compare=False, default="")


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that moved: positive to the shop, negative back to the buyer."""

    method_id: str
    cents: int


@dataclass(frozen=True, slots=True)
class AfterSales:
    """What is to come back of a delivered order, what is sent for it, and by which way to pay it is settled."""

    items: tuple[str, ...]
    method_id: str
    wanted: tuple[str, ...] = ()
    difference_cents: int = 0


@dataclass(frozen=True, slots=True)
class Sale:
    """An order as the shop's books have it."""

    id: str
    buyer_id: str
    status: str
    address: Address
    items: tuple[Bought, ...]
    payments: tuple[Payment, ...]
    reason: str = ""
    after_sales: AfterSales | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", tuple(sorted(self.items)))

    @property
    def total_cents(self) -> int:
        """What the items cost."""
        return sum(item.price_cents for item in self.items)

    @property
    def original_method(self) -> str:
        """The way in which the order was paid."""
        return self.payments[0].method_id


@dataclass(frozen=True, slots=True)
class Books:
    """All that writes can change."""

    profiles: Mapping[str, Profile]
    sales: Mapping[str, Sale]

    def with_sale(self, sale: Sale) -> "Books":
        """With an order as it is now."""
        return replace(self, sales={**self.sales, sale.id: sale})

    def with_profile(self, profile: Profile) -> "Books":
        """With a buyer's profile as it is now."""
        return replace(self, profiles={**self.profiles, profile.id: profile})

    def with_money(self, buyer_id: str, method_id: str, cents: int) -> "Books":
        """With so many cents more (or fewer) on a buyer's gift card."""
        return self.with_profile(self.profiles[buyer_id].with_balance(method_id, cents))
