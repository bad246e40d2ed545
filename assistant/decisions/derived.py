"""Facts that follow from others: what is refundable, how late a parcel is, whether it was delivered."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from assistant.decisions.facts import FactCatalog, NestedFacts
from assistant.decisions.money.allocation import allocate
from assistant.decisions.money.differences import price_difference
from assistant.decisions.workdays import Calendar, hours_between

DELIVERED = ("delivered", "completed")
DISPATCHED = ("dispatched", *DELIVERED)


def complete(catalog: FactCatalog, facts: Mapping[str, Mapping[str, Any]], now: datetime) -> NestedFacts:
    """The given facts, checked, with defaults and everything that follows from them; what was given wins.

    Raises:
        BadInput: an unknown fact or a value of the wrong type.
    """
    known = catalog.validated(facts)
    for namespace in catalog.namespaces:
        known[namespace] = {**catalog.defaults.get(namespace, {}), **known.get(namespace, {})}
    known["claim"].setdefault("at", now.astimezone(UTC))
    known["order"].setdefault("currency", catalog.jurisdiction.currency)
    _order(known["order"], known["claim"]["at"])
    _days(known["order"], known["claim"]["at"], catalog.jurisdiction.calendar)
    _item(known["item"], known["order"])
    _difference(known)
    return known


def _order(order: dict[str, Any], at: datetime) -> None:
    """What the order's dates and state imply."""
    state = order.get("state")
    if "delivered" not in order and ("delivered_at" in order or state is not None):
        order["delivered"] = "delivered_at" in order or state in DELIVERED
    delivered = order.get("delivered", False)
    if "dispatched" not in order and ("dispatched_at" in order or delivered or state is not None):
        order["dispatched"] = "dispatched_at" in order or delivered or state in DISPATCHED
    if "paid_fen" in order:
        order.setdefault("refundable_fen", max(0, order["paid_fen"] - order["refunded_fen"]))
    for done, name in (("dispatched", "dispatch"), ("delivered", "delivery")):
        _lateness(order, done, name, at)


def _days(order: dict[str, Any], at: datetime, calendar: Calendar) -> None:
    """Natural days since the goods came, by which what was used wears off."""
    if "delivered_at" in order:
        order.setdefault("delivered_days", max(0, calendar.natural_days(order["delivered_at"], at)))


def _lateness(order: dict[str, Any], done: str, name: str, at: datetime) -> None:
    """Hours past the due time: until it was done, or until now when it isn't. No due time known: not late."""
    due: datetime | None = order.get(f"{name}_due_at")
    until: datetime | None = order.get(f"{done}_at", at if not order.get(done) else due)
    late = hours_between(due, until) if due and until else 0.0
    order.setdefault(f"{name}_late_hours", max(0.0, late))


def _item(item: dict[str, Any], order: dict[str, Any]) -> None:
    """What of the item's money can still be refunded, and its share of the freight."""
    if "paid_fen" not in item:
        return
    item.setdefault("refundable_fen", max(0, item["paid_fen"] - item["refunded_fen"]))
    if "paid_fen" in order:
        goods = max(item["paid_fen"], order["paid_fen"] - order["freight_fen"])
        share = allocate(order["freight_fen"], [item["paid_fen"], goods - item["paid_fen"]])[0]
        item.setdefault("freight_share_fen", share)


def _difference(known: NestedFacts) -> None:
    """What price protection would pay today."""
    if {"paid_fen", "current_price_fen"} <= known["item"].keys() and known["item"]["quantity"] > 0:
        known["item"].setdefault("price_difference_fen", price_difference(known).fen)
