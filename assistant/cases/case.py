"""The after-sales case: what was opened for the buyer, its steps and their dates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from knowledge.text import Text

CaseState = Literal["open", "waiting_goods", "waiting_merchant", "in_progress", "done", "withdrawn"]


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
    """A case. `number` is what people quote; `kind` is the claim's; `grade` (1 the gravest) is for complaints."""

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
