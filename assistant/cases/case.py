"""The after-sales case: what was opened for the buyer, how far it has come, and what is due next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from knowledge.text import Text

Flow = Literal["errand", "return", "exchange", "repair", "complaint", "dispute"]
"""Which way a case goes. An errand is done once the platform has carried it out: money, an invoice, a cancellation."""
CaseState = Literal[
    "in_progress", "requested", "refused", "waiting_goods", "lapsed", "in_transit", "inspecting", "refunding",
    "replacing", "repairing", "sending_back", "filed", "investigating", "escalated", "answered", "rating", "evidence",
    "mediation", "jury", "ruled", "appealed", "with_staff", "done", "withdrawn", "expired", "rejected",
]
Side = Literal["buyer", "merchant"]
CLOSED: frozenset[CaseState] = frozenset({"done", "withdrawn", "expired", "rejected"})
"""States that nothing leads out of. `lapsed` is not among them: the buyer may take it up again for a while."""


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One step of a case: when it was done, or by when it is due."""

    name: str
    label: Text
    at: datetime | None = None
    due: datetime | None = None

    @property
    def done(self) -> bool:
        """True once it has happened."""
        return self.at is not None


@dataclass(frozen=True, slots=True)
class Case:
    """A case as both sides see it. `number` is what people quote; `kind` is the remedy or claim that it is about.

    `version` counts the entries of its record, the last of them at `moved_at`; `due` is when its clock rings, None once
    it is closed. `amount_fen` is what was decided, `paid_fen` what the platform was asked to pay of it. `grade` (1 the
    gravest) is for complaints; `reopened` and `appealed` count what may be done once. `notes` are the decision's.
    """

    id: str
    number: str
    tenant: str
    buyer_id: str
    order_id: str
    kind: str
    state: CaseState
    title: Text
    steps: tuple[CaseStep, ...]
    created_at: datetime
    item_id: str | None = None
    shop_id: str = ""
    amount_fen: int = 0
    currency: str = "CNY"
    grade: int | None = None
    flow: Flow = "errand"
    version: int = 1
    due: datetime | None = None
    moved_at: datetime | None = None
    paid_fen: int = 0
    reopened: int = 0
    appealed: int = 0
    tracking_number: str | None = None
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """True when nothing more can happen to it."""
        return self.state in CLOSED

    @property
    def settled(self) -> bool:
        """True when it ended as was decided."""
        return self.state == "done"

    def decided(self, name: str) -> datetime | None:
        """The date that the decision set for something still to come, such as `ship_back` or `reply`."""
        return next((step.due for step in self.steps if step.name == name and not step.done), None)


@dataclass(frozen=True, slots=True)
class Proceedings:
    """What of a case is not for both sides' eyes while it goes on.

    `rested` are the sides that have no more evidence, `agreed` those that accept the offer on the table. `owed_fen` is
    what a settlement or a ruling came to; None leaves it at what was decided. `panel` are the jurors, `votes` whom
    each is for. `ruled_for` is the side that the result favours; `ruled_by` the person who gave it, if one did.
    """

    rested: tuple[Side, ...] = ()
    offer_fen: int | None = None
    agreed: tuple[Side, ...] = ()
    owed_fen: int | None = None
    panel: tuple[str, ...] = ()
    votes: Mapping[str, Side] = field(default_factory=dict)
    ruled_for: Side | None = None
    ruled_by: str = ""
