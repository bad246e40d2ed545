"""Webhooks that came in, in the database: each is taken in once, and kept until it is worked off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.store.tables import cases, conversations, outbox
from assistant.store.tables import platform_news as t
from knowledge.errors import Conflict, NotFound

Tx = AsyncConnection
LEASE = timedelta(seconds=30)
PATIENCE = timedelta(days=3)
"""How long something that does not fit yet (it came before what it follows) is kept and tried again."""


@dataclass(frozen=True, slots=True)
class News:
    """Something that the platform told: `id` is the platform's own, `body` what it sent."""

    id: str
    tenant: str
    kind: str
    body: dict[str, Any]
    digest: str
    received_at: datetime
    attempts: int = 0
    note: str | None = None


async def take_in(tx: Tx, news: News) -> bool:
    """Keep it; False when it was taken in before.

    Raises:
        Conflict: the id was used before, for something else.
    """
    known = await tx.scalar(select(t.c.digest).where(t.c.tenant == news.tenant, t.c.id == news.id))
    if known is not None and known != news.digest:
        raise Conflict(f"the webhook id {news.id} was used before, with another body")
    if known is not None:
        return False
    await tx.execute(insert(t).values(
        tenant=news.tenant, id=news.id, kind=news.kind, body=news.body, digest=news.digest, state="due", attempts=0,
        due_at=news.received_at, received_at=news.received_at,
    ))
    return True


async def claim(tx: Tx, tenant: str, now: datetime) -> News | None:
    """What has been due longest, claimed for a while: other workers leave it alone until then."""
    due = select(t).where(t.c.tenant == tenant, t.c.state == "due", t.c.due_at <= now)
    query = due.order_by(t.c.due_at, t.c.id).limit(1).with_for_update(skip_locked=True)
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        return None
    await tx.execute(update(t).where(*_this(row["tenant"], row["id"])).values(due_at=now + LEASE))
    return _news(row)


async def settle(tx: Tx, news: News, state: str, note: str = "") -> None:
    """It is `done`, `noted` (there was nothing to do) or `failed` (a person must look); `note` says more."""
    await tx.execute(update(t).where(*_this(news.tenant, news.id)).values(state=state, note=note[:500] or None))


async def postpone(tx: Tx, news: News, note: str, now: datetime) -> None:
    """It does not fit yet: again later, twice as late each time up to an hour; failed when patience is over."""
    wait = timedelta(seconds=min(3600, 2**min(news.attempts, 12)))
    state = "failed" if now - news.received_at > PATIENCE else "due"
    values = {"state": state, "attempts": news.attempts + 1, "due_at": now + wait, "note": note[:500]}
    await tx.execute(update(t).where(*_this(news.tenant, news.id)).values(values))


async def failed(tx: Tx, tenant: str, limit: int = 200) -> list[News]:
    """What nobody could make sense of in time, newest first."""
    query = select(t).where(t.c.tenant == tenant, t.c.state == "failed").order_by(t.c.received_at.desc()).limit(limit)
    return [_news(row) for row in (await tx.execute(query)).mappings()]


async def revive(tx: Tx, tenant: str, news_id: str, now: datetime) -> None:
    """Work something off afresh that had failed.

    Raises:
        NotFound: nothing of this id has failed.
    """
    changed = await tx.execute(
        update(t).where(*_this(tenant, news_id), t.c.state == "failed")
        .values(state="due", attempts=0, due_at=now, received_at=now)
    )
    if not changed.rowcount:
        raise NotFound("nothing of this id has failed")


# -- what news are about --


async def case_of_parcel(tx: Tx, tenant: str, tracking_number: str) -> str | None:
    """The id of the newest case that waits for, or got, the parcel of this number."""
    query = select(cases.c.id).where(cases.c.tenant == tenant, cases.c.tracking_number == tracking_number)
    found: str | None = await tx.scalar(query.order_by(cases.c.created_at.desc()).limit(1))
    return found


async def conversation_of(tx: Tx, tenant: str, buyer_id: str) -> str | None:
    """The id of the buyer's newest conversation that is not closed."""
    query = select(conversations.c.id).where(
        conversations.c.tenant == tenant, conversations.c.buyer_id == buyer_id, conversations.c.owner != "closed",
    )
    found: str | None = await tx.scalar(query.order_by(conversations.c.updated_at.desc()).limit(1))
    return found


async def hasten(tx: Tx, tenant: str, key: str, now: datetime) -> bool:
    """Ask the platform about a command at once; False when nothing is open under this key."""
    this = (outbox.c.tenant == tenant, outbox.c.key == key, outbox.c.state == "due")
    return bool((await tx.execute(update(outbox).where(*this).values(due_at=now))).rowcount)


def _this(tenant: str, news_id: str) -> tuple[Any, ...]:
    return t.c.tenant == tenant, t.c.id == news_id


def _news(row: RowMapping) -> News:
    return News(
        row["id"], row["tenant"], row["kind"], dict(row["body"]), row["digest"], row["received_at"], row["attempts"],
        row["note"],
    )
