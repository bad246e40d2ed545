"""Short answers quoted from clauses, and whether there is one."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from knowledge.answers import SHORT, answer
from knowledge.coverage import FEATURES, covered, features, shipped_heads
from knowledge.search import Hit, Parts
from knowledge.text import Text
from tests.unit.knowledge.knowledge_world import clause

LONG = (
    "退货需要先在订单页提交申请并写明原因，商家会在页面上给出退货地址。买家应当在7天内寄出商品并填写物流单号。"
    "寄回的运费由买家承担，但商品有质量问题的除外。商家收到商品后应当验货。退款金额最多为500元，超出部分另行处理。"
    "商家不得以影响二次销售为由拒绝。"
)


def hit(text: str, score: float = 0.5, clause_id: str = "a#1", **parts: float) -> Hit:
    """A hit on a clause that says `text`."""
    return Hit(replace(clause(clause_id), text=Text(text, text)), score, Parts(**{"text": 0.4, **parts}))


def test_nothing_found_is_no_answer() -> None:
    """Without hits there is no answer, and nothing is covered."""
    assert answer("退货", [], "zh") is None
    assert not covered("退货", []).covered


def test_a_short_clause_is_quoted_whole() -> None:
    """The words of the clause are the answer, with the mark of its citation."""
    found = answer("运费谁出", [hit("运费由买家承担。")], "zh")
    assert found is not None
    assert (found.text, found.citations) == ("运费由买家承担。[1]", ("a#1",))


def test_the_sentence_that_answers_is_picked() -> None:
    """Asked when, who or how much, a long clause gives the sentence with the time, the party or the amount."""
    for question, wanted in (("几天内要寄出", "7天内"), ("运费是谁承担", "由买家承担"), ("退款金额最多多少", "500元")):
        found = answer(question, [hit(LONG)], "zh")
        assert found is not None
        assert wanted in found.text
        assert len(found.text) < len(LONG)


def test_a_second_document_is_quoted_only_when_nearly_as_good() -> None:
    """Two documents that say it equally well are both cited, in the order of their marks; a weaker one is not."""
    law = hit("网购商品7日内可退。", 0.49, "law#25")
    both = answer("几天内可退", [hit("签收后7天内可退。"), law], "zh")
    one = answer("几天内可退", [hit("签收后7天内可退。"), replace(law, score=0.3)], "zh")
    assert both is not None
    assert one is not None
    assert (both.text, both.citations) == ("签收后7天内可退。[1]网购商品7日内可退。[2]", ("a#1", "law#25"))
    assert one.citations == ("a#1",)


SENTENCES = st.lists(
    st.text(alphabet="退货运费买家承担7天10元百分之。，！", min_size=1, max_size=60), min_size=1, max_size=6
)


@given(SENTENCES, st.sampled_from(["几天", "多少钱", "谁出", "退货"]))
def test_an_answer_says_nothing_that_the_clause_does_not(sentences: list[str], question: str) -> None:
    """Every sentence of an answer, and so every number, stands in the clause word for word."""
    text = "。".join(sentences)
    found = answer(question, [hit(text)], "zh")
    assert found is not None
    said = re.sub(r"\[1\]$", "", found.text)
    assert all(part in text for part in re.split(r"(?<=[。！])", said) if part.strip())
    assert len(said) <= max(SHORT["zh"], len(text))


def test_the_heads_know_their_features() -> None:
    """Each shipped head weighs every feature, and its threshold is a probability."""
    values = features("退货运费", [hit("运费由买家承担。")])
    assert len(values) == len(FEATURES)
    for head in shipped_heads().values():
        assert len(head.weights) == len(FEATURES)
        assert 0 < head.threshold < 1
        assert 0 <= head.probability(values) <= 1


def test_an_article_named_is_covered() -> None:
    """Who asks for a clause by its number gets it, however few words they use."""
    assert covered("第25条", [hit("七日内可退。", exact=1.0)], topic=-9.0).covered
