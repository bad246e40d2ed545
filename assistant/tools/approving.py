"""High amounts want a second person: what a buyer confirmed waits until somebody at the desk approves or declines it.

Who handled the conversation can't approve it, and nothing reaches the platform before. The buyer is told each time.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.conversation import (
    Conversation,
    HandOver,
    Notice,
    OwnerChanged,
    Payload,
    ProposalClosed,
    StaffMessage,
)
from assistant.handing_over import hand_over
from assistant.proposal import Proposal
from assistant.replies.reply import ReceiptCard
from assistant.scope import Scope
from assistant.store import conversations, records
from assistant.store.conversations import Tx
from assistant.tools.gateway import Gateway
from assistant.tools.recording import record
from knowledge.errors import BadInput, Conflict, NotAllowed, Unavailable
from knowledge.text import Text


@dataclass(frozen=True, slots=True)
class Approver:
    """A person at the desk who approves: their scope, and the name by which they answer buyers."""

    scope: Scope
    name: str


async def waiting(gateway: Gateway, scope: Scope) -> list[Proposal]:
    """What waits for a second person, the oldest first.

    Raises:
        NotAllowed: not a person at the desk.
    """
    _must_be_staff(scope)
    async with gateway.database.read() as tx:
        return await records.in_approval(tx, scope.tenant)


async def approve(gateway: Gateway, approver: Approver, proposal_id: str) -> ReceiptCard:
    """The second person says yes: it is recorded once and carried out; approving again gives the same receipt.

    Raises:
        NotFound: no such proposal.
        NotAllowed: not a person at the desk, or the one who handled the conversation.
        Conflict: it does not wait for approval, or what it is about has moved on.
    """
    _must_be_staff(approver.scope)
    async with gateway.database.write(durable=True) as tx:
        proposal, conversation = await gateway.locked(tx, approver.scope, proposal_id)
        if proposal.state == "confirmed":
            return await gateway.receipt(tx, proposal)
        await _may_decide(tx, approver, proposal, conversation)
        await _audited(tx, approver, "proposal.approved", proposal, gateway.clock())
        recorded = await record(tx, approver.scope, proposal, conversation, gateway.desk())
    gateway.publish(conversation.id, recorded.events)
    if recorded.delivery:
        with suppress(Unavailable):     # the sweeper asks the platform again
            await gateway.carry_out(recorded.delivery)
    return recorded.receipt


async def decline(gateway: Gateway, approver: Approver, proposal_id: str, reason: str) -> None:
    """The second person says no: nothing is done, the buyer reads why, and a person goes on with it.

    Raises:
        NotFound, NotAllowed, Conflict: as for `approve`.
        BadInput: no reason was given.
    """
    _must_be_staff(approver.scope)
    if not reason.strip():
        raise BadInput("say why, since the buyer is told")
    now = gateway.clock()
    async with gateway.database.write(durable=True) as tx:
        proposal, conversation = await gateway.locked(tx, approver.scope, proposal_id)
        await _may_decide(tx, approver, proposal, conversation)
        await records.close_proposal(tx, proposal.id, "declined")
        await _audited(tx, approver, "proposal.declined", proposal, now)
        conversation, told = _told_why(conversation, proposal, reason.strip(), now)
        conversation, made = await conversations.append(tx, conversation, told, now)
        await conversations.save(tx, conversation)
    gateway.publish(conversation.id, made)


async def _may_decide(tx: Tx, approver: Approver, proposal: Proposal, conversation: Conversation) -> None:
    """Raise unless the proposal waits for approval and this person had no hand in it."""
    if proposal.state != "in_approval":
        raise Conflict(f"this proposal is {proposal.state}; it does not wait for approval")
    log = await conversations.log(tx, Scope(proposal.tenant, "system", "approval"), conversation.id)
    for event in log:
        said = event.payload
        held = isinstance(said, OwnerChanged) and said.agent is not None and said.agent.id == approver.scope.subject
        if held or (isinstance(said, StaffMessage) and said.name == approver.name):
            raise NotAllowed("somebody other than who handled the conversation must approve")


async def _audited(tx: Tx, approver: Approver, action: str, proposal: Proposal, now: datetime) -> None:
    detail = {"amount_fen": proposal.command.amount_fen, "digest": proposal.digest}
    await records.add_audit(tx, approver.scope, action, proposal.id, detail, now=now)


def _must_be_staff(scope: Scope) -> None:
    if scope.role not in ("agent", "admin"):
        raise NotAllowed("only people at the desk approve")


def _told_why(
    conversation: Conversation, proposal: Proposal, reason: str, now: datetime
) -> tuple[Conversation, list[Payload]]:
    """The notice with the reason, and a person who goes on, unless one has it already or it is closed."""
    why = Text(f"{_DECLINED.zh}{reason}", f"{_DECLINED.en}{reason}")
    told: list[Payload] = [ProposalClosed(proposal.id, "declined"), Notice(why)]
    if conversation.owner != "assistant":
        return conversation, told
    brief = {"asked": proposal.title.zh, "rule": _TO_A_PERSON.rule, "order": proposal.command.order_id}
    cleared = replace(conversation, state=replace(conversation.state, task=None, asked=None))
    conversation, handed = hand_over(cleared, _TO_A_PERSON, brief, now)
    return conversation, [*told, *handed]


_DECLINED = Text("复核没有通过，什么都没有执行。原因：", "The check was not passed, and nothing was done. The reason: ")
_TO_A_PERSON = HandOver(
    "approval_declined", Text("高额复核未通过，需向买家说明", "A high amount was declined; explain to the buyer"),
    "funds", 2,
)
