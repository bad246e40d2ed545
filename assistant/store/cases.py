"""Cases in the database: the head of each, what its parties may see of it, its clock, its commands.

Functions take an open transaction and a Scope. A buyer sees the own cases, a merchant those of the shop, staff all of
the tenant; what the scope may not see is NotFound, in the same words as what does not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, RowMapping, and_, false, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.cases.case import CLOSED, Case, Proceedings
from assistant.cases.events import Actor, CaseEvent
from assistant.cases.outcomes import File
from assistant.commerce.platform import Command
from assistant.proposal import commands, receipts
from assistant.replies.reply import ReceiptCard
from assistant.scope import Scope
from assistant.store import tables
from assistant.store.case_events import write_event
from assistant.store.records import DELIVERY_LEASE
from assistant.store.tables import cases as t
from knowledge.errors import NotFound

Tx = AsyncConnection
cases: TypeAdapter[Case] = TypeAdapter(Case)
proceedings: TypeAdapter[Proceedings] = TypeAdapter(Proceedings)
LISTED = 200
_COUNTING_CASES = 4729002


@dataclass(frozen=True, slots=True)
class Held:
    """A case's file as it was found, with the conversation that it belongs to and the proposal that opened it."""

    file: File
    conversation_id: str
    proposal_id: str

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.file.case


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A case's clock that rings soon."""

    tenant: str
    case_id: str
    version: int
    due: datetime


async def next_number(tx: Tx, tenant: str, now: datetime) -> str:
    """`AS-20261121-0007`: after-sales, the UTC day, and a count of the day."""
    if tx.dialect.name == "postgresql":     # where writers run side by side, those of one tenant count in turn
        await tx.execute(select(func.pg_advisory_xact_lock(_COUNTING_CASES, func.hashtext(tenant))))
    prefix = f"AS-{now:%Y%m%d}-"
    query = select(func.count()).where(t.c.tenant == tenant, t.c.number.startswith(prefix))
    return f"{prefix}{int(await tx.scalar(query) or 0) + 1:04d}"


async def add(tx: Tx, case: Case, conversation_id: str, proposal_id: str, actor: Actor) -> None:
    """Store a new case, and begin its record."""
    await tx.execute(insert(t).values(
        id=case.id, tenant=case.tenant, number=case.number, buyer_id=case.buyer_id, shop_id=case.shop_id,
        conversation_id=conversation_id, proposal_id=proposal_id, created_at=case.created_at,
        proceedings=proceedings.dump_python(Proceedings(), mode="json"), **_head(case),
    ))
    await write_event(tx, CaseEvent(case.tenant, case.id, 1, case.created_at, str(actor), "opened", {
        "to": case.state, "due": _iso(case.due), "number": case.number, "kind": case.kind, "buyer_id": case.buyer_id,
        "shop_id": case.shop_id, "order_id": case.order_id, "item_id": case.item_id, "amount_fen": case.amount_fen,
        "currency": case.currency, "proposal_id": proposal_id,
    }))


async def save(tx: Tx, file: File) -> None:
    """Write a locked case that moved on."""
    case = file.case
    values = {**_head(case), "proceedings": proceedings.dump_python(file.proceedings, mode="json")}
    await tx.execute(update(t).where(t.c.id == case.id).values(values))


async def find(tx: Tx, scope: Scope, case_id: str, *, lock: bool = False) -> Held:
    """A case by its id or number, its row locked until the transaction ends when `lock` is set.

    Raises:
        NotFound: there is none, or it isn't this scope's.
    """
    query = select(t).where(or_(t.c.id == case_id, t.c.number == case_id), _visible(scope))
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().first()
    if row is None:
        raise NotFound("no such case")
    return _held(row)


async def of_proposal(tx: Tx, tenant: str, proposal_id: str) -> str:
    """The id of the case that a confirmed proposal opened: both were written in one transaction."""
    query = select(t.c.id).where(t.c.tenant == tenant, t.c.proposal_id == proposal_id)
    return str((await tx.execute(query)).scalar_one())


async def of_buyer(tx: Tx, scope: Scope, buyer_id: str) -> list[Case]:
    """The buyer's cases, newest first; empty when they aren't this scope's to see."""
    return [held.case for held in await _listed(tx, and_(_visible(scope), t.c.buyer_id == buyer_id), 100)]


async def visible(tx: Tx, scope: Scope, states: Sequence[str] = ()) -> list[Held]:
    """The cases that the scope may see, those whose clock rings first at the top, closed ones last."""
    which = and_(_visible(scope), t.c.state.in_(states)) if states else _visible(scope)
    return await _listed(tx, which, LISTED, t.c.due_at.is_(None), t.c.due_at)


async def due(tx: Tx, now: datetime, limit: int, skip: int = 0) -> list[tuple[str, str]]:
    """(tenant, case) whose clock should have rung by now, the longest overdue first."""
    query = select(t.c.tenant, t.c.id).where(t.c.due_at <= now).order_by(t.c.due_at, t.c.id)
    query = query.limit(limit).offset(skip)
    return [(row.tenant, row.id) for row in (await tx.execute(query)).all()]


async def upcoming(tx: Tx, after: datetime, until: datetime, limit: int = 5000) -> list[Upcoming]:
    """The clocks that ring in a span of time, the first of them first."""
    query = (
        select(t.c.tenant, t.c.id, t.c.version, t.c.due_at)
        .where(t.c.due_at > after, t.c.due_at <= until)
        .order_by(t.c.due_at)
        .limit(limit)
    )
    return [Upcoming(row.tenant, row.id, row.version, row.due_at) for row in (await tx.execute(query)).all()]


async def parcel_taken(tx: Tx, case: Case, tracking_number: str) -> bool:
    """True when another buyer's case waits for a parcel of this number."""
    other = and_(t.c.tenant == case.tenant, t.c.tracking_number == tracking_number, t.c.buyer_id != case.buyer_id)
    return await tx.scalar(select(t.c.id).where(other, t.c.state.not_in(CLOSED)).limit(1)) is not None


async def add_command(
    tx: Tx, case: Case, key: str, command: Command, receipt: ReceiptCard | None, now: datetime
) -> None:
    """Put a step of a case into the outbox, and money into the ledger as well: a second time is impossible."""
    await tx.execute(insert(tables.outbox).values(
        tenant=case.tenant, key=key, case_id=case.id, command=commands.dump_python(command, mode="json"),
        state="due", attempts=0, due_at=now + DELIVERY_LEASE,
    ))
    if receipt:
        await tx.execute(insert(tables.ledger).values(
            id=key, tenant=case.tenant, proposal_id=key, action=command.name, order_id=command.order_id,
            amount_fen=command.amount_fen, state="pending", receipt=receipts.dump_python(receipt, mode="json"), at=now,
        ))


def _head(case: Case) -> dict[str, object]:
    return {
        "state": case.state, "version": case.version, "due_at": case.due, "tracking_number": case.tracking_number,
        "data": cases.dump_python(case, mode="json"),
    }


def _visible(scope: Scope) -> ColumnElement[bool]:
    """Which cases a scope may see."""
    tenant = t.c.tenant == scope.tenant
    if scope.is_staff:
        return tenant
    if scope.role == "buyer":
        return and_(tenant, t.c.buyer_id == scope.subject)
    if scope.role == "merchant" and scope.shop_id:
        return and_(tenant, t.c.shop_id == scope.shop_id)
    return false()


async def _listed(tx: Tx, which: ColumnElement[bool], limit: int, *order: ColumnElement[bool]) -> list[Held]:
    query = select(t).where(which).order_by(*order, t.c.created_at.desc(), t.c.number.desc()).limit(limit)
    return [_held(row) for row in (await tx.execute(query)).mappings()]


def _held(row: RowMapping) -> Held:
    file = File(cases.validate_python(row["data"]), proceedings.validate_python(row["proceedings"]))
    return Held(file, row["conversation_id"], row["proposal_id"])


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
