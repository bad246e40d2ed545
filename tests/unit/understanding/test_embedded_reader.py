"""Whole readings."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.decisions.facts import default_catalog
from assistant.understanding.reader import (
    EmbeddedReader,
    ReadingContext,
    embedded_reader,
    load_short_messages,
    shipped_heads,
)
from assistant.understanding.tree import intent_names, intent_title
from tests.unit.understanding.understanding_world import WORDS, reader

CONTEXT = ReadingContext(date(2026, 11, 20))
PROPOSED = ReadingContext(date(2026, 11, 20), asked="proposal", has_proposal=True)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我上周买的手机屏幕碎了，想退货", "claim.return"), ("退款一般几天到账", "ask.policy.refund"),
        ("退货运费谁出", "ask.policy.freight"),
        ("买贵了昨天刚买今天降了50块", "claim.price"), ("能不能换大一码", "claim.exchange"),
        ("我要投诉商家卖假货", "claim.complaint"),
        ("the phone I bought last week won't turn on, I want my money back", "claim.refund"),
        ("where's my parcel, it says delivered but i never got it", "order.not_received"), ("今天天气怎么样", "none"),
        ("怎么联系你们真人", "act.person"), ("快递到哪了", "order.parcel"), ("帮我取消订单", "order.cancel"),
    ],
)  # fmt: skip
def test_plain_wishes_are_read(text: str, intent: str) -> None:
    """What most buyers write is understood without a language model."""
    assert reader().read_now(text, CONTEXT).intent == intent


def test_a_reading_holds_what_was_said() -> None:
    """Intent, facts, mentions and the vector for search come from one look at the message."""
    reading = reader().read_now("上周三买的裙子太小了，想换，电话13812345678", CONTEXT)
    assert reading.facts["claim.reason"] == "size"
    assert [(m.kind, m.value) for m in reading.mentions] == [
        ("date", "2026-11-11"), ("product", "裙子"), ("phone", "13812345678"),
    ]  # fmt: skip
    assert reading.vector is not None
    assert reading.vector.shape == (384,)
    assert "personal_data" in reading.flags


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("空气炸锅没发货帮我退了，还有耳机降价了也补下差价", {"claim.price"}),
        ("I want to return the shoes, and also file a complaint about the seller", {"claim.return", "claim.complaint"}),
    ],
)
def test_a_second_wish_after_a_joining_word_is_heard(text: str, wishes: set[str]) -> None:
    """A buyer may wish for two things at once."""
    assert wishes <= {intent.name for intent in reader().read_now(text, CONTEXT).intents}


def test_a_problem_told_of_goods_is_a_problem() -> None:
    """What is wrong with what is understood even where no wish is."""
    assert reader().read_now("耳机右边的坏了唉", CONTEXT).has("claim")


def test_short_messages_are_read_at_a_glance() -> None:
    """A nod or a greeting needs no encoder, and punctuation changes nothing."""
    blind = EmbeddedReader(None, shipped_heads(), WORDS)
    assert [blind.read_now(t, CONTEXT).intent for t in ("好的", "转人工！", "谢谢~", "你好", "Refund please.")] == [
        "act.confirm", "act.person", "chat.thanks", "chat.greet", "claim.refund",
    ]  # fmt: skip


def test_every_short_message_names_an_intent_of_the_tree() -> None:
    """The list of short messages follows the tree of intents."""
    assert set(load_short_messages().values()) <= intent_names()
    assert intent_title("claim.return").zh == "要退货"


@pytest.mark.parametrize("text", ["确认", "行，退吧", "ok go ahead", "嗯"])
def test_a_plain_yes_confirms_a_proposal(text: str) -> None:
    """The buyer's plain yes is read as one."""
    assert reader().read_now(text, PROPOSED).intent == "act.confirm"


@pytest.mark.parametrize(
    "text", ["嗯？", "好吧但是运费谁出", "可以吗", "等下，退多少钱", "可以退200吗", "好像不太对", "确认一下地址对不对"]
)
def test_doubt_never_confirms_a_proposal(text: str) -> None:
    """Whatever the heads make of it, only an unambiguous yes carries `act.confirm` before a proposal."""
    assert not reader().read_now(text, PROPOSED).has("act.confirm")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet="好的是可以行退钱吗？但一百不 ok,yes", min_size=1, max_size=14))
def test_confirming_needs_the_whole_message(text: str) -> None:
    """No mixture of agreeing words with anything else confirms what the strict reader doesn't."""
    from assistant.understanding.acts import read_consent
    from assistant.understanding.language import plain

    confirmed = reader().read_now(text, PROPOSED).has("act.confirm")
    assert confirmed == (read_consent(plain(text).text) == "yes")


@pytest.mark.parametrize(
    ("asked", "text", "value"),
    [
        ("item.condition", "没拆", "unopened"), ("item.condition", "第二个", "opened_intact"),
        ("claim.has_photo", "没有", False),
        ("claim.has_photo", "嗯", True), ("claim.reason", "不是坏了，是太小", "size"),
        ("item.condition", "unopened", "unopened"),
    ],
)  # fmt: skip
def test_answers_are_read_in_the_light_of_the_question(asked: str, text: str, value: object) -> None:
    """Few words are enough where something was asked, and they are not taken for anything else."""
    reading = reader().read_now(text, ReadingContext(date(2026, 11, 20), asked=asked))
    assert reading.facts[asked] == value
    assert not reading.has("act.cancel")
    assert not reading.has("act.refuse")


def test_a_place_in_the_list_chooses_the_order_that_stands_there() -> None:
    """Saying "the second one" means the second of the orders that were shown."""
    context = ReadingContext(date(2026, 11, 20), asked="order", options=("1/a", "2/b", "3/c"))
    said = ("第二个", "最后一个", "1", "第九个", "红的那个")
    chosen = [reader().read_now(text, context).facts.get("order") for text in said]
    assert chosen == ["2/b", "3/c", "1/a", None, None]


def test_a_place_in_the_list_of_wishes_is_that_wish() -> None:
    """Choosing a remedy by its place is choosing the remedy."""
    context = ReadingContext(date(2026, 11, 20), asked="wish", options=("refund", "exchange"))
    assert reader().read_now("第二个", context).intent == "claim.exchange"


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\x00\x01", "\ud800", "a" * 50_000, "退" * 50_000, "9" * 5_000,
             "((((" * 3_000, "好" * 60 + "x", "🙂" * 500]
)  # fmt: skip
def test_no_text_breaks_the_reader(text: str) -> None:
    """Empty, endless, broken and odd messages give a reading like any other."""
    reading = reader().read_now(text, CONTEXT)
    assert ("empty" in reading.flags) == (reading.text == "")
    assert ("cut" in reading.flags) == (len(text) > 4_000)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60), st.sampled_from(["item.condition", "order", "wish", "proposal", "unheard_of", None]),
st.booleans())
def test_reading_never_fails_in_any_light(text: str, asked: str | None, has_proposal: bool) -> None:
    """Any text, in answer to anything, gives a reading whose mentions stand where they say."""
    context = ReadingContext(date(2026, 11, 20), asked, ("1/a", "2/b"), "zh", has_proposal)
    reading = reader().read_now(text, context)
    assert all(reading.text[m.start : m.end] == m.text for m in reading.mentions)
    assert 0 <= reading.confidence <= 1


async def test_the_shell_can_wait_for_a_reading() -> None:
    """The awaited reading is the same one."""
    text = "我想退掉昨天买的耳机"
    assert await reader().read(text, CONTEXT) == reader().read_now(text, CONTEXT)


def test_without_an_encoder_words_alone_are_read() -> None:
    """Where the encoder is missing, facts, mentions and flags are still there, and confidence is nil."""
    reading = EmbeddedReader(None, shipped_heads(), WORDS).read_now("昨天买的手机坏了，电池冒烟，找个真人", CONTEXT)
    assert reading.facts["claim.reason"] == "quality"
    assert {"safety", "asks_for_person"} <= reading.flags
    assert reading.vector is None


def test_the_shipped_catalogue_of_facts_fits() -> None:
    """The shipped facts can be asked and answered through the reader."""
    shipped = embedded_reader(default_catalog(), None)
    context = ReadingContext(date(2026, 11, 20), asked="item.condition")
    assert shipped.read_now("没拆封", context).facts["item.condition"] == "unopened"
