"""From an order as a file writes it to an Order: lines, discounts shared to the fen, dates, parcels."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from assistant.commerce.categories import categories
from assistant.commerce.discounts import discounted, discounts_of
from assistant.commerce.model import Order, OrderItem, Product
from assistant.commerce.parcels import Shipping, parcels
from assistant.commerce.rows import ItemRow, OrderRow, TextRow
from assistant.commerce.timeline import timeline
from knowledge.errors import BadInput
from knowledge.text import Text


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an order's row may refer to, and what fills in for what it leaves out."""

    now: datetime
    products: Mapping[str, Product] = field(default_factory=dict)
    carriers: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    buyer_id: str = "buyer"
    shop_id: str = "shop"


def assemble(row: OrderRow, around: Surroundings, order_id: str, where: str) -> Order:
    """The order that a row describes.

    Its items' `paid_fen` and its freight add up to its `paid_fen`; without `paid_at` nothing was paid.

    Raises:
        BadInput: an unknown product, amounts that don't fit, steps in an impossible order; `where` names
            the order.
    """
    steps = timeline(row, around.now, where)
    items = tuple(
        _line(item, around, f"{order_id}-{n + 1}", f"{where}.items[{n}]") for n, item in enumerate(row.items)
    )
    items = _refunded(row, _paid(row, items, where) if steps.paid_at else items, where)
    freight = row.freight if steps.paid_at else 0
    buyer_id, shop_id = row.buyer or around.buyer_id, row.shop or _shop_of(row, around)
    order = Order(
        id=order_id, buyer_id=buyer_id, shop_id=shop_id, items=items, currency=row.currency,
        paid_fen=sum(item.paid_fen for item in items) + freight, freight_fen=freight,
        refunded_fen=sum(item.refunded_fen for item in items) + row.freight_refunded,
        discounts=discounts_of(row),
        state=steps.state, created_at=steps.created_at, paid_at=steps.paid_at,
        dispatch_due_at=steps.dispatch_due_at, dispatched_at=steps.dispatched_at,
        delivery_due_at=steps.delivery_due_at, delivered_at=steps.delivered_at,
        completed_at=steps.completed_at,
        address_masked=row.address or around.addresses.get(buyer_id, ""), facts=row.facts, payment=row.payment,
    )
    carrier = around.carriers.get(shop_id, "sf")
    return replace(order, parcels=parcels(Shipping(order, row.parcels, carrier, around.now)))


def _line(row: ItemRow, around: Surroundings, item_id: str, where: str) -> OrderItem:
    """One line, not paid for yet."""
    product = _product(row, around, where)
    price = row.price if row.price is not None else _todays_price(row, product)
    return OrderItem(
        id=item_id, product_id=product.id, title=product.title, category=product.category,
        quantity=row.quantity, unit_price_fen=price, paid_fen=0, gift_fen=row.gift, options=row.options,
        traits={**categories()[product.category].traits, **product.traits, **row.traits},
    )


def _todays_price(row: ItemRow, product: Product) -> int:
    """The unit price of a line that doesn't say: the product's, or what was paid for each unit."""
    return product.price_fen or (row.paid or 0) // row.quantity


def _product(row: ItemRow, around: Surroundings, where: str) -> Product:
    """The product that the line names, or one made of the line's own title and category."""
    if row.product is not None:
        known = around.products.get(row.product)
        if known is None:
            raise BadInput(f"{where}.product: there is no product {row.product!r}")
        return known
    if row.title is None or row.category is None:
        raise BadInput(f"{where}: needs a `product`, or a `title` and a `category`")
    if row.price is None and row.paid is None:
        raise BadInput(f"{where}: needs `paid` (or `price`) in yuan, such as 199.00")
    title = row.title.text() if isinstance(row.title, TextRow) else Text(row.title, row.title)
    return Product("", around.shop_id, title, row.category, 0)


def _shop_of(row: OrderRow, around: Surroundings) -> str:
    """The shop of an order that doesn't name it: that of its first known product."""
    named = (around.products.get(item.product or "") for item in row.items)
    return next((product.shop_id for product in named if product), around.shop_id)


def _paid(row: OrderRow, items: tuple[OrderItem, ...], where: str) -> tuple[OrderItem, ...]:
    """The lines with what was paid for each: as written, or the price less its share of the discounts."""
    written = [line.paid for line in row.items]
    if row.discounts and any(paid is not None for paid in written):
        raise BadInput(f"{where}: write `discounts`, or `paid` on the items, not both")
    return tuple(
        item if paid is None else replace(item, paid_fen=paid)
        for item, paid in zip(discounted(row, items, where), written, strict=True)
    )


def _refunded(row: OrderRow, items: tuple[OrderItem, ...], where: str) -> tuple[OrderItem, ...]:
    """The lines with what was given back for each."""
    back = [
        item.paid_fen if line.refunded == "all" else line.refunded
        for line, item in zip(row.items, items, strict=True)
    ]
    too_much = any(fen > item.paid_fen for fen, item in zip(back, items, strict=True))
    if too_much or row.freight_refunded > row.freight:
        raise BadInput(f"{where}: more is refunded than was paid")
    units = [
        item.quantity if line.refunded == "all" else line.refunded_quantity
        for line, item in zip(row.items, items, strict=True)
    ]
    if any((count or 0) > item.quantity for count, item in zip(units, items, strict=True)):
        raise BadInput(f"{where}: more units are refunded than were bought")
    return tuple(
        replace(item, refunded_fen=fen, refunded_quantity=count)
        for item, fen, count in zip(items, back, units, strict=True)
    )
