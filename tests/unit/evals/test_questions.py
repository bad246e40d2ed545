"""Counting the questions that rules ask."""

import pytest

from assistant.decisions.book import RuleBook, default_book
from evals.orders import generated_cases, told_by_platform
from evals.questions import (
    Count,
    answer,
    averages,
    best_first,
    cases_of_examples,
    counts,
    dialogue,
)

EVERY = 5
"""Of the examples every fifth is tried here; `python -m evals.questions` tries them all."""


@pytest.fixture(scope="module")
def book() -> RuleBook:
    """The shipped rules."""
    return default_book()


@pytest.fixture(scope="module")
def counted(book: RuleBook) -> list[Count]:
    """The questions of some examples and some generated orders."""
    return counts(book, [*cases_of_examples(book)[::EVERY], *generated_cases(60, 7, book)])


def test_no_order_of_questions_changes_the_decision(counted: list[Count]) -> None:
    """Whatever is asked first, the same true answers lead to the same remedy and the same money."""
    assert [one.case for one in counted if not one.same] == []


def test_the_engine_asks_less_than_a_form_and_no_less_than_it_must(counted: list[Count]) -> None:
    """No case takes more questions than a form has or fewer than could settle it, and on average few more than that."""
    assert all(one.fewest <= one.asked <= one.on_a_form for one in counted)
    mean = averages(counted)
    assert mean.fewest <= mean.asked <= min(mean.in_catalogue_order, mean.in_fixed_order)
    assert mean.asked <= 1.1 * mean.fewest


def test_a_dialogue_ends_in_a_decision(counted: list[Count]) -> None:
    """Answering all that is asked settles every case."""
    assert {one.settled.outcome for one in counted} <= {"grant", "refuse", "review"}


def test_a_simulated_buyer_answers_by_the_case(book: RuleBook) -> None:
    """What the case tells is the answer; what it leaves open is answered without adding anything to it."""
    case = next(one for one in generated_cases(40, 7, book) if "delivered_at" in one.facts["order"])
    reason, condition = book.catalog.fact("claim.reason"), book.catalog.fact("item.condition")
    assert answer(case, reason) == case.facts["claim"]["reason"]
    del case.facts["claim"]["reason"], case.facts["item"]["condition"]
    assert (answer(case, reason), answer(case, condition)) == ("other", condition.values[-1])


def test_the_same_seed_asks_the_same_questions(book: RuleBook) -> None:
    """Two runs over the same orders give the same counts."""
    first, second = (counts(book, generated_cases(10, 3, book)) for _ in range(2))
    assert [one.asked for one in first] == [one.asked for one in second]


def test_every_dialogue_starts_from_what_the_platform_knows(book: RuleBook) -> None:
    """Nothing that the buyer would have to tell is known before it is asked, but the wish."""
    for case in generated_cases(20, 5, book):
        known, _ = next(dialogue(book, case, best_first))
        told = [f"{space}.{key}" for space, values in known.items() for key in values]
        assert [name for name in told if book.catalog.fact(name).known_by == "buyer"] == ["claim.kind"]
        assert known == told_by_platform(case, book.catalog)
