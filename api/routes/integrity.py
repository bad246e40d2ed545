"""The integrity file: the buyer's own, and what staff decide of merchants' reports."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query

from api.depends import BuyerScope, Id, Member, Parts
from api.errors import documented
from api.integrity_schemas import (
    AnswerIn,
    IntegrityOut,
    ReportOut,
    ReportsOut,
    VerdictIn,
    WordsIn,
    finding_out,
    follows_out,
    report_out,
)
from assistant.cases.events import Happening, Json
from assistant.integrity.reports import State
from assistant.merchants import reporting
from assistant.merchants.known import standing_of
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import reports
from knowledge.text import Language

router = APIRouter(prefix="/v1", tags=["integrity"], responses=documented(401))
InLanguage = Annotated[Language, Query()]


@router.get("/integrity", summary="The buyer's own integrity file")
async def mine(services: Parts, scope: BuyerScope, lang: InLanguage = "zh") -> IntegrityOut:
    """Findings with their grounds, what follows and until when, and reports that they can answer or appeal."""
    return await _file(services, scope, scope.subject, lang)


@router.post("/integrity/reports/{report_id}/answer", summary="Give one's own account of a reported claim",
             responses=documented(401, 403, 404, 409))
async def answer(
    report_id: Id, body: AnswerIn, services: Parts, scope: BuyerScope, lang: InLanguage = "zh"
) -> ReportOut:
    """While the report waits for it."""
    said: Mapping[str, Json] = {"words": body.words, "admits": body.admits}
    return await _moved(services, scope, report_id, Happening("answer", reporting.actor_of(scope), said), lang)


@router.post("/integrity/reports/{report_id}/appeal", summary="Appeal a finding",
             responses=documented(401, 403, 404, 409))
async def appeal(
    report_id: Id, body: WordsIn, services: Parts, scope: BuyerScope, lang: InLanguage = "zh"
) -> ReportOut:
    """Once, within the time; somebody else decides."""
    happening = Happening("appeal", reporting.actor_of(scope), {"words": body.words})
    return await _moved(services, scope, report_id, happening, lang)


@router.get("/desk/reports", tags=["desk"], summary="Merchants' reports")
async def waiting(
    services: Parts, member: Member, state: State | None = None, lang: InLanguage = "zh"
) -> ReportsOut:
    """Those whose clock rings first at the top; by state, when one is named."""
    async with services.database.read() as tx:
        found = await reports.visible(tx, member[0], [state] if state else [])
    return ReportsOut(reports=[report_out(one, services.books.risk, member[0].role, lang) for one in found])


@router.get("/desk/reports/{report_id}", tags=["desk"], summary="One report", responses=documented(401, 404))
async def show(report_id: Id, services: Parts, member: Member, lang: InLanguage = "zh") -> ReportOut:
    """With its evidence and what both sides say."""
    async with services.database.read() as tx:
        return report_out(await reports.find(tx, member[0], report_id), services.books.risk, member[0].role, lang)


@router.post("/desk/reports/{report_id}/decide", tags=["desk"], summary="Decide a report",
             responses=documented(401, 403, 404, 409))
async def decide(
    report_id: Id, body: VerdictIn, services: Parts, member: Member, lang: InLanguage = "zh"
) -> ReportOut:
    """Uphold it, which enters the buyer's file, or dismiss it; an appeal is for somebody else to decide."""
    said = {"result": body.result, "words": body.words}
    return await _moved(services, member[0], report_id, Happening("decide", reporting.actor_of(member[0]), said), lang)


@router.get("/desk/integrity", tags=["desk"], summary="A buyer's integrity file")
async def of_buyer(
    services: Parts, member: Member, buyer: Annotated[str, Query(min_length=1, max_length=64)],
    lang: InLanguage = "zh",
) -> IntegrityOut:
    """As the buyer sees it."""
    return await _file(services, member[0], buyer, lang)


async def _moved(services: Services, scope: Scope, report_id: str, happening: Happening, lang: Language) -> ReportOut:
    moved = await reporting.move(services, scope, report_id, happening)
    return report_out(moved, services.books.risk, scope.role, lang)


async def _file(services: Services, scope: Scope, buyer_id: str, lang: Language) -> IntegrityOut:
    now, book = services.clock(), services.books.risk
    async with services.database.read() as tx:
        findings = await reports.findings_of(tx, scope.tenant, buyer_id)
        how = await standing_of(services, tx, buyer_id)
        theirs = [one for one in await reports.visible(tx, scope) if one.buyer_id == buyer_id and one.told]
    return IntegrityOut(
        level=how.level, findings=[finding_out(one, book, now, lang) for one in findings],
        follows=follows_out(how, lang), reports=[report_out(one, book, scope.role, lang) for one in theirs],
    )
