"""Money as decisions hold it: computed from the order, shown with its arithmetic, kept as data."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.decisions.book import RuleBook
from assistant.decisions.engine import decide
from assistant.decisions.explain import explain
from assistant.decisions.serialise import decision_from_dict, decision_to_dict

Facts = dict[str, dict[str, Any]]

COMPENSATES = """
    rules:
      - id: own.compensation
        title: {{zh: 补偿, en: Compensation}}
        because: {{zh: 规则给的。, en: The rule gives it.}}
        rank: platform
        claim: [compensation]
        cites: [promises#1.1]
        grant: {{remedy: compensation, amount: '{amount}'}}
"""


def intact(delivered: Callable[..., Facts], **more: Any) -> Facts:
    """A claim to send intact goods back."""
    return delivered(claim__reason="changed_mind", item__condition="unopened", **more)


def test_a_decision_says_who_gets_what_back(book: RuleBook, now: datetime, delivered: Callable[..., Facts]) -> None:
    """Beside the buyer's money the points, the platform's part and the state's are named in words, and kept as data."""
    facts = intact(delivered, item__points_fen=300, item__platform_fen=500, item__state_fen=1500)
    decision = decide(book, facts, now)
    assert decision.amount
    moved = {(share.to, share.route): share.fen for share in decision.amount.split}
    assert moved == {
        ("buyer", "original"): 19900, ("buyer", "points"): 300,
        ("platform", "subsidy"): 500, ("state", "subsidy"): 1500,
    }
    assert decision_from_dict(json.loads(json.dumps(decision_to_dict(decision)))).amount == decision.amount
    assert "→ 积分退回账户 ¥3.00" in explain(decision, "zh")
    assert "→ The subsidy, back to who paid it ¥15.00" in explain(decision, "en")


def test_a_buyer_who_paid_everything_reads_no_split(
    book: RuleBook, now: datetime, delivered: Callable[..., Facts]
) -> None:
    """Where only the buyer's money goes back, there is nothing to tell apart."""
    assert "→" not in explain(decide(book, intact(delivered), now), "en")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 2_000_000), st.integers(1, 12), st.data())
def test_decided_one_after_the_other_units_bring_what_was_paid(
    book: RuleBook, now: datetime, delivered: Callable[..., Facts], paid: int, quantity: int, data: st.DataObject
) -> None:
    """A buyer who sends units back in several claims gets what one claim would have given, and then nothing more."""
    refunded = units = 0
    while units < quantity:
        some = data.draw(st.integers(1, quantity - units))
        facts = intact(
            delivered, item__paid_fen=paid, order__paid_fen=paid + 1000, item__quantity=quantity, claim__quantity=some,
            item__refunded_fen=refunded, item__refunded_quantity=units, order__refunded_fen=refunded,
        )
        decision = decide(book, facts, now)
        if decision.outcome == "refuse":  # all was paid for the first units, when there are more units than fen
            break
        assert decision.amount
        refunded, units = refunded + decision.amount.fen, units + some
    assert refunded == paid


def test_a_sum_that_cannot_be_done_goes_to_a_person(
    write_book: Callable[..., RuleBook], now: datetime, delivered: Callable[..., Facts]
) -> None:
    """A rule whose arithmetic divides by nought, or lacks a figure, grants no blank amount: a person looks."""
    divided = write_book(COMPENSATES.format(amount="portion(item.paid_fen, 1, item.warranty_months)"))
    assert decide(divided, delivered("compensation"), now).outcome == "review"
    unknown = write_book(COMPENSATES.format(amount="percent(item.current_price_fen, 10)"))
    assert decide(unknown, delivered("compensation"), now).notes == {"missing": "amount"}


def test_a_rules_percentages_are_computed_to_the_fen(
    write_book: Callable[..., RuleBook], now: datetime, delivered: Callable[..., Facts]
) -> None:
    """Five percent of 199.00, at least 15.00, is 15.00; of 999.00 it is 49.95."""
    book = write_book(COMPENSATES.format(amount="at_least(percent(item.paid_fen, 5), 1500)"))
    for paid, due in ((19900, 1500), (99900, 4995)):
        amount = decide(book, delivered("compensation", item__paid_fen=paid, order__paid_fen=paid), now).amount
        assert amount
        assert amount.fen == due
