"""What Fairdesk itself knows of buyers and shops, laid over what the platform tells: integrity, advances, mistakes.

Facts that the platform tells under the same name are replaced, as ours are counted from the ledger and from findings;
a fast lane that the platform has closed stays closed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time

from assistant.commerce.model import Buyer, Shop
from assistant.integrity.file import Standing, standing
from assistant.services import Services
from assistant.store import exposure, reports
from assistant.store.conversations import Tx


@dataclass(frozen=True, slots=True)
class Known:
    """A buyer and the shops of their orders, with our own facts."""

    buyer: Buyer
    shops: Mapping[str, Shop]


async def standing_of(services: Services, tx: Tx, buyer_id: str) -> Standing:
    """How a buyer's account stands now."""
    found = await reports.findings_of(tx, services.tenant, buyer_id)
    calendar = services.books.rules.jurisdiction.calendar
    return standing(found, services.clock(), services.books.risk, calendar)


async def known(services: Services, tx: Tx, buyer: Buyer, shops: Mapping[str, Shop]) -> Known:
    """The buyer and the shops with what we know of them."""
    how = await standing_of(services, tx, buyer.id)
    out = await exposure.advances(tx, services.tenant, buyer.id, list(shops))
    facts = how.facts()
    suspended = bool(facts["fast_suspended"] or buyer.facts.get("fast_suspended"))
    own = {
        **facts, "fast_suspended": suspended, "advanced_open_fen": exposure.open_of_buyer(out, buyer.id),
        "advanced_today_fen": exposure.since(out, buyer.id, day_began(services)),
    }
    return Known(
        replace(buyer, facts={**buyer.facts, **own}),
        {key: _with(shop, exposure.open_of_shop(out, key)) for key, shop in shops.items()},
    )


def _with(shop: Shop, advanced_open_fen: int) -> Shop:
    return replace(shop, facts={**shop.facts, "advanced_open_fen": advanced_open_fen})


def day_began(services: Services) -> datetime:
    """Midnight where the platform trades."""
    return datetime.combine(services.today(), time(), services.zone)
