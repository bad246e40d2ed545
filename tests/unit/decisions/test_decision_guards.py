"""Guards: rules that are about other situations are passed over, and nothing else changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from assistant.decisions.book import RuleBook, book_of
from assistant.decisions.engine import decide
from assistant.decisions.examples import facts_of_example, moment_of
from assistant.decisions.guards import Guard, guards_of

Delivered = Callable[..., dict[str, dict[str, Any]]]


@pytest.mark.parametrize(
    ("expression", "guards"),
    [
        ("order.delivered", [("delivered", {True})]),
        ("!order.dispatched", [("dispatched", {False})]),
        ("order.dispatched && !order.delivered", [("dispatched", {True}), ("delivered", {False})]),
        ("item.category == 'fresh'", [("category", {"fresh"})]),
        ("claim.reason in ['quality', 'damaged']", [("reason", {"quality", "damaged"})]),
        ("item.category == 'beauty' && 'allergy_60_days' in shop.promises", [("category", {"beauty"})]),
        ("!item.three_guarantees || claim.reason != 'quality'", []),
        ("!(item.category in ['fresh', 'virtual'])", []),
        ("has(claim.reason) && claim.reason == 'counterfeit'", [("reason", {"counterfeit"})]),
        ("!has(claim.reason) && order.delivered", [("delivered", {True})]),
        ("!(claim.has_photo && order.delivered && item.opened)", []),
        ("item.warranty_months > 0", []),
    ],
)
def test_only_what_one_fact_settles_alone_guards(expression: str, guards: list[tuple[str, set[Any]]]) -> None:
    """Alternatives, negated lists and comparisons of numbers never let a rule be passed over."""
    assert [(guard.key, set(guard.allowed)) for guard in guards_of([expression])] == guards


def test_a_fact_that_is_not_known_excludes_nothing() -> None:
    """A rule that waits for the fact stays open."""
    guard = Guard("claim", "reason", frozenset({"quality"}))
    assert not guard.excludes({"claim": {}})
    assert not guard.excludes({})
    assert guard.excludes({"claim": {"reason": "size"}})


def test_passing_rules_over_changes_no_decision(book: RuleBook) -> None:
    """Every example is decided alike with and without guards, its nearest misses included; only the proof is longer."""
    unguarded = book_of([replace(rule, guards=()) for rule in book.rules], book.catalog, book.parameters)
    now = moment_of(book)
    for rule in book.rules:
        for example in rule.examples:
            for kind in book.claims:
                facts = facts_of_example(example.given, kind, now)
                short, full = decide(book, facts, now), decide(unguarded, facts, now)
                assert replace(short, proof=()) == replace(full, proof=())
                assert set(map(repr, short.proof)) <= set(map(repr, full.proof))


def test_the_proof_keeps_the_nearest_misses(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """A refusal still shows the rule that failed by one condition, and none about other goods."""
    decision = decide(book, delivered(claim__reason="changed_mind", item__condition="used"), now)
    considered = {proof.rule for proof in decision.proof}
    assert "cn.return.seven-day" in considered
    assert "industry.fresh.spoiled" not in considered
