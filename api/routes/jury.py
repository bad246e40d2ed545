"""The public jury: buyers enrol, are drawn by lot, look at what both sides put forward, and vote once, in secret."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.case_models import ActionOut, EvidenceOut, VoteIn, action_out
from api.depends import BuyerScope, Id, Parts
from api.errors import documented
from api.routes.cases import shown_picture
from assistant.cases.events import Actor, Happening
from assistant.cases.evidence import exhibits
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import cases, jurors
from assistant.store.case_events import record_of
from assistant.store.cases import Held
from knowledge.errors import NotAllowed, NotFound

router = APIRouter(prefix="/v1/jury", tags=["jury"], responses=documented(401))
LEAST_TIER = 3
"""The credit tier from which a buyer may sit: S2 asks for experienced people without naming how experienced; ours."""


class JuryCaseOut(BaseModel):
    """A dispute as its jurors see it: no names, no order, no shop."""

    case_id: str
    title_zh: str
    title_en: str
    amount_fen: int
    currency: str
    due: datetime | None
    voted: bool
    evidence: list[EvidenceOut]


class JuryCasesOut(BaseModel):
    """The disputes that wait for this juror."""

    cases: list[JuryCaseOut]


@router.put("/enrolment", status_code=204, summary="Sit on juries", responses=documented(401, 403))
async def enrol(services: Parts, scope: BuyerScope) -> None:
    """For buyers of credit tier 3 and above; enrolled already, nothing changes."""
    buyer = await services.platform.buyer(scope, scope.subject)
    if buyer is None or buyer.credit_tier < LEAST_TIER:
        raise NotAllowed(f"jurors have credit tier {LEAST_TIER} or more")
    async with services.database.write() as tx:
        await jurors.enrol(tx, scope, services.clock())


@router.delete("/enrolment", status_code=204, summary="Sit on no more juries")
async def leave(services: Parts, scope: BuyerScope) -> None:
    """Panels that were drawn before keep their juror."""
    async with services.database.write() as tx:
        await jurors.leave(tx, scope)


@router.get("/cases", summary="Disputes to vote on")
async def listed(services: Parts, scope: BuyerScope) -> JuryCasesOut:
    """Those on whose panel this buyer sits, while it votes."""
    async with services.database.read() as tx:
        mine = await jurors.panels_of(tx, scope)
    return JuryCasesOut(cases=[await _shown(services, scope, await _sat_on(services, scope, one)) for one in mine])


@router.get("/cases/{case_id}", summary="A dispute to vote on", responses=documented(401, 404))
async def show(case_id: Id, services: Parts, scope: BuyerScope) -> JuryCaseOut:
    """What both sides put forward; 404 for everybody who is not on the panel."""
    return await _shown(services, scope, await _sat_on(services, scope, case_id))


@router.get("/cases/{case_id}/evidence/{attachment_id}", summary="A picture that was put forward",
            response_class=Response, responses=documented(401, 404))
async def exhibit(case_id: Id, attachment_id: Id, services: Parts, scope: BuyerScope, request: Request) -> Response:
    """For the panel, while it votes."""
    shown = await _shown(services, scope, await _sat_on(services, scope, case_id))
    if not any(attachment_id in one.attachments for one in shown.evidence):
        raise NotFound("no such picture")
    return await shown_picture(services, scope.tenant, attachment_id, request)


@router.post("/cases/{case_id}/votes", status_code=201, summary="Vote", responses=documented(401, 404, 409))
async def vote(case_id: Id, body: VoteIn, services: Parts, scope: BuyerScope) -> ActionOut:
    """For the one side or the other, once; 409 when the panel votes no more."""
    async with services.database.read() as tx:
        if not await jurors.was_drawn(tx, scope, case_id):
            raise NotFound("no such case")
    happening = Happening("vote", Actor("juror", scope.subject), {"side": body.side})
    panel = Scope(scope.tenant, "system", "jury")
    return action_out(await services.cases.move(panel, case_id, happening, body.client_id))


async def _sat_on(services: Services, scope: Scope, case_id: str) -> Held:
    """A case whose panel votes now, with this buyer on it.

    Raises:
        NotFound: there is none, or its panel is another.
    """
    async with services.database.read() as tx:
        mine = await jurors.panels_of(tx, scope)
        if case_id not in mine:
            raise NotFound("no such case")
        return await cases.find(tx, Scope(scope.tenant, "system", "jury"), case_id)


async def _shown(services: Services, scope: Scope, held: Held) -> JuryCaseOut:
    case = held.case
    async with services.database.read() as tx:
        record = await record_of(tx, scope.tenant, case.id)
    return JuryCaseOut(
        case_id=case.id, title_zh=case.title.zh, title_en=case.title.en, amount_fen=case.amount_fen,
        currency=case.currency, due=case.due, voted=scope.subject in held.file.proceedings.votes,
        evidence=[
            EvidenceOut(side=one.side, at=one.at, kind=one.kind, text=one.text, attachments=list(one.attachments))
            for one in exhibits(entry.event for entry in record)
        ],
    )
