"""The platform's side as values: buyers, shops, products, orders, parcels.

Money is integer fen of `currency`. Times are aware UTC. Orders are what the platform says they are: nothing in
here is ever taken from a message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from assistant.commerce.goods import ProductSheet, ServiceKind
from knowledge.text import Language, Text

OrderState = Literal[
    "unpaid", "paid", "dispatched", "delivered", "completed", "cancelled", "partly_refunded", "refunded"
]
ParcelState = Literal["packed", "in_transit", "out_for_delivery", "delivered", "delayed", "lost", "returned"]
Category = Literal[
    "apparel", "jewellery", "pets", "digital", "appliances", "fresh", "beauty", "mother_baby", "home", "fmcg",
    "luxury_used", "virtual", "books",
]

Known = Mapping[str, bool | int | float | str | Sequence[str]]
"""Further facts that a platform knows of an order, a buyer or a shop, by their names in the catalogue of facts.

An order's `presale`, a buyer's `advanced_open_fen`, a shop's `retention`: what rules may ask beyond the fields that
every platform has. Names that the catalogue doesn't know are passed over; times are ISO text.
"""

Payer = Literal["shop", "platform", "state", "buyer"]
"""Who bears a discount; `buyer` is what the buyer paid in points."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer; `credit_tier` runs from 1 (new) to 5 (long and trusted)."""

    id: str
    name: str
    credit_tier: int
    language: Language = "zh"
    phone_masked: str = ""
    facts: Known = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant's shop. `promises` are ids of the shop's own service promises, such as `price_protection`."""

    id: str
    name: Text
    score: float
    promises: tuple[str, ...] = ()
    facts: Known = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """A way in which a buyer can pay; `balance_fen` is what is left on a card or an account that holds money."""

    id: str
    title: Text
    balance_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """A visit that is booked."""

    service: ServiceKind
    day: date


@dataclass(frozen=True, slots=True)
class Product:
    """What a shop sells. `price_fen` is today's price. `traits` are facts that rules may ask of the item.

    `on_sale` is False once it is off the shelf; `stock` is how many there are, where the platform tells.
    `exchange_for` are ids of the products that it can be exchanged for.
    """

    id: str
    shop_id: str
    title: Text
    category: Category
    price_fen: int
    aliases: tuple[str, ...] = ()
    traits: Mapping[str, bool | int | str] = field(default_factory=dict)
    description: Text | None = None
    on_sale: bool = True
    stock: int | None = None
    exchange_for: tuple[str, ...] = ()
    sheet: ProductSheet = field(default_factory=ProductSheet)


@dataclass(frozen=True, slots=True)
class Discount:
    """Something off the price: what it is (`shop_coupon`, `points` and so on), how much, and who bears it.

    A coupon with an end (`expires_at`) can be given back until then.
    """

    kind: str
    fen: int
    payer: Payer = "shop"
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One line of an order.

    `paid_fen` is what the buyer really paid for all units after every discount was allocated (the lines of an order
    and its freight add up to `Order.paid_fen`); `discounts` are the line's shares of those, where they are known.
    `refunded_quantity` is how many units `refunded_fen` was for; None where the platform doesn't say. `gift_fen` is
    what checkout showed as the price of its gift. `traits` copy the product's at the time of purchase, for example
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
    refunded_quantity: int | None = None
    discounts: tuple[Discount, ...] = ()
    gift_fen: int = 0
    options: Mapping[str, str] = field(default_factory=dict)
    traits: Mapping[str, bool | int | str] = field(default_factory=dict)

    def borne_by(self, payer: Payer) -> int:
        """The fen of the line's discounts that `payer` bears."""
        return sum(discount.fen for discount in self.discounts if discount.payer == payer)


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
class Order:
    """An order as the platform tells it. `payment` is the id of the payment method; `bookings` are visits to come."""

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
    facts: Known = field(default_factory=dict)
    payment: str = ""
    bookings: tuple[Booking, ...] = ()

    def item(self, item_id: str) -> OrderItem | None:
        """The line with this id, if it is in the order."""
        return next((item for item in self.items if item.id == item_id), None)
