"""Facts that can't all be true: what the platform tells of one order may disagree with itself.

Then nobody knows what the buyer is entitled to, and a person must look; each contradiction is named.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.decisions.facts import FactCatalog, NestedFacts
from knowledge.errors import BadInput
from knowledge.text import Text

_IN_ORDER = (
    ("order.created_at", "order.paid_at"), ("order.created_at", "order.dispatched_at"),
    ("order.created_at", "order.delivered_at"), ("order.created_at", "order.completed_at"),
    ("order.dispatched_at", "order.delivered_at"), ("order.created_at", "claim.at"),
)
"""What can't happen before what."""

_WITHIN = (
    ("item.refunded_fen", "item.paid_fen"), ("order.refunded_fen", "order.paid_fen"),
    ("item.paid_fen", "order.paid_fen"),
)
"""What can't be more than what."""

_HAPPENED = ("order.created_at", "order.paid_at", "order.dispatched_at", "order.delivered_at", "order.completed_at")
_NOT_IN = {"order.delivered_at": ("unpaid", "paid"), "order.dispatched_at": ("unpaid",), "order.paid_at": ("unpaid",)}
"""The states in which an order can't be yet once this has happened."""

_LOOKED_AT = [
    (name, *name.split(".")) for name in sorted({
        *(name for pair in (*_IN_ORDER, *_WITHIN) for name in pair), *_HAPPENED, "order.state", "order.currency",
    })
]

_CURRENCY = re.compile(r"[A-Z]{3}")
CLOCKS_DIFFER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Facts that exclude each other, by name, and what is wrong between them in words."""

    facts: tuple[str, ...]
    because: Text


def refuse_impossible(facts: NestedFacts) -> None:
    """Pass facts that whoever hands them in can mean.

    Raises:
        BadInput: nothing was bought, more is claimed than was bought, or a currency is no code of one.
    """
    bought, claimed = facts["item"].get("quantity"), facts["claim"].get("quantity")
    if bought is not None and bought < 1:
        raise BadInput(f"fact `item.quantity` must be 1 or more: got {bought}")
    if bought is not None and claimed is not None and claimed > bought:
        raise BadInput(f"fact `claim.quantity` is {claimed}, and {bought} were bought")
    currency = facts["order"].get("currency", "")
    if not _CURRENCY.fullmatch(currency):
        raise BadInput(f"fact `order.currency` must be a code such as CNY: got {currency[:20]!r}")


def contradictions(catalog: FactCatalog, facts: NestedFacts, now: datetime) -> tuple[Contradiction, ...]:
    """What the facts say against each other; empty where they agree.

    A time is in the future when it is later than both `now` and the claim, give or take what clocks differ by.
    """
    flat = {name: facts[space].get(key) for name, space, key in _LOOKED_AT}
    latest = max(now, facts["claim"]["at"]) + CLOCKS_DIFFER
    return (*_disordered(catalog, flat), *_beyond(catalog, flat), *_not_yet(catalog, flat, latest))


def _disordered(catalog: FactCatalog, flat: dict[str, object]) -> Iterator[Contradiction]:
    """Events before those that they follow from."""
    for first, then in _IN_ORDER:
        early, late = flat.get(first), flat.get(then)
        if isinstance(early, datetime) and isinstance(late, datetime) and late < early - CLOCKS_DIFFER:
            yield _of(catalog, then, first, Text("「{0}」早于「{1}」", "“{0}” is before “{1}”"))


def _beyond(catalog: FactCatalog, flat: dict[str, object]) -> Iterator[Contradiction]:
    """Parts greater than their whole, and money of another place than the rules."""
    for part, whole in _WITHIN:
        some, all_ = flat.get(part), flat.get(whole)
        if isinstance(some, int) and isinstance(all_, int) and some > all_:
            yield _of(catalog, part, whole, Text("「{0}」超过「{1}」", "“{0}” is more than “{1}”"))
    if flat["order.currency"] != catalog.jurisdiction.currency:
        wrong = Text("规则以{0}计价，订单不是", "the rules count in {0}, the order does not")
        yield Contradiction(("order.currency",), _filled(wrong, *[Text(*[catalog.jurisdiction.currency] * 2)]))


def _not_yet(catalog: FactCatalog, flat: dict[str, object], latest: datetime) -> Iterator[Contradiction]:
    """Events of the future, and events that the order's state says have not happened."""
    for name in _HAPPENED:
        at = flat.get(name)
        if isinstance(at, datetime) and at > latest:
            yield _of(catalog, name, name, Text("「{0}」在将来", "“{0}” is in the future"))
        elif at is not None and flat.get("order.state") in _NOT_IN.get(name, ()):
            yield _of(catalog, name, "order.state", Text("「{0}」与「{1}」不符", "“{0}” and “{1}” disagree"))


def _of(catalog: FactCatalog, one: str, other: str, wrong: Text) -> Contradiction:
    """A contradiction between two facts, with their labels put into the words."""
    return Contradiction(
        tuple(dict.fromkeys((one, other))), _filled(wrong, catalog.fact(one).label, catalog.fact(other).label)
    )


def _filled(wrong: Text, *labels: Text) -> Text:
    zh, en = wrong.zh.format(*(label.zh for label in labels)), wrong.en.format(*(label.en for label in labels))
    return Text(f"订单资料互相矛盾：{zh}，需人工核实。", f"The order's records disagree: {en}; a person must check.")
