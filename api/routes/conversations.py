"""A buyer's conversation: open it, speak, listen, ask for a person, rate."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.depends import BuyerScope, Id, Parts
from api.errors import documented
from api.schemas import (
    ConversationOut,
    EventsOut,
    MessageIn,
    OneEventOut,
    OpenIn,
    RatingIn,
    conversation_out,
    event_out,
)
from api.streams import conversation_stream, resume_from
from assistant import desk, turn
from assistant.bus import Passing
from assistant.conversation import BuyerMessage, Rated
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import conversations
from assistant.store.attachments import attached
from knowledge.errors import BadInput

router = APIRouter(prefix="/v1/conversations", tags=["buyer"], responses=documented(401, 404))
_running: set[asyncio.Task[None]] = set()


async def found(conversation_id: Id, services: Parts, scope: BuyerScope) -> str:
    """The id of a conversation that is this buyer's; 404 otherwise."""
    async with services.database.read() as tx:
        await conversations.find(tx, scope, conversation_id)
    return conversation_id


Mine = Annotated[str, Depends(found)]


@router.post("", summary="Open a conversation, or resume the open one")
async def open_conversation(body: OpenIn, services: Parts, scope: BuyerScope) -> ConversationOut:
    """The buyer's newest conversation that isn't closed, or a new one."""
    page_order = await _page_order(services, scope, body)
    async with services.database.write() as tx:
        conversation = await conversations.latest_of_buyer(tx, scope)
        if conversation is None:
            conversation = await conversations.create(tx, scope, services.new_id(), body.language, services.clock())
        state = replace(conversation.state, page_order_id=page_order or conversation.state.page_order_id)
        seen = replace(conversation, language=body.language, state=state)
        if seen != conversation:
            await conversations.save(tx, seen)
        return await conversation_out(services, tx, seen)


async def _page_order(services: Services, scope: Scope, body: OpenIn) -> str | None:
    """The order on the page, if there is one and it is the buyer's own."""
    named = body.page.order_id if body.page else None
    order = await services.platform.order(scope, named) if named else None
    return order.id if order else None


@router.get("/{conversation_id}", summary="The conversation's head")
async def show(conversation_id: Mine, services: Parts, scope: BuyerScope) -> ConversationOut:
    """Who owns it, the last sequence number, and the place in the queue."""
    async with services.database.read() as tx:
        return await conversation_out(services, tx, await conversations.find(tx, scope, conversation_id))


@router.get("/{conversation_id}/events", summary="Events after a sequence number")
async def events(
    conversation_id: Mine, services: Parts, scope: BuyerScope, after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0
) -> EventsOut:
    """At most 1,000 at once; ask again with the last `seq`."""
    async with services.database.read() as tx:
        conversation = await conversations.find(tx, scope, conversation_id)
        log = await conversations.log(tx, scope, conversation_id, after)
    return EventsOut(events=[event_out(one) for one in log], last_seq=conversation.last_seq)


@router.get("/{conversation_id}/stream", response_class=EventSourceResponse, summary="Events as they come (SSE)")
async def stream(
    conversation_id: Mine,
    services: Parts,
    scope: BuyerScope,
    after: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    """The log from `Last-Event-ID` (or `after`) on, with typing, state and partial replies between."""
    async for frame in conversation_stream(services, scope, conversation_id, resume_from(after, last_event_id)):
        yield frame


@router.post("/{conversation_id}/messages", status_code=202, summary="Send a message",
             responses={200: {"model": OneEventOut, "description": "Sent before; nothing new happened"}})
async def send(
    conversation_id: Mine, body: MessageIn, services: Parts, scope: BuyerScope, response: Response
) -> OneEventOut:
    """Accept a message; the reply comes through the stream. The same `client_id` again changes nothing."""
    text = clean(body.text)
    if not text and not body.attachments and body.answer is None:
        raise BadInput("the message is empty: send text, a picture, or an answer")
    message = BuyerMessage(
        body.client_id, text, await attached(services.database, scope, conversation_id, body.attachments),
        body.answer.choice() if body.answer else None,
    )
    event, due = await turn.receive(services, scope, conversation_id, message)
    if due:
        _start(services, scope, conversation_id)
    elif event.payload is not message:      # the event was there before: it carries the first message, not this one
        response.status_code = 200
    return OneEventOut(event=event_out(event))


def clean(text: str) -> str:
    """Text without control characters (line breaks stay), which no reader needs and some stores refuse."""
    return "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and not 0x7F <= ord(c) < 0xA0)).strip()


def _start(services: Services, scope: Scope, conversation_id: str) -> None:
    """Begin the turn without making the sender wait; the log has the message, so nothing is lost if this dies."""
    task = asyncio.create_task(turn.answer(services, scope, conversation_id))
    _running.add(task)
    task.add_done_callback(_running.discard)


@router.post("/{conversation_id}/typing", status_code=204, summary="The buyer is typing")
async def typing(conversation_id: Mine, services: Parts) -> None:
    """Shown at the desk, and forgotten."""
    services.bus.pass_on(conversation_id, Passing("typing", {"by": "buyer"}))


@router.post("/{conversation_id}/person", summary="Ask for a person")
async def person(conversation_id: Mine, services: Parts, scope: BuyerScope) -> ConversationOut:
    """Queue the buyer for a person, at once and without questions; asking again keeps the place."""
    conversation = await desk.ask_for_person(services, scope, conversation_id)
    async with services.database.read() as tx:
        return await conversation_out(services, tx, conversation)


@router.post("/{conversation_id}/rating", status_code=204, summary="Rate the service")
async def rating(conversation_id: Mine, body: RatingIn, services: Parts, scope: BuyerScope) -> None:
    """One to five stars and a comment."""
    await desk.rate(services, scope, conversation_id, Rated(body.stars, clean(body.comment)))
