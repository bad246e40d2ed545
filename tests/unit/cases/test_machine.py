"""The case's machine: what happens in each kind of case, and when its clock acts."""

from datetime import timedelta

import pytest

from assistant.cases.case import CaseState
from assistant.commerce.platform import Command
from knowledge.errors import BadInput, Conflict, NotAllowed
from tests.fakes.clock import NOW
from tests.unit.cases.scenes import Story, at, begun


def returned() -> Story:
    """A return whose goods the merchant is checking."""
    story = Story(begun(approved="at_once"))
    story.happen("ship", "buyer", carrier="顺丰", tracking_number="SF1")
    story.happen("received", "merchant")
    return story


def disputed() -> Story:
    """A return that the merchant contests."""
    story = returned()
    story.happen("contest", "merchant", reason="not what was sent")
    return story


def test_a_return_goes_from_request_to_refund_without_anybody_being_slow() -> None:
    """The merchant agrees, the buyer sends, the merchant accepts the goods, the platform pays what was decided."""
    story = Story(begun())
    seen = [story.case.state]
    for kind in ("accept", "ship", "received", "pass_inspection"):
        story.happen(kind, "buyer" if kind == "ship" else "merchant", tracking_number="SF1")
        seen.append(story.case.state)
    story.paid()
    assert [*seen, story.case.state] == ["requested", "waiting_goods", "in_transit", "inspecting", "refunding", "done"]
    assert story.commands == [Command("return_refund", "O-1", "O-1-1", 12900)]


def test_a_silent_merchant_agrees_and_accepts() -> None:
    """After 48 hours without an answer the return is approved; 48 hours after the parcel came, the goods are."""
    story = Story(begun())
    assert story.case.due == at(hours=48)
    story.wait()
    assert story.case.state == "waiting_goods"
    story.happen("ship", "buyer", tracking_number="SF1")
    story.later(days=2).happen("parcel_back", tracking_number="SF1")
    assert story.case.due == story.now + timedelta(hours=48)
    story.wait()
    assert (story.case.state, story.commands[-1].amount_fen) == ("refunding", 12900)


def test_goods_that_are_never_sent_lapse_and_can_be_taken_up_once_more() -> None:
    """Seven days without a tracking number, then seven to take it up again; after those it is closed and let go of."""
    story = Story(begun(approved="at_once"))
    story.wait()
    assert story.case.state == "lapsed"
    story.happen("reopen", "buyer")
    story.wait()
    with pytest.raises(Conflict, match="only once"):
        story.happen("reopen", "buyer")
    story.wait()
    assert (story.case.state, story.case.due) == ("expired", None)
    assert story.commands == [Command("close_after_sales", "O-1", "O-1-1", 0)]


def test_a_tracking_number_pays_what_was_advanced_and_the_goods_the_rest() -> None:
    """A fast refund comes with the tracking number, up to what the decision allows; the rest follows the goods."""
    story = Story(begun(approved="at_once", advanced_on="tracking_number", advance_fen="5000"))
    story.happen("ship", "buyer", tracking_number="SF1")
    assert (story.commands, story.case.paid_fen) == ([Command("advance_refund", "O-1", "O-1-1", 5000)], 5000)
    story.happen("platform_done", command="advance_refund", amount_fen=5000)
    assert story.case.state == "in_transit"
    story.happen("received", "merchant")
    story.happen("pass_inspection", "merchant")
    assert story.commands[-1] == Command("return_refund", "O-1", "O-1-1", 7900)
    assert story.case.paid_fen == 12900


def test_an_advance_on_a_photo_is_paid_once_the_platform_knows_of_the_return() -> None:
    """What is advanced on a photo needs no tracking number, and comes once."""
    story = Story(begun(advanced_on="photo", advance_fen="12900"))
    story.happen("platform_done", command="return", amount_fen=12900)
    story.happen("platform_done", command="return", amount_fen=12900)
    assert [one.name for one in story.commands] == ["advance_refund"]
    assert story.case.state == "requested"


def test_an_advance_that_is_refused_is_paid_with_the_goods() -> None:
    """When the platform can't pay ahead, the case goes on and pays everything at the end."""
    story = Story(begun(approved="at_once", advanced_on="tracking_number", advance_fen="5000"))
    story.happen("ship", "buyer", tracking_number="SF1")
    story.happen("platform_refused", command="advance_refund", amount_fen=5000, error="no room")
    assert (story.case.state, story.case.paid_fen) == ("in_transit", 0)
    story.happen("received", "merchant")
    story.happen("pass_inspection", "merchant")
    assert story.commands[-1].amount_fen == 12900


def test_an_exchange_ends_when_the_replacement_is_confirmed_or_a_week_old() -> None:
    """The replacement follows the goods within 48 hours, and silence for seven days confirms it."""
    story = Story(begun("exchange", 0, approved="at_once"))
    story.happen("ship", "buyer", tracking_number="SF1")
    story.happen("received", "merchant")
    story.happen("pass_inspection", "merchant")
    assert (story.case.state, story.case.due) == ("replacing", NOW + timedelta(hours=48))
    story.happen("send_out", "merchant", tracking_number="SF2")
    story.wait()
    assert (story.case.state, story.now.date()) == ("done", (NOW + timedelta(days=7)).date())
    assert [one.name for one in story.commands] == ["close_after_sales"]


def test_a_replacement_that_is_not_sent_brings_a_person() -> None:
    """A merchant who has the goods and sends nothing is not waited for; the buyer can also ask the platform at once."""
    story = Story(begun("exchange", 0, approved="at_once"))
    story.happen("ship", "buyer", tracking_number="SF1")
    story.happen("received", "merchant")
    story.happen("pass_inspection", "merchant")
    waiting = story.file
    story.wait()
    assert story.case.state == "with_staff"
    asked = Story(waiting)
    asked.happen("dispute", "buyer", reason="no answer")
    assert asked.case.state == "evidence"


def test_a_slow_repair_brings_a_person_after_thirty_days() -> None:
    """A repair has thirty days, or what the decision says; then a person sees to the buyer's further rights."""
    story = Story(begun("repair", 0, approved="at_once"))
    story.happen("ship", "buyer", tracking_number="SF1")
    story.happen("received", "merchant")
    story.happen("pass_inspection", "merchant")
    assert story.case.state == "repairing"
    assert story.case.due
    assert (story.case.due - NOW).days == 30
    story.wait()
    assert story.case.state == "with_staff"


def test_a_complaint_is_answered_called_back_and_rated() -> None:
    """A reply, a result, a call-back and the buyer's stars end it."""
    story = Story(begun("complaint", 0))
    for kind, by, state in (
        ("respond", "merchant", "investigating"), ("conclude", "staff", "answered"), ("called_back", "staff", "rating"),
        ("rate", "buyer", "done"),
    ):
        story.happen(kind, by)  # type: ignore[arg-type]
        assert story.case.state == state


def test_a_complaint_without_a_reply_escalates_and_can_be_taken_up_again_once() -> None:
    """Silence escalates; a result that does not satisfy goes to the disputes team once, and silence then ends it."""
    story = Story(begun("complaint", 0))
    story.wait()
    assert story.case.state == "escalated"
    story.wait()
    assert story.case.state == "escalated"
    story.happen("conclude")
    story.happen("reopen", "buyer")
    assert story.case.state == "escalated"
    story.happen("conclude")
    with pytest.raises(Conflict, match="only once"):
        story.happen("reopen", "buyer")
    story.wait()
    story.wait()
    assert story.case.state == "done"


def test_both_sides_give_evidence_and_a_mediator_settles() -> None:
    """When both have no more to say it goes to mediation; an offer that both accept is paid, and no more than that."""
    story = disputed()
    story.happen("give_evidence", "buyer", text="photo")
    story.happen("rest", "buyer")
    assert story.case.state == "evidence"
    story.happen("rest", "merchant")
    assert story.case.state == "mediation"
    story.happen("offer", amount_fen=8000, text="keep it")
    story.happen("agree", "buyer")
    assert story.case.state == "mediation"
    story.happen("agree", "merchant")
    assert (story.case.state, story.commands[-1].amount_fen) == ("refunding", 8000)


def test_a_new_offer_needs_both_again() -> None:
    """Who agreed to the offer before has not agreed to this one."""
    story = disputed()
    story.wait()
    story.happen("offer", amount_fen=8000)
    story.happen("agree", "buyer")
    story.happen("offer", amount_fen=100)
    story.happen("agree", "merchant")
    assert story.case.state == "mediation"


@pytest.mark.parametrize(("votes", "state"), [
    (("buyer", "buyer", "merchant"), "ruled"), (("merchant", "merchant", "buyer"), "ruled"),
    (("buyer", "merchant"), "with_staff"), (("buyer",), "with_staff"), ((), "with_staff"),
])
def test_a_jury_decides_by_majority_and_a_person_where_it_cannot(votes: tuple[str, ...], state: CaseState) -> None:
    """A majority of enough votes is a result; a tie, or too few, goes to a person when the time is over."""
    story = disputed()
    story.wait()
    story.wait(panel=["a", "b", "c"])
    assert story.case.state == "jury"
    for juror, side in zip("abc", votes, strict=False):
        story.happen("vote", subject=juror, side=side)
    if story.case.state == "jury":
        story.wait()
    assert story.case.state == state


def test_too_small_a_panel_is_no_panel() -> None:
    """Where not enough unrelated jurors can be had, a person decides."""
    story = disputed()
    story.wait()
    story.wait(panel=["a"])
    assert story.case.state == "with_staff"


def test_only_the_panel_votes_and_once() -> None:
    """A stranger's vote, a second vote and a vote for nobody do not count."""
    story = disputed()
    story.wait()
    story.wait(panel=["a", "b", "c"])
    story.happen("vote", subject="a", side="buyer")
    with pytest.raises(Conflict, match="voted already"):
        story.happen("vote", subject="a", side="merchant")
    with pytest.raises(NotAllowed):
        story.happen("vote", subject="z", side="merchant")
    with pytest.raises(BadInput):
        story.happen("vote", subject="b", side="both")
    assert dict(story.file.proceedings.votes) == {"a": "buyer"}


def ruled(side: str) -> Story:
    """A dispute that a person decided."""
    story = disputed()
    story.wait()
    story.happen("rule", subject="lin", side=side)
    return story


def test_a_result_stands_after_its_time_for_appeal() -> None:
    """Seven days without an appeal: the buyer is paid, or the case ends without."""
    won, lost = ruled("buyer"), ruled("merchant")
    won.wait()
    lost.wait()
    assert (won.case.state, won.commands[-1].name) == ("refunding", "return_refund")
    assert (lost.case.state, lost.commands[-1].name) == ("rejected", "close_after_sales")


def test_the_side_that_lost_can_accept_at_once() -> None:
    """The loser's yes spares both the wait; the winner's is no acceptance."""
    story = ruled("buyer")
    with pytest.raises(Conflict):
        story.happen("accept_ruling", "buyer")
    story.happen("accept_ruling", "merchant")
    assert story.case.state == "refunding"


def test_an_appeal_is_decided_by_somebody_else_once_and_for_all() -> None:
    """The first reviewer may not decide the appeal; what the second says is final."""
    story = ruled("merchant")
    story.happen("appeal", "buyer", reason="new photo")
    with pytest.raises(Conflict, match="other than the first"):
        story.happen("rule", subject="lin", side="buyer")
    story.happen("rule", subject="wang", side="buyer", amount_fen=5000)
    assert (story.case.state, story.commands[-1].amount_fen) == ("refunding", 5000)
    assert story.case.appealed == 1


@pytest.mark.parametrize("amount", [-1, 12901, True, "all", None])
def test_a_result_never_exceeds_what_was_decided(amount: object) -> None:
    """No offer and no ruling gives the buyer more than the decision, less than nothing, or something that is no sum."""
    story = disputed()
    story.wait()
    for kind in ("offer", "rule"):
        with pytest.raises(BadInput, match="between 0 and 12900"):
            story.happen(kind, side="buyer", amount_fen=amount)  # type: ignore[arg-type]


def test_a_withdrawal_closes_the_case_unless_money_has_moved() -> None:
    """The buyer can take the claim back while nothing was sent or paid."""
    story = Story(begun())
    story.happen("withdraw", "buyer")
    assert (story.case.state, story.commands[-1].name) == ("withdrawn", "close_after_sales")
    paid = Story(begun(advanced_on="photo", advance_fen="12900"))
    paid.happen("platform_done", command="return", amount_fen=12900)
    with pytest.raises(Conflict, match="paid for in part"):
        paid.happen("withdraw", "buyer")


def test_an_errand_is_done_when_the_platform_says_so() -> None:
    """A refund without goods is one step; every promised date is then met."""
    story = Story(begun("refund"))
    story.paid("refund")
    assert (story.case.state, story.case.due, story.commands) == ("done", None, [])
    assert all(step.done for step in story.case.steps)


def test_an_errand_that_the_platform_refused_is_paid_again_only_by_a_ruling() -> None:
    """A refused refund was not paid; a person who rules for the buyer has it asked for anew."""
    story = Story(begun("refund"))
    story.happen("platform_refused", command="refund", amount_fen=12900, error="no")
    assert (story.case.state, story.case.paid_fen) == ("with_staff", 0)
    story.happen("rule", side="buyer")
    story.wait()
    assert story.commands == [Command("refund", "O-1", "O-1-1", 12900)]


def test_a_late_answer_of_the_platform_never_leads_to_a_second_payment() -> None:
    """An errand that took too long is with a person: ruled for the buyer it pays nothing more, for it was asked for."""
    story = Story(begun("refund"))
    story.wait()
    assert story.case.state == "with_staff"
    story.paid("refund")
    assert (story.case.state, story.commands) == ("done", [])


def test_what_is_not_in_the_table_does_not_happen() -> None:
    """The wrong event, the wrong party, too early a clock and another parcel change nothing."""
    story = Story(begun(approved="at_once"))
    before = story.file
    with pytest.raises(Conflict, match="can't happen now"):
        story.happen("received", "merchant")
    with pytest.raises(NotAllowed):
        story.happen("ship", "merchant", tracking_number="SF1")
    with pytest.raises(Conflict, match="not over yet"):
        story.happen("time_passed")
    assert story.file == before
    story.happen("ship", "buyer", tracking_number="SF1")
    with pytest.raises(Conflict, match="another parcel"):
        story.happen("parcel_back", tracking_number="SF2")


def test_a_clock_that_was_set_back_turns_no_case_back() -> None:
    """Entries of a record never go back in time, whatever the machine's clock says."""
    story = Story(begun())
    story.later(hours=10).happen("accept", "merchant")
    story.later(hours=-20).happen("ship", "buyer", tracking_number="SF1")
    assert story.case.moved_at == at(hours=10)
