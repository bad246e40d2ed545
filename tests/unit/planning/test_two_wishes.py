"""More than one wish: what waits, what it is about, and how it is offered."""

import pytest

from assistant.conversation import Asked, DialogueState, Task
from assistant.planning.step import AskFact, AskOrder, Chat, Confirm, Decline, Drop, Propose, Refuse
from tests.unit.planning.situations import Talk, goods
from tests.unit.planning.test_claim_dialogues import BUDS, DRESS, FRYER, INTACT

BOTH = "空气炸锅没发货帮我退了，还有耳机降价了也补下差价"


def two_wishes() -> Talk:
    """A refund of the fryer is on the table; a price difference for the earphones waits."""
    talk = Talk()
    step = talk.say(BOTH, "claim.refund", "claim.price")
    assert isinstance(step, Propose)
    assert step.target == goods(talk.situation, FRYER)
    return talk


def test_a_second_wish_waits_on_the_goods_that_it_names() -> None:
    """Two wishes on two things in one message are both kept, each on its own thing."""
    talk = two_wishes()
    (later,) = talk.state.waiting
    assert (later.claim, later.item_id) == ("price_protection", goods(talk.situation, BUDS).item.id)


def test_which_wish_is_about_which_goods_is_what_the_rules_allow() -> None:
    """The order in which two wishes were read does not matter: no price falls for the fryer, and it can be refunded."""
    talk = Talk()
    step = talk.say(BOTH, "claim.price", "claim.refund")
    assert isinstance(step, Propose)
    assert step.target in (goods(talk.situation, FRYER), goods(talk.situation, BUDS))
    task = talk.state.task
    assert task is not None
    about = {one.claim: one.item_id for one in (task, *talk.state.waiting)}
    assert about == {
        "refund": goods(talk.situation, FRYER).item.id, "price_protection": goods(talk.situation, BUDS).item.id,
    }


def test_what_can_be_done_at_once_comes_first() -> None:
    """Of two wishes the one that needs no question is proposed before the other is asked about."""
    talk = Talk("emma")
    words = "Cancel the charger, and I want to complain about the shop that sold me the cherries"
    step = talk.say(words, "claim.complaint", "order.cancel")
    assert isinstance(step, Propose)
    assert step.target == goods(talk.situation, "充电器")
    (later,) = talk.state.waiting
    assert (later.claim, later.item_id) == ("complaint", goods(talk.situation, "车厘子").item.id)


def test_a_wish_turned_down_does_not_come_back() -> None:
    """An offer that the buyer declined is not offered again once they have turned to something else."""
    talk = Talk()
    talk.say("连衣裙退货", "claim.return", facts=INTACT)
    talk.say("不要", "act.refuse")
    talk.say("空气炸锅退款", "claim.refund")
    assert not talk.state.waiting


def test_a_waiting_wish_is_offered_after_a_confirmation_and_begun_by_a_yes() -> None:
    """Once the first is confirmed the second is offered; "yes" goes on with it without asking which goods."""
    talk = two_wishes()
    step = talk.say("确认", "act.confirm")
    assert isinstance(step, Confirm)
    assert step.then == "price_protection"
    assert talk.state.asked == Asked("next_task", ("price_protection",))
    second = talk.say("好的", "act.confirm")
    assert isinstance(second, Propose)
    assert second.target == goods(talk.situation, BUDS)
    assert not talk.state.waiting


def test_a_waiting_wish_is_begun_when_it_is_named_again() -> None:
    """“Yes, the price difference” takes up the wish that waits, with its goods."""
    talk = two_wishes()
    talk.say("确认", "act.confirm")
    step = talk.say("接着办差价", "claim.price")
    assert isinstance(step, Propose)
    assert step.target == goods(talk.situation, BUDS)
    assert not talk.state.waiting


def test_a_waiting_wish_can_be_left() -> None:
    """“No” to the offer forgets it, and it is not offered again."""
    talk = two_wishes()
    talk.say("确认", "act.confirm")
    assert talk.say("不用了", "act.refuse") == Chat("nothing_more")
    assert not talk.state.waiting
    assert talk.say("谢谢", "chat.thanks") == Chat("thanks")


@pytest.mark.parametrize(
    ("words", "intent", "ending"),
    [("不要", "act.refuse", Decline), ("算了", "act.cancel", Decline)],
)
def test_a_waiting_wish_is_offered_after_a_no(words: str, intent: str, ending: type) -> None:
    """Turning down the first offer leads on to the second wish."""
    talk = two_wishes()
    step = talk.say(words, intent)
    assert isinstance(step, ending)
    assert step.then == "price_protection"  # type: ignore[attr-defined]


def test_a_waiting_wish_is_offered_after_giving_up() -> None:
    """Dropping the first claim in the middle of its questions leads on to the second."""
    talk = Talk()
    talk.say("连衣裙退货，还要投诉这家店", "claim.return", "claim.complaint")
    assert talk.say("退货算了", "act.cancel") == Drop("return", then="complaint")


def test_a_waiting_wish_is_offered_after_a_refusal() -> None:
    """When the rules say no to the first wish, the second is offered with the refusal."""
    talk = Talk()
    facts = {**INTACT, "item.condition": "used"}
    step = talk.say("连衣裙退货，还要投诉这家店", "claim.return", "claim.complaint", facts=facts)
    assert isinstance(step, Refuse)
    assert step.then == "complaint"


def test_a_waiting_wish_is_offered_after_a_confirmation_outside_the_chat() -> None:
    """A proposal confirmed by its own button ends the task elsewhere; the next kind word brings the offer."""
    talk = Talk(state=DialogueState(waiting=(Task("t1", "complaint"),)))
    assert talk.say("谢谢", "chat.thanks") == Chat("thanks", then="complaint")


def test_a_complaint_beside_a_return_is_about_the_same_goods() -> None:
    """A second wish that names no other goods is about those of the first."""
    talk = Talk()
    talk.say("连衣裙退货，还要投诉这家店", "claim.return", "claim.complaint")
    (later,) = talk.state.waiting
    assert later.item_id == goods(talk.situation, DRESS).item.id


def test_two_names_for_the_same_wish_are_one() -> None:
    """“Return it for a refund” is one wish, not a return with a refund waiting behind it."""
    talk = Talk()
    talk.say("连衣裙退货退款", "claim.return", "claim.refund")
    assert not talk.state.waiting


def test_the_same_wish_on_other_goods_is_a_wish_of_its_own() -> None:
    """“And return the earphones too”, in the middle of a return, begins with these and lets the first one wait."""
    talk = Talk()
    talk.say("连衣裙退货", "claim.return", facts={"claim.reason": "size"})
    step = talk.say("耳机也要退货", "claim.return")
    assert isinstance(step, AskFact)
    assert step.target == goods(talk.situation, BUDS)
    assert talk.state.task is not None
    assert "claim.reason" not in talk.state.task.facts, "the reason was the dress's"
    (first,) = talk.state.waiting
    assert first.item_id == goods(talk.situation, DRESS).item.id


def test_a_complaint_lets_the_return_wait() -> None:
    """A complaint does not replace a return of the same goods: they stand beside each other."""
    talk = Talk()
    talk.say("连衣裙退货", "claim.return")
    talk.say("我要投诉他们", "claim.complaint")
    assert [task.claim for task in talk.state.waiting] == ["return"]


def test_at_most_three_wishes_wait() -> None:
    """A buyer who names everything at once is not led through it for ever."""
    talk = Talk()
    wishes = ("claim.complaint", "claim.price", "claim.compensation", "claim.return", "claim.repair")
    step = talk.say("我要投诉、补差价、赔偿、退货、维修", *wishes)
    assert isinstance(step, AskOrder)
    assert len(talk.state.waiting) <= 3
