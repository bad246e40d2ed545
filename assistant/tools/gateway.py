"""The gateway: the one door through which anything is done. Propose, confirm, execute once.

    propose   a proposal is stored with its command, computed amount and expiry
    confirm   the buyer's own yes; ledger, case, audit, outbox and events are written in one transaction
    approve   for high amounts: a second person's yes, before anything of that is written (see `approving.py`)
    deliver   the platform is asked, with the proposal's id as the idempotency key; again until it answers

Confirming twice gives the same receipt. Killing the process at any point loses nothing and doubles nothing: before the
commit nothing has happened, after it the outbox finishes the work once the dead worker's lease is over.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from assistant.cases.case import Case
from assistant.cases.conduct import Context, answer_of, conduct
from assistant.cases.events import Happening
from assistant.cases.terms import Terms, default_terms
from assistant.clock import Clock, NewId
from assistant.commerce.platform import Effect, Platform
from assistant.conversation import (
    Conversation,
    DialogueState,
    Event,
    HandOver,
    Notice,
    OwnerChanged,
    Payload,
    ProposalClosed,
    next_owner,
)
from assistant.handing_over import hand_over
from assistant.proposal import Proposal, ProposalState
from assistant.replies.reply import ReceiptCard
from assistant.scope import Scope
from assistant.store import cases, conversations, records
from assistant.store.cases import Held
from assistant.store.conversations import Tx
from assistant.store.database import Database
from assistant.store.records import Delivery
from assistant.tools.recording import Desk, record
from knowledge.errors import Conflict, FairdeskError, NotAllowed, Unavailable
from knowledge.text import Text

log = logging.getLogger(__name__)
Publish = Callable[[str, Sequence[Event]], None]


def no_approval(_proposal: Proposal) -> bool:
    """Where no amount is high."""
    return False


@dataclass(frozen=True, slots=True)
class Gateway:
    """Executes what buyers confirm, and the later steps of their cases.

    `publish` tells subscribers of a conversation about new events; `terms` are those that new cases go by.
    `wants_approval` says which confirmed proposals a second person has to approve.
    """

    database: Database
    platform: Platform
    clock: Clock
    new_id: NewId
    publish: Publish
    terms: Terms = field(default_factory=default_terms)
    wants_approval: Callable[[Proposal], bool] = no_approval

    async def propose(self, tx: Tx, scope: Scope, proposal: Proposal) -> None:
        """Put a proposal on the table, inside the turn's own transaction."""
        await records.add_proposal(tx, proposal)
        detail = {"command": proposal.command.name, "order": proposal.command.order_id,
                  "amount_fen": proposal.command.amount_fen, "digest": proposal.digest}
        await records.add_audit(tx, scope, "proposal.made", proposal.id, detail, now=proposal.created_at)

    async def confirm(self, scope: Scope, proposal_id: str) -> ReceiptCard | None:
        """The buyer says yes: record the effect once, then ask the platform to carry it out.

        None where a second person has to approve first; once they did, the receipt is there.

        Raises:
            NotFound: no such proposal for this buyer.
            NotAllowed: someone other than the buyer tries to confirm.
            Conflict: it was refused, withdrawn or declined, or it has expired.
        """
        if scope.role != "buyer":
            raise NotAllowed("only the buyer can confirm a proposal")
        async with self.database.write(durable=True) as tx:
            proposal, conversation = await self.locked(tx, scope, proposal_id)
            if proposal.state == "confirmed":
                return await self.receipt(tx, proposal)
            if proposal.state == "in_approval":
                return None
            state, recorded = _state_at(proposal, self.clock()), None
            if state != "open":
                made = await self._close(tx, scope, proposal, conversation, state)
            elif self.wants_approval(proposal):
                made = await self._hold(tx, scope, proposal, conversation)
            else:
                recorded = await record(tx, scope, proposal, conversation, self.desk())
                made = recorded.events
        self.publish(conversation.id, made)
        if state != "open":
            raise Conflict(f"this proposal is {state}; nothing was done")
        if recorded and recorded.delivery:
            with suppress(Unavailable):     # recorded is what the receipt says; the sweeper asks the platform again
                await self.carry_out(recorded.delivery)
        return recorded.receipt if recorded else None

    def desk(self) -> Desk:
        """What recording works with now."""
        return Desk(self.clock(), self.terms, self.new_id)

    async def refuse(self, scope: Scope, proposal_id: str, state: ProposalState = "refused") -> None:
        """Take a proposal off the table; doing it again changes nothing.

        Raises:
            NotFound: no such proposal for this buyer.
            Conflict: it was confirmed before.
        """
        async with self.database.write() as tx:
            proposal, conversation = await self.locked(tx, scope, proposal_id)
            if proposal.state in ("confirmed", "in_approval"):
                done = "done" if proposal.state == "confirmed" else "waits for approval"
                raise Conflict(f"this was confirmed and {done} already")
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
            settled += await self.carry_out(due)
        return settled

    async def _next_delivery(self) -> Delivery | None:
        async with self.database.write() as tx:
            return await records.claim_delivery(tx, self.clock())

    async def carry_out(self, due: Delivery) -> bool:
        """Ask the platform for one command, and for what its answer brings; True when it answered, with yes or no."""
        scope = Scope(due.tenant, "system", "gateway")
        try:
            effect = await self._done(scope, due)
        except Unavailable:
            await self._postpone(due)
            return False
        except FairdeskError as error:      # Conflict, or there is no such order: asking again would not help
            await self._settle(scope, due, None, str(error))
            return True
        except Exception:   # a fault in a connector leaves open whether it was done, and must not hold up the others
            log.exception("the platform's connector failed", extra={"proposal": due.key})
            await self._postpone(due)
            return False
        following = await self._settle(scope, due, effect.reference, "")
        if following:
            await self.carry_out(following)
        return True

    async def _done(self, scope: Scope, due: Delivery) -> Effect:
        """What the platform did: what may have been sent before is asked about before it is sent again."""
        before = await self.platform.outcome(scope, due.command, due.key) if due.again else None
        return before or await self.platform.perform(scope, due.command, due.key)

    async def _postpone(self, due: Delivery) -> None:
        async with self.database.write() as tx:
            await records.postpone(tx, due.tenant, due.key, due.attempts, self.clock())

    async def _settle(self, scope: Scope, due: Delivery, reference: str | None, error: str) -> Delivery | None:
        """Record the platform's answer, once: move the case on, or hand the conversation to a person.

        Returns what the platform must do next, where the answer brings something.
        """
        now, key = self.clock(), due.key
        async with self.database.write(durable=True) as tx:
            case_id, conversation = await self._whose(tx, scope, due)
            if not await records.is_due(tx, scope.tenant, key):
                return None
            if reference is None:
                await records.refused_by_platform(tx, scope.tenant, key, error)
            else:
                await records.delivered(tx, scope.tenant, key, reference)
            answer = {"reference": reference, "error": error}
            await records.add_audit(tx, scope, "platform.answered", key, answer, now=now)
            held = await cases.find(tx, scope, case_id, lock=True)
            payloads, following = await self._moved_on(tx, held, answer_of(due.command, reference, error), conversation)
            if reference is None:
                conversation, handed = _to_person(conversation, held.case, now)
                payloads += handed
            conversation, made = await conversations.append(tx, conversation, payloads, now)
            await conversations.save(tx, conversation)
        self.publish(conversation.id, made)
        return following

    async def _whose(self, tx: Tx, scope: Scope, due: Delivery) -> tuple[str, Conversation]:
        """The case that a command is of, and its conversation, locked."""
        if due.case_id is None:
            _, conversation = await self.locked(tx, scope, due.key)
            return await cases.of_proposal(tx, scope.tenant, due.key), conversation
        held = await cases.find(tx, scope, due.case_id)
        return due.case_id, await conversations.find(tx, scope, held.conversation_id, lock=True)

    async def _moved_on(
        self, tx: Tx, held: Held, answer: Happening, conversation: Conversation
    ) -> tuple[list[Payload], Delivery | None]:
        """What the platform's answer does to the case; a case that is closed stays closed."""
        if held.case.closed:
            return [], None
        conducted = await conduct(tx, held, answer, Context(self.clock(), self.terms, conversation.language))
        return list(conducted.told), conducted.delivery

    async def _hold(
        self, tx: Tx, scope: Scope, proposal: Proposal, conversation: Conversation
    ) -> list[Event]:
        """The buyer has said yes; the amount is high, so a second person looks before anything is done."""
        now = self.clock()
        await records.close_proposal(tx, proposal.id, "in_approval")
        detail = {"amount_fen": proposal.command.amount_fen}
        await records.add_audit(tx, scope, "proposal.held", proposal.id, detail, now=now)
        state = replace(conversation.state, proposal_id=None, task=None, asked=None, misses=0)
        told: list[Payload] = [ProposalClosed(proposal.id, "in_approval"), Notice(_SECOND_PERSON)]
        conversation, made = await conversations.append(tx, replace(conversation, state=state), told, now)
        await conversations.save(tx, conversation)
        return made

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

    async def locked(self, tx: Tx, scope: Scope, proposal_id: str) -> tuple[Proposal, Conversation]:
        """The proposal and its conversation, both locked; always in this order, so nobody waits in a circle."""
        found = await records.find_proposal(tx, scope, proposal_id)
        conversation = await conversations.find(tx, scope, found.conversation_id, lock=True)
        return await records.find_proposal(tx, scope, proposal_id, lock=True), conversation

    async def receipt(self, tx: Tx, proposal: Proposal) -> ReceiptCard:
        """The receipt of a proposal that was confirmed."""
        receipt = await records.receipt_of(tx, proposal.tenant, proposal.id)
        assert receipt is not None, "a confirmed proposal has a ledger entry: both were written in one transaction"
        return receipt


def _state_at(proposal: Proposal, now: datetime) -> ProposalState:
    return "expired" if proposal.state == "open" and now >= proposal.expires_at else proposal.state


def _to_person(conversation: Conversation, case: Case, now: datetime) -> tuple[Conversation, list[Payload]]:
    """The conversation with a person, or on the way to one, and what the buyer is told."""
    told: list[Payload] = [Notice(_PLATFORM_REFUSED)]
    if conversation.owner in ("queued", "human"):
        return conversation, told
    if conversation.owner == "closed":
        told.append(OwnerChanged("closed", next_owner("closed", "reopen"), _REFUSED.reason))
        conversation = replace(conversation, owner="assistant", state=DialogueState())
    brief = {"asked": case.title.zh, "rule": _REFUSED.rule, "order": case.order_id}
    conversation, handed = hand_over(conversation, _REFUSED, brief, now)
    return conversation, [*told, *handed]


_SECOND_PERSON = Text(
    "金额较高，已经提交复核，同事核对后马上办理，结果会在这里告诉您，不用再次确认。",
    "The amount is high, so a colleague checks it first. You'll read the result here; no need to confirm again.",
)
_REFUSED = HandOver(
    "platform_refused", Text("平台未能执行已确认的操作", "The platform refused what the buyer confirmed"), priority=2
)
_PLATFORM_REFUSED = Text(
    "平台系统没有办成这一步，同事会接着处理，不需要您重新提交。",
    "The platform could not carry this out. A colleague will take it from here; you don't need to submit it again.",
)
