"""Cases for their parties: how far each has come, what was put forward, and what a party does to it.

Buyer, merchant and staff see the same steps and dates. What a party may do is in `actions`; anything else is a 409.
"""

import asyncio
import hashlib
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.case_models import (
    ActionOut,
    AnyAction,
    BuyerAction,
    EvidenceOut,
    EvidencesOut,
    MerchantAction,
    ProgressesOut,
    ProgressOut,
    StaffAction,
    action_out,
    progress_out,
)
from api.depends import BuyerScope, Id, Member, MerchantScope, Parts
from api.errors import documented
from assistant.cases.events import Actor, Happening, Json
from assistant.cases.evidence import exhibits
from assistant.cases.progress import Viewer, progress
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import attachments, cases
from assistant.store.case_events import record_of
from assistant.store.cases import Held
from knowledge.errors import NotFound
from knowledge.text import Language

router = APIRouter(prefix="/v1", tags=["cases"], responses=documented(401))
InLanguage = Annotated[Language, Query()]
Waiting = Annotated[bool, Query(description="Only those that wait for this party.")]
_ACTS = documented(401, 403, 404, 409)
_READS = documented(401, 404)


@router.get("/cases/{case_id}/progress", summary="How far a case has come", responses=_READS)
async def buyers_progress(case_id: Id, services: Parts, scope: BuyerScope, lang: InLanguage = "zh") -> ProgressOut:
    """By id or number; `actions` are the buyer's."""
    return _shown(services, await _held(services, scope, case_id), "buyer", lang)


@router.get("/cases/{case_id}/evidence", summary="What both sides put forward", responses=_READS)
async def buyers_evidence(case_id: Id, services: Parts, scope: BuyerScope) -> EvidencesOut:
    """In the order in which it came."""
    return await _evidence(services, scope, case_id)


@router.get("/cases/{case_id}/evidence/{attachment_id}", summary="A picture that was put forward",
            response_class=Response, responses=_READS)
async def buyers_exhibit(
    case_id: Id, attachment_id: Id, services: Parts, scope: BuyerScope, request: Request
) -> Response:
    """The merchant's pictures too."""
    return await _exhibit(services, scope, case_id, attachment_id, request)


@router.post("/cases/{case_id}/actions", status_code=201, summary="Do something about a case", responses=_ACTS)
async def buyers_action(
    case_id: Id, body: BuyerAction, services: Parts, scope: BuyerScope, request: Request
) -> ActionOut:
    """Ship, withdraw, confirm, rate, dispute, give evidence, accept, appeal."""
    return await _act(services, scope, case_id, body, Actor("buyer", scope.subject), request)


@router.get("/merchant/cases", summary="The shop's cases")
async def merchants_cases(
    services: Parts, scope: MerchantScope, lang: InLanguage = "zh", waiting: Waiting = False
) -> ProgressesOut:
    """Those whose clock rings first at the top; at most 200."""
    return await _list(services, scope, "merchant", lang, waiting)


@router.get("/merchant/cases/{case_id}/progress", summary="How far a case has come", responses=_READS)
async def merchants_progress(
    case_id: Id, services: Parts, scope: MerchantScope, lang: InLanguage = "zh"
) -> ProgressOut:
    """By id or number; `actions` are the merchant's."""
    return _shown(services, await _held(services, scope, case_id), "merchant", lang)


@router.get("/merchant/cases/{case_id}/evidence", summary="What both sides put forward", responses=_READS)
async def merchants_evidence(case_id: Id, services: Parts, scope: MerchantScope) -> EvidencesOut:
    """In the order in which it came."""
    return await _evidence(services, scope, case_id)


@router.get("/merchant/cases/{case_id}/evidence/{attachment_id}", summary="A picture that was put forward",
            response_class=Response, responses=_READS)
async def merchants_exhibit(
    case_id: Id, attachment_id: Id, services: Parts, scope: MerchantScope, request: Request
) -> Response:
    """The buyer's pictures too, as far as they were put forward in this case."""
    return await _exhibit(services, scope, case_id, attachment_id, request)


@router.post("/merchant/cases/{case_id}/actions", status_code=201, summary="Do something about a case", responses=_ACTS)
async def merchants_action(
    case_id: Id, body: MerchantAction, services: Parts, scope: MerchantScope, request: Request
) -> ActionOut:
    """Agree, refuse with a reason, receive, accept or contest goods, send out, answer, give evidence, appeal."""
    return await _act(services, scope, case_id, body, Actor("merchant", scope.subject), request)


@router.get("/desk/cases", summary="Cases")
async def desk_cases(
    services: Parts, member: Member, lang: InLanguage = "zh", waiting: Waiting = False
) -> ProgressesOut:
    """Those whose clock rings first at the top; at most 200."""
    return await _list(services, member[0], "staff", lang, waiting)


@router.get("/desk/cases/{case_id}/progress", summary="How far a case has come", responses=_READS)
async def desk_progress(case_id: Id, services: Parts, member: Member, lang: InLanguage = "zh") -> ProgressOut:
    """By id or number; `actions` are staff's."""
    return _shown(services, await _held(services, member[0], case_id), "staff", lang)


@router.get("/desk/cases/{case_id}/evidence", summary="What both sides put forward", responses=_READS)
async def desk_evidence(case_id: Id, services: Parts, member: Member) -> EvidencesOut:
    """In the order in which it came."""
    return await _evidence(services, member[0], case_id)


@router.post("/desk/cases/{case_id}/actions", status_code=201, summary="Do something about a case", responses=_ACTS)
async def desk_action(case_id: Id, body: StaffAction, services: Parts, member: Member, request: Request) -> ActionOut:
    """Answer, conclude, call back, mediate, put to the jury, rule, settle."""
    return await _act(services, member[0], case_id, body, Actor("staff", member[1].id), request)


async def _held(services: Services, scope: Scope, case_id: str) -> Held:
    async with services.database.read() as tx:
        return await cases.find(tx, scope, case_id)


def _shown(services: Services, held: Held, viewer: Viewer, language: Language) -> ProgressOut:
    seen = progress(held.file, viewer, services.clock(), services.gateway.terms)
    return progress_out(held.case.id, seen, language)


async def _list(
    services: Services, scope: Scope, viewer: Viewer, language: Language, waiting: bool
) -> ProgressesOut:
    async with services.database.read() as tx:
        found = await cases.visible(tx, scope)
    shown = [_shown(services, held, viewer, language) for held in found]
    theirs = (viewer, "both") if viewer != "staff" else ("staff",)
    return ProgressesOut(cases=[one for one in shown if not waiting or one.waits_for in theirs])


async def _act(
    services: Services, scope: Scope, case_id: str, body: AnyAction, actor: Actor, request: Request
) -> ActionOut:
    held = await _held(services, scope, case_id)
    said = body.said()
    if pictures := getattr(body, "attachments", None):
        said["sha256"] = await _hashes(services, scope, held, pictures, request)
    event = await services.cases.move(scope, held.case.id, Happening(body.action, actor, said), body.client_id)
    return action_out(event)


async def _hashes(
    services: Services, scope: Scope, held: Held, pictures: list[str], request: Request
) -> list[Json]:
    """SHA-256 of each picture, which must be the sender's own and of this case's conversation."""
    await attachments.attached(services.database, scope, held.conversation_id, pictures)
    paths = [attachments.path_of(request.app.state.settings.home, one) for one in pictures]
    return [await asyncio.to_thread(_sha256, path) for path in paths]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def _evidence(services: Services, scope: Scope, case_id: str) -> EvidencesOut:
    async with services.database.read() as tx:
        held = await cases.find(tx, scope, case_id)
        record = await record_of(tx, scope.tenant, held.case.id)
    return EvidencesOut(evidence=[
        EvidenceOut(side=one.side, at=one.at, kind=one.kind, text=one.text, attachments=list(one.attachments))
        for one in exhibits(entry.event for entry in record)
    ])


async def _exhibit(
    services: Services, scope: Scope, case_id: str, attachment_id: str, request: Request
) -> Response:
    """A picture that the case's record names; whoever may see the case may see it."""
    found = await _evidence(services, scope, case_id)
    if not any(attachment_id in one.attachments for one in found.evidence):
        raise NotFound("no such picture")
    return await shown_picture(services, scope.tenant, attachment_id, request)


async def shown_picture(services: Services, tenant: str, attachment_id: str, request: Request) -> Response:
    """The bytes of a stored picture, for somebody whose right to it has been checked."""
    stored = await attachments.find(services.database, Scope(tenant, "system", "cases"), attachment_id)
    path = attachments.path_of(request.app.state.settings.home, stored.id)
    if not path.exists():
        raise NotFound("no such picture")
    headers = {"Content-Security-Policy": "default-src 'none'"}
    return Response(await asyncio.to_thread(path.read_bytes), media_type=stored.media_type, headers=headers)
