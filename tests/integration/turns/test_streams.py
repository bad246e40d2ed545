"""Streams: a view of the log that goes on where it was cut, whoever writes and wherever the cut is."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from fastapi.sse import ServerSentEvent

from api.streams import conversation_stream, desk_stream, resume_from
from assistant import desk
from assistant.bus import QUEUE_SIZE, Bus, Passing
from assistant.conversation import NoteAdded, Notice
from assistant.desk import Staff
from assistant.scope import Scope
from assistant.services import Services
from knowledge.errors import NotFound
from knowledge.text import Text
from tests.fakes.scenes import AGENT, BUYER, STRANGERS, add_events, log_of, opened

LIN = Staff("u-lin", "林", "agent")


@pytest.fixture
async def room(services: Services) -> str:
    """The id of Xiaolin's conversation."""
    return (await opened(services.database)).id


def said(n: int) -> Notice:
    """The n-th thing said."""
    return Notice(Text(f"第{n}句", f"no. {n}"))


async def write(services: Services, room: str, *payloads: Notice | NoteAdded) -> None:
    """Append and tell the subscribers, as every writer does."""
    services.bus.publish(room, await add_events(services.database, BUYER, room, *payloads))


async def first(stream: AsyncIterator[ServerSentEvent], events: int) -> list[int]:
    """The numbers of the next events of a stream, leaving out what passes by."""
    got: list[int] = []
    async for frame in stream:
        if frame.event == "event":
            got.append(int(frame.id or 0))
            if len(got) == events:
                break
    return got


async def test_a_stream_that_is_cut_loses_and_repeats_nothing(
    request: pytest.FixtureRequest, services: Services, room: str
) -> None:
    """Cut at random points and resumed by the last id, a stream gives every event once, in order."""
    dice, cuts = random.Random(13), request.config.getoption("--cuts")

    async def keep_writing() -> None:
        for n in range(cuts * 2 + 1):
            await write(services, room, *(said(n) for _ in range(1 + n % 2)))
            await asyncio.sleep(0)

    writing = asyncio.create_task(keep_writing())
    got: list[int] = []
    for _ in range(cuts):
        after = resume_from(None, str(got[-1])) if got else 0
        async with aclosing(conversation_stream(services, BUYER, room, after)) as stream:
            got += await first(stream, dice.randint(1, 2))
    await writing
    total = len(await log_of(services.database, room))
    async with aclosing(conversation_stream(services, BUYER, room, got[-1])) as stream:
        got += await first(stream, total - len(got))
    assert got == list(range(1, total + 1))
    print(f"\n{cuts} cuts over {total} events: 0 lost, 0 repeated (95 % bound {3 / cuts:.4f} a cut)")


async def test_a_new_event_wakes_the_stream(services: Services, room: str) -> None:
    """What is written while somebody listens arrives once, one by one or several at a time."""
    async with aclosing(conversation_stream(services, BUYER, room, 0)) as stream:
        for n in range(5):
            waiting = asyncio.create_task(first(stream, n + 1))
            await asyncio.sleep(0)
            await write(services, room, *(said(i) for i in range(n + 1)))
            assert len(await waiting) == n + 1
        await write(services, room, said(0))
        assert await first(stream, 1) == [16]


async def test_events_of_another_process_arrive_too(services: Services, room: str) -> None:
    """Written by a process whose signals don't reach us, an event still arrives: the stream looks again by itself."""
    async with aclosing(conversation_stream(services, BUYER, room, 0)) as stream:
        waiting = asyncio.create_task(first(stream, 1))
        await asyncio.sleep(0.05)
        await add_events(services.database, BUYER, room, said(1))
        assert await asyncio.wait_for(waiting, 20) == [1]


async def test_the_stream_begins_with_the_state(services: Services, room: str) -> None:
    """First comes who owns the conversation; it comes again after a change of owner."""
    async with aclosing(conversation_stream(services, BUYER, room, 0)) as stream:
        state = await anext(stream)
        assert (state.event, state.data["owner"]) == ("state", "assistant")
        await desk.take(services, AGENT, room, LIN)
        assert [(await anext(stream)).event, (await anext(stream)).data["owner"]] == ["event", "human"]


async def test_buyers_streams_have_no_internal_events(services: Services, room: str) -> None:
    """A note from one agent to another passes the buyer's stream by; the numbers after it stay as they are."""
    await write(services, room, said(1), NoteAdded("难缠", "林"), said(2))
    async with aclosing(conversation_stream(services, BUYER, room, 0)) as stream:
        assert await first(stream, 2) == [1, 3]
    async with aclosing(conversation_stream(services, AGENT, room, 0)) as stream:
        assert await first(stream, 3) == [1, 2, 3]


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda scope: f"{scope.role}-{scope.subject}-{scope.tenant}")
async def test_strangers_get_no_stream(services: Services, room: str, stranger: Scope) -> None:
    """Somebody else's conversation cannot be listened to; it sounds like one that does not exist."""
    for which in (room, "nowhere"):
        async with aclosing(conversation_stream(services, stranger, which, 0)) as stream:
            with pytest.raises(NotFound, match=r"^no such conversation$"):
                await anext(stream)


async def test_typing_is_shown_to_the_other_side(services: Services, room: str) -> None:
    """The buyer sees that the assistant or a person types, the desk that the buyer does; nobody sees themself."""

    async def sees(scope: Scope, by: str) -> bool:
        async with aclosing(conversation_stream(services, scope, room, 0)) as stream:
            await anext(stream)
            services.bus.pass_on(room, Passing("typing", {"by": by}))
            services.bus.pass_on(room, Passing("marker", {}))
            return (await anext(stream)).event == "typing"

    assert [await sees(BUYER, by) for by in ("assistant", "agent", "buyer")] == [True, True, False]
    assert [await sees(AGENT, by) for by in ("buyer", "agent")] == [True, False]


async def test_the_desk_hears_of_its_own_tenant_only(services: Services, room: str) -> None:
    """The desk is told which conversation changed, and hears nothing of other platforms."""
    async with aclosing(desk_stream(services, AGENT)) as stream:
        waiting = asyncio.create_task(anext(stream))
        await asyncio.sleep(0)
        services.bus.publish_desk("elsewhere", "theirs")
        services.bus.publish_desk("demo", room)
        assert (await waiting).data == {"id": room}


def test_a_listener_that_falls_behind_holds_nobody_up() -> None:
    """A full queue drops signals instead of blocking the sender, and a listener that left costs nothing."""
    bus = Bus()
    with bus.listen("c1") as slow:
        for n in range(QUEUE_SIZE * 2):
            bus.pass_on("c1", Passing("typing", {"n": n}))
        assert slow.qsize() == QUEUE_SIZE
    bus.pass_on("c1", Passing("typing", {}))
    with bus.listen("c1") as fresh:
        assert fresh.empty()


async def test_a_listener_that_fell_behind_misses_no_event(services: Services, room: str) -> None:
    """Even when signals were dropped, the next look at the log gives everything that was written."""
    async with aclosing(conversation_stream(services, BUYER, room, 0)) as stream:
        await anext(stream)
        for n in range(QUEUE_SIZE + 5):
            services.bus.pass_on(room, Passing("state", {"n": n}))
        await write(services, room, *(said(n) for n in range(20)))
        assert await first(stream, 20) == list(range(1, 21))


@pytest.mark.parametrize(
    ("after", "last_event_id", "start"),
    [
        (None, None, 0), (7, None, 7), (7, "9", 9), (7, "abc", 7), (7, "", 7), (None, "-3", 0), (None, "٣", 0),
        (3, "9" * 99, 10**12 - 1),
    ],
)
def test_where_to_go_on(after: int | None, last_event_id: str | None, start: int) -> None:
    """The browser's last id wins over the address; nonsense in it means what the address says, or the start."""
    assert resume_from(after, last_event_id) == start
