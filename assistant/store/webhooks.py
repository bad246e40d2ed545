"""Webhooks that go out, in the database: written in the transaction in which the thing happened, sent afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.conversation import CaseChanged, Conversation, Event, OwnerChanged, Payload, ReceiptIssued, payloads
from assistant.store.tables import webhook_targets as targets
from assistant.store.tables import webhooks as t
from knowledge.errors import NotFound

Tx = AsyncConnection
LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 16
"""With waits that double from a second to an hour, about eight hours; after that a person must look."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook on its way: `id` is the receiver's means to take it once, `body` the JSON that is sent."""

    id: str
    tenant: str
    kind: str
    body: dict[str, Any]
    attempts: int
    created_at: datetime
    error: str | None = None


async def tell_platform(tx: Tx, tenant: str, now: datetime, *, wanted: bool) -> None:
    """From now on webhooks are written for this tenant, or no longer."""
    known = await tx.scalar(select(targets.c.tenant).where(targets.c.tenant == tenant))
    if wanted and not known:
        await tx.execute(insert(targets).values(tenant=tenant, since=now))
    if known and not wanted:
        await tx.execute(delete(targets).where(targets.c.tenant == tenant))


async def enqueue(tx: Tx, conversation: Conversation, events: Sequence[Event]) -> None:
    """Write webhooks for the events that a platform wants to hear of: cases, receipts, handovers."""
    told = [(kind, event) for event in events if (kind := kind_of(event.payload))]
    if not told or not await tx.scalar(select(targets.c.tenant).where(targets.c.tenant == conversation.tenant)):
        return
    await tx.execute(insert(t), [
        {"id": f"{event.conversation_id}-{event.seq}", "tenant": conversation.tenant, "kind": kind,
         "body": _body(kind, conversation, event), "state": "due", "attempts": 0, "due_at": event.at,
         "created_at": event.at}
        for kind, event in told
    ])


def kind_of(payload: Payload) -> str | None:
    """What a webhook about an event is called; None where there is none."""
    if isinstance(payload, CaseChanged):
        return "case.opened" if payload.case.version == 1 else "case.changed"
    if isinstance(payload, ReceiptIssued):
        return "receipt.issued"
    if isinstance(payload, OwnerChanged) and payload.to in ("queued", "human"):
        return "conversation.handed_over"
    return None


def _body(kind: str, conversation: Conversation, event: Event) -> dict[str, Any]:
    data = payloads.dump_python(event.payload, mode="json")
    return {
        "id": f"{event.conversation_id}-{event.seq}", "kind": kind, "at": event.at.isoformat(),
        "tenant": conversation.tenant, "buyer_id": conversation.buyer_id, "conversation_id": conversation.id,
        "seq": event.seq, "data": {key: value for key, value in data.items() if key != "kind"},
    }


async def claim(tx: Tx, tenant: str, now: datetime) -> Webhook | None:
    """The webhook that has been due longest, claimed for a while: other workers leave it alone until then."""
    due = select(t).where(t.c.tenant == tenant, t.c.state == "due", t.c.due_at <= now)
    query = due.order_by(t.c.due_at, t.c.id).limit(1).with_for_update(skip_locked=True)
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        return None
    await tx.execute(update(t).where(t.c.id == row["id"]).values(due_at=now + LEASE))
    return _webhook(row)


async def sent(tx: Tx, webhook: Webhook) -> None:
    """It was taken."""
    await tx.execute(update(t).where(t.c.id == webhook.id).values(state="done", error=None))


async def failed(tx: Tx, webhook: Webhook, error: str, now: datetime) -> None:
    """It was not taken: again later, twice as late each time; dead after the last attempt."""
    attempts = webhook.attempts + 1
    state = "dead" if attempts >= MOST_ATTEMPTS else "due"
    wait = timedelta(seconds=min(3600, 2**attempts))
    values = {"state": state, "attempts": attempts, "due_at": now + wait, "error": error[:500]}
    await tx.execute(update(t).where(t.c.id == webhook.id).values(values))


async def dead(tx: Tx, tenant: str, limit: int = 200) -> list[Webhook]:
    """Those that were given up, newest first."""
    query = select(t).where(t.c.tenant == tenant, t.c.state == "dead").order_by(t.c.created_at.desc()).limit(limit)
    return [_webhook(row) for row in (await tx.execute(query)).mappings()]


async def revive(tx: Tx, tenant: str, webhook_id: str, now: datetime) -> None:
    """Try one that was given up afresh.

    Raises:
        NotFound: there is no such webhook among the dead.
    """
    this = (t.c.tenant == tenant, t.c.id == webhook_id, t.c.state == "dead")
    changed = await tx.execute(update(t).where(*this).values(state="due", attempts=0, due_at=now))
    if not changed.rowcount:
        raise NotFound("no such webhook among those that were given up")


def _webhook(row: RowMapping) -> Webhook:
    return Webhook(
        row["id"], row["tenant"], row["kind"], dict(row["body"]), row["attempts"], row["created_at"], row["error"]
    )
