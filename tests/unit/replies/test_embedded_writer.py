"""The embedded writer: what passes the check is sent, and what does not is replaced by a safe word."""

import logging
from dataclasses import replace

import pytest

from assistant.decisions.decision import Amount
from assistant.planning import step as s
from assistant.replies.voice import Done
from assistant.replies.writer import EmbeddedWriter, safe_reply
from knowledge.answers import Answer
from knowledge.text import Language, Text
from tests.unit.planning.situations import Talk, situation_of
from tests.unit.replies.writing import LANGUAGES, done_for, voice


def proposal() -> tuple[s.Propose, s.Situation]:
    """A proposal of 329 yuan for the fryer."""
    talk = Talk()
    before = talk.situation
    step = talk.say("空气炸锅退款", "claim.refund")
    assert isinstance(step, s.Propose)
    return step, before


async def test_a_sound_reply_is_sent() -> None:
    """A proposal with its own amount goes out as it is."""
    step, situation = proposal()
    reply = await EmbeddedWriter().write(step, done_for(step, situation), situation, voice("zh"))
    assert (reply.step, reply.asks) == ("Propose", "proposal")
    assert "¥329.00" in reply.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_answer_with_a_number_that_its_clause_does_not_have_is_not_sent(
    language: Language, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever made up the number, the buyer gets an apology and a person instead, and the fault is logged."""
    step = s.AnswerQuestion("几天", Answer("签收后 98 天内都能退。[1]", ("returns#1.1",), language))
    with caplog.at_level(logging.ERROR):
        reply = await EmbeddedWriter().write(step, Done(), situation_of(), voice(language))
    assert reply == safe_reply(voice(language))
    assert reply.buttons[0].answer is not None
    assert reply.buttons[0].answer.intent == "act.person"
    assert "without a source" in caplog.text


async def test_an_answer_is_no_source_of_its_own_numbers() -> None:
    """An answer is checked against the clauses it cites, not against itself or what the buyer happened to pay."""
    uncited = s.AnswerQuestion("运费", Answer("最高赔 12 元。", (), "zh"))
    reply = await EmbeddedWriter().write(uncited, Done(), situation_of(), voice("zh"))
    assert reply.step == "Failed"


async def test_a_citation_of_nothing_gives_no_cover() -> None:
    """A number under a clause that does not exist is a number without a source."""
    step = s.AnswerQuestion("运费", Answer("最高赔 97 元。[1]", ("no#such",), "zh"))
    reply = await EmbeddedWriter().write(step, Done(), situation_of(), voice("zh"))
    assert reply.step == "Failed"
    assert reply.citations == ()


async def test_a_proposal_whose_words_and_amount_differ_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """If wording ever got an amount wrong, the offer would not reach the buyer."""
    step, situation = proposal()
    monkeypatch.setattr("assistant.replies.wording.money", lambda *_: "¥3,290.00")
    reply = await EmbeddedWriter().write(step, done_for(step, situation), situation, voice("zh"))
    assert reply.step == "Failed"


async def test_the_safe_word_has_no_number() -> None:
    """What is said when nothing else may be needs no source itself."""
    for language in LANGUAGES:
        assert not any(letter.isdigit() for letter in safe_reply(voice(language)).text)


async def test_other_goods_of_the_buyer_may_be_named() -> None:
    """Titles with numbers in them ("20 pieces") are the buyer's own orders' and pass."""
    situation = situation_of()
    target = next(s.Target(o, i) for o in situation.orders for i in o.items if "20片" in i.title.zh)
    reply = await EmbeddedWriter().write(s.AskWish(target, ("return",)), Done(), situation, voice("zh"))
    assert "20片" in reply.text


async def test_a_decision_in_another_currency_is_written_in_it() -> None:
    """An amount of euros is checked like one of yuan, and said as euros."""
    step, situation = proposal()
    decision = replace(step.decision, amount=Amount(1250, "EUR"), because=(Text("按规则", "By the rules"),))
    euros = replace(step, decision=decision)
    reply = await EmbeddedWriter().write(euros, done_for(euros, situation), situation, voice("en"))
    assert "€12.50" in reply.text
