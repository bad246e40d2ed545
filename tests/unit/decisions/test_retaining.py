"""Retention: one gentler offer beside a granted refund, which stays granted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from assistant.decisions.book import RuleBook
from assistant.decisions.engine import decide
from assistant.decisions.explain import explain
from assistant.decisions.retaining import RETAINABLE
from assistant.decisions.serialise import decision_from_dict, decision_to_dict

RULES = """\
rules:
  - &grant
    id: law.return
    title: {zh: 退货, en: Return}
    because: {zh: 法律, en: law}
    rank: statute
    cites: [consumer-law#25]
    claim: [return, refund]
    when: [order.delivered]
    grant: {remedy: return_and_refund, amount: item.refundable}
  - &coupon
    <<: *grant
    id: shop.coupon
    title: {zh: 送券, en: A coupon}
    rank: shop
    effect: retain
    cites: [promises#1.1]
    grant: {remedy: coupon, amount: '500'}
  - {<<: *coupon, id: shop.larger, grant: {remedy: coupon, amount: '900'}}
  - {<<: *coupon, id: shop.part, claim: [refund], grant: {remedy: partial_refund, amount: item.paid_fen / 10}}
  - {<<: *coupon, id: shop.nothing, claim: [refund], grant: {remedy: exchange}, instead_of: [refund]}
  - {<<: *coupon, id: shop.open, when: [item.quantity > 5], grant: {remedy: repair}}
"""
Delivered = Callable[..., dict[str, dict[str, Any]]]


@pytest.fixture
def offering(write_book: Callable[..., RuleBook]) -> RuleBook:
    """A law's return, and offers before it."""
    return write_book(RULES)


@pytest.mark.parametrize(("kind", "rule", "fen"), [("return", "shop.larger", 900), ("refund", "shop.part", 1990)])
def test_the_best_offer_is_named_and_the_grant_stays(
    offering: RuleBook, delivered: Delivered, now: datetime, kind: str, rule: str, fen: int
) -> None:
    """One offer, the best for the buyer; the refund is granted in full whatever they say to it."""
    decision = decide(offering, delivered(kind), now)
    assert (decision.outcome, decision.remedy, decision.rule) == ("grant", "return_and_refund", "law.return")
    assert decision.retention
    assert (decision.retention.rule, decision.retention.amount and decision.retention.amount.fen) == (rule, fen)
    assert decision.retention.citations == ("promises#1.1",)
    without = replace(decision, retention=None, proof=())
    assert without == replace(decide(_without_offers(offering), delivered(kind), now), proof=())


def _without_offers(book: RuleBook) -> RuleBook:
    from assistant.decisions.book import book_of

    return book_of([rule for rule in book.rules if rule.effect != "retain"], book.catalog, book.parameters)


@pytest.mark.parametrize("reason", ["counterfeit", "missing", "wrong_item", "not_received", "allergy", "spoiled"])
def test_who_has_a_serious_reason_is_not_haggled_with(
    offering: RuleBook, delivered: Delivered, now: datetime, reason: str
) -> None:
    """Health, fakes, wrong or missing goods: no offer is made."""
    assert decide(offering, delivered(claim__reason=reason), now).retention is None


def test_every_reason_has_been_thought_about(book: RuleBook) -> None:
    """Reasons are retainable by name; all of them are known to the catalogue."""
    known = set(book.catalog.fact("claim.reason").values)
    assert RETAINABLE - {None} <= known


def test_who_was_hurt_is_not_haggled_with(offering: RuleBook, delivered: Delivered, now: datetime) -> None:
    """An injury rules an offer out, whatever the reason."""
    facts = delivered(claim__reason="quality", claim__injured=True)
    assert decide(offering, facts, now).retention is None
    assert decide(offering, delivered(claim__reason="quality"), now).retention


def test_offers_ask_for_nothing(write_book: Callable[..., RuleBook], delivered: Delivered, now: datetime) -> None:
    """A rule that only offers never makes a question."""
    book = write_book(RULES.replace("item.quantity > 5", "claim.has_photo"))
    assert decide(book, delivered(), now).outcome == "grant"


def test_an_offer_is_kept_and_told(offering: RuleBook, delivered: Delivered, now: datetime) -> None:
    """It survives JSON, and is printed in both languages."""
    decision = decide(offering, delivered(), now)
    assert decision_from_dict(decision_to_dict(decision)).retention == decision.retention
    assert "优惠券 · ¥9.00 · 送券" in explain(decision, "zh")
    assert "coupon · ¥9.00 · A coupon" in explain(decision, "en")


def test_an_unknown_offer_is_named(write_book: Callable[..., RuleBook]) -> None:
    """Only what can stand before a refund may be offered."""
    from knowledge.errors import BadKnowledge

    with pytest.raises(BadKnowledge, match="unknown remedy `complaint`"):
        write_book(RULES.replace("remedy: coupon, amount: '500'", "remedy: complaint"))
