"""Comparing two books over past cases."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from assistant.decisions.book import RuleBook, load_book
from assistant.decisions.compare import Case, compare

Delivered = Callable[..., dict[str, dict[str, Any]]]


def test_a_longer_window_flips_the_late_returns_and_tells_the_money(
    book: RuleBook, delivered: Delivered, now: datetime
) -> None:
    """Of three returns only the one between the old and the new last day flips, by its refund."""
    said = {"claim__reason": "changed_mind", "item__condition": "unopened"}
    cases = [Case(str(days), delivered(days_ago=days, **said), now) for days in (3, 10, 30)]
    result = compare(book, load_book(parameters={"no_reason_days": 15}), cases)
    assert (result.cases, result.fen) == (3, 19900)
    flipped = [(flip.case, flip.before.outcome, flip.after.outcome) for flip in result.flips]
    assert flipped == [("10", "refuse", "grant")]
    assert result.by_rule == {"cn.return.seven-day": 19900}


def test_a_book_compared_with_itself_flips_nothing(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """The same rules decide the same."""
    cases = [Case(kind, delivered(kind), now) for kind in book.claims]
    assert compare(book, book, cases).flips == ()


def test_a_lower_compensation_is_less_for_buyers(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """Money that buyers lose has a minus sign."""
    facts = delivered("compensation", order__dispatch_due_at="2026-06-10", order__dispatched_at="2026-06-12",
                      order__delivered_at="2026-06-13", shop__promises=["late_dispatch"])
    lower = load_book(parameters={"late_dispatch_percent": 2})
    result = compare(book, lower, [Case("late", facts, now)])
    assert result.fen == -597
