"""Webhooks of the platform, signed; and for the desk, those that did not get through, in either direction."""

import logging
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Header, Request
from pydantic import BaseModel

from api.depends import Id, Member, Parts
from api.errors import Unauthorised, documented
from assistant.services import Services
from assistant.settings import Settings
from assistant.signing import Signed, is_genuine
from assistant.store import platform_news, webhooks
from assistant.store.platform_news import News
from assistant.store.webhooks import Webhook
from assistant.webhooks import incoming
from assistant.webhooks.kinds import Told
from knowledge.errors import BadInput, NotFound, TooLarge, Unavailable

log = logging.getLogger(__name__)
router = APIRouter(prefix="/v1", tags=["webhooks"], responses=documented(401, 404))
BODY: dict[str, Any] = {
    "required": True, "content": {"application/json": {"schema": Told.model_json_schema()}},
}


class Taken(BaseModel):
    """The webhook is kept and will be worked off, once, however often it is sent."""

    id: str


class Stuck(BaseModel):
    """A webhook that did not get through, and why."""

    id: str
    kind: str
    at: datetime
    attempts: int
    error: str


class StuckOut(BaseModel):
    """`outgoing` were not taken by the platform, `incoming` could not be worked off."""

    outgoing: list[Stuck]
    incoming: list[Stuck]


@router.post("/webhooks/platform", status_code=202, summary="Something happened at the platform",
             responses=documented(401, 404, 409), openapi_extra={"requestBody": BODY})
async def platform(
    request: Request, services: Parts, tasks: BackgroundTasks,
    webhook_id: Annotated[str, Header()] = "",
    webhook_timestamp: Annotated[str, Header()] = "",
    webhook_signature: Annotated[str, Header()] = "",
) -> Taken:
    """Kept and answered at once, worked off afterwards; signed as the Standard Webhooks specification says."""
    settings: Settings = request.app.state.settings
    if settings.platform_secret is None:
        raise NotFound("webhooks are not set up here: FAIRDESK_PLATFORM_SECRET is missing")
    body = await _body(request)
    said = Signed(webhook_id, webhook_timestamp, webhook_signature.split(" "))
    if not is_genuine(settings.platform_secret.get_secret_value(), said, body, services.clock()):
        raise Unauthorised("the webhook's signature does not fit, or its time is not near")
    if not 0 < len(webhook_id) <= 64 or not all(c.isascii() and (c.isalnum() or c in "-_.") for c in webhook_id):
        raise BadInput("webhook-id: up to 64 letters, digits, dots, dashes and underscores")
    if await incoming.take_in(services, webhook_id, body):
        tasks.add_task(_work_off, services)
    return Taken(id=webhook_id)


async def _body(request: Request) -> bytes:
    """The raw body, which the signature is over."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > incoming.MAX_BYTES:
            raise TooLarge(f"a webhook has {incoming.MAX_BYTES} bytes at most")
    return bytes(body)


async def _work_off(services: Services) -> None:
    try:
        await incoming.work_off(services)
    except Unavailable:
        log.warning("the database does not answer; webhooks are worked off later")


@router.get("/desk/webhooks", summary="Webhooks that did not get through", responses=documented(401))
async def stuck(services: Parts, member: Member) -> StuckOut:
    """Those that were given up, newest first."""
    tenant = member[0].tenant
    async with services.database.read() as tx:
        out, came = await webhooks.dead(tx, tenant), await platform_news.failed(tx, tenant)
    return StuckOut(outgoing=[_outgoing(one) for one in out], incoming=[_incoming(one) for one in came])


@router.post("/desk/webhooks/{webhook_id}/retry", status_code=204, summary="Try one afresh",
             responses=documented(401, 404))
async def retry(webhook_id: Id, services: Parts, member: Member) -> None:
    """Sent, or worked off, again from the beginning."""
    tenant, now = member[0].tenant, services.clock()
    async with services.database.write() as tx:
        try:
            await webhooks.revive(tx, tenant, webhook_id, now)
        except NotFound:
            await platform_news.revive(tx, tenant, webhook_id, now)


def _outgoing(one: Webhook) -> Stuck:
    return Stuck(id=one.id, kind=one.kind, at=one.created_at, attempts=one.attempts, error=one.error or "")


def _incoming(one: News) -> Stuck:
    return Stuck(id=one.id, kind=one.kind, at=one.received_at, attempts=one.attempts, error=one.note or "")
