"""Search over clauses: what is found, for whom, and as of when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.clauses import Clause
from knowledge.corpus import Corpus
from knowledge.embedding import Vector
from knowledge.errors import Unavailable
from knowledge.search import Parts, Searcher, SearchQuery, Weights
from knowledge.shelf import fill_shelf
from tests.unit.knowledge.knowledge_world import TODAY, BagEncoder, clause

FREIGHT = clause("returns#4.1", "退货运费由买家承担。", questions=("退货邮费谁出", "寄回去的钱算谁的"))
PRICE = clause("price#1", "降价后7天内可以申请退差价。", questions=("降价了能补差吗",))
MERCHANT = clause("shops#1", "商家可以举报异常退货。", audience=("merchant",))
FRESH = clause("fresh#1", "生鲜变质按比例退款。", categories=("fresh",))
OLD = clause("price#1@2020", "降价后30天内可以申请退差价。", in_force_to=date(2024, 1, 1))
NEW = replace(PRICE, in_force_from=date(2024, 1, 1))
ALL = (FREIGHT, NEW, OLD, MERCHANT, FRESH)


def searcher(clauses: Sequence[Clause] = ALL) -> Searcher:
    """A searcher over `clauses` that needs no model."""
    return fill_shelf(Corpus.of(clauses), None, BagEncoder()).searcher


def ids(text: str, on: date = TODAY, **changes: object) -> list[str]:
    """The ids found for a text."""
    return [hit.clause.id for hit in searcher().search(SearchQuery(text, on, **changes))]  # type: ignore[arg-type]


def test_the_clause_asked_for_comes_first() -> None:
    """A question finds the clause that it was written for, and the score says that it is near."""
    best, *others = searcher().search(SearchQuery("退货邮费谁出", TODAY))
    assert best.clause is FREIGHT
    assert all(best.score > hit.score for hit in others)


def test_a_superseded_version_is_never_beside_the_current_one() -> None:
    """Each day has one version of a clause: the old one then, the new one now."""
    assert "price#1" in ids("申请退差价")
    assert "price#1@2020" not in ids("申请退差价")
    assert "price#1@2020" in ids("申请退差价", on=date(2022, 1, 1))
    assert "price#1" not in ids("申请退差价", on=date(2022, 1, 1))


def test_readers_see_their_own_clauses() -> None:
    """What is written for merchants is found by merchants and agents, not by buyers."""
    assert "shops#1" in ids("举报异常退货", audience="merchant")
    assert "shops#1" in ids("举报异常退货", audience="agent")
    assert "shops#1" not in ids("举报异常退货", audience="buyer")
    assert ids("举报异常退货", audience="stranger") == []


def test_categories_narrow_the_search() -> None:
    """A clause on fresh food is not found for a phone; a clause on all goods is."""
    assert "fresh#1" in ids("变质退款", categories=("fresh",))
    assert "fresh#1" not in ids("变质退款", categories=("digital",))
    assert "returns#4.1" in ids("退货运费", categories=("digital",))


def test_a_clause_named_by_its_number_comes_first() -> None:
    """Who asks for article 25 gets article 25, whatever else the words are like."""
    law = clause("consumer-law#25", "网购商品七日内可以退货。")
    found = searcher([law, FREIGHT]).search(SearchQuery("消保法第二十五条和退货运费", TODAY))
    assert found[0].clause is law


def test_a_code_is_found_as_it_is() -> None:
    """An error code or a SKU in a clause leads to it."""
    manual = clause("manual#1", "洗衣机显示E3时请检查门锁。")
    assert searcher([manual, *ALL]).search(SearchQuery("E3是啥", TODAY))[0].clause is manual


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_is_found_for_nothing(text: str) -> None:
    """An empty question has no hits."""
    assert ids(text) == []


@given(st.text(max_size=80))
def test_any_text_can_be_searched_for(text: str) -> None:
    """Whatever is typed, the search ends, best first, with scores from 0 to 1."""
    scores = [hit.score for hit in searcher().search(SearchQuery(text, TODAY))]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_without_an_encoder_words_are_enough() -> None:
    """Where there are no vectors, the clause with the words of the question is still found."""
    by_words = fill_shelf(Corpus.of(ALL), None, None).searcher
    assert by_words.search(SearchQuery("退货运费", TODAY))[0].clause is FREIGHT


class AbsentEncoder(BagEncoder):
    """An encoder whose package is missing."""

    def query(self, text: str) -> Vector:
        """Never answers."""
        raise Unavailable(f"no encoder for {text}")


def test_an_encoder_that_is_missing_leaves_search_by_words() -> None:
    """When the model can't be loaded, search goes on by words and says nothing wrong."""
    shelf = fill_shelf(Corpus.of(ALL), None, AbsentEncoder())
    assert shelf.searcher.search(SearchQuery("退货运费", TODAY))[0].clause is FREIGHT


def test_a_given_vector_is_used() -> None:
    """A vector that was computed for reading is not computed again."""
    query = SearchQuery("?", TODAY, vector=BagEncoder().query("退货邮费谁出"))
    assert searcher().search(query)[0].clause is FREIGHT


@given(*[st.floats(-1, 1)] * 3, *[st.floats(0, 1)] * 2)
def test_more_evidence_never_lowers_a_score(
    text: float, questions: float, question: float, words: float, exact: float
) -> None:
    """A clause that matches better in any one way does not come later for it."""
    weights = Weights()
    base = weights.score(Parts(text, questions, question, words, exact))
    assert 0 <= base <= 1
    better = Parts(text + 0.1, questions + 0.1, question + 0.1, words + 0.1, exact + 0.1)
    assert weights.score(better) >= base
