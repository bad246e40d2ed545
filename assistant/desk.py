"""What people at the desk do: take a conversation, answer, note, hand back, close; and how a buyer asks for a person.

Each is one transaction under the conversation's lock; the state machine in `assistant.conversation` says what is
possible.
"""

from dataclasses import dataclass, replace

from assistant.conversation import (
    AgentName,
    Conversation,
    DialogueState,
    Event,
    HandOver,
    Move,
    NoteAdded,
    OwnerChanged,
    Payload,
    QueuePlace,
    Rated,
    StaffMessage,
    next_owner,
)
from assistant.escalation.queue import place_in_queue
from assistant.handing_over import hand_over
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import conversations
from assistant.store.conversations import Tx
from knowledge.errors import Conflict, NotAllowed
from knowledge.text import Text


@dataclass(frozen=True, slots=True)
class Staff:
    """A person at the desk."""

    id: str
    name: str
    role: str
    skills: tuple[str, ...] = ()


async def take(services: Services, scope: Scope, conversation_id: str, staff: Staff) -> Conversation:
    """Take over a conversation; taking your own again changes nothing.

    Raises:
        Conflict: somebody else has it, or it is closed.
    """
    async with services.database.write() as tx:
        conversation = await _for_staff(tx, scope, conversation_id)
        if conversation.owner == "human":
            if conversation.agent and conversation.agent.id == staff.id:
                return conversation
            holder = conversation.agent.name if conversation.agent else "somebody else"
            raise Conflict(f"{holder} has taken this conversation")
        agent = AgentName(staff.name, staff.id)
        taken, made = await _moved(services, tx, conversation, "take", _TAKEN, agent)
    _tell(services, scope, conversation_id, made)
    return taken


async def hand_back(services: Services, scope: Scope, conversation_id: str, staff: Staff) -> Conversation:
    """Give the conversation back to the assistant, with a fresh task."""
    return await _leave(services, scope, conversation_id, staff, "hand_back")


async def close(services: Services, scope: Scope, conversation_id: str, staff: Staff) -> Conversation:
    """Close the conversation; the buyer's next message opens it afresh."""
    return await _leave(services, scope, conversation_id, staff, "close")


async def _leave(
    services: Services, scope: Scope, conversation_id: str, staff: Staff, move: Move
) -> Conversation:
    async with services.database.write() as tx:
        conversation = await _for_staff(tx, scope, conversation_id)
        if conversation.owner == "human":
            _must_hold(conversation, staff)
        reason = _HANDED_BACK if move == "hand_back" else _CLOSED
        left = replace(conversation, state=DialogueState(), handled_seq=conversation.last_seq)
        left = replace(left, handover=None, queued_at=None)
        left, made = await _moved(services, tx, left, move, reason, None)
    _tell(services, scope, conversation_id, made)
    return left


async def say(
    services: Services, scope: Scope, conversation_id: str, staff: Staff, message: StaffMessage
) -> Event:
    """A person's words to the buyer, once for each client id.

    Raises:
        Conflict: the conversation isn't in this person's hands.
    """
    async with services.database.write() as tx:
        conversation = await _for_staff(tx, scope, conversation_id)
        before = await conversations.sent_before(tx, conversation_id, message)
        if before:
            return before
        _must_hold(conversation, staff)
        conversation, made = await conversations.append(tx, conversation, [message], services.clock())
        await conversations.save(tx, replace(conversation, handled_seq=conversation.last_seq))
    _tell(services, scope, conversation_id, made)
    return made[0]


async def note(services: Services, scope: Scope, conversation_id: str, staff: Staff, text: str) -> Event:
    """An internal note; the buyer never sees it."""
    async with services.database.write() as tx:
        conversation = await _for_staff(tx, scope, conversation_id)
        written = NoteAdded(text, staff.name)
        conversation, made = await conversations.append(tx, conversation, [written], services.clock())
        await conversations.save(tx, conversation)
    _tell(services, scope, conversation_id, made)
    return made[0]


async def ask_for_person(services: Services, scope: Scope, conversation_id: str) -> Conversation:
    """The buyer taps "a person, please"; asking again changes nothing."""
    async with services.database.write() as tx:
        conversation = await conversations.find(tx, scope, conversation_id, lock=True)
        if conversation.owner in ("queued", "human"):
            return conversation
        now, opened = services.clock(), list[Payload]()
        if conversation.owner == "closed":
            opened = [OwnerChanged("closed", "assistant", _REOPENED)]
            conversation = replace(conversation, owner="assistant", state=DialogueState())
        conversation = replace(conversation, handled_seq=conversation.last_seq)
        conversation, handed = hand_over(conversation, _ASKED, {"asked": "", "rule": _ASKED.rule}, now)
        conversation, made = await conversations.append(tx, conversation, [*opened, *handed], now)
        await conversations.save(tx, conversation)
    _tell(services, scope, conversation_id, made)
    return conversation


async def rate(services: Services, scope: Scope, conversation_id: str, rated: Rated) -> None:
    """The buyer's stars for the service."""
    async with services.database.write() as tx:
        conversation = await conversations.find(tx, scope, conversation_id, lock=True)
        conversation, made = await conversations.append(tx, conversation, [rated], services.clock())
        await conversations.save(tx, conversation)
    _tell(services, scope, conversation_id, made)


async def queue_place(services: Services, tx: Tx, conversation: Conversation) -> QueuePlace | None:
    """Where a waiting buyer stands now, or None when they aren't waiting."""
    if conversation.owner != "queued" or conversation.handover is None:
        return None
    ahead = await conversations.queue_ahead(tx, conversation.tenant, conversation)
    return place_in_queue(services.escalation, conversation.handover, ahead, services.clock(), services.zone)


async def _moved(
    services: Services, tx: Tx, conversation: Conversation, move: Move, reason: Text, agent: AgentName | None
) -> tuple[Conversation, list[Event]]:
    owner = next_owner(conversation.owner, move)
    changed = OwnerChanged(conversation.owner, owner, reason, agent)
    moved, made = await conversations.append(
        tx, replace(conversation, owner=owner, agent=agent), [changed], services.clock()
    )
    await conversations.save(tx, moved)
    return moved, made


async def _for_staff(tx: Tx, scope: Scope, conversation_id: str) -> Conversation:
    if not scope.is_staff:
        raise NotAllowed("only staff may do this")
    return await conversations.find(tx, scope, conversation_id, lock=True)


def _must_hold(conversation: Conversation, staff: Staff) -> None:
    if conversation.owner != "human" or conversation.agent is None or conversation.agent.id != staff.id:
        raise Conflict("take the conversation over first")


def _tell(services: Services, scope: Scope, conversation_id: str, made: list[Event]) -> None:
    services.bus.publish(conversation_id, made)
    services.bus.publish_desk(scope.tenant, conversation_id)


_TAKEN = Text("人工客服已接入", "A person has joined")
_HANDED_BACK = Text("已交还给 AI 助手", "Handed back to the AI assistant")
_CLOSED = Text("会话已结束", "The conversation was closed")
_REOPENED = Text("会话重新开始", "The conversation begins anew")
_ASKED = HandOver("asks_for_person", Text("买家要求人工", "The buyer asks for a person"), "general", 3)
