"""The engine: the promises that hold for every claim, whatever the rules say."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.clock import SHANGHAI
from assistant.decisions.book import RuleBook, default_book, load_book
from assistant.decisions.engine import decide
from assistant.decisions.examples import run_examples
from assistant.decisions.rules import FREIGHT, REMEDIES
from knowledge.errors import BadInput

Facts = dict[str, dict[str, Any]]
NOW = datetime(2026, 6, 16, 12, 0, tzinfo=SHANGHAI)
BOOK = default_book()
PROMISES = ["free_return_freight", "fresh_guarantee", "late_dispatch", "size_swap", "broken_guarantee"]


def values(name: str) -> st.SearchStrategy[Any]:
    """Any value of an enum, or not known."""
    return st.sampled_from([None, *BOOK.catalog.fact(name).values])


@st.composite
def claims(draw: st.DrawFn) -> Facts:
    """Any claim on any order, with any of the buyer's facts known or not."""
    paid = draw(st.integers(0, 500_000))
    ordered = NOW - timedelta(days=draw(st.integers(0, 900)))
    state = draw(st.sampled_from(["unpaid", "paid", "dispatched", "delivered", "completed", "refunded"]))
    sent = ordered + timedelta(days=draw(st.integers(0, 5)))
    order: dict[str, Any] = {
        "state": state, "created_at": ordered, "paid_at": ordered, "paid_fen": paid + 800, "freight_fen": 800,
    }
    if state in ("dispatched", "delivered", "completed", "refunded"):
        order["dispatched_at"] = sent
    if state in ("delivered", "completed", "refunded"):
        order["delivered_at"] = sent + timedelta(days=1)
    return {
        "claim": {
            "kind": draw(st.sampled_from(BOOK.claims)), "reason": draw(values("claim.reason")),
            "has_photo": draw(st.sampled_from([None, True, False])),
            "failed_repairs": draw(st.sampled_from([None, 0, 2])),
        },
        "order": order,
        "item": {
            "paid_fen": paid, "refunded_fen": draw(st.sampled_from([0, paid])),
            "category": draw(values("item.category").filter(bool)),
            "condition": draw(values("item.condition")), "custom_made": draw(st.booleans()),
            "three_guarantees": draw(st.booleans()), "warranty_months": draw(st.sampled_from([0, 12])),
            "price_protection_days": draw(st.sampled_from([0, 15])),
            "current_price_fen": draw(st.integers(0, 500_000)),
        },
        "parcel": {"state": draw(values("parcel.state"))},
        "buyer": {"credit_tier": draw(st.integers(1, 5))},
        "shop": {"promises": draw(st.lists(st.sampled_from(PROMISES)))},
    }


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(claims())
def test_every_decision_is_whole(facts: Facts) -> None:
    """A grant has a remedy, citations and money within what was paid; a refusal a reason; a question a fact to ask."""
    decision = decide(BOOK, facts, NOW)
    if decision.outcome == "grant":
        assert decision.remedy in REMEDIES
        assert decision.citations
        assert decision.because
        if decision.amount and decision.remedy != "compensation":
            assert 0 < decision.amount.fen <= facts["order"]["paid_fen"]
    if decision.outcome in ("refuse", "review"):
        assert decision.because
    if decision.outcome == "ask":
        assert decision.asks
        assert all(BOOK.catalog.fact(asked.name).known_by == "buyer" for asked in decision.asks)
    assert decide(BOOK, facts, NOW) == decision


ANSWERS = {"bool": [True, False], "string": ["", "文一西路969号"], "date": ["2026-11-24", "2027-11-24"]}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(claims(), st.data())
def test_questions_end_and_never_repeat(facts: Facts, data: st.DataObject) -> None:
    """Whatever the buyer answers, no fact is asked twice and the questions come to an end."""
    asked: list[str] = []
    while (decision := decide(BOOK, facts, NOW)).outcome == "ask":
        name = decision.asks[0].name
        assert name not in asked
        asked.append(name)
        fact = BOOK.catalog.fact(name)
        options = list(fact.values) or ANSWERS.get(fact.type, [0, 1, 2, 40])
        space, _, key = name.partition(".")
        facts = {**facts, space: {**facts[space], key: data.draw(st.sampled_from(options))}}
    assert len(asked) <= 5


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(claims())
def test_a_shops_promise_never_makes_a_buyer_worse_off(facts: Facts) -> None:
    """Lower ranks add: with a promise taken away, no settled grant gets better."""
    without = decide(BOOK, {**facts, "shop": {"promises": []}}, NOW)
    with_it = decide(BOOK, facts, NOW)
    if without.outcome == with_it.outcome == "grant":
        assert REMEDIES[with_it.remedy or ""] >= REMEDIES[without.remedy or ""]
        if with_it.remedy == without.remedy:
            assert FREIGHT[with_it.return_freight] >= FREIGHT[without.return_freight]
    if without.outcome == "grant":
        assert with_it.outcome in ("grant", "ask")


def test_every_example_beside_the_shipped_rules_holds(book: RuleBook) -> None:
    """The rules do what their authors wrote that they do."""
    results = run_examples(book)
    assert len(results) >= 80
    assert [(r.rule.id, r.example.name, r.wrong) for r in results if not r.passed] == []


@pytest.mark.parametrize("kind", ["refund", "return"])
def test_what_the_order_tells_is_never_asked(book: RuleBook, kind: str) -> None:
    """Before dispatch a refund is decided at once; no reason is asked for."""
    facts = {"claim": {"kind": kind}, "order": {"state": "paid", "paid_fen": 9900}, "item": {"paid_fen": 9900}}
    decision = decide(book, facts, NOW)
    assert (decision.outcome, decision.remedy, decision.amount and decision.amount.fen) == ("grant", "refund", 9900)


def test_the_wish_is_asked_when_nobody_named_one(book: RuleBook, delivered: Callable[..., Facts]) -> None:
    """A claim without a kind asks what the buyer would like."""
    facts = delivered()
    del facts["claim"]["kind"]
    assert [asked.name for asked in decide(book, facts, NOW).asks] == ["claim.kind"]


def test_two_answers_settle_an_ordinary_return(book: RuleBook, delivered: Callable[..., Facts]) -> None:
    """Reason, then condition: no more is asked of somebody who changed their mind."""
    assert decide(book, delivered(), NOW).asks[0].name == "claim.reason"
    changed = decide(book, delivered(claim__reason="changed_mind"), NOW)
    assert [asked.name for asked in changed.asks] == ["item.condition"]
    settled = decide(book, delivered(claim__reason="changed_mind", item__condition="unopened"), NOW)
    assert settled.outcome == "grant"


def test_what_the_platform_should_tell_and_does_not_goes_to_a_person(book: RuleBook) -> None:
    """A missing order fact is not asked of the buyer; a person looks, and the missing facts are named."""
    claim = {"kind": "return", "reason": "quality"}
    facts = {"claim": claim, "order": {"state": "delivered"}, "item": {"category": "home"}}
    decision = decide(book, facts, NOW)
    assert decision.outcome == "review"
    assert "order.delivered_at" in decision.notes["missing"]


def test_the_law_of_the_order_day_applies(book: RuleBook, delivered: Callable[..., Facts]) -> None:
    """An order from before the law has no seven-day return; asked as of a later day, it has."""
    facts = delivered(claim__reason="changed_mind", item__condition="unopened", order__created_at="2014-03-10")
    assert decide(book, facts, NOW).outcome == "refuse"
    assert decide(book, facts, NOW, as_of=date(2014, 3, 15)).outcome == "grant"


def test_a_figure_set_by_the_platform_decides(delivered: Callable[..., Facts]) -> None:
    """With fifteen days of no-reason return the tenth day is granted, and the last one is named."""
    generous = load_book(parameters={"no_reason_days": 15})
    decision = decide(generous, delivered(days_ago=10, claim__reason="changed_mind", item__condition="unopened"), NOW)
    assert decision.outcome == "grant"
    assert decision.counterfactuals[0].text.en == "“Seven-day no-reason return” can be claimed until 21 Jun 23:59."


def test_a_grant_cites_every_rule_that_gives_it(book: RuleBook, delivered: Callable[..., Facts]) -> None:
    """A faulty phone within seven days rests on the law and on the three guarantees."""
    facts = delivered(claim__reason="quality", item__category="digital", item__three_guarantees=True)
    assert {"consumer-law#24", "after-sales-standard#6.5.2"} <= set(decide(book, facts, NOW).citations)


def test_a_wrong_fact_is_named(book: RuleBook) -> None:
    """Bad input names the fact."""
    with pytest.raises(BadInput, match=r"claim\.reason"):
        decide(book, {"claim": {"kind": "return", "reason": "bored"}}, NOW)


PRECEDENCE = """\
rules:
  - &grant
    id: law.grant
    title: {zh: 法律, en: Law}
    because: {zh: 法律, en: law}
    rank: statute
    cites: [consumer-law#25]
    claim: [return]
    when: [order.delivered]
    grant: {remedy: return_and_refund, amount: item.refundable, return_freight: buyer}
  - <<: *grant
    id: shop.grant
    rank: shop
    grant: {remedy: refund, amount: item.refundable}
  - <<: *grant
    id: platform.review
    rank: platform
    effect: review
    when: [order.delivered, claim.has_photo]
    grant: {}
"""


def test_a_review_holds_back_its_own_rank_and_below_never_a_higher_one(
    write_book: Callable[..., RuleBook], delivered: Callable[..., Facts]
) -> None:
    """The platform's review stops the shop's promise, and the law's remedy is granted all the same."""
    book = write_book(PRECEDENCE)
    free = decide(book, delivered(claim__has_photo=False), NOW)
    held = decide(book, delivered(claim__has_photo=True), NOW)
    assert (free.rule, free.remedy) == ("shop.grant", "refund")
    assert (held.rule, held.remedy) == ("law.grant", "return_and_refund")
