"""Pictures: upload and open."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, File, Request, Response, UploadFile

from api.auth import Credentials, buyer_scope, staff_member
from api.depends import BuyerScope, Id, Parts
from api.errors import Unauthorised, documented
from api.routes.conversations import Mine
from api.schemas import AttachmentOut
from api.uploads import read_limited, sanitise
from assistant.integrity.pictures import traces_of
from assistant.store import attachments, traces
from knowledge.errors import NotFound

router = APIRouter(prefix="/v1", tags=["buyer"], responses=documented(401, 404))


@router.post("/conversations/{conversation_id}/attachments", status_code=201, summary="Upload a picture")
async def upload(
    conversation_id: Mine, file: Annotated[UploadFile, File()], services: Parts, scope: BuyerScope, request: Request
) -> AttachmentOut:
    """PNG, JPEG or WebP up to 5 MB; it is decoded and written anew, without metadata.

    Of what the file told, only a hash, the day, the device and labels are kept: see `assistant.integrity.pictures`.
    """
    sent = await read_limited(file)
    data, media_type = await asyncio.to_thread(sanitise, sent)
    stored = attachments.Stored(services.new_id(), conversation_id, media_type, len(data))
    path = attachments.path_of(request.app.state.settings.home, stored.id)
    await asyncio.to_thread(attachments.keep, path, data)
    await attachments.add(services.database, scope, stored, services.clock())
    if found := await asyncio.to_thread(traces_of, sent):
        async with services.database.write() as tx:
            await traces.add(tx, scope, stored.id, found, services.clock())
    return AttachmentOut(id=stored.id, url=stored.url, media_type=media_type, bytes=len(data))


@router.get("/attachments/{attachment_id}", summary="A picture", response_class=Response)
async def show(attachment_id: Id, services: Parts, request: Request, credentials: Credentials) -> Response:
    """For the buyer who sent it, and for staff."""
    try:
        scope = await buyer_scope(request, credentials)
    except Unauthorised:
        scope, _ = await staff_member(request, credentials)
    stored = await attachments.find(services.database, scope, attachment_id)
    path = attachments.path_of(request.app.state.settings.home, stored.id)
    if not path.exists():
        raise NotFound("no such picture")
    headers = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}
    return Response(await asyncio.to_thread(path.read_bytes), media_type=stored.media_type, headers=headers)
