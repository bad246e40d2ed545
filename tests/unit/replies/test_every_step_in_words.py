"""Every step can be said, in both languages, to every buyer of the demo shop, and passes the check for numbers."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import pytest

from assistant.cases.case import Case, CaseStep
from assistant.conversation import Asked
from assistant.planning import step as s
from assistant.planning.claims import CLAIM_OF_INTENT
from assistant.replies.checker import unsupported
from assistant.replies.compose import compose
from assistant.replies.reply import DecisionCard, OrderPickerCard, PhotoCard, ProposalCard, Reply
from assistant.replies.voice import Done
from assistant.replies.writer import sources_of
from knowledge.answers import Answer
from knowledge.text import Language, Text
from tests.fakes.clock import NOW
from tests.fakes.scenes import decided
from tests.unit.planning.situations import MIND, WORLD, Talk, goods, situation_of
from tests.unit.replies.writing import LANGUAGES, TO_A_PERSON, done_for, voice

ANSWER = Answer("退货运费由买家承担。[1]", ("freight#1.1",), "zh")
CHATS = ("greet", "thanks", "bye", "who", "acknowledge", "nothing_more", "empty", "photo_received")
INTENTS = [intent for intent, claim in CLAIM_OF_INTENT.items() if claim != "problem"]
REASONS = ("changed_mind", "quality", "spoiled", "late", "not_received", "price_drop")


def case_of(situation: s.Situation) -> Case:
    """A case on the buyer's newest order."""
    refund = Text("退款", "Refund")
    steps = (CaseStep("accepted", Text("已受理", "Accepted"), at=NOW), CaseStep("refund", refund, due=NOW))
    order_id = situation.orders[0].id
    return Case(
        "k1", "AS-20261120-0001", "demo", situation.buyer.id, order_id, "refund", "in_progress", refund, steps, NOW
    )


def plain_steps(situation: s.Situation) -> Iterator[s.Step]:
    """One step of every kind that needs no decision, over all of the buyer's orders."""
    targets = tuple(s.Target(order, item) for order in situation.orders for item in order.items)
    yield from (s.AnswerQuestion("运费谁出", ANSWER), s.NotCovered("老板是谁", ("returns#1.1", "no#such")))
    yield from (s.AskOrder("return", targets[:8]), s.AskOrder("return", targets[:3], "冰箱"), s.AskOrder("return", ()))
    yield from (s.AskWish(target, ("return", "repair", "complaint")) for target in targets)
    yield from (s.ShowParcels(order) for order in situation.orders)
    washer, fridge = (WORLD.product(name) for name in ("hearth-washer", "hearth-fridge"))
    assert washer
    assert fridge
    yield from (s.ShowProducts((washer,), aspect) for aspect in ("details", "promotions", "services"))
    yield from (s.ShowProducts((washer,), "fault", "E04"), s.ShowProducts((washer, fridge), "compare"))
    yield s.ShowPayments(WORLD.payments["xiaolin"])
    yield from (s.ShowCases(()), s.ShowCases((case_of(situation),)), s.ShowCases((case_of(situation),), already=True))
    yield from (s.Chat(kind) for kind in CHATS)
    yield from (s.Chat("thanks", then="complaint"), s.Drop("refund", then="repair"))
    yield from (s.Drop("return"), s.Drop("problem"))
    yield from (s.Confirm("p1"), s.Decline("p1"), s.Decline("p1", dropped=True), s.Hesitation("p1"))
    yield from (s.PassOn(TO_A_PERSON), s.PassOn(replace(TO_A_PERSON, rule="safety")),
                s.PassOn(replace(TO_A_PERSON, rule="self_harm")), s.Clarify(2))
    for name in MIND.book.catalog.names:
        if MIND.book.catalog.fact(name).known_by == "buyer":
            yield from (s.AskFact(name, "return", targets[0], again) for again in (False, True))


def decided_steps(buyer_id: str) -> Iterator[s.Step]:
    """The first steps of claims of every kind on every order of a buyer's."""
    for order in situation_of(buyer_id).orders:
        for n, intent in enumerate(INTENTS):
            talk = Talk(buyer_id)
            talk.say("……", intent, facts={"claim.reason": REASONS[n % len(REASONS)], "item.condition": "unopened"})
            yield talk.tap(order_id=order.id, item_id=order.items[0].id)


def problems_of(reply: Reply, step: s.Step, done: Done, situation: s.Situation, language: Language) -> list[str]:
    """What is wrong with a reply."""
    wrong = unsupported(reply.text, sources_of(step, done, situation, voice(language), reply))
    problems = [f"no source for {number}" for number in wrong]
    if re.search(r"[{}]", reply.text) or not reply.text.strip():
        problems.append("a blank was not filled")
    ours = re.sub(r'"[^"]*"', "", reply.text).replace(situation.buyer.name, "")
    if language == "en" and re.search(r"[一-龥]", ours) and not isinstance(step, s.AnswerQuestion):
        problems.append("Chinese words in an English reply")
    if {int(n) for n in re.findall(r"\[(\d+)\]", reply.text)} - {one.n for one in reply.citations}:
        problems.append("a mark without its citation")
    if len({button.label for button in reply.buttons}) < len(reply.buttons):
        problems.append("two buttons of the same name")
    return problems


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("buyer_id", [buyer.id for buyer in WORLD.buyers])
def test_every_step_is_said_soundly(buyer_id: str, language: Language) -> None:
    """Whatever comes next, there are words for it: complete, in one language, every number from somewhere."""
    situation = replace(situation_of(buyer_id), language=language)
    situation = replace(situation, cases=(case_of(situation),))
    found = {}
    for variant, step in enumerate((*plain_steps(situation), *decided_steps(buyer_id))):
        done = done_for(step, situation, decided())
        reply = compose(step, done, situation, voice(language, variant))
        problems = problems_of(reply, step, done, situation, language)
        if problems or reply.language != language or reply.step != type(step).__name__:
            found[f"{type(step).__name__}: {reply.text}"] = problems
    assert not found


def test_all_kinds_of_step_are_tried() -> None:
    """A new kind of step fails here until it is tried above."""
    situation = replace(situation_of(), cases=(case_of(situation_of()),))
    tried = {type(step) for step in (*plain_steps(situation), *decided_steps("xiaolin"))}
    assert tried == set(get_args(s.Step))


@pytest.mark.parametrize("language", LANGUAGES)
def test_out_of_hours_a_time_is_promised(language: Language) -> None:
    """At night the words name the time when a person answers, not a place in a queue that does not move."""
    situation = replace(situation_of(), language=language)
    step = s.PassOn(TO_A_PERSON)
    done = done_for(step, situation, at_desk=False)
    reply = compose(step, done, situation, voice(language))
    assert ("11月21日 05:00" if language == "zh" else "21 Nov, 05:00") in reply.text
    assert not problems_of(reply, step, done, situation, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_proposal_says_how_much_why_and_on_what_terms(language: Language) -> None:
    """The amount, the reason with its clause, the freight and the two buttons stand in the words of an offer."""
    talk = Talk()
    facts = {"claim.reason": "quality", "item.condition": "opened_intact"}
    step = talk.say("连衣裙退货", "claim.return", facts=facts)
    assert isinstance(step, s.Propose)
    situation = replace(situation_of(), language=language)
    reply = compose(step, done_for(step, situation), situation, voice(language))
    assert "¥269.00" in reply.text
    assert "[1]" in reply.text
    assert ("运费由商家承担" if language == "zh" else "seller pays the return freight") in reply.text
    decisions = [button.answer.decision for button in reply.buttons if button.answer]
    assert decisions == ["confirm", "refuse"]
    assert {type(card) for card in reply.cards} == {DecisionCard, ProposalCard}
    assert reply.asks == "proposal"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_names_its_number_and_what_follows(language: Language) -> None:
    """After a confirmation the case number and the dates to come are said."""
    situation = replace(situation_of(), language=language)
    step = s.Confirm("p1")
    reply = compose(step, done_for(step, situation, decided()), situation, voice(language))
    assert "AS-20261120-0001" in reply.text
    assert ("11月23日" if language == "zh" else "23 Nov") in reply.text


def test_a_confirmation_that_failed_says_that_nothing_was_done() -> None:
    """An offer that had expired is owned up to, and a person is offered."""
    reply = compose(s.Confirm("p1"), Done(failed=True), situation_of(), voice("en"))
    assert "nothing was done" in reply.text
    assert reply.buttons[-1].answer is not None
    assert reply.buttons[-1].answer.intent == "act.person"


def test_a_refusal_names_what_remains_and_offers_it() -> None:
    """A no comes with its reason, the clause, and a button for each thing that is still possible."""
    facts = {"claim.reason": "changed_mind", "item.condition": "used"}
    step = Talk().say("连衣裙退货", "claim.return", facts=facts)
    assert isinstance(step, s.Refuse)
    reply = compose(step, Done(), situation_of(), voice("zh"))
    assert reply.citations
    offered = [button.answer.intent for button in reply.buttons if button.answer]
    assert set(offered) == {f"claim.{one.claim}" for one in step.decision.alternatives} | {"act.person"}


def test_an_offer_to_go_on_comes_after_the_ending() -> None:
    """After the first of two wishes the second is offered by name, with a yes and a no to tap."""
    reply = compose(s.Drop("return", then="price_protection"), Done(), situation_of(), voice("zh"))
    assert reply.text == "好的，退货退款先不办了。需要时再找我。 您刚才还提到价保补差，需要接着办吗？"
    assert [b.answer.intent for b in reply.buttons if b.answer] == ["claim.price", "act.cancel"]


def test_the_open_question_comes_back_after_an_aside() -> None:
    """A question answered in the middle of a claim ends with the chips that were offered, in their order."""
    talk = Talk()
    asked = talk.say("连衣裙退货", "claim.return")
    assert isinstance(asked, s.AskFact)
    before = compose(asked, Done(), talk.situation, voice("zh"))
    after = compose(s.AnswerQuestion("运费谁出", ANSWER), Done(), talk.situation, voice("zh"))
    assert after.buttons == before.buttons
    assert len(after.buttons) == len(asked.options)


def test_the_order_picker_and_the_wishes_come_back_after_an_aside() -> None:
    """So do the goods to pick from, and the remedies to choose."""
    target = goods(situation_of(), "连衣裙")
    option = f"{target.order.id}/{target.item.id}"
    picking = replace(situation_of().state, asked=Asked("order", (option, "gone/gone-1")))
    reply = compose(s.Chat("thanks"), Done(), situation_of(state=picking), voice("zh"))
    (picker,) = reply.cards
    assert isinstance(picker, OrderPickerCard)
    assert [one.item_id for one in picker.orders] == [target.item.id]
    wishing = replace(situation_of().state, asked=Asked("wish", ("return", "repair")))
    reply = compose(s.Chat("thanks"), Done(), situation_of(state=wishing), voice("zh"))
    assert [b.answer.intent for b in reply.buttons if b.answer] == ["claim.return", "claim.repair"]


def test_the_proposals_buttons_come_back_after_an_aside() -> None:
    """An answer given while an offer waits ends with the offer's buttons."""
    talk = Talk()
    talk.say("空气炸锅退款", "claim.refund")
    reply = compose(s.AnswerQuestion("运费谁出", ANSWER), Done(), talk.situation, voice("zh"))
    assert [b.answer.decision for b in reply.buttons if b.answer and b.answer.proposal_id] == ["confirm", "refuse"]


def test_only_chips_that_lead_somewhere_are_offered() -> None:
    """The chips of a question are those that the step names, or all."""
    target = goods(situation_of(), "连衣裙")
    step = s.AskFact("claim.reason", "return", target, options=("size", "other"))
    some = compose(step, Done(), situation_of(), voice("zh"))
    every = compose(replace(step, options=()), Done(), situation_of(), voice("zh"))
    assert [b.answer.value for b in some.buttons if b.answer] == ["size", "other"]
    assert len(every.buttons) == len(MIND.book.catalog.fact("claim.reason").options)


def test_a_photo_is_asked_for_with_a_way_out() -> None:
    """A request for a picture has its own card, and a button for who has none."""
    target = goods(situation_of(), "基围虾")
    reply = compose(s.AskFact("claim.has_photo", "refund", target), Done(), situation_of(), voice("zh"))
    assert isinstance(reply.cards[0], PhotoCard)
    assert [b.answer.intent for b in reply.buttons if b.answer] == ["act.unsure"]


def test_a_sent_order_is_named_as_such_before_the_question() -> None:
    """Who wants an order cancelled that has arrived is told its state first."""
    target = goods(situation_of(), "连衣裙")
    step = s.AskFact("claim.reason", "refund", target, order_differs=True)
    reply = compose(step, Done(), situation_of(), voice("zh"))
    assert reply.text.startswith("我查到这一单现在是“已签收”")


def test_clauses_that_do_not_exist_are_never_cited() -> None:
    """An id that no clause has is dropped, and the others are numbered without a gap."""
    step = s.AnswerQuestion("?", Answer("…[1][2]", ("no#such", "returns#1.1", "returns#3.2"), "zh"))
    reply = compose(step, Done(), situation_of(), voice("zh"))
    assert [(one.n, one.clause) for one in reply.citations] == [(1, "returns#1.1"), (2, "returns#3.2")]
    assert all(one.title and one.in_force_from for one in reply.citations)
