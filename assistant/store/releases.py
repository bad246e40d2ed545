"""Requests to release orders priced by mistake, in the database. A merchant sees those of the own shop, staff all."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, false, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.scope import Scope
from assistant.store.tables import proposals
from assistant.store.tables import releases as t
from knowledge.errors import NotFound
from knowledge.text import Text

Tx = AsyncConnection
Outcome = Literal["offered", "refused", "review", "busy", "not_found"]
LISTED = 100


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """What came of one order: `offered` to its buyer, `refused` by the rules, a person's to `review`, or not possible.

    `busy`: a person is talking to the buyer, ask again later. `answer` is the buyer's (`open`, `confirmed`, `refused`,
    `expired` …), empty where nothing was offered.
    """

    order_id: str
    item_id: str
    outcome: Outcome
    because: tuple[Text, ...] = ()
    compensation_fen: int = 0
    proposal_id: str | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """A request for a set of orders."""

    id: str
    tenant: str
    shop_id: str
    noticed_at: datetime
    words: str
    lines: tuple[ReleaseLine, ...]
    at: datetime


_releases: TypeAdapter[Release] = TypeAdapter(Release)


async def add(tx: Tx, release: Release) -> None:
    """Store a request with what came of it."""
    await tx.execute(insert(t).values(
        id=release.id, tenant=release.tenant, shop_id=release.shop_id, at=release.at,
        accepted=int(any(one.outcome == "offered" for one in release.lines)),
        data=_releases.dump_python(release, mode="json"),
    ))


async def find(tx: Tx, scope: Scope, release_id: str) -> Release:
    """A request, with what the buyers say by now.

    Raises:
        NotFound: there is none, or it isn't this scope's.
    """
    found = await tx.scalar(select(t.c.data).where(t.c.id == release_id, _visible(scope)))
    if found is None:
        raise NotFound("no such request")
    return await _answered(tx, _releases.validate_python(found))


async def visible(tx: Tx, scope: Scope) -> list[Release]:
    """The requests that the scope may see, newest first."""
    query = select(t.c.data).where(_visible(scope)).order_by(t.c.at.desc()).limit(LISTED)
    return [await _answered(tx, _releases.validate_python(one)) for one in (await tx.scalars(query)).all()]


async def accepted_since(tx: Tx, tenant: str, shop_id: str, since: datetime) -> int:
    """How many requests of a shop were accepted, for at least one order."""
    query = select(func.count()).where(
        t.c.tenant == tenant, t.c.shop_id == shop_id, t.c.at >= since, t.c.accepted == 1
    )
    return int(await tx.scalar(query) or 0)


async def offered(tx: Tx, tenant: str, shop_id: str, order_id: str) -> bool:
    """True when the release of an order is on the table, or was answered: a buyer is asked once."""
    query = select(t.c.data).where(t.c.tenant == tenant, t.c.shop_id == shop_id)
    before = [_releases.validate_python(one) for one in (await tx.scalars(query)).all()]
    return any(one.order_id == order_id and one.outcome == "offered" for release in before for one in release.lines)


async def _answered(tx: Tx, release: Release) -> Release:
    ids = [one.proposal_id for one in release.lines if one.proposal_id]
    mine = and_(proposals.c.tenant == release.tenant, proposals.c.id.in_(ids))
    states = {row.id: row.state for row in (await tx.execute(select(proposals.c.id, proposals.c.state).where(mine)))}
    lines = (replace(one, answer=states.get(one.proposal_id or "", "")) for one in release.lines)
    return replace(release, lines=tuple(lines))


def _visible(scope: Scope) -> ColumnElement[bool]:
    tenant = t.c.tenant == scope.tenant
    if scope.is_staff:
        return tenant
    return and_(tenant, t.c.shop_id == scope.shop_id) if scope.role == "merchant" and scope.shop_id else false()
