"""Decisions as text and as JSON."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from assistant.decisions.book import RuleBook
from assistant.decisions.engine import decide
from assistant.decisions.examples import run_examples
from assistant.decisions.explain import explain, explain_short
from assistant.decisions.serialise import decision_from_dict, decision_to_dict

Delivered = Callable[..., dict[str, dict[str, Any]]]


def test_a_grant_is_told_with_everything(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """Everything that a buyer needs, and each rule with its conditions, in English."""
    facts = delivered(claim__reason="quality", buyer__credit_tier=3, claim__has_photo=True)
    text = explain(decide(book, facts, now), "en")
    for part in (
        "granted · return and refund · ¥209.00 · Return for poor quality within seven days", "Freight ¥10.00",
        "the shop pays return freight", "Send back by 23 Jun 23:59", "refund within 48 hours of the goods being back",
        "advanced by the platform: ¥209.00", "[consumer-law#24]", "✓ Return for poor quality within seven days (law",
    ):
        assert part in text


def test_a_refusal_is_told_with_its_reason_in_chinese(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """The reason, what remains, and what would have changed it."""
    text = explain(decide(book, delivered(claim__reason="changed_mind", item__condition="used"), now), "zh")
    for part in ("不支持", "无理由退货要求商品完好", "还可以", "如果商品现状是「没拆封」", "商品现状 已经使用过"):
        assert part in text


def test_a_question_is_told_as_it_is_asked(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """The text holds the catalogue's own question."""
    assert "What is the reason?" in explain(decide(book, delivered(), now), "en")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_decision_can_be_told(book: RuleBook, language: Any) -> None:
    """No example's decision fails to be put in words, in either language."""
    for result in run_examples(book):
        assert result.decision
        assert explain_short(result.decision, language) in explain(result.decision, language)


def test_every_decision_survives_json(book: RuleBook) -> None:
    """What goes into the event log comes out the same, times in proofs apart, which stay text."""
    for result in run_examples(book):
        assert result.decision
        plain = json.loads(json.dumps(decision_to_dict(result.decision)))
        back = decision_from_dict(plain)
        assert decision_to_dict(back) == plain
        assert (back.outcome, back.amount, back.deadlines) == (
            result.decision.outcome, result.decision.amount, result.decision.deadlines,
        )
