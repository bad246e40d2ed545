"""Clauses, their dates and their readers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.clauses import version_in_force
from knowledge.corpus import Corpus
from knowledge.errors import BadKnowledge, NotFound
from tests.unit.knowledge.knowledge_world import clause

DAYS = st.dates(date(1990, 1, 1), date(2050, 1, 1))


@given(DAYS, st.integers(1, 5000), DAYS)
def test_a_clause_holds_from_its_first_day_up_to_its_last(first: date, length: int, on: date) -> None:
    """The first day counts, the day of the end does not."""
    end = first + timedelta(days=length)
    bounded = clause("a#1", in_force_from=first, in_force_to=end)
    assert bounded.in_force(on) == (first <= on < end)
    assert bounded.in_force(first)
    assert not bounded.in_force(end)


@given(st.lists(DAYS, min_size=1, max_size=6, unique=True), DAYS)
def test_at_most_one_version_of_a_clause_answers_for_a_day(starts: list[date], on: date) -> None:
    """Where dates overlap, the newest version that has begun is the one in force."""
    versions = tuple(clause("a#1", in_force_from=start) for start in starts)
    found = version_in_force(versions, on)
    begun = [start for start in starts if start <= on]
    assert (found.in_force_from if found else None) == max(begun, default=None)


def test_a_clause_concerns_its_readers_and_its_categories() -> None:
    """A merchant's clause is not shown to buyers, agents see all, and a clause on fresh food is not about phones."""
    fresh = clause("a#1", audience=("merchant",), categories=("fresh",))
    assert fresh.concerns("merchant", ("fresh", "pets"))
    assert fresh.concerns("merchant")
    assert fresh.concerns("agent")
    assert not fresh.concerns("buyer")
    assert not fresh.concerns("merchant", ("digital",))


def test_a_clause_is_opened_in_the_version_of_the_day() -> None:
    """An id without a version means the version in force; with one it means that version on any day."""
    old = clause("a#1@2020", in_force_from=date(2020, 1, 1), in_force_to=date(2024, 1, 1))
    new = clause("a#1", in_force_from=date(2024, 1, 1))
    corpus = Corpus.of([old, new])
    assert corpus.get("a#1", date(2022, 5, 5)) == old
    assert corpus.get("a#1", date(2026, 5, 5)) == new
    assert corpus.get("a#1@2020", date(2026, 5, 5)) == old
    assert (old.document, old.anchor, len(corpus)) == ("a", "1", 2)


def test_an_unknown_clause_is_not_found() -> None:
    """Opening an id that nobody wrote says so."""
    with pytest.raises(NotFound, match="a#2"):
        Corpus.of([clause("a#1")]).get("a#2", date(2026, 1, 1))


def test_two_clauses_of_one_name_and_day_are_refused() -> None:
    """A corpus never holds two clauses that can't be told apart."""
    with pytest.raises(BadKnowledge, match="twice"):
        Corpus.of([clause("a#1"), clause("a#1")])
