"""What goes over the wire, as pydantic models, and how values become them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant import desk
from assistant.cases.case import Case
from assistant.conversation import Conversation, Event, QueuePlace, payloads
from assistant.decisions.facts import Fact
from assistant.replies.cards import case_card
from assistant.replies.reply import CaseCard, Choice, DecisionCard, ReceiptCard
from assistant.services import Services
from assistant.store.conversations import Tx
from knowledge.clauses import Clause
from knowledge.text import Language, Text

MAX_TEXT = 8_000
MAX_VALUE = 500
Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
"""A whole number that every JSON reader keeps exactly."""
ClientId = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[!-~]+$")]
"""The sender's own id for a message: visible ASCII, which every database takes."""


class Strict(BaseModel):
    """Input: unknown keys are an error, so that a typo is told rather than ignored."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class TextOut(BaseModel):
    """A text in both languages."""

    zh: str
    en: str


class FactOut(BaseModel):
    """What a fact and its values are called, and who tells it."""

    label: TextOut
    known_by: str
    values: dict[str, TextOut]


class FactsOut(BaseModel):
    """Facts by their names."""

    facts: dict[str, FactOut]


class QueueOut(BaseModel):
    """The buyer's place in the queue."""

    position: int
    wait_seconds: int
    promised_at: datetime | None
    open: bool


class AgentOut(BaseModel):
    """The person who answers."""

    name: str
    id: str = ""


class ConversationOut(BaseModel):
    """A conversation's head."""

    id: str
    owner: Literal["assistant", "queued", "human", "closed"]
    language: Language
    last_seq: int
    agent: AgentOut | None = None
    queue: QueueOut | None = None


class EventOut(BaseModel):
    """One entry of the log; `data` depends on `kind`."""

    seq: int
    at: datetime
    kind: str
    actor: Literal["buyer", "assistant", "agent", "system"]
    visibility: Literal["public", "internal"]
    data: dict[str, Any]


class EventsOut(BaseModel):
    """Events after a sequence number."""

    events: list[EventOut]
    last_seq: int


class OneEventOut(BaseModel):
    """The event that a request made, or had made before."""

    event: EventOut


class PageIn(Strict):
    """The page on which the widget stands."""

    order_id: str | None = Field(None, max_length=64)
    url: str | None = Field(None, max_length=2000)


class OpenIn(Strict):
    """Opening a conversation."""

    language: Language = "zh"
    page: PageIn | None = None


class ChoiceIn(Strict):
    """What a tapped chip, card or button stands for."""

    order_id: str | None = Field(None, max_length=64)
    item_id: str | None = Field(None, max_length=64)
    fact: str | None = Field(None, max_length=80)
    value: bool | Whole | float | Annotated[str, Field(max_length=MAX_VALUE)] | None = None
    proposal_id: str | None = Field(None, max_length=40)
    decision: Literal["confirm", "refuse"] | None = None
    intent: str | None = Field(None, max_length=80)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.order_id or self.fact or self.proposal_id or self.intent):
            raise ValueError("an answer names an order, a fact, a proposal or an intent")
        if self.proposal_id and not self.decision:
            raise ValueError("say whether the proposal is confirmed or refused")
        return self

    def choice(self) -> Choice:
        """As the assistant's own value."""
        return Choice(**self.model_dump())


class MessageIn(Strict):
    """A buyer's message."""

    client_id: ClientId
    text: str = Field("", max_length=MAX_TEXT)
    answer: ChoiceIn | None = None
    attachments: list[str] = Field([], max_length=6)


class StaffMessageIn(Strict):
    """A person's message to the buyer."""

    client_id: ClientId
    text: str = Field(min_length=1, max_length=MAX_TEXT)


class NoteIn(Strict):
    """An internal note."""

    text: str = Field(min_length=1, max_length=MAX_TEXT)


class RatingIn(Strict):
    """Stars for the service."""

    stars: int = Field(ge=1, le=5)
    comment: str = Field("", max_length=1000)


class AttachmentOut(BaseModel):
    """A stored picture."""

    id: str
    url: str
    media_type: str
    bytes: int


class ReceiptOut(BaseModel):
    """The receipt of a confirmed proposal; none yet where a second person has to approve it first."""

    receipt: ReceiptCard | None


class CasesOut(BaseModel):
    """A buyer's cases, newest first."""

    cases: list[CaseCard]


class InForceOut(BaseModel):
    """When a clause holds; `to` is the first day on which it no longer does."""

    from_: str = Field(serialization_alias="from")
    to: str | None


class ClauseOut(BaseModel):
    """A clause, as its citation opens it."""

    id: str
    document: str
    title: str
    text: str
    version: str
    in_force: InForceOut
    rank: str
    source: str


class LoginIn(Strict):
    """A staff login."""

    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=200)


class StaffOut(BaseModel):
    """A person at the desk."""

    id: str
    name: str
    role: str
    skills: list[str]


class SessionOut(BaseModel):
    """A staff session."""

    token: str
    expires_at: datetime
    staff: StaffOut


class RowBuyer(BaseModel):
    """The buyer, as the desk's list shows them."""

    id: str
    name: str
    credit_tier: int


class DeskRow(BaseModel):
    """One conversation in the desk's list."""

    id: str
    buyer: RowBuyer
    owner: str
    language: Language
    waiting_since: datetime | None
    priority: int
    queue: str
    skills: list[str]
    reason: TextOut | None
    mood: str
    last_text: str
    last_at: datetime
    agent: AgentOut | None


class DeskRows(BaseModel):
    """The desk's list."""

    conversations: list[DeskRow]


class DeskConversation(BaseModel):
    """A conversation as the desk opens it."""

    conversation: ConversationOut
    row: DeskRow
    briefing: dict[str, Any] | None
    events: list[EventOut]


class CopilotIntent(BaseModel):
    """An intent that the copilot sees."""

    name: str
    title: str
    probability: float


class CopilotClause(BaseModel):
    """A clause that bears on the conversation."""

    clause: str
    title: str
    excerpt: str
    score: float


class OpenQuestion(BaseModel):
    """Something still to be asked of the buyer."""

    fact: str
    question: str


class Suggestion(BaseModel):
    """A reply to edit and send."""

    text: str
    citations: list[dict[str, Any]]


class CopilotOut(BaseModel):
    """What the copilot has to say beside a conversation."""

    intents: list[CopilotIntent]
    clauses: list[CopilotClause]
    entitlement: DecisionCard | None
    open_questions: list[OpenQuestion]
    suggestion: Suggestion | None
    next_step: str


async def conversation_out(services: Services, tx: Tx, conversation: Conversation) -> ConversationOut:
    """A conversation's head with the buyer's place in the queue."""
    place = await desk.queue_place(services, tx, conversation)
    agent = conversation.agent
    return ConversationOut(
        id=conversation.id, owner=conversation.owner, language=conversation.language, last_seq=conversation.last_seq,
        agent=AgentOut(name=agent.name, id=agent.id) if agent else None,
        queue=queue_out(place) if place else None,
    )


def queue_out(place: QueuePlace) -> QueueOut:
    """A place in the queue."""
    return QueueOut(
        position=place.position, wait_seconds=place.wait_seconds, promised_at=place.promised_at, open=place.open
    )


def event_out(event: Event) -> EventOut:
    """An event of the log; `from_` is spelled `from` outside Python."""
    data = payloads.dump_python(event.payload, mode="json")
    data.pop("kind")
    if "from_" in data:
        data["from"] = data.pop("from_")
    return EventOut(
        seq=event.seq, at=event.at, kind=event.payload.kind, actor=event.actor, visibility=event.visibility, data=data
    )


def fact_out(fact: Fact) -> FactOut:
    """A fact's labels."""
    values = {str(option.value).lower(): text_out(option.label) for option in fact.options}
    return FactOut(label=text_out(fact.label), known_by=fact.known_by, values=values)


def text_out(text: Text) -> TextOut:
    """A text in both languages."""
    return TextOut(zh=text.zh, en=text.en)


def clause_out(clause: Clause, language: Language) -> ClauseOut:
    """A clause in one language."""
    return ClauseOut(
        id=clause.id, document=clause.document, title=clause.title.in_(language), text=clause.text.in_(language),
        version=clause.version, rank=clause.rank, source=clause.source.name,
        in_force=InForceOut(
            from_=clause.in_force_from.isoformat(), to=clause.in_force_to.isoformat() if clause.in_force_to else None
        ),
    )


def cases_out(found: list[Case], language: Language) -> CasesOut:
    """Cases as cards."""
    return CasesOut(cases=[case_card(case, language) for case in found])
