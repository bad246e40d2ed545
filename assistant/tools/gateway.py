"""The gateway: the one door through which anything is done. Propose, confirm, execute once.

    propose   a proposal is stored with its command, computed amount and expiry
    confirm   the buyer's own yes; ledger, case, audit, outbox and events are written in one transaction
    deliver   the platform is asked, with the proposal's id as the idempotency key; again until it answers

Confirming twice gives the same receipt. Killing the process at any point loses nothing and doubles nothing: before the
commit nothing has happened, after it the outbox finishes the work at the next start.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.cases.case import Case
from assistant.cases.opening import open_case, settle_case
from assistant.clock import Clock, NewId
from assistant.commerce.platform import Command, Platform
from assistant.conversation import (
    CaseChanged,
    Conversation,
    Event,
    Notice,
    Payload,
    ProposalClosed,
    ReceiptIssued,
)
from assistant.replies.cards import receipt_card
from assistant.replies.reply import ReceiptCard
from assistant.scope import Scope
from assistant.store import conversations, records
from assistant.store.conversations import Tx
from assistant.store.database import Database
from assistant.proposal import Proposal, ProposalState
from knowledge.errors import Conflict, NotAllowed, Unavailable
from knowledge.text import Text

Publish = Callable[[str, Sequence[Event]], None]


@dataclass(frozen=True, slots=True)
class Gateway:
    """Executes what buyers confirm. `publish` tells subscribers of a conversation about new events."""

    database: Database
    platform: Platform
    clock: Clock
    new_id: NewId
    publish: Publish

    async def propose(self, tx: Tx, scope: Scope, proposal: Proposal) -> None:
        """Put a proposal on the table, inside the turn's own transaction."""
        await records.add_proposal(tx, proposal)
        detail = {"command": proposal.command.name, "order": proposal.command.order_id,
                  "amount_fen": proposal.command.amount_fen, "digest": proposal.digest}
        await records.add_audit(tx, scope, "proposal.made", proposal.id, detail, now=proposal.created_at)

    async def confirm(self, scope: Scope, proposal_id: str) -> ReceiptCard:
        """The buyer says yes: record the effect once, then ask the platform to carry it out.

        Raises:
            NotFound: no such proposal for this buyer.
            NotAllowed: someone other than the buyer tries to confirm.
            Conflict: it was refused or withdrawn, or it has expired.
        """
        if scope.role != "buyer":
            raise NotAllowed("only the buyer can confirm a proposal")
        now = self.clock()
        async with self.database.write(durable=True) as tx:
            proposal, conversation = await self._locked(tx, scope, proposal_id)
            if proposal.state == "confirmed":
                return await self._receipt(tx, proposal)
            state = _state_at(proposal, now)
            if state == "open":
                receipt, made = await self._record(tx, scope, proposal, conversation, now)
            else:
                made = await self._close(tx, scope, proposal, conversation, state)
        self.publish(conversation.id, made)
        if state != "open":
            raise Conflict(f"this proposal is {state}; nothing was done")
        await self.deliver(proposal_id)
        return receipt

    async def refuse(self, scope: Scope, proposal_id: str, state: ProposalState = "refused") -> None:
        """Take a proposal off the table; doing it again changes nothing.

        Raises:
            NotFound: no such proposal for this buyer.
            Conflict: it was confirmed before.
        """
        async with self.database.write() as tx:
            proposal, conversation = await self._locked(tx, scope, proposal_id)
            if proposal.state == "confirmed":
                raise Conflict("this was confirmed and done already")
            if proposal.state != "open":
                return
            made = await self._close(tx, scope, proposal, conversation, state)
        self.publish(conversation.id, made)

    async def deliver(self, key: str | None = None) -> int:
        """Ask the platform to do what is due: one proposal's command, or everything; returns how many were settled.

        Safe to call at any time from anywhere: the platform does a key once.
        """
        async with self.database.read() as tx:
            due = await records.due_deliveries(tx, self.clock(), key)
        settled = 0
        for tenant, one, command, attempts in due:
            settled += await self._deliver_one(tenant, one, command, attempts)
        return settled

    async def _deliver_one(self, tenant: str, key: str, command: Command, attempts: int) -> bool:
        scope = Scope(tenant, "system", "gateway")
        try:
            effect = await self.platform.perform(scope, command, key)
        except Unavailable:
            async with self.database.write() as tx:
                await records.postpone(tx, tenant, key, attempts, self.clock())
            return False
        except Conflict as error:
            await self._settle(scope, key, None, str(error))
            return True
        await self._settle(scope, key, effect.reference, "")
        return True

    async def _settle(self, scope: Scope, key: str, reference: str | None, error: str) -> None:
        """Record the platform's answer, move the case on, and tell the conversation."""
        now = self.clock()
        async with self.database.write(durable=True) as tx:
            found = await records.case_of_proposal(tx, scope.tenant, key)
            if found is None:
                return
            case, conversation_id = found
            conversation = await conversations.find(tx, scope, conversation_id, lock=True)
            if reference is None:
                await records.refused_by_platform(tx, scope.tenant, key, error)
                payloads: list[Payload] = [Notice(_PLATFORM_REFUSED)]
            else:
                await records.delivered(tx, scope.tenant, key, reference)
                payloads = await _moved_on(tx, case, now)
            await records.add_audit(tx, scope, "platform.answered", key, {"reference": reference, "error": error}, now=now)
            conversation, made = await conversations.append(tx, conversation, payloads, now)
            await conversations.save(tx, conversation)
        self.publish(conversation_id, made)

    async def _record(
        self, tx: Tx, scope: Scope, proposal: Proposal, conversation: Conversation, now: datetime
    ) -> tuple[ReceiptCard, list[Event]]:
        """Everything that makes the confirmation true, in the caller's transaction."""
        number = await records.next_case_number(tx, scope.tenant, now)
        case = open_case(proposal.decision, proposal.command, self.new_id(), number, now)
        case = replace(case, tenant=scope.tenant, buyer_id=proposal.buyer_id, shop_id=proposal.shop_id)
        receipt = receipt_card(proposal.decision, case, proposal.id, now, proposal.language)
        await records.add_to_ledger(tx, self.new_id(), proposal, receipt, now)
        await records.close_proposal(tx, proposal.id, "confirmed")
        await records.add_case(tx, case, conversation.id, proposal.id)
        await records.add_audit(tx, scope, "proposal.confirmed", proposal.id, {"case": number}, now=now)
        state = replace(conversation.state, proposal_id=None, task=None, asked=None, misses=0)
        conversation, made = await conversations.append(
            tx,
            replace(conversation, state=state),
            [ProposalClosed(proposal.id, "confirmed"), ReceiptIssued(receipt), CaseChanged(case)],
            now,
        )
        await conversations.save(tx, conversation)
        return receipt, made

    async def _close(
        self, tx: Tx, scope: Scope, proposal: Proposal, conversation: Conversation, state: ProposalState
    ) -> list[Event]:
        now = self.clock()
        if proposal.state != "open":
            return []
        await records.close_proposal(tx, proposal.id, state)
        await records.add_audit(tx, scope, f"proposal.{state}", proposal.id, {}, now=now)
        if conversation.state.proposal_id == proposal.id:
            conversation = replace(conversation, state=replace(conversation.state, proposal_id=None, asked=None))
        conversation, made = await conversations.append(tx, conversation, [ProposalClosed(proposal.id, state)], now)
        await conversations.save(tx, conversation)
        return made

    async def _locked(self, tx: Tx, scope: Scope, proposal_id: str) -> tuple[Proposal, Conversation]:
        """The proposal and its conversation, both locked; always in this order, so nobody waits in a circle."""
        found = await records.find_proposal(tx, scope, proposal_id)
        conversation = await conversations.find(tx, scope, found.conversation_id, lock=True)
        return await records.find_proposal(tx, scope, proposal_id, lock=True), conversation

    async def _receipt(self, tx: Tx, proposal: Proposal) -> ReceiptCard:
        receipt = await records.receipt_of(tx, proposal.tenant, proposal.id)
        assert receipt is not None, "a confirmed proposal has a ledger entry: both were written in one transaction"
        return receipt


def _state_at(proposal: Proposal, now: datetime) -> ProposalState:
    return "expired" if proposal.state == "open" and now >= proposal.expires_at else proposal.state


async def _moved_on(tx: Tx, case: Case, now: datetime) -> list[Payload]:
    moved = settle_case(case, now)
    if moved == case:
        return []
    await records.save_case(tx, moved)
    return [CaseChanged(moved)]


_PLATFORM_REFUSED = Text(
    "平台系统没有办成这一步，同事会接着处理，不需要您重新提交。",
    "The platform could not carry this out. A colleague will take it from here; you don't need to submit it again.",
)
