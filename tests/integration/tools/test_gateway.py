"""The gateway: only the buyer's yes does anything, and it is done once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.conversation import CaseChanged, Notice, OwnerChanged, ReceiptIssued
from assistant.proposal import Proposal, receipts
from assistant.scope import Scope
from assistant.store import conversations, records
from assistant.store.database import Database
from assistant.store.records import DELIVERY_LEASE
from assistant.tools.gateway import Gateway
from knowledge.errors import Conflict, NotAllowed, NotFound, Unavailable
from tests.fakes.clock import FixedClock
from tests.fakes.platform import FakePlatform, Fault
from tests.fakes.scenes import (
    AGENT,
    BUYER,
    STRANGERS,
    column,
    head_of,
    kinds_of,
    log_of,
    opened,
    proposed,
    put_on_table,
)


@pytest.fixture
async def proposal(gateway: Gateway) -> Proposal:
    """A refund of 129.00 that waits for Xiaolin's yes."""
    conversation = await opened(gateway.database)
    return await put_on_table(gateway, proposed(conversation.id))


async def outcome(gateway: Gateway, proposal: Proposal) -> tuple[object, ...]:
    """The states of the proposal, its ledger entry and its outbox row; None for a row that isn't there."""
    found = [
        await column(gateway.database, table, "state", key, proposal.id)
        for table, key in (("proposals", "id"), ("ledger", "proposal_id"), ("outbox", "key"))
    ]
    assert max(map(len, found)) == 1
    return tuple(rows[0] if rows else None for rows in found)


async def test_a_yes_is_recorded_and_done(gateway: Gateway, platform: FakePlatform, proposal: Proposal) -> None:
    """After the buyer's yes there is one effect for the proposed command, a ledger entry, a case and a receipt."""
    receipt = await gateway.confirm(BUYER, proposal.id)
    assert platform.done == {proposal.id: 1}
    assert platform.commands[proposal.id] == proposal.command
    assert await outcome(gateway, proposal) == ("confirmed", "done", "done")
    assert await column(gateway.database, "ledger", "amount_fen", "proposal_id", proposal.id) == [12900]
    references = await column(gateway.database, "ledger", "reference", "proposal_id", proposal.id)
    assert references == [f"PF-{proposal.id[:8]}"]
    assert await column(gateway.database, "cases", "number", "proposal_id", proposal.id) == [receipt.case_number]
    assert receipt.amount is not None
    assert receipt.amount.fen == 12900


async def test_the_conversation_tells_the_story(gateway: Gateway, proposal: Proposal) -> None:
    """The log shows proposal, closing, receipt, the case, and the case done; nothing is left on the table."""
    await gateway.confirm(BUYER, proposal.id)
    assert await kinds_of(gateway.database, proposal.conversation_id) == [
        "proposal_made", "proposal_closed", "receipt_issued", "case_changed", "case_changed",
    ]
    last = (await log_of(gateway.database, proposal.conversation_id))[-1].payload
    assert isinstance(last, CaseChanged)
    assert last.case.state == "done"
    assert (await head_of(gateway.database, proposal.conversation_id)).state.proposal_id is None


async def test_everything_is_audited(gateway: Gateway, proposal: Proposal) -> None:
    """Who proposed, who confirmed and what the platform answered can be read later."""
    await gateway.confirm(BUYER, proposal.id)
    assert await column(gateway.database, "audit", "action", "subject", proposal.id) == [
        "proposal.made", "proposal.confirmed", "platform.answered",
    ]
    assert await column(gateway.database, "audit", "actor", "action", "proposal.confirmed") == ["buyer:xiaolin"]


async def test_confirming_again_gives_the_same_bytes(
    gateway: Gateway, platform: FakePlatform, clock: FixedClock, proposal: Proposal
) -> None:
    """The same yes again, also days later, gives the same receipt byte for byte and does nothing more."""
    first = receipts.dump_json(await gateway.confirm(BUYER, proposal.id))
    clock.advance(days=3)
    assert receipts.dump_json(await gateway.confirm(BUYER, proposal.id)) == first
    assert platform.done == {proposal.id: 1}
    assert (await kinds_of(gateway.database, proposal.conversation_id)).count("receipt_issued") == 1


async def test_twenty_yeses_at_once_are_one(gateway: Gateway, platform: FakePlatform, proposal: Proposal) -> None:
    """A finger that taps twenty times gets twenty equal receipts for one effect."""
    platform.faults.append("slow")
    got = await asyncio.gather(*(gateway.confirm(BUYER, proposal.id) for _ in range(20)))
    assert len({receipts.dump_json(receipt) for receipt in got}) == 1
    assert platform.done == {proposal.id: 1}
    assert await outcome(gateway, proposal) == ("confirmed", "done", "done")


async def test_many_buyers_at_once_get_numbers_of_their_own(gateway: Gateway, platform: FakePlatform) -> None:
    """Twelve confirmations at the same moment: twelve cases, numbered without a gap."""
    rooms = [await opened(gateway.database) for _ in range(12)]
    all_proposed = [await put_on_table(gateway, proposed(room.id)) for room in rooms]
    got = await asyncio.gather(*(gateway.confirm(BUYER, one.id) for one in all_proposed))
    assert sorted(r.case_number for r in got) == [f"AS-20261120-{n:04d}" for n in range(1, 13)]
    assert platform.done.total() == 12


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(days=9)])
async def test_an_expired_proposal_does_nothing(
    gateway: Gateway, platform: FakePlatform, clock: FixedClock, proposal: Proposal, late: timedelta
) -> None:
    """From its expiry on a yes is a Conflict, again and again; nothing is done and the card is closed once."""
    clock.now = proposal.expires_at + late
    for _ in range(2):
        with pytest.raises(Conflict, match="expired; nothing was done"):
            await gateway.confirm(BUYER, proposal.id)
    assert platform.asked == []
    assert await outcome(gateway, proposal) == ("expired", None, None)
    assert await kinds_of(gateway.database, proposal.conversation_id) == ["proposal_made", "proposal_closed"]


async def test_the_last_second_counts(gateway: Gateway, clock: FixedClock, proposal: Proposal) -> None:
    """A yes one second before the expiry is in time."""
    clock.now = proposal.expires_at - timedelta(seconds=1)
    assert (await gateway.confirm(BUYER, proposal.id)).case_number


async def test_a_no_is_final(gateway: Gateway, platform: FakePlatform, proposal: Proposal) -> None:
    """After a no, saying no again changes nothing and a yes is a Conflict."""
    await gateway.refuse(BUYER, proposal.id)
    await gateway.refuse(BUYER, proposal.id)
    with pytest.raises(Conflict, match="refused; nothing was done"):
        await gateway.confirm(BUYER, proposal.id)
    assert platform.asked == []
    assert await outcome(gateway, proposal) == ("refused", None, None)
    assert await kinds_of(gateway.database, proposal.conversation_id) == ["proposal_made", "proposal_closed"]


async def test_a_yes_is_final(gateway: Gateway, proposal: Proposal) -> None:
    """What was confirmed cannot be refused any more; the receipt stays."""
    receipt = await gateway.confirm(BUYER, proposal.id)
    with pytest.raises(Conflict, match="confirmed and done"):
        await gateway.refuse(BUYER, proposal.id)
    assert await gateway.confirm(BUYER, proposal.id) == receipt


@pytest.mark.parametrize("stranger", STRANGERS[:2], ids=["other-buyer", "other-tenant"])
async def test_other_buyers_hear_that_it_is_not_there(
    gateway: Gateway, platform: FakePlatform, proposal: Proposal, stranger: Scope
) -> None:
    """Another buyer's yes or no sounds like one to a proposal that does not exist, and changes nothing."""
    for act in (gateway.confirm, gateway.refuse):
        with pytest.raises(NotFound) as theirs:
            await act(stranger, proposal.id)
        with pytest.raises(NotFound) as none:
            await act(stranger, "0" * 32)
        assert str(theirs.value) == str(none.value)
    assert platform.asked == []
    assert await outcome(gateway, proposal) == ("open", None, None)


@pytest.mark.parametrize("role", ["agent", "admin", "system", "merchant"])
async def test_nobody_else_can_say_yes(gateway: Gateway, platform: FakePlatform, proposal: Proposal, role: str) -> None:
    """Staff, jobs and merchants cannot confirm for the buyer, not even one with the buyer's own name."""
    with pytest.raises(NotAllowed, match="only the buyer"):
        await gateway.confirm(Scope("demo", role, "xiaolin", "s-orchid"), proposal.id)  # type: ignore[arg-type]
    assert platform.asked == []
    assert await outcome(gateway, proposal) == ("open", None, None)


@pytest.mark.parametrize("fault", ["silent", "done_but_silent", "breaks"])
async def test_a_lost_answer_is_asked_for_again(
    gateway: Gateway, platform: FakePlatform, clock: FixedClock, proposal: Proposal, fault: Fault
) -> None:
    """The platform's silence, before or after doing it, ends in one effect: the same key is asked again later."""
    platform.faults.append(fault)
    receipt = await gateway.confirm(BUYER, proposal.id)
    assert await outcome(gateway, proposal) == ("confirmed", "pending", "due")
    assert await gateway.deliver() == 0                     # not yet: it waits a little
    clock.advance(seconds=2)
    assert await gateway.deliver() == 1
    assert platform.asked == [proposal.id, proposal.id]
    assert platform.done == {proposal.id: 1}
    assert await outcome(gateway, proposal) == ("confirmed", "done", "done")
    assert await gateway.confirm(BUYER, proposal.id) == receipt


async def test_a_platform_that_stays_away_is_asked_ever_less_often(
    gateway: Gateway, platform: FakePlatform, clock: FixedClock, proposal: Proposal
) -> None:
    """Each silence doubles the wait, up to an hour, and the command is never given up."""
    platform.faults += ["silent"] * 20
    await gateway.confirm(BUYER, proposal.id)
    waits = []
    while not platform.done:
        begun = clock.now
        while len(platform.asked) < len(waits) + 2:
            clock.advance(seconds=1 if len(waits) < 6 else 60)
            await gateway.deliver()
        waits.append((clock.now - begun).total_seconds())
    assert waits[:6] == [1, 2, 4, 8, 16, 32]
    assert max(waits) <= 3600 + 60
    assert platform.done == {proposal.id: 1}


@pytest.mark.parametrize("fault", ["refuses", "knows_no_order"])
async def test_the_platforms_no_goes_to_a_person(
    gateway: Gateway, platform: FakePlatform, clock: FixedClock, proposal: Proposal, fault: Fault
) -> None:
    """When the platform says no for good, the ledger says failed, the buyer is told, and a person is asked for."""
    platform.faults.append(fault)
    await gateway.confirm(BUYER, proposal.id)
    assert await outcome(gateway, proposal) == ("confirmed", "failed", "failed")
    assert platform.done.total() == 0
    payloads = [event.payload for event in await log_of(gateway.database, proposal.conversation_id, BUYER)]
    assert [p.to for p in payloads if isinstance(p, OwnerChanged)] == ["queued"]
    assert len([p for p in payloads if isinstance(p, Notice)]) == 1
    assert (await head_of(gateway.database, proposal.conversation_id)).owner == "queued"
    clock.advance(days=1)
    assert await gateway.deliver() == 0     # and it is not asked again


async def test_one_bad_command_does_not_hold_up_the_others(
    gateway: Gateway, platform: FakePlatform, clock: FixedClock
) -> None:
    """A command that breaks the connector waits; those behind it are done in the same sweep."""
    rooms = [await opened(gateway.database) for _ in range(3)]
    three = [await put_on_table(gateway, proposed(room.id)) for room in rooms]
    platform.faults += ["silent"] * 3
    for one in three:
        await gateway.confirm(BUYER, one.id)
    clock.advance(minutes=1)
    platform.faults.append("breaks")
    assert await gateway.deliver() == 2
    assert set(platform.done) == {three[1].id, three[2].id}


async def test_a_request_that_arrives_twice_is_one_effect(
    gateway: Gateway, platform: FakePlatform, proposal: Proposal
) -> None:
    """The network may double a request: the key makes it one effect."""
    platform.faults.append("doubled")
    await gateway.confirm(BUYER, proposal.id)
    assert platform.done == {proposal.id: 1}


async def test_one_worker_asks_at_a_time(
    gateway: Gateway, platform: FakePlatform, clock: FixedClock, proposal: Proposal
) -> None:
    """While one worker waits for the platform, the others leave the command alone until the lease is over."""
    platform.gate.clear()
    confirming = asyncio.create_task(gateway.confirm(BUYER, proposal.id))
    await platform.arrivals.get()
    assert await asyncio.wait_for(gateway.deliver(), 5) == 0    # it doesn't stand in line behind the first one
    platform.gate.set()
    await confirming
    clock.advance(seconds=DELIVERY_LEASE.total_seconds() + 1)
    assert await asyncio.gather(*(gateway.deliver() for _ in range(5))) == [0] * 5
    assert platform.asked == [proposal.id]


async def test_two_answers_are_settled_once(
    gateway: Gateway, platform: FakePlatform, clock: FixedClock, proposal: Proposal
) -> None:
    """A platform slower than the lease is asked twice; its two answers make one settlement."""
    platform.gate.clear()
    confirming = asyncio.create_task(gateway.confirm(BUYER, proposal.id))
    await platform.arrivals.get()
    clock.advance(minutes=5)
    sweeping = asyncio.create_task(gateway.deliver())
    await platform.arrivals.get()
    platform.gate.set()
    await asyncio.gather(confirming, sweeping)
    assert platform.done == {proposal.id: 1}
    assert (await kinds_of(gateway.database, proposal.conversation_id)).count("case_changed") == 2
    assert (await column(gateway.database, "audit", "action", "subject", proposal.id)).count("platform.answered") == 1


@pytest.fixture
async def hasty(gateway: Gateway, database_url: str) -> AsyncIterator[Gateway]:
    """The same gateway in another process, whose patience with a locked database is short."""
    database = Database(database_url, busy_seconds=0.1)
    yield replace(gateway, database=database)
    await database.close()


async def test_a_confirmation_that_is_recorded_gives_its_receipt(
    gateway: Gateway, hasty: Gateway, platform: FakePlatform, clock: FixedClock, proposal: Proposal
) -> None:
    """Once recorded, the buyer gets the receipt, even if the database locks up while the platform is asked."""
    async with AsyncExitStack() as locked:

        async def lock() -> None:
            tx = await locked.enter_async_context(gateway.database.write())
            await records.postpone(tx, "demo", proposal.id, 0, clock())

        platform.when_asked = lock
        platform.faults.append("done_but_silent")
        receipt = await hasty.confirm(BUYER, proposal.id)
    platform.when_asked = None
    assert await outcome(gateway, proposal) == ("confirmed", "pending", "due")
    clock.advance(minutes=1)
    assert await gateway.deliver() == 1
    assert platform.done == {proposal.id: 1}
    assert await gateway.confirm(BUYER, proposal.id) == receipt


async def test_a_locked_database_leaves_the_proposal_open(
    gateway: Gateway, hasty: Gateway, platform: FakePlatform, proposal: Proposal
) -> None:
    """If the confirmation can't be written, the buyer hears Unavailable, nothing is done, and the next yes works."""
    async with gateway.database.write() as tx:
        await conversations.find(tx, AGENT, proposal.conversation_id, lock=True)
        with pytest.raises(Unavailable):
            await hasty.confirm(BUYER, proposal.id)
    assert platform.asked == []
    assert await outcome(gateway, proposal) == ("open", None, None)
    assert (await hasty.confirm(BUYER, proposal.id)).case_number


async def test_the_receipt_is_in_the_log(gateway: Gateway, proposal: Proposal) -> None:
    """The receipt that the buyer was given is the one in the log and in the ledger."""
    receipt = await gateway.confirm(BUYER, proposal.id)
    payloads = [event.payload for event in await log_of(gateway.database, proposal.conversation_id, BUYER)]
    assert [p.receipt for p in payloads if isinstance(p, ReceiptIssued)] == [receipt]
    async with gateway.database.read() as tx:
        assert await records.receipt_of(tx, "demo", proposal.id) == receipt
