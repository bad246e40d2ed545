"""From the platform's values to facts: what order, item, buyer and shop tell without asking anybody."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from assistant.commerce.model import Buyer, Order, OrderItem, Parcel, Product, Shop
from assistant.decisions.derived import DELIVERED, DISPATCHED
from assistant.decisions.facts import FactCatalog, NestedFacts, default_catalog
from assistant.decisions.money import allocate
from assistant.decisions.workdays import days_between

_TIMES = (
    "created_at", "paid_at", "dispatch_due_at", "dispatched_at",
    "delivery_due_at", "delivered_at", "completed_at",
)
_ALARMING = ("lost", "returned", "delayed")


def facts_of(  # noqa: PLR0913  (the six things that a platform tells of one item)
    order: Order, item: OrderItem, buyer: Buyer | None, shop: Shop | None, product: Product | None,
    now: datetime, *, catalog: FactCatalog | None = None,
) -> NestedFacts:
    """The facts of one item of an order, nested by namespace, for `decide`.

    Traits come from the item as it was bought; today's price from the product. What the platform doesn't tell
    is left out: the engine takes the catalogue's default, or treats it as not known.
    """
    facts: NestedFacts = {
        "claim": {"at": now.astimezone(UTC)},
        "order": _order(order),
        "item": _item(order, item, product, catalog or default_catalog()),
        "parcel": _parcel(order, now),
        "buyer": {"credit_tier": buyer.credit_tier} if buyer else {},
        "shop": {"promises": list(shop.promises), "score": shop.score} if shop else {},
    }
    return facts


def _order(order: Order) -> dict[str, Any]:
    """What the order tells."""
    times = {name: getattr(order, name) for name in _TIMES}
    return {
        "state": order.state, "currency": order.currency,
        "paid_fen": order.paid_fen, "freight_fen": order.freight_fen, "refunded_fen": order.refunded_fen,
        "dispatched": order.dispatched_at is not None or order.state in DISPATCHED,
        "delivered": order.delivered_at is not None or order.state in DELIVERED,
        **{name: at for name, at in times.items() if at is not None},
    }


def _item(order: Order, item: OrderItem, product: Product | None, catalog: FactCatalog) -> dict[str, Any]:
    """What the item and its product tell; its share of the freight by what each item cost."""
    shares = allocate(order.freight_fen, [line.paid_fen for line in order.items])
    place = next((n for n, line in enumerate(order.items) if line.id == item.id), None)
    facts: dict[str, Any] = {
        **_traits(product.traits if product else {}, catalog), **_traits(item.traits, catalog),
        "category": item.category, "quantity": item.quantity, "paid_fen": item.paid_fen,
        "refunded_fen": item.refunded_fen, "unit_price_fen": item.unit_price_fen,
    }
    if place is not None:
        facts["freight_share_fen"] = shares[place]
    if product is not None:
        facts["current_price_fen"] = product.price_fen
    return facts


def _traits(traits: Mapping[str, bool | int | str], catalog: FactCatalog) -> dict[str, Any]:
    """The traits that are facts of the catalogue; others, such as a shop's own, no rule can ask for."""
    return {name: value for name, value in traits.items() if f"item.{name}" in catalog.facts}


def _parcel(order: Order, now: datetime) -> dict[str, Any]:
    """The state of the order's parcels: one that is lost, back or delayed speaks for all, else the last."""
    if not order.parcels:
        return {}
    worrying = [parcel for state in _ALARMING for parcel in order.parcels if parcel.state == state]
    parcel = worrying[0] if worrying else order.parcels[-1]
    return {
        "state": parcel.state, "quiet_days": _quiet_days(parcel, now), "held_by_weather": parcel.held_by_weather,
    }


def _quiet_days(parcel: Parcel, now: datetime) -> int:
    """Whole days since the last scan; 0 for a parcel that has arrived or has no scan yet."""
    if parcel.state in ("delivered", "returned") or not parcel.events:
        return 0
    return max(0, days_between(max(event.at for event in parcel.events), now))
