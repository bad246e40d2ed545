"""Search by words, codes and article numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.references import reference
from knowledge.words import WordIndex, chinese_number, codes, overlap, plain, terms
from tests.unit.knowledge.knowledge_world import clause

TEXTS = [
    "七天无理由退货的运费由买家承担",
    "价格保护期内降价可以申请退差价",
    "Invoices are issued on request within 3 days",
]


@pytest.mark.parametrize(
    ("query", "best"), [("退货运费", 0), ("降价了补差价", 1), ("can you issue an invoice", 2), ("７天无理由", 0)]
)
def test_the_text_that_shares_most_words_comes_first(query: str, best: int) -> None:
    """Chinese words, English endings, full width and numerals don't stand in the way."""
    assert WordIndex(TEXTS).scores(query).argmax() == best


@given(st.text(max_size=200))
def test_scores_lie_between_none_and_all(query: str) -> None:
    """Whatever is asked, a score is a share: from 0 to 1."""
    scores = WordIndex(TEXTS).scores(query)
    assert (scores >= 0).all()
    assert (scores <= 1).all()


def test_an_empty_index_finds_nothing() -> None:
    """A collection without texts is searched without an error."""
    assert len(WordIndex([]).scores("退货")) == 0


@given(st.integers(1, 9999))
def test_chinese_numbers_are_read(number: int) -> None:
    """Every number up to 9999, written out in Chinese, is read back."""
    digits, units = "零一二三四五六七八九", ("千", "百", "十", "")
    written = "".join(
        digits[int(d)] + (u if d != "0" else "") for d, u in zip(f"{number:04}", units, strict=True)
    ).strip("零")
    assert chinese_number(written) == number


@pytest.mark.parametrize(
    ("text", "wanted"), [("第二十五条", "第25条"), ("十天", "10天"), ("三个月", "3个月"), ("一般", "一般")]
)
def test_numbers_before_units_become_digits(text: str, wanted: str) -> None:
    """`七天` and `7天` are one word to search, and numerals that count nothing stay."""
    assert plain(text) == wanted


def test_codes_are_letters_with_digits() -> None:
    """A SKU or an error code is found as a whole; a price or a word is none."""
    assert codes("E301报错, sku-12-ab 7天 hello 100") == {"E301", "SKU-12-AB"}


def test_overlap_is_the_share_of_the_questions_words() -> None:
    """All words there is 1, none is 0, and a question of stop words overlaps nothing."""
    assert overlap("退货运费", "退货运费由买家承担") == 1
    assert overlap("发票", "退货运费") == 0
    assert overlap("吗", "吗") == 0
    assert terms("的? 吗! the of") == []


@pytest.mark.parametrize(
    ("question", "clause_id", "named"),
    [
        ("消保法第二十五条说了什么", "consumer-law#25", True),
        ("第25条", "consumer-law#25", True),
        ("what does article 25 say", "consumer-law#25", True),
        ("电商法第25条", "consumer-law#25", False),
        ("第二十四条", "consumer-law#25", False),
        ("6.3.1.2 怎么说", "after-sales-standard#6.3.1.2", True),
        ("退了 12.5 元", "returns#12.5", False),
        ("25块钱", "consumer-law#25", False),
    ],
)
def test_an_article_is_found_by_its_number(question: str, clause_id: str, named: bool) -> None:
    """A number of an article or section names its clause, in the law that stands beside it; a price names none."""
    documents = ("consumer-law", "ecommerce-law", "after-sales-standard", "returns")
    assert reference(question, documents).names(clause(clause_id)) is named
