"""Proposals, the ledger, the outbox, cases and the audit in the database.

The ledger's `UNIQUE(tenant, proposal_id)` is what makes an effect happen once; everything else here only follows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.cases.case import Case
from assistant.commerce.platform import Command
from assistant.proposal import Proposal, ProposalState, commands, proposals, receipts
from assistant.replies.reply import ReceiptCard
from assistant.scope import Scope
from assistant.store import tables as t
from knowledge.errors import NotFound

Tx = AsyncConnection
DELIVERY_LEASE = timedelta(seconds=30)
"""How long one worker has for asking the platform before another one asks again with the same key."""
cases: TypeAdapter[Case] = TypeAdapter(Case)
_COUNTING_CASES = 4729002


@dataclass(frozen=True, slots=True)
class Delivery:
    """A command on its way to the platform: `key` is its idempotency key, `attempts` how often nobody answered."""

    tenant: str
    key: str
    command: Command
    attempts: int = 0


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
    return Delivery(row["tenant"], row["key"], commands.validate_python(row["command"]), row["attempts"])


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


async def next_case_number(tx: Tx, tenant: str, now: datetime) -> str:
    """`AS-20261121-0007`: after-sales, the UTC day, and a count of the day."""
    if tx.dialect.name == "postgresql":     # where writers run side by side, those of one tenant count in turn
        await tx.execute(select(func.pg_advisory_xact_lock(_COUNTING_CASES, func.hashtext(tenant))))
    prefix = f"AS-{now:%Y%m%d}-"
    query = select(func.count()).where(t.cases.c.tenant == tenant, t.cases.c.number.startswith(prefix))
    return f"{prefix}{int(await tx.scalar(query) or 0) + 1:04d}"


async def add_case(tx: Tx, case: Case, conversation_id: str, proposal_id: str) -> None:
    """Store a new case."""
    await tx.execute(insert(t.cases).values(
        id=case.id, tenant=case.tenant, number=case.number, buyer_id=case.buyer_id,
        conversation_id=conversation_id, proposal_id=proposal_id,
        data=cases.dump_python(case, mode="json"), created_at=case.created_at,
    ))


async def save_case(tx: Tx, case: Case) -> None:
    """Write a case that moved on."""
    await tx.execute(
        update(t.cases).where(t.cases.c.id == case.id).values(data=cases.dump_python(case, mode="json"))
    )


async def case_of_proposal(tx: Tx, tenant: str, proposal_id: str) -> Case:
    """The case that a confirmed proposal opened: both were written in one transaction."""
    query = select(t.cases.c.data).where(t.cases.c.tenant == tenant, t.cases.c.proposal_id == proposal_id)
    return cases.validate_python((await tx.execute(query)).scalar_one())


async def cases_of(tx: Tx, scope: Scope, buyer_id: str) -> list[Case]:
    """The buyer's cases, newest first; empty when they aren't this scope's to see."""
    if not (scope.is_staff or scope.buyer_id == buyer_id):
        return []
    query = (
        select(t.cases.c.data)
        .where(t.cases.c.tenant == scope.tenant, t.cases.c.buyer_id == buyer_id)
        .order_by(t.cases.c.created_at.desc())
        .limit(100)
    )
    return [cases.validate_python(data) for data in await tx.scalars(query)]


async def add_audit(
    tx: Tx, scope: Scope, action: str, subject: str, detail: Mapping[str, object], *, now: datetime
) -> None:
    """Write down who did what to which thing."""
    await tx.execute(insert(t.audit).values(
        tenant=scope.tenant, at=now, actor=f"{scope.role}:{scope.subject}", action=action,
        subject=subject, detail=dict(detail),
    ))
