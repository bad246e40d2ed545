"""The shipped policies of one jurisdiction: nobody is told the law of another place."""

from datetime import date

import pytest

from knowledge.corpus import load_corpus
from knowledge.errors import NotFound
from knowledge.search import SearchQuery
from knowledge.service import Knowledge

TODAY = date(2026, 11, 21)
QUESTIONS = ("七天无理由退货", "质量问题谁出运费", "how many days do I have to withdraw", "who pays return freight")


@pytest.fixture(scope="module", params=["CN", "EU"])
def place(request: pytest.FixtureRequest) -> str:
    """Each jurisdiction that has policies."""
    return str(request.param)


@pytest.mark.parametrize("question", QUESTIONS)
def test_search_finds_clauses_of_the_place_alone(place: str, question: str) -> None:
    """Whatever is asked, no clause of another jurisdiction is among what is found."""
    found = Knowledge(words_only=True, jurisdiction=place).search(SearchQuery(question, TODAY), k=20)
    assert found
    assert {hit.clause.jurisdiction for hit in found} == {place}


def test_the_european_clause_on_the_fortnight_is_found() -> None:
    """By its words alone, the first answer about the length of withdrawal is the article on it."""
    knowledge = Knowledge(words_only=True, jurisdiction="EU")
    best = knowledge.search(SearchQuery("14天撤回权", TODAY))[0].clause
    assert best.document == "eu-withdrawal"


def test_a_clause_of_another_place_does_not_exist() -> None:
    """Opening a European clause where Chinese law holds fails as for an unknown one."""
    with pytest.raises(NotFound):
        Knowledge(words_only=True).clause("eu-withdrawal#9.1", TODAY)
    assert Knowledge(words_only=True, jurisdiction="EU").clause("eu-withdrawal#9.1", TODAY).jurisdiction == "EU"


def test_every_clause_is_of_one_jurisdiction() -> None:
    """The places share the corpus out between them; nothing is lost and nothing is twice."""
    corpus = load_corpus()
    parts = [corpus.within(name) for name in ("CN", "EU")]
    assert sum(map(len, parts)) == len(corpus)
