"""Reports and findings in the database. What the scope may not see is NotFound, in the words of what does not exist.

A merchant sees the own shop's reports, a buyer those about their own claims, staff all of the tenant.
"""

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, false, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.cases.events import CaseEvent, Happening
from assistant.integrity.file import Finding
from assistant.integrity.reports import Report
from assistant.scope import Scope
from assistant.store.case_events import write_event
from assistant.store.tables import findings as f
from assistant.store.tables import reports as t
from knowledge.errors import Conflict, NotFound

Tx = AsyncConnection
reports: TypeAdapter[Report] = TypeAdapter(Report)
findings: TypeAdapter[Finding] = TypeAdapter(Finding)
LISTED = 200
_COUNTING_REPORTS = 4729004


async def next_number(tx: Tx, tenant: str, now: datetime) -> str:
    """`MR-20261121-0007`: a merchant's report, the UTC day, and a count of the day."""
    if tx.dialect.name == "postgresql":     # where writers run side by side, those of one tenant count in turn
        await tx.execute(select(func.pg_advisory_xact_lock(_COUNTING_REPORTS, func.hashtext(tenant))))
    prefix = f"MR-{now:%Y%m%d}-"
    query = select(func.count()).where(t.c.tenant == tenant, t.c.number.startswith(prefix))
    return f"{prefix}{int(await tx.scalar(query) or 0) + 1:04d}"


async def add(tx: Tx, report: Report, filed: Happening) -> None:
    """Store a new report and begin its record.

    Raises:
        Conflict: this claim was reported before.
    """
    try:
        await tx.execute(insert(t).values(
            id=report.id, tenant=report.tenant, number=report.number, shop_id=report.shop_id, buyer_id=report.buyer_id,
            case_id=report.case_id, filed_at=report.filed_at, **_head(report),
        ))
    except IntegrityError as error:
        raise Conflict("this claim was reported before") from error
    await _record(tx, report, filed, report.filed_at)


async def save(tx: Tx, report: Report, happening: Happening, now: datetime) -> None:
    """Write a locked report that moved on, and what moved it."""
    await tx.execute(update(t).where(t.c.id == report.id).values(_head(report)))
    await _record(tx, report, happening, now)


async def find(tx: Tx, scope: Scope, report_id: str, *, lock: bool = False) -> Report:
    """A report by its id or number.

    Raises:
        NotFound: there is none, or it isn't this scope's.
    """
    query = select(t.c.data).where(or_(t.c.id == report_id, t.c.number == report_id), _visible(scope))
    found = await tx.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("no such report")
    return reports.validate_python(found)


async def visible(tx: Tx, scope: Scope, states: Sequence[str] = ()) -> list[Report]:
    """The reports that the scope may see: those whose clock rings first at the top, closed ones last."""
    which = and_(_visible(scope), t.c.state.in_(states)) if states else _visible(scope)
    query = select(t.c.data).where(which).order_by(t.c.due_at.is_(None), t.c.due_at, t.c.number.desc()).limit(LISTED)
    return [reports.validate_python(one) for one in await tx.scalars(query)]


async def due(tx: Tx, now: datetime, limit: int = 200) -> list[tuple[str, str]]:
    """(tenant, report) whose clock should have rung by now."""
    query = select(t.c.tenant, t.c.id).where(t.c.due_at <= now).order_by(t.c.due_at).limit(limit)
    return [(row.tenant, row.id) for row in (await tx.execute(query)).all()]


async def add_finding(tx: Tx, finding: Finding) -> None:
    """Enter a finding; a report leads to one at most. One that was corrected before stands again."""
    values = {"data": findings.dump_python(finding, mode="json"), "at": finding.at, "expires_at": finding.expires_at}
    again = await tx.execute(
        update(f).where(f.c.tenant == finding.tenant, f.c.report_id == finding.report_id)
        .values(**values, corrected_at=None)
    )
    if not again.rowcount:
        await tx.execute(insert(f).values(
            id=finding.id, tenant=finding.tenant, buyer_id=finding.buyer_id, report_id=finding.report_id, **values
        ))


async def correct(tx: Tx, tenant: str, report_id: str, now: datetime) -> None:
    """The finding of a report counts no more; that it was once there stays on record."""
    mine = and_(f.c.tenant == tenant, f.c.report_id == report_id)
    await tx.execute(update(f).where(mine, f.c.corrected_at.is_(None)).values(corrected_at=now))


async def findings_of(tx: Tx, tenant: str, buyer_id: str) -> list[Finding]:
    """All findings about a buyer, the newest first; expired and corrected ones as well."""
    query = select(f).where(f.c.tenant == tenant, f.c.buyer_id == buyer_id).order_by(f.c.at.desc())
    rows = (await tx.execute(query)).mappings()
    return [findings.validate_python({**row["data"], "corrected_at": row["corrected_at"]}) for row in rows]


async def _record(tx: Tx, report: Report, happening: Happening, now: datetime) -> None:
    """An entry in the hash-chained record, under the report's id."""
    data = {"said": dict(happening.said), "to": report.state, "result": report.result, "decided_by": report.decided_by}
    await write_event(
        tx, CaseEvent(report.tenant, report.id, report.version, now, str(happening.actor), happening.kind, data)
    )


def _head(report: Report) -> dict[str, object]:
    return {"state": report.state, "due_at": report.due, "data": reports.dump_python(report, mode="json")}


def _visible(scope: Scope) -> ColumnElement[bool]:
    tenant = t.c.tenant == scope.tenant
    if scope.is_staff:
        return tenant
    if scope.role == "buyer":
        return and_(tenant, t.c.buyer_id == scope.subject)
    if scope.role == "merchant" and scope.shop_id:
        return and_(tenant, t.c.shop_id == scope.shop_id)
    return false()
