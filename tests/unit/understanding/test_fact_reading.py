"""Facts in what people say, and answers to what was asked."""

from datetime import date

import pytest

from assistant.understanding.extraction import find_mentions
from assistant.understanding.facts import AnswerOption, AskedQuestion, read_answer, read_facts
from assistant.understanding.reading import FactValue

PHRASES = {
    "item.condition": {
        "unopened": ("没拆", "未拆封", "unopened", "still sealed"),
        "opened_intact": ("拆了", "拆开", "opened"),
        "used": ("用过", "穿过", "used", "worn"),
    },
    "claim.reason": {
        "quality": ("质量问题", "坏了", "broken"),
        "changed_mind": ("不喜欢", "不想要了", "changed my mind"),
        "size": ("太大", "太小", "too big", "too small"),
    },
    "claim.has_photo": {True: ("有照片", "拍了照"), False: ("没有照片", "没拍")},
}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("没拆封，不喜欢", {"item.condition": "unopened", "claim.reason": "changed_mind"}),
        ("拆了但没用过", {"item.condition": "opened_intact"}),
        ("穿过一次", {"item.condition": "used"}),
        ("不是质量问题，就是太大了", {"claim.reason": "size"}),
        ("是不是质量问题啊", {"claim.reason": "quality"}),
        ("没有坏了", {}),
        ("it isn't broken, just too small", {"claim.reason": "size"}),
        ("never worn, still sealed", {"item.condition": "unopened"}),
        ("我没拍了照", {"claim.has_photo": False}),
        ("有照片的", {"claim.has_photo": True}),
        ("the unbroken one", {}),
        ("在吗", {}),
    ],
)
def test_facts_are_read_with_their_denials(text: str, facts: dict[str, FactValue]) -> None:
    """What is denied is not taken for said, and a question whether is not a denial."""
    assert read_facts(text, PHRASES) == facts


CONDITION = AskedQuestion(
    "item.condition", "enum",
    (AnswerOption("unopened", ("未拆封", "unopened", "没拆")), AnswerOption("opened", ("拆了没用", "opened")),
    AnswerOption("used", ("用过", "used"))),
)  # fmt: skip
PHOTO = AskedQuestion("claim.has_photo", "bool", (AnswerOption(True, ("有照片",)), AnswerOption(False, ("没有照片",))))


def answer(text: str, question: AskedQuestion) -> FactValue | None:
    """The answer in a text, with its mentions found on 20 November 2026."""
    return read_answer(text, question, find_mentions(text, date(2026, 11, 20)))


@pytest.mark.parametrize(
    ("text", "value"),
    [("第二个", "opened"), ("没拆", "unopened"), ("用过了", "used"), ("3", "used"), ("最后一个", "used"),
    ("unopened", "unopened"), ("为什么问这个", None)],
)  # fmt: skip
def test_a_choice_is_answered_by_label_place_or_phrase(text: str, value: str | None) -> None:
    """An option may be named, counted or described; anything else is no answer."""
    assert answer(text, CONDITION) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("嗯", True), ("yes", True), ("有", True), ("没有", False), ("没拍", False), ("no", False), ("还没", False),
    ("怎么拍", None)],
)
def test_yes_and_no_answer_a_yes_or_no_question(text: str, value: bool | None) -> None:
    """A nod is enough where yes or no was asked."""
    assert answer(text, PHOTO) is value


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("昨天", "date", "2026-11-19"), ("大概上个月", "date", None), ("两次", "int", 2), ("twice", "int", 2),
        ("两份都臭了，2份", "int", 2), ("三个里坏了两个", "int", None),
        ("199块", "money", 19_900),
        ("80", "money", 8_000), ("3.5", "number", 3.5), ("3.5", "int", None), ("给我留门口", "string", "给我留门口"),
    ],
)  # fmt: skip
def test_open_questions_take_days_numbers_money_and_words(text: str, type_: str, value: FactValue | None) -> None:
    """A question's type decides what counts as an answer."""
    assert answer(text, AskedQuestion("claim.x", type_)) == value
