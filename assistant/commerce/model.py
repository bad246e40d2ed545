"""The platform's side as values: buyers, shops, products, orders, parcels.

Money is integer fen of `currency`. Times are aware UTC. Orders are what the platform says they are: nothing in
here is ever taken from a message.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from knowledge.text import Language, Text

OrderState = Literal[
    "unpaid", "paid", "dispatched", "delivered", "completed", "cancelled", "partly_refunded", "refunded"
]
ParcelState = Literal["packed", "in_transit", "out_for_delivery", "delivered", "delayed", "lost", "returned"]
Category = Literal[
    "apparel", "jewellery", "pets", "digital", "appliances", "fresh", "beauty", "mother_baby", "home", "fmcg",
    "luxury_used", "virtual", "books",
]


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer; `credit_tier` runs from 1 (new) to 5 (long and trusted)."""

    id: str
    name: str
    credit_tier: int
    language: Language = "zh"
    phone_masked: str = ""


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant's shop. `promises` are ids of the shop's own service promises, such as `price_protection`."""

    id: str
    name: Text
    score: float
    promises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """What a shop sells. `price_fen` is today's price. `traits` are facts that rules may ask of the item."""

    id: str
    shop_id: str
    title: Text
    category: Category
    price_fen: int
    aliases: tuple[str, ...] = ()
    traits: Mapping[str, bool | int | str] = field(default_factory=dict)
    description: Text | None = None


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One line of an order.

    `paid_fen` is what the buyer really paid for all units after every discount was allocated (the lines of an order
    and its freight add up to `Order.paid_fen`); `traits` copy the product's at the time of purchase, for example
    `custom_made`, `perishable`, `digital_content`, `opened`, `no_return_confirmed`, `warranty_months`.
    """

    id: str
    product_id: str
    title: Text
    category: Category
    quantity: int
    unit_price_fen: int
    paid_fen: int
    refunded_fen: int = 0
    options: Mapping[str, str] = field(default_factory=dict)
    traits: Mapping[str, bool | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParcelEvent:
    """One scan of a parcel."""

    at: datetime
    text: Text


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel on its way, with its scans in order of time.

    `held_by_weather` is True when the carrier reports severe weather or closed roads as the cause of a delay.
    """

    id: str
    carrier: Text
    tracking_number: str
    state: ParcelState
    events: tuple[ParcelEvent, ...] = ()
    held_by_weather: bool = False


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount on the order: who gave it and how much. `kind` is `shop_coupon`, `points` and so on."""

    kind: str
    fen: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the platform tells it."""

    id: str
    buyer_id: str
    shop_id: str
    state: OrderState
    created_at: datetime
    items: tuple[OrderItem, ...]
    paid_fen: int
    freight_fen: int = 0
    refunded_fen: int = 0
    currency: str = "CNY"
    discounts: tuple[Discount, ...] = ()
    paid_at: datetime | None = None
    dispatch_due_at: datetime | None = None
    dispatched_at: datetime | None = None
    delivery_due_at: datetime | None = None
    delivered_at: datetime | None = None
    completed_at: datetime | None = None
    address_masked: str = ""
    parcels: tuple[Parcel, ...] = ()

    def item(self, item_id: str) -> OrderItem | None:
        """The line with this id, if it is in the order."""
        return next((item for item in self.items if item.id == item_id), None)
