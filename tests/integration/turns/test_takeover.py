"""People and the assistant in one conversation: nobody is talked over, and what is on the table is never in doubt."""

import asyncio

import pytest

from assistant import delivery, desk, turn
from assistant.conversation import AssistantReply, BuyerMessage, DialogueState, ProposalClosed, StaffMessage
from assistant.desk import Staff
from assistant.planning.step import Plan, Propose
from assistant.proposal import Proposal
from assistant.replies.reply import Reply
from assistant.replies.voice import Done
from assistant.services import Services
from assistant.situation import load
from assistant.store import conversations
from assistant.tools.acting import Acted
from knowledge.errors import Conflict, NotAllowed, NotFound
from tests.fakes.platform import FakePlatform
from tests.fakes.reader import GREETING, FakeReader
from tests.fakes.scenes import (
    AGENT,
    BUYER,
    OTHER_AGENT,
    OTHER_BUYER,
    column,
    head_of,
    kinds_of,
    log_of,
    opened,
    proposed,
    put_on_table,
)

LIN, WANG = Staff("u-lin", "林", "agent"), Staff("u-wang", "王", "agent")


@pytest.fixture
async def room(services: Services) -> str:
    """The id of Xiaolin's conversation."""
    return (await opened(services.database)).id


async def begun(services: Services, reader: FakeReader, room: str) -> "asyncio.Task[None]":
    """A turn in the middle of its thinking; open the reader's gate to let it go on."""
    await turn.receive(services, BUYER, room, BuyerMessage("c1", "你好"))
    reader.gate.clear()
    thinking = asyncio.create_task(turn.answer(services, BUYER, room))
    await reader.began.get()
    return thinking


async def replies(services: Services, room: str) -> int:
    """How often the assistant spoke."""
    return (await kinds_of(services.database, room)).count("assistant_reply")


async def test_a_person_who_takes_over_is_not_talked_over(services: Services, reader: FakeReader, room: str) -> None:
    """A person takes over while the assistant thinks: the assistant's reply is dropped."""
    thinking = await begun(services, reader, room)
    await desk.take(services, AGENT, room, LIN)
    reader.gate.set()
    await thinking
    assert await replies(services, room) == 0
    assert (await head_of(services.database, room)).owner == "human"


async def test_what_a_person_answered_is_not_answered_again(services: Services, reader: FakeReader, room: str) -> None:
    """A person takes over, answers and hands back while the assistant thinks: nothing is said twice."""
    thinking = await begun(services, reader, room)
    await desk.take(services, AGENT, room, LIN)
    await turn.receive(services, BUYER, room, BuyerMessage("c2", "在吗"))
    await desk.say(services, AGENT, room, LIN, StaffMessage("s1", "在的，已经办好了", "林"))
    await desk.hand_back(services, AGENT, room, LIN)
    reader.gate.set()
    await thinking
    assert await replies(services, room) == 0
    async with services.database.read() as tx:
        assert await conversations.turns_due(tx, services.clock().replace(year=2030)) == []


async def test_what_comes_after_handing_back_is_answered(services: Services, reader: FakeReader, room: str) -> None:
    """A message after the handing back gets its reply, even if the old turn is still thinking."""
    thinking = await begun(services, reader, room)
    await desk.take(services, AGENT, room, LIN)
    await desk.hand_back(services, AGENT, room, LIN)
    await turn.receive(services, BUYER, room, BuyerMessage("c2", "hello"))
    reader.gate.set()
    await thinking
    assert await reader.began.get() == "hello"
    assert await replies(services, room) == 1


async def test_asking_for_a_person_while_the_assistant_thinks(
    services: Services, reader: FakeReader, room: str
) -> None:
    """The buyer taps "a person" while the assistant thinks: the buyer waits in the queue, the reply is dropped."""
    thinking = await begun(services, reader, room)
    await desk.ask_for_person(services, BUYER, room)
    reader.gate.set()
    await thinking
    assert await replies(services, room) == 0
    assert (await head_of(services.database, room)).owner == "queued"


async def test_two_people_cannot_take_the_same_conversation(services: Services, room: str) -> None:
    """Of two people who take a conversation at the same moment one gets it, and the other hears who has it."""
    got = await asyncio.gather(
        *(desk.take(services, AGENT, room, one) for one in (LIN, WANG, LIN, WANG)), return_exceptions=True
    )
    owner = (await head_of(services.database, room)).agent
    assert owner is not None
    refused = [one for one in got if isinstance(one, Conflict)]
    assert [str(one) for one in refused] == [f"{owner.name} has taken this conversation"] * 2
    assert (await kinds_of(services.database, room)) == ["owner_changed"]


async def test_only_the_person_who_holds_it_speaks(services: Services, room: str) -> None:
    """A message from a person who didn't take the conversation is a Conflict; the same client id speaks once."""
    words = StaffMessage("s1", "您好", "林")
    with pytest.raises(Conflict, match="take the conversation over first"):
        await desk.say(services, AGENT, room, LIN, words)
    await desk.take(services, AGENT, room, LIN)
    with pytest.raises(Conflict):
        await desk.say(services, AGENT, room, WANG, words)
    first = await desk.say(services, AGENT, room, LIN, words)
    assert await desk.say(services, AGENT, room, LIN, words) == first
    assert (await kinds_of(services.database, room)).count("staff_message") == 1


async def test_a_buyers_client_id_does_not_swallow_a_persons_words(services: Services, room: str) -> None:
    """A person's message is said even if the buyer has used the same client id before."""
    await turn.receive(services, BUYER, room, BuyerMessage("same", "你好"))
    await desk.take(services, AGENT, room, LIN)
    said = await desk.say(services, AGENT, room, LIN, StaffMessage("same", "您好，我是林", "林"))
    assert isinstance(said.payload, StaffMessage)


async def test_the_desk_is_for_the_tenants_own_staff(services: Services, room: str) -> None:
    """Buyers hear NotAllowed at the desk's doors; staff of another platform hear that there is no such conversation."""
    for act in (desk.take, desk.hand_back, desk.close):
        with pytest.raises(NotAllowed):
            await act(services, OTHER_BUYER, room, LIN)
        with pytest.raises(NotFound, match="no such conversation"):
            await act(services, OTHER_AGENT, room, LIN)
    with pytest.raises(NotAllowed):
        await desk.note(services, BUYER, room, LIN, "x")
    assert await kinds_of(services.database, room) == []


# -- proposals that come and go --


def turn_with_proposal(loaded: turn.Loaded, token: str, proposal: Proposal) -> delivery.Turn:
    """A turn that has come to a new proposal and is about to be delivered."""
    plan = Plan(Propose(proposal.decision, proposal.command, None), DialogueState(turns=1), proposal.decision)
    acted = Acted(Done(proposal=proposal.card), proposal)
    return delivery.Turn(token, loaded, GREETING, plan, acted, Reply("可以退款，请确认", cards=(proposal.card,)))


async def about_to_propose(services: Services, room: str) -> delivery.Turn:
    """A turn on a conversation that has a proposal on the table already, about to put down another one."""
    await turn.receive(services, BUYER, room, BuyerMessage("c1", "换一件"))
    async with services.database.write() as tx:
        assert await conversations.claim_turn(tx, room, "worker", services.clock())
    loaded = await load(services, BUYER, room)
    assert loaded is not None
    return turn_with_proposal(loaded, "worker", proposed(room, amount_fen=9900))


async def test_one_proposal_at_a_time(services: Services, platform: FakePlatform, room: str) -> None:
    """A new proposal takes the old one off the table: the buyer sees that, and a yes to the old one is a Conflict."""
    old = await put_on_table(services.gateway, proposed(room))
    ready = await about_to_propose(services, room)
    assert ready.acted.proposal is not None
    assert await delivery.deliver(services, BUYER, ready)
    with pytest.raises(Conflict, match="withdrawn; nothing was done"):
        await services.gateway.confirm(BUYER, old.id)
    closed = [e.payload for e in await log_of(services.database, room, BUYER) if isinstance(e.payload, ProposalClosed)]
    assert closed == [ProposalClosed(old.id, "withdrawn")]
    await services.gateway.confirm(BUYER, ready.acted.proposal.id)
    assert platform.done == {ready.acted.proposal.id: 1}


async def test_a_yes_to_the_old_proposal_stops_the_new_one(
    services: Services, platform: FakePlatform, room: str
) -> None:
    """The buyer says yes just before the new proposal lands: the yes stands, and the turn must be taken again."""
    old = await put_on_table(services.gateway, proposed(room))
    ready = await about_to_propose(services, room)
    receipt = await services.gateway.confirm(BUYER, old.id)
    assert not await delivery.deliver(services, BUYER, ready)
    assert await column(services.database, "proposals", "state", "id", old.id) == ["confirmed"]
    assert await column(services.database, "proposals", "id", "conversation_id", room) == [old.id]
    assert await services.gateway.confirm(BUYER, old.id) == receipt
    assert platform.done == {old.id: 1}


async def test_a_platforms_no_to_a_conversation_that_was_closed(
    services: Services, platform: FakePlatform, room: str
) -> None:
    """If the platform refuses after the conversation was closed, it is opened again and waits for a person."""
    proposal = await put_on_table(services.gateway, proposed(room))
    await desk.close(services, AGENT, room, LIN)
    platform.faults.append("refuses")
    await services.gateway.confirm(BUYER, proposal.id)
    assert (await head_of(services.database, room)).owner == "queued"


async def test_a_platforms_no_while_a_person_is_there(services: Services, platform: FakePlatform, room: str) -> None:
    """If the platform refuses while a person holds the conversation, the person keeps it and reads the notice."""
    proposal = await put_on_table(services.gateway, proposed(room))
    await desk.take(services, AGENT, room, LIN)
    platform.faults.append("refuses")
    await services.gateway.confirm(BUYER, proposal.id)
    assert (await head_of(services.database, room)).owner == "human"
    assert (await kinds_of(services.database, room))[-1] == "notice"


async def test_replies_come_before_the_handing_over(services: Services, room: str) -> None:
    """When the assistant hands over, its last words are in the log before the change of owner, never after it."""
    await turn.receive(services, BUYER, room, BuyerMessage("c1", "转人工"))
    await turn.answer(services, BUYER, room)
    kinds = await kinds_of(services.database, room)
    assert kinds.index("assistant_reply") < kinds.index("owner_changed")
    last = [e.payload for e in await log_of(services.database, room) if isinstance(e.payload, AssistantReply)]
    assert len(last) == 1
