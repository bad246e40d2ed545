"""Rules as values: what must hold, what is excepted, and what the buyer then gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from assistant.decisions.conditions import Condition
from assistant.decisions.decision import Rank
from assistant.decisions.guards import Guard
from assistant.decisions.workdays import Span
from knowledge.text import Text

Effect = Literal["grant", "review", "add", "retain"]
AsOf = Literal["order", "today"]

RANKS: tuple[Rank, ...] = ("statute", "standard", "platform", "industry", "shop")
"""From the strongest to the weakest: a lower rank adds to what a higher one grants and never takes it away."""

REMEDIES: Mapping[str, int] = {
    "refund": 6, "return_and_refund": 5, "exchange": 4, "repair": 3, "price_difference": 2, "compensation": 2,
    "complaint": 1, "invoice": 1, "release_order": 1, "hold_refund": 1, "listing": 1,
    "cancel_order": 6, "change_address": 1, "urge": 1, "book_service": 1, "place_order": 1, "review_cashback": 1,
    "withdraw": 1, "appeal": 1, "change_items": 1, "change_payment": 1,
}
"""The remedies, and how much each is worth to a buyer who may have any of them for the same claim."""

RETENTIONS: Mapping[str, int] = {"exchange": 4, "repair": 3, "partial_refund": 2, "coupon": 1}
"""What may be offered before a refund, the best for the buyer first: new goods, mended ones, money on top."""

FREIGHT: Mapping[str | None, int] = {"buyer": 0, None: 1, "seller": 2, "platform": 2}
"""Who pays for sending goods back, from the buyer's view; None where nothing is sent."""


BUYERS_DEADLINES = frozenset({"ship_back"})
"""The deadlines that the buyer must meet; all others bind the shop or the platform."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days whose rules apply to a claim: the order's for what people may have, today's for how it is done."""

    order: date
    today: date


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition of a rule.

    With `because` it is a requirement, and its failure is told to the buyer. Without, it says which
    situations the rule is about: where it fails, the rule has nothing to say of this claim, and a refusal
    doesn't mention it.
    """

    condition: Condition
    because: Text | None = None
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AmountRule:
    """How money is worked out: a formula of `money.py` by name, or a CEL expression in fen."""

    formula: str | None = None
    expression: Condition | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a rule gives.

    `deadlines` run from the decision; `after_return` is how long the refund may take once the goods are back;
    `advance` is what the platform pays on the tracking number alone. `prefer` breaks a tie between remedies
    of equal worth (a higher grade of complaint before a lower one).
    """

    remedy: str | None = None
    amount: AmountRule | None = None
    return_freight: str | None = None
    deadlines: tuple[tuple[str, Span], ...] = ()
    after_return: Span | None = None
    advance: AmountRule | None = None
    evidence: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    prefer: int = 0


@dataclass(frozen=True, slots=True)
class Example:
    """Facts by full name, times as offsets (`-7d`), and what the rules must say of them."""

    name: str
    claim: str
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A dated rule that cites its clauses.

    `effect`: `grant` gives a remedy; `review` sends the claim to a person, holding back grants of its own
    rank and below; `add` improves a grant of one of the remedies in `adds_to` and never gives one by itself;
    `retain` names a gentler offer to make beside a grant of one of the remedies in `instead_of`.
    `verified` is False where the figures are known otherwise than from the sources that the corpus names.
    `guards` are the facts that its situation hangs on. `as_of` says which day's law it is: that of the order, for what
    people are entitled to, or that of `today`, for how things are done. `shop` is the shop that promises it in a folder
    of its own; empty for the platform's rules.
    """

    id: str
    title: Text
    because: Text
    rank: Rank
    claims: tuple[str, ...]
    cites: tuple[str, ...]
    when: tuple[Requirement, ...] = ()
    unless: tuple[Requirement, ...] = ()
    effect: Effect = "grant"
    grant: Grant = Grant()
    adds_to: tuple[str, ...] = ()
    instead_of: tuple[str, ...] = ()
    in_force_from: date = date.min
    in_force_to: date | None = None
    as_of: AsOf = "order"
    verified: bool = True
    examples: tuple[Example, ...] = ()
    guards: tuple[Guard, ...] = ()
    path: str = ""
    line: int = 0
    shop: str = ""

    @property
    def level(self) -> int:
        """The rank as a number, 0 for statute: lower binds more."""
        return RANKS.index(self.rank)

    def concerns(self, facts: Mapping[str, Mapping[str, Any]]) -> bool:
        """False when a known fact alone shows that the rule is about other situations."""
        return not any(guard.excludes(facts) for guard in self.guards)

    @property
    def reads(self) -> frozenset[str]:
        """The facts that its conditions and its sums read by CEL; plain comparisons need none."""
        conditions = [part.condition for part in (*self.when, *self.unless) if part.condition.plain is None]
        conditions += [one.expression for one in (self.grant.amount, self.grant.advance) if one and one.expression]
        return frozenset(name for one in conditions for name in one.names)

    def in_force_on(self, days: Days) -> bool:
        """True when the rule applies on the day that it looks at."""
        return self.in_force(days.today if self.as_of == "today" else days.order)

    def in_force(self, day: date) -> bool:
        """True when the rule is in force on `day`; its last day is the one before `in_force_to`."""
        return self.in_force_from <= day and (self.in_force_to is None or day < self.in_force_to)
