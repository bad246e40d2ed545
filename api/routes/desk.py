"""The desk: staff log in, see who waits, take over, answer, hand back; the copilot sits beside."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api import schemas
from api.depends import Id, Member, Parts, SigningKeys
from api.errors import TooMany, Unauthorised, documented
from api.routes.conversations import clean
from api.rows import briefing_out, copilot_out, row_of
from api.schemas import ConversationOut, OneEventOut, conversation_out, event_out
from api.streams import conversation_stream, desk_stream, resume_from
from api.throttle import Throttle
from assistant import desk
from assistant.bus import Passing
from assistant.commerce.views import order_view
from assistant.conversation import Owner, StaffMessage
from assistant.copilot.assist import assist
from assistant.passwords import NOBODY, password_fits
from assistant.store import conversations
from assistant.store import staff as people
from knowledge.errors import BadInput
from knowledge.text import Language

router = APIRouter(prefix="/v1", tags=["desk"], responses=documented(401))
InLanguage = Annotated[Language, Query()]


@router.post("/staff/login", summary="Log in", responses=documented(401, 429))
async def login(body: schemas.LoginIn, services: Parts, keys: SigningKeys, request: Request) -> schemas.SessionOut:
    """A session for a person at the desk; after five wrong passwords in a minute the name must wait."""
    throttle: Throttle = request.app.state.logins
    if not throttle.allows(body.name, services.clock()):
        raise TooMany("too many wrong passwords; wait a minute")
    async with services.database.read() as tx:
        found = await people.by_name(tx, services.tenant, body.name)
    fits = await asyncio.to_thread(password_fits, body.password, found[1] if found else NOBODY)
    if not found or not fits:
        raise Unauthorised("wrong name or password")
    throttle.clear(body.name)
    member = found[0]
    token, expires = keys.mint_staff(member, services.clock())
    shown = schemas.StaffOut(id=member.id, name=member.name, role=member.role, skills=list(member.skills))
    return schemas.SessionOut(token=token, expires_at=expires, staff=shown)


async def found(conversation_id: Id, services: Parts, member: Member) -> str:
    """The id of a conversation that this staff member may see; 404 otherwise."""
    async with services.database.read() as tx:
        await conversations.find(tx, member[0], conversation_id)
    return conversation_id


Seen = Annotated[str, Depends(found)]


@router.get("/desk/conversations", summary="The desk's list")
async def listed(services: Parts, member: Member, owner: Owner | None = None) -> schemas.DeskRows:
    """Conversations by owner: those who wait by urgency and time, others by their last word."""
    async with services.database.read() as tx:
        found = await conversations.listed(tx, member[0], owner)
        return schemas.DeskRows(conversations=[await row_of(services, tx, member[0], one) for one in found])


@router.get("/desk/stream", response_class=EventSourceResponse, summary="What changes at the desk (SSE)")
async def watch(services: Parts, member: Member) -> AsyncIterator[ServerSentEvent]:
    """The row of each conversation that changed."""
    async for passing in desk_stream(services, member[0]):
        async with services.database.read() as tx:
            conversation = await conversations.find(tx, member[0], str(passing.data["id"]))
            row = await row_of(services, tx, member[0], conversation)
        yield ServerSentEvent(event="row", data=row.model_dump(mode="json"))


@router.get("/desk/conversations/{conversation_id}", summary="A conversation, with all that is internal",
            responses=documented(401, 404))
async def show(
    conversation_id: Seen, services: Parts, member: Member, lang: InLanguage = "zh"
) -> schemas.DeskConversation:
    """The log, the briefing and the head."""
    async with services.database.read() as tx:
        conversation = await conversations.find(tx, member[0], conversation_id)
        log = await conversations.log(tx, member[0], conversation_id)
        return schemas.DeskConversation(
            conversation=await conversation_out(services, tx, conversation),
            row=await row_of(services, tx, member[0], conversation),
            briefing=briefing_out(services, log, lang),
            events=[event_out(one) for one in log],
        )


@router.get("/desk/conversations/{conversation_id}/stream", response_class=EventSourceResponse,
            summary="A conversation as it goes on (SSE)", responses=documented(401, 404))
async def stream(
    conversation_id: Seen,
    services: Parts,
    member: Member,
    after: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    """As the buyer's stream, with internal events."""
    async for frame in conversation_stream(services, member[0], conversation_id, resume_from(after, last_event_id)):
        yield frame


@router.post("/desk/conversations/{conversation_id}/take", summary="Take over", responses=documented(401, 404, 409))
async def take(conversation_id: Seen, services: Parts, member: Member) -> ConversationOut:
    """From now on the assistant is silent and this person answers."""
    return await _head(services, await desk.take(services, member[0], conversation_id, member[1]))


@router.post("/desk/conversations/{conversation_id}/hand-back", summary="Hand back",
             responses=documented(401, 404, 409))
async def hand_back(conversation_id: Seen, services: Parts, member: Member) -> ConversationOut:
    """The assistant answers again, with a fresh task."""
    return await _head(services, await desk.hand_back(services, member[0], conversation_id, member[1]))


@router.post("/desk/conversations/{conversation_id}/close", summary="Close", responses=documented(401, 404, 409))
async def close(conversation_id: Seen, services: Parts, member: Member) -> ConversationOut:
    """Done; the buyer's next message opens it again."""
    return await _head(services, await desk.close(services, member[0], conversation_id, member[1]))


@router.post("/desk/conversations/{conversation_id}/messages", status_code=202, summary="Answer the buyer",
             responses=documented(401, 404, 409))
async def say(
    conversation_id: Seen, body: schemas.StaffMessageIn, services: Parts, member: Member
) -> OneEventOut:
    """A person's words, shown with their name."""
    message = StaffMessage(body.client_id, _words(body.text), member[1].name)
    return OneEventOut(event=event_out(await desk.say(services, member[0], conversation_id, member[1], message)))


@router.post("/desk/conversations/{conversation_id}/notes", status_code=201, summary="Write an internal note",
             responses=documented(401, 404))
async def note(conversation_id: Seen, body: schemas.NoteIn, services: Parts, member: Member) -> OneEventOut:
    """For colleagues only."""
    noted = await desk.note(services, member[0], conversation_id, member[1], _words(body.text))
    return OneEventOut(event=event_out(noted))


def _words(text: str) -> str:
    """The text without control characters; BadInput when nothing is left."""
    words = clean(text)
    if not words:
        raise BadInput("the text is empty")
    return words


@router.post("/desk/conversations/{conversation_id}/typing", status_code=204, summary="The person is typing",
             responses=documented(401, 404))
async def typing(conversation_id: Seen, services: Parts, member: Member) -> None:
    """Shown to the buyer, and forgotten."""
    services.bus.pass_on(conversation_id, Passing("typing", {"by": "agent", "name": member[1].name}))


@router.get("/desk/conversations/{conversation_id}/copilot", summary="The copilot", responses=documented(401, 404))
async def copilot(
    conversation_id: Seen, services: Parts, member: Member, lang: InLanguage = "zh"
) -> schemas.CopilotOut:
    """Intents, clauses, the computed entitlement and a suggested reply; it changes nothing."""
    return copilot_out(services, await assist(services, member[0], conversation_id), lang)


@router.get("/desk/orders", summary="A buyer's orders", responses=documented(401))
async def orders(
    services: Parts, member: Member, buyer: Annotated[str, Query(max_length=64)], lang: InLanguage = "zh"
) -> dict[str, list[dict[str, Any]]]:
    """As the buyer sees them."""
    found = await services.platform.orders(member[0], buyer)
    shops = {order.shop_id: await services.platform.shop(member[0], order.shop_id) for order in found}
    return {"orders": [order_view(order, shops[order.shop_id], lang) for order in found]}


@router.get("/desk/facts", summary="What facts are called", responses=documented(401))
async def facts(services: Parts, member: Member) -> schemas.FactsOut:  # noqa: ARG001  (for staff only)
    """The labels of facts and their values in both languages, and who tells them: proofs name facts by keys."""
    catalog = services.mind.book.catalog
    return schemas.FactsOut(facts={fact.name: schemas.fact_out(fact) for fact in catalog.facts.values()})


async def _head(services: Parts, conversation: Any) -> ConversationOut:
    async with services.database.read() as tx:
        return await conversation_out(services, tx, conversation)
