"""Not yours is the same as not there: the same error, word for word, for everything that is stored."""

from collections.abc import Awaitable, Callable

import pytest

from assistant.cases.case import Case
from assistant.cases.events import Actor
from assistant.conversation import BuyerMessage, Conversation
from assistant.scope import Scope
from assistant.store import attachments, cases, conversations, records
from assistant.store.attachments import Stored
from assistant.store.database import Database
from assistant.tools.gateway import Gateway
from knowledge.errors import NotFound
from knowledge.text import Text
from tests.fakes.clock import NOW
from tests.fakes.scenes import AGENT, BUYER, OTHER_AGENT, OTHER_BUYER, STRANGERS, opened, proposed, put_on_table

Look = Callable[[Scope, str], Awaitable[object]]
ALL_STRANGERS = (*STRANGERS, OTHER_AGENT)


async def hears(look: Look, scope: Scope, thing: str) -> str:
    """The error that a scope gets for a thing, with the thing's name taken out."""
    with pytest.raises(NotFound) as caught:
        await look(scope, thing)
    return f"{type(caught.value).__name__} {caught.value.code} {caught.value}".replace(thing, "…")


async def check(look: Look, thing: str) -> None:
    """The owner and the tenant's staff find it; strangers hear exactly what they hear of things that don't exist."""
    assert await look(BUYER, thing)
    assert await look(AGENT, thing)
    for stranger in ALL_STRANGERS:
        assert await hears(look, stranger, thing) == await hears(look, stranger, "0" * 32)


async def test_conversations(database: Database) -> None:
    """A conversation is there for its buyer and the tenant's staff, locked or not, and for nobody else."""

    async def look(scope: Scope, thing: str, *, lock: bool = False) -> Conversation:
        async with database.write() as tx:
            return await conversations.find(tx, scope, thing, lock=lock)

    async def locked(scope: Scope, thing: str) -> Conversation:
        return await look(scope, thing, lock=True)

    conversation = await opened(database)
    await check(look, conversation.id)
    await check(locked, conversation.id)


async def test_proposals(gateway: Gateway) -> None:
    """A proposal is there for the buyer it was made to and the tenant's staff, and for nobody else."""

    async def look(scope: Scope, thing: str) -> object:
        async with gateway.database.read() as tx:
            return await records.find_proposal(tx, scope, thing)

    conversation = await opened(gateway.database)
    proposal = await put_on_table(gateway, proposed(conversation.id))
    await check(look, proposal.id)


async def test_pictures(database: Database) -> None:
    """A picture is there for the buyer who sent it and the tenant's staff, and for nobody else."""

    async def look(scope: Scope, thing: str) -> Stored:
        return await attachments.find(database, scope, thing)

    conversation = await opened(database)
    await attachments.add(database, BUYER, Stored("a" * 32, conversation.id, "image/png", 900), NOW)
    await check(look, "a" * 32)


async def test_pictures_of_another_conversation_cannot_be_attached(database: Database) -> None:
    """A message carries pictures that were sent in its own conversation only, even when the buyer is the same."""
    first, second = await opened(database), await opened(database)
    await attachments.add(database, BUYER, Stored("a" * 32, first.id, "image/png", 900), NOW)
    assert [one.id for one in await attachments.attached(database, BUYER, first.id, ["a" * 32])] == ["a" * 32]

    async def attach(scope: Scope, thing: str) -> object:
        return await attachments.attached(database, scope, second.id, [thing])

    assert await hears(attach, BUYER, "a" * 32) == await hears(attach, BUYER, "b" * 32)


async def test_cases(database: Database) -> None:
    """A buyer's cases are listed for that buyer and the tenant's staff; everybody else gets an empty list."""
    title = Text("退款", "Refund")
    case = Case("k1", "AS-20261120-0001", "demo", "xiaolin", "O-1", "refund", "in_progress", title, (), NOW)

    async def cases_of(scope: Scope) -> list[Case]:
        async with database.read() as tx:
            return await cases.of_buyer(tx, scope, "xiaolin")

    async with database.write() as tx:
        await cases.add(tx, case, "c1", "p1", Actor("buyer", "xiaolin"))
    assert await cases_of(BUYER) == await cases_of(AGENT) == [case]
    assert [await cases_of(stranger) for stranger in STRANGERS[:2]] == [[], []]
    assert await cases_of(OTHER_AGENT) == []


async def test_lists(database: Database) -> None:
    """Lists and 'my newest conversation' hold only what the scope may see."""
    mine, theirs = await opened(database), await opened(database, OTHER_BUYER)
    async with database.write() as tx:
        for one in (mine, theirs):
            said, _ = await conversations.append(tx, one, [BuyerMessage("c1", "在吗")], NOW)
            await conversations.save(tx, said)
    async with database.read() as tx:
        assert {c.id for c in await conversations.listed(tx, AGENT, None)} == {mine.id, theirs.id}
        assert [c.id for c in await conversations.listed(tx, BUYER, None)] == [mine.id]
        assert await conversations.listed(tx, OTHER_AGENT, None) == []
        newest = await conversations.latest_of_buyer(tx, BUYER)
        assert newest is not None
        assert newest.id == mine.id
        assert await conversations.latest_of_buyer(tx, STRANGERS[1]) is None
        assert await conversations.latest_of_buyer(tx, STRANGERS[2]) is None


