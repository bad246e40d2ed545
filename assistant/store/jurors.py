"""Who sits on juries, and on which panels."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.scope import Scope
from assistant.store.tables import cases, jurors, panels

Tx = AsyncConnection


async def enrol(tx: Tx, scope: Scope, now: datetime) -> None:
    """The buyer of `scope` sits on juries from now on; doing it again changes nothing."""
    mine = (jurors.c.tenant == scope.tenant, jurors.c.person_id == scope.subject)
    if await tx.scalar(select(jurors.c.person_id).where(*mine)) is None:
        await tx.execute(insert(jurors).values(tenant=scope.tenant, person_id=scope.subject, at=now))


async def leave(tx: Tx, scope: Scope) -> None:
    """The buyer of `scope` sits on no new panels; votes that were cast stay."""
    mine = (jurors.c.tenant == scope.tenant, jurors.c.person_id == scope.subject)
    await tx.execute(delete(jurors).where(*mine))


async def enrolled(tx: Tx, tenant: str) -> list[str]:
    """Everybody who sits on juries."""
    return list(await tx.scalars(select(jurors.c.person_id).where(jurors.c.tenant == tenant)))


async def summon(tx: Tx, tenant: str, case_id: str, people: Sequence[str], now: datetime) -> None:
    """Remember who was drawn for a case."""
    rows = [{"tenant": tenant, "case_id": case_id, "person_id": one, "at": now} for one in people]
    if rows:
        await tx.execute(insert(panels), rows)


async def was_drawn(tx: Tx, scope: Scope, case_id: str) -> bool:
    """True when the buyer of `scope` is or was on the panel of a case."""
    mine = (panels.c.tenant == scope.tenant, panels.c.person_id == scope.buyer_id, panels.c.case_id == case_id)
    return await tx.scalar(select(panels.c.case_id).where(*mine)) is not None


async def panels_of(tx: Tx, scope: Scope) -> list[str]:
    """The cases on whose panel the buyer of `scope` sits while the panel votes."""
    query = (
        select(panels.c.case_id)
        .join(cases, cases.c.id == panels.c.case_id)
        .where(panels.c.tenant == scope.tenant, panels.c.person_id == scope.buyer_id, cases.c.state == "jury")
        .order_by(panels.c.at)
    )
    return list(await tx.scalars(query))
