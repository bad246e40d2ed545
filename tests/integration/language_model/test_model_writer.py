"""When the model's words are used, and when the draft is sent."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.decisions.decision import Decision
from assistant.language_model.wording_check import why_not
from assistant.planning import step as s
from assistant.replies.reply import Button, Citation, Reply
from assistant.understanding.reading import Reading
from knowledge.answers import Answer
from knowledge.text import Language
from tests.integration.language_model.scripted import (
    GivenReader,
    GivenWriter,
    ScriptedEndpoint,
    Talk,
    model_voices,
)

TEXT = "商家应当在签收退货后 7 天内退款，运费由买家承担，不超过 ¥12.50。[1]"
CITATION = Citation(1, "consumer-law#25", "七天无理由退货")
ANSWER = Reply(TEXT, citations=(CITATION,), buttons=(Button("转人工"),), step="AnswerQuestion")
QUESTION = s.AnswerQuestion("多久退款", Answer(TEXT, ("consumer-law#25",), "zh"))

AT = datetime(2026, 11, 20, tzinfo=UTC)


async def written(words: str, talk: Talk, draft: Reply = ANSWER, step: Any = QUESTION) -> Reply:
    """The reply to a step when the model rewrites the draft like this."""
    endpoint = ScriptedEndpoint(writes=lambda _: words)
    _, writer = model_voices(endpoint, GivenReader(Reading("", "zh")), GivenWriter(draft))
    return await writer.write(step, *talk)


async def test_words_that_keep_numbers_and_citations_are_used(talk: Talk) -> None:
    """A warmer wording reaches the buyer; citations and buttons stay those of the draft."""
    warm = "商家收到退回的商品后，7 天内退款；运费由您承担，不超过 ¥12.50。[1]"
    reply = await written(warm, talk)
    assert reply.text == warm
    assert (reply.citations, reply.buttons) == (ANSWER.citations, ANSWER.buttons)


async def test_thoughts_are_not_said(talk: Talk) -> None:
    """What a model thinks before it answers does not reach the buyer."""
    assert (await written(f"<think>退 9999 元吧</think>\n{TEXT}", talk)).text == TEXT


REFUSED = {
    "an added amount": ("figures", TEXT + "另送 5 元。"),
    "another amount": ("figures", TEXT.replace("12.50", "125.0")),
    "a lost number": ("figures", TEXT.replace("，不超过 ¥12.50", "")),
    "numbers changed about": ("figures", "商家签收退货后 12.50 天内退款，运费由买家承担，不超过 ¥7。[1]"),
    "another unit": ("figures", TEXT.replace("7 天", "7 个月")),
    "a lost citation": ("figures", TEXT.replace("[1]", "")),
    "an invented citation": ("figures", TEXT + "[2]"),
    "a number in Chinese": ("counts", TEXT.replace("。", "，再送三次。")),
    "a number in formal Chinese": ("counts", TEXT.replace("。", "，另付伍佰。")),
    "a number in a circle": ("counts", TEXT.replace("。", "，另付⑨⑨。")),
    "a number in full width": ("figures", TEXT.replace("。", "，另付９９。")),
    "one yuan": ("counts", TEXT.replace("。", "，另付一元。")),
    "a promise": ("promise", TEXT.replace("。", "，我保证。")),
    "money said to have moved": ("promise", TEXT.replace("。", "，钱已经到账。")),
    "a person feigned": ("promise", TEXT.replace("。", "，我是真人小李。")),
    "a denial turned round": ("denial", TEXT.replace("不超过", "超过")),
    "a denial added": ("denial", TEXT.replace("由买家", "不由买家")),
    "a link": ("contact", TEXT.replace("。", "，见 https://evil.example 。")),
    "a bare domain": ("contact", TEXT.replace("。", "，见 help.top 。")),
    "a contact off the platform": ("contact", TEXT.replace("。", "，加微信详谈。")),
    "a payment off the platform": ("contact", TEXT.replace("。", "，请转账给我。")),
    "an insult": ("flag", TEXT.replace("。", "，神经病。")),
    "markup": ("legible", TEXT.replace("。", "<img src=x>。")),
    "a hidden character": ("legible", TEXT.replace("天", "\u200b天")),
    "a changed direction of writing": ("legible", TEXT.replace("天", "\u202e天")),
    "another language": ("language", "The seller refunds within 7 days; you bear the freight, at most ¥12.50. [1]"),
    "a lecture": ("length", TEXT + "请您理解。" * 60),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_words_that_say_more_or_less_are_dropped(what: str, talk: Talk) -> None:
    """The buyer reads the draft when the model's words add, lose, move or hide anything that matters."""
    rule, words = REFUSED[what]
    assert why_not(words, TEXT, "zh") == rule
    assert await written(words, talk) == ANSWER


ENGLISH = "The seller refunds within 7 days. You bear the freight, no more than ¥12.50. [1]"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (None, "Within 7 days the seller refunds you. Freight is yours to bear, no more than ¥12.50. [1]"),
        ("counts", ENGLISH.replace("You bear", "Within seven weeks you bear")),
        ("figures", ENGLISH.replace("7 days", "7 weeks")),
        ("promise", ENGLISH.replace("You bear", "Your coupon is on its way. You bear")),
        ("denial", ENGLISH.replace("You bear", "You don't bear")),
        ("contact", ENGLISH.replace("[1]", "Message me on WhatsApp [1]")),
    ],
)
def test_english_is_held_to_the_same(rule: str | None, words: str) -> None:
    """English wording passes and fails by the same rules."""
    assert why_not(words, ENGLISH, "en") == rule


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_draft_may_say_what_it_says(language: Language) -> None:
    """Every draft passes its own check, so that a model which changes nothing is never refused."""
    draft = TEXT if language == "zh" else ENGLISH
    assert why_not(draft, draft, language) is None


DECISION = Decision("grant", "refund", AT, "refund")
EXACT = [
    s.NotCovered("x"), s.Confirm("p"), s.Decline("p"), s.Hesitation("p"), s.Drop("return"), s.ShowCases(()),
    s.Chat("who"), s.Refuse(DECISION, None), s.PassOn(SimpleNamespace()), s.Propose(DECISION, SimpleNamespace(), None),
    s.ShowParcels(SimpleNamespace()),
]  # fmt: skip


@pytest.mark.parametrize("step", EXACT, ids=lambda step: type(step).__name__)
async def test_what_binds_keeps_its_exact_words(step: Any, talk: Talk) -> None:
    """Proposals, refusals, receipts, handovers, the word about being an AI: templates only, and nothing is sent."""
    draft = Reply("可以退款，退您 ¥99.00。", step=type(step).__name__)
    endpoint = ScriptedEndpoint(writes=lambda _: "可以退款，退您 ¥99.00，亲。")
    _, writer = model_voices(endpoint, GivenReader(Reading("", "zh")), GivenWriter(draft))
    assert await writer.write(step, *talk) == draft
    assert endpoint.bodies == []


async def test_the_word_of_apology_is_not_reworded(talk: Talk) -> None:
    """When the embedded writer had to fall back to its safe word, that word is sent."""
    sorry = Reply("抱歉，系统刚才出了点问题。", step="Failed")
    assert await written("抱歉，系统出了点问题。", talk, sorry, s.Clarify(1)) == sorry
