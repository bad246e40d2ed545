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


@dataclass(frozen=True, slots=True)
class AmountLine:
    """One line of arithmetic; lines add up to the amount."""

    label: Text
    fen: int


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in fen, with the lines that it is the sum of."""

    fen: int
    currency: str = "CNY"
    lines: tuple[AmountLine, ...] = ()


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
    proof: tuple[RuleProof, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
