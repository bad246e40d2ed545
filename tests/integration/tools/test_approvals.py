"""High amounts: nothing is done before a second person approves, who had no hand in it, and the buyer is told."""

import asyncio
from dataclasses import replace

import pytest

from assistant.conversation import AgentName, Notice, OwnerChanged, StaffMessage
from assistant.proposal import Proposal
from assistant.scope import Scope
from assistant.tools.approving import Approver, approve, decline, waiting
from assistant.tools.gateway import Gateway
from knowledge.errors import BadInput, Conflict, NotAllowed, NotFound
from knowledge.text import Text
from tests.fakes.clock import FixedClock
from tests.fakes.platform import FakePlatform
from tests.fakes.scenes import (
    AGENT,
    BUYER,
    OTHER_AGENT,
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

LIMIT = 100_000
LIN, MEI = Approver(AGENT, "林"), Approver(Scope("demo", "admin", "mei"), "梅")


@pytest.fixture
def careful(gateway: Gateway) -> Gateway:
    """A gateway at which more than 1,000 yuan wants a second person."""
    return replace(gateway, wants_approval=lambda proposal: proposal.command.amount_fen > LIMIT)


async def on_table(gateway: Gateway, amount_fen: int) -> Proposal:
    """A refund of so much, waiting for Xiaolin's yes."""
    conversation = await opened(gateway.database)
    return await put_on_table(gateway, proposed(conversation.id, amount_fen=amount_fen))


@pytest.fixture
async def held(careful: Gateway) -> Proposal:
    """A refund of 2,000 yuan that Xiaolin has confirmed."""
    proposal = await on_table(careful, 200_000)
    assert await careful.confirm(BUYER, proposal.id) is None
    return proposal


async def audit_of(gateway: Gateway, proposal: Proposal) -> list[object]:
    """What was written down about a proposal, in order."""
    return await column(gateway.database, "audit", "action", "subject", proposal.id)


async def test_a_high_amount_waits(careful: Gateway, platform: FakePlatform, held: Proposal) -> None:
    """After the buyer's yes to a high amount nothing reached the platform, and the buyer reads that it is checked."""
    assert platform.asked == []
    assert await column(careful.database, "ledger", "id", "proposal_id", held.id) == []
    last = (await log_of(careful.database, held.conversation_id))[-1].payload
    assert isinstance(last, Notice)
    assert "复核" in last.text.zh
    assert [one.id for one in await waiting(careful, AGENT)] == [held.id]


async def test_an_amount_at_the_limit_does_not(careful: Gateway, platform: FakePlatform) -> None:
    """What is not over the limit is done at the buyer's yes."""
    proposal = await on_table(careful, LIMIT)
    assert await careful.confirm(BUYER, proposal.id) is not None
    assert platform.done == {proposal.id: 1}


async def test_approval_carries_it_out_once(careful: Gateway, platform: FakePlatform, held: Proposal) -> None:
    """The second person's yes does it; approved again, or confirmed again by the buyer, the receipt is the same."""
    receipt = await approve(careful, MEI, held.id)
    assert await approve(careful, LIN, held.id) == receipt
    assert await careful.confirm(BUYER, held.id) == receipt
    assert platform.done == {held.id: 1}
    assert await waiting(careful, AGENT) == []
    assert "receipt_issued" in await kinds_of(careful.database, held.conversation_id)


async def test_every_step_is_written_down(careful: Gateway, held: Proposal) -> None:
    """The audit tells who proposed, held, approved and carried out."""
    await approve(careful, MEI, held.id)
    told = await audit_of(careful, held)
    assert told == ["proposal.made", "proposal.held", "proposal.approved", "proposal.confirmed", "platform.answered"]
    actors = await column(careful.database, "audit", "actor", "subject", held.id)
    assert actors[2] == "admin:mei"


async def test_a_no_does_nothing_and_says_why(careful: Gateway, platform: FakePlatform, held: Proposal) -> None:
    """Declined, nothing is done; the buyer reads the reason, and a person goes on with the conversation."""
    await decline(careful, MEI, held.id, "与凭证金额不符")
    await careful.deliver()
    assert platform.asked == []
    notices = [e.payload.text.zh for e in await log_of(careful.database, held.conversation_id)
               if isinstance(e.payload, Notice)]
    assert any("与凭证金额不符" in text for text in notices)
    assert (await head_of(careful.database, held.conversation_id)).owner == "queued"
    for late in (approve(careful, LIN, held.id), careful.confirm(BUYER, held.id)):
        with pytest.raises(Conflict, match="declined"):
            await late


async def test_a_no_needs_its_reason(careful: Gateway, held: Proposal) -> None:
    """The buyer is never left without a word of why."""
    with pytest.raises(BadInput, match="why"):
        await decline(careful, MEI, held.id, "  ")


@pytest.mark.parametrize("hand", ["took it over", "wrote in it"])
async def test_who_handled_it_cannot_approve(careful: Gateway, held: Proposal, hand: str) -> None:
    """The person who had the conversation approves nothing in it; somebody else can."""
    lin = AgentName("林", "lin")
    taken = OwnerChanged("assistant", "human", Text("人工", "A person"), lin)
    said = StaffMessage("c1", "我来看看", "林")
    await add_events(careful.database, AGENT, held.conversation_id, taken if hand == "took it over" else said)
    for act in (approve(careful, LIN, held.id), decline(careful, LIN, held.id, "不行")):
        with pytest.raises(NotAllowed, match="somebody other"):
            await act
    assert await approve(careful, MEI, held.id)


@pytest.mark.parametrize("scope", [BUYER, *STRANGERS, Scope("demo", "merchant", "owner", "s-orchid")])
async def test_only_people_at_the_desk_approve(careful: Gateway, held: Proposal, scope: Scope) -> None:
    """No buyer and no merchant can approve, decline or see what waits, their own least of all."""
    outsider = Approver(scope, "x")
    for act in (approve(careful, outsider, held.id), decline(careful, outsider, held.id, "x"), waiting(careful, scope)):
        with pytest.raises(NotAllowed):
            await act


async def test_another_platforms_desk_sees_nothing(careful: Gateway, held: Proposal) -> None:
    """People of another tenant can't approve, and aren't told that there is something to approve."""
    with pytest.raises(NotFound):
        await approve(careful, Approver(OTHER_AGENT, "林"), held.id)
    assert await waiting(careful, OTHER_AGENT) == []


async def test_the_buyers_time_is_over_once_they_confirmed(
    careful: Gateway, platform: FakePlatform, held: Proposal, clock: FixedClock
) -> None:
    """The offer's half hour binds the buyer, not the second person: approval the next day still counts."""
    clock.advance(hours=20)
    await approve(careful, MEI, held.id)
    assert platform.done == {held.id: 1}


async def test_what_waits_cannot_be_taken_back(careful: Gateway, held: Proposal) -> None:
    """A yes is a yes: the buyer can't refuse what was confirmed and is being checked."""
    with pytest.raises(Conflict, match="waits for approval"):
        await careful.refuse(BUYER, held.id)


async def test_what_nobody_confirmed_cannot_be_approved(careful: Gateway) -> None:
    """A second person never stands in for the first: without the buyer's yes there is nothing to approve."""
    proposal = await on_table(careful, 200_000)
    with pytest.raises(Conflict, match="does not wait"):
        await approve(careful, MEI, proposal.id)


async def test_two_who_approve_at_once_do_it_once(careful: Gateway, platform: FakePlatform, held: Proposal) -> None:
    """Ten approvals together give one effect and one receipt."""
    got = await asyncio.gather(*(approve(careful, who, held.id) for who in [LIN, MEI] * 5))
    assert len({receipt.reference for receipt in got}) == 1
    assert platform.done == {held.id: 1}
