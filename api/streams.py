"""Server-sent events: a view of the log that resumes where it was cut.

A stream reads the log after the last sequence number it sent; signals from the bus only wake it early. Without signals
(another process wrote) it looks again every second. So no event is lost or repeated, whatever is cut.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from fastapi.sse import ServerSentEvent

from api.schemas import conversation_out, event_out
from assistant.bus import Passing, Signal
from assistant.conversation import Event
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import conversations

LOOK_AGAIN_SECONDS = 1.0
PASSING_MOST = 8
_OWNER_KINDS = frozenset({"owner_changed"})


async def conversation_stream(
    services: Services, scope: Scope, conversation_id: str, after: int
) -> AsyncIterator[ServerSentEvent]:
    """All events after `after`, then new ones as they come, with passing things between them."""
    with services.bus.listen(conversation_id) as signals:
        yield await _state(services, scope, conversation_id)
        while True:
            fresh = await _log(services, scope, conversation_id, after)
            for event in fresh:
                yield _frame(event)
            if fresh:
                after = fresh[-1].seq
            if any(event.payload.kind in _OWNER_KINDS for event in fresh):
                yield await _state(services, scope, conversation_id)
            async for frame in _passing(signals, scope):
                yield frame


async def _passing(signals: asyncio.Queue[Signal], scope: Scope) -> AsyncIterator[ServerSentEvent]:
    """Passing things as frames, until there may be something new in the log; a few at most before looking there."""
    for _ in range(PASSING_MOST):
        signal = await _next(signals)
        if not isinstance(signal, Passing):
            return
        if _meant_for(signal, scope):
            yield ServerSentEvent(event=signal.name, data=dict(signal.data))


async def desk_stream(services: Services, scope: Scope) -> AsyncIterator[Passing]:
    """Which conversations of the tenant changed, as they change."""
    with services.bus.listen(f"desk/{scope.tenant}") as signals:
        while True:
            signal = await signals.get()
            if isinstance(signal, Passing):
                yield signal


def resume_from(after: int | None, last_event_id: str | None) -> int:
    """Where to go on: the browser's `Last-Event-ID` wins over the address; nonsense means from the start."""
    if last_event_id and last_event_id.isascii() and last_event_id.isdigit():
        return int(last_event_id[:12])
    return after or 0


def _frame(event: Event) -> ServerSentEvent:
    return ServerSentEvent(id=str(event.seq), event="event", data=event_out(event).model_dump(mode="json"))


async def _state(services: Services, scope: Scope, conversation_id: str) -> ServerSentEvent:
    async with services.database.read() as tx:
        conversation = await conversations.find(tx, scope, conversation_id)
        out = await conversation_out(services, tx, conversation)
    return ServerSentEvent(event="state", data=out.model_dump(mode="json"))


async def _log(services: Services, scope: Scope, conversation_id: str, after: int) -> Sequence[Event]:
    async with services.database.read() as tx:
        return await conversations.log(tx, scope, conversation_id, after)


async def _next(signals: asyncio.Queue[Signal]) -> Signal:
    try:
        return await asyncio.wait_for(signals.get(), LOOK_AGAIN_SECONDS)
    except TimeoutError:
        return None


def _meant_for(passing: Passing, scope: Scope) -> bool:
    """Typing is shown to the other side only."""
    return passing.name != "typing" or (passing.data.get("by") == "buyer") == scope.is_staff
