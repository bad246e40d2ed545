"""Taking a case back and appealing it go through the gateway like everything else: on a yes, once, or not at all."""

import asyncio
from dataclasses import replace

import pytest

from assistant.cases.conduct import Context, conduct
from assistant.cases.events import Actor, Happening
from assistant.cases.opening import title_of
from assistant.commerce.platform import Command
from assistant.conversation import CaseChanged
from assistant.proposal import Proposal, digest_of
from assistant.store import cases
from assistant.tools.gateway import Gateway
from knowledge.errors import Conflict, NotFound
from tests.fakes.platform import FakePlatform
from tests.fakes.scenes import BUYER, OTHER_BUYER, column, decided, log_of, opened, proposed, put_on_table


async def return_case(gateway: Gateway) -> str:
    """The id of a return of Xiaolin's that waits for the merchant's answer."""
    conversation = await opened(gateway.database)
    fresh = proposed(conversation.id)
    decision = replace(fresh.decision, remedy="return_and_refund", claim="return", deadlines=())
    command = replace(fresh.command, name="return")
    placed = await put_on_table(gateway, replace(fresh, decision=decision, command=command))
    receipt = await gateway.confirm(BUYER, placed.id)
    assert receipt is not None
    return receipt.case_id


async def state_of(gateway: Gateway, case_id: str) -> str:
    """Where a case stands."""
    async with gateway.database.read() as tx:
        return (await cases.find(tx, BUYER, case_id)).case.state


async def happen(gateway: Gateway, case_id: str, kind: str, actor: Actor) -> None:
    """Let something happen to a case."""
    async with gateway.database.write() as tx:
        held = await cases.find(tx, BUYER, case_id, lock=True)
        said = {"reason": "已使用", "tracking_number": "SF1"}
        await conduct(tx, held, Happening(kind, actor, said), Context(gateway.clock(), gateway.terms))


async def errand(gateway: Gateway, case_id: str, name: str, move: str, **said: str) -> Proposal:
    """A proposal to withdraw or appeal a case, on the table of a fresh conversation."""
    conversation = await opened(gateway.database)
    arguments = {"case_id": case_id, "move": move, **said}
    command = Command(name, "O-1", None, 0, arguments)
    decision = replace(decided(), claim=name, remedy=name, amount=None, deadlines=())
    fresh = proposed(conversation.id)
    card = replace(fresh.card, digest=digest_of("demo", "xiaolin", command)[:12], amount=None)
    made = replace(fresh, command=command, decision=decision, title=title_of(name), card=card)
    return await put_on_table(gateway, made)


async def test_a_case_is_withdrawn_on_a_yes(gateway: Gateway) -> None:
    """The yes withdraws the case, in one entry of its record, with a receipt that says so; nothing before."""
    case_id = await return_case(gateway)
    proposal = await errand(gateway, case_id, "withdraw", "withdraw")
    assert await state_of(gateway, case_id) == "requested"
    receipt = await gateway.confirm(BUYER, proposal.id)
    assert receipt is not None
    assert (receipt.case_id, receipt.title) == (case_id, "撤销售后")
    assert await state_of(gateway, case_id) == "withdrawn"
    assert await column(gateway.database, "ledger", "state", "proposal_id", proposal.id) == ["done"]
    told = [e.payload for e in await log_of(gateway.database, proposal.conversation_id)]
    assert [one.case.state for one in told if isinstance(one, CaseChanged)] == ["withdrawn"]


async def test_withdrawn_twice_is_withdrawn_once(gateway: Gateway, platform: FakePlatform) -> None:
    """Ten yeses at once give one receipt, and one withdrawal in the case's record."""
    case_id = await return_case(gateway)
    proposal = await errand(gateway, case_id, "withdraw", "withdraw")
    got = await asyncio.gather(*(gateway.confirm(BUYER, proposal.id) for _ in range(10)))
    assert len({receipt.reference for receipt in got if receipt}) == 1
    kinds = await column(gateway.database, "case_events", "kind", "case_id", case_id)
    assert kinds.count("withdraw") == 1


async def test_what_has_moved_on_cannot_be_withdrawn(gateway: Gateway) -> None:
    """When the goods were sent between the offer and the yes, the yes changes nothing, and there is no receipt."""
    case_id = await return_case(gateway)
    proposal = await errand(gateway, case_id, "withdraw", "withdraw")
    await happen(gateway, case_id, "accept", Actor("merchant", "owner"))
    await happen(gateway, case_id, "ship", Actor("buyer", "xiaolin"))
    with pytest.raises(Conflict):
        await gateway.confirm(BUYER, proposal.id)
    assert await state_of(gateway, case_id) == "in_transit"
    assert await column(gateway.database, "ledger", "id", "proposal_id", proposal.id) == []


async def test_a_refused_return_is_disputed_with_the_buyers_words(gateway: Gateway) -> None:
    """An appeal after the merchant's no brings the case before the platform; the grounds stand in its record."""
    case_id = await return_case(gateway)
    await happen(gateway, case_id, "refuse", Actor("merchant", "owner"))
    proposal = await errand(gateway, case_id, "appeal", "dispute", appeal_reason="吊牌都在")
    assert await gateway.confirm(BUYER, proposal.id)
    assert await state_of(gateway, case_id) == "evidence"
    data = await column(gateway.database, "case_events", "data", "case_id", case_id)
    assert any("吊牌都在" in str(entry) for entry in data)


async def test_somebody_elses_case_is_not_there(gateway: Gateway) -> None:
    """A proposal that names another buyer's case moves nothing, whoever made it up."""
    case_id = await return_case(gateway)
    conversation = await opened(gateway.database, OTHER_BUYER)
    command = Command("withdraw", "O-1", None, 0, {"case_id": case_id, "move": "withdraw"})
    fresh = proposed(conversation.id, scope=OTHER_BUYER)
    made = replace(fresh, command=command, decision=replace(decided(), remedy="withdraw", amount=None))
    await put_on_table(gateway, made, OTHER_BUYER)
    with pytest.raises(NotFound):
        await gateway.confirm(OTHER_BUYER, made.id)
    assert await state_of(gateway, case_id) == "requested"
