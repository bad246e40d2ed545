"""What the platform has advanced and not got back, by buyer and by shop: fast refunds have limits that look at it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.store.tables import cases, ledger, outbox

Tx = AsyncConnection


@dataclass(frozen=True, slots=True)
class Advance:
    """Fen that went out ahead of the goods; `settled` once the case ended as decided."""

    buyer_id: str
    shop_id: str
    fen: int
    at: datetime
    settled: bool


async def advances(tx: Tx, tenant: str, buyer_id: str, shop_ids: Collection[str]) -> list[Advance]:
    """Everything advanced to a buyer or for these shops' orders; what the platform refused was never paid."""
    query = (
        select(cases.c.buyer_id, cases.c.shop_id, cases.c.state, ledger.c.amount_fen, ledger.c.at)
        .join(outbox, outbox.c.case_id == cases.c.id)
        .join(ledger, (ledger.c.tenant == outbox.c.tenant) & (ledger.c.proposal_id == outbox.c.key))
        .where(
            cases.c.tenant == tenant, or_(cases.c.buyer_id == buyer_id, cases.c.shop_id.in_(shop_ids)),
            ledger.c.action == "advance_refund", ledger.c.state != "failed",
        )
    )
    rows = (await tx.execute(query)).all()
    return [Advance(one.buyer_id, one.shop_id, one.amount_fen, one.at, one.state == "done") for one in rows]


def open_of_buyer(found: Sequence[Advance], buyer_id: str) -> int:
    """Fen that are out for a buyer."""
    return sum(one.fen for one in found if one.buyer_id == buyer_id and not one.settled)


def since(found: Sequence[Advance], buyer_id: str, began: datetime) -> int:
    """Fen that went out to a buyer from a moment on, settled or not."""
    return sum(one.fen for one in found if one.buyer_id == buyer_id and one.at >= began)


def open_of_shop(found: Sequence[Advance], shop_id: str) -> int:
    """Fen that are out for a shop's orders."""
    return sum(one.fen for one in found if one.shop_id == shop_id and not one.settled)
