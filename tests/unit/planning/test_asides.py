"""Asides and misses: questions, parcels and small talk in the middle of a claim; words that nobody understands."""

from dataclasses import replace

import pytest

from assistant.conversation import Asked, DialogueState
from assistant.planning.step import (
    AnswerQuestion,
    AskFact,
    AskOrder,
    Chat,
    Clarify,
    NotCovered,
    Propose,
    ShowCases,
    ShowParcels,
)
from assistant.understanding.reading import Mood
from tests.unit.planning.situations import ANSWERING, Talk, goods, read
from tests.unit.planning.test_claim_dialogues import DRESS, FRYER, INTACT, PHONE

LAMP = "落地灯"


def asking(words: str = "连衣裙退货") -> Talk:
    """A conversation in which the reason for a return was just asked."""
    talk = Talk()
    assert isinstance(talk.say(words, "claim.return"), AskFact)
    return talk


def test_a_question_in_the_middle_of_a_claim_is_answered_and_the_claim_goes_on() -> None:
    """A policy question does not lose the claim: what was asked stays asked, with the same choices."""
    talk = asking()
    asked = talk.state.asked
    step = talk.say("运费谁出", "ask.policy.freight")
    assert isinstance(step, AnswerQuestion)
    assert step.answer.citations == (ANSWERING,)
    assert talk.state.asked == asked is not None
    assert isinstance(talk.tap(fact="claim.reason", value="changed_mind"), AskFact | Propose)


def test_a_question_while_a_proposal_waits_leaves_it_there() -> None:
    """Asking about the freight neither confirms nor withdraws a proposal, and a yes after it still counts."""
    talk = Talk()
    talk.say("连衣裙退货", "claim.return", facts=INTACT)
    wanted = talk.state.proposal_id
    assert isinstance(talk.say("运费谁出", "ask.policy.freight"), AnswerQuestion)
    assert talk.state.proposal_id == wanted
    assert talk.state.asked == Asked("proposal")


def test_a_question_that_nothing_covers_is_not_answered() -> None:
    """Without a clause there is no answer, and the miss is counted."""
    talk = Talk()
    assert isinstance(talk.say("你们老板是谁", "ask.howto"), NotCovered)
    assert talk.state.misses == 1


def test_a_follow_up_is_understood_with_the_question_before_it() -> None:
    """“And who pays?” after a question about freight is answered in its light."""
    talk = Talk()
    talk.say("退货运费怎么算", "ask.policy.freight")
    assert isinstance(talk.say("那换货呢", "ask.policy.exchange"), AnswerQuestion)


def test_a_parcel_question_in_the_middle_does_not_take_over_the_claim() -> None:
    """“Where is the fryer?” is answered, and the claim's open question stays open."""
    talk = Talk("xiaoma")
    assert isinstance(talk.say("世界地图退货", "claim.return"), AskFact)
    task, asked = talk.state.task, talk.state.asked
    step = talk.say("空气炸锅到哪了", "order.parcel")
    assert isinstance(step, ShowParcels)
    assert step.order == goods(talk.situation, FRYER).order
    assert (talk.state.task, talk.state.asked) == (task, asked)


def test_a_parcel_picked_is_shown_and_not_claimed() -> None:
    """Picking an order in answer to "which parcel?" tells where it is; the open claim keeps its own goods."""
    talk = asking()
    task = talk.state.task
    assert isinstance(talk.say("快递到哪了", "order.parcel"), AskOrder)
    step = talk.pick(PHONE)
    assert isinstance(step, ShowParcels)
    assert step.order == goods(talk.situation, PHONE).order
    assert talk.state.task == task


def test_goods_not_yet_sent_are_found_too() -> None:
    """Who asks where something is that was not dispatched hears about that order, not that it does not exist."""
    step = Talk().say("空气炸锅到哪了", "order.parcel")
    assert isinstance(step, ShowParcels)
    assert not step.order.parcels


def test_the_one_parcel_on_its_way_need_not_be_named() -> None:
    """With a single parcel under way, "where is my parcel?" means that one."""
    talk = Talk("emma")
    step = talk.say("where is my parcel", "order.parcel")
    assert isinstance(step, ShowParcels)
    assert step.order == goods(talk.situation, LAMP).order


def test_urging_dispatch_offers_to_remind_the_shop() -> None:
    """“Send it at last” leads to a reminder of that order, which goes out on a yes."""
    step = Talk().say("空气炸锅怎么还不发货", "order.urge")
    assert isinstance(step, Propose)
    assert (step.command.name, step.command.order_id) == ("urge", goods(Talk().situation, FRYER).order.id)


def test_case_progress_is_told_in_the_middle_of_a_claim() -> None:
    """Asking how a case stands keeps the claim's question open."""
    talk = asking()
    asked = talk.state.asked
    assert isinstance(talk.say("我的售后到哪一步了", "case.progress"), ShowCases)
    assert talk.state.asked == asked


@pytest.mark.parametrize(("intent", "kind"), [("chat.greet", "greet"), ("chat.thanks", "thanks"), ("chat.who", "who")])
def test_small_talk_in_the_middle_keeps_the_question(intent: str, kind: str) -> None:
    """A thank-you or a greeting is returned and changes nothing."""
    talk = asking()
    task, asked = talk.state.task, talk.state.asked
    assert talk.say("您好", intent) == Chat(kind)
    assert (talk.state.task, talk.state.asked) == (task, asked)


def test_a_yes_to_nothing_is_acknowledged() -> None:
    """“OK” when nothing was asked is no more than that."""
    assert Talk().say("好的", "act.confirm") == Chat("acknowledge")
    assert Talk().say("不用了", "act.refuse") == Chat("nothing_more")


def test_words_that_are_no_answer_are_asked_again_with_the_same_choices_and_then_with_all_choices() -> None:
    """The first miss asks the same again with the same chips, the second offers choices."""
    talk = asking()
    asked = talk.state.asked
    again = talk.say("哈哈哈哈")
    assert isinstance(again, AskFact)
    assert asked is not None
    assert (again.fact, again.again, again.options) == (asked.name, True, asked.options)
    assert len(again.options) > 1
    assert talk.state.asked == asked
    assert talk.say("呵呵呵") == Clarify(2)
    assert talk.state.misses == 2


def test_an_answer_after_a_miss_counts_as_progress() -> None:
    """One usable answer, and the misses are forgotten."""
    talk = asking()
    talk.say("哈哈哈哈")
    talk.tap(fact="claim.reason", value="changed_mind")
    assert talk.state.misses == 0


def test_who_keeps_not_knowing_is_passed_on() -> None:
    """“I don't know”, three times over, is a person's to find out."""
    talk = asking()
    steps = [talk.say("不知道", "act.unsure") for _ in range(3)]
    assert [type(step).__name__ for step in steps] == ["AskFact", "AskFact", "PassOn"]
    assert isinstance(steps[0], AskFact)
    assert steps[0].again


def test_another_fact_than_the_one_asked_is_no_miss() -> None:
    """Who tells something else first is asked the open question in the plain way, not "I didn't get that"."""
    talk = asking()
    step = talk.tap(fact="item.condition", value="unopened")
    assert isinstance(step, AskFact)
    assert not step.again


def test_a_photo_that_nobody_asked_for_is_no_miss() -> None:
    """A picture sent early is taken as one, and the open question is asked in the plain way."""
    talk = asking()
    step = talk.say("", photos=1)
    assert isinstance(step, AskFact)
    assert not step.again
    assert talk.state.task is not None
    assert talk.state.task.facts == {"claim.has_photo": True}


def test_gibberish_is_never_searched_for_while_something_is_asked() -> None:
    """Words that are no question do not set off a search in the middle of a claim."""
    talk = asking()
    assert isinstance(talk.take(replace(read("运费"), flags=frozenset({"gibberish"}))).step, AskFact)


def test_angry_turns_are_counted_in_a_row() -> None:
    """Two angry turns count two, and a calm one starts over."""
    talk = Talk()
    for _ in range(2):
        talk.take(read("什么破东西", mood="angry"))
    assert talk.state.angry_turns == 2
    talk.take(read("你好", "chat.greet"))
    assert (talk.state.angry_turns, talk.state.turns) == (0, 3)


def test_the_page_that_the_buyer_came_from_says_which_goods_are_meant() -> None:
    """A chat opened from an order's page is about that order, unless the words name another."""
    talk = Talk()
    order = goods(talk.situation, DRESS).order
    came = Talk(state=DialogueState(page_order_id=order.id))
    step = came.say("我要退货", "claim.return")
    assert isinstance(step, AskFact)
    assert step.target.order == order
    named = Talk(state=DialogueState(page_order_id=order.id)).say("耳机退货", "claim.return")
    assert isinstance(named, AskFact)
    assert named.target.order != order


def test_the_same_turn_planned_again_is_the_same_plan() -> None:
    """A turn that must be taken again gives the same plan, ids included."""
    one, two = (Talk().take(read("连衣裙退货", "claim.return")) for _ in range(2))
    assert one == two
    assert one.state.task is not None


def test_an_outburst_is_met_with_regret_and_choices() -> None:
    """Who only vents is asked what happened, not told that no policy covers it."""
    talk = Talk()
    upset = replace(read("这什么破玩意"), mood=Mood("angry", 0.9))
    step = talk.take(upset).step
    assert isinstance(step, Clarify)
    assert step.upset


def test_a_yes_is_no_picture() -> None:
    """Who answers "yes" to "please send a photo" has not sent one, and is asked again."""
    talk = asking("基围虾退款")
    asked = talk.say("坏了", facts={"claim.reason": "spoiled"})
    assert isinstance(asked, AskFact)
    assert asked.fact == "claim.has_photo"
    again = talk.say("是的", "act.confirm", facts={"claim.has_photo": True})
    assert isinstance(again, AskFact)
    assert again.fact == "claim.has_photo"
