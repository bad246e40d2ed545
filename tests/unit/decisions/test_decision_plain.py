"""Plain conditions: what is computed without CEL comes to the same as with it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.decisions.book import default_book
from assistant.decisions.conditions import Condition, compile_condition, make_context
from assistant.decisions.facts import Fact, NestedFacts
from assistant.decisions.plain import Comparison, Joined, Not, Plain, parse

BOOK = default_book()
CONDITIONS = sorted(
    {part.condition.expression: part.condition for rule in BOOK.rules for part in (*rule.when, *rule.unless)}.items()
)
PLAIN = [condition for _, condition in CONDITIONS if condition.plain]
CALENDAR = BOOK.jurisdiction.calendar
NAMES = ["item.category", "item.opened", "item.quantity", "order.state", "shop.score", "shop.promises", "claim.reason"]
NAMES += ["order.paid_at", "claim.at"]


def test_most_shipped_conditions_need_no_cel() -> None:
    """The saving is worth its code: of ten shipped conditions nine are plain."""
    assert len(PLAIN) > len(CONDITIONS) * 0.9


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLAIN), st.data())
def test_plain_conditions_come_to_what_cel_makes_of_them(condition: Condition, data: st.DataObject) -> None:
    """Over any facts, known or not, the truth of every plain condition of the shipped book is CEL's."""
    facts: NestedFacts = {space: {} for _, space, _ in condition.places}
    for name, space, key in condition.places:
        value = data.draw(st.none() | values(BOOK.catalog.fact(name), condition))
        if value is not None:
            facts[space][key] = value
    assert condition.plain is not None
    assert condition.plain.truth(facts, CALENDAR) == condition.evaluate(make_context(facts, calendar=CALENDAR))


def values(fact: Fact, condition: Condition) -> st.SearchStrategy[Any]:
    """Values on both sides of whatever a condition compares a fact with."""
    if fact.type in ("datetime", "date"):
        return TIMES
    compared = comparisons_in(condition.plain) if condition.plain else []
    named = [one.operand for one in compared if f"{one.namespace}.{one.key}" == fact.name]
    if fact.type == "bool":
        return st.booleans()
    if fact.type == "list":
        return st.lists(st.sampled_from([*filter(None, named), "other"]), max_size=3)
    if fact.type in ("int", "money"):
        return st.sampled_from([0, 1, *(int(n) + step for n in named if n is not None for step in (0, 1))])
    if fact.type == "number":
        return st.sampled_from([0.0, 4.5, *(float(n) + step for n in named if n is not None for step in (-0.1, 0, 1))])
    return st.sampled_from([*fact.values, "other"])


def comparisons_in(plain: Plain) -> list[Comparison]:
    """All comparisons of single facts, wherever they stand."""
    if isinstance(plain, Not):
        return comparisons_in(plain.part)
    if isinstance(plain, Joined):
        return [one for part in plain.parts for one in comparisons_in(part)]
    return [plain] if isinstance(plain, Comparison) else []


TIMES = st.datetimes(datetime(2025, 6, 1), datetime(2025, 8, 1), timezones=st.just(UTC))
PART = st.sampled_from([
    "item.opened", "!item.opened", "item.category == 'fresh'", "item.category != 'fresh'", "item.quantity >= 2",
    "order.state in ['paid', 'delivered']", "shop.score >= 4.8", "'size_swap' in shop.promises", "has(claim.reason)",
    "claim.reason == 'quality'", "item.quantity == 3", "(item.opened)", "!has(claim.reason)",
    "days(order.paid_at, claim.at) <= 7",
    "hours(order.paid_at, claim.at) < 24.5", "!(months(order.paid_at, claim.at) > 1)", "'a && b' in shop.promises",
    "(item.opened || claim.reason == 'size')", "!(item.quantity < 2 && !item.opened)",
    "workdays(order.paid_at, claim.at) < 3", "order.paid_at <= claim.at",
    "days(order.paid_at, claim.at) <= item.quantity",
])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(PART, st.sampled_from([" && ", " || "])), min_size=1, max_size=4), st.booleans(), st.data())
def test_written_conditions_come_to_the_same(parts: list[tuple[str, str]], negated: bool, data: st.DataObject) -> None:
    """However parts are put together: what is read as plain is what CEL reads."""
    text = "".join(part + joint for part, joint in parts[:-1]) + parts[-1][0]
    condition = compile_condition(f"!({text})" if negated else text, NAMES)
    facts = data.draw(st.fixed_dictionaries({
        "item": st.fixed_dictionaries({}, optional={
            "opened": st.booleans(), "category": st.sampled_from(["fresh", "home"]), "quantity": st.integers(0, 4),
        }),
        "order": st.fixed_dictionaries({}, optional={
            "state": st.sampled_from(["paid", "refunded"]), "paid_at": TIMES,
        }),
        "shop": st.fixed_dictionaries({}, optional={
            "score": st.sampled_from([4.7, 4.8, 5]), "promises": st.lists(st.sampled_from(["size_swap", "other"])),
        }),
        "claim": st.fixed_dictionaries({}, optional={"reason": st.sampled_from(["quality", "size"]), "at": TIMES}),
    }))
    if condition.plain is not None:
        assert condition.plain.truth(facts, CALENDAR) == condition.evaluate(make_context(facts, calendar=CALENDAR))


@pytest.mark.parametrize(
    "expression",
    [
        "a.b ? c.d : e.f", "days(a.b, c.d) <= e.f + 1", "a.b + 1 > 2", "a.b[0] == 'x'", "a.b == 'it\\'s'",
        "workdays(a.b, c.d) <= 3", "a.b && ", "(a.b", "a.b)", "a.b || c.d ? e.f : g.h", "true", "", "!",
        "a.b == -1", "a.b.c", "a.b == c", "a.b == c.d",
    ],
)
def test_whatever_is_more_than_comparisons_is_left_to_cel(expression: str) -> None:
    """Sums, other functions, text with escapes and what is no expression at all are not read as plain."""
    assert parse(expression) is None
