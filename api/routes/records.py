"""The exported file of a case: for the buyer, for the shop without the buyer's personal data, and for staff in full."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.depends import BuyerScope, Id, Member, MerchantScope, Parts
from api.errors import documented
from assistant.record.dossier import Archive, gather
from assistant.record.heads import heads_of
from assistant.record.package import packed
from assistant.scope import Scope
from assistant.services import Services
from assistant.settings import Settings
from knowledge.text import Language

_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "A ZIP; README.txt in it says what it holds"},
}
router = APIRouter(prefix="/v1", tags=["records"], responses={**documented(401, 404), **_ZIP})
InLanguage = Annotated[Language, Query()]


@router.get("/cases/{case_id}/record", summary="The file of a case of one's own", response_class=Response)
async def for_buyer(
    case_id: Id, services: Parts, scope: BuyerScope, request: Request, lang: InLanguage = "zh"
) -> Response:
    """What happened, sealed and signed, for the regulator's hotline (12315) or a court; others are not named in it."""
    return await _export(services, request, scope, case_id, lang)


@router.get("/merchant/cases/{case_id}/record", summary="The file of a case of one's shop", response_class=Response)
async def for_merchant(
    case_id: Id, services: Parts, scope: MerchantScope, request: Request, lang: InLanguage = "zh"
) -> Response:
    """The same without the buyer's personal data, and without what the buyer and the platform wrote each other."""
    return await _export(services, request, scope, case_id, lang)


@router.get("/desk/cases/{case_id}/record", summary="The whole file of a case", response_class=Response)
async def for_staff(
    case_id: Id, services: Parts, member: Member, request: Request, lang: InLanguage = "zh"
) -> Response:
    """The full record, for whoever has to judge the case; that it was given out is written down."""
    return await _export(services, request, member[0], case_id, lang)


async def _export(services: Services, request: Request, scope: Scope, case_id: str, lang: Language) -> Response:
    settings: Settings = request.app.state.settings
    dossier = await gather(services, Archive(heads_of(settings), settings.home), scope, case_id, lang)
    headers = {"Content-Disposition": f'attachment; filename="{dossier.case.number}.zip"'}
    return Response(await asyncio.to_thread(packed, dossier), media_type="application/zip", headers=headers)
