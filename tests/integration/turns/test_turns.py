"""Turns: bursts, late messages, dead workers, faults; one reply, and nothing is lost."""

import asyncio
from dataclasses import replace

import pytest

from api.sweeper import sweep
from assistant import turn
from assistant.conversation import AssistantReply, BuyerMessage, Event, HandoffMade, Notice, TurnTaken
from assistant.proposal import Proposal
from assistant.replies.reply import Choice
from assistant.services import Services
from assistant.store import conversations
from assistant.store.database import Database
from assistant.understanding.reader import ReadingContext
from assistant.understanding.reading import Reading
from knowledge.errors import Unavailable
from knowledge.text import Text
from tests.fakes.clock import FixedClock
from tests.fakes.platform import FakePlatform
from tests.fakes.reader import FakeReader
from tests.fakes.scenes import (
    BUYER,
    STRANGERS,
    add_events,
    column,
    head_of,
    kinds_of,
    log_of,
    opened,
    proposed,
    put_on_table,
)


@pytest.fixture
async def room(services: Services) -> str:
    """The id of Xiaolin's conversation."""
    return (await opened(services.database)).id


async def say(services: Services, room: str, text: str, client_id: str | None = None) -> bool:
    """The buyer's message is received, and answered when a turn is due, as the API does it."""
    _, due = await turn.receive(services, BUYER, room, BuyerMessage(client_id or f"c-{text}", text))
    if due:
        await turn.answer(services, BUYER, room)
    return due


async def replies(services: Services, room: str) -> list[str]:
    """The texts that the assistant said."""
    payloads = [event.payload for event in await log_of(services.database, room, BUYER)]
    return [payload.reply.text for payload in payloads if isinstance(payload, AssistantReply)]


async def handled(services: Services, room: str) -> list[int]:
    """Up to which event each turn went."""
    payloads = [event.payload for event in await log_of(services.database, room)]
    return [payload.handled_seq for payload in payloads if isinstance(payload, TurnTaken)]


async def nothing_due(services: Services) -> bool:
    """True when no buyer waits for the assistant, not even an hour later."""
    async with services.database.read() as tx:
        return await conversations.turns_due(tx, services.clock().replace(year=2030)) == []


async def test_a_message_gets_a_reply(services: Services, room: str) -> None:
    """A greeting is answered once, and the turn is closed."""
    assert await say(services, room, "你好")
    assert len(await replies(services, room)) == 1
    assert await kinds_of(services.database, room) == ["buyer_message", "reading_made", "assistant_reply", "turn_taken"]
    assert await nothing_due(services)


async def test_the_same_message_again_changes_nothing(services: Services, room: str) -> None:
    """A message that is sent again with its client id gives the first event back and makes no second turn."""
    first, due = await turn.receive(services, BUYER, room, BuyerMessage("c1", "你好"))
    again, due_again = await turn.receive(services, BUYER, room, BuyerMessage("c1", "你好"))
    assert (first, due, due_again) == (again, True, False)
    got = await asyncio.gather(*(turn.receive(services, BUYER, room, BuyerMessage("c2", "好的")) for _ in range(10)))
    assert sum(new for _, new in got) == 1
    assert len({event.seq for event, _ in got}) == 1
    assert len(await log_of(services.database, room)) == 2


async def test_the_longest_client_id_is_taken(services: Services, room: str) -> None:
    """A client id of eighty characters, the most that the API lets in, fits, and is known again."""
    for due in (True, False):
        assert await say(services, room, "你好", "x" * 80) is due


async def test_a_burst_gets_one_reply(services: Services, room: str) -> None:
    """Five messages sent at the same time are five events and one turn with one reply."""
    patient = replace(services, burst_seconds=0.2)
    await asyncio.gather(*(say(patient, room, f"第{n}句") for n in range(5)))
    assert len(await replies(services, room)) == 1
    assert await handled(services, room) == [5]
    assert await nothing_due(services)


async def test_a_message_during_thinking_is_answered_with_the_first(
    services: Services, reader: FakeReader, room: str
) -> None:
    """Who writes on while the assistant thinks gets one reply, to everything that was written."""
    reader.gate.clear()
    thinking = asyncio.create_task(say(services, room, "你好"))
    await reader.began.get()
    await say(services, room, "hello")
    reader.gate.set()
    await thinking
    assert await reader.began.get() == "你好\nhello"
    assert len(await replies(services, room)) == 1
    assert (await head_of(services.database, room)).language == "en"
    assert await nothing_due(services)


async def test_messages_without_end_are_not_thought_about_for_ever(
    services: Services, clock: FixedClock, room: str
) -> None:
    """When something new comes during every pass the worker gives up its claim; the sweeper answers in the end."""

    class Interrupted(FakeReader):
        """A reader during whose reading the buyer always writes on."""

        async def read(self, text: str, context: ReadingContext) -> Reading:
            """What the script says, after one more message."""
            await turn.receive(services, BUYER, room, BuyerMessage(f"c{len(text)}", "你好"))
            return await super().read(text, context)

    await say(replace(services, reader=Interrupted()), room, "你好")
    assert len(await log_of(services.database, room)) == 1 + turn.REREADS
    assert await replies(services, room) == []
    clock.advance(seconds=10)
    await sweep(services)
    assert len(await replies(services, room)) == 1


async def test_two_workers_make_one_reply(services: Services, room: str) -> None:
    """Workers that all try to answer the same message come to one reply."""
    await turn.receive(services, BUYER, room, BuyerMessage("c1", "你好"))
    await asyncio.gather(*(turn.answer(services, BUYER, room) for _ in range(6)))
    assert len(await replies(services, room)) == 1


async def test_a_dead_workers_turn_is_taken_over(services: Services, clock: FixedClock, room: str) -> None:
    """A worker that dies while thinking leaves the message; when its lease is over the sweeper answers, once."""
    await turn.receive(services, BUYER, room, BuyerMessage("c1", "你好"))
    async with services.database.write() as tx:
        assert await conversations.claim_turn(tx, room, "dead-worker", clock())
    await sweep(services)
    assert await replies(services, room) == []
    clock.advance(seconds=conversations.TURN_LEASE.total_seconds() + 1)
    await sweep(services)
    await sweep(services)
    assert len(await replies(services, room)) == 1


async def test_a_turn_that_never_began_is_taken_up(services: Services, clock: FixedClock, room: str) -> None:
    """A process that dies right after accepting a message loses nothing: the sweeper answers a little later."""
    await turn.receive(services, BUYER, room, BuyerMessage("c1", "你好"))
    await sweep(services)
    assert await replies(services, room) == []      # somebody may be about to begin
    clock.advance(seconds=6)
    await sweep(services)
    assert len(await replies(services, room)) == 1


async def test_a_worker_that_was_too_slow_says_nothing(
    services: Services, reader: FakeReader, clock: FixedClock, room: str
) -> None:
    """A worker that wakes up after its lease was over drops its reply: another one has answered by then."""
    reader.gate.clear()
    slow = asyncio.create_task(say(services, room, "你好"))
    await reader.began.get()
    clock.advance(minutes=2)
    reader.gate.set()
    other = replace(services, reader=FakeReader())
    await sweep(other)
    await slow
    assert len(await replies(services, room)) == 1
    assert await nothing_due(services)


async def test_a_slow_workers_fault_does_not_undo_the_others_reply(
    services: Services, reader: FakeReader, clock: FixedClock, room: str
) -> None:
    """A worker that fails after losing its turn leaves the conversation with the assistant, which has answered."""
    reader.gate.clear()
    reader.faults.append(RuntimeError("slow and broken"))
    slow = asyncio.create_task(say(services, room, "你好"))
    await reader.began.get()
    clock.advance(minutes=2)
    await sweep(replace(services, reader=FakeReader()))
    reader.gate.set()
    await slow
    assert len(await replies(services, room)) == 1
    assert (await head_of(services.database, room)).owner == "assistant"


@pytest.mark.parametrize("fault", [RuntimeError("bug"), Unavailable("no index"), TimeoutError()], ids=type)
async def test_any_fault_ends_with_a_person(
    services: Services, reader: FakeReader, room: str, fault: Exception
) -> None:
    """Whatever breaks while thinking: the buyer is told in plain words, a person is asked for, the message is kept."""
    reader.faults.append(fault)
    await say(services, room, "你好")
    log = [event.payload for event in await log_of(services.database, room)]
    assert isinstance(log[0], BuyerMessage)
    assert [type(one) for one in log[1:3]] == [Notice, HandoffMade]
    head = await head_of(services.database, room)
    assert head.owner == "queued"
    assert head.handover is not None
    assert head.handover.rule == "fault"
    assert await nothing_due(services)


async def test_after_a_fault_the_buyer_can_go_on(services: Services, reader: FakeReader, room: str) -> None:
    """After a fault the buyer may call the assistant back, and is answered."""
    reader.faults.append(RuntimeError("bug"))
    await say(services, room, "你好")
    back = BuyerMessage("c-back", "继续和助手聊", answer=Choice(intent="act.cancel"))
    _, due = await turn.receive(services, BUYER, room, back)
    assert due
    await turn.answer(services, BUYER, room)
    assert (await head_of(services.database, room)).owner == "assistant"
    assert len(await replies(services, room)) == 1


async def test_a_platform_that_breaks_ends_with_a_person(services: Services, room: str) -> None:
    """If the orders cannot be read the turn ends with a person, not with silence."""

    class Broken(FakePlatform):
        """A platform whose orders cannot be read."""

        async def orders(self, scope: object, buyer_id: str) -> list[object]:   # type: ignore[override]
            """Always away."""
            raise Unavailable("the platform does not answer")

    await say(replace(services, platform=Broken()), room, "你好")
    assert (await head_of(services.database, room)).owner == "queued"


async def test_a_locked_database_loses_nothing(
    services: Services, clock: FixedClock, room: str, database_url: str
) -> None:
    """Locked while a message comes in: Unavailable, send it again. Locked after it came in: it is answered later."""
    hasty = replace(services, database=Database(database_url, busy_seconds=0.1))
    async with services.database.write() as tx:
        await conversations.find(tx, BUYER, room, lock=True)
        with pytest.raises(Unavailable, match="try again"):
            await turn.receive(hasty, BUYER, room, BuyerMessage("c1", "你好"))
    await turn.receive(hasty, BUYER, room, BuyerMessage("c1", "你好"))
    async with services.database.write() as tx:
        await conversations.find(tx, BUYER, room, lock=True)
        with pytest.raises(Unavailable):
            await turn.answer(hasty, BUYER, room)
    clock.advance(seconds=6)
    await sweep(hasty)
    assert len(await replies(services, room)) == 1
    await hasty.database.close()


async def test_a_database_that_locks_up_while_thinking_loses_nothing(
    services: Services, reader: FakeReader, clock: FixedClock, room: str, database_url: str
) -> None:
    """Locked when the reply is to be delivered, and still locked for the safe word: the sweeper answers later."""
    hasty = replace(services, database=Database(database_url, busy_seconds=0.1))
    await turn.receive(hasty, BUYER, room, BuyerMessage("c1", "你好"))
    reader.gate.clear()
    thinking = asyncio.create_task(turn.answer(hasty, BUYER, room))
    await reader.began.get()
    async with services.database.write() as tx:
        await conversations.find(tx, BUYER, room, lock=True)
        reader.gate.set()
        await thinking
    assert await kinds_of(services.database, room) == ["buyer_message"]
    clock.advance(minutes=2)
    await sweep(hasty)
    assert len(await replies(services, room)) == 1
    await hasty.database.close()


async def test_one_broken_conversation_does_not_stop_the_sweeper(
    services: Services, reader: FakeReader, clock: FixedClock
) -> None:
    """A turn that fails in a sweep ends with a person; the other buyers get their replies in the same sweep."""
    rooms = [(await opened(services.database)).id for _ in range(3)]
    for one in rooms:
        await turn.receive(services, BUYER, one, BuyerMessage("c1", "你好"))
    clock.advance(seconds=6)
    reader.faults.append(RuntimeError("bug"))
    await sweep(services)
    owners = sorted([(await head_of(services.database, one)).owner for one in rooms])
    assert owners == ["assistant", "assistant", "queued"]
    assert sum([len(await replies(services, one)) for one in rooms]) == 2


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda scope: f"{scope.role}-{scope.subject}-{scope.tenant}")
async def test_strangers_cannot_write(services: Services, room: str, stranger: object) -> None:
    """Nobody else's message gets into the conversation."""
    with pytest.raises(Exception, match="no such conversation"):
        await turn.receive(services, stranger, room, BuyerMessage("c1", "你好"))      # type: ignore[arg-type]
    assert await log_of(services.database, room) == []


# -- yes and no in words --


@pytest.fixture
async def proposal(services: Services, room: str) -> Proposal:
    """A refund that waits for the buyer's yes."""
    return await put_on_table(services.gateway, proposed(room))


async def test_a_yes_in_words_acts_once(
    services: Services, platform: FakePlatform, room: str, proposal: Proposal
) -> None:
    """An unambiguous yes to the proposal on the table is done once and answered with the receipt."""
    await say(services, room, "好的")
    assert platform.done == {proposal.id: 1}
    kinds = await kinds_of(services.database, room)
    assert kinds.count("receipt_issued") == kinds.count("assistant_reply") == 1
    await say(services, room, "好的", "c-again")
    assert platform.done == {proposal.id: 1}


async def test_a_no_that_comes_during_thinking_calls_the_yes_off(
    services: Services, platform: FakePlatform, reader: FakeReader, room: str, proposal: Proposal
) -> None:
    """Yes, then no, before the assistant has read the yes: nothing is done."""
    reader.gate.clear()
    thinking = asyncio.create_task(say(services, room, "好的"))
    await reader.began.get()
    await say(services, room, "不要了")
    reader.gate.set()
    await thinking
    assert platform.asked == []
    assert await column(services.database, "proposals", "state", "id", proposal.id) == ["refused"]
    assert len(await replies(services, room)) == 1


async def test_a_tap_on_yes_during_thinking_stands(
    services: Services, platform: FakePlatform, reader: FakeReader, room: str, proposal: Proposal
) -> None:
    """The buyer taps yes while the assistant thinks about a word: the turn is taken again and brings nothing back."""
    reader.gate.clear()
    thinking = asyncio.create_task(say(services, room, "你好"))
    await reader.began.get()
    receipt = await services.gateway.confirm(BUYER, proposal.id)
    reader.gate.set()
    await thinking
    assert platform.done == {proposal.id: 1}
    head = await head_of(services.database, room)
    assert (head.state.proposal_id, head.state.asked) == (None, None)
    assert len(await replies(services, room)) == 1
    assert await services.gateway.confirm(BUYER, proposal.id) == receipt


async def test_a_crash_between_the_yes_and_the_reply(
    services: Services, platform: FakePlatform, clock: FixedClock, room: str, proposal: Proposal
) -> None:
    """The worker dies after the effect and before its reply: the turn is taken again, and the effect is not."""
    await turn.receive(services, BUYER, room, BuyerMessage("c1", "好的"))
    async with services.database.write() as tx:
        assert await conversations.claim_turn(tx, room, "dead-worker", clock())
    await services.gateway.confirm(BUYER, proposal.id)
    clock.advance(minutes=2)
    await sweep(services)
    assert platform.done == {proposal.id: 1}
    assert len(await replies(services, room)) == 1


async def test_old_events_are_kept(services: Services, room: str) -> None:
    """Turns only add to the log: what was there stays as it was."""
    before: list[Event] = await add_events(services.database, BUYER, room, Notice(Text("欢迎", "Welcome")))
    for text in ("你好", "hello", "转人工"):
        await say(services, room, text)
        now = await log_of(services.database, room)
        assert now[: len(before)] == before
        assert [event.seq for event in now] == list(range(1, len(now) + 1))
        before = now
