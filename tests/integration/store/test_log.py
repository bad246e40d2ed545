"""The log: gapless, append-only, each client id once, internal events kept from buyers."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.conversation import (
    BuyerMessage,
    DialogueState,
    Event,
    NoteAdded,
    Notice,
    Payload,
    ReadingMade,
    StaffMessage,
    Task,
    TurnTaken,
)
from assistant.store import conversations
from assistant.store.database import Database
from knowledge.text import Text
from tests.fakes.clock import NOW
from tests.fakes.scenes import AGENT, BUYER, STRANGERS, add_events, log_of, opened


async def test_concurrent_writers_leave_no_gap_and_no_double(database: Database) -> None:
    """Twenty writers at once: the numbers run from 1 without a gap, and every event is there once."""
    conversation = await opened(database)

    async def write(n: int) -> list[Event]:
        several = [Notice(Text(f"{n}/{i}", "")) for i in range(n % 3 + 1)]
        return await add_events(database, BUYER, conversation.id, *several)

    made = [event for events in await asyncio.gather(*map(write, range(20))) for event in events]
    log = await log_of(database, conversation.id)
    assert [event.seq for event in log] == list(range(1, len(made) + 1))
    assert sorted(made, key=lambda event: event.seq) == log
    async with database.read() as tx:
        assert (await conversations.find(tx, BUYER, conversation.id)).last_seq == len(made)


async def test_a_failed_writer_leaves_no_hole(database: Database) -> None:
    """A transaction that fails after appending takes its numbers back with it."""
    conversation = await opened(database)

    async def fail() -> None:
        async with database.write() as tx:
            found = await conversations.find(tx, BUYER, conversation.id, lock=True)
            found, _ = await conversations.append(tx, found, [Notice(Text("丢了", "gone"))], NOW)
            await conversations.save(tx, found)
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        await fail()
    kept = await add_events(database, BUYER, conversation.id, Notice(Text("在", "kept")))
    assert await log_of(database, conversation.id) == kept
    assert kept[0].seq == 1


async def test_events_come_back_as_they_were_written(database: Database) -> None:
    """What is read from the log equals what was appended, dialogue state and all."""
    conversation = await opened(database)
    task = Task("t1", "return", "O-1", "O-1-1", {"claim.reason": "quality", "n": 2})
    state = DialogueState(task, misses=1, topic="运费")
    payloads: tuple[Payload, ...] = (
        BuyerMessage("c1", "手机有裂痕 📱"), ReadingMade(("claim.return",), 0.93, "calm", (), {"x": True}),
        TurnTaken("turn", "AskFact", 1, state),
    )
    made = await add_events(database, BUYER, conversation.id, *payloads)
    assert await log_of(database, conversation.id) == made
    assert [event.payload for event in made] == list(payloads)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
async def test_any_text_survives_the_log(database: Database, text: str) -> None:
    """Whatever characters a buyer sends, also NUL and emoji, the log gives back the same text."""
    conversation = await opened(database)
    await add_events(database, BUYER, conversation.id, BuyerMessage("c1", text))
    payload = (await log_of(database, conversation.id))[0].payload
    assert isinstance(payload, BuyerMessage)
    assert payload.text == text


async def test_buyers_never_see_internal_events(database: Database) -> None:
    """Readings, notes and turns are for the desk; the buyer's view has the rest, with the same numbers."""
    conversation = await opened(database)
    await add_events(
        database, BUYER, conversation.id, BuyerMessage("c1", "在吗"), ReadingMade((), 0.1, "calm", (), {}),
        NoteAdded("难缠", "林"), StaffMessage("s1", "在的", "林"), TurnTaken("t", "Chat", 1, DialogueState()),
    )
    assert [event.seq for event in await log_of(database, conversation.id, BUYER)] == [1, 4]
    assert [event.seq for event in await log_of(database, conversation.id, AGENT)] == [1, 2, 3, 4, 5]


async def test_a_page_of_internal_events_does_not_hide_what_follows(database: Database) -> None:
    """A buyer's page is filled with public events: a long run of notes before them changes nothing."""
    conversation = await opened(database)
    notes = [NoteAdded(str(n), "林") for n in range(7)]
    await add_events(database, BUYER, conversation.id, *notes, Notice(Text("好", "ok")))
    async with database.read() as tx:
        page = await conversations.log(tx, BUYER, conversation.id, limit=5)
    assert [event.seq for event in page] == [8]


async def test_the_log_is_read_from_any_point(database: Database) -> None:
    """Reading page by page from the last number gives every event once, in order."""
    conversation = await opened(database)
    made = await add_events(database, BUYER, conversation.id, *(Notice(Text(str(n), "")) for n in range(10)))
    read: list[Event] = []
    while True:
        async with database.read() as tx:
            page = await conversations.log(tx, BUYER, conversation.id, read[-1].seq if read else 0, limit=3)
        if not page:
            break
        read += page
    assert read == made


async def test_strangers_read_an_empty_log(database: Database) -> None:
    """The log of somebody else's conversation reads exactly like that of one that does not exist."""
    conversation = await opened(database)
    await add_events(database, BUYER, conversation.id, BuyerMessage("c1", "我的地址是……"))
    for stranger in STRANGERS:
        assert await log_of(database, conversation.id, stranger) == []
        assert await log_of(database, "nowhere", stranger) == []


async def test_one_picture_of_the_conversation(database: Database) -> None:
    """What is read in one transaction fits together, even when others write in between."""
    conversation = await opened(database)
    async with database.read() as tx:
        before = await conversations.find(tx, BUYER, conversation.id)
        await add_events(database, BUYER, conversation.id, Notice(Text("新", "new")))
        assert await conversations.log(tx, BUYER, conversation.id) == []
        assert await conversations.find(tx, BUYER, conversation.id) == before


async def test_the_head_comes_back_as_it_was_saved(database: Database) -> None:
    """Saving a conversation's head and finding it again gives an equal value."""
    conversation = await opened(database)
    changed = replace(conversation, owner="queued", language="en", queued_at=NOW, state=DialogueState(topic="运费"))
    async with database.write() as tx:
        await conversations.save(tx, changed)
    async with database.read() as tx:
        assert await conversations.find(tx, BUYER, conversation.id) == changed
