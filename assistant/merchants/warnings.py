"""The warning on a return, from the case, the platform's records and the pictures that came with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from assistant.cases.case import Case
from assistant.commerce.model import Order
from assistant.integrity.pictures import Traces
from assistant.integrity.risk import Warning, assess
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import cases, traces
from assistant.store.conversations import Tx

A_YEAR = timedelta(days=365)
TOLD = ("sent_weight_g", "returned_weight_g")


async def warning_on(services: Services, scope: Scope, case_id: str) -> Warning:
    """What is worth a look about a case that the scope may see.

    Raises:
        NotFound: there is no such case for this scope.
    """
    system = Scope(scope.tenant, "system", "risk")
    async with services.database.read() as tx:
        held = await cases.find(tx, scope, case_id)
        pictures = await traces.of_conversation(tx, scope.tenant, held.conversation_id)
        reused = await traces.reused(tx, scope.tenant, held.case.buyer_id, pictures)
        theirs = await _returns(tx, system, held.case, services.clock())
    order = await services.platform.order(system, held.case.order_id)
    bought = await services.platform.orders(system, held.case.buyer_id)
    facts = {
        "order": _of_order(order), "buyer": habit(theirs, _of_year(bought, services.clock())),
        "picture": of_pictures(pictures, reused, order.delivered_at if order else None),
        **await _of_others(services, system, held.case, order),
    }
    return assess(services.books.risk, facts)


async def _returns(tx: Tx, scope: Scope, case: Case, now: datetime) -> int:
    """How many returns the buyer asked for within a year, this one included."""
    mine = await cases.of_buyer(tx, scope, case.buyer_id)
    return sum(one.flow == "return" and one.created_at > now - A_YEAR for one in mine)


def _of_year(orders: Sequence[Order], now: datetime) -> int:
    return sum(one.paid_at is not None and one.created_at > now - A_YEAR for one in orders)


def habit(returns: int, orders: int) -> dict[str, Any]:
    """How often a buyer returns; the share is not known without orders."""
    share = {"returns_percent": round(100 * returns / orders)} if orders else {}
    return {"returns_12m": returns, **share}


def _of_order(order: Order | None) -> dict[str, Any]:
    """The parcels' weights, where the carriers told them."""
    return {name: order.facts[name] for name in TOLD if name in order.facts} if order else {}


async def _of_others(
    services: Services, scope: Scope, case: Case, order: Order | None
) -> Mapping[str, dict[str, Any]]:
    """The shop's usual rate of returns, and how many accounts return from the address, where the platform tells."""
    shop = await services.platform.shop(scope, case.shop_id)
    usual = shop.facts.get("returns_percent") if shop else None
    accounts = order.facts.get("accounts_at_address") if order else None
    return {
        "shop": {} if usual is None else {"returns_percent": usual},
        "address": {} if accounts is None else {"accounts": accounts},
    }


def of_pictures(pictures: Sequence[Traces], reused: int, delivered_at: datetime | None) -> dict[str, Any]:
    """What the pictures of a claim tell together; nothing without pictures."""
    if not pictures:
        return {}
    taken = [one.taken_at for one in pictures if one.taken_at]
    early = {"days_before_delivery": max((delivered_at - one).days for one in taken)} if taken and delivered_at else {}
    return {
        "reused": reused, "labelled_generated": any(one.generated for one in pictures),
        "edited": any(one.edited for one in pictures), "devices": len({one.device for one in pictures if one.device}),
        **early,
    }
