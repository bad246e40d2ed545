"""What merchants do about claims on their own orders: warnings, reports, the release of orders priced by mistake."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, File, Query, Request, UploadFile

from api.depends import Id, MerchantScope, Parts
from api.errors import documented
from api.integrity_schemas import (
    FiledOut,
    ReleaseIn,
    ReleaseOut,
    ReleasesOut,
    ReportIn,
    ReportOut,
    ReportsOut,
    WarningOut,
    WordsIn,
    release_out,
    report_out,
    warning_out,
)
from api.schemas import AttachmentOut
from api.uploads import read_limited, sanitise
from assistant.cases.events import Happening
from assistant.merchants import reporting
from assistant.merchants.releasing import Asking, ask_release
from assistant.merchants.reporting import Brought
from assistant.merchants.warnings import warning_on
from assistant.store import attachments, releases, reports
from knowledge.text import Language

router = APIRouter(prefix="/v1/merchant", tags=["merchant"], responses=documented(401))
InLanguage = Annotated[Language, Query()]


@router.post("/pictures", status_code=201, summary="Upload a picture as evidence")
async def upload(
    file: Annotated[UploadFile, File()], services: Parts, scope: MerchantScope, request: Request
) -> AttachmentOut:
    """PNG, JPEG or WebP up to 5 MB; it is decoded and written anew, without metadata."""
    data, media_type = await asyncio.to_thread(sanitise, await read_limited(file))
    stored = attachments.Stored(services.new_id(), "", media_type, len(data))
    await asyncio.to_thread(attachments.keep, attachments.path_of(request.app.state.settings.home, stored.id), data)
    await attachments.add(services.database, scope, stored, services.clock())
    return AttachmentOut(id=stored.id, url=stored.url, media_type=media_type, bytes=len(data))


@router.get("/cases/{case_id}/warning", summary="What is worth a look before a return is accepted",
            responses=documented(401, 404))
async def warning(case_id: Id, services: Parts, scope: MerchantScope, lang: InLanguage = "zh") -> WarningOut:
    """Signals with reasons and weights. They are hints: they decide nothing, and nothing follows from them."""
    return warning_out(await warning_on(services, scope, case_id), lang)


@router.post("/cases/{case_id}/reports", status_code=201, summary="Report an abnormal claim",
             responses=documented(401, 403, 404, 409))
async def report(
    case_id: Id, body: ReportIn, services: Parts, scope: MerchantScope, lang: InLanguage = "zh"
) -> FiledOut:
    """Once a claim. The buyer is heard, then a rule or a person decides; the claim itself goes on meanwhile."""
    brought = Brought(body.kind, tuple(body.pictures), body.serial, body.words)
    filed = await reporting.file_report(services, scope, case_id, brought)
    hold = filed.hold
    return FiledOut(
        report=report_out(filed.report, services.books.risk, scope.role, lang),
        refund_held=filed.held, hold_because=[one.in_(lang) for one in hold.because] if hold else [],
    )


@router.get("/reports", summary="The shop's reports")
async def listed(services: Parts, scope: MerchantScope, lang: InLanguage = "zh") -> ReportsOut:
    """Those that wait for somebody first."""
    async with services.database.read() as tx:
        found = await reports.visible(tx, scope)
    return ReportsOut(reports=[report_out(one, services.books.risk, scope.role, lang) for one in found])


@router.get("/reports/{report_id}", summary="One report", responses=documented(401, 404))
async def show(report_id: Id, services: Parts, scope: MerchantScope, lang: InLanguage = "zh") -> ReportOut:
    """A report by id or number."""
    async with services.database.read() as tx:
        return report_out(await reports.find(tx, scope, report_id), services.books.risk, scope.role, lang)


@router.post("/reports/{report_id}/withdraw", summary="Withdraw a report", responses=documented(401, 403, 404, 409))
async def withdraw(report_id: Id, services: Parts, scope: MerchantScope, lang: InLanguage = "zh") -> ReportOut:
    """While nothing is decided."""
    moved = await reporting.move(services, scope, report_id, Happening("withdraw", reporting.actor_of(scope)))
    return report_out(moved, services.books.risk, scope.role, lang)


@router.post("/reports/{report_id}/appeal", summary="Appeal a dismissal", responses=documented(401, 403, 404, 409))
async def appeal(
    report_id: Id, body: WordsIn, services: Parts, scope: MerchantScope, lang: InLanguage = "zh"
) -> ReportOut:
    """Once, within the time; a person decides, after the buyer could speak."""
    happening = Happening("appeal", reporting.actor_of(scope), {"words": body.words})
    moved = await reporting.move(services, scope, report_id, happening)
    return report_out(moved, services.books.risk, scope.role, lang)


@router.post("/releases", status_code=201, summary="Ask to release orders priced by mistake",
             responses=documented(401, 403))
async def ask(body: ReleaseIn, services: Parts, scope: MerchantScope, lang: InLanguage = "zh") -> ReleaseOut:
    """The rules decide each order; where they grant it, the buyer is offered refund and compensation, or says no."""
    goods = tuple((one.order_id, one.item_id) for one in body.goods)
    return release_out(await ask_release(services, scope, Asking(goods, body.noticed_at, body.words)), lang)


@router.get("/releases", summary="The shop's requests")
async def asked(services: Parts, scope: MerchantScope, lang: InLanguage = "zh") -> ReleasesOut:
    """Newest first, with what the buyers say."""
    async with services.database.read() as tx:
        return ReleasesOut(releases=[release_out(one, lang) for one in await releases.visible(tx, scope)])


@router.get("/releases/{release_id}", summary="One request", responses=documented(401, 404))
async def release(release_id: Id, services: Parts, scope: MerchantScope, lang: InLanguage = "zh") -> ReleaseOut:
    """What came of each order."""
    async with services.database.read() as tx:
        return release_out(await releases.find(tx, scope, release_id), lang)
