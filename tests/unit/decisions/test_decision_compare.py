"""Comparing two books over past cases."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.decisions.book import RuleBook, load_book
from assistant.decisions.compare import Case, Comparison, Flip, Gate, Side, compare
from knowledge.errors import BadInput

Delivered = Callable[..., dict[str, dict[str, Any]]]


def test_a_longer_window_flips_the_late_returns_and_tells_the_money(
    book: RuleBook, delivered: Delivered, now: datetime
) -> None:
    """Of three returns only the one between the old and the new last day flips, by its refund."""
    said = {"claim__reason": "changed_mind", "item__condition": "unopened"}
    cases = [Case(str(days), delivered(days_ago=days, **said), now) for days in (3, 10, 30)]
    result = compare(book, load_book(parameters={"no_reason_days": 15}), cases)
    assert (result.cases, result.total.flips, result.total.fen, result.currency) == (3, 1, 19900, "CNY")
    [flip] = result.flips
    assert (flip.case, flip.change, flip.claim, flip.category) == ("10", "refuse → grant", "return", "home")
    assert {name: tally.fen for name, tally in result.by_rule.items()} == {"cn.return.seven-day": 19900}


def test_a_book_compared_with_itself_flips_nothing(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """The same rules decide the same."""
    cases = [Case(kind, delivered(kind), now) for kind in book.claims]
    assert compare(book, book, cases).flips == ()


def test_a_lower_compensation_is_less_for_buyers(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """Money that buyers lose is counted by itself, and has a minus sign in the sum."""
    facts = delivered("compensation", order__dispatch_due_at="2026-06-10", order__dispatched_at="2026-06-12",
                      order__delivered_at="2026-06-13", shop__promises=["late_dispatch"])
    lower = load_book(parameters={"late_dispatch_percent": 2})
    total = compare(book, lower, [Case("late", facts, now)]).total
    assert (total.more, total.less, total.fen) == (0, 597, -597)


def test_a_case_with_facts_that_are_none_is_named(book: RuleBook, now: datetime) -> None:
    """Whoever replays a file with a faulty case is told which."""
    with pytest.raises(BadInput, match=r"case third: .*item\.quantity"):
        compare(book, book, [Case("third", {"claim": {"kind": "return"}, "item": {"quantity": "three"}}, now)])


def flip(case: str, before: int, after: int, *, category: str = "home") -> Flip:
    """A case of which one book grants `before` and the other `after`."""
    sides = [Side("grant" if fen else "refuse", None, f"rule-{fen}", fen) for fen in (before, after)]
    return Flip(case, "return", category, *sides)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.sampled_from(["home", "fresh"])), max_size=8))
def test_every_way_to_sum_the_flips_comes_to_the_same(money: list[tuple[int, int, str]]) -> None:
    """By rule, by industry and by change, no flip and no money is lost or counted twice."""
    flips = tuple(flip(str(n), old, new, category=where) for n, (old, new, where) in enumerate(money))
    result = Comparison(len(flips), flips)
    for tallies in (result.by_rule, result.by_category, result.by_change):
        assert sum(tally.flips for tally in tallies.values()) == len(flips)
        assert sum(tally.fen for tally in tallies.values()) == sum(new - old for old, new, _ in money)
    assert result.total.more - result.total.less == result.total.fen


def test_the_rule_that_makes_the_difference_is_the_one_that_grants() -> None:
    """A refund that is gone is put down to the rule that gave it, one that is new to the rule that gives it."""
    assert flip("lost", 100, 0).rule == "rule-100"
    assert flip("won", 0, 100).rule == "rule-100"
    assert flip("changed", 100, 90).rule == "rule-90"


def test_a_gate_closes_beyond_its_bounds_only() -> None:
    """Each bound is kept by itself; a gate without bounds lets everything through."""
    result = Comparison(3, (flip("a", 0, 700), flip("b", 500, 0)))
    assert Gate().broken(result) == ()
    assert Gate(most_flips=2, most_more=700, most_less=500).broken(result) == ()
    assert Gate(most_flips=1, most_more=699, most_less=499).broken(result) == (
        "2 outcomes flip, at most 1 allowed", "700 more for buyers, at most 699 allowed",
        "500 less for buyers, at most 499 allowed",
    )
