"""From the platform's values to facts: what order, item, buyer and shop tell without asking anybody."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from assistant.commerce.model import Buyer, Order, OrderItem, Parcel, Payer, Product, Shop
from assistant.decisions.derived import DELIVERED, DISPATCHED
from assistant.decisions.facts import FactCatalog, NestedFacts, default_catalog, namespace_of
from assistant.decisions.money.allocation import allocate, units_covered, units_share
from assistant.decisions.workdays import Calendar

_TIMES = (
    "created_at", "paid_at", "dispatch_due_at", "dispatched_at",
    "delivery_due_at", "delivered_at", "completed_at",
)
_ALARMING = ("lost", "returned", "delayed")
_PAYERS: Mapping[str, Payer] = {"points_fen": "buyer", "platform_fen": "platform", "state_fen": "state"}


def facts_of(  # noqa: PLR0913  (the six things that a platform tells of one item)
    order: Order, item: OrderItem, buyer: Buyer | None, shop: Shop | None, product: Product | None,
    now: datetime, *, catalog: FactCatalog | None = None,
) -> NestedFacts:
    """The facts of one item of an order, nested by namespace, for `decide`.

    Traits come from the item as it was bought; today's price from the product. What the platform doesn't tell
    is left out: the engine takes the catalogue's default, or treats it as not known.
    """
    catalog = catalog or default_catalog()
    facts: NestedFacts = {
        "claim": {"at": now.astimezone(UTC)},
        "order": {**_traits(order.facts, catalog, "order"), **_order(order), **_left_of(order, now)},
        "item": _item(order, item, product, catalog),
        "parcel": _parcel(order, now, catalog.jurisdiction.calendar),
        "buyer": {**_traits(buyer.facts, catalog, "buyer"), "credit_tier": buyer.credit_tier} if buyer else {},
        "shop": {**(_shop(shop, catalog) if shop else {}), "id": order.shop_id},
    }
    own = namespace_of(order.shop_id)
    if own in catalog.namespaces:
        facts[own] = _traits({**(product.traits if product else {}), **item.traits}, catalog, own)
    return facts


def _shop(shop: Shop, catalog: FactCatalog) -> dict[str, Any]:
    """What the shop tells."""
    return {**_traits(shop.facts, catalog, "shop"), "promises": list(shop.promises), "score": shop.score}


def _order(order: Order) -> dict[str, Any]:
    """What the order tells."""
    times = {name: getattr(order, name) for name in _TIMES}
    return {
        "state": order.state, "currency": order.currency,
        "paid_fen": order.paid_fen, "freight_fen": order.freight_fen, "refunded_fen": order.refunded_fen,
        "freight_refunded_fen": max(0, order.refunded_fen - sum(item.refunded_fen for item in order.items)),
        "dispatched": order.dispatched_at is not None or order.state in DISPATCHED,
        "delivered": order.delivered_at is not None or order.state in DELIVERED,
        **{name: at for name, at in times.items() if at is not None},
    }


def _left_of(order: Order, now: datetime) -> dict[str, Any]:
    """What is not back yet of the units, and of what others than the shop took off; coupons that still hold."""
    left = {name: sum(_not_back(item, payer) for item in order.items) for name, payer in _PAYERS.items()}
    coupons = (one.fen for one in order.discounts if one.expires_at is not None and one.expires_at > now)
    units = sum(item.quantity - units_back(item) for item in order.items)
    return {**left, "coupon_fen": sum(coupons), "units_left": units}


def _not_back(item: OrderItem, payer: Payer) -> int:
    """The part of a payer's discount that falls on the units not refunded."""
    borne = item.borne_by(payer)
    return borne - units_share(borne, item.quantity, units_back(item))


def units_back(item: OrderItem) -> int:
    """How many units of a line are refunded, as the platform says or as the money tells."""
    if item.refunded_quantity is not None:
        return item.refunded_quantity
    return units_covered(item.paid_fen, item.quantity, item.refunded_fen)


def _item(order: Order, item: OrderItem, product: Product | None, catalog: FactCatalog) -> dict[str, Any]:
    """What the item and its product tell; its share of the freight by what each item cost."""
    shares = allocate(order.freight_fen, [line.paid_fen for line in order.items])
    place = next((n for n, line in enumerate(order.items) if line.id == item.id), None)
    facts: dict[str, Any] = {
        **_traits(product.traits if product else {}, catalog), **_traits(item.traits, catalog),
        "category": item.category, "quantity": item.quantity, "paid_fen": item.paid_fen,
        "refunded_fen": item.refunded_fen, "unit_price_fen": item.unit_price_fen, "gift_fen": item.gift_fen,
        "refunded_quantity": units_back(item), **{name: item.borne_by(payer) for name, payer in _PAYERS.items()},
    }
    if item.gift_fen:
        facts["has_gift"] = True
    if place is not None:
        facts["freight_share_fen"] = shares[place]
    if product is not None:
        facts["current_price_fen"] = product.price_fen
    return facts


def _traits(traits: Mapping[str, Any], catalog: FactCatalog, namespace: str = "item") -> dict[str, Any]:
    """The traits that are facts of a namespace; others no rule can ask for."""
    return {name: value for name, value in traits.items() if f"{namespace}.{name}" in catalog.facts}


def _parcel(order: Order, now: datetime, calendar: Calendar) -> dict[str, Any]:
    """The state of the order's parcels: one that is lost, back or delayed speaks for all, else the last."""
    if not order.parcels:
        return {}
    worrying = [parcel for state in _ALARMING for parcel in order.parcels if parcel.state == state]
    parcel = worrying[0] if worrying else order.parcels[-1]
    return {
        "state": parcel.state, "quiet_days": _quiet_days(parcel, now, calendar),
        "held_by_weather": parcel.held_by_weather,
    }


def _quiet_days(parcel: Parcel, now: datetime, calendar: Calendar) -> int:
    """Whole days since the last scan; 0 for a parcel that has arrived or has no scan yet."""
    if parcel.state in ("delivered", "returned") or not parcel.events:
        return 0
    return max(0, calendar.natural_days(max(event.at for event in parcel.events), now))
