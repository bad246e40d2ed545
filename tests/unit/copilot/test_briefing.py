"""The briefing and the copilot's reading: what a person needs to know before the first word."""

import json
from dataclasses import replace

from assistant.cases.case import Case
from assistant.conversation import BuyerMessage, Conversation, Event, Payload, StaffMessage, Task
from assistant.copilot.assist import WORDS_READ, latest_words
from assistant.copilot.briefing import briefing
from assistant.planning.planner import plan
from assistant.planning.step import PassOn, Situation
from assistant.situation import Loaded
from knowledge.text import Text
from tests.fakes.clock import NOW
from tests.unit.planning.situations import MIND, Talk, goods, read, situation_of
from tests.unit.replies.writing import TO_A_PERSON


def loaded(situation: Situation, *texts: str) -> Loaded:
    """A turn that is due, with these messages."""
    head = Conversation("c1", "demo", situation.buyer.id, "assistant", "zh", 9, 8, situation.state, NOW, NOW)
    messages = tuple(BuyerMessage(str(n), text) for n, text in enumerate(texts))
    return Loaded(head, messages, 9, situation)


def test_a_briefing_holds_all_that_was_told_and_decided() -> None:
    """Goods, claim, facts, mood and the reason for the hand-over are there, with the buyer's own last words."""
    talk = Talk()
    talk.say("连衣裙退货", "claim.return", facts={"claim.reason": "size"})
    reading = replace(read("转人工", "act.person", mood="angry"), flags=frozenset({"asks_for_person", "abuse"}))
    planned = replace(plan(reading, talk.situation, MIND), step=PassOn(TO_A_PERSON))
    brief = briefing(loaded(talk.situation, "转人工"), reading, planned, ["你好", "连衣裙退货"])
    target = goods(talk.situation, "连衣裙")
    assert brief == {
        "asked": "你好\n连衣裙退货\n转人工", "claim": "return", "order_id": target.order.id,
        "item": {"zh": target.item.title.zh, "en": target.item.title.en}, "facts": {"claim.reason": "size"},
        "done": [], "mood": "angry", "flags": ["abuse", "asks_for_person"], "rule": "asks_for_person",
        "has_decision": planned.decision is not None, "language": "zh",
    }


def test_a_briefing_without_a_claim_tells_what_was_said() -> None:
    """Before any claim the facts are those of the message itself."""
    reading = read("有人被烫伤了", facts={"claim.injured": True})
    planned = plan(reading, situation_of(), MIND)
    brief = briefing(loaded(situation_of(), "有人被烫伤了"), reading, planned, [])
    assert (brief["claim"], brief["order_id"], brief["item"]) == (None, None, None)
    assert brief["facts"] == {"claim.injured": True}
    assert brief["rule"] is None


def test_a_briefing_names_what_was_done_before() -> None:
    """Cases that the buyer has already stand in the briefing by number."""
    case = Case("k1", "AS-1", "demo", "xiaolin", "o1", "refund", "done", Text("退款", "Refund"), (), NOW)
    situation = situation_of(cases=(case,))
    brief = briefing(loaded(situation, "在吗"), read("在吗"), plan(read("在吗"), situation, MIND), [])
    assert brief["done"] == ["AS-1 退款"]


def test_a_briefing_is_short_and_plain() -> None:
    """However much was written, the briefing fits a screen, and can be stored as JSON."""
    situation = situation_of(state=replace(situation_of().state, task=Task("t1", "return", "gone", "gone-1")))
    planned = plan(read("长"), situation, MIND)
    brief = briefing(loaded(situation, "长" * 5000), read("长"), planned, ["一", "二", "三", "四"])
    assert len(str(brief["asked"])) <= 400
    assert brief["order_id"] is None, "an order that is not the buyer's is not named"
    assert json.loads(json.dumps(brief)) == brief


def log_of(*payloads: Payload) -> list[Event]:
    """A conversation's log."""
    return [Event("c1", n, NOW, payload) for n, payload in enumerate(payloads, start=1)]


def buyer(text: str) -> BuyerMessage:
    """Something that the buyer wrote."""
    return BuyerMessage(text, text)


STAFF = StaffMessage("s1", "稍等", "小王")


def test_the_copilot_reads_what_nobody_has_answered_yet() -> None:
    """The buyer's messages since a person last wrote are read together, in their order."""
    assert latest_words(log_of(buyer("旧的"), STAFF, buyer("裙子"), buyer("想退"))) == "裙子\n想退"


def test_the_copilot_reads_the_last_words_again_when_all_is_answered() -> None:
    """Right after an answer the copilot still shows what the buyer wanted."""
    assert latest_words(log_of(buyer("旧的"), STAFF, buyer("想退"), STAFF)) == "想退"


def test_the_copilot_reads_no_more_than_it_needs() -> None:
    """Of a flood of messages the last three count, and of very long ones the last."""
    assert latest_words(log_of(*(buyer(str(n)) for n in range(9)))) == "6\n7\n8"
    assert latest_words(log_of(buyer("先"), buyer("长" * (WORDS_READ + 1)))) == "长" * (WORDS_READ + 1)


def test_pictures_without_words_are_no_words() -> None:
    """A message with a picture only leaves no empty line, and an empty log no words."""
    assert latest_words(log_of(buyer("坏了"), buyer(""))) == "坏了"
    assert latest_words([]) == ""
