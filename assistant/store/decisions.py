"""Past decisions, from the log of conversations: to replay them under other rules."""

from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy import select

from assistant.conversation import DecisionMade, payloads
from assistant.decisions.decision import Decision
from assistant.store.conversations import Tx
from assistant.store.tables import events


async def past_decisions(tx: Tx, tenant: str, since: datetime | None = None) -> AsyncIterator[tuple[str, Decision]]:
    """Every decision of a tenant with the place of its event (`conversation/number`), the oldest first."""
    query = (
        select(events.c.conversation_id, events.c.seq, events.c.data)
        .where(events.c.tenant == tenant, events.c.kind == "decision_made")
        .order_by(events.c.at, events.c.conversation_id, events.c.seq)
    )
    if since is not None:
        query = query.where(events.c.at >= since)
    async for row in await tx.stream(query):
        payload = payloads.validate_python(row.data)
        if isinstance(payload, DecisionMade):
            yield f"{row.conversation_id}/{row.seq}", payload.decision
