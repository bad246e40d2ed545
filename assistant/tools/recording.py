"""Recording what was confirmed: ledger, case, audit and events, all in the caller's one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.cases.conduct import Context, conduct
from assistant.cases.events import Actor, Happening
from assistant.cases.opening import open_case
from assistant.cases.terms import Terms
from assistant.clock import NewId
from assistant.conversation import CaseChanged, Conversation, Event, Payload, ProposalClosed, ReceiptIssued
from assistant.proposal import Proposal
from assistant.replies.cards import receipt_card
from assistant.replies.reply import ReceiptCard
from assistant.scope import Scope
from assistant.store import cases, conversations, records
from assistant.store.conversations import Tx
from assistant.store.records import Delivery

OF_CASES = ("withdraw", "appeal")
"""Commands that move a case of ours; all others are for the platform to carry out."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written: the receipt, the conversation's events, and what the platform must be asked."""

    receipt: ReceiptCard
    events: list[Event]
    delivery: Delivery | None


@dataclass(frozen=True, slots=True)
class Desk:
    """What recording works with, beside the transaction: when, on which terms, with which new ids."""

    now: datetime
    terms: Terms
    new_id: NewId


async def record(tx: Tx, scope: Scope, proposal: Proposal, conversation: Conversation, desk: Desk) -> Recorded:
    """Everything that makes a confirmation true. `scope` is the buyer's, or that of who approved it.

    Raises:
        Conflict: it is about a case that has moved on meanwhile; nothing is written.
    """
    if proposal.command.name in OF_CASES:
        return await _case_moved(tx, scope, proposal, conversation, desk)
    return await _case_opened(tx, scope, proposal, conversation, desk)


async def _case_opened(
    tx: Tx, scope: Scope, proposal: Proposal, conversation: Conversation, desk: Desk
) -> Recorded:
    """A case for what the platform is to do, which the outbox asks for until it answers."""
    number = await cases.next_number(tx, scope.tenant, desk.now)
    case = open_case(proposal.decision, proposal.command, desk.new_id(), number, desk.now, desk.terms)
    case = replace(case, tenant=scope.tenant, buyer_id=proposal.buyer_id, shop_id=proposal.shop_id)
    receipt = receipt_card(proposal.decision, case, proposal.id, desk.now, proposal.language)
    await records.add_to_ledger(tx, desk.new_id(), proposal, receipt, desk.now)
    await cases.add(tx, case, conversation.id, proposal.id, Actor("buyer", proposal.buyer_id))
    events = await _closed(tx, scope, proposal, conversation, desk, number, [ReceiptIssued(receipt), CaseChanged(case)])
    return Recorded(receipt, events, Delivery(proposal.tenant, proposal.id, proposal.command))


async def _case_moved(
    tx: Tx, scope: Scope, proposal: Proposal, conversation: Conversation, desk: Desk
) -> Recorded:
    """A case that the buyer takes back or appeals, by the machine that cases go by."""
    buyer, arguments = Scope(proposal.tenant, "buyer", proposal.buyer_id), proposal.command.arguments
    held = await cases.find(tx, buyer, str(arguments["case_id"]), lock=True)
    said = {"text": str(arguments["appeal_reason"])} if "appeal_reason" in arguments else {}
    happening = Happening(str(arguments["move"]), Actor("buyer", proposal.buyer_id), said)
    conducted = await conduct(tx, held, happening, Context(desk.now, desk.terms, conversation.language))
    case = conducted.held.case
    receipt = receipt_card(proposal.decision, case, proposal.id, desk.now, proposal.language)
    receipt = replace(receipt, title=proposal.title.in_(proposal.language))
    await records.add_settled(tx, desk.new_id(), proposal, receipt, desk.now)
    told = [ReceiptIssued(receipt), *conducted.told]
    events = await _closed(tx, scope, proposal, conversation, desk, case.number, told)
    return Recorded(receipt, events, conducted.delivery)


async def _closed(  # noqa: PLR0913  (the proposal, where it stood, and what came of it)
    tx: Tx, scope: Scope, proposal: Proposal, conversation: Conversation, desk: Desk, number: str,
    told: Sequence[Payload],
) -> list[Event]:
    """The proposal is off the table, and the conversation goes on without it."""
    await records.close_proposal(tx, proposal.id, "confirmed")
    await records.add_audit(tx, scope, "proposal.confirmed", proposal.id, {"case": number}, now=desk.now)
    state = replace(conversation.state, proposal_id=None, task=None, asked=None, misses=0)
    conversation, made = await conversations.append(
        tx, replace(conversation, state=state), [ProposalClosed(proposal.id, "confirmed"), *told], desk.now
    )
    await conversations.save(tx, conversation)
    return made
