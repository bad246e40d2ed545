"""Inspection: each rule on what it is for and not on a near miss; promises against what the rules give."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.copilot.inspection import (
    InspectionBook,
    Said,
    Speaker,
    Transcript,
    inspect_transcript,
    load_inspection,
    shipped_book,
    transcript_of,
)
from knowledge.corpus import load_corpus
from knowledge.errors import BadInput, BadKnowledge


def found(text: str, by: Speaker = "agent", entitled: int | None = None) -> list[str]:
    """The rules that hold for one turn."""
    findings = inspect_transcript(Transcript("c1", (Said(by, text),), entitled)).findings
    return [one.rule for one in findings]


CASES = {
    "off_platform": (["加我微信聊吧", "支付宝转账给我就行", "add me on WhatsApp", "线下交易更便宜"],
                     ["微信支付的退款原路返回", "we refund to the WeChat wallet that you used"]),
    "insult": (["你有病吧", "are you an idiot?"], ["您生病了可以先休息", "the stupendous offer ended"]),
    "leak": (["买家电话是13812345678", "her e-mail is a.b@example.com"], ["订单尾号5678", "客服热线 12315"]),
    "refuses_statutory_right": (["特价商品一律不退不换", "我们店不支持退货", "不支持七天无理由", "all sales are final"],
                                ["这件是定作的，法律规定可以不退", "七天无理由可以退"]),
    "review_for_money": (["给个好评返现5元", "删除差评我就退您20", "change your review and I'll refund you"],
                         ["欢迎如实评价", "we read every review"]),
}


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_finds_what_it_is_for_and_no_near_miss(rule: str) -> None:
    """What agents must not say is found in both languages, and ordinary service is left alone."""
    wrong, fine = CASES[rule]
    assert {text: rule in found(text) for text in wrong} == dict.fromkeys(wrong, True)
    assert {text: found(text) for text in fine} == {text: [] for text in fine}


def test_every_shipped_rule_is_tried() -> None:
    """A new rule fails here until it has its cases."""
    promises = {"promise_above_entitlement", "promise_below_entitlement"}
    assert {rule.id for rule in shipped_book().rules} == {*CASES, *promises}


def test_every_finding_points_to_a_clause_that_exists() -> None:
    """What an agent is told off for can be read up."""
    ids = {clause.id for clause in load_corpus()}
    for rule in shipped_book().rules:
        assert rule.citations, rule.id
        assert set(rule.citations) <= ids, rule.id


@pytest.mark.parametrize("rule", CASES)
def test_buyers_are_not_inspected(rule: str) -> None:
    """What a buyer says is nobody's offence."""
    assert all(found(text, by="buyer") == [] for text in CASES[rule][0])


def test_assistants_and_merchants_are_inspected_as_agents_are() -> None:
    """The same is forbidden to the program and to the shop."""
    assert found("加我微信聊吧", by="assistant") == found("加我微信聊吧", by="merchant") == ["off_platform"]


@pytest.mark.parametrize(
    ("text", "entitled", "rules"),
    [
        ("退您80元", 5000, ["promise_above_entitlement"]),
        ("退您￥８０", 5000, ["promise_above_entitlement"]),
        ("I will refund you 80 yuan", 5000, ["promise_above_entitlement"]),
        ("这边给您补偿20元", 5000, ["promise_below_entitlement"]),
        ("把20元退给您", 5000, ["promise_below_entitlement"]),
        ("退您50元", 5000, []),
        ("退您80元", None, []),
        ("这件衣服卖299元", 5000, []),
        ("299元的这件衣服，退您50元", 5000, []),
        ("退货后我们会处理", 5000, []),
    ],
)
def test_promises_are_held_against_the_rules(text: str, entitled: int | None, rules: list[str]) -> None:
    """Too much and too little are both found, the right sum and the price of goods are not."""
    assert found(text, entitled=entitled) == rules


@settings(deadline=None)
@given(st.integers(1, 99_999), st.integers(0, 9_999_900))
def test_a_promise_is_wrong_exactly_when_it_differs(yuan: int, entitled: int) -> None:
    """Any promised sum is found too high or too low, by the fen, and never both."""
    expected = "above" if yuan * 100 > entitled else "below" if yuan * 100 < entitled else None
    assert found(f"退您{yuan}元", entitled=entitled) == ([f"promise_{expected}_entitlement"] if expected else [])


def test_findings_name_the_turn_and_its_words() -> None:
    """A finding leads to the place in the conversation where it was said."""
    turns = (Said("buyer", "能退吗"), Said("agent", "稍等"), Said("agent", "加我微信聊吧"))
    (one,) = inspect_transcript(Transcript("c7", turns)).findings
    assert (one.turn, one.text, one.severity) == (2, "加我微信聊吧", 1)
    assert one.title.zh
    assert one.title.en


def test_a_clean_conversation_has_no_findings() -> None:
    """Good service is not bothered."""
    turns = (Said("buyer", "裙子小了想换"), Said("agent", "可以的，您拍下大一码，运费我们出。"))
    assert inspect_transcript(Transcript("c8", turns)).findings == ()


GOOD: dict[str, Any] = {"id": 7, "turns": [{"by": "agent", "text": "您好"}], "entitlement_fen": 100}


def test_a_transcript_is_read_from_json() -> None:
    """The shape that QA people export is taken as it is."""
    assert transcript_of(GOOD) == Transcript("7", (Said("agent", "您好"),), 100)
    assert transcript_of({"id": "a", "turns": []}) == Transcript("a", ())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"turns": "您好"}, "conversation 7: turns must be a list"),
        ({"turns": None}, "conversation 7: turns must be a list"),
        ({"turns": [{"by": "agent", "text": "a"}, {"by": "robot", "text": "b"}]}, "conversation 7, turn 1"),
        ({"turns": [{"by": "agent"}]}, "conversation 7, turn 0"),
        ({"turns": ["您好"]}, "conversation 7, turn 0"),
        ({"entitlement_fen": "100"}, "entitlement_fen must be a whole number"),
        ({"entitlement_fen": True}, "entitlement_fen must be a whole number"),
    ],
)
def test_a_transcript_of_the_wrong_shape_is_refused_by_name(change: dict[str, Any], said: str) -> None:
    """Whoever sends it learns which conversation and which turn is wrong."""
    with pytest.raises(BadInput, match=said):
        transcript_of({**GOOD, **change})


def test_a_transcript_needs_an_id() -> None:
    """A finding must be able to name its conversation."""
    with pytest.raises(BadInput, match="no id"):
        transcript_of({"turns": []})


def book_from(tmp_path: Path, text: str) -> InspectionBook:
    """A book from a file with these words."""
    path = tmp_path / "inspection.yaml"
    path.write_text(text, encoding="utf-8")
    return load_inspection(path)


RULE = "  - {{id: mine, when: \"{when}\", title: {{zh: 甲, en: a}}, severity: {severity}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        "words: {}\nrules:\n" + RULE.format(when="turn.colour == 'red'", severity=1),
        "words: {}\nrules:\n" + RULE.format(when="turn.by ==", severity=1),
        "words: {}\nrules:\n" + RULE.format(when="true", severity=9),
        "words: {bad: ['(']}\nrules: []\n",
        "words: {}\nrules: [\n",
        "rules: []\n",
    ],
    ids=["unknown fact", "broken condition", "severity", "broken pattern", "broken YAML", "no words"],
)
def test_a_faulty_book_is_named(tmp_path: Path, text: str) -> None:
    """A mistake in the inspection rules is an error that names the file, never a rule that silently finds nothing."""
    with pytest.raises(BadKnowledge, match=r"inspection\.yaml"):
        book_from(tmp_path, text)


def test_a_platform_writes_its_own_book(tmp_path: Path) -> None:
    """Words and rules of a platform's own are used as ours are."""
    rule = RULE.format(when="'rush' in turn.words", severity=4)
    book = book_from(tmp_path, "words: {rush: ['快点']}\nrules:\n" + rule)
    findings = inspect_transcript(Transcript("c1", (Said("agent", "您快点"),)), book).findings
    assert [one.rule for one in findings] == ["mine"]
