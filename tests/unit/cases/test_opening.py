"""Cases: opened from a decision with the dates it set."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.cases.case import Case
from assistant.cases.opening import open_case, title_of
from assistant.commerce.platform import Command
from assistant.decisions.book import default_book
from assistant.decisions.decision import Decision
from tests.fakes.clock import NOW
from tests.fakes.scenes import decided

MONEY_ONLY = ("refund", "price_difference", "compensation")
GOODS_FIRST = ("return_and_refund", "exchange", "repair")


def opened(decision: Decision) -> Case:
    """A case for this decision on one item of an order."""
    amount = decision.amount.fen if decision.amount else 0
    return open_case(decision, Command("refund", "O-1", "O-1-1", amount), "k1", "AS-1", NOW)


def test_a_case_begins_accepted_with_its_deadlines_ahead() -> None:
    """The first step is done the moment the buyer confirms, and each deadline of the decision is a step to come."""
    decision = decided(12900)
    case = opened(decision)
    accepted, clock, refund = case.steps
    assert (accepted.name, accepted.at, accepted.done) == ("accepted", NOW, True)
    assert (clock.name, clock.due) == ("platform_answer", case.due)
    assert (refund.name, refund.due, refund.done) == ("refund", decision.deadlines[0].at, False)
    assert (case.number, case.order_id, case.item_id, case.amount_fen) == ("AS-1", "O-1", "O-1-1", 12900)


@pytest.mark.parametrize(
    ("remedy", "state"),
    [*((remedy, "in_progress") for remedy in MONEY_ONLY), *((remedy, "requested") for remedy in GOODS_FIRST),
     ("complaint", "filed"), ("dispute", "evidence")],
)
def test_a_case_waits_for_what_comes_next(remedy: str, state: str) -> None:
    """Money waits for the platform, goods for the merchant's answer, complaints for a reply, disputes for evidence."""
    case = opened(decided(remedy=remedy))
    assert (case.kind, case.state) == (remedy, state)


@pytest.mark.parametrize("remedy", GOODS_FIRST)
def test_what_was_approved_at_once_waits_for_the_goods(remedy: str) -> None:
    """A fast return needs no answer of the merchant's: the buyer can send the goods at once."""
    assert opened(replace(decided(remedy=remedy), notes={"approved": "at_once"})).state == "waiting_goods"


@settings(deadline=None)
@given(st.sampled_from([*MONEY_ONLY, *GOODS_FIRST, "complaint", "dispute"]), st.booleans())
def test_every_new_case_has_a_clock_that_both_sides_see(remedy: str, at_once: bool) -> None:
    """The first date ahead among the steps is that of the case's clock, and it lies in the future."""
    case = opened(replace(decided(remedy=remedy), notes={"approved": "at_once"} if at_once else {}))
    ahead = [step for step in case.steps if not step.done]
    assert case.due is not None
    assert case.due == ahead[0].due
    assert case.due > NOW


def test_every_remedy_that_rules_grant_has_a_name() -> None:
    """No case is ever called just "after-sales" when its rule says what it is."""
    remedies = {rule.grant.remedy for rule in default_book().rules if rule.effect == "grant" and rule.grant.remedy}
    assert {remedy for remedy in remedies if title_of(remedy) == title_of("no such remedy")} == set()


def test_a_complaint_carries_its_grade() -> None:
    """The grade that the rules gave a complaint is the case's; other cases have none."""
    complaint = replace(decided(remedy="complaint"), notes={"grade": "2"})
    assert opened(complaint).grade == 2
    assert opened(decided()).grade is None
