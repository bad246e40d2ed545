"""Cases over the wire: what each party can do to one, and how it is shown."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Discriminator, Field

from api.schemas import ClientId, Strict
from assistant.cases.events import CaseEvent, Json
from assistant.cases.progress import Progress
from knowledge.text import Language

Words = Annotated[str, Field(min_length=1, max_length=2000)]
Pictures = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=9)]
TrackingNumber = Annotated[str, Field(min_length=4, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
Fen = Annotated[int, Field(ge=0, le=10**11)]


class Action(Strict):
    """Something that a party does to a case. The same `client_id` again changes nothing; for other words it is 422."""

    client_id: ClientId

    def said(self) -> dict[str, Json]:
        """What came with it, for the record."""
        return self.model_dump(mode="json", exclude={"client_id", "action"}, exclude_none=True, exclude_defaults=True)


class BuyerStep(Action):
    """The buyer has the goods, has no more evidence, or accepts what is offered or ruled."""

    action: Literal["confirm_received", "rest", "agree", "accept_ruling"]


class BuyerReason(Action):
    """The buyer takes the claim back, takes it up again, asks the platform to step in, or appeals."""

    action: Literal["withdraw", "reopen", "dispute", "appeal"]
    reason: Words
    attachments: Pictures = Field(default_factory=list)


class Ship(Action):
    """The goods are on their way back."""

    action: Literal["ship"]
    tracking_number: TrackingNumber
    carrier: str = Field("", max_length=64)


class Evidence(Action):
    """Something to consider: words, pictures, or both."""

    action: Literal["give_evidence"]
    text: Words
    attachments: Pictures = Field(default_factory=list)


class Rate(Action):
    """Stars for how a complaint was dealt with."""

    action: Literal["rate"]
    stars: int = Field(ge=1, le=5)
    comment: str = Field("", max_length=1000)


class MerchantStep(Action):
    """The merchant has the goods, accepts them, has no more evidence, or accepts what is offered or ruled."""

    action: Literal["received", "pass_inspection", "rest", "agree", "accept_ruling"]


class Accept(Action):
    """The merchant agrees to take the goods back, to this address."""

    action: Literal["accept"]
    address: str = Field("", max_length=300)


class MerchantReason(Action):
    """The merchant refuses, contests what came back, or appeals."""

    action: Literal["refuse", "contest", "appeal"]
    reason: Words
    attachments: Pictures = Field(default_factory=list)


class SendOut(Action):
    """The replacement, or the repaired item, is on its way to the buyer."""

    action: Literal["send_out"]
    tracking_number: TrackingNumber
    carrier: str = Field("", max_length=64)


class Respond(Action):
    """An answer to a complaint."""

    action: Literal["respond"]
    text: Words


class StaffStep(Action):
    """Staff agree or accept goods for a merchant, note that the parcel came, or put a dispute to the jury."""

    action: Literal["accept", "pass_inspection", "parcel_back", "to_jury"]


class StaffWords(Action):
    """Staff answer a complaint, give its result, or settle what was with them."""

    action: Literal["respond", "conclude", "finish"]
    text: Words


class CalledBack(Action):
    """The buyer was asked whether the result satisfies."""

    action: Literal["called_back"]
    satisfied: bool
    note: str = Field("", max_length=1000)


class Offer(Action):
    """A mediator's offer to both sides: so much for the buyer, never more than was decided."""

    action: Literal["offer"]
    amount_fen: Fen
    text: Words


class Rule(Action):
    """A person's result, for one side; `amount_fen` where it is less than was decided."""

    action: Literal["rule"]
    side: Literal["buyer", "merchant"]
    reason: Words
    amount_fen: Fen | None = None


class VoteIn(Strict):
    """A juror's vote; it cannot be changed."""

    client_id: ClientId
    side: Literal["buyer", "merchant"]


BuyerAction = Annotated[BuyerStep | BuyerReason | Ship | Evidence | Rate, Discriminator("action")]
MerchantAction = Annotated[
    MerchantStep | Accept | MerchantReason | SendOut | Respond | Evidence, Discriminator("action")
]
StaffAction = Annotated[StaffStep | StaffWords | CalledBack | Offer | Rule, Discriminator("action")]
AnyAction = (
    BuyerStep | BuyerReason | Ship | Evidence | Rate | MerchantStep | Accept | MerchantReason | SendOut | Respond
    | StaffStep | StaffWords | CalledBack | Offer | Rule
)


class ActionOut(BaseModel):
    """What an action came to: its entry in the case's record, the state after it, and the next date."""

    case_id: str
    seq: int
    at: datetime
    action: str
    state: str
    due: datetime | None


class StepOut(BaseModel):
    """One step: done at, or due by."""

    name: str
    label: str
    at: datetime | None
    due: datetime | None
    done: bool


class ProgressOut(BaseModel):
    """How far a case has come: the same for all parties, but for what is theirs to do."""

    case_id: str
    number: str
    title: str
    state: str
    state_label: str
    waits_for: Literal["buyer", "merchant", "both", "platform", "staff", "jurors"] | None
    due: datetime | None
    steps: list[StepOut]
    actions: list[str]
    amount_fen: int
    paid_fen: int
    currency: str
    offer_fen: int | None
    ruled_for: Literal["buyer", "merchant"] | None
    votes: dict[str, int] | None


class ProgressesOut(BaseModel):
    """Several cases, those whose clock rings first at the top."""

    cases: list[ProgressOut]


class EvidenceOut(BaseModel):
    """What one side put forward, and when."""

    side: Literal["buyer", "merchant"]
    at: datetime
    kind: str
    text: str
    attachments: list[str]


class EvidencesOut(BaseModel):
    """All that both sides put forward, in order."""

    evidence: list[EvidenceOut]


def action_out(event: CaseEvent) -> ActionOut:
    """An entry of the record, as the answer to who caused it."""
    due = event.data.get("due")
    return ActionOut(
        case_id=event.case_id, seq=event.seq, at=event.at, action=event.kind, state=str(event.data["to"]),
        due=datetime.fromisoformat(str(due)) if due else None,
    )


def progress_out(case_id: str, seen: Progress, language: Language) -> ProgressOut:
    """A case in one language."""
    return ProgressOut(
        case_id=case_id, number=seen.number, title=seen.title.in_(language), state=seen.state,
        state_label=seen.label.in_(language), waits_for=seen.waits_for, due=seen.due, actions=list(seen.actions),
        steps=[StepOut(name=s.name, label=s.label.in_(language), at=s.at, due=s.due, done=s.done) for s in seen.steps],
        amount_fen=seen.amount_fen, paid_fen=seen.paid_fen, currency=seen.currency, offer_fen=seen.offer_fen,
        ruled_for=seen.ruled_for, votes=dict(seen.votes) if seen.votes else None,
    )
