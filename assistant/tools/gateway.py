"""The gateway: the one door through which anything is done. Propose, confirm, execute once.

    propose   a proposal is stored with its command, computed amount and expiry
    confirm   the buyer's own yes; ledger, case, audit, outbox and events are written in one transaction
    deliver   the platform is asked, with the proposal's id as the idempotency key; again until it answers

Confirming twice gives the same receipt. Killing the process at any point loses nothing and doubles nothing: before the
commit nothing has happened, after it the outbox finishes the work once the dead worker's lease is over.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.cases.opening import open_case, settle_case
from assistant.clock import Clock, NewId
from assistant.commerce.platform import Platform
from assistant.conversation import (
    CaseChanged,
    Conversation,
    DialogueState,
    Event,
    HandOver,
    Notice,
    OwnerChanged,
    Payload,
    ProposalClosed,
    ReceiptIssued,
    next_owner,
)
from assistant.handing_over import hand_over
from assistant.proposal import Proposal, ProposalState
from assistant.replies.cards import receipt_card
from assistant.replies.reply import ReceiptCard
from assistant.scope import Scope
from assistant.store import conversations, records
from assistant.store.conversations import Tx
from assistant.store.database import Database
from assistant.store.records import Delivery
from knowledge.errors import Conflict, FairdeskError, NotAllowed, Unavailable
from knowledge.text import Text

log = logging.getLogger(__name__)
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
        with suppress(Unavailable):     # recorded is what the receipt says; the sweeper asks the platform again
            await self._deliver_one(Delivery(proposal.tenant, proposal.id, proposal.command))
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

    async def deliver(self) -> int:
        """Ask the platform to do everything that is due; returns how many were settled.

        Safe to call at any time from anywhere: one worker at a time asks for a key, and the platform does a key once.
        """
        settled = 0
        while due := await self._next_delivery():
            settled += await self._deliver_one(due)
        return settled

    async def _next_delivery(self) -> Delivery | None:
        async with self.database.write() as tx:
            return await records.claim_delivery(tx, self.clock())

    async def _deliver_one(self, due: Delivery) -> bool:
        """Ask for one command; True when the platform answered, with yes or with no."""
        scope = Scope(due.tenant, "system", "gateway")
        try:
            effect = await self.platform.perform(scope, due.command, due.key)
        except Unavailable:
            await self._postpone(due)
            return False
        except FairdeskError as error:      # Conflict, or there is no such order: asking again would not help
            await self._settle(scope, due.key, None, str(error))
            return True
        except Exception:   # a fault in a connector leaves open whether it was done, and must not hold up the others
            log.exception("the platform's connector failed", extra={"proposal": due.key})
            await self._postpone(due)
            return False
        await self._settle(scope, due.key, effect.reference, "")
        return True

    async def _postpone(self, due: Delivery) -> None:
        async with self.database.write() as tx:
            await records.postpone(tx, due.tenant, due.key, due.attempts, self.clock())

    async def _settle(self, scope: Scope, key: str, reference: str | None, error: str) -> None:
        """Record the platform's answer, once: move the case on, or hand the conversation to a person."""
        now = self.clock()
        async with self.database.write(durable=True) as tx:
            proposal, conversation = await self._locked(tx, scope, key)
            if not await records.is_due(tx, scope.tenant, key):
                return
            if reference is None:
                await records.refused_by_platform(tx, scope.tenant, key, error)
                conversation, payloads = _to_person(conversation, proposal, now)
            else:
                await records.delivered(tx, scope.tenant, key, reference)
                payloads = await _moved_on(tx, scope, key, now)
            answer = {"reference": reference, "error": error}
            await records.add_audit(tx, scope, "platform.answered", key, answer, now=now)
            conversation, made = await conversations.append(tx, conversation, payloads, now)
            await conversations.save(tx, conversation)
        self.publish(conversation.id, made)

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


async def _moved_on(tx: Tx, scope: Scope, key: str, now: datetime) -> list[Payload]:
    case = await records.case_of_proposal(tx, scope.tenant, key)
    moved = settle_case(case, now)
    if moved == case:
        return []
    await records.save_case(tx, moved)
    return [CaseChanged(moved)]


def _to_person(conversation: Conversation, proposal: Proposal, now: datetime) -> tuple[Conversation, list[Payload]]:
    """The conversation with a person, or on the way to one, and what the buyer is told."""
    told: list[Payload] = [Notice(_PLATFORM_REFUSED)]
    if conversation.owner in ("queued", "human"):
        return conversation, told
    if conversation.owner == "closed":
        told.append(OwnerChanged("closed", next_owner("closed", "reopen"), _REFUSED.reason))
        conversation = replace(conversation, owner="assistant", state=DialogueState())
    brief = {"asked": proposal.title.zh, "rule": _REFUSED.rule, "order": proposal.command.order_id}
    conversation, handed = hand_over(conversation, _REFUSED, brief, now)
    return conversation, [*told, *handed]


_REFUSED = HandOver(
    "platform_refused", Text("平台未能执行已确认的操作", "The platform refused what the buyer confirmed"), priority=2
)
_PLATFORM_REFUSED = Text(
    "平台系统没有办成这一步，同事会接着处理，不需要您重新提交。",
    "The platform could not carry this out. A colleague will take it from here; you don't need to submit it again.",
)
