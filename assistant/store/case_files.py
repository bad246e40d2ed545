"""What sealing and export read from the database: how far records have come, and what belongs to a case's file."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.proposal import receipts
from assistant.replies.reply import ReceiptCard
from assistant.store.attachments import Stored
from assistant.store.case_events import Recorded, entry_of
from assistant.store.tables import attachments, case_events, ledger

Tx = AsyncConnection
AT_ONCE = 500
"""Rows that are read before others get their turn."""


@dataclass(frozen=True, slots=True)
class Paid:
    """A row of the ledger: the receipt, how the platform answered it (`pending`, `done`, `failed`), and its number."""

    receipt: ReceiptCard
    action: str
    amount_fen: int
    state: str
    reference: str
    at: datetime


async def last_entries(tx: Tx, tenant: str, since: datetime | None = None) -> list[tuple[str, int, str]]:
    """(case, number of entries, hash of the last one) of the tenant's cases that moved after `since`; else of all."""
    t = case_events
    moved = select(t.c.case_id, func.max(t.c.seq).label("seq")).where(t.c.tenant == tenant).group_by(t.c.case_id)
    if since is not None:
        moved = moved.where(t.c.at >= since)
    newest = moved.subquery()
    query = select(t.c.case_id, t.c.seq, t.c.hash).join(
        newest, (t.c.case_id == newest.c.case_id) & (t.c.seq == newest.c.seq)
    )
    found: list[tuple[str, int, str]] = []
    async with tx.stream(query) as rows:
        async for part in rows.partitions(AT_ONCE):
            found += [(row.case_id, row.seq, row.hash) for row in part]
    return found


async def all_entries(tx: Tx, tenant: str) -> AsyncIterator[Recorded]:
    """Every entry of every record of a tenant, case by case, in order."""
    query = select(case_events).where(case_events.c.tenant == tenant)
    async with tx.stream(query.order_by(case_events.c.case_id, case_events.c.seq)) as rows:
        async for part in rows.mappings().partitions(AT_ONCE):
            for row in part:
                yield entry_of(row)


async def paid_for(tx: Tx, tenant: str, case_id: str, proposal_id: str) -> list[Paid]:
    """What the ledger has of a case: what opened it and its later steps, the oldest first."""
    t = ledger
    query = select(t).where(
        t.c.tenant == tenant, or_(t.c.proposal_id == proposal_id, t.c.proposal_id.startswith(f"{case_id}-"))
    )
    return [
        Paid(receipts.validate_python(row["receipt"]), row["action"], row["amount_fen"], row["state"],
             row["reference"] or "", row["at"])
        for row in (await tx.execute(query.order_by(t.c.at, t.c.id))).mappings()
    ]


async def pictures(tx: Tx, tenant: str, ids: Sequence[str]) -> list[Stored]:
    """The stored pictures with these ids, in their order; those that are no more are left out."""
    query = select(attachments).where(attachments.c.tenant == tenant, attachments.c.id.in_(ids))
    rows = {row["id"]: row for row in (await tx.execute(query)).mappings()}
    return [
        Stored(one, rows[one]["conversation_id"], rows[one]["media_type"], rows[one]["bytes"])
        for one in dict.fromkeys(ids) if one in rows
    ]
