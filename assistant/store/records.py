"""Proposals, the ledger, the outbox and the audit in the database.

The ledger's `UNIQUE(tenant, proposal_id)` is what makes an effect happen once; everything else here only follows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.commerce.platform import Command
from assistant.proposal import Proposal, ProposalState, commands, proposals, receipts
from assistant.replies.reply import ReceiptCard
from assistant.scope import Scope
from assistant.store import tables as t
from knowledge.errors import NotFound

Tx = AsyncConnection
DELIVERY_LEASE = timedelta(seconds=30)
"""How long one worker has for asking the platform before another one asks again with the same key."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A command on its way to the platform: `key` is its idempotency key, `attempts` how often nobody answered.

    `case_id` is set where it is a later step of a case; otherwise the key is that of the proposal that was confirmed.
    `again` is True when it may have been sent before.
    """

    tenant: str
    key: str
    command: Command
    attempts: int = 0
    case_id: str | None = None
    again: bool = False


async def add_proposal(tx: Tx, proposal: Proposal) -> None:
    """Store a new, open proposal."""
    await tx.execute(insert(t.proposals).values(
        id=proposal.id, tenant=proposal.tenant, conversation_id=proposal.conversation_id,
        buyer_id=proposal.buyer_id, state=proposal.state, digest=proposal.digest,
        data=proposals.dump_python(proposal, mode="json"),
        created_at=proposal.created_at, expires_at=proposal.expires_at,
    ))


async def find_proposal(tx: Tx, scope: Scope, proposal_id: str, *, lock: bool = False) -> Proposal:
    """The proposal, as it stands now.

    Raises:
        NotFound: there is none, or it isn't this scope's.
    """
    mine = and_(t.proposals.c.id == proposal_id, t.proposals.c.tenant == scope.tenant)
    if not scope.is_staff:
        mine = and_(mine, t.proposals.c.buyer_id == scope.buyer_id)
    query = select(t.proposals.c.data, t.proposals.c.state).where(mine)
    row = (await tx.execute(query.with_for_update() if lock else query)).first()
    if row is None:
        raise NotFound("no such proposal")
    return replace(proposals.validate_python(row.data), state=row.state)


async def offers_made(tx: Tx, tenant: str, buyer_id: str) -> list[tuple[str, str | None]]:
    """The goods (order, item) beside whose refund a buyer was offered something else, whenever that was."""
    data = t.proposals.c.data
    query = select(data["command"]["order_id"].as_string(), data["command"]["item_id"].as_string()).where(
        t.proposals.c.tenant == tenant, t.proposals.c.buyer_id == buyer_id,
        data["card"]["instead"].as_string().is_not(None),
    )
    return [(row[0], row[1]) for row in (await tx.execute(query)).all()]


async def close_proposal(tx: Tx, proposal_id: str, state: ProposalState) -> None:
    """Set the state of a locked proposal."""
    await tx.execute(update(t.proposals).where(t.proposals.c.id == proposal_id).values(state=state))


async def add_to_ledger(tx: Tx, entry_id: str, proposal: Proposal, receipt: ReceiptCard, now: datetime) -> None:
    """Enter the effect: the one place where a second time is impossible (a duplicate raises IntegrityError).

    Whoever enters it asks the platform next; should they die, the sweeper does once their lease is over.
    """
    await tx.execute(insert(t.ledger).values(
        id=entry_id, tenant=proposal.tenant, proposal_id=proposal.id, action=proposal.command.name,
        order_id=proposal.command.order_id, amount_fen=proposal.command.amount_fen, state="pending",
        receipt=receipts.dump_python(receipt, mode="json"), at=now,
    ))
    await tx.execute(insert(t.outbox).values(
        tenant=proposal.tenant, key=proposal.id, command=commands.dump_python(proposal.command, mode="json"),
        state="due", attempts=0, due_at=now + DELIVERY_LEASE,
    ))


async def add_settled(tx: Tx, entry_id: str, proposal: Proposal, receipt: ReceiptCard, now: datetime) -> None:
    """Enter an effect that is complete with this transaction: nothing is left for the platform to do."""
    await tx.execute(insert(t.ledger).values(
        id=entry_id, tenant=proposal.tenant, proposal_id=proposal.id, action=proposal.command.name,
        order_id=proposal.command.order_id, amount_fen=proposal.command.amount_fen, state="done",
        receipt=receipts.dump_python(receipt, mode="json"), at=now,
    ))


async def in_approval(tx: Tx, tenant: str) -> list[Proposal]:
    """The proposals that a second person has to approve, the oldest first."""
    query = (
        select(t.proposals.c.data)
        .where(t.proposals.c.tenant == tenant, t.proposals.c.state == "in_approval")
        .order_by(t.proposals.c.created_at)
    )
    return [replace(proposals.validate_python(data), state="in_approval") for data in await tx.scalars(query)]


async def receipt_of(tx: Tx, tenant: str, proposal_id: str) -> ReceiptCard | None:
    """The receipt of a proposal that was executed."""
    query = select(t.ledger.c.receipt).where(t.ledger.c.tenant == tenant, t.ledger.c.proposal_id == proposal_id)
    found = await tx.scalar(query)
    return receipts.validate_python(found) if found else None


async def claim_delivery(tx: Tx, now: datetime) -> Delivery | None:
    """The oldest thing that the platform still has to do, claimed for a while: others leave it alone until then."""
    due = select(t.outbox).where(t.outbox.c.state == "due", t.outbox.c.due_at <= now).order_by(t.outbox.c.id).limit(1)
    row = (await tx.execute(due.with_for_update(skip_locked=True))).mappings().first()
    if row is None:
        return None
    await tx.execute(update(t.outbox).where(t.outbox.c.id == row["id"]).values(due_at=now + DELIVERY_LEASE))
    command = commands.validate_python(row["command"])
    return Delivery(row["tenant"], row["key"], command, row["attempts"], row["case_id"], again=True)


async def is_due(tx: Tx, tenant: str, key: str) -> bool:
    """True while the platform's answer to this key is still wanted."""
    query = select(t.outbox.c.state).where(t.outbox.c.tenant == tenant, t.outbox.c.key == key)
    return await tx.scalar(query) == "due"


async def delivered(tx: Tx, tenant: str, key: str, reference: str) -> None:
    """The platform has done it, under its own reference number."""
    await _settle(tx, tenant, key, "done", reference)


async def refused_by_platform(tx: Tx, tenant: str, key: str, error: str) -> None:
    """The platform says no for good."""
    await _settle(tx, tenant, key, "failed", None)
    await tx.execute(update(t.outbox).where(t.outbox.c.tenant == tenant, t.outbox.c.key == key).values(error=error))


async def postpone(tx: Tx, tenant: str, key: str, attempts: int, now: datetime) -> None:
    """The platform did not answer: try again later, twice as late each time, up to an hour."""
    wait = timedelta(seconds=min(3600, 2 ** min(attempts, 12)))
    await tx.execute(
        update(t.outbox)
        .where(t.outbox.c.tenant == tenant, t.outbox.c.key == key)
        .values(attempts=attempts + 1, due_at=now + wait)
    )


async def _settle(tx: Tx, tenant: str, key: str, state: str, reference: str | None) -> None:
    await tx.execute(
        update(t.outbox).where(t.outbox.c.tenant == tenant, t.outbox.c.key == key).values(state=state)
    )
    await tx.execute(
        update(t.ledger)
        .where(t.ledger.c.tenant == tenant, t.ledger.c.proposal_id == key)
        .values(state=state, reference=reference)
    )


async def add_audit(
    tx: Tx, scope: Scope, action: str, subject: str, detail: Mapping[str, object], *, now: datetime
) -> None:
    """Write down who did what to which thing."""
    await tx.execute(insert(t.audit).values(
        tenant=scope.tenant, at=now, actor=f"{scope.role}:{scope.subject}", action=action,
        subject=subject, detail=dict(detail),
    ))
