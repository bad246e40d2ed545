"""Plausible claims on generated orders: to replay rule books over, and to count the questions that they ask.

Everything comes from one seed, so that two runs see the same orders. The facts are whole: what the platform knows and
what the buyer would answer; `told_by_platform` gives the first part alone.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from assistant.clock import SHANGHAI
from assistant.decisions.book import RuleBook, default_book
from assistant.decisions.compare import Case
from assistant.decisions.facts import Fact, FactCatalog, NestedFacts

NOW = datetime(2026, 6, 16, 12, 0, tzinfo=SHANGHAI)
"""When all generated claims are made."""

_KINDS = {"return": 30, "refund": 25, "exchange": 14, "repair": 12, "compensation": 9, "price_protection": 5}
_BEFORE_DELIVERY = ("changed_mind", "late", "not_received", "other")
_REASONS = ("changed_mind", "quality", "damaged", "missing", "wrong_item", "not_as_described", "counterfeit", "other")
_OF_CATEGORY: Mapping[str, tuple[str, ...]] = {
    "apparel": ("size", "size"), "fresh": ("spoiled", "spoiled"), "fmcg": ("spoiled",), "pets": ("spoiled",),
    "beauty": ("allergy",), "mother_baby": ("allergy", "size"),
}
_TRAITS: Mapping[str, Mapping[str, Any]] = {
    "fresh": {"perishable": True}, "virtual": {"digital_content": True},
    "digital": {"three_guarantees": True, "warranty_months": 12},
    "appliances": {"three_guarantees": True, "warranty_months": 12},
    "home": {"warranty_months": 36},
}
_PRICES = {"jewellery": 400_000, "luxury_used": 800_000, "digital": 250_000, "appliances": 300_000, "home": 150_000}
_USUAL_PRICE = 15_000
_AGES = (1, 2, 3, 5, 7, 8, 10, 14, 16)
_CONDITIONS = ("unopened", "unopened", "opened_intact", "opened_intact", "opened_intact", "used", "damaged_by_buyer")
_LIKELY = {"claim.has_photo": 0.7, "claim.has_medical_note": 0.5, "claim.injured": 0.05}
_NUMBERS = {"claim.repair_days": (1, 60), "claim.pieces_used": (1, 30), "claim.failed_repairs": (0, 3)}
_PROMISE = re.compile(r"'(\w+)' in shop\.promises")


def generated_cases(n: int, seed: int, book: RuleBook | None = None) -> list[Case]:
    """`n` claims over every category in turn, the same for the same seed.

    The book (the shipped one by default) says which categories, wishes, promises and facts there are.
    """
    book = book or default_book()
    categories = [str(value) for value in book.catalog.fact("item.category").values]
    promises = promises_in(book)
    made = []
    for number in range(n):
        random = Random(f"{seed}/{number}")  # noqa: S311  (reproducible, not secret)
        category = categories[number % len(categories)]
        facts = _Draw(random, book, promises).facts(category)
        made.append(Case(f"generated-{number:04}", facts, NOW))
    return made


def told_by_platform(case: Case, catalog: FactCatalog) -> NestedFacts:
    """What is known of a case before the buyer answers anything but what they want."""
    told: NestedFacts = {"claim": {"kind": case.facts["claim"]["kind"]}}
    for space, values in case.facts.items():
        for key, value in values.items():
            if catalog.fact(f"{space}.{key}").known_by != "buyer":
                told.setdefault(space, {})[key] = value
    return told


def promises_in(book: RuleBook) -> list[str]:
    """The service promises of shops that some rule asks for, in order of their names."""
    sources = [part.condition.source for rule in book.rules for part in (*rule.when, *rule.unless)]
    return sorted({name for source in sources for name in _PROMISE.findall(source)})


class _Draw:
    """Draws one claim; every method adds the facts of one namespace."""

    def __init__(self, random: Random, book: RuleBook, promises: Sequence[str]) -> None:
        self._random, self._book, self._promises = random, book, promises

    def facts(self, category: str) -> NestedFacts:
        """A whole claim on one item of this category."""
        order = self._order(category)
        item = self._item(category, order)
        facts = {
            "order": order, "item": item, "parcel": self._parcel(order),
            "buyer": {"credit_tier": self._random.choices((1, 2, 3, 4, 5), (30, 25, 20, 15, 10))[0]},
            "shop": {
                "promises": [name for name in self._promises if self._random.random() < 0.4],
                "score": round(self._random.uniform(3.5, 5.0), 1),
            },
            "claim": self._claim(category, order, item),
        }
        self._others(facts)
        return facts

    def _order(self, category: str) -> dict[str, Any]:
        """Dates and states that fit each other: paid, on its way, delivered, or long completed."""
        state = self._random.choices(("paid", "dispatched", "delivered", "completed"), (12, 13, 50, 25))[0]
        state = "delivered" if category == "virtual" and state == "dispatched" else state
        age = self._random.randint(18, 500) if state == "completed" else self._random.choice(_AGES)
        journey = self._random.choice((2, 3, 4, 7))
        created = NOW - timedelta(days=age + journey, hours=self._random.randint(0, 20))
        order: dict[str, Any] = {
            "state": state, "created_at": created, "paid_at": created + timedelta(minutes=5),
            "dispatch_due_at": created + timedelta(hours=48), "freight_fen": self._random.choice((0, 0, 0, 600, 1000)),
        }
        if state != "paid":
            order["dispatched_at"] = created + timedelta(hours=self._random.choice((6, 12, 24 * journey - 20)))
            order["delivery_due_at"] = created + timedelta(days=self._random.choice((3, 4, 6)))
        if state in ("delivered", "completed"):
            order["delivered_at"] = NOW - timedelta(days=age, hours=self._random.choice((0, 0, 1)))
        if state == "completed":
            order["completed_at"] = order["delivered_at"] + timedelta(days=10)
        return order

    def _item(self, category: str, order: dict[str, Any]) -> dict[str, Any]:
        """What was bought and paid; adds the order's own sum, which may hold other goods too."""
        quantity = self._random.choices((1, 2, 5), (80, 15, 5))[0]
        price = round(_PRICES.get(category, _USUAL_PRICE) * self._random.uniform(0.2, 3)) // 100 * 100
        paid = quantity * price - self._random.choice((0, 0, 500, 1234))
        refunded = paid // 4 if self._random.random() < 0.03 else 0
        others = self._random.choice((0, 0, 0, 9900))
        order |= {"paid_fen": paid + order["freight_fen"] + others, "refunded_fen": refunded}
        return {
            **_TRAITS.get(category, {}), "category": category, "quantity": quantity, "unit_price_fen": price,
            "paid_fen": paid, "refunded_fen": refunded, "condition": self._random.choice(_CONDITIONS),
            "current_price_fen": round(price * self._random.choice((1, 1, 0.9, 0.8, 1.1))),
            "price_protection_days": self._random.choice((0, 7, 15, 30)),
        }

    def _parcel(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """A parcel on its way may be lost, late or back; before dispatch there is none."""
        if "dispatched_at" not in order:
            return {}
        if "delivered_at" in order:
            return {"state": "delivered"}
        state = self._random.choices(("in_transit", "delayed", "lost", "returned"), (60, 20, 10, 10))[0]
        return {"state": state, "quiet_days": self._random.choice((0, 1, 2, 4, 7))}

    def _claim(self, category: str, order: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        """What the buyer wants and why."""
        kinds = self._book.claims
        kind = self._random.choices(kinds, [_KINDS.get(one, 3) for one in kinds])[0]
        reasons = _REASONS + _OF_CATEGORY.get(category, ()) if "delivered_at" in order else _BEFORE_DELIVERY
        reason = "price_drop" if kind == "price_protection" else self._random.choice(reasons)
        return {"at": NOW, "kind": kind, "reason": reason, "quantity": self._random.randint(1, item["quantity"])}

    def _others(self, facts: NestedFacts) -> None:
        """An answer to all that a buyer may be asked, and now and then a trait that is off its default."""
        for fact in self._book.catalog.facts.values():
            space, _, key = fact.name.partition(".")
            if fact.known_by == "computed" or key in facts.setdefault(space, {}):
                continue
            if fact.known_by == "buyer":
                facts[space][key] = self._answer(fact)
            elif fact.type == "bool" and fact.default is False and self._random.random() < 0.04:
                facts[space][key] = True

    def _answer(self, fact: Fact) -> Any:
        """One of the answers to a question."""
        if fact.type == "bool":
            return self._random.random() < _LIKELY.get(fact.name, 0.25)
        if fact.values:
            value = self._random.choice(fact.values)
            return [value] if fact.type == "list" else value
        if fact.type in ("datetime", "date"):
            return NOW - timedelta(days=self._random.randint(0, 3))
        if fact.type in ("int", "number", "money"):
            return self._random.randint(*_NUMBERS.get(fact.name, (0, 10)))
        return "" if fact.type == "string" else []
