"""Merchants' reports: the buyer is heard, people or rules with evidence decide, and each side may appeal once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cases.events import Actor, Happening
from assistant.integrity.reports import CLOSED, EVENTS, Evidence, Report, apply
from knowledge.errors import BadInput, Conflict, FairdeskError, NotAllowed
from tests.fakes.clock import NOW
from tests.unit.integrity.cases import BUYER, EMPTY, FILMED, MERCHANT, OTHER, RULES, STAFF, after, new, rung


def test_the_buyer_is_heard_before_anything_is_decided() -> None:
    """A new report waits for the buyer's account, with a date."""
    report = new()
    assert (report.state, report.result) == ("hearing", None)
    assert report.due == RULES.due("buyer_answers", NOW)


def test_a_person_decides_what_no_rule_settles() -> None:
    """After the buyer's account, evidence that speaks neither way is for staff, within three working days."""
    report = after(new(), BUYER, "answer")
    assert (report.state, report.due) == ("review", RULES.due("review", NOW))
    assert after(report, STAFF, "decide", result="upheld").decided_by == "staff:lin"


@pytest.mark.parametrize(
    ("kind", "evidence", "days", "rule"),
    [
        ("swapped_return", FILMED, 16, "rule:report.late"),
        ("edited_photo", Evidence(words="就是假的"), None, "rule:report.no_evidence"),
        ("empty_return", replace(EMPTY, returned_weight_g=560), None, "rule:report.weighs_the_same"),
    ],
)
def test_what_cannot_hold_is_dismissed_at_once(kind: str, evidence: Evidence, days: int | None, rule: str) -> None:
    """Too late, without evidence, or against the carrier's scales: dismissed, and the buyer is not bothered."""
    report = new(kind, evidence, NOW - timedelta(days=days) if days else None)
    assert (report.state, report.decided_by, report.told) == ("dismissed", rule, False)


def test_on_the_fifteenth_day_it_is_not_late() -> None:
    """The fifteen days are counted whole."""
    assert new(done_at=NOW - timedelta(days=15)).state == "hearing"


def test_scales_and_silence_uphold_by_rule_and_an_account_sends_it_to_a_person() -> None:
    """An empty parcel by scales and footage is settled when the buyer stays silent; whoever speaks gets a person."""
    assert rung(new("empty_return", EMPTY)).decided_by == "rule:report.empty_by_scales"
    assert after(new("empty_return", EMPTY), BUYER, "answer").state == "review"
    assert rung(new("swapped_return")).state == "review"


def test_who_admits_it_needs_no_person() -> None:
    """The buyer's own word settles it."""
    report = after(new(), BUYER, "answer", admits=True)
    assert (report.result, report.decided_by) == ("upheld", "rule:report.never_contested")


def test_an_appeal_is_decided_by_somebody_else() -> None:
    """The person who decided can't decide the appeal; another can overturn it, and that is final."""
    upheld = after(after(new(), BUYER, "answer"), STAFF, "decide", result="upheld")
    appealed = after(upheld, BUYER, "appeal")
    with pytest.raises(NotAllowed):
        after(appealed, STAFF, "decide", result="upheld")
    final = after(appealed, OTHER, "decide", result="dismissed")
    assert (final.state, final.result) == ("closed", "dismissed")


def test_a_result_that_nobody_appeals_is_final() -> None:
    """Once the time to appeal is over, neither side can."""
    upheld = after(after(new(), BUYER, "answer"), STAFF, "decide", result="upheld")
    closed = rung(upheld)
    assert (closed.state, closed.result) == ("closed", "upheld")
    with pytest.raises(Conflict):
        after(closed, BUYER, "appeal")


def test_a_merchants_appeal_hears_the_buyer_who_was_never_heard() -> None:
    """A report dismissed at once comes back to the buyer first, then to a person, and the buyer may still appeal."""
    dismissed = new("swapped_return", FILMED, NOW - timedelta(days=20))
    again = after(dismissed, MERCHANT, "appeal")
    assert again.state == "hearing"
    looked_at = after(again, BUYER, "answer")
    assert looked_at.state == "appealed"
    upheld = after(looked_at, STAFF, "decide", result="upheld")
    assert upheld.state == "upheld"
    assert after(upheld, BUYER, "appeal").state == "appealed"


def test_without_evidence_nobody_can_uphold() -> None:
    """A person can't uphold the merchant's bare word either."""
    bare = new("abnormal_refund", Evidence(words="x"))
    with pytest.raises(BadInput):
        after(after(after(bare, MERCHANT, "appeal"), BUYER, "answer"), STAFF, "decide", result="upheld")


def test_time_is_no_verdict() -> None:
    """A person who is late decides nothing by that; the clock starts again."""
    report = after(new(), BUYER, "answer")
    late = rung(report)
    assert (late.state, late.result) == ("review", None)
    assert late.due
    assert report.due
    assert late.due > report.due


def test_sides_cannot_act_for_each_other() -> None:
    """A merchant can't answer for the buyer, nor a buyer decide."""
    with pytest.raises(NotAllowed):
        after(new(), MERCHANT, "answer")
    with pytest.raises(NotAllowed):
        after(after(new(), BUYER, "answer"), BUYER, "decide", result="dismissed")


ACTORS = st.sampled_from([BUYER, MERCHANT, STAFF, OTHER, Actor("clock"), Actor("platform")])
SAID = st.fixed_dictionaries({
    "words": st.sampled_from(["说明", "", "x" * 3000]), "result": st.sampled_from(["upheld", "dismissed", "?"]),
    "admits": st.booleans(),
})
STARTS = st.sampled_from([
    new(), new("empty_return", EMPTY), new("edited_photo", Evidence(words="x")),
    new("swapped_return", FILMED, NOW - timedelta(days=30)),
])


@given(STARTS, st.lists(st.tuples(st.sampled_from(EVENTS), ACTORS, SAID, st.integers(0, 20)), max_size=14))
def test_no_order_of_events_leads_astray(report: Report, events: list[tuple[str, Actor, dict[str, str], int]]) -> None:
    """In whatever order: closed stays closed, open has a clock, upheld has evidence, a decider, and was heard."""
    now = NOW
    for kind, actor, said, days in events:
        now += timedelta(days=days)
        before = report
        try:
            report = apply(report, Happening(kind, actor, said), RULES, now)
        except FairdeskError:
            assert report == before
            continue
        assert before.state not in CLOSED
        assert report.version == before.version + 1
        assert (report.due is None) is report.closed
        if report.result == "upheld":
            assert report.has_evidence
            assert report.decided_by
            assert report.heard
