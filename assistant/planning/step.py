"""A Step: what the assistant does next. A planner returns one; the shell carries it out; the writer words it.

Only `Propose` leads to an action, and only after the buyer's own confirmation (`Confirm`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Literal

from assistant.cases.case import Case
from assistant.clock import SHANGHAI
from assistant.commerce.model import Buyer, Order, OrderItem, PaymentMethod, Product, Shop
from assistant.commerce.platform import Command
from assistant.conversation import DialogueState, HandOver
from assistant.decisions.decision import Decision, Retention
from assistant.proposal import Proposal
from assistant.replies.reply import Choice
from knowledge.answers import Answer
from knowledge.text import Language


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a turn knows besides the message: loaded once, then only looked at.

    `choice` is what the buyer tapped, if they did; `photos` counts the pictures in this turn's messages. `zone` is
    the time zone of the place where the platform trades. `products` are those of the buyer's orders; `found` are
    further ones that the words may mean, best first; `payments` are how the buyer can pay, where that was looked up.
    `retained` are the goods (`order/item`) that an offer to keep them was made for.
    """

    now: datetime
    tenant: str
    buyer: Buyer
    orders: tuple[Order, ...]
    shops: Mapping[str, Shop]
    products: Mapping[str, Product]
    cases: tuple[Case, ...]
    state: DialogueState
    language: Language
    proposal: Proposal | None = None
    choice: Choice | None = None
    photos: int = 0
    zone: tzinfo = SHANGHAI
    found: Mapping[str, Product] = field(default_factory=dict)
    payments: tuple[PaymentMethod, ...] = ()
    retained: frozenset[str] = frozenset()

    @property
    def goods(self) -> Mapping[str, Product]:
        """All products that are known, by id."""
        return {**self.products, **self.found}

    @property
    def today(self) -> date:
        """The day it is where the platform trades."""
        return self.now.astimezone(self.zone).date()

    def order(self, order_id: str | None) -> Order | None:
        """One of the buyer's orders, or None when it isn't theirs."""
        return next((order for order in self.orders if order.id == order_id), None)


@dataclass(frozen=True, slots=True)
class Target:
    """The item of the order that a claim is about."""

    order: Order
    item: OrderItem


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """Answer from the clauses that were found."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class NotCovered:
    """Nothing in the knowledge covers the question: say so, offer a person, note the gap. `nearest` are clause ids."""

    question: str
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskOrder:
    """Ask which item of which order is meant; `contradicted` is what the orders don't bear out ("no phone there")."""

    claim: str
    targets: tuple[Target, ...]
    contradicted: str = ""


@dataclass(frozen=True, slots=True)
class AskWish:
    """Something is wrong, but no wish was named: offer the claims that the rules leave open."""

    target: Target | None
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskFact:
    """Ask the fact that settles most. `again` is set when the last answer could not be used.

    `options` are the values worth offering: those that lead somewhere of their own for these goods; empty for all.
    `order_differs` is set when the buyer takes the order for one that is not dispatched yet, and it is. `swaps` are
    the products on sale that the item can be exchanged for, when that is asked.
    """

    fact: str
    claim: str
    target: Target | None
    again: bool = False
    options: tuple[str | bool, ...] = ()
    order_differs: bool = False
    swaps: tuple[Product, ...] = ()


@dataclass(frozen=True, slots=True)
class Propose:
    """Everything holds: put this on the table for the buyer to confirm. `instead` is an offer shown beside it."""

    decision: Decision
    command: Command
    target: Target | None
    instead: Retention | None = None


@dataclass(frozen=True, slots=True)
class Refuse:
    """The rules say no; the decision says why and what remains. `then` is the claim that waits next, if any.

    `swaps` are the products on sale that an item can be exchanged for, where it was not one of them that was wanted.
    """

    decision: Decision
    target: Target | None
    then: str = ""
    swaps: tuple[Product, ...] = ()


@dataclass(frozen=True, slots=True)
class Confirm:
    """The buyer said yes to this proposal. `then` is the claim that waits next, if any."""

    proposal_id: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class Decline:
    """The buyer said no to this proposal; `dropped` when they gave up the whole wish. `then`: what waits next."""

    proposal_id: str
    dropped: bool = False
    then: str = ""


@dataclass(frozen=True, slots=True)
class Hesitation:
    """A proposal is on the table, and the buyer's answer was neither yes nor no."""

    proposal_id: str


@dataclass(frozen=True, slots=True)
class Drop:
    """The buyer gave up the open task. `then` is the claim that waits next, if any."""

    claim: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class PassOn:
    """Hand over to a person."""

    handover: HandOver


@dataclass(frozen=True, slots=True)
class ShowParcels:
    """Tell where the parcels of an order are."""

    order: Order


Aspect = Literal["details", "compare", "promotions", "services", "fault"]
"""What of products is told: all of it, what differs, offers and gifts, visits, or what a fault code means."""


@dataclass(frozen=True, slots=True)
class ShowProducts:
    """Tell about products, from their sheets; `code` is the fault code that was named."""

    products: tuple[Product, ...]
    aspect: Aspect
    code: str = ""


@dataclass(frozen=True, slots=True)
class ShowPayments:
    """Tell how the buyer can pay, and what is left."""

    methods: tuple[PaymentMethod, ...]


@dataclass(frozen=True, slots=True)
class ShowCases:
    """Tell how far the buyer's cases have come; `already` when the buyer asked for one that is open already.

    `then` is the claim that waits next, if any.
    """

    cases: tuple[Case, ...]
    already: bool = False
    then: str = ""


@dataclass(frozen=True, slots=True)
class Chat:
    """A social move: `greet`, `thanks`, `bye`, `who`, `acknowledge`, `nothing_more`, `empty`, `photo_received`.

    `then` is the claim that waits next, if any.
    """

    kind: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class Clarify:
    """Not understood, for the `misses`th time in a row: offer choices. `upset`: there was more feeling than content."""

    misses: int
    upset: bool = False


Ending = Confirm | Decline | Drop | Refuse | ShowCases | Chat
"""Steps after which nothing is open, so that a claim which waits can be offered."""

Step = (
    AnswerQuestion
    | NotCovered
    | AskOrder
    | AskWish
    | AskFact
    | Propose
    | Refuse
    | Confirm
    | Decline
    | Hesitation
    | Drop
    | PassOn
    | ShowParcels
    | ShowProducts
    | ShowPayments
    | ShowCases
    | Chat
    | Clarify
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The next step, where the dialogue stands after it, and the decision it rests on, if one was made."""

    step: Step
    state: DialogueState
    decision: Decision | None = None

    @property
    def acts_at_once(self) -> bool:
        """True when carrying out the step changes something that a message just coming in might call off."""
        return isinstance(self.step, Confirm | Decline)
