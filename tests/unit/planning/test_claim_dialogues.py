"""Claims: which goods, what is asked, what is proposed, and what a yes and a no mean."""

from dataclasses import replace

import pytest

from assistant.cases.case import Case
from assistant.conversation import DialogueState
from assistant.planning.step import (
    AskFact,
    AskOrder,
    AskWish,
    Chat,
    Confirm,
    Decline,
    Drop,
    Hesitation,
    PassOn,
    Propose,
    Refuse,
    ShowCases,
)
from knowledge.text import Text
from tests.fakes.clock import NOW
from tests.unit.planning.situations import Talk, goods, situation_of

DRESS, PHONE, FRYER, BUDS, SHRIMPS = "连衣裙", "5G手机", "炸锅", "耳机", "基围虾"
INTACT = {"claim.reason": "changed_mind", "item.condition": "opened_intact"}


def proposed_return(talk: Talk) -> Propose:
    """Come to a proposal to take the dress back."""
    step = talk.say("连衣裙不想要了，没穿过，退货", "claim.return", facts=INTACT)
    assert isinstance(step, Propose)
    return step


def test_a_claim_that_names_no_goods_asks_which() -> None:
    """A buyer with several orders who only says "I want to return it" is shown their goods to pick from."""
    step = Talk().say("我要退货", "claim.return")
    assert isinstance(step, AskOrder)
    assert not step.contradicted
    assert len(step.targets) > 1


def test_goods_that_no_order_has_are_not_guessed() -> None:
    """Who names goods that they never bought is told so and shown what there is, never taken to mean something else."""
    step = Talk().say("我要退冰箱", "claim.return")
    assert isinstance(step, AskOrder)
    assert step.contradicted == "冰箱"


def test_goods_that_the_only_order_does_not_have_are_not_guessed() -> None:
    """Even a buyer with one order is asked when the words name something else."""
    everything = situation_of()
    alone = Talk(orders=(goods(everything, DRESS).order,))
    step = alone.say("我要退冰箱", "claim.return")
    assert isinstance(step, AskOrder)


def test_the_only_order_need_not_be_named() -> None:
    """A buyer with one thing bought is never asked which one."""
    alone = Talk(orders=(goods(situation_of(), DRESS).order,))
    step = alone.say("我要退货", "claim.return")
    assert isinstance(step, AskFact)
    assert step.target.item.title.zh.endswith(DRESS)


def test_an_order_that_tells_enough_is_decided_at_once() -> None:
    """An order that was not dispatched is refunded without any question: its state says all that the rules need."""
    step = Talk().say("空气炸锅不要了，退款", "claim.refund")
    assert isinstance(step, Propose)
    assert step.decision.rule == "platform.refund.before-dispatch"
    assert step.command.amount_fen == step.decision.amount.fen == 32900  # type: ignore[union-attr]


def test_the_goods_named_in_answer_to_which_are_taken() -> None:
    """“Which item?” can be answered in words as well as by a tap."""
    talk = Talk()
    talk.say("我要退货", "claim.return")
    step = talk.say("那条连衣裙")
    assert isinstance(step, AskFact)
    assert step.target == goods(talk.situation, DRESS)


def test_questions_end_in_a_proposal() -> None:
    """Tapping the goods and then the answers leads to a proposal whose amount is the decision's."""
    talk = Talk()
    talk.say("我要退货", "claim.return")
    step = talk.pick(DRESS)
    answers = {"claim.reason": "changed_mind", "item.condition": "unopened"}
    for _ in answers:
        assert isinstance(step, AskFact)
        step = talk.tap(fact=step.fact, value=answers[step.fact])
    assert isinstance(step, Propose)
    assert step.decision.rule == "cn.return.seven-day"
    assert step.command.amount_fen == 26900


def test_goods_of_somebody_else_are_ignored() -> None:
    """A tap that names another buyer's order changes nothing and proposes nothing."""
    other = goods(situation_of("laowang"), "冰箱")
    talk = Talk()
    talk.say("我要退货", "claim.return")
    step = talk.tap(order_id=other.order.id, item_id=other.item.id)
    assert isinstance(step, AskOrder)
    assert {target.order.buyer_id for target in step.targets} == {"xiaolin"}
    assert talk.state.task is not None
    assert talk.state.task.order_id is None


@pytest.mark.parametrize(
    ("fact", "value"),
    [("order.delivered_at", "2026-11-19T00:00:00Z"), ("item.paid_fen", 9_999_999), ("buyer.credit_tier", 5),
     ("claim.kind", "refund"), ("claim.reason", "because"), ("no.such", True)],
)
def test_what_is_not_the_buyers_to_tell_is_ignored(fact: str, value: str | int | bool) -> None:
    """A tapped fact that the order tells, that nobody knows, or that has no such value never enters a decision."""
    talk = Talk()
    talk.say("连衣裙退货", "claim.return")
    step = talk.tap(fact=fact, value=value)
    assert not isinstance(step, Propose)
    assert talk.state.task is not None
    assert not talk.state.task.facts


def test_a_change_of_wish_keeps_what_was_told() -> None:
    """“Then exchange it” is about the same goods and asks nothing that was answered before."""
    talk = Talk()
    proposed_return(talk)
    step = talk.say("那换货吧", "claim.exchange")
    assert isinstance(step, Propose)
    assert step.decision.remedy == "exchange"
    assert step.target == goods(talk.situation, DRESS)
    assert not talk.state.waiting, "a return and an exchange of the same thing are not two wishes"


def test_a_correction_replaces_the_proposal() -> None:
    """A fact put right while a proposal waits leads to a new decision, and the old proposal is off the table."""
    talk = Talk()
    old = proposed_return(talk)
    step = talk.say("不对，是开线了", "act.correct", facts={"claim.reason": "quality"})
    assert isinstance(step, Propose)
    assert step.decision.rule != old.decision.rule
    assert talk.situation.proposal is not None
    assert talk.situation.proposal.decision == step.decision


def test_a_correction_by_a_chip_replaces_the_proposal() -> None:
    """Tapping another answer further up in the chat counts as a correction too."""
    talk = Talk()
    proposed_return(talk)
    step = talk.tap(fact="item.condition", value="used")
    assert isinstance(step, Refuse)
    assert talk.state.proposal_id is None, "what was offered on other facts can no longer be confirmed by a yes"


def test_a_yes_after_a_correction_that_refuses_confirms_nothing() -> None:
    """Once the rules say no, "yes" no longer reaches the proposal made before."""
    talk = Talk()
    proposed_return(talk)
    talk.say("其实穿过了", "act.correct", facts={"item.condition": "used"})
    assert not isinstance(talk.say("好的", "act.confirm"), Confirm)


@pytest.mark.parametrize(
    ("told", "meant"), [("其实是那个耳机", "act.correct"), ("不是连衣裙，是耳机", "act.correct")]
)
def test_the_goods_can_be_put_right(told: str, meant: str) -> None:
    """“Not the dress, the earphones” moves the claim to the other goods."""
    talk = Talk()
    talk.say("连衣裙退货", "claim.return")
    step = talk.say(told, meant)
    assert isinstance(step, AskFact)
    assert step.target == goods(talk.situation, BUDS)


def test_a_plain_yes_confirms_the_proposal_that_was_asked() -> None:
    """An unambiguous yes right after the proposal confirms just that proposal and ends the task."""
    talk = Talk()
    proposed_return(talk)
    wanted = talk.state.proposal_id
    step = talk.say("确认", "act.confirm")
    assert step == Confirm(wanted or "")
    assert talk.state.task is None
    assert talk.state.proposal_id is None


def test_a_tap_on_the_proposal_ends_the_task_as_a_yes_does() -> None:
    """Confirming by the button leaves nothing open either."""
    talk = Talk()
    proposed_return(talk)
    wanted = talk.state.proposal_id or ""
    assert talk.tap(proposal_id=wanted, decision="confirm") == Confirm(wanted)
    assert talk.state.task is None


def test_a_tap_on_another_proposal_confirms_nothing() -> None:
    """A button of a proposal that is no longer on the table does nothing."""
    talk = Talk()
    proposed_return(talk)
    assert isinstance(talk.tap(proposal_id="p-old", decision="confirm"), Hesitation)


@pytest.mark.parametrize("words", ["嗯？", "好贵啊", "我问问我老婆可不可以", "谢谢"])
def test_what_is_no_clear_yes_confirms_nothing(words: str) -> None:
    """Words that are not read as a yes leave the proposal on the table, untouched."""
    talk = Talk()
    proposed_return(talk)
    wanted = talk.state.proposal_id
    assert talk.say(words) == Hesitation(wanted or "")
    assert talk.state.proposal_id == wanted


def test_the_same_wish_again_is_not_proposed_twice() -> None:
    """Repeating the wish while its proposal waits leaves just that proposal on the table."""
    talk = Talk()
    talk.say("空气炸锅不要了，退款", "claim.refund")
    wanted = talk.state.proposal_id or ""
    assert talk.say("嗯？钱退到哪里", "claim.return") == Hesitation(wanted)
    assert talk.state.proposal_id == wanted
    assert talk.say("确认", "act.confirm") == Confirm(wanted)


def test_a_yes_to_another_question_is_no_yes_to_the_proposal() -> None:
    """After "which parcel?" a yes is not taken for the proposal further up."""
    talk = Talk()
    proposed_return(talk)
    talk.say("我的快递到哪了", "order.parcel")
    assert talk.state.asked is not None
    assert talk.state.asked.name == "parcel"
    assert isinstance(talk.say("好的", "act.confirm"), Hesitation)


def test_a_no_takes_the_proposal_off_and_keeps_the_claim_open_to_a_change() -> None:
    """After "not now" a changed fact is enough for a new proposal: the goods need not be named again."""
    talk = Talk()
    proposed_return(talk)
    step = talk.say("不要", "act.refuse")
    assert isinstance(step, Decline)
    assert not step.dropped
    again = talk.say("是开线了", facts={"claim.reason": "quality"})
    assert isinstance(again, Propose)
    assert again.target == goods(talk.situation, DRESS)


def test_a_second_no_drops_the_claim() -> None:
    """After "not now", another no means that the matter is over."""
    talk = Talk()
    proposed_return(talk)
    talk.say("不要", "act.refuse")
    assert talk.say("不用了", "act.refuse") == Drop("return")
    assert talk.state.task is None


def test_giving_up_a_proposal_drops_the_claim() -> None:
    """“Never mind” takes the proposal off the table and ends the task."""
    talk = Talk()
    proposed_return(talk)
    step = talk.say("算了不退了", "act.cancel")
    assert isinstance(step, Decline)
    assert step.dropped
    assert talk.state.task is None


def test_giving_up_in_the_middle_of_questions_drops_the_claim() -> None:
    """A buyer can stop at any question."""
    talk = Talk()
    talk.say("连衣裙退货", "claim.return")
    assert talk.say("算了", "act.cancel") == Drop("return")
    assert talk.state.task is None
    assert talk.state.asked is None


def test_a_problem_without_a_wish_is_offered_what_the_rules_leave_open() -> None:
    """“It is broken” is answered by the remedies that the goods still allow, and by no others."""
    talk = Talk("ajie")
    step = talk.say("耳机坏了", "claim.problem", facts={"claim.reason": "quality"})
    assert isinstance(step, AskWish)
    assert "return" in step.claims
    closed = Talk("laowang").say("钢笔坏了", "claim.problem", facts={"claim.reason": "quality"})
    assert isinstance(closed, AskWish)
    assert "return" not in closed.claims, "bought weeks ago: no return is left"
    assert "repair" in closed.claims
    unsafe = Talk("laowang").say("芒果烂了", "claim.problem", facts={"claim.reason": "spoiled"})
    assert isinstance(unsafe, AskWish)
    assert unsafe.claims == ("compensation",), "refunded, but unsafe food may be owed for beyond its price"
    refunded = Talk("laowang").say("芒果不甜", "claim.problem", facts={"claim.reason": "quality"})
    assert isinstance(refunded, AskWish)
    assert refunded.claims == ("complaint",), "where no remedy is left, a complaint still is"


def test_the_wish_for_a_problem_takes_up_what_was_told() -> None:
    """Choosing a remedy goes on with the goods and the reason that came before."""
    talk = Talk("ajie")
    talk.say("耳机坏了", "claim.problem", facts={"claim.reason": "quality"})
    talk.tap(intent="claim.repair")
    assert talk.state.task is not None
    assert talk.state.task.claim == "repair"
    assert talk.state.task.facts == {"claim.reason": "quality"}


def test_a_problem_told_in_the_middle_of_a_claim_is_no_new_claim() -> None:
    """“It is broken”, said while a return is being asked about, gives the return its reason."""
    talk = Talk()
    talk.say("耳机退货", "claim.return")
    talk.say("坏了", "claim.problem", facts={"claim.reason": "quality"})
    assert talk.state.task is not None
    assert (talk.state.task.claim, talk.state.task.facts) == ("return", {"claim.reason": "quality"})
    assert not talk.state.waiting


def case_for(words: str, kind: str, state: str) -> Case:
    """A case of Xiaolin's on these goods."""
    target = goods(situation_of(), words)
    return Case("k1", "AS1", "demo", "xiaolin", target.order.id, kind, state, Text("售后", "Case"), (), NOW,  # type: ignore[arg-type]
                target.item.id)


def test_an_open_case_on_the_goods_is_shown_and_not_proposed_again() -> None:
    """Asking again for what is under way shows how far it has come."""
    case = case_for(DRESS, "return_and_refund", "waiting_goods")
    talk = Talk(cases=(case,))
    assert talk.say("连衣裙退货", "claim.return", facts=INTACT) == ShowCases((case,), already=True)
    assert talk.state.task is None


@pytest.mark.parametrize(
    "case",
    [case_for(DRESS, "return_and_refund", "withdrawn"), case_for(PHONE, "return_and_refund", "waiting_goods"),
     case_for(DRESS, "complaint", "in_progress")],
    ids=["withdrawn", "on other goods", "of another kind"],
)
def test_other_cases_do_not_stand_in_the_way(case: Case) -> None:
    """A withdrawn case, one on other goods, or one of another kind does not stop a claim."""
    assert isinstance(Talk(cases=(case,)).say("连衣裙退货", "claim.return", facts=INTACT), Propose)


def test_a_case_on_another_thing_of_the_same_order_does_not_stand_in_the_way() -> None:
    """The charger can go back although the phone of the same order is on its way back already."""
    talk = Talk(cases=(case_for(PHONE, "return_and_refund", "waiting_goods"),))
    assert isinstance(talk.say("充电器退货", "claim.return", facts=INTACT), Propose)


def test_what_the_rules_leave_to_a_person_is_passed_on() -> None:
    """A parcel that was signed for but not received goes to a person, as the rules say."""
    talk = Talk()
    step = talk.say("连衣裙显示签收但我没收到，退款", "claim.refund",
                    facts={"claim.reason": "not_received", "item.condition": "unopened"})
    assert isinstance(step, PassOn)
    assert step.handover.rule == "review"


def test_no_photo_to_show_is_an_answer() -> None:
    """“Not sure” to a photo means that there is none, and the rules go on without it."""
    talk = Talk(state=DialogueState())
    talk.say("基围虾都臭了，退款", "claim.refund", facts={"claim.reason": "spoiled"})
    for _ in range(4):
        if talk.state.asked and talk.state.asked.name == "claim.has_photo":
            talk.tap(intent="act.unsure")
            assert talk.state.task is None or talk.state.task.facts["claim.has_photo"] is False
            return
        talk.tap(fact="claim.quantity", value=1)
    pytest.fail("no photo was asked for")


def test_a_buyer_who_takes_a_sent_order_for_unsent_is_told() -> None:
    """“Cancel it”, said of goods that have arrived, is told so before the first question."""
    talk = Talk()
    step = talk.say("连衣裙还没发货吧，取消订单", "order.cancel")
    assert isinstance(step, AskFact)
    assert step.order_differs
    later = talk.tap(fact=step.fact, value="changed_mind")
    assert not isinstance(later, AskFact) or not later.order_differs


def test_a_picture_without_words_asks_what_it_is_about() -> None:
    """A picture that comes out of nowhere is taken, and its sender asked what they would like."""
    assert Talk().say("", photos=1) == Chat("photo_received")


def test_an_empty_message_is_no_answer() -> None:
    """An empty message changes nothing."""
    talk = Talk()
    talk.say("连衣裙退货", "claim.return")
    before = talk.state
    assert talk.say("") == Chat("empty")
    assert replace(talk.state, turns=before.turns) == before
