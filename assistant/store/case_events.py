"""The record of each case in the database: appended to by one function, and never changed."""

import secrets
from dataclasses import dataclass

from sqlalchemy import RowMapping, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.cases import chain
from assistant.cases.events import CaseEvent
from assistant.store.tables import case_events as t

Tx = AsyncConnection


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry of a record with its place in the chain."""

    event: CaseEvent
    hash: str
    previous: str


async def write_event(tx: Tx, event: CaseEvent, client_id: str | None = None) -> Recorded:
    """Append an entry to the record of a case whose row is locked; the only place where one is written.

    The entry gets a salt, so that a copy of the record can mask it. A number that is taken, or a `client_id` that was
    used, raises IntegrityError: no entry is written over.
    """
    event = chain.salted(event, secrets.token_hex(16))
    previous = await tx.scalar(select(t.c.hash).where(t.c.case_id == event.case_id, t.c.seq == event.seq - 1)) or ""
    recorded = Recorded(event, chain.link(previous, event), previous)
    await tx.execute(insert(t).values(
        case_id=event.case_id, seq=event.seq, tenant=event.tenant, at=event.at, actor=event.actor, kind=event.kind,
        data=dict(event.data), client_id=client_id, hash=recorded.hash, previous=previous,
    ))
    return recorded


async def record_of(tx: Tx, tenant: str, case_id: str) -> list[Recorded]:
    """The whole record of a case, in order."""
    query = select(t).where(t.c.tenant == tenant, t.c.case_id == case_id).order_by(t.c.seq)
    return [entry_of(row) for row in (await tx.execute(query)).mappings()]


async def sent_before(tx: Tx, case_id: str, client_id: str) -> CaseEvent | None:
    """The entry that the sender's own id made before, if it did."""
    query = select(t).where(t.c.case_id == case_id, t.c.client_id == client_id)
    row = (await tx.execute(query)).mappings().first()
    return entry_of(row).event if row else None


def entry_of(row: RowMapping) -> Recorded:
    """An entry of a record, from its row."""
    event = CaseEvent(
        row["tenant"], row["case_id"], row["seq"], row["at"], row["actor"], row["kind"], row["data"]
    )
    return Recorded(event, row["hash"], row["previous"])
