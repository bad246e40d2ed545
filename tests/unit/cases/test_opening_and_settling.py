"""Cases: opened from a decision with the dates it set, and settled when the platform has done its part."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.cases.case import Case
from assistant.cases.opening import open_case, settle_case, title_of
from assistant.commerce.platform import Command
from assistant.decisions.book import default_book
from assistant.decisions.decision import Decision
from tests.fakes.clock import NOW
from tests.fakes.scenes import decided

MONEY_ONLY = ("refund", "price_difference", "compensation")
GOODS_FIRST = ("return_and_refund", "exchange", "repair")
LATER = NOW + timedelta(hours=1)


def opened(decision: Decision) -> Case:
    """A case for this decision on one item of an order."""
    amount = decision.amount.fen if decision.amount else 0
    return open_case(decision, Command("refund", "O-1", "O-1-1", amount), "k1", "AS-1", NOW)


def test_a_case_begins_accepted_with_its_deadlines_ahead() -> None:
    """The first step is done the moment the buyer confirms, and each deadline of the decision is a step to come."""
    decision = decided(12900)
    case = opened(decision)
    accepted, refund = case.steps
    assert (accepted.name, accepted.at, accepted.done) == ("accepted", NOW, True)
    assert (refund.name, refund.due, refund.done) == ("refund", decision.deadlines[0].at, False)
    assert (case.number, case.order_id, case.item_id, case.amount_fen) == ("AS-1", "O-1", "O-1-1", 12900)


@pytest.mark.parametrize(
    ("remedy", "state"),
    [*((remedy, "in_progress") for remedy in (*MONEY_ONLY, "complaint")),
     *((remedy, "waiting_goods") for remedy in GOODS_FIRST)],
)
def test_a_case_waits_for_what_comes_next(remedy: str, state: str) -> None:
    """Where goods must come back the case says so; otherwise it is under way."""
    case = opened(decided(remedy=remedy))
    assert (case.kind, case.state) == (remedy, state)


def test_every_remedy_that_rules_grant_has_a_name() -> None:
    """No case is ever called just "after-sales" when its rule says what it is."""
    remedies = {rule.grant.remedy for rule in default_book().rules if rule.effect == "grant" and rule.grant.remedy}
    assert {remedy for remedy in remedies if title_of(remedy) == title_of("no such remedy")} == set()


def test_a_complaint_carries_its_grade() -> None:
    """The grade that the rules gave a complaint is the case's; other cases have none."""
    complaint = replace(decided(remedy="complaint"), notes={"grade": "2"})
    assert opened(complaint).grade == 2
    assert opened(decided()).grade is None


@pytest.mark.parametrize("remedy", MONEY_ONLY)
def test_a_case_about_money_alone_is_done_once_the_platform_has_moved_it(remedy: str) -> None:
    """Every step is then done, at the time of the platform's answer; what was done before keeps its time."""
    settled = settle_case(opened(decided(remedy=remedy)), LATER)
    assert settled.state == "done"
    assert [step.at for step in settled.steps] == [NOW, LATER]


@pytest.mark.parametrize("remedy", [*GOODS_FIRST, "complaint"])
def test_a_case_that_waits_for_something_else_stays_open(remedy: str) -> None:
    """The platform's answer does not close a case whose goods or whose result are still to come."""
    case = opened(decided(remedy=remedy))
    assert settle_case(case, LATER) == case


@settings(deadline=None)
@given(st.sampled_from([*MONEY_ONLY, *GOODS_FIRST, "complaint"]), st.integers(0, 10**9))
def test_settling_twice_changes_nothing_and_never_the_amount(remedy: str, fen: int) -> None:
    """An answer that comes twice leaves the case as the first one did, with the amount that was confirmed."""
    once = settle_case(opened(decided(fen, remedy=remedy)), LATER)
    assert settle_case(once, LATER + timedelta(days=1)) == once
    assert once.amount_fen == fen
