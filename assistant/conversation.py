"""The conversation: an append-only log of events, the owner's state machine, and the dialogue's state.

Everything that people see (widget, desk, copilot, evals, audit) is a view of the log. Events of one conversation have
gapless sequence numbers from 1. The dialogue's state is carried by the log too: the last `TurnTaken` holds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import Discriminator, TypeAdapter

from assistant.cases.case import Case
from assistant.decisions.decision import Decision
from assistant.replies.reply import Choice, ProposalCard, ReceiptCard, Reply
from assistant.understanding.reading import FactValue
from knowledge.errors import Conflict
from knowledge.text import Language, Text

Owner = Literal["assistant", "queued", "human", "closed"]
Move = Literal["hand_over", "take", "hand_back", "recall", "close", "reopen"]
Actor = Literal["buyer", "assistant", "agent", "system"]
Visibility = Literal["public", "internal"]

MOVES: Mapping[tuple[Owner, Move], Owner] = {
    ("assistant", "hand_over"): "queued",
    ("assistant", "take"): "human",
    ("queued", "take"): "human",
    ("queued", "recall"): "assistant",
    ("queued", "close"): "closed",
    ("human", "hand_back"): "assistant",
    ("human", "hand_over"): "queued",
    ("human", "close"): "closed",
    ("assistant", "close"): "closed",
    ("closed", "reopen"): "assistant",
}


def next_owner(owner: Owner, move: Move) -> Owner:
    """The owner after `move`.

    Raises:
        Conflict: the move makes no sense from here (taking a closed conversation, say).
    """
    try:
        return MOVES[owner, move]
    except KeyError:
        raise Conflict(f"cannot {move.replace('_', ' ')} a conversation whose owner is {owner}") from None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored picture that a message carries."""

    id: str
    url: str
    media_type: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Why and where a conversation goes to a person: the rule that said so, the queue, the skills wanted.

    `priority` runs from 1 (first) to 5.
    """

    rule: str
    reason: Text
    queue: str = "general"
    priority: int = 3
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentName:
    """The person who answers, as the buyer sees them."""

    name: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where a waiting buyer stands; `promised_at` is set when nobody is on duty."""

    position: int
    wait_seconds: int
    promised_at: datetime | None = None
    open: bool = True


@dataclass(frozen=True, slots=True)
class BuyerMessage:
    """What the buyer sent; `client_id` is the sender's own id for it, which makes sending it again harmless."""

    client_id: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    answer: Choice | None = None
    kind: Literal["buyer_message"] = "buyer_message"


@dataclass(frozen=True, slots=True)
class AssistantReply:
    """What the assistant said in one turn."""

    turn: str
    reply: Reply
    kind: Literal["assistant_reply"] = "assistant_reply"


@dataclass(frozen=True, slots=True)
class StaffMessage:
    """What a person at the desk said."""

    client_id: str
    text: str
    name: str
    kind: Literal["staff_message"] = "staff_message"


@dataclass(frozen=True, slots=True)
class OwnerChanged:
    """The conversation passed from one owner to another."""

    from_: Owner
    to: Owner
    reason: Text
    agent: AgentName | None = None
    kind: Literal["owner_changed"] = "owner_changed"


@dataclass(frozen=True, slots=True)
class ProposalMade:
    """A proposal is on the table."""

    proposal: ProposalCard
    kind: Literal["proposal_made"] = "proposal_made"


@dataclass(frozen=True, slots=True)
class ProposalClosed:
    """A proposal is off the table."""

    proposal_id: str
    state: str
    kind: Literal["proposal_closed"] = "proposal_closed"


@dataclass(frozen=True, slots=True)
class ReceiptIssued:
    """Something was done, once."""

    receipt: ReceiptCard
    kind: Literal["receipt_issued"] = "receipt_issued"


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """A case was opened or moved on."""

    case: Case
    kind: Literal["case_changed"] = "case_changed"


@dataclass(frozen=True, slots=True)
class Notice:
    """A line from the system, in both languages."""

    text: Text
    kind: Literal["notice"] = "notice"


@dataclass(frozen=True, slots=True)
class Rated:
    """The buyer rated the service, 1 to 5 stars."""

    stars: int
    comment: str = ""
    kind: Literal["rated"] = "rated"


@dataclass(frozen=True, slots=True)
class ReadingMade:
    """Internal: how a turn was read."""

    intents: tuple[str, ...]
    confidence: float
    mood: str
    flags: tuple[str, ...]
    facts: Mapping[str, FactValue]
    reader: str = "embedded"
    kind: Literal["reading_made"] = "reading_made"


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """Internal: a decision, with its whole proof."""

    decision: Decision
    kind: Literal["decision_made"] = "decision_made"


@dataclass(frozen=True, slots=True)
class HandoffMade:
    """Internal: why the conversation was handed over, and what the person taking it needs to know."""

    handover: HandOver
    briefing: Mapping[str, object]
    kind: Literal["handoff_made"] = "handoff_made"


@dataclass(frozen=True, slots=True)
class NoteAdded:
    """Internal: a note from one agent to the others."""

    text: str
    name: str
    kind: Literal["note_added"] = "note_added"


@dataclass(frozen=True, slots=True)
class Task:
    """What the buyer wants done: a claim on an item of an order, and the facts told for it."""

    id: str
    claim: str
    order_id: str | None = None
    item_id: str | None = None
    facts: Mapping[str, FactValue] = field(default_factory=dict)

    def with_facts(self, facts: Mapping[str, FactValue]) -> "Task":
        """The task with these facts added; what was said last holds."""
        return replace(self, facts={**self.facts, **facts})


@dataclass(frozen=True, slots=True)
class Asked:
    """What was just asked: a fact's name, `order`, or `proposal`; `options` are the ids offered, in their order."""

    name: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DialogueState:
    """Where the dialogue stands between turns.

    `waiting` are tasks the buyer named that come after the open one. `topic` is the last question answered from
    knowledge, for follow-up questions. `misses` counts turns in a row without progress. `page_order_id` is the order
    that the buyer was looking at when they opened the chat, until a claim has used it. `last` is the task that was just
    refused or given up: a correction, or the alternative that was offered, takes it up again. `goods` are the ids of
    the products that were last shown.
    """

    task: Task | None = None
    waiting: tuple[Task, ...] = ()
    asked: Asked | None = None
    proposal_id: str | None = None
    misses: int = 0
    topic: str | None = None
    turns: int = 0
    angry_turns: int = 0
    page_order_id: str | None = None
    last: Task | None = None
    goods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """Internal: a turn is over; where the dialogue stands after it, and the last buyer event that it handled."""

    turn: str
    step: str
    handled_seq: int
    state: DialogueState
    kind: Literal["turn_taken"] = "turn_taken"


Payload = (
    BuyerMessage
    | AssistantReply
    | StaffMessage
    | OwnerChanged
    | ProposalMade
    | ProposalClosed
    | ReceiptIssued
    | CaseChanged
    | Notice
    | Rated
    | ReadingMade
    | DecisionMade
    | HandoffMade
    | NoteAdded
    | TurnTaken
)
payloads: TypeAdapter[Payload] = TypeAdapter(Annotated[Payload, Discriminator("kind")])
states: TypeAdapter[DialogueState] = TypeAdapter(DialogueState)

_INTERNAL = (ReadingMade, DecisionMade, HandoffMade, NoteAdded, TurnTaken)
_ACTORS: Mapping[str, Actor] = {
    "buyer_message": "buyer", "rated": "buyer", "staff_message": "agent", "note_added": "agent",
    "assistant_reply": "assistant", "proposal_made": "assistant", "reading_made": "assistant",
    "decision_made": "assistant", "turn_taken": "assistant",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the log."""

    conversation_id: str
    seq: int
    at: datetime
    payload: Payload

    @property
    def visibility(self) -> Visibility:
        """`internal` events are never shown to the buyer."""
        return "internal" if isinstance(self.payload, _INTERNAL) else "public"

    @property
    def actor(self) -> Actor:
        """Who caused it."""
        return _ACTORS.get(self.payload.kind, "system")


@dataclass(frozen=True, slots=True)
class Conversation:
    """The head of a conversation: what is true of it now. `handled_seq` is the last buyer event answered."""

    id: str
    tenant: str
    buyer_id: str
    owner: Owner
    language: Language
    last_seq: int
    handled_seq: int
    state: DialogueState
    created_at: datetime
    updated_at: datetime
    agent: AgentName | None = None
    queued_at: datetime | None = None
    handover: HandOver | None = None


def event_kinds() -> tuple[str, ...]:
    """The names of all kinds of event."""
    return tuple(get_args(kind.__annotations__["kind"])[0] for kind in get_args(Payload))
