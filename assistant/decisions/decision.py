"""A Decision and its proof: the value that every reply, proposal, inspection and report rests on.

Decisions are plain frozen values. They hold what was decided, the arithmetic, the clauses, and why: which rules were
considered, which of their conditions were true, false or open, and on which facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from knowledge.text import Text

FactValue = str | int | float | bool | datetime | list[str] | None
Outcome = Literal["grant", "refuse", "ask", "review"]
Truth = Literal["true", "false", "open"]
Rank = Literal["statute", "standard", "platform", "industry", "shop"]
Payee = Literal["buyer", "platform", "state"]
Route = Literal["original", "points", "coupon", "subsidy"]


@dataclass(frozen=True, slots=True)
class AmountLine:
    """One line of arithmetic; lines add up to the amount."""

    label: Text
    fen: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one payee gets of all that moves, by which route; points and coupons by what they were worth."""

    to: Payee
    route: Route
    fen: int
    label: Text


@dataclass(frozen=True, slots=True)
class Amount:
    """Money for the buyer in fen, with the lines that it is the sum of.

    `split` tells all that moves, and to whom: the share of `buyer` by the route `original` is `fen`, the others
    (points, coupons, the shares of platform and state) come on top of it.
    """

    fen: int
    currency: str = "CNY"
    lines: tuple[AmountLine, ...] = ()
    split: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that must happen by `at`; `name` is stable (`refund`, `ship_back`, `reply`)."""

    name: str
    label: Text
    at: datetime


@dataclass(frozen=True, slots=True)
class ConditionProof:
    """One CEL condition, what it came to, and the facts it looked at (None: not known)."""

    expression: str
    truth: Truth
    facts: Mapping[str, FactValue]
    because: Text | None = None


@dataclass(frozen=True, slots=True)
class RuleProof:
    """One rule considered. `truth`: it applies, does not apply, or is open. `exceptions` are its `unless` parts."""

    rule: str
    title: Text
    rank: Rank
    truth: Truth
    conditions: tuple[ConditionProof, ...]
    exceptions: tuple[ConditionProof, ...] = ()
    citations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """What the buyer can have instead: another claim, under the rule that grants it (or might, when `open`)."""

    claim: str
    remedy: str
    rule: str
    title: Text
    amount: Amount | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What would change the outcome, in words, and until when it can."""

    text: Text
    fact: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """A gentler offer that may be made before what is granted, which stays granted whatever the buyer says to it."""

    remedy: str
    rule: str
    title: Text
    because: Text
    amount: Amount | None = None
    citations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenFact:
    """A fact still wanted; `weight` says how much it settles (higher first)."""

    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules say of one claim.

    `outcome`: `grant` (with `remedy` and, where money moves, `amount`), `refuse` (`because` says why, `alternatives`
    what remains), `ask` (`asks` names the facts still needed, best first), or `review` (a person must look).
    `citations` are clause ids such as `consumer-law#25`. `return_freight` is `buyer`, `seller`, `platform` or None.
    `facts` are all that was known, by namespace, so that the claim can be replayed under other rules.
    `retention` is an offer beside a granted refund that the buyer may take or leave.
    `deadlines` lie ahead; what happens without delay stands in `notes["at_once"]`, names joined by commas.
    """

    outcome: Outcome
    claim: str
    at: datetime
    remedy: str | None = None
    rule: str | None = None
    title: Text | None = None
    amount: Amount | None = None
    return_freight: str | None = None
    evidence: tuple[str, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    citations: tuple[str, ...] = ()
    because: tuple[Text, ...] = ()
    asks: tuple[OpenFact, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    counterfactuals: tuple[Counterfactual, ...] = ()
    retention: Retention | None = None
    proof: tuple[RuleProof, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Mapping[str, FactValue]] = field(default_factory=dict, repr=False)
