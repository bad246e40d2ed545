"""Conversations and their log in the database.

Functions take an open transaction and a Scope. What the scope may not see is NotFound, in the same words as what does
not exist. Appending locks the conversation's row, so sequence numbers are gapless and views agree.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, RowMapping, and_, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.conversation import (
    AgentName,
    BuyerMessage,
    Conversation,
    DialogueState,
    Event,
    HandOver,
    Owner,
    Payload,
    StaffMessage,
    payloads,
    states,
)
from assistant.scope import Scope
from assistant.store.tables import conversations, events
from assistant.store.webhooks import enqueue
from knowledge.errors import NotFound
from knowledge.text import Language

Tx = AsyncConnection
TURN_LEASE = timedelta(seconds=60)
INTERNAL_KINDS = ("reading_made", "decision_made", "handoff_made", "note_added", "turn_taken")
"""What `Event.visibility` calls internal, by name, so that the database can leave it out."""

_handovers: TypeAdapter[HandOver] = TypeAdapter(HandOver)
_agents: TypeAdapter[AgentName] = TypeAdapter(AgentName)


async def create(tx: Tx, scope: Scope, conversation_id: str, language: Language, now: datetime) -> Conversation:
    """Open a new conversation for the buyer of `scope`."""
    row = {
        "id": conversation_id, "tenant": scope.tenant, "buyer_id": scope.subject, "owner": "assistant",
        "language": language, "last_seq": 0, "handled_seq": 0, "unhandled_seq": 0,
        "state": states.dump_python(DialogueState(), mode="json"), "created_at": now, "updated_at": now,
    }
    await tx.execute(insert(conversations).values(row))
    return Conversation(conversation_id, scope.tenant, scope.subject, "assistant", language, 0, 0,
                        DialogueState(), now, now)


async def find(tx: Tx, scope: Scope, conversation_id: str, *, lock: bool = False) -> Conversation:
    """The conversation, with its row locked until the transaction ends when `lock` is set.

    Raises:
        NotFound: there is none, or it isn't this scope's.
    """
    query = select(conversations).where(conversations.c.id == conversation_id, _visible(scope))
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().first()
    if row is None:
        raise NotFound("no such conversation")
    return _conversation(row)


async def latest_of_buyer(tx: Tx, scope: Scope) -> Conversation | None:
    """The buyer's newest conversation that isn't closed."""
    query = (
        select(conversations)
        .where(_visible(scope), conversations.c.owner != "closed")
        .order_by(conversations.c.created_at.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).mappings().first()
    return _conversation(row) if row else None


async def listed(tx: Tx, scope: Scope, owner: Owner | None, limit: int = 200) -> Sequence[Conversation]:
    """Conversations for the desk: the gravest and longest waiting first."""
    query = select(conversations).where(_visible(scope), conversations.c.last_seq > 0)
    if owner:
        query = query.where(conversations.c.owner == owner)
    order = (
        (conversations.c.queued_at.asc(),) if owner == "queued" else (conversations.c.updated_at.desc(),)
    )
    rows = (await tx.execute(query.order_by(*order).limit(limit))).mappings().all()
    found = [_conversation(row) for row in rows]
    return sorted(found, key=lambda c: c.handover.priority if c.handover else 5) if owner == "queued" else found


async def append(
    tx: Tx, conversation: Conversation, payload_list: Sequence[Payload], now: datetime
) -> tuple[Conversation, list[Event]]:
    """Append events to the log of a locked conversation; returns it with its new `last_seq`, and the events."""
    made = [
        Event(conversation.id, conversation.last_seq + n, now, payload)
        for n, payload in enumerate(payload_list, start=1)
    ]
    if made:
        await tx.execute(insert(events), [_event_row(conversation.tenant, event) for event in made])
        await enqueue(tx, conversation, made)
    return replace(conversation, last_seq=conversation.last_seq + len(made), updated_at=now), made


async def save(tx: Tx, conversation: Conversation) -> None:
    """Write the head of a locked conversation back."""
    values = {
        "owner": conversation.owner, "language": conversation.language, "last_seq": conversation.last_seq,
        "handled_seq": conversation.handled_seq, "updated_at": conversation.updated_at,
        "state": states.dump_python(conversation.state, mode="json"),
        "agent": _agents.dump_python(conversation.agent, mode="json") if conversation.agent else None,
        "handover": _handovers.dump_python(conversation.handover, mode="json") if conversation.handover else None,
        "queued_at": conversation.queued_at,
    }
    await tx.execute(update(conversations).where(conversations.c.id == conversation.id).values(values))


async def log(
    tx: Tx, scope: Scope, conversation_id: str, after: int = 0, limit: int = 1000
) -> list[Event]:
    """Events after `after` that the scope may see: buyers don't see internal ones, and strangers see none."""
    theirs = exists().where(conversations.c.id == conversation_id, _visible(scope))
    query = select(events).where(events.c.conversation_id == conversation_id, events.c.seq > after, theirs)
    if not scope.is_staff:
        query = query.where(events.c.kind.not_in(INTERNAL_KINDS))
    rows = await tx.execute(query.order_by(events.c.seq).limit(limit))
    return [_event(row) for row in rows.mappings()]


async def sent_before(tx: Tx, conversation_id: str, message: BuyerMessage | StaffMessage) -> Event | None:
    """The event that the client id of this message made before, if it did."""
    same = and_(events.c.conversation_id == conversation_id, events.c.client_id == _client_id(message))
    query = select(events).where(same)
    row = (await tx.execute(query)).mappings().first()
    return _event(row) if row else None


async def unhandled(tx: Tx, conversation: Conversation) -> list[Event]:
    """The buyer's messages that no turn has answered yet, oldest first."""
    query = (
        select(events)
        .where(
            events.c.conversation_id == conversation.id,
            events.c.seq > conversation.handled_seq,
            events.c.kind == "buyer_message",
        )
        .order_by(events.c.seq)
    )
    return [_event(row) for row in (await tx.execute(query)).mappings()]


async def note_message(tx: Tx, conversation_id: str, seq: int) -> None:
    """Remember that a turn is due for the buyer's message `seq`."""
    await tx.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(unhandled_seq=seq)
    )


async def claim_turn(tx: Tx, conversation_id: str, token: str, now: datetime) -> bool:
    """Claim the next turn for one worker; False when another one is at it (and will see the newest messages)."""
    free = or_(conversations.c.turn_token.is_(None), conversations.c.turn_until < now)
    claimed = await tx.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id, free)
        .values(turn_token=token, turn_until=now + TURN_LEASE)
    )
    return claimed.rowcount == 1


async def holds_turn(tx: Tx, conversation_id: str, token: str) -> bool:
    """True while this worker's claim stands (it may have lost it by being too slow)."""
    found = await tx.scalar(select(conversations.c.turn_token).where(conversations.c.id == conversation_id))
    return found == token


async def release_turn(tx: Tx, conversation_id: str, token: str) -> None:
    """Give the claim back."""
    await tx.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id, conversations.c.turn_token == token)
        .values(turn_token=None, turn_until=None)
    )


async def turns_due(tx: Tx, now: datetime, limit: int = 50) -> list[tuple[str, str, str]]:
    """(tenant, buyer, conversation) whose buyer waits for a turn that nobody is working on: after a crash, say."""
    stale = or_(
        and_(conversations.c.turn_token.is_(None), conversations.c.updated_at < now - timedelta(seconds=5)),
        conversations.c.turn_until < now,
    )
    query = (
        select(conversations.c.tenant, conversations.c.buyer_id, conversations.c.id)
        .where(conversations.c.unhandled_seq > conversations.c.handled_seq, conversations.c.owner == "assistant", stale)
        .limit(limit)
    )
    return [(row.tenant, row.buyer_id, row.id) for row in await tx.execute(query)]


async def queue_ahead(tx: Tx, tenant: str, conversation: Conversation) -> int:
    """How many waiting conversations come before this one."""
    waiting = await listed(tx, Scope(tenant, "system", "queue"), "queued")
    ids = [one.id for one in waiting]
    return ids.index(conversation.id) if conversation.id in ids else len(ids)


def _visible(scope: Scope) -> ColumnElement[bool]:
    mine = conversations.c.tenant == scope.tenant
    return mine if scope.is_staff else and_(mine, conversations.c.buyer_id == scope.buyer_id)


def _conversation(row: RowMapping) -> Conversation:
    return Conversation(
        id=row["id"], tenant=row["tenant"], buyer_id=row["buyer_id"], owner=row["owner"], language=row["language"],
        last_seq=row["last_seq"], handled_seq=row["handled_seq"], state=states.validate_python(row["state"]),
        created_at=row["created_at"], updated_at=row["updated_at"], queued_at=row["queued_at"],
        agent=_agents.validate_python(row["agent"]) if row["agent"] else None,
        handover=_handovers.validate_python(row["handover"]) if row["handover"] else None,
    )


def _event(row: RowMapping) -> Event:
    return Event(row["conversation_id"], row["seq"], row["at"], payloads.validate_python(row["data"]))


def _event_row(tenant: str, event: Event) -> dict[str, Any]:
    return {
        "conversation_id": event.conversation_id, "seq": event.seq, "tenant": tenant, "at": event.at,
        "kind": event.payload.kind, "client_id": _client_id(event.payload),
        "data": payloads.dump_python(event.payload, mode="json"),
    }


def _client_id(payload: Payload) -> str | None:
    """The sender's own id, as it is stored: a buyer's ids never meet those of the desk."""
    return f"{payload.kind[0]}:{payload.client_id}" if isinstance(payload, BuyerMessage | StaffMessage) else None
