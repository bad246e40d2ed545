"""A Reply: what the assistant says, with its citations, cards and buttons, in the buyer's language.

Cards are what the widget and the desk draw. They hold words and numbers that are already decided: a card never
computes. `type` names the card for clients in other languages.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from knowledge.text import Language


@dataclass(frozen=True, slots=True)
class Choice:
    """What a tapped chip, card or button stands for; sent along with the buyer's words.

    Exactly one of: an order (with the item in it), a fact and its value, a proposal and the decision on it, an intent.
    """

    order_id: str | None = None
    item_id: str | None = None
    fact: str | None = None
    value: str | int | float | bool | None = None
    proposal_id: str | None = None
    decision: Literal["confirm", "refuse"] | None = None
    intent: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """The `[n]` in a reply's text, and the clause (in the version that was in force) that it opens."""

    n: int
    clause: str
    title: str
    version: str = ""
    in_force_from: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """Something to tap: `label` is shown, `say` (or else the label) is sent as the buyer's words with `answer`."""

    label: str
    say: str | None = None
    answer: Choice | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of arithmetic on a card, in fen."""

    label: str
    fen: int


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in fen of a currency, with the lines that add up to it."""

    fen: int
    currency: str = "CNY"
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact that was used, its value in words, and who said it (`order`, `buyer`, `platform`)."""

    label: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One condition of a rule, in words, and what it came to."""

    text: str
    truth: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule that was considered."""

    id: str
    title: str
    rank: str
    truth: str
    conditions: tuple[ConditionLine, ...] = ()


@dataclass(frozen=True, slots=True)
class AlternativeLine:
    """Another claim that remains open to the buyer."""

    claim: str
    title: str


@dataclass(frozen=True, slots=True)
class OrderChoice:
    """One item of one order, to be picked."""

    order_id: str
    item_id: str
    title: str
    shop: str
    state_label: str
    paid_fen: int
    currency: str
    created_at: datetime
    image: str = ""


@dataclass(frozen=True, slots=True)
class OrderPickerCard:
    """Which of these do you mean?"""

    orders: tuple[OrderChoice, ...]
    type: Literal["order_picker"] = "order_picker"


@dataclass(frozen=True, slots=True)
class DecisionCard:
    """What was decided, why, the arithmetic, and what would have changed it (`what_if`) until when."""

    outcome: str
    title: str
    amount: Money | None = None
    facts: tuple[FactLine, ...] = ()
    reasons: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    rules: tuple[RuleLine, ...] = ()
    alternatives: tuple[AlternativeLine, ...] = ()
    what_if: tuple[str, ...] = ()
    until: datetime | None = None
    type: Literal["decision"] = "decision"


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """What will be done when the buyer confirms, until when the offer stands, and the digest of its arguments.

    `instead` is the gentler offer that was made beside it, in words; its button goes with the reply.
    """

    proposal_id: str
    title: str
    summary: tuple[str, ...]
    amount: Money | None
    expires_at: datetime
    digest: str
    instead: str | None = None
    type: Literal["proposal"] = "proposal"


@dataclass(frozen=True, slots=True)
class DatedLine:
    """Something that happens by a date."""

    name: str
    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceiptCard:
    """Proof that something was done once: the case's number, the amount, and what follows by when.

    `note` says what happens at once and so has no date.
    """

    case_id: str
    case_number: str
    title: str
    amount: Money | None
    reference: str
    at: datetime
    deadlines: tuple[DatedLine, ...] = ()
    note: str = ""
    type: Literal["receipt"] = "receipt"


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a case: done at, or due by."""

    name: str
    label: str
    at: datetime | None = None
    due: datetime | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class CaseCard:
    """How far a case has come."""

    id: str
    number: str
    kind: str
    state: str
    title: str
    steps: tuple[StepLine, ...]
    amount_fen: int
    order_id: str
    state_label: str = ""
    currency: str = "CNY"
    type: Literal["case"] = "case"


@dataclass(frozen=True, slots=True)
class ParcelLine:
    """One scan of a parcel."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class ParcelCard:
    """Where a parcel is."""

    carrier: str
    tracking_number: str
    state_label: str
    events: tuple[ParcelLine, ...] = ()
    type: Literal["parcel"] = "parcel"


@dataclass(frozen=True, slots=True)
class HandoffCard:
    """The place in the queue; `promised_at` is set out of hours."""

    position: int
    wait_seconds: int
    promised_at: datetime | None
    open: bool
    type: Literal["handoff"] = "handoff"


@dataclass(frozen=True, slots=True)
class PhotoCard:
    """Asks for a picture."""

    prompt: str
    type: Literal["photo"] = "photo"


@dataclass(frozen=True, slots=True)
class ClauseExcerpt:
    """A clause to open, with its beginning."""

    clause: str
    title: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class ClausesCard:
    """Clauses to read when no short answer is sure enough."""

    items: tuple[ClauseExcerpt, ...]
    type: Literal["clauses"] = "clauses"


Card = (
    OrderPickerCard
    | DecisionCard
    | ProposalCard
    | ReceiptCard
    | CaseCard
    | ParcelCard
    | HandoffCard
    | PhotoCard
    | ClausesCard
)


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything that one turn says. `asks` names the fact (or `order`, `proposal`) that it asks for, if any."""

    text: str
    language: Language = "zh"
    citations: tuple[Citation, ...] = ()
    cards: tuple[Card, ...] = ()
    buttons: tuple[Button, ...] = ()
    asks: str | None = None
    step: str = field(default="", compare=False)
