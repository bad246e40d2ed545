"""Refusals: why, what remains, and what would have changed it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from assistant.decisions.book import RuleBook
from assistant.decisions.engine import decide
from assistant.decisions.examples import run_examples
from assistant.decisions.refusing import MOST_ALTERNATIVES, NO_RULE
from assistant.decisions.rules import REMEDIES
from knowledge.text import Text

Delivered = Callable[..., dict[str, dict[str, Any]]]


def test_a_late_return_is_told_the_last_moment(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """The refusal names the day and minute until which the claim was possible."""
    decision = decide(book, delivered(days_ago=8, claim__reason="changed_mind", item__condition="unopened"), now)
    late = [one for one in decision.counterfactuals if one.fact == "claim.at"]
    assert late[0].text.zh == "「七天无理由退货」的申请截止时间是 6月15日 23:59。"
    assert late[0].until
    assert late[0].until < now < late[0].until + timedelta(days=1)


def test_worn_goods_are_told_what_intact_would_have_meant(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """The one fact that stands in the way is named."""
    decision = decide(book, delivered(claim__reason="changed_mind", item__condition="used"), now)
    assert [one.fact for one in decision.counterfactuals] == ["item.condition"]
    assert "unopened" in decision.counterfactuals[0].text.en


def test_nobody_is_taught_to_give_another_reason(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """A refusal never says that another reason would have been granted."""
    for reason in book.catalog.fact("claim.reason").values:
        decision = decide(book, delivered(days_ago=60, claim__reason=reason, item__condition="used"), now)
        assert all(one.fact != "claim.reason" for one in decision.counterfactuals)


def test_what_remains_is_offered_with_its_rule(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """After the days of return, faulty goods can still be exchanged or repaired, and anybody can complain."""
    decision = decide(book, delivered(days_ago=20, claim__reason="quality"), now)
    offered = {other.claim: other.rule for other in decision.alternatives}
    assert offered["exchange"] == "cn.exchange.quality"
    assert offered["repair"] == "cn.repair.quality"
    assert "complaint" in offered


def offered_after(book: RuleBook, facts: dict[str, dict[str, Any]], now: datetime) -> list[str]:
    """The wishes offered after a refusal, in their order."""
    decision = decide(book, facts, now)
    assert decision.outcome == "refuse"
    return [other.claim for other in decision.alternatives]


def test_a_repair_is_not_offered_to_who_changed_their_mind(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """Worn and no longer liked: nothing is broken, so there is nothing to repair or exchange for a fault."""
    facts = delivered(claim__reason="changed_mind", item__condition="used", item__warranty_months=12)
    assert offered_after(book, facts, now) == ["complaint"]


def test_unpacked_or_not_decides_whether_a_repair_makes_sense(
    book: RuleBook, delivered: Delivered, now: datetime
) -> None:
    """Late, for another reason: used goods may need a repair, sealed ones of which no fault was told don't."""
    assert "repair" in offered_after(book, delivered(days_ago=20, claim__reason="other", item__condition="used"), now)
    sealed = delivered(days_ago=20, claim__reason="other", item__condition="unopened")
    assert "repair" not in offered_after(book, sealed, now)


def test_who_asks_for_a_price_difference_is_offered_no_repair(
    book: RuleBook, delivered: Delivered, now: datetime
) -> None:
    """A wish about money, refused, leads to giving the goods back, not to mending them."""
    assert offered_after(book, delivered("price_protection", order__paid_at=now), now) == ["return", "complaint"]


def test_a_complaint_is_offered_by_its_name(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """Nobody wishes for a grade 3: it is called a complaint."""
    decision = decide(book, delivered(claim__reason="changed_mind", item__condition="used"), now)
    titles = {other.claim: other.title for other in decision.alternatives}
    assert titles["complaint"] == Text("投诉", "complaint")


def test_at_most_three_ways_out_are_offered_the_best_first(book: RuleBook, now: datetime) -> None:
    """Whatever is refused, the list is short, and worth most to the buyer at its head."""
    for result in run_examples(book):
        assert result.decision
        worth = [REMEDIES[other.remedy] for other in result.decision.alternatives]
        assert len(worth) <= MOST_ALTERNATIVES
        assert worth == sorted(worth, reverse=True)


def test_weather_is_told_as_the_reason_why_lateness_pays_nothing(book: RuleBook, now: datetime) -> None:
    """A parcel held up by a storm is not compensated, the clause is named, and the money back remains."""
    order = {
        "state": "dispatched", "created_at": now - timedelta(days=7), "dispatched_at": now - timedelta(days=6),
        "delivery_due_at": now - timedelta(days=3), "paid_fen": 29900,
    }
    facts: dict[str, dict[str, Any]] = {
        "claim": {"kind": "compensation"}, "order": order, "item": {"paid_fen": 29900, "category": "home"},
        "shop": {"promises": ["late_delivery"]},
    }
    assert decide(book, facts, now).outcome == "grant"
    decision = decide(book, {**facts, "parcel": {"state": "delayed", "held_by_weather": True}}, now)
    assert (decision.outcome, decision.rule, decision.citations[0]) == ("refuse", "shop.late-delivery", "promises#1.2")
    assert "severe weather" in decision.because[0].en
    assert [other.claim for other in decision.alternatives] == ["return", "complaint"]


def test_a_large_appliance_keeps_its_repair(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """Replacement instead of repair is promised for small appliances: a washing machine sent for repair is repaired."""
    facts = delivered(
        "repair", days_ago=138, claim__reason="quality", item__category="appliances", item__warranty_months=36,
        item__three_guarantees=True, shop__promises=["replace_not_repair"],
    )
    assert decide(book, facts, now).remedy == "exchange"
    facts["item"]["large_appliance"] = True
    assert decide(book, facts, now).remedy == "repair"


def test_an_exception_is_the_reason(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """Custom-made goods are refused for being custom-made, under the article that says so."""
    facts = delivered(claim__reason="changed_mind", item__condition="unopened", item__custom_made=True)
    decision = decide(book, facts, now)
    assert decision.because[0].en == "Goods made to the buyer's order are exempt from no-reason return."
    assert decision.citations[0] == "consumer-law#25"


def test_a_claim_that_no_rule_is_about_says_so(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """Where no rule concerns the situation, nothing is invented."""
    decision = decide(book, delivered("compensation", claim__reason="other", claim__broken_promise="none"), now)
    assert (decision.outcome, decision.because) == ("refuse", (NO_RULE,))
