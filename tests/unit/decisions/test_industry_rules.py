"""The dispute guidelines of the industries: evidence before money, shares that add up, words that are understood."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.decisions.book import RuleBook, default_book
from assistant.decisions.engine import decide
from assistant.decisions.examples import facts_of_example, moment_of
from assistant.decisions.facts import default_catalog
from assistant.decisions.rules import Rule
from assistant.understanding.facts import read_facts
from assistant.understanding.reader import words_of_facts

INDUSTRIES = (
    "apparel", "jewellery", "pets", "digital", "fmcg", "luxury", "fresh", "beauty", "mother-baby", "home", "appliances",
)
EVIDENCE = ("has_photo", "has_test_report", "has_vet_note", "has_receipt", "has_medical_note")
MONEY_WITHOUT_GOODS = ("refund", "compensation")
NOW = moment_of(default_book())
WORDS = words_of_facts(default_catalog().facts.values()).phrases

SAID = (
    ("毛衣起球严重", "quality", "pilling"),
    ("按洗标洗还是掉色", "quality", "fading"),
    ("尺码表不准，短了五厘米", "not_as_described", "size_deviation"),
    ("写着羊毛其实不是羊毛", "not_as_described", "material"),
    ("项链掉钻了", "quality", "stone_loss"),
    ("跟证书对不上", "not_as_described", "certificate"),
    ("五斤装称了缺斤少两", "missing", "short_weight"),
    ("收到快过期了", "spoiled", "near_expiry"),
    ("西瓜一点都不甜", "quality", "taste"),
    ("奶粉里有异物", "spoiled", "foreign_matter"),
    ("小猫到家就生病了", "quality", "illness"),
    ("狗狗确诊细小", "quality", "illness"),
    ("螃蟹送来就死了", "spoiled", "dead"),
    ("显示器有坏点", "quality", "dead_pixels"),
    ("电池鼓包了", "quality", "swollen_battery"),
    ("序列号对不上", "not_as_described", "serial_mismatch"),
    ("包包补过色没说", "not_as_described", "undisclosed_repair"),
    ("二手包成色没有95新", "not_as_described", "grade_lower"),
    ("批号被刮掉了", "not_as_described", "batch_code"),
    ("精华泵头坏了压不出来", "quality", "pump"),
    ("纸尿裤侧漏", "quality", "nappy_leak"),
    ("推车锁不住", "quality", "safety"),
    ("柜子甲醛超标", "quality", "odour"),
    ("衣柜装不进去", "size", "does_not_fit"),
    ("沙发色差太大", "not_as_described", "colour_difference"),
    ("书缺页", "quality", "misprint"),
    ("the screen has two dead pixels", "quality", "dead_pixels"),
    ("my battery is swollen", "quality", "swollen_battery"),
    ("a stone fell out of the ring", "quality", "stone_loss"),
    ("the puppy has parvo", "quality", "illness"),
    ("the yoghurt is about to expire", "spoiled", "near_expiry"),
    ("the melon is not sweet", "quality", "taste"),
    ("the pram's lock doesn't hold", "quality", "safety"),
    ("the bag came underweight", "missing", "short_weight"),
    ("the sweater shrank in the wash", "quality", "shrunk"),
)


def rules_of(book: RuleBook, industry: str) -> list[Rule]:
    """The rules in the file of an industry."""
    return [rule for rule in book.rules if Path(rule.path).name == f"industry-{industry}.yaml"]


INDUSTRY_EXAMPLES = [
    pytest.param(example, id=f"{rule.id}: {example.name}")
    for rule in default_book().rules if Path(rule.path).name.startswith("industry-")
    for example in rule.examples
    if "amount_fen" in example.expect
]


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_every_industry_has_guidelines_of_its_own(book: RuleBook, industry: str) -> None:
    """Each of the eleven industries is there as data, with a refusal or a review among what its examples show."""
    rules = rules_of(book, industry)
    outcomes = {example.expect.get("outcome") for rule in rules for example in rule.examples}
    assert len(rules) >= 4
    assert {"grant"} < outcomes


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_guidelines_never_bind_more_than_the_law(book: RuleBook, industry: str) -> None:
    """An industry adds to the law and promises bind the shop: none of these rules has a rank above industry."""
    assert {rule.rank for rule in rules_of(book, industry)} <= {"industry", "shop"}


@pytest.mark.parametrize("example", INDUSTRY_EXAMPLES)
def test_words_alone_bring_no_money(book: RuleBook, example: Any) -> None:
    """Where goods stay with the buyer, money flows on evidence or on what the platform knows, never on words alone."""
    facts = facts_of_example(example.given, example.claim, NOW)
    facts["claim"] |= dict.fromkeys(EVIDENCE, False)
    decision = decide(book, facts, NOW)
    rule = book.rule(decision.rule or "")
    by_industry = rule is not None and Path(rule.path).name.startswith("industry-")
    keeps_the_goods = by_industry and decision.remedy in MONEY_WITHOUT_GOODS
    assert not keeps_the_goods or decision.rule == "industry.virtual.unused-code"  # the platform saw that it is unused


def refund_of_box(percent: int, paid: int) -> int:
    """What comes back of a box of fruit of which this share is bad."""
    facts = _delivered(
        "refund", 1, item__category="fresh", item__perishable=True, item__divisible=True, item__paid_fen=paid,
        order__paid_fen=paid, order__freight_fen=0, claim__reason="spoiled", claim__has_photo=True,
        claim__bad_percent=percent,
    )
    decision = decide(default_book(), facts, NOW)
    assert decision.rule == "industry.fresh.share"
    assert decision.amount is not None
    return decision.amount.fen


@given(percent=st.integers(1, 100), paid=st.integers(100, 10**7))
def test_a_share_gone_bad_is_refunded_by_its_share(percent: int, paid: int) -> None:
    """The refund grows with what is bad, is never more than was paid, and is all of it above one half."""
    fen = refund_of_box(percent, paid)
    assert 0 < fen <= paid
    assert fen == paid if percent > 50 else abs(fen * 100 - paid * percent) <= 50
    assert fen >= refund_of_box(max(1, percent - 1), paid)


@given(missing=st.integers(51, 1250), paid=st.integers(1000, 10**7), bought=st.integers(1, 9), light=st.integers(1, 9))
def test_a_short_weight_is_refunded_by_the_difference(missing: int, paid: int, bought: int, light: int) -> None:
    """Of each sack that is too light the missing share comes back, whatever number of sacks is named."""
    facts = _delivered(
        "refund", 1, item__category="fmcg", item__net_weight_g=2500, item__quantity=bought, item__paid_fen=paid,
        order__paid_fen=paid, claim__reason="missing", claim__fault="short_weight", claim__has_photo=True,
        claim__weighed_g=2500 - missing, claim__quantity=min(light, bought),
    )
    decision = decide(default_book(), facts, NOW)
    assert decision.rule == "industry.short-weight"
    assert decision.amount is not None
    assert abs(decision.amount.fen - paid * min(light, bought) / bought * missing / 2500) <= 0.51


@pytest.mark.parametrize(("text", "reason", "fault"), SAID)
def test_what_is_wrong_is_understood_as_it_is_typed(text: str, reason: str, fault: str) -> None:
    """The kind of fault and the reason behind it are both read from plain words, so neither has to be asked."""
    told = read_facts(text, {name: WORDS[name] for name in ("claim.reason", "claim.fault")})
    assert (told.get("claim.reason"), told.get("claim.fault")) == (reason, fault)


def test_every_phrase_alone_says_its_own_fault() -> None:
    """No phrase is swallowed by one of another fault, or taken for a denial."""
    values = WORDS["claim.fault"]
    wrong = [
        (phrase, value) for value, said in values.items() for phrase in said
        if read_facts(phrase, {"claim.fault": values}).get("claim.fault") != value
    ]
    assert wrong == []


def _delivered(kind: str, days_ago: int, **changes: Any) -> dict[str, dict[str, Any]]:
    """Facts of an order delivered some days ago, by full name with two underscores."""
    given: dict[str, Any] = {
        "order.state": "delivered", "order.created_at": f"-{days_ago + 2}d", "order.delivered_at": f"-{days_ago}d",
    }
    given |= {name.replace("__", "."): value for name, value in changes.items()}
    return facts_of_example(given, kind, NOW)
