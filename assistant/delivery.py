"""In and out of the log: a buyer's message is received once, a reply is delivered only by the conversation's owner.

Each function is one transaction under the conversation's lock, and tells subscribers after it committed.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from assistant.conversation import (
    AssistantReply,
    BuyerMessage,
    Conversation,
    DecisionMade,
    DialogueState,
    Event,
    HandOver,
    Notice,
    OwnerChanged,
    Payload,
    ProposalClosed,
    ProposalMade,
    ReadingMade,
    TurnTaken,
    next_owner,
)
from assistant.copilot.briefing import briefing
from assistant.handing_over import hand_over
from assistant.planning.planner import asks_for
from assistant.planning.step import Confirm, Decline, NotCovered, PassOn, Plan
from assistant.replies.reply import Reply
from assistant.scope import Scope
from assistant.services import Services
from assistant.situation import Loaded
from assistant.store import conversations, gaps, records
from assistant.store.conversations import Tx
from assistant.tools.acting import Acted
from assistant.understanding.reading import Reading
from knowledge.errors import FairdeskError
from knowledge.text import Text


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that is ready to be delivered by the worker who holds `token`."""

    token: str
    loaded: Loaded
    reading: Reading
    plan: Plan
    acted: Acted
    reply: Reply


async def receive(
    services: Services, scope: Scope, conversation_id: str, message: BuyerMessage
) -> tuple[Event, bool]:
    """Append a buyer's message, once for each client id; True when it is new and a turn is due."""
    now = services.clock()
    async with services.database.write() as tx:
        conversation = await conversations.find(tx, scope, conversation_id, lock=True)
        before = await conversations.sent_before(tx, conversation_id, message)
        if before:
            return before, False
        conversation, payloads = _woken(conversation, message)
        conversation, made = await conversations.append(tx, conversation, [*payloads, message], now)
        await conversations.save(tx, conversation)
        await conversations.note_message(tx, conversation_id, conversation.last_seq)
    services.bus.publish(conversation_id, made)
    services.bus.publish_desk(scope.tenant, conversation_id)
    return made[-1], conversation.owner == "assistant"


def _woken(conversation: Conversation, message: BuyerMessage) -> tuple[Conversation, list[Payload]]:
    """A closed conversation opens afresh; a waiting buyer may call the assistant back."""
    recalls = message.answer is not None and message.answer.intent == "act.cancel"
    if conversation.owner == "closed":
        fresh = replace(conversation, owner=next_owner("closed", "reopen"), state=DialogueState(), agent=None,
                        handled_seq=conversation.last_seq)
        return fresh, [OwnerChanged("closed", "assistant", _REOPENED)]
    if conversation.owner == "queued" and recalls:
        back = replace(conversation, owner=next_owner("queued", "recall"), queued_at=None, handover=None,
                       state=replace(conversation.state, misses=0, angry_turns=0), handled_seq=conversation.last_seq)
        return back, [OwnerChanged("queued", "assistant", _RECALLED)]
    return conversation, []


async def more_came(services: Services, scope: Scope, loaded: Loaded) -> bool:
    """True when the buyer wrote more since the turn was loaded."""
    async with services.database.read() as tx:
        conversation = await conversations.find(tx, scope, loaded.conversation.id)
        return await _newer(tx, conversation, loaded)


async def _newer(tx: Tx, conversation: Conversation, loaded: Loaded) -> bool:
    """True when messages wait that the turn does not know."""
    waiting = await conversations.unhandled(tx, conversation)
    return bool(waiting) and waiting[-1].seq > loaded.last_seq


async def _proposal_settled(tx: Tx, scope: Scope, turn: Turn) -> bool:
    """True when the proposal that the turn found on the table has left it since."""
    seen = turn.loaded.situation.proposal
    if seen is None or seen.state != "open":
        return False
    return (await records.find_proposal(tx, scope, seen.id, lock=True)).state != "open"


async def deliver(services: Services, scope: Scope, turn: Turn) -> bool:
    """Append what the turn came to, if the assistant still owns the conversation and nothing more was said.

    Returns False when the turn must be taken again: with newer messages, or because the buyer tapped yes or no on the
    proposal meanwhile. A turn that executed something is never taken again. When a person has taken over, or has dealt
    with the messages and handed back, the reply is dropped: the assistant never talks over a person.
    """
    conversation_id = turn.loaded.conversation.id
    async with services.database.write() as tx:
        conversation = await conversations.find(tx, scope, conversation_id, lock=True)
        if not await conversations.holds_turn(tx, conversation_id, turn.token):
            return True
        again = await _newer(tx, conversation, turn.loaded)
        if not turn.plan.acts_at_once and (again or await _proposal_settled(tx, scope, turn)):
            return False
        made: list[Event] = []
        if conversation.handled_seq < turn.loaded.last_seq:
            conversation = replace(conversation, handled_seq=turn.loaded.last_seq)
            if conversation.owner == "assistant":
                conversation, made = await _append(services, tx, scope, turn, conversation)
            await conversations.save(tx, conversation)
        if not again:
            await conversations.release_turn(tx, conversation_id, turn.token)
    services.bus.publish(conversation_id, made)
    services.bus.publish_desk(scope.tenant, conversation_id)
    return not again


async def _append(
    services: Services, tx: Tx, scope: Scope, turn: Turn, conversation: Conversation
) -> tuple[Conversation, list[Event]]:
    """The turn's events and the state after it; a proposal and a handover take effect here, with the reply."""
    now = services.clock()
    conversation = replace(conversation, state=_state_after(turn), language=turn.reading.language)
    payloads: list[Payload] = [_reading_made(turn, services.reader.name)]
    if turn.plan.decision:
        payloads.append(DecisionMade(turn.plan.decision))
    if not isinstance(turn.plan.step, Confirm | Decline):       # those went through the gateway already
        payloads += await _withdraw_old(tx, scope, turn, now)
    if turn.acted.proposal:
        await services.gateway.propose(tx, scope, turn.acted.proposal)
        payloads.append(ProposalMade(turn.acted.proposal.card))
    if isinstance(turn.plan.step, NotCovered):
        await gaps.add(tx, scope, conversation, turn.plan.step, now)
    payloads.append(AssistantReply(turn.token, turn.reply))
    if isinstance(turn.plan.step, PassOn):
        brief = briefing(turn.loaded, turn.reading, turn.plan, await _earlier_words(tx, turn.loaded.conversation))
        conversation, handed = hand_over(conversation, turn.plan.step.handover, brief, now)
        payloads += handed
    payloads.append(TurnTaken(turn.token, turn.reply.step, turn.loaded.last_seq, conversation.state))
    return await conversations.append(tx, conversation, payloads, now)


async def _withdraw_old(tx: Tx, scope: Scope, turn: Turn, now: datetime) -> list[Payload]:
    """A proposal that no longer holds is closed: a new one replaces it, or facts, goods or wish have changed.

    `deliver` found it still open.
    """
    old = turn.loaded.situation.proposal
    if old is None or old.state != "open" or old.id == _state_after(turn).proposal_id:
        return []
    await records.close_proposal(tx, old.id, "withdrawn")
    await records.add_audit(tx, scope, "proposal.withdrawn", old.id, {}, now=now)
    return [ProposalClosed(old.id, "withdrawn")]


def _state_after(turn: Turn) -> DialogueState:
    state = turn.plan.state
    asked = asks_for(turn.plan.step) or state.asked
    proposal_id = turn.acted.proposal.id if turn.acted.proposal else state.proposal_id
    return replace(state, asked=asked, proposal_id=proposal_id)


def _reading_made(turn: Turn, reader: str) -> ReadingMade:
    reading = turn.reading
    return ReadingMade(
        tuple(i.name for i in reading.intents), round(reading.confidence, 4), reading.mood.name,
        tuple(sorted(reading.flags)), dict(reading.facts), reader,
    )


EVENTS_BRIEFED = 60


async def _earlier_words(tx: Tx, conversation: Conversation) -> list[str]:
    """What the buyer wrote in turns before this one."""
    recent = max(0, conversation.last_seq - EVENTS_BRIEFED)
    log = await conversations.log(tx, Scope(conversation.tenant, "system", "briefing"), conversation.id, recent)
    said = (event for event in log if event.seq <= conversation.handled_seq)
    return [event.payload.text for event in said if isinstance(event.payload, BuyerMessage) and event.payload.text]


async def release(services: Services, conversation_id: str, token: str) -> None:
    """Give up the claim on the turn."""
    async with services.database.write() as tx:
        await conversations.release_turn(tx, conversation_id, token)


async def fail_safe(services: Services, scope: Scope, conversation_id: str, token: str) -> None:
    """After a fault: say so, hand over to a person, and leave the messages where they are.

    Does nothing when another worker has the turn by now.
    """
    now = services.clock()
    try:
        async with services.database.write() as tx:
            conversation = await conversations.find(tx, scope, conversation_id, lock=True)
            if not await conversations.holds_turn(tx, conversation_id, token):
                return
            made: list[Event] = []
            if conversation.owner == "assistant":
                waiting = await conversations.unhandled(tx, conversation)
                if waiting:
                    conversation = replace(conversation, handled_seq=waiting[-1].seq)
                conversation, handed = hand_over(conversation, _FAULT, {"asked": "", "rule": _FAULT.rule}, now)
                conversation, made = await conversations.append(tx, conversation, [Notice(_SORRY), *handed], now)
                await conversations.save(tx, conversation)
            await conversations.release_turn(tx, conversation_id, token)
    except FairdeskError:
        return      # the database itself is away: the sweeper takes the turn again when it is back
    services.bus.publish(conversation_id, made)
    services.bus.publish_desk(scope.tenant, conversation_id)


_REOPENED = Text("会话重新开始", "The conversation begins anew")
_RECALLED = Text("继续由 AI 助手接待", "Back with the AI assistant")
_FAULT = HandOver("fault", Text("系统故障，需人工跟进", "A fault on our side; please follow up"), "general", 2)
_SORRY = Text(
    "抱歉，系统刚才出了点问题。您的话已经记下，同事会来跟进。",
    "Sorry, something went wrong on our side. Your message is safe, and a colleague will follow up.",
)
