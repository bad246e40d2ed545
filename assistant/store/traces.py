"""What pictures told before they were written anew, kept to compare: short hashes and labels, never where it was."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.integrity.pictures import Traces, alike, is_flat
from assistant.scope import Scope
from assistant.store.tables import attachments
from assistant.store.tables import traces as t

Tx = AsyncConnection
_traces: TypeAdapter[Traces] = TypeAdapter(Traces)
COMPARED = 20_000
"""A picture is compared with the newest so many of the tenant's."""


async def add(tx: Tx, scope: Scope, attachment_id: str, found: Traces, now: datetime) -> None:
    """Keep what a buyer's picture told."""
    await tx.execute(insert(t).values(
        attachment_id=attachment_id, tenant=scope.tenant, buyer_id=scope.subject, at=now,
        data=_traces.dump_python(found, mode="json"),
    ))


async def of_conversation(tx: Tx, tenant: str, conversation_id: str) -> list[Traces]:
    """What the pictures sent in a conversation told."""
    query = (
        select(t.c.data)
        .join(attachments, attachments.c.id == t.c.attachment_id)
        .where(t.c.tenant == tenant, attachments.c.conversation_id == conversation_id)
    )
    return [_traces.validate_python(one) for one in await tx.scalars(query)]


async def reused(tx: Tx, tenant: str, buyer_id: str, mine: Sequence[Traces]) -> int:
    """How many of these pictures other buyers sent too; pictures without detail don't count."""
    telling = [one.hash for one in mine if not is_flat(one.hash)]
    if not telling:
        return 0
    query = (
        select(t.c.data["hash"].as_string())
        .where(t.c.tenant == tenant, t.c.buyer_id != buyer_id).order_by(t.c.at.desc()).limit(COMPARED)
    )
    others = list(await tx.scalars(query))
    return sum(any(alike(one, other) for other in others) for one in telling)
