"""Grants: what others add, what is dated, and what is advanced."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from assistant.clock import SHANGHAI
from assistant.decisions.book import RuleBook
from assistant.decisions.engine import decide
from assistant.decisions.examples import moment_of, run_examples
from assistant.decisions.explain import explain
from assistant.decisions.vocabulary import default_vocabulary

Delivered = Callable[..., dict[str, dict[str, Any]]]
INTACT = {"claim__reason": "changed_mind", "item__condition": "unopened"}


def test_a_shops_promise_adds_free_freight(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """The law grants, the shop pays the parcel, and both are cited."""
    decision = decide(book, delivered(**INTACT, shop__promises=["free_return_freight"]), now)
    assert (decision.rule, decision.return_freight) == ("cn.return.seven-day", "seller")
    assert {"consumer-law#25", "returns#4.1"} <= set(decision.citations)


def test_the_soonest_refund_counts(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """The platform's 48 hours are sooner than the law's seven days."""
    assert decide(book, delivered(**INTACT), now).notes["refund_after_goods_back"] == "48h"


def test_an_advance_is_bounded_by_tier_and_by_the_refund(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """Tier 1 is advanced nothing, tier 2 at most 500 yuan, nobody more than the refund."""
    def advanced(tier: int, paid: int) -> str | None:
        facts = delivered(**INTACT, buyer__credit_tier=tier, item__paid_fen=paid, order__paid_fen=paid)
        return decide(book, facts, now).notes.get("advance_fen")

    assert [advanced(1, 90000), advanced(2, 90000), advanced(2, 9000), advanced(5, 2_000_000)] == [
        None, "50000", "9000", "1000000",
    ]


def test_deadlines_are_dated_events(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """Goods are to be sent back within seven days, to the last minute of the seventh."""
    deadline = decide(book, delivered(**INTACT), now).deadlines[0]
    assert (deadline.name, deadline.at) == ("ship_back", datetime(2026, 6, 23, 23, 59, 59, tzinfo=SHANGHAI))


def test_what_happens_at_once_has_no_date(book: RuleBook, now: datetime) -> None:
    """A refund without delay isn't dated this very minute, which would be past when it is read."""
    order = {"state": "paid", "paid_fen": 9900}
    decision = decide(book, {"claim": {"kind": "refund"}, "order": order, "item": {"paid_fen": 9900}}, now)
    assert (decision.deadlines, decision.notes["at_once"]) == ((), "refund")
    assert "立即退款" in explain(decision, "zh")
    assert "Refunded at once" in explain(decision, "en")


def test_no_deadline_and_no_last_day_lies_in_the_past(book: RuleBook) -> None:
    """Whatever is granted, what is still to be done can still be done."""
    now = moment_of(book)
    for result in run_examples(book):
        if result.decision and result.decision.outcome == "grant":
            assert all(deadline.at > result.decision.at for deadline in result.decision.deadlines)
            assert all(not what_if.until or what_if.until > now for what_if in result.decision.counterfactuals)


def test_deadlines_are_called_by_names_that_can_open_a_line() -> None:
    """English names begin with a capital, Chinese ones need none."""
    words = default_vocabulary()
    assert all(label.en[0].isupper() for label in (*words.deadlines.values(), *words.at_once.values()))


def test_dates_beyond_the_published_calendar_are_marked(book: RuleBook, delivered: Delivered) -> None:
    """A complaint at the end of the last known year says that holidays are not announced."""
    late = datetime(2026, 12, 30, 12, tzinfo=SHANGHAI)
    facts = delivered("complaint", claim__reason="other", order__created_at=late - timedelta(days=3))
    facts["order"]["delivered_at"] = late - timedelta(days=1)
    decision = decide(book, facts, late)
    assert decision.notes["calendar"] == "not_yet_announced"
    assert "节假日安排尚未公布" in explain(decision, "zh")
    assert "not yet announced" in explain(decision, "en")


def test_faults_send_both_freights_to_the_shop(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """For poor quality the outward freight is refunded and the way back is paid."""
    decision = decide(book, delivered(claim__reason="quality"), now)
    assert decision.amount
    assert [(line.label.en, line.fen) for line in decision.amount.lines] == [("Paid", 19900), ("Freight", 1000)]
    assert decision.return_freight == "seller"
