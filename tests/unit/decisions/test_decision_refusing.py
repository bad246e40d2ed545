"""Refusals: why, what remains, and what would have changed it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from assistant.decisions.book import RuleBook
from assistant.decisions.engine import decide
from assistant.decisions.refusing import NO_RULE

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
